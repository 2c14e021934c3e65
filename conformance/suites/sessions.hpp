// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_SESSIONS_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_SESSIONS_HPP

// Random sessions: RapidCheck's stateful testing against the specification's machine, which never
// asks the agent. They go deeper than complete suites of a bearable size, and prove nothing.

#include "conformance/suites/compared_agent.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace snapproto::conformance::suites {

/// Plays so many sessions of up to some hundred inputs.
///
/// @param progress told after each; may be empty.
/// @return a session that the agent answered otherwise than specified, shrunk; empty if none
[[nodiscard]] word failing_session(compared_agent& agent, std::size_t sessions, std::uint64_t seed,
                                   const std::function<void(std::size_t done)>& progress = {});

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_SESSIONS_HPP
