// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_HISTORY_HPP
#define SNAPPROTO_SIMULATOR_WORLD_HISTORY_HPP

// All that is left of a run: what the judges and the reports read.

#include "simulator/world/environment.hpp"
#include "simulator/world/host.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/witness.hpp"

#include <snapproto/trace/record.hpp>

#include <vector>

namespace snapproto::world {

struct history {
    scenario played;
    ticks end = 0;
    std::uint64_t events = 0;
    std::vector<note> story;
    std::vector<sent_bytes> wire; ///< Of the channel, as its ends sent it.
    std::vector<trace::record> at_host;  ///< Recorded at the orchestrator's end.
    std::vector<trace::record> at_agent; ///< Recorded at the agent's end.
    std::vector<attempt> attempts;
    witness seen;
    ticks longest_stall = 0; ///< Of a client, a wait that has not ended included.
    bool still_frozen = false;
};

/// Plays a scenario from its beginning to its end.
[[nodiscard]] history play(const scenario& what);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_HISTORY_HPP
