// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_AGENT_PARTICIPANTS_HPP
#define SNAPPROTO_ENDPOINT_IMPL_AGENT_PARTICIPANTS_HPP

// The participants: what they answer, and who is asked next.

#include <snapproto/endpoint/agent.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::endpoint {

inline std::uint32_t agent_endpoint::filesystems_in(operation what) const noexcept {
    return static_cast<std::uint32_t>(
        std::count_if(m_slots.begin(), m_slots.end(), [what](auto& s) {
            return s.who.kind == participant_kind::filesystem && s.in_work == what;
        }));
}

inline std::uint32_t agent_endpoint::releases_in_work() const noexcept {
    return filesystems_in(operation::release);
}

inline std::uint32_t agent_endpoint::freezes_in_work() const noexcept {
    return filesystems_in(operation::hold);
}

// ---- answers ------------------------------------------------------------------------------------

inline void agent_endpoint::notice_overdue(instant now) {
    if (std::any_of(m_deadlines.begin(), m_deadlines.end(),
                    [&](instant due) { return due < now; })) {
        handle_timeout(now);
    }
}

inline void agent_endpoint::participants_found(std::span<const participant_summary> found,
                                               instant now) {
    notice_overdue(now);
    if (m_step != step::find) {
        return;
    }
    if (found.size() > m_options.limits.participants_max) {
        participants_failed(now);
        return;
    }
    m_slots_of = m_machine.data().txn;
    for (const auto& who : found) {
        slot& added = m_slots.emplace_back();
        added.who = who;
    }
    m_step = step::prepare;
    advance(now);
}

inline void agent_endpoint::participants_failed(instant now) {
    if (m_step == step::find) {
        m_step = step::none;
        raise(machine::agent_event::failed, now);
    }
}

inline void agent_endpoint::adopt(session_id session, txn_id txn, capability granted,
                                  std::span<const participant_summary> held, instant now) {
    SNAPPROTO_ASSERT(phase() == agent_phase::off && m_slots.empty());
    machine::agent_state state{.phase = agent_phase::frozen};
    state.data.session = session;
    state.data.granted = granted;
    state.data.txn = txn;
    state.data.why = verdict::lost; // whoever froze is not there to say what happened
    m_machine.restore(state);
    m_slots_of = txn;
    for (const auto& who : held) {
        slot& added = m_slots.emplace_back();
        added.who = who;
        added.asked_to_hold = true;
        added.state.process(machine::participant_event::prepared);
        added.state.process(machine::participant_event::held);
    }
    m_retry_distance = m_options.timers.retry_first;
    m_held_since = now;
    m_held_until = saturating_add(now, m_options.timers.hold);
    m_deadlines[index_of(machine::agent_timer::hold)] = m_held_until;
}

/// What a trace says of an answer; nothing of the repair of a copy.
inline std::optional<trace::record_kind> agent_endpoint::recorded(
    machine::participant_event answer) noexcept {
    using machine::participant_event;
    switch (answer) {
    case participant_event::prepared:
        return trace::record_kind::prepared;
    case participant_event::held:
        return trace::record_kind::held;
    case participant_event::vetoed:
        return trace::record_kind::vetoed;
    case participant_event::released:
        return trace::record_kind::released;
    case participant_event::not_held:
        return trace::record_kind::not_held;
    case participant_event::release_failed:
        return trace::record_kind::release_failed;
    default:
        return std::nullopt;
    }
}

inline void agent_endpoint::participant_answered(participant_index participant,
                                                 machine::participant_event answer, instant now) {
    using machine::participant_event;
    notice_overdue(now);
    SNAPPROTO_ASSERT(participant < m_slots.size());
    if (participant >= m_slots.size() || !m_slots[participant].in_work) {
        return;
    }
    slot& at = m_slots[participant];
    const operation was = *std::exchange(at.in_work, std::nullopt);
    const bool filesystem = at.who.kind == participant_kind::filesystem;
    if (at.settled && was == operation::release) {
        advance(now); // nobody waits for it any more (SP 7.11) but the next transaction
        return;
    }
    if (const auto what = recorded(answer)) {
        note_participant(*what, participant, now);
    }
    if (at.state.phase() == participant_phase::finished) {
        // Its transaction is over and its result known: nothing of it is added to another one.
        if (answer == participant_event::held) {
            // Too late for the undo (SP 5.11): released, and not waited for (SP 7.11).
            start(participant, operation::release, now);
            note_participant(trace::record_kind::release_failed, participant, now);
        }
        at.settled = true;
        advance(now);
        return;
    }
    if (was != operation::recover) {
        at.state.process(answer);
    }
    switch (answer) {
    case participant_event::held:
        // The clock of the hold starts with the first filesystem and never again (SP 6.1, 6.4).
        if (filesystem && m_held_until == instant{}) {
            m_held_since = now;
            m_held_until = saturating_add(now, m_hold_limit);
            m_deadlines[index_of(machine::agent_timer::hold)] = m_held_until;
        }
        break;
    case participant_event::vetoed:
        // A hold that was cancelled and now holds nothing is no release that failed.
        m_step_failed = m_step_failed || (m_step != step::thaw && m_step != step::resume);
        break;
    case participant_event::released:
        at.settled = true;
        m_released += filesystem ? 1U : 0U;
        break;
    case participant_event::not_held:
        at.settled = true;
        if (m_step == step::thaw || m_step == step::resume) {
            raise(machine::agent_event::early, now); // evidence: SP 7.3
        }
        break;
    case participant_event::release_failed:
        m_step_failed = true;
        if (!filesystem) {
            at.settled = true;
            warn_of(at);
        }
        break;
    default: // prepared; finished: the copy is repaired, the result it learns later (SP 9.5, 9.8)
        break;
    }
    if (was == operation::hold && phase() == agent_phase::stuck) {
        m_deadlines[index_of(machine::agent_timer::retry)] = never; // at once: SP 10.11
        raise(machine::agent_event::retry_due, now);
    }
    advance(now);
}

inline void agent_endpoint::participant_skipped(participant_index participant, instant now) {
    SNAPPROTO_ASSERT(participant < m_slots.size());
    slot& at = m_slots[participant];
    at.in_work.reset();
    at.skipped = true;
    at.asked_to_hold = false;
    note_participant(trace::record_kind::skipped, participant, now);
    advance(now);
}

inline void agent_endpoint::participant_let_go(participant_index participant, instant now) {
    if (participant >= m_slots.size() || !m_slots[participant].state.holds()) {
        return; // of a transaction that was, whose participants may be known no more
    }
    slot& at = m_slots[participant];
    at.state.process(machine::participant_event::let_go);
    note_participant(trace::record_kind::let_go_early, participant, now);
    raise(machine::agent_event::early, now);
}

// ---- participants -------------------------------------------------------------------------------

inline void agent_endpoint::begin(step next) noexcept {
    m_step = next;
    m_step_failed = false;
}

inline void agent_endpoint::advance(instant now) {
    // Each turn either starts an operation, waits for one, or ends the step; the end of a step
    // can begin the next one, and there are fewer steps than this bound.
    for (int turn = 0; turn < 16; ++turn) {
        const auto ended = next_operation(now);
        if (!ended) {
            return;
        }
        m_step = step::none;
        m_step_failed = false;
        take({.kind = *ended}, now);
    }
}

inline std::optional<machine::agent_event> agent_endpoint::next_operation(instant now) {
    using machine::agent_event;
    const auto working = [](const slot& s) { return s.in_work.has_value(); };
    switch (m_step) {
    case step::await_former:
        if (std::none_of(m_slots.begin(), m_slots.end(), working)) {
            m_slots.clear();
            begin(step::find);
            push(find_participants{m_request.scope, m_request.level, m_request.run_hooks});
        }
        return std::nullopt;
    case step::prepare:
        if (std::any_of(m_slots.begin(), m_slots.end(), working)) {
            return std::nullopt;
        }
        if (m_step_failed) {
            return agent_event::failed;
        }
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            if (m_slots[i].state.phase() == participant_phase::idle && !m_slots[i].skipped) {
                start(i, operation::prepare, now);
                return std::nullopt;
            }
        }
        return agent_event::done;
    case step::quiesce:
        return next_hold(false, now);
    case step::freeze:
        return next_hold(true, now);
    case step::thaw:
        return next_release(true, now);
    case step::resume:
        return next_release(false, now);
    case step::recover:
        if (std::any_of(m_slots.begin(), m_slots.end(), working)) {
            return std::nullopt;
        }
        return m_step_failed ? agent_event::failed : agent_event::done;
    case step::find:
    case step::none:
        break;
    }
    return std::nullopt;
}

inline std::optional<machine::agent_event> agent_endpoint::next_hold(bool filesystems,
                                                                     instant now) {
    for (const slot& s : m_slots) {
        if (s.in_work) {
            return std::nullopt;
        }
    }
    if (m_step_failed) {
        return machine::agent_event::failed;
    }
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        slot& s = m_slots[i];
        if ((s.who.kind == participant_kind::filesystem) == filesystems && !s.skipped &&
            !s.asked_to_hold) {
            s.asked_to_hold = true;
            start(i, operation::hold, now);
            return std::nullopt;
        }
    }
    return machine::agent_event::done;
}

inline std::optional<machine::agent_event> agent_endpoint::next_release(bool filesystems,
                                                                        instant now) {
    bool waiting = false;
    for (std::size_t i = m_slots.size(); i-- != 0;) {
        slot& s = m_slots[i];
        if ((s.who.kind == participant_kind::filesystem) != filesystems || !s.asked_to_hold ||
            s.settled) {
            waiting = waiting || (!filesystems && s.in_work);
            continue;
        }
        if (s.in_work == operation::release) {
            return std::nullopt; // one release after the other, in reverse order: SP 7.1, 7.2
        }
        if (s.in_work) {
            // A hold that was cancelled has still to end. What was held before it is released
            // meanwhile: that may be what lets it end.
            waiting = true;
            continue;
        }
        if (filesystems && !s.state.holds() && s.state.phase() != participant_phase::early) {
            s.settled = true; // refused to be frozen: holds nothing
            continue;
        }
        if (s.state.phase() == participant_phase::broken && m_step_failed) {
            continue; // tried in this round already
        }
        start(i, operation::release, now);
        return std::nullopt;
    }
    if (waiting) {
        return std::nullopt;
    }
    return m_step_failed ? machine::agent_event::failed : machine::agent_event::done;
}

/// The limit of RESUME has passed: what is left is released and not waited for (SP 7.11).
inline void agent_endpoint::release_the_rest(instant now) {
    for (std::size_t i = m_slots.size(); i-- != 0;) {
        slot& s = m_slots[i];
        if (!s.asked_to_hold || s.settled || s.in_work == operation::hold ||
            s.state.phase() == participant_phase::finished) {
            continue; // a hold in work is released when it ends; the finished are another's
        }
        if (!s.in_work) {
            start(i, operation::release, now);
        }
        note_participant(trace::record_kind::release_failed, i, now);
        s.state.process(machine::participant_event::release_failed);
        s.settled = true;
        warn_of(s);
    }
}

/// Refuses a recovery that was never agreed on (SP 2.13), where nothing else refuses it.
inline bool agent_endpoint::refuse_unagreed(const machine::agent_input& request, instant now) {
    const auto& data = m_machine.data();
    if (request.kind != machine::agent_event::recover || phase() != agent_phase::await ||
        request.txn != data.txn || has(data.granted, capability::recovery)) {
        return false;
    }
    m_refused = true;
    send(nak{header({.txn = request.txn}), nak_code::unsupported, phase()}, now);
    return true;
}

/// An application that does not resume is a warning (SP 7.11).
inline void agent_endpoint::warn_of(const slot& who) {
    m_resume_failed = true;
    m_warnings.push_back(who.who.name + " could not be resumed");
}

inline void agent_endpoint::start(std::size_t i, operation what, instant now, copy_result result) {
    m_slots[i].in_work = what;
    switch (what) {
    case operation::prepare:
        note_participant(trace::record_kind::prepare_begin, i, now);
        break;
    case operation::hold:
        note_participant(trace::record_kind::hold_begin, i, now);
        break;
    case operation::release:
        note_participant(trace::record_kind::release_begin, i, now);
        break;
    default:
        break;
    }
    push(operate{static_cast<participant_index>(i), what, result});
}

inline void agent_endpoint::finish_participants(copy_result result, instant now) {
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        slot& s = m_slots[i];
        const bool asked = s.state.phase() != participant_phase::idle || s.in_work; // SP 14.11
        if (asked && !s.skipped && s.state.phase() != participant_phase::finished &&
            s.state.process(machine::participant_event::finished)) {
            note_participant(trace::record_kind::finished, i, now);
            push(operate{static_cast<participant_index>(i), operation::finish, result});
        }
    }
    static_cast<void>(held_for(now)); // for a Thaw that comes too late: SP 7.9
    m_held_until = instant{};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_AGENT_PARTICIPANTS_HPP
