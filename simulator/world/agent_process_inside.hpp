// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_INSIDE_HPP
#define SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_INSIDE_HPP

// What only the sources of agent_process know: the library's endpoint is expensive to include.

#include "simulator/world/agent_process.hpp"

#include <snapproto/endpoint/qga_agent.hpp>

#include <algorithm>
#include <chrono>

namespace snapproto::world {

/// The agent while it runs, and the client that it has: the channel is one for good, so the client
/// stays the same.
struct agent_process::process {
    static constexpr endpoint::client_id client = 1;

    explicit process(const agent_process_options& options) : agent(options_of(options)) {}

    static endpoint::qga_agent_options options_of(const agent_process_options& from) {
        endpoint::qga_agent_options made;
        made.version = "snapproto simulated agent";
        made.timers.hold = std::chrono::milliseconds{from.hold_limit_ms};
        made.timers.hold_max = std::max(made.timers.hold_max, made.timers.hold);
        return made;
    }

    endpoint::qga_agent agent;
    bool connected = false;
    bool exits = false; // it has said so
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_INSIDE_HPP
