// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_STATES_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_STATES_HPP

// States as lines of numbers, in the order and the words of the Promela model
// (conformance/spec/promela/state.pml): to be compared with what SPIN reaches.

#include "simulator/explore/engine.hpp"
#include "simulator/explore/snapshot/world.hpp"

#include <iosfwd>
#include <string>

namespace snapproto::explore {

/// "S 0 0 1 ...": the orchestrator's fields, then each agent's with its participants and queues.
[[nodiscard]] std::string state_line(const config& what, const world& w);

/// Explores and writes every state, the first one first.
/// @return why the exploration ended.
ending write_states(const config& what, const options& how, std::ostream& to);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_STATES_HPP
