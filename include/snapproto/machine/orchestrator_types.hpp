// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_ORCHESTRATOR_TYPES_HPP
#define SNAPPROTO_MACHINE_ORCHESTRATOR_TYPES_HPP

// What goes into the orchestrator's machine and what comes out of it: events, data, effects,
// refusals. The group of agents is part of the data: one bit for each agent.

#include <snapproto/core/ids.hpp>
#include <snapproto/core/limits.hpp>
#include <snapproto/machine/state.hpp>
#include <snapproto/message/negotiate.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace snapproto::machine {

/// What can happen to an orchestrator.
enum class orchestrator_event : std::uint8_t {
    up,               ///< The channels of the group are open.
    start,            ///< The caller asks for a snapshot.
    go,               ///< The caller opens the barrier of a prepared group.
    cancel,           ///< The caller changed its mind.
    ack_ok,           ///< Every agent has agreed to a session.
    ack_bad,          ///< An agent agreed to nothing, or to nonsense.
    all_prepared,     ///< Every live agent has answered Prepared.
    all_frozen,       ///< Every live agent has answered Frozen.
    all_thawed,       ///< Every live agent has answered Thawed.
    all_done,         ///< Every live agent has answered Completed.
    all_aborted,      ///< Every live agent has answered Aborted.
    any_error,        ///< An agent sent Error.
    any_nak,          ///< An agent sent Nak.
    cut_ok,           ///< The provider has fixed the instant of the copy.
    cut_failed,       ///< The provider could not.
    reply_expired,    ///< A reply is overdue.
    window_expired,   ///< The window is about to close.
    liveness_expired, ///< An agent broke the keep-alive contract.
    any_lost,         ///< A channel ended.
    stale             ///< A message of another session or transaction.
};

/// The timers that the orchestrator's machine names.
enum class orchestrator_timer : std::uint8_t { reply, window };

/// Agents as a set of bits; bit i is agent i of the group.
using agent_set = std::uint64_t;
static_assert(group_limits::agents_max == 64);

/// What becomes of a transaction. Never gets better (SP 12.32).
enum class fate : std::uint8_t {
    ok,
    bad,   ///< Something failed.
    failed ///< The caller cancelled.
};

/// How far the provider is, as the orchestrator knows it.
enum class cut_progress : std::uint8_t { none, asked, ok, failed, abandoned };

/// What the caller decided beforehand.
struct orchestrator_policy {
    /// Prepare is a message of its own in this dialect (SP 12.1).
    bool explicit_prepare = true;
    /// Agents await Complete (SP 12.28).
    bool completion = true;
    /// Without any session, cut anyway and label the copy crash (SP 12.3).
    bool crash_copy_allowed = false;
    /// Keep a copy whose fate is bad, with a lower label, instead of discarding it.
    bool keep_degraded = false;
    /// How often an unanswered Abort is sent again (SP 12.20).
    std::uint8_t abort_resends_max = 2;

    friend constexpr bool operator==(const orchestrator_policy&,
                                     const orchestrator_policy&) noexcept = default;
};

/// One event with what the table looks at.
struct orchestrator_input {
    orchestrator_event kind = orchestrator_event::stale;
    /// any_error, any_nak, any_lost: which agent.
    agent_index agent = 0;
    /// start: the new transaction; go on the way: none.
    txn_id txn{};
    /// start: open the barrier by itself when all are prepared.
    bool go_at_once = true;
    /// up: the agents whose channels are open.
    agent_set agents = 0;
};

/// What the orchestrator remembers beside its state.
struct orchestrator_data {
    orchestrator_policy policy{};
    txn_id txn{};
    agent_set live = 0;     ///< Agents with a channel.
    agent_set answered = 0; ///< Agents that have answered in the present phase.
    agent_set unknown = 0;  ///< Agents whose verdict cannot be known.
    agent_set spoiled = 0;  ///< Agents whose verdict is not clean.
    fate outlook = fate::ok;
    cut_progress cut = cut_progress::none;
    bool go_noted = false;
    std::uint8_t resends = 0;

    friend constexpr bool operator==(const orchestrator_data&,
                                     const orchestrator_data&) noexcept = default;
};

/// The whole state of an orchestrator's machine.
using orchestrator_state = machine_state<orchestrator_phase, orchestrator_data>;

/// What the orchestrator's machine asks the outside to do. A message goes to the agents in
/// `orchestrator_effect::to`.
enum class orchestrator_effect_kind : std::uint8_t {
    send_hello,
    send_prepare,
    send_freeze,
    send_thaw,
    send_complete,
    send_abort,
    cut,            ///< Have the provider cut.
    abandon_cut,    ///< Have it give up.
    discard_copy,   ///< Have it throw the copy away.
    cut_unassisted, ///< Cut without the guests' help.
    arm,
    disarm,
    close,  ///< Close the channels in `to`.
    report, ///< Tell the caller how the transaction ended.
    warn,
    alarm ///< An agent is stuck: somebody should look.
};

/// One effect. Only the members that the kind names are meaningful.
struct orchestrator_effect {
    orchestrator_effect_kind kind = orchestrator_effect_kind::warn;
    agent_set to = 0;
    txn_id txn{};
    cut_outcome outcome = cut_outcome::unknown;
    copy_result result = copy_result::unknown;
    session_outcome reported = session_outcome::failed;
    orchestrator_timer timer = orchestrator_timer::reply;

    friend constexpr bool operator==(const orchestrator_effect&,
                                     const orchestrator_effect&) noexcept = default;
};

/// How a cell refuses an event.
enum class orchestrator_refusal : std::uint8_t {
    ignore, ///< A stale internal event: counted, nothing else.
    drop,   ///< A stale message.
    reject  ///< The caller's mistake: it is told, nothing changes.
};

} // namespace snapproto::machine

namespace snapproto::detail {

template <>
struct spelling<machine::orchestrator_event> {
    static constexpr auto names = std::to_array<std::string_view>({"up",
                                                                   "start",
                                                                   "go",
                                                                   "cancel",
                                                                   "ack_ok",
                                                                   "ack_bad",
                                                                   "all_prepared",
                                                                   "all_frozen",
                                                                   "all_thawed",
                                                                   "all_done",
                                                                   "all_aborted",
                                                                   "any_error",
                                                                   "any_nak",
                                                                   "cut_ok",
                                                                   "cut_failed",
                                                                   "reply_expired",
                                                                   "window_expired",
                                                                   "liveness_expired",
                                                                   "any_lost",
                                                                   "stale"});
};

template <>
struct spelling<machine::orchestrator_timer> {
    static constexpr auto names = std::to_array<std::string_view>({"reply", "window"});
};

template <>
struct spelling<machine::fate> {
    static constexpr auto names = std::to_array<std::string_view>({"ok", "bad", "failed"});
};

template <>
struct spelling<machine::cut_progress> {
    static constexpr auto names =
        std::to_array<std::string_view>({"none", "asked", "ok", "failed", "abandoned"});
};

template <>
struct spelling<machine::orchestrator_effect_kind> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"send_hello", "send_prepare", "send_freeze", "send_thaw", "send_complete", "send_abort",
         "cut", "abandon_cut", "discard_copy", "cut_unassisted", "arm", "disarm", "close", "report",
         "warn", "alarm"});
};

template <>
struct spelling<machine::orchestrator_refusal> {
    static constexpr auto names = std::to_array<std::string_view>({"ignore", "drop", "reject"});
};

} // namespace snapproto::detail

#endif // SNAPPROTO_MACHINE_ORCHESTRATOR_TYPES_HPP
