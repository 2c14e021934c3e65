// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_TRANSACTION_HPP
#define SNAPPROTO_MONITOR_TRANSACTION_HPP

// One transaction at a time, and nothing done for another one: SP 18.6, SP 18.11, SP 18.12,
// SP 18.14.

#include <snapproto/monitor/judge.hpp>

#include <algorithm>
#include <optional>

namespace snapproto::monitor {

/// Judges what agents do on account of messages that should have no effect.
///
/// A state change counts as the effect of a message when it is recorded at the same instant and
/// nothing else happened to the agent in between.
/// Bounds: 64 agents; 16 past transactions and 256 participants each.
class transaction_monitor : public judge {
  public:
    using judge::judge;

    void observe(const trace::record& r) {
        if (auto* a = m_agents.get(r.agent)) {
            on_agent(*a, r);
        }
        on_orchestrator(r);
        count_record();
    }

    /// Nothing here waits for a deadline.
    void finish(instant) {}

  private:
    struct past {
        txn_id txn;
        std::optional<verdict> said;
    };
    struct suspicion {
        std::uint8_t property;
        clause exact;
        instant at;
        txn_id txn;
        std::string_view what;
    };
    struct told {
        txn_id txn;
        participant_index item;
    };
    using transactions = detail::few<txn_id, 16>;

    struct agent_state {
        std::optional<session_id> session{};
        capability granted = capability::none;
        txn_id running{};
        std::optional<agent_phase> phase{};
        bool active = false;
        bool frozen = false;
        bool completed_a_step = false; // a participant's result that nothing has followed yet
        bool heard = false;            // any message to the agent is recorded
        bool told_to_stop = false;
        std::optional<suspicion> suspect{};
        txn_id repeated{}; // a Thaw or Abort of it came after its answer
        detail::few<past, 16> ended{};
        transactions begun{}; // by a Prepare or Freeze since the last HelloAck
        transactions freezes{};
        detail::few<told, 256> finished{};
    };

    // ---- agents -----------------------------------------------------------------------------

    void on_agent(agent_state& a, const trace::record& r) {
        switch (r.what) {
        case trace::record_kind::sent:
        case trace::record_kind::received:
            if (measures().reaches_agent(r)) {
                on_request(a, r);
            }
            if (measures().leaves_agent(r)) {
                on_answer(a, r);
            }
            break;
        case trace::record_kind::malformed:
            if (measures().at_agent(r) || r.who == trace::role::agent) {
                suspect(a, r, 14, {16, 1}, "malformed input");
            }
            break;
        case trace::record_kind::prepare_begin:
            on_activity(a, r);
            judge_begin(a, r);
            break;
        case trace::record_kind::hold_begin:
            on_activity(a, r);
            judge_begin(a, r);
            judge_hold_has_freeze(a, r);
            break;
        case trace::record_kind::release_begin:
            on_release(a, r);
            break;
        case trace::record_kind::finished:
            on_finished(a, r);
            break;
        case trace::record_kind::state_changed:
            on_state(a, r);
            break;
        case trace::record_kind::stopped:
            if (!a.told_to_stop && r.who == trace::role::agent) {
                flag(14, {16, 2}, r,
                     detail::sentence(detail::name_of(r.agent), " ends without being told to"));
            }
            break;
        case trace::record_kind::stop_requested:
            a.told_to_stop = true;
            something_else(a);
            break;
        case trace::record_kind::started:
            a = agent_state{};
            break;
        case trace::record_kind::channel_up:
        case trace::record_kind::channel_lost:
            if (measures().at_agent(r)) {
                a.session.reset();
            }
            something_else(a);
            break;
        case trace::record_kind::prepared:
        case trace::record_kind::vetoed:
        case trace::record_kind::held:
        case trace::record_kind::let_go_early:
        case trace::record_kind::released:
        case trace::record_kind::not_held:
        case trace::record_kind::release_failed:
            something_else(a);
            a.completed_a_step = true;
            break;
        case trace::record_kind::timer_fired:
        case trace::record_kind::generation_changed:
            something_else(a);
            a.completed_a_step = true;
            break;
        default:
            break;
        }
    }

    static void something_else(agent_state& a) noexcept { a.suspect.reset(); }

    static void suspect(agent_state& a, const trace::record& r, std::uint8_t property, clause exact,
                        std::string_view what) {
        if (!a.completed_a_step) {
            a.suspect = suspicion{property, exact, r.at, r.txn, what};
        }
    }

    static bool among(transactions& all, txn_id txn) {
        return all.find([&](txn_id each) { return each == txn; }) != nullptr;
    }
    static void forget(transactions& all, txn_id txn) {
        all.remove([&](txn_id each) { return each == txn; });
    }
    static void add(transactions& all, txn_id txn) {
        forget(all, txn); // once, as the latest
        all.push(txn);
    }

    static past* find_past(agent_state& a, txn_id txn) {
        return a.ended.find([&](const past& p) { return p.txn == txn; });
    }

    void on_request(agent_state& a, const trace::record& r) {
        a.heard = true;
        something_else(a);
        const message_kind kind = *r.message;
        const bool ends = kind == message_kind::thaw || kind == message_kind::abort;
        a.repeated = ends && !a.active && find_past(a, r.txn) != nullptr ? r.txn : txn_id{};
        const bool begins = kind == message_kind::prepare || kind == message_kind::freeze;
        if (kind == message_kind::hello) {
            return;
        }
        if (a.session && r.session != *a.session) {
            suspect(a, r, 12, {3, 12}, "a message of another session");
            return;
        }
        const bool of_a_transaction =
            begins || kind == message_kind::thaw || kind == message_kind::complete ||
            kind == message_kind::recover || (kind == message_kind::abort && r.txn);
        if (of_a_transaction && a.active && r.txn != a.running) {
            suspect(a, r, 12, begins ? clause{3, 4} : clause{3, 5},
                    "a request of another transaction");
        } else if (begins && !a.active && find_past(a, r.txn) != nullptr) {
            suspect(a, r, 12, {3, 7}, "a request of a transaction that has ended");
        } else if (begins) {
            add(a.begun, r.txn);
            if (kind == message_kind::freeze) {
                add(a.freezes, r.txn);
            }
        }
    }

    void on_answer(agent_state& a, const trace::record& r) {
        const message_kind kind = *r.message;
        if (kind == message_kind::hello_ack) {
            a.session = r.session;
            a.granted = r.granted.value_or(capability::none);
            a.active = false;
            a.begun.clear();
            return;
        }
        if (a.session && r.session != *a.session && kind != message_kind::nak) {
            flag(12, {2, 10}, r,
                 detail::sentence(detail::name_of(r.agent), " sends ", to_string(kind),
                                  " in a session that is not the present one"));
        }
        if (kind != message_kind::progress && kind != message_kind::status &&
            kind != message_kind::pong && kind != message_kind::nak) {
            a.completed_a_step = false; // this is what followed the step
        }
        switch (kind) {
        case message_kind::prepared:
        case message_kind::frozen:
        case message_kind::progress:
            on_activity(a, r);
            a.frozen = kind == message_kind::frozen || (a.frozen && kind == message_kind::progress);
            break;
        case message_kind::thawed:
            on_thawed(a, r);
            break;
        case message_kind::error:
            if (r.outcome != verdict::stuck) {
                on_end(a, r.txn);
            }
            break;
        case message_kind::aborted:
        case message_kind::completed:
            on_end(a, r.txn);
            break;
        case message_kind::nak:
            if (r.refusal == nak_code::busy) { // many of them are not to hide the one in work
                forget(a.begun, r.txn);
                forget(a.freezes, r.txn);
            }
            break;
        default:
            break;
        }
    }

    void on_thawed(agent_state& a, const trace::record& r) {
        auto* before = find_past(a, r.txn);
        if (before != nullptr && before->said && before->said != r.outcome) {
            flag(11, {7, 9}, r,
                 detail::sentence(detail::name_of(r.agent), " gave the verdict ",
                                  to_string(*before->said), " before, and now another one"));
        }
        const bool waits = a.active && a.running == r.txn && r.outcome == verdict::clean &&
                           has(a.granted, capability::completion);
        if (before == nullptr) {
            before = &a.ended.push({r.txn, {}});
        }
        before->said = before->said ? before->said : r.outcome;
        a.frozen = false;
        if (!waits && a.running == r.txn) {
            a.active = false;
        }
    }

    void on_end(agent_state& a, txn_id txn) {
        if (find_past(a, txn) == nullptr) {
            a.ended.push({txn, {}});
        }
        if (a.running == txn) {
            a.active = false;
            a.frozen = false;
        }
    }

    /// The agent works for a transaction.
    void on_activity(agent_state& a, const trace::record& r) {
        if (a.active && a.running != r.txn) {
            flag(6, {3, 3}, r,
                 detail::sentence(detail::name_of(r.agent), " works for transaction ", r.txn.value,
                                  " while ", a.running.value, " is running"));
            return;
        }
        a.frozen = a.frozen && a.active;
        a.active = true;
        a.running = r.txn;
    }

    void judge_begin(agent_state& a, const trace::record& r) {
        const bool holds = r.what == trace::record_kind::hold_begin;
        // What was asked for before may begin only now, as when participants had to be found.
        auto& asked = holds ? a.freezes : a.begun;
        const bool explained = among(asked, r.txn) && find_past(a, r.txn) == nullptr;
        if (a.suspect && a.suspect->property == 12 && a.suspect->txn == r.txn && !explained) {
            flag(a.suspect->property, a.suspect->exact, r,
                 detail::sentence(detail::name_of(r.agent), " begins to ",
                                  holds ? "hold" : "prepare", " on account of ", a.suspect->what));
            a.suspect.reset();
        }
    }

    void judge_hold_has_freeze(agent_state& a, const trace::record& r) {
        if (a.heard && !among(a.freezes, r.txn)) {
            flag(14, {16, 2}, r,
                 detail::sentence(detail::name_of(r.agent), " begins to hold without a Freeze"));
            a.freezes.push(r.txn); // said once
        }
    }

    void on_release(agent_state& a, const trace::record& r) {
        if (a.repeated && a.repeated == r.txn) {
            flag(11, {8, 10}, r,
                 detail::sentence(
                     detail::name_of(r.participant.value_or(participant_kind::filesystem), r.item,
                                     r.agent),
                     " is released on account of a request that was answered before"));
        }
        if (a.suspect && a.frozen && a.suspect->at == r.at) {
            flag(a.suspect->property, a.suspect->exact, r,
                 detail::sentence(detail::name_of(r.agent), " begins to release on account of ",
                                  a.suspect->what));
            a.suspect.reset();
        }
        a.frozen = false;
    }

    void on_finished(agent_state& a, const trace::record& r) {
        const auto same = [&](const told& t) { return t.txn == r.txn && t.item == r.item; };
        if (a.finished.find(same) != nullptr) {
            flag(11, {9, 8}, r,
                 detail::sentence(
                     detail::name_of(r.participant.value_or(participant_kind::filesystem), r.item,
                                     r.agent),
                     " is told the result a second time"));
        } else {
            a.finished.push({r.txn, r.item});
        }
    }

    void on_state(agent_state& a, const trace::record& r) {
        if (r.who != trace::role::agent || !r.phase) {
            return;
        }
        if (a.phase == r.phase) {
            return; // a row that stays in its state
        }
        a.phase = r.phase;
        // A step that has ended is no message. Where nobody takes part nothing else tells of it.
        const bool step_over = r.note == "done" || r.note == "failed";
        if (a.suspect && a.suspect->at == r.at && !step_over) {
            flag(a.suspect->property, a.suspect->exact, r,
                 detail::sentence(detail::name_of(r.agent), " changes its state to ",
                                  to_string(*r.phase), " on account of ", a.suspect->what));
        }
        a.suspect.reset();
        a.completed_a_step = false;
        a.frozen = *r.phase == agent_phase::frozen;
        if (*r.phase == agent_phase::idle || *r.phase == agent_phase::off) {
            a.active = false;
        }
    }

    // ---- orchestrator -----------------------------------------------------------------------

    struct awaited {
        agent_index agent;
        txn_id txn;
        session_id session;
        bool frozen = false;
        bool stale = false; // another Frozen came instead
    };

    void on_orchestrator(const trace::record& r) {
        if (r.what == trace::record_kind::cut_begin) {
            for (auto& w : m_awaited) {
                if (w.txn == r.txn && !w.frozen && w.stale) {
                    flag(12, {3, 13}, r.at, w.agent, r.txn,
                         detail::sentence("the cut begins on account of a Frozen of ",
                                          detail::name_of(w.agent), " that was not awaited"));
                }
            }
        }
        if (measures().leaves_orchestrator(r) && *r.message == message_kind::freeze) {
            m_awaited.remove([&](const awaited& w) { return w.agent == r.agent; });
            m_awaited.push({r.agent, r.txn, r.session});
        }
        if (measures().reaches_orchestrator(r) && *r.message == message_kind::frozen) {
            if (auto* w = m_awaited.find([&](const awaited& x) { return x.agent == r.agent; })) {
                const bool fits = w->txn == r.txn && w->session == r.session;
                w->frozen = w->frozen || fits;
                w->stale = w->stale || !fits;
            }
        }
    }

    detail::by_agent<agent_state> m_agents;
    detail::few<awaited, group_limits::agents_max> m_awaited;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_TRANSACTION_HPP
