// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_AGENT_TYPES_HPP
#define SNAPPROTO_MACHINE_AGENT_TYPES_HPP

// What goes into the agent's machine and what comes out of it: events, data, effects, refusals.
//
// Everything is a plain value without pointers, so that a state can be copied, compared, hashed
// and saved. There is no time here: a timer is armed by name and fires as an event.

#include <snapproto/core/ids.hpp>
#include <snapproto/machine/state.hpp>
#include <snapproto/message/negotiate.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace snapproto::machine {

/// What can happen to an agent.
enum class agent_event : std::uint8_t {
    hello,             ///< The orchestrator opens a session.
    query,             ///< It asks for the state.
    ping,              ///< It asks for a sign of life.
    prepare,           ///< It asks to prepare.
    freeze,            ///< It asks to hold everything.
    thaw,              ///< It asks to release everything.
    complete,          ///< It says what became of the copy.
    abort,             ///< It asks to undo.
    recover,           ///< It asks to repair the copy.
    bad_message,       ///< Something arrived that is no message.
    lost,              ///< The channel ended.
    done,              ///< The step in work has succeeded for everybody in scope.
    failed,            ///< The step in work has failed, and the rest of it has ended.
    early,             ///< A participant was found to have let go.
    phase_expired,     ///< The limit of the step in work has passed.
    hold_expired,      ///< The hold limit has passed.
    sequence_expired,  ///< The orchestrator has been silent for too long.
    retry_due,         ///< It is time to try again to release what is stuck.
    stop,              ///< The agent is told to end.
    generation_changed ///< The virtual machine was restored or cloned.
};

/// The timers that the agent's machine names. Their lengths are the endpoint's business.
enum class agent_timer : std::uint8_t { phase, hold, sequence, retry };

/// Where the agent goes when the undo has ended.
enum class afterwards : std::uint8_t { idle, off, exit };

/// One event with what the table looks at. Members that an event does not use are ignored.
struct agent_input {
    agent_event kind = agent_event::query;
    /// The transaction that a request names.
    txn_id txn{};
    /// hello: the new session, what both sides can do, and whether a version is common.
    session_id session{};
    capability granted = capability::none;
    bool version_agreed = true;
    /// complete: what became of the copy.
    copy_result result = copy_result::unknown;
    /// Handed back untouched in the reply (ping's cookie).
    std::uint64_t cookie = 0;
};

/// A Hello that waits for the end of an undo.
enum class pending_hello : std::uint8_t { none, agreed, refused };

/// What the agent remembers beside its state. All of it: two agents with equal phase and data
/// behave alike for ever.
struct agent_data {
    session_id session{};
    capability granted = capability::none;

    txn_id txn{};
    /// The reason of the undo; `clean` until something spoils the transaction (SP 7.13).
    verdict why = verdict::clean;
    afterwards then = afterwards::idle;
    /// The running prepare was begun by a Freeze (SP 4.9).
    bool implicit = false;
    /// A recovery of the copy is in work.
    bool recovering = false;

    bool owes_thawed = false;
    bool owes_aborted = false;
    /// Of two owed answers, Aborted goes first (SP 3.8: answers in the order of requests).
    bool aborted_first = false;

    pending_hello waiting = pending_hello::none;
    session_id waiting_session{};
    capability waiting_granted = capability::none;

    txn_id last_txn{};
    verdict last_verdict = verdict::none;

    friend constexpr bool operator==(const agent_data&, const agent_data&) noexcept = default;
};

/// The whole state of an agent's machine.
using agent_state = machine_state<agent_phase, agent_data>;

/// What the agent's machine asks the outside to do.
enum class agent_effect_kind : std::uint8_t {
    // answers
    send_hello_ack,
    send_status,
    send_pong,
    send_progress,
    send_prepared,
    send_frozen,
    send_thawed,
    send_completed,
    send_aborted,
    send_recovered,
    send_error,
    send_nak,
    // steps, each of which ends in `done` or `failed`
    begin_prepare,
    begin_quiesce,
    begin_freeze,
    begin_thaw,
    begin_resume,
    begin_recover,
    // what the participants are told at the end
    tell_result,
    /// Give up the step in work; its outcome is not reported any more.
    cancel_step,
    arm,
    disarm,
    close_channel,
    exit_process,
    /// Renew identities and randomness of the guest.
    reseed,
    /// Something is wrong that does not change the outcome.
    warn
};

/// One effect. Only the members that the kind names are meaningful.
struct agent_effect {
    agent_effect_kind kind = agent_effect_kind::warn;
    txn_id txn{};
    session_id session{};
    /// send_thawed, send_error: the verdict.
    verdict outcome = verdict::none;
    /// send_nak: why.
    nak_code code = nak_code::bad_state;
    /// arm, disarm.
    agent_timer timer = agent_timer::phase;
    /// tell_result.
    copy_result result = copy_result::unknown;
    /// send_hello_ack: whether a version was agreed.
    bool agreed = true;
    /// send_pong.
    std::uint64_t cookie = 0;

    friend constexpr bool operator==(const agent_effect&, const agent_effect&) noexcept = default;
};

/// How a cell refuses an event.
enum class agent_refusal : std::uint8_t {
    ignore, ///< A stale internal event: counted, nothing else.
    drop,   ///< Malformed input without a session.
    nak_no_session,
    nak_busy,
    nak_bad_state,
    nak_unknown_txn,
    nak_stale,
    nak_malformed,
    nak_stuck
};

/// The code of the Nak that a refusal sends.
/// @pre the refusal is neither `ignore` nor `drop`.
[[nodiscard]] constexpr nak_code code_of(agent_refusal how) noexcept {
    switch (how) {
    case agent_refusal::nak_no_session:
        return nak_code::no_session;
    case agent_refusal::nak_busy:
        return nak_code::busy;
    case agent_refusal::nak_unknown_txn:
        return nak_code::unknown_txn;
    case agent_refusal::nak_stale:
        return nak_code::stale;
    case agent_refusal::nak_malformed:
        return nak_code::malformed;
    case agent_refusal::nak_stuck:
        return nak_code::stuck;
    default:
        return nak_code::bad_state;
    }
}

} // namespace snapproto::machine

namespace snapproto::detail {

template <>
struct spelling<machine::agent_event> {
    static constexpr auto names = std::to_array<std::string_view>({"hello",
                                                                   "query",
                                                                   "ping",
                                                                   "prepare",
                                                                   "freeze",
                                                                   "thaw",
                                                                   "complete",
                                                                   "abort",
                                                                   "recover",
                                                                   "bad_message",
                                                                   "lost",
                                                                   "done",
                                                                   "failed",
                                                                   "early",
                                                                   "phase_expired",
                                                                   "hold_expired",
                                                                   "sequence_expired",
                                                                   "retry_due",
                                                                   "stop",
                                                                   "generation_changed"});
};

template <>
struct spelling<machine::agent_timer> {
    static constexpr auto names =
        std::to_array<std::string_view>({"phase", "hold", "sequence", "retry"});
};

template <>
struct spelling<machine::afterwards> {
    static constexpr auto names = std::to_array<std::string_view>({"idle", "off", "exit"});
};

template <>
struct spelling<machine::pending_hello> {
    static constexpr auto names = std::to_array<std::string_view>({"none", "agreed", "refused"});
};

template <>
struct spelling<machine::agent_effect_kind> {
    static constexpr auto names = std::to_array<std::string_view>({"send_hello_ack",
                                                                   "send_status",
                                                                   "send_pong",
                                                                   "send_progress",
                                                                   "send_prepared",
                                                                   "send_frozen",
                                                                   "send_thawed",
                                                                   "send_completed",
                                                                   "send_aborted",
                                                                   "send_recovered",
                                                                   "send_error",
                                                                   "send_nak",
                                                                   "begin_prepare",
                                                                   "begin_quiesce",
                                                                   "begin_freeze",
                                                                   "begin_thaw",
                                                                   "begin_resume",
                                                                   "begin_recover",
                                                                   "tell_result",
                                                                   "cancel_step",
                                                                   "arm",
                                                                   "disarm",
                                                                   "close_channel",
                                                                   "exit_process",
                                                                   "reseed",
                                                                   "warn"});
};

template <>
struct spelling<machine::agent_refusal> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"ignore", "drop", "nak_no_session", "nak_busy", "nak_bad_state", "nak_unknown_txn",
         "nak_stale", "nak_malformed", "nak_stuck"});
};

} // namespace snapproto::detail

#endif // SNAPPROTO_MACHINE_AGENT_TYPES_HPP
