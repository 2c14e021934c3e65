// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_SWARM_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_SWARM_HPP

// Swarm testing (Groce and others, "Swarm Testing", 2012): a run in which everything goes wrong
// finds less than many runs in each of which some things do. So each seed enables a random subset
// of the kinds of fault, and of the circumstances.

#include "simulator/world/options.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace snapproto::campaign {

/// The scenario that a seed makes of another: all that goes wrong stands in it, fault by fault, so
/// that it can be read, replayed and shrunk. One that does not ask for a swarm stays as it is.
[[nodiscard]] world::scenario planned(world::scenario base, std::uint64_t seed);

/// Where faults begin: a word of the story or a record, or "start".
[[nodiscard]] const std::vector<std::string_view>& moments();

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_SWARM_HPP
