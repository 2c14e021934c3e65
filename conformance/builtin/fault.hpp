// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_HPP

// How a fault is put into the embedded agent: as functions that change what goes in, what comes
// out, or what is done to filesystems and hooks. Each fault sets as few of them as it can.

#include "conformance/builtin/builtin.hpp"
#include "conformance/builtin/virtual_world.hpp"

#include <snapproto/dialect/qga/request.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::builtin {

/// What the agent is asked to do with one filesystem.
enum class filesystem_step { freeze, thaw };

/// What a fault may look at and do. One for each run of the agent; `memory` is fresh then.
class faulty_agent {
  public:
    virtual ~faulty_agent() = default;

    /// What guest-fsfreeze-status would say.
    [[nodiscard]] virtual bool believes_frozen() const = 0;
    /// The filesystems and the clock.
    [[nodiscard]] virtual virtual_world& world() = 0;
    /// Ends the process at once, as a crash does.
    virtual void die() = 0;
    /// Sends bytes to a client.
    virtual void send(std::uint32_t client, std::string_view bytes) = 0;
    /// Sends bytes to every client.
    virtual void send_to_all(std::string_view bytes) = 0;
    /// Runs the hook outside of its turn.
    virtual void run_hook(std::string_view argument) = 0;
    /// Hands bytes to the agent as if a client had sent them.
    virtual void inject(std::string_view bytes) = 0;
    /// From now on the agent neither reads nor answers.
    virtual void go_deaf() = 0;
    /// Does something later, if this run of the agent still lives then.
    virtual void later(duration span, std::function<void()> what) = 0;

    /// Room for a fault's own state.
    std::array<std::int64_t, 4> memory{};
    std::string text;
};

/// What can be set beforehand.
struct agent_settings {
    duration hold_limit = std::chrono::seconds{10};
    duration hook_limit = std::chrono::seconds{60};
    duration freeze_takes = std::chrono::milliseconds{2}; ///< Of one filesystem; a thaw too.
    std::size_t message_bytes_max = 128 * 1024;
    std::size_t nesting_max = 64;
    bool adopts_at_start = true; ///< Looks at start for what a predecessor left frozen.
    bool refuses_unknown = true; ///< A list with an unknown mount point is refused.
    bool ignores_terminate = false;
    bool waits_for_children = false;        ///< A hook has ended when its output is closed.
    std::size_t output_in_error_max = 1024; ///< Output of a failed hook in the error reply.
    bool watchdog = true; ///< Somebody thaws after the hold limit when the agent is dead.
};

/// A request in the words of the fault that looks at it.
struct seen_request {
    const qga::request& request;
    std::string_view bytes; ///< As it came, with what stood before it.
    std::uint32_t client;
};

/// One fault. Unset functions change nothing.
struct fault {
    fault_info info;

    std::function<void(agent_settings&)> settings{};
    /// The agent has started.
    std::function<void(faulty_agent&)> started{};
    /// Bytes of a client, before anybody looks at them.
    std::function<void(faulty_agent&, std::string&)> input{};
    /// A well-formed request; what is returned is sent instead of an answer of the agent, which
    /// does not see the request then.
    std::function<std::optional<std::string>(faulty_agent&, const seen_request&)> answer{};
    /// A line on its way to a client, and the verb of its request (unknown for malformed ones).
    std::function<void(faulty_agent&, qga::verb, std::string&)> reply{};
    /// A step with a filesystem; what is returned is believed instead of the kernel being asked.
    std::function<std::optional<kernel_answer>(faulty_agent&, filesystem_step, virtual_filesystem&)>
        filesystem{};
    /// The hook is about to run; false leaves it out, and it counts as a success. The argument may
    /// be changed.
    std::function<bool(faulty_agent&, std::string&)> hook{};
    /// A hook has ended; the result may be changed.
    std::function<void(faulty_agent&, std::string_view, bool&)> hook_ended{};
    /// A client has gone.
    std::function<void(faulty_agent&)> client_gone{};
    /// Asked to end; true when the fault dealt with it.
    std::function<bool(faulty_agent&)> terminate{};
    /// The list of participants, "hook" and mount points, before it is used.
    std::function<void(faulty_agent&, std::vector<std::string>&)> participants{};
};

/// All faults, each family in a file of its own; together they are in order of name.
[[nodiscard]] std::vector<fault> wire_faults();
[[nodiscard]] std::vector<fault> freeze_faults();
[[nodiscard]] std::vector<fault> life_faults();
[[nodiscard]] const std::vector<fault>& all_faults();

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_HPP
