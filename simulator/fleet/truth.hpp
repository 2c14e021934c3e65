// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_TRUTH_HPP
#define SNAPPROTO_SIMULATOR_FLEET_TRUTH_HPP

// What really happens in guests and at the array, whatever the endpoints believe, and what is
// checked of every session with it. Knows no endpoint.

#include "simulator/kernel/ticks.hpp"

#include <snapproto/message/vocabulary.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace snapproto::fleet {

using kernel::end_of_time;
using kernel::ticks;

/// Participants of one sort, applications or filesystems, which are held one after the other.
struct held_set {
    std::uint32_t count = 0;          ///< How many there are.
    std::uint32_t held = 0;           ///< How many are held now.
    ticks first_held = end_of_time;   ///< When the first was.
    ticks all_held = end_of_time;     ///< When the last was.
    ticks let_go = end_of_time;       ///< When the first was asked to go on.
    ticks all_released = end_of_time; ///< When nothing was held any more.

    void hold(ticks now) noexcept;
    void ask_to_release(ticks now) noexcept;
    void release(ticks now) noexcept;
    /// The machine is off: what was in its memory is gone.
    void vanish(ticks now) noexcept;

    /// Whether all of them were held all the time.
    [[nodiscard]] bool held_throughout(ticks from, ticks to) const noexcept {
        return all_held <= from && to <= let_go;
    }
};

/// What happens in one guest during a session.
struct guest_truth {
    held_set applications;
    held_set filesystems;

    /// How long applications stood still; 0 when they never did.
    [[nodiscard]] ticks stopped() const noexcept;
    /// How long filesystems were held.
    [[nodiscard]] ticks held() const noexcept;
    [[nodiscard]] bool holds_something() const noexcept {
        return applications.held != 0 || filesystems.held != 0;
    }
};

/// The cut of a session: the snapshot point lies somewhere in this time.
struct cut_truth {
    ticks from = end_of_time;
    ticks to = end_of_time;
    bool done = false;
};

/// Why a copy is not what its label claims; empty when it is.
[[nodiscard]] std::string untrue_claim(consistency label, const cut_truth& cut,
                                       std::span<const guest_truth> guests);

/// Why the hold limit was not kept; empty when it was.
[[nodiscard]] std::string broken_limit(const guest_truth& guest, ticks limit);

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_TRUTH_HPP
