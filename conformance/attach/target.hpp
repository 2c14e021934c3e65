// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_TARGET_HPP

// The implementation under test: how to reach it, its clock, its process, its surroundings.

#include "conformance/attach/capability.hpp"
#include "conformance/attach/channel.hpp"
#include "conformance/attach/freeze_target.hpp"
#include "conformance/attach/hook.hpp"
#include "conformance/time.hpp"
#include "conformance/time_source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// The implementation could not be reached at all; what() is a sentence for the user.
class unreachable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// How a fresh start of the agent is to be.
struct start_options {
    /// Absent: the agent is started with no hook configured.
    std::optional<hook_script> hook;
    /// Commands the agent is told never to serve.
    std::vector<std::string> block_list;
    /// Whether the state directory of the run before stays. False empties it, which is how a check
    /// makes a marker file get lost.
    bool keep_state = false;
    /// Puts state directory and log on the first freeze target.
    bool state_on_target = false;
    /// Adds a mount that a freeze of everything comes to last, and whose freeze fails.
    bool failing_mount = false;
    /// Adds a filesystem whose image lies on the first freeze target, and which is no target
    /// itself.
    bool nested_mount = false;
};

/// How an agent process ended.
struct exit_report {
    bool by_signal = false;
    int code = 0; ///< Exit status, or the signal's number.
};

/// What the agent has of the machine now.
struct resource_use {
    /// Resident, of all its processes; of an embedded agent what it has allocated.
    std::uint64_t memory_bytes = 0;
    duration processor{0}; ///< Used since they started.
};

/// The implementation under test.
///
/// Every function is bounded in time and is called from one thread. A function whose capability is
/// absent must not be called (a check lists the capabilities it uses as its needs); called
/// nevertheless, it throws std::logic_error. The agent is running once the target is made.
class target : public time_source {
  public:
    /// One line for reports: "unix:/run/qga.sock", "embedded agent 'reference'".
    [[nodiscard]] virtual std::string description() const = 0;

    /// Whether the target can do this, and if not, why.
    [[nodiscard]] virtual support can(capability what) const = 0;

    /// The attach flags that reach this target again, for replay commands: "--builtin reference".
    [[nodiscard]] virtual std::string replay_flags() const = 0;

    // Time; now() is the target's.

    /// Lets that much of the target's time pass.
    virtual void sleep_for(duration span) = 0;

    // Conversation.

    /// Opens a connection, waiting at most `wait` for it.
    ///
    /// That the agent serves it is not promised: an agent with one client at a time lets a second
    /// connect and answers it later. @throws unreachable
    [[nodiscard]] virtual std::unique_ptr<channel> connect(duration wait) = 0;

    // Process. Needs capability::restart, or capability::signal where it is said.

    /// Stops the agent if it runs (by force if need be), starts it anew and waits until it can be
    /// connected. Channels of the run before are closed. @throws unreachable
    virtual void start(const start_options& options) = 0;

    /// True while the agent process runs. Needs capability::signal.
    [[nodiscard]] virtual bool alive() = 0;

    /// Asks the agent to end (SIGTERM). Needs capability::signal.
    virtual void terminate() = 0;

    /// Ends the agent without its consent (SIGKILL). Needs capability::signal.
    virtual void kill() = 0;

    /// Waits until the agent process has ended, at most `bound`; absent if it still runs. Needs
    /// capability::signal.
    [[nodiscard]] virtual std::optional<exit_report> wait_exit(duration bound) = 0;

    /// What the agent has written to standard error and its log, the last 16 KiB at the most.
    [[nodiscard]] virtual std::string agent_output() const { return {}; }

    /// What the agent's processes use, where that can be seen.
    [[nodiscard]] virtual observed<resource_use> resources() {
        return observed<resource_use>::unknown(
            "only of an agent that --spawn started, or the embedded one");
    }

    // Surroundings.

    /// The hook, or null without capability::hook. With no hook configured at start it has no
    /// calls.
    [[nodiscard]] virtual played_hook* hook() noexcept = 0;

    /// The filesystems that may be frozen; empty without capability::freeze_target. The pointers
    /// live as long as the target.
    [[nodiscard]] virtual std::vector<freeze_target*> freeze_targets() noexcept = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_TARGET_HPP
