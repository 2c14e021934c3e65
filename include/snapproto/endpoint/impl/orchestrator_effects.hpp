// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_ORCHESTRATOR_EFFECTS_HPP
#define SNAPPROTO_ENDPOINT_IMPL_ORCHESTRATOR_EFFECTS_HPP

// Output: what the machines ask for, the provider, the outcome and its label.

#include <snapproto/endpoint/detail/orchestrator_parts.hpp>
#include <snapproto/endpoint/orchestrator.hpp>
#include <snapproto/trace/of_message.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace snapproto::endpoint {

inline orchestrator_output orchestrator_endpoint::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    m_outputs.clear();
    m_next_output = 0;
    instant at = std::min({m_reply_at, m_window_at, m_cut_at, m_total_at});
    for (const peer& who : m_peers) {
        at = std::min(at, life_deadline(who));
    }
    return deadline{at};
}

// ---- the machine and its effects ----------------------------------------------------------------

inline void orchestrator_endpoint::take(const machine::orchestrator_input& input, instant now) {
    machine::orchestrator_outbox out;
    const auto taken = m_machine.process(input, out);
    m_ignored += taken ? 0U : 1U;
    if (m_recording != nullptr) {
        auto made = base_record(
            taken ? trace::record_kind::state_changed : trace::record_kind::event_ignored, now);
        made.stage = phase();
        made.governed_by = taken.governed_by;
        made.note = to_string(input.kind);
        note(std::move(made));
    }
    for (const auto& effect : out) {
        perform(effect, now);
    }
}

inline void orchestrator_endpoint::raise(const machine::orchestrator_input& input, instant now) {
    take(input, now);
    settle(now);
}

inline void orchestrator_endpoint::settle(instant now) {
    // Each turn leaves a phase for good, and there are fewer phases than this bound.
    for (int turn = 0; turn < 16; ++turn) {
        if (const auto due = m_machine.due()) {
            take({.kind = *due}, now);
        } else {
            break;
        }
    }
    // A group that lost somebody on the way is not one that can be snapshotted: SP 12.31.
    if (phase() == orchestrator_phase::idle && m_machine.data().live != everybody()) {
        for (agent_index i = 0; i < m_peers.size(); ++i) {
            if (!live(i)) {
                take({.kind = machine::orchestrator_event::any_lost, .agent = i}, now);
                return;
            }
        }
    }
}

inline void orchestrator_endpoint::perform(const machine::orchestrator_effect& effect,
                                           instant now) {
    using kind = machine::orchestrator_effect_kind;
    switch (effect.kind) {
    case kind::cut:
        drive(machine::provider_event::cut, now);
        break;
    case kind::abandon_cut:
    case kind::discard_copy:
        drive(machine::provider_event::discard, now);
        break;
    case kind::cut_unassisted:
        m_unassisted = true;
        because("no session with a guest was open");
        drive(machine::provider_event::cut, now);
        break;
    case kind::arm:
        m_reply_at = saturating_add(now, reply_limit()); // the window is set by on_frozen alone
        break;
    case kind::disarm:
        (effect.timer == machine::orchestrator_timer::reply ? m_reply_at : m_window_at) = never;
        break;
    case kind::close:
        for (agent_index i = 0; i < m_peers.size(); ++i) {
            if (((effect.to >> i) & 1U) != 0 && m_peers[i].up) {
                m_peers[i].up = m_peers[i].acked = false;
                m_peers[i].session = {};
                note_channel(trace::record_kind::channel_lost, i, now);
                push(close_agent{i});
            }
        }
        break;
    case kind::report:
        finish(effect.reported, now);
        break;
    case kind::warn:
        push(warning{m_txn ? "an agent may not have learnt what became of the copy"
                           : "an agent sent a failure outside of a transaction"});
        break;
    case kind::alarm: // raised by on_failure, in every phase and for what is stuck only
        break;
    default:
        perform_sends(effect, now);
        break;
    }
}

inline void orchestrator_endpoint::perform_sends(const machine::orchestrator_effect& effect,
                                                 instant now) {
    using kind = machine::orchestrator_effect_kind;
    for (agent_index i = 0; i < m_peers.size(); ++i) {
        if (((effect.to >> i) & 1U) == 0) {
            continue;
        }
        peer& who = m_peers[i];
        const bool scoped = i < m_wanted.scopes.size();
        const duration limit = who.agreed.hold_max > duration{}
                                   ? std::min(m_wanted.hold_limit, who.agreed.hold_max)
                                   : m_wanted.hold_limit;
        switch (effect.kind) {
        case kind::send_hello: {
            who.session = {m_next_session++};
            who.acked = false;
            who.heard = now;
            hello opening;
            opening.versions = m_options.versions;
            opening.wanted = m_options.capabilities;
            send(i, std::move(opening), now);
            break;
        }
        case kind::send_prepare: {
            prepare_request asked;
            asked.scope = scoped ? m_wanted.scopes[i] : snapshot_scope{};
            asked.level = m_wanted.wanted == consistency::application ? quiesce_level::application
                                                                      : quiesce_level::filesystem;
            asked.kind = m_wanted.kind;
            asked.writable_copy = m_wanted.writable_copy;
            asked.run_hooks = m_wanted.run_hooks;
            asked.hold_limit = limit;
            asked.hook_argument = m_wanted.hook_argument;
            send(i, std::move(asked), now);
            break;
        }
        case kind::send_freeze: {
            freeze_request asked;
            if (limit > duration{}) {
                asked.hold_limit = limit;
            }
            if (!m_machine.data().policy.explicit_prepare && scoped) {
                asked.scope = m_wanted.scopes[i];
            }
            who.freeze_sent = now;
            send(i, std::move(asked), now);
            break;
        }
        case kind::send_thaw: {
            thaw_request asked;
            asked.outcome = effect.outcome;
            send(i, std::move(asked), now);
            break;
        }
        case kind::send_complete:
            if (has(who.agreed.granted, capability::completion)) {
                complete_request asked;
                asked.result = effect.result;
                send(i, std::move(asked), now);
            } else {
                m_machine.answer(i); // was never agreed: nothing is sent, nothing awaited (SP 2.13)
            }
            break;
        case kind::send_abort: {
            abort_request asked;
            asked.reason = m_reason;
            send(i, std::move(asked), now);
            break;
        }
        default:
            break;
        }
    }
}

template <class Message>
void orchestrator_endpoint::send(agent_index to, Message message, instant now) {
    peer& who = m_peers[to];
    if (!who.up) {
        return;
    }
    message.header = {who.session, m_assisted ? m_txn : txn_id{}, {++who.seq}};
    if constexpr (!std::is_same_v<Message, ping>) {
        who.awaited_seq = who.seq;
    }
    any_message sent{std::move(message)};
    if (m_recording != nullptr) {
        note(trace::of_message(now, trace::record_kind::sent, trace::role::orchestrator, to, sent));
    }
    push(transmit_to{to, std::move(sent)});
}

inline duration orchestrator_endpoint::reply_limit() const noexcept {
    const timer_limits& t = m_options.timers;
    const bool prepares = !m_machine.data().policy.explicit_prepare;
    switch (phase()) {
    case orchestrator_phase::neg:
        return t.negotiate;
    case orchestrator_phase::prep:
        return t.prepare + m_options.reply_margin;
    case orchestrator_phase::freeze: // what it takes, and to undo it if it fails: SP 5.13
        return (prepares ? t.prepare : duration{}) + t.quiesce + t.freeze + t.thaw + t.resume +
               m_options.reply_margin;
    case orchestrator_phase::thaw:
    case orchestrator_phase::abort:
        return t.thaw + t.resume + m_options.reply_margin;
    default:
        return t.reply;
    }
}

// ---- the provider -------------------------------------------------------------------------------

inline void orchestrator_endpoint::drive(machine::provider_event what, instant now) {
    using machine::provider_effect;
    machine::provider_outbox out;
    const provider_phase before = m_provider.phase();
    const auto taken = m_provider.process(what, out);
    m_ignored += taken ? 0U : 1U;
    const auto noted = [&](trace::record_kind kind) {
        auto made = base_record(kind, now);
        made.who = trace::role::provider;
        return made;
    };
    if (what == machine::provider_event::precommit && taken) {
        push(provide{provider_operation::precommit, m_txn});
    }
    if (what == machine::provider_event::discard && before == provider_phase::prepared) {
        push(provide{provider_operation::discard, m_txn}); // undoes the precommit
    }
    auto ended = cut_outcome::unknown;
    for (const auto effect : out) {
        switch (effect) {
        case provider_effect::begin_cut:
            m_cut_at = saturating_add(now, m_options.timers.cut);
            note(noted(trace::record_kind::cut_begin));
            push(provide{provider_operation::cut, m_txn});
            break;
        case provider_effect::report_cut:
            ended = cut_outcome::ok;
            break;
        case provider_effect::report_failed:
            ended = cut_outcome::failed;
            because("the cut failed");
            break;
        case provider_effect::report_ready:
            note(noted(trace::record_kind::ready));
            break;
        case provider_effect::throw_away:
            if (before == provider_phase::cutting && what != machine::provider_event::cut_failed) {
                if (m_abandoned.size() == detail::abandoned_cuts_max) {
                    m_abandoned.erase(m_abandoned.begin());
                }
                m_abandoned.push_back(m_txn); // its end may still come
            }
            m_cut_at = never;
            note(noted(trace::record_kind::discarded));
            push(provide{provider_operation::discard, m_txn});
            break;
        }
        if (ended != cut_outcome::unknown && effect != provider_effect::throw_away) {
            m_cut_at = never;
            auto made = noted(trace::record_kind::cut_end);
            made.cut = ended;
            note(std::move(made));
        }
    }
    if (ended == cut_outcome::unknown) {
        return;
    }
    if (m_unassisted) {
        finish(ended == cut_outcome::ok ? session_outcome::degraded : session_outcome::failed, now);
    } else {
        raise({.kind = ended == cut_outcome::ok ? machine::orchestrator_event::cut_ok
                                                : machine::orchestrator_event::cut_failed},
              now);
    }
}

// ---- the transaction ----------------------------------------------------------------------------

inline void orchestrator_endpoint::begin_transaction(snapshot_options wanted, instant now) {
    m_wanted = std::move(wanted);
    m_txn = {m_next_txn++};
    m_reason.clear();
    m_provider = {};
    m_assisted = phase() == orchestrator_phase::idle;
    for (peer& who : m_peers) {
        who.frozen = false;
        who.has_application.reset();
        who.result = {};
    }
    auto state = m_machine.save();
    state.data.policy.crash_copy_allowed = m_wanted.crash_copy_allowed;
    state.data.policy.keep_degraded = m_wanted.keep_degraded;
    m_machine.restore(state);
    m_total_at = saturating_add(now, m_options.total);
    auto made = base_record(trace::record_kind::start_requested, now);
    made.wanted = m_wanted.wanted;
    note(std::move(made));
    if (m_assisted || m_wanted.crash_copy_allowed) {
        drive(machine::provider_event::precommit, now);
    } else {
        because("no session with a guest was open");
    }
}

inline void orchestrator_endpoint::because(std::string reason) {
    if (m_txn && m_reason.empty()) {
        m_reason = std::move(reason);
    }
}

/// The highest label that the evidence supports (SP 17.2 to 17.7). Says why it is not higher.
inline consistency orchestrator_endpoint::supported(session_outcome reported) {
    if (reported == session_outcome::failed) {
        because("it could not be completed");
        return consistency::none;
    }
    if (reported == session_outcome::degraded) {
        because("a hold was cut short or cannot be judged");
        return consistency::crash;
    }
    auto best = consistency::application;
    for (agent_index i = 0; i < m_peers.size(); ++i) {
        const peer& who = m_peers[i];
        if (who.result.held == 0) {
            because(detail::about_agent(i, "held no filesystem"));
            return consistency::crash;
        }
        if (!who.has_application.value_or(false) && m_wanted.wanted > consistency::filesystem) {
            because(detail::about_agent(i, who.has_application
                                               ? "has no application that takes part"
                                               : "does not tell whether applications took part"));
        }
        if (!who.has_application.value_or(false)) {
            best = consistency::filesystem;
        }
    }
    return m_wanted.wanted == consistency::application ? best : consistency::filesystem;
}

inline void orchestrator_endpoint::finish(session_outcome reported, instant now) {
    if (m_provider.phase() == provider_phase::prepared) {
        drive(machine::provider_event::discard, now);
    }
    snapshot_outcome told;
    told.txn = m_txn;
    told.wanted = m_wanted.wanted;
    told.label = supported(reported);
    told.outcome = reported == session_outcome::success && told.label < told.wanted
                       ? session_outcome::degraded
                       : reported;
    told.copy = reported == session_outcome::failed ? copy_result::discarded : copy_result::kept;
    if (told.outcome != session_outcome::success) {
        told.reason = m_reason;
    }
    if (m_assisted) {
        for (const peer& who : m_peers) {
            told.agents.push_back(who.result);
        }
    }
    auto made = base_record(trace::record_kind::outcome_reported, now);
    made.report = told.outcome;
    made.label = told.label;
    made.wanted = told.wanted;
    made.note = told.reason;
    note(std::move(made));
    push(std::move(told));
    m_txn = {};
    m_unassisted = m_assisted = false;
    if (phase() != orchestrator_phase::neg) { // a session may be opening beside an unassisted cut
        m_reply_at = never;
    }
    m_window_at = m_cut_at = m_total_at = never;
}

// ---- recording ----------------------------------------------------------------------------------

inline trace::record orchestrator_endpoint::base_record(trace::record_kind what,
                                                        instant now) const {
    trace::record made;
    if (m_recording != nullptr) {
        made.at = now;
        made.who = trace::role::orchestrator;
        made.what = what;
        made.agent = trace::no_agent;
        made.txn = m_txn;
    }
    return made;
}

inline void orchestrator_endpoint::note(trace::record made) const {
    if (m_recording != nullptr) {
        m_recording->push_back(std::move(made));
    }
}

inline void orchestrator_endpoint::note_channel(trace::record_kind what, agent_index agent,
                                                instant now) const {
    auto made = base_record(what, now);
    made.agent = agent;
    note(std::move(made));
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_ORCHESTRATOR_EFFECTS_HPP
