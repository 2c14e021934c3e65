// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TRACE_RECORD_HPP
#define SNAPPROTO_TRACE_RECORD_HPP

// One fact of a recorded conversation, as a plain value: when, who, what, and what is known of it.
//
// A recording is a sequence of records whose instants never go back. Whoever records writes what he
// sees and leaves the rest empty; the judges in monitor/ decide what they can conclude from it.

#include <snapproto/core/clause.hpp>
#include <snapproto/core/ids.hpp>
#include <snapproto/core/time.hpp>
#include <snapproto/message/any_message.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace snapproto::trace {

/// Who a record is about.
enum class role : std::uint8_t { orchestrator, agent, participant, provider, watchdog };

/// What happened. The comment says who records it.
enum class record_kind : std::uint8_t {
    // messages, at the end named by `who`
    sent,      ///< A message was sent (orchestrator, agent).
    received,  ///< A message was received (orchestrator, agent).
    malformed, ///< Bytes were received that are no message (orchestrator, agent).

    // what an agent does with one participant
    prepare_begin,  ///< It is asked to prepare.
    prepared,       ///< It has agreed.
    vetoed,         ///< It has refused to prepare or to be held.
    skipped,        ///< Asked to hold, it has nothing to hold and takes no further part.
    hold_begin,     ///< It is asked to hold.
    held,           ///< It holds.
    let_go_early,   ///< It let go without being asked.
    release_begin,  ///< It is asked to release.
    released,       ///< It was held until now, and is no longer.
    not_held,       ///< It was asked to release and held nothing.
    release_failed, ///< It was asked to release and still holds.
    finished,       ///< It was told the result.

    // the provider
    cut_begin, ///< The cut of one volume begins.
    cut_end,   ///< The cut of one volume ended, well or badly.
    ready,     ///< The copy can be used.
    discarded, ///< The copy was given up.

    // anybody's timers
    timer_armed,    ///< A timer was set to `deadline`.
    timer_disarmed, ///< A timer was cancelled.
    timer_fired,    ///< A timer's deadline passed.

    // channels, as seen by `who`
    channel_up,   ///< A channel is open.
    channel_lost, ///< A channel is gone, whoever closed it.

    // machines
    state_changed, ///< A row was taken; `phase` or `stage` is the state after it.
    event_ignored, ///< A stale internal event was ignored.

    // life
    started,            ///< The process begins.
    stop_requested,     ///< The process was told to end.
    handed_over,        ///< The watchdog has taken over what is held.
    stopped,            ///< The process has ended of its own accord.
    killed,             ///< The process was ended from outside, without a word to it.
    generation_changed, ///< The guest is now another one.
    reseeded,           ///< Identities and randomness are renewed.

    // the orchestrator and its caller
    start_requested, ///< A transaction was asked for and accepted.
    outcome_reported ///< Its outcome was reported.
};

/// The timers of SP chapter 15, for timer records.
enum class timer_kind : std::uint8_t {
    negotiate,
    phase,
    hold,
    sequence,
    retry,
    keep_alive,
    reply,
    window,
    liveness,
    cut,
    total
};

/// The agent index of a record that is about no single agent.
inline constexpr agent_index no_agent = 0xffff;

/// The most bytes that `record::note` may have: a row's name or a short remark, never a payload.
inline constexpr std::size_t note_bytes_max = 1024;

/// One fact. Only `at`, `who` and `what` always have a meaning.
struct record {
    instant at{};
    role who = role::orchestrator;
    record_kind what = record_kind::sent;

    /// The agent concerned: the agent itself, the owner of a participant or watchdog, or the other
    /// end of an orchestrator's message, timer or channel.
    agent_index agent = no_agent;

    /// The participant's number, or the volume of a cut. An agent counts in hold order; whoever
    /// joins the records of several lives of it keeps the number for as long as it is held.
    participant_index item = 0;

    session_id session{};
    txn_id txn{};
    sequence_number seq{};

    std::optional<message_kind> message;         ///< sent, received
    std::optional<verdict> outcome;              ///< thawed, error, status; the reason of a report
    std::optional<nak_code> refusal;             ///< nak
    std::optional<cut_outcome> cut;              ///< thaw, cut_end
    std::optional<copy_result> copy;             ///< complete, finished
    std::optional<agent_phase> phase;            ///< an agent's state, changed or stated
    std::optional<orchestrator_phase> stage;     ///< an orchestrator's state, changed
    std::optional<participant_kind> participant; ///< what kind of participant it is
    std::optional<timer_kind> timer;             ///< timer records
    std::optional<session_outcome> report;       ///< outcome_reported
    std::optional<consistency> label;            ///< outcome_reported: what is claimed
    std::optional<consistency> wanted;           ///< start_requested, outcome_reported
    std::optional<capability> granted;           ///< hello_ack; absent when none was selected
    std::optional<std::uint32_t> count;          ///< frozen, status, thawed: how many
    std::optional<instant> deadline;             ///< frozen, status, timer_armed
    std::optional<duration> span;                ///< a hold limit, or how long a hold lasted

    /// The clause of the row that was taken.
    clause governed_by{};

    /// A name or remark for people: valid UTF-8, at most `note_bytes_max` bytes. Of a change of
    /// state the event that caused it.
    std::string note;

    friend bool operator==(const record&, const record&) = default;
};

} // namespace snapproto::trace

namespace snapproto::detail {

template <>
struct spelling<trace::role> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"orchestrator", "agent", "participant", "provider", "watchdog"});
};

template <>
struct spelling<trace::record_kind> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"sent",           "received",        "malformed",       "prepare_begin",
         "prepared",       "vetoed",          "skipped",         "hold_begin",
         "held",           "let_go_early",    "release_begin",   "released",
         "not_held",       "release_failed",  "finished",        "cut_begin",
         "cut_end",        "ready",           "discarded",       "timer_armed",
         "timer_disarmed", "timer_fired",     "channel_up",      "channel_lost",
         "state_changed",  "event_ignored",   "started",         "stop_requested",
         "handed_over",    "stopped",         "killed",          "generation_changed",
         "reseeded",       "start_requested", "outcome_reported"});
};

template <>
struct spelling<trace::timer_kind> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"negotiate", "phase", "hold", "sequence", "retry", "keep_alive", "reply", "window",
         "liveness", "cut", "total"});
};

} // namespace snapproto::detail

namespace snapproto::trace {

static_assert(value_count<role> == static_cast<std::size_t>(role::watchdog) + 1);
static_assert(value_count<record_kind> ==
              static_cast<std::size_t>(record_kind::outcome_reported) + 1);
static_assert(value_count<timer_kind> == static_cast<std::size_t>(timer_kind::total) + 1);

} // namespace snapproto::trace

#endif // SNAPPROTO_TRACE_RECORD_HPP
