// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUDGET_HPP
#define SNAPPROTO_CONFORMANCE_BUDGET_HPP

// The time that one check has. Every wait of a check goes through it, so no check can hang.

#include "conformance/interrupt.hpp"
#include "conformance/outcome.hpp"
#include "conformance/time.hpp"
#include "conformance/time_source.hpp"

#include <algorithm>

namespace snapproto::conformance {

/// A deadline on the target's clock, and the factor for slow machines.
class budget {
  public:
    /// @param scale the factor of --timeout-scale; waits that a check asks for are multiplied.
    budget(const time_source& clock, duration bound, double scale)
        : m_clock(clock), m_scale(scale), m_deadline(clock.now() + scaled(bound)) {}

    /// For clean-up work, which has to be done most of all when the user has asked to stop.
    void ignore_interrupt() noexcept { m_stops_on_interrupt = false; }

    /// The factor of --timeout-scale.
    [[nodiscard]] double scale() const noexcept { return m_scale; }

    /// A wait in nominal time as real waiting time.
    [[nodiscard]] duration scaled(duration wait) const {
        return std::chrono::duration_cast<duration>(wait * m_scale);
    }

    /// What is left until the deadline; never negative.
    [[nodiscard]] duration left() const {
        return std::max(duration{0}, m_deadline - m_clock.now());
    }

    /// @throws interrupted when the user has asked to stop.
    void look_for_interrupt() const {
        if (m_stops_on_interrupt && stop_requested()) {
            throw interrupted();
        }
    }

    /// `wait` scaled, and cut at the deadline. @throws out_of_time when nothing is left, and
    /// interrupted when the user has asked to stop.
    [[nodiscard]] duration allow(duration wait) const {
        look_for_interrupt();
        const duration rest = left();
        if (rest <= duration{0}) {
            throw out_of_time("the check did not end within its time bound");
        }
        return std::min(scaled(wait), rest);
    }

  private:
    const time_source& m_clock;
    double m_scale;
    instant m_deadline;
    bool m_stops_on_interrupt = true;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUDGET_HPP
