// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_ALL_HPP
#define SNAPPROTO_MONITOR_ALL_HPP

// All monitors at once. SP 18.10 has none: what it forbids happens between two records.

#include <snapproto/monitor/hold.hpp>
#include <snapproto/monitor/life.hpp>
#include <snapproto/monitor/liveness.hpp>
#include <snapproto/monitor/outcome.hpp>
#include <snapproto/monitor/release.hpp>
#include <snapproto/monitor/requests.hpp>
#include <snapproto/monitor/session.hpp>
#include <snapproto/monitor/transaction.hpp>
#include <snapproto/monitor/window.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

namespace snapproto::monitor {

/// The properties that `all_monitors` judges: all of SP chapter 18 but 18.10.
inline constexpr std::array<std::uint8_t, 25> judged_properties{
    1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26};

/// Every monitor, fed with the same records.
///
/// @pre records come with instants that do not go back; `finish` comes last, with an instant that
/// is not before theirs.
class all_monitors {
  public:
    explicit all_monitors(const rules& measures = {})
        : m_monitors{window_monitor(measures),      outcome_monitor(measures),
                     hold_monitor(measures),        release_monitor(measures),
                     transaction_monitor(measures), requests_monitor(measures),
                     session_monitor(measures),     life_monitor(measures),
                     liveness_monitor(measures)} {}

    /// Takes the next record.
    void observe(const trace::record& r) {
        std::apply([&](auto&... each) { (each.observe(r), ...); }, m_monitors);
    }

    /// The recording ends here: deadlines before `end` have passed.
    void finish(instant end) {
        std::apply([&](auto&... each) { (each.finish(end), ...); }, m_monitors);
    }

    /// How many violations were found, those beyond `violations_max` of one monitor included.
    [[nodiscard]] std::size_t count() const {
        return std::apply(
            [](const auto&... each) { return ((each.violations().size() + each.dropped()) + ...); },
            m_monitors);
    }

    /// All violations, in the order of their records and then of their properties.
    [[nodiscard]] std::vector<violation> violations() const {
        // Few. Not std::stable_sort: libstdc++ 12's uses what C++17 deprecates, and Clang 19 says
        // so.
        std::vector<violation> sorted;
        const auto add = [&](const violation& one) {
            const auto later = std::upper_bound(
                sorted.begin(), sorted.end(), one, [](const violation& a, const violation& b) {
                    return std::tuple(a.record, a.property) < std::tuple(b.record, b.property);
                });
            sorted.insert(later, one);
        };
        std::apply(
            [&](const auto&... each) {
                (std::for_each(each.violations().begin(), each.violations().end(), add), ...);
            },
            m_monitors);
        return sorted;
    }

    /// True when a bound of some monitor was exceeded: silence is no acquittal then.
    [[nodiscard]] bool overflowed() const {
        return std::apply([](const auto&... each) { return (each.overflowed() || ...); },
                          m_monitors);
    }

  private:
    std::tuple<window_monitor, outcome_monitor, hold_monitor, release_monitor, transaction_monitor,
               requests_monitor, session_monitor, life_monitor, liveness_monitor>
        m_monitors;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_ALL_HPP
