// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_HOOK_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_HOOK_HPP

// The hook script of the agent under test, as the suite plays it: what it does, and what was seen
// when the agent called it.

#include "conformance/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance {

/// What the hook does in one call, in this order: print, leave a child, sleep, end.
struct hook_behaviour {
    std::size_t print_bytes = 0;  ///< Written to standard output before all else.
    duration background_child{0}; ///< Leaves a child that holds standard output for so long.
    duration sleep{0};            ///< The hook itself takes so long.
    int exit_status = 0;          ///< 0 is success.
    bool dies_by_signal = false;  ///< Ends by SIGKILL to itself instead of by an exit status.
};

enum class hook_file {
    executable,     ///< There and executable, as it should be.
    not_executable, ///< There, but without permission to execute.
    missing,        ///< Named to the agent, but not there.
};

/// The behaviour of the hook for either call.
struct hook_script {
    hook_file file = hook_file::executable;
    hook_behaviour on_freeze;
    hook_behaviour on_thaw;
};

/// One call of the hook, seen by the hook itself.
struct hook_call {
    std::vector<std::string> arguments; ///< Exactly as given by the agent.
    instant started{};
    std::optional<instant> ended; ///< Absent while it runs, or if it was killed.
    /// Whether the first freeze target was frozen when the hook started; absent where nobody can
    /// say. Taken while the hook waits, so the agent cannot have gone on.
    std::optional<bool> frozen_at_start;

    /// The first argument, or an empty string.
    [[nodiscard]] std::string argument() const {
        return arguments.empty() ? std::string{} : arguments.front();
    }
};

/// The hook of a running agent: its behaviour can be changed between calls, its calls are recorded.
class played_hook {
  public:
    played_hook() = default;
    played_hook(const played_hook&) = delete;
    played_hook& operator=(const played_hook&) = delete;
    virtual ~played_hook() = default;

    /// What the next calls do; takes effect at once, without a restart of the agent.
    virtual void play(const hook_script& script) = 0;

    /// The calls since the start of the agent or the last forget(), oldest first.
    [[nodiscard]] virtual std::vector<hook_call> calls() const = 0;

    /// Forgets the calls so far.
    virtual void forget() = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_HOOK_HPP
