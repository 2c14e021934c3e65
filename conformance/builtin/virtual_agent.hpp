// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_AGENT_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_AGENT_HPP

// One run of the embedded agent: the library's QGA endpoint as a "process" in the virtual world,
// with the clients' streams on one side and filesystems and hook on the other.

#include "conformance/attach/target.hpp"
#include "conformance/builtin/fault.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace snapproto::conformance::builtin {

/// The two directions between a client and the agent.
struct virtual_stream {
    std::string to_agent;
    std::string to_client;
    bool client_closed = false;   ///< The client has closed both directions.
    bool client_finished = false; ///< The client has closed its sending direction.
    bool agent_closed = false;    ///< The agent has closed, or its process has ended.
};

/// A run of the agent. It lives until it is destroyed, which ends it like SIGKILL.
class virtual_agent {
  public:
    /// @param with the fault to have, or null for the reference. Must outlive the agent.
    static std::unique_ptr<virtual_agent> make(virtual_world& world, const fault* with,
                                               const start_options& options);
    virtual ~virtual_agent() = default;

    /// A client connects. The stream is shared by client and agent.
    [[nodiscard]] virtual std::shared_ptr<virtual_stream> connect() = 0;

    /// Has the agent look at its streams; to be called after a client has changed one.
    virtual void pump() = 0;

    [[nodiscard]] virtual bool alive() const = 0;
    virtual void terminate() = 0;
    /// Ends it like SIGKILL.
    virtual void kill() = 0;
    /// How it ended. @pre !alive()
    [[nodiscard]] virtual exit_report ending() const = 0;

    /// What it holds of the memory, and has used of the processor.
    [[nodiscard]] virtual resource_use resources() const = 0;
};

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_AGENT_HPP
