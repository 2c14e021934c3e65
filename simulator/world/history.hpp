// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_HISTORY_HPP
#define SNAPPROTO_SIMULATOR_WORLD_HISTORY_HPP

// All that is left of a run: what the judges and the reports read.

#include "simulator/world/channel.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/host.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/witness.hpp"

#include <snapproto/trace/record.hpp>

#include <optional>
#include <vector>

namespace snapproto::world {

/// What is left of one guest.
struct guest_history {
    std::vector<trace::record> at_agent; ///< Recorded at the agent's end, by the guest's clock.
    instant clock_at_end{};              ///< What that clock said when the run was over.
    witness seen;
    ticks longest_stall = 0; ///< Of a client, a wait that has not ended included.
    bool still_frozen = false;
    std::vector<sent_bytes> wire; ///< Of its channel, as the ends sent it.
};

/// What is left of the first guest and its host is in the history itself: most worlds have no more.
struct history : guest_history {
    scenario played;
    ticks end = 0;
    std::uint64_t events = 0;
    std::vector<note> story;
    std::vector<trace::record> at_host; ///< Recorded at the orchestrator's end.
    std::vector<attempt> attempts;      ///< In the order in which they began.
    std::vector<guest_history> more_guests;
    std::vector<std::vector<trace::record>> at_more_hosts; ///< Of guests that are held one by one.
    std::optional<guest_history> restored;                 ///< The clone of the first guest.
    ticks restored_at = 0;
    std::vector<bool> begun; ///< By fault of what was played: whether it has begun.

    [[nodiscard]] const guest_history& of_guest(std::size_t number) const {
        return number == 0 ? *this : more_guests.at(number - 1);
    }
};

class spectator;

/// Plays a scenario from its beginning to its end.
/// @param watching who looks on, or null.
[[nodiscard]] history play(const scenario& what, spectator* watching = nullptr);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_HISTORY_HPP
