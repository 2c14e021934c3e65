// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_CAPABILITY_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_CAPABILITY_HPP

// What can be done to, and seen of, an implementation under test. A check names what it needs; a
// target that cannot do it says why, and the check is skipped with those words.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace snapproto::conformance {

enum class capability {
    reconnect,           ///< A new connection can be made after one was closed.
    second_client,       ///< A second connection can be attempted while the first is open.
    connection_oriented, ///< The transport tells the agent when its client has gone.
    half_close,          ///< The sending direction can be closed alone.
    restart,             ///< The agent can be stopped and started afresh (`target::start`).
    signal,              ///< The agent process can be terminated, killed, and waited for.
    hook,                ///< A hook whose behaviour and calls the suite controls.
    keep_state,          ///< A restart can keep the agent's state directory, or empty it.
    state_on_target,     ///< State directory and log can be put on the freeze target.
    block_list,          ///< Commands can be put on the agent's block list at start.
    freeze_target,       ///< At least one filesystem is known that may be frozen.
    two_freeze_targets,  ///< At least two such filesystems.
    freeze_target_alias, ///< The first freeze target is mounted at a second place too.
    kernel_truth,        ///< Whether the first target is frozen can be seen without the agent.
    device_digest,       ///< The block device under the first target can be read.
    writer,              ///< A writer on the first target can be run and watched.
    window_copy,         ///< A copy of the device taken now can be examined.
    foreign_freeze,      ///< Somebody else than the agent can freeze and thaw the first target.
    freeze_everything,   ///< A freeze of everything reaches the freeze targets and nothing else.
    failing_mount,       ///< A start can add a mount that cannot be frozen and fails the freeze.
    nested_mount,        ///< A start can add a filesystem whose image lies on the first target.
    hidden_mount,        ///< The agent sees a mount that is hidden under a later one.
    virtual_time,        ///< Time is virtual: waiting costs nothing.
    cut_seen,            ///< It is seen when an orchestrator's cut begins and ends.
    cut_control,         ///< A cut can be made to fail, and to take its time.
    group,               ///< The orchestrator takes a snapshot of several guests at once.
};

/// The words for a capability in reports: "a second client at the same time".
[[nodiscard]] std::string_view describe(capability what) noexcept;

/// Whether something can be done, and if not, why, as words for a skip message.
struct support {
    bool present = false;
    std::string why; ///< Empty when present.

    [[nodiscard]] static support yes() { return {true, {}}; }
    [[nodiscard]] static support no(std::string reason) { return {false, std::move(reason)}; }
    explicit operator bool() const noexcept { return present; }
};

/// A value seen from outside the agent, or why it could not be seen.
template <class T>
struct observed {
    std::optional<T> value;
    std::string why; ///< Why there is no value.

    observed(T seen) : value(std::move(seen)) {}
    [[nodiscard]] static observed unknown(std::string reason) {
        return observed(std::nullopt, std::move(reason));
    }
    explicit operator bool() const noexcept { return value.has_value(); }
    [[nodiscard]] const T& operator*() const { return value.value(); }

  private:
    observed(std::nullopt_t, std::string reason) : why(std::move(reason)) {}
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_CAPABILITY_HPP
