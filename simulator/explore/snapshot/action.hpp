// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_ACTION_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_ACTION_HPP

// The transitions of the model: what can happen, to whom, and how it is written.

#include "simulator/explore/engine.hpp"
#include "simulator/explore/snapshot/world.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::explore {

/// One kind of transition.
enum class happening : std::uint8_t {
    // what goes on by itself
    start,        ///< The caller asks for a snapshot.
    go,           ///< The caller opens the barrier.
    deliver,      ///< The agent takes the next request.
    receive,      ///< The orchestrator takes the next answer.
    agent_learns, ///< The agent learns that its channel is gone.
    host_learns,  ///< The orchestrator does.
    connect,      ///< The channel opens.
    participant,  ///< A participant has done what it was asked.
    refuse,       ///< A hold that was cancelled ends without having held.
    notice,       ///< The agent notices that a participant has let go.
    restart,      ///< The agent is started again.
    watchdog,     ///< The watchdog releases what a dead agent left.
    retry,        ///< The agent tries the release again.
    cut_done,     ///< The storage has cut.
    cut_known,    ///< The orchestrator learns how the cut ended.
    cut_late,     ///< The storage ends a cut that was given up.
    copy_ready,   ///< The copy can be used.
    // time
    agent_timer, ///< A timer of the agent fires.
    host_timer,  ///< A timer of the orchestrator fires.
    cut_timer,   ///< The limit of the cut passes.
    link_timer,  ///< A command of QGA is given up.
    // faults
    loss,
    duplicate_request,
    duplicate_answer,
    stale_request,
    stale_answer,
    veto,
    consent_withdrawn, ///< A participant refuses after it was prepared.
    let_go,
    release_fails,
    stop,
    crash,
    host_crash,
    clone,
    cancel,
    cut_fails,
    silence,
    noise
};

inline constexpr auto happening_names = std::to_array<std::string_view>({"start",
                                                                         "go",
                                                                         "deliver",
                                                                         "receive",
                                                                         "agent_learns",
                                                                         "host_learns",
                                                                         "connect",
                                                                         "participant",
                                                                         "refuse",
                                                                         "notice",
                                                                         "restart",
                                                                         "watchdog",
                                                                         "retry",
                                                                         "cut_done",
                                                                         "cut_known",
                                                                         "cut_late",
                                                                         "copy_ready",
                                                                         "agent_timer",
                                                                         "host_timer",
                                                                         "cut_timer",
                                                                         "link_timer",
                                                                         "loss",
                                                                         "duplicate_request",
                                                                         "duplicate_answer",
                                                                         "stale_request",
                                                                         "stale_answer",
                                                                         "veto",
                                                                         "consent_withdrawn",
                                                                         "let_go",
                                                                         "release_fails",
                                                                         "stop",
                                                                         "crash",
                                                                         "host_crash",
                                                                         "clone",
                                                                         "cancel",
                                                                         "cut_fails",
                                                                         "silence",
                                                                         "noise"});

/// What `noise` brings to an agent.
enum class noise_kind : std::uint8_t {
    query,
    ping,
    garbage,
    recover,
    abort_any,
    void_hello,   ///< No version is common.
    second_hello, ///< On a channel that has a session.
    start         ///< To an orchestrator without a session.
};
inline constexpr auto noise_names = std::to_array<std::string_view>(
    {"query", "ping", "garbage", "recover", "abort_any", "void_hello", "second_hello", "start"});

/// One transition: what, which agent, and two details (participant, timer, message, transaction).
struct action {
    happening what = happening::start;
    std::uint8_t agent = 0;
    std::uint8_t detail = 0;
    std::uint8_t txn = 0;

    friend constexpr bool operator==(const action&, const action&) noexcept = default;

    [[nodiscard]] constexpr action_id id() const noexcept {
        return static_cast<action_id>(what) << 16U | static_cast<action_id>(agent) << 12U |
               static_cast<action_id>(detail) << 4U | txn;
    }
    [[nodiscard]] static constexpr action of(action_id id) noexcept {
        return {static_cast<happening>(id >> 16U), static_cast<std::uint8_t>(id >> 12U & 15U),
                static_cast<std::uint8_t>(id >> 4U & 255U), static_cast<std::uint8_t>(id & 15U)};
    }
};

/// `deliver 0`, `participant 1 2`: as it stands in scenario files.
[[nodiscard]] std::string to_text(const action& one);

/// The action that a text names, if it names one.
[[nodiscard]] std::optional<action> action_from(std::string_view text);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_ACTION_HPP
