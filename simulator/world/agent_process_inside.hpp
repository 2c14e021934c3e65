// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_INSIDE_HPP
#define SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_INSIDE_HPP

// What only the sources of agent_process know: the agent in it, whatever it speaks.

#include "simulator/world/agent_dialect.hpp"
#include "simulator/world/agent_process.hpp"

#include <memory>
#include <utility>

namespace snapproto::world {

/// The agent while it runs.
struct agent_process::process {
    explicit process(std::unique_ptr<agent_dialect> what) : agent(std::move(what)) {}

    std::unique_ptr<agent_dialect> agent;
    bool connected = false;
    bool exits = false; // it has said so
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_INSIDE_HPP
