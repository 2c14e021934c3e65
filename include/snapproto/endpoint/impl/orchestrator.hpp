// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_IMPL_ORCHESTRATOR_HPP

// Input: channels, agents' messages, the caller's orders, time.

#include <snapproto/endpoint/detail/orchestrator_parts.hpp>
#include <snapproto/endpoint/orchestrator.hpp>
#include <snapproto/trace/of_message.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::endpoint {

inline orchestrator_endpoint::orchestrator_endpoint(orchestrator_options options)
    : orchestrator_endpoint(std::move(options), {}) {}

inline orchestrator_endpoint::orchestrator_endpoint(orchestrator_options options,
                                                    std::vector<peer> peers)
    : m_options(std::move(options)),
      m_peers(std::move(peers)),
      m_next_session(m_options.first_session.value),
      m_next_txn(m_options.first_txn.value) {
    SNAPPROTO_ASSERT(m_options.agents >= 1 && m_options.agents <= group_limits::agents_max);
    m_peers.resize(m_options.agents);
}

inline void orchestrator_endpoint::reset(session_id first_session, txn_id first_txn) {
    auto options = std::move(m_options);
    auto peers = std::move(m_peers);
    auto outputs = std::move(m_outputs);
    options.first_session = first_session;
    options.first_txn = first_txn;
    std::fill(peers.begin(), peers.end(), peer{});
    outputs.clear();
    *this = orchestrator_endpoint{std::move(options), std::move(peers)};
    m_outputs = std::move(outputs);
}

inline machine::agent_set orchestrator_endpoint::everybody() const noexcept {
    return ~machine::agent_set{} >> (group_limits::agents_max - m_peers.size());
}

inline bool orchestrator_endpoint::live(agent_index agent) const noexcept {
    return ((m_machine.data().live >> agent) & 1U) != 0;
}

inline bool orchestrator_endpoint::answered(agent_index agent) const noexcept {
    return ((m_machine.data().answered >> agent) & 1U) != 0;
}

// ---- channels -----------------------------------------------------------------------------------

inline void orchestrator_endpoint::channel_up(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(knows(agent));
    if (!knows(agent) || m_peers[agent].up) {
        return;
    }
    m_peers[agent].up = true;
    note_channel(trace::record_kind::channel_up, agent, now);
    const bool all_up =
        std::all_of(m_peers.begin(), m_peers.end(), [](const peer& p) { return p.up; });
    if (all_up && phase() == orchestrator_phase::down) {
        raise({.kind = machine::orchestrator_event::up, .agents = everybody()}, now);
    }
}

inline void orchestrator_endpoint::channel_lost(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(knows(agent));
    if (!knows(agent) || !m_peers[agent].up) {
        return;
    }
    peer& who = m_peers[agent];
    who.up = who.acked = false;
    who.session = {};
    note_channel(trace::record_kind::channel_lost, agent, now);
    if (!live(agent)) {
        return;
    }
    if (m_txn && phase() != orchestrator_phase::complete) {
        if (who.result.outcome == verdict::none) {
            who.result.outcome = verdict::lost;
        }
        because(detail::about_agent(agent, "lost its channel"));
    }
    raise({.kind = machine::orchestrator_event::any_lost, .agent = agent}, now);
}

// ---- messages -----------------------------------------------------------------------------------

inline void orchestrator_endpoint::handle(agent_index from, const any_message& message, instant now,
                                          std::string_view why) {
    SNAPPROTO_ASSERT(knows(from));
    if (!knows(from)) {
        return;
    }
    if (m_recording != nullptr) {
        note(trace::of_message(now, trace::record_kind::received, trace::role::orchestrator, from,
                               message));
    }
    peer& who = m_peers[from];
    if (!who.up || !who.session || header_of(message).session != who.session) {
        stale(from, now);
        return;
    }
    who.heard = now;
    who.pinged = who.silent = false;
    switch (kind_of(message)) {
    case message_kind::hello_ack:
        on_hello_ack(from, *std::get_if<hello_ack>(&message), now);
        break;
    case message_kind::progress:
    case message_kind::pong:
    case message_kind::status:
        break; // signs of life and nothing else
    default:
        on_answer(from, message, why, now);
        break;
    }
}

inline void orchestrator_endpoint::handle_malformed(agent_index from, instant now) {
    SNAPPROTO_ASSERT(knows(from));
    auto made = base_record(trace::record_kind::malformed, now);
    made.agent = from;
    note(std::move(made));
}

inline void orchestrator_endpoint::stale(agent_index from, instant now) {
    raise({.kind = machine::orchestrator_event::stale, .agent = from}, now);
}

inline bool orchestrator_endpoint::acceptable(const hello_ack& ack) const noexcept {
    const auto& offered = m_options.versions;
    return ack.selected &&
           std::find(offered.begin(), offered.end(), *ack.selected) != offered.end() &&
           has(m_options.capabilities, ack.granted) &&
           (ack.granted & (capability::explicit_prepare | capability::implicit_prepare)) !=
               capability::none;
}

inline void orchestrator_endpoint::on_hello_ack(agent_index from, const hello_ack& ack,
                                                instant now) {
    using machine::orchestrator_event;
    peer& who = m_peers[from];
    if (phase() == orchestrator_phase::neg && !who.acked) {
        if (!acceptable(ack)) {
            raise({.kind = orchestrator_event::ack_bad, .agent = from}, now);
            return;
        }
        who.acked = true;
        who.agreed = ack;
        m_machine.answer(from);
        agree_on_mode(now);
        return;
    }
    const bool same =
        who.acked && ack.selected == who.agreed.selected && ack.granted == who.agreed.granted;
    if (phase() == orchestrator_phase::idle && !same) {
        raise({.kind = orchestrator_event::ack_bad, .agent = from}, now); // SP 2.19
    } else {
        stale(from, now);
    }
}

/// With the last HelloAck it is known how this group prepares and completes.
inline void orchestrator_endpoint::agree_on_mode(instant now) {
    const auto grants = [this](capability what) {
        return std::all_of(m_peers.begin(), m_peers.end(),
                           [what](const peer& p) { return has(p.agreed.granted, what); });
    };
    if (m_machine.due() == machine::orchestrator_event::ack_ok) {
        auto state = m_machine.save();
        state.data.policy.explicit_prepare = grants(capability::explicit_prepare);
        state.data.policy.completion =
            std::any_of(m_peers.begin(), m_peers.end(), [](const peer& p) {
                return has(p.agreed.granted, capability::completion);
            });
        state.data.policy.abort_resends_max = m_options.timers.abort_resends_max;
        m_machine.restore(state);
        if (!state.data.policy.explicit_prepare && !grants(capability::implicit_prepare)) {
            // Some prepare by a message of its own, others only by Freeze: no common barrier.
            raise({.kind = machine::orchestrator_event::ack_bad}, now);
            return;
        }
        raise({.kind = machine::orchestrator_event::ack_ok}, now);
    }
}

/// Whether this phase waits for an answer of this kind (SP 3.13).
inline bool orchestrator_endpoint::awaits(message_kind kind) const noexcept {
    switch (kind) {
    case message_kind::prepared:
        return phase() == orchestrator_phase::prep;
    case message_kind::frozen:
        return phase() == orchestrator_phase::freeze;
    case message_kind::thawed:
        return phase() == orchestrator_phase::thaw || phase() == orchestrator_phase::abort;
    case message_kind::completed:
        return phase() == orchestrator_phase::complete;
    case message_kind::aborted:
        return phase() == orchestrator_phase::abort;
    default:
        return false; // requests, and what was never asked for
    }
}

/// Whether an answer has the number of the request that waits for it (SP 3.13). A dialect without
/// numbers has 0. During an abort any copy of it may be answered, and a late verdict is welcome.
inline bool orchestrator_endpoint::numbered_as_awaited(const peer& who,
                                                       const any_message& answer) const noexcept {
    const auto number = header_of(answer).seq;
    return !number || phase() == orchestrator_phase::abort || number.value == who.awaited_seq;
}

inline void orchestrator_endpoint::on_answer(agent_index from, const any_message& message,
                                             std::string_view why, instant now) {
    using machine::orchestrator_event;
    peer& who = m_peers[from];
    const message_kind kind = kind_of(message);
    const bool of_this = m_txn && header_of(message).txn == m_txn && live(from);
    if (kind == message_kind::error || kind == message_kind::nak) {
        const auto number = header_of(message).seq;
        if (kind == message_kind::nak && number && number.value != m_peers[from].awaited_seq) {
            stale(from, now); // refuses a copy of an older request (SP 3.13)
            return;
        }
        const auto* report = std::get_if<error_report>(&message);
        const auto what =
            report != nullptr ? orchestrator_event::any_error : orchestrator_event::any_nak;
        if (!m_txn && live(from)) {
            raise({.kind = what, .agent = from}, now); // outside of a transaction: SP 12.17, 2.18
        } else if (!of_this) {
            stale(from, now);
        } else if (report != nullptr) {
            on_failure(from, what, report->reason,
                       why.empty() ? detail::joined("reports ", to_string(report->reason))
                                   : std::string{why},
                       now);
        } else {
            on_failure(from, what, verdict::none,
                       detail::joined("refused with ", to_string(std::get_if<nak>(&message)->code)),
                       now);
        }
        return;
    }
    if (!of_this || answered(from) || !awaits(kind) || !numbered_as_awaited(who, message)) {
        stale(from, now);
        return;
    }
    switch (kind) {
    case message_kind::prepared: {
        const auto& found = std::get_if<prepared_report>(&message)->participants;
        who.has_application = std::any_of(found.begin(), found.end(), [](const auto& p) {
            return p.kind != participant_kind::filesystem;
        });
        m_machine.answer(from);
        break;
    }
    case message_kind::frozen:
        on_frozen(from, *std::get_if<frozen_report>(&message), now);
        return;
    case message_kind::thawed: {
        const auto& report = *std::get_if<thawed_report>(&message);
        if (report.outcome != verdict::clean) {
            because(report.warnings.empty()
                        ? detail::about_agent(
                              from, detail::joined("gave the verdict ", to_string(report.outcome)))
                        : detail::about_agent(from, report.warnings.front()));
        }
        if (who.result.outcome == verdict::none) {
            who.result.outcome = report.outcome;
        }
        if (phase() == orchestrator_phase::abort) {
            return; // late, but worth knowing; the Abort ends with Aborted
        }
        m_machine.answer(from, report.outcome);
        break;
    }
    case message_kind::aborted:
        if (who.result.outcome == verdict::none) {
            who.result.outcome = verdict::aborted;
        }
        m_machine.answer(from);
        break;
    default:
        m_machine.answer(from); // completed
        break;
    }
    settle(now);
}

inline void orchestrator_endpoint::on_frozen(agent_index from, const frozen_report& report,
                                             instant now) {
    peer& who = m_peers[from];
    who.frozen = true;
    who.result.held = report.held;
    const duration limit = report.hold_deadline - report.held_since;
    if (limit > duration{}) {
        const instant end = m_options.clocks == clock_relation::shared
                                ? report.hold_deadline
                                : saturating_add(who.freeze_sent, limit);
        const duration margin = std::max<duration>(std::chrono::seconds{1}, limit / 5);
        m_window_at = std::min(m_window_at, end - margin); // only ever earlier: SP 12.21
        auto made = base_record(trace::record_kind::timer_armed, now);
        made.timer = trace::timer_kind::window;
        made.deadline = m_window_at;
        note(std::move(made));
    }
    m_machine.answer(from);
    if (m_window_at <= now) {
        handle_timeout(now); // closed before it opened: nothing may be cut any more
    }
    settle(now);
}

inline void orchestrator_endpoint::on_failure(agent_index from, machine::orchestrator_event what,
                                              verdict why, std::string reason, instant now) {
    if (why == verdict::stuck) {
        push(agent_stuck{from});
    }
    peer& who = m_peers[from];
    if (phase() != orchestrator_phase::complete && phase() != orchestrator_phase::abort) {
        if (who.result.outcome == verdict::none) {
            who.result.outcome = why;
        }
        because(detail::about_agent(from, reason));
    } else if (why == verdict::stuck) {
        who.result.outcome = why;
    }
    raise({.kind = what, .agent = from}, now);
}

// ---- orders -------------------------------------------------------------------------------------

inline result<txn_id> orchestrator_endpoint::start(snapshot_options wanted, instant now) {
    using machine::orchestrator_event;
    if (wanted.wanted < consistency::filesystem || wanted.scopes.size() > m_peers.size() ||
        wanted.hold_limit < duration{}) {
        return fail(error::bad_argument);
    }
    if (m_txn || phase() == orchestrator_phase::neg) {
        if (!m_unassisted) {
            take({.kind = orchestrator_event::start}, now); // the machine refuses: SP 12.2
        }
        return fail(m_txn ? error::busy : error::no_session);
    }
    begin_transaction(std::move(wanted), now);
    const txn_id txn = m_txn;
    raise({.kind = orchestrator_event::start, .txn = txn, .go_at_once = m_wanted.go_at_once}, now);
    return txn;
}

inline bool orchestrator_endpoint::go(instant now) {
    const bool useful = phase() == orchestrator_phase::prep || phase() == orchestrator_phase::ready;
    raise({.kind = machine::orchestrator_event::go}, now);
    return useful;
}

inline void orchestrator_endpoint::cancel(instant now) {
    if (m_unassisted) {
        because("it was cancelled");
        drive(machine::provider_event::discard, now);
        finish(session_outcome::failed, now);
        return;
    }
    if (m_txn && phase() != orchestrator_phase::thaw && phase() != orchestrator_phase::complete) {
        because("it was cancelled");
    }
    raise({.kind = machine::orchestrator_event::cancel}, now);
}

inline void orchestrator_endpoint::cut_finished(txn_id txn, bool succeeded, instant now) {
    if (txn == m_txn && txn) {
        drive(succeeded ? machine::provider_event::cut_done : machine::provider_event::cut_failed,
              now);
        return;
    }
    // A cut that outlived its transaction: its copy may be from after the thaw (SP 12.11, 13.9).
    const auto known = std::find(m_abandoned.begin(), m_abandoned.end(), txn);
    if (known == m_abandoned.end()) {
        ++m_ignored;
        return;
    }
    m_abandoned.erase(known);
    if (succeeded) {
        push(provide{provider_operation::discard, txn});
    }
}

inline void orchestrator_endpoint::copy_ready(txn_id txn, instant now) {
    if (txn == m_txn && txn) {
        drive(machine::provider_event::copy_ready, now);
    } else if (std::find(m_abandoned.begin(), m_abandoned.end(), txn) != m_abandoned.end()) {
        push(provide{provider_operation::discard, txn});
    } else {
        auto made = base_record(trace::record_kind::ready, now);
        made.who = trace::role::provider;
        made.txn = txn;
        note(std::move(made));
    }
}

// ---- time ---------------------------------------------------------------------------------------

inline void orchestrator_endpoint::handle_timeout(instant now) {
    using machine::orchestrator_event;
    const auto fire = [&](instant& at, trace::timer_kind which) {
        if (at > now) {
            return false;
        }
        at = never;
        auto made = base_record(trace::record_kind::timer_fired, now);
        made.timer = which;
        note(std::move(made));
        return true;
    };
    if (fire(m_window_at, trace::timer_kind::window)) {
        because("the window closed before the cut was done");
        raise({.kind = orchestrator_event::window_expired}, now);
    }
    if (fire(m_cut_at, trace::timer_kind::cut)) {
        because("the cut took longer than its limit");
        drive(machine::provider_event::cut_expired, now);
    }
    if (fire(m_reply_at, phase() == orchestrator_phase::neg ? trace::timer_kind::negotiate
                                                            : trace::timer_kind::reply)) {
        if (phase() != orchestrator_phase::complete) {
            for (agent_index i = 0; i < m_peers.size() && m_txn; ++i) {
                if (live(i) && !answered(i)) {
                    because(detail::about_agent(i, "did not answer in time"));
                }
            }
        }
        raise({.kind = orchestrator_event::reply_expired}, now);
    }
    if (fire(m_total_at, trace::timer_kind::total)) {
        cancel(now);
    }
    for (agent_index i = 0; i < m_peers.size(); ++i) {
        check_life(i, now);
    }
}

inline instant orchestrator_endpoint::life_deadline(const peer& who) const noexcept {
    if (!listens_to(who) || who.silent) {
        return never;
    }
    // An agent at rest sends nothing of its own accord, so it is asked: thrice in a contract.
    return saturating_add(who.heard,
                          who.pinged ? m_options.timers.liveness : m_options.timers.liveness / 3);
}

inline bool orchestrator_endpoint::listens_to(const peer& who) const noexcept {
    return who.up && who.acked && has(who.agreed.granted, capability::keep_alive) &&
           phase() != orchestrator_phase::down && phase() != orchestrator_phase::neg &&
           phase() != orchestrator_phase::abort;
}

inline void orchestrator_endpoint::check_life(agent_index agent, instant now) {
    peer& who = m_peers[agent];
    if (life_deadline(who) > now || !live(agent)) {
        return;
    }
    if (saturating_add(who.heard, m_options.timers.liveness) <= now) {
        who.silent = true;
        auto made = base_record(trace::record_kind::timer_fired, now);
        made.agent = agent;
        made.timer = trace::timer_kind::liveness;
        note(std::move(made));
        if (m_txn && phase() != orchestrator_phase::complete) {
            because(detail::about_agent(agent, "fell silent"));
        }
        raise({.kind = machine::orchestrator_event::liveness_expired, .agent = agent}, now);
    } else if (!who.pinged) {
        who.pinged = true;
        ping asked;
        asked.cookie = ++m_cookie;
        send(agent, std::move(asked), now);
    }
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_ORCHESTRATOR_HPP
