// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_REQUESTS_HPP
#define SNAPPROTO_MONITOR_REQUESTS_HPP

// Requests and their answers: SP 18.19, SP 18.21, SP 18.25.

#include <snapproto/monitor/judge.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace snapproto::monitor {

/// Judges whether each request gets one terminal answer, in order and in time.
///
/// Bounds: 64 agents, 32 open requests each; a flood beyond that is not judged.
class requests_monitor : public judge {
  public:
    using judge::judge;

    void observe(const trace::record& r) {
        tick(r.at);
        if (auto* a = m_agents.get(r.agent)) {
            on_record(*a, r);
        }
        count_record();
    }

    void finish(instant end) { tick(end); }

  private:
    struct request {
        message_kind kind;
        txn_id txn;
        sequence_number seq;
        instant due;
        std::uint64_t arrival;      // which message to this agent it was
        unsigned interruptions = 0; // by a Thaw, Abort or Complete that was not refused
    };
    struct repetition {
        sequence_number seq{};
        std::uint64_t arrival = 0;
    };
    struct agent_state {
        std::optional<session_id> session{};
        detail::few<request, 32> open{};
        detail::few<repetition, 8> again{}; // of a request that is open
        std::uint64_t arrivals = 0;
        std::optional<instant> hello_due{};
        unsigned malformed = 0; // inputs that a Nak may answer
        unsigned stale = 0;     // messages of other sessions that a Nak may answer
        txn_id prepared{};      // the last transaction with a Prepare of its own
        bool judged = false;    // a request has been seen
        bool ended = false;     // the session that was, and there is no other yet
        bool ending = false;    // stop, clone: no answers are due
    };

    static bool at_once(message_kind kind) noexcept {
        return kind == message_kind::query || kind == message_kind::ping;
    }

    void on_record(agent_state& a, const trace::record& r) {
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
            ++a.malformed;
            a.judged = true;
            break;
        case trace::record_kind::channel_up:
        case trace::record_kind::channel_lost:
            if (measures().at_agent(r)) {
                forget(a);
                a.ending = false;
            }
            break;
        case trace::record_kind::started:
            forget(a);
            a.ending = false;
            break;
        case trace::record_kind::stopped:
        case trace::record_kind::killed:
        case trace::record_kind::stop_requested:
        case trace::record_kind::generation_changed:
            forget(a);
            a.ending = true;
            break;
        case trace::record_kind::release_failed:
            excuse(a);
            break;
        default:
            break;
        }
    }

    static void forget(agent_state& a) {
        a.open.clear();
        a.again.clear();
        a.session.reset();
        a.hello_due.reset();
        a.malformed = a.stale = 0;
        a.ended = true;
    }

    /// The agent is stuck: what waits for a release waits without a bound.
    static void excuse(agent_state& a) {
        for (auto& q : a.open) {
            if (!at_once(q.kind)) {
                q.due = never;
            }
        }
        if (a.hello_due) {
            a.hello_due = never;
        }
    }

    instant due(const agent_state& a, const trace::record& r) const {
        const auto& t = measures().timers;
        duration limit = measures().undo();
        switch (*r.message) {
        case message_kind::query:
        case message_kind::ping:
            limit = duration::zero();
            break;
        case message_kind::prepare:
        case message_kind::complete:
        case message_kind::recover:
            limit += t.prepare;
            break;
        case message_kind::freeze:
            limit += t.quiesce + t.freeze + (a.prepared == r.txn ? duration::zero() : t.prepare);
            break;
        default:
            break;
        }
        return saturating_add(r.at, limit + measures().tolerance);
    }

    void on_request(agent_state& a, const trace::record& r) {
        const message_kind kind = *r.message;
        a.judged = true;
        ++a.arrivals;
        if (!is_request(kind)) {
            ++a.malformed; // what only agents send is no message to one (SP 16.1)
            return;
        }
        if (kind == message_kind::hello) {
            a.open.clear();
            a.again.clear();
            a.ending = false;
            a.prepared = {};
            if (!a.hello_due) {
                a.hello_due = saturating_add(r.at, measures().undo() + measures().tolerance);
                m_next_due = std::min(m_next_due, *a.hello_due);
            }
            return;
        }
        // Between the end of a session and the next HelloAck only Query and Ping may be answered
        // (SP 2.14, 2.15): the others came too soon (SP 2.1), of a session that there is not yet.
        const bool unanswered = !a.session && (a.hello_due || (a.ended && measures().negotiates));
        const bool too_soon = (unanswered || a.hello_due) && !at_once(kind);
        if (too_soon || (a.session && r.session != *a.session)) {
            ++a.stale;
            return;
        }
        if (kind == message_kind::prepare) {
            a.prepared = r.txn;
        }
        interrupt(a, r);
        const bool repeated = !at_once(kind) && a.open.find([&](const request& q) {
            // A Freeze that prepares on its own stands for the Prepare too (SP 4.4, SP 4.9).
            const bool stands_for = kind == message_kind::prepare && q.kind == message_kind::freeze;
            return (q.kind == kind || stands_for) && q.txn == r.txn && q.interruptions == 0;
        }) != nullptr;
        if (repeated) {
            a.again.push({r.seq, a.arrivals});
            return;
        }
        const instant when = a.ending || unanswered ? never : due(a, r);
        if (a.open.add({kind, r.txn, r.seq, when, a.arrivals}) == nullptr) {
            overflow();
            a.ending = true; // no longer to be told apart
        }
        m_next_due = std::min(m_next_due, when);
    }

    static bool interrupts(message_kind kind) noexcept {
        return kind == message_kind::thaw || kind == message_kind::abort ||
               kind == message_kind::complete;
    }

    /// Can a request of this kind for this transaction interrupt it? A Thaw comes too late for that
    /// where a copy is being repaired (SP 7.9).
    static bool concerns(message_kind kind, txn_id txn, const request& q) noexcept {
        return (q.kind == message_kind::prepare || q.kind == message_kind::freeze ||
                (q.kind == message_kind::recover && kind != message_kind::thaw)) &&
               (q.txn == txn || !txn);
    }

    /// Thaw, Abort and Complete answer what they interrupt.
    static void interrupt(agent_state& a, const trace::record& r) {
        if (!interrupts(*r.message)) {
            return;
        }
        for (auto& q : a.open) {
            q.interruptions += concerns(*r.message, r.txn, q) ? 1U : 0U;
        }
    }

    void on_answer(agent_state& a, const trace::record& r) {
        switch (*r.message) {
        case message_kind::hello_ack:
            if (!a.hello_due && a.judged) {
                unexpected(r);
            }
            a.hello_due.reset();
            a.session = r.session;
            a.ended = false;
            a.malformed = a.stale = 0; // without a session nobody answers them (SP 2.11, 2.12)
            // What came before it and was owed no answer gets none any more.
            a.open.remove([](const request& q) { return at_once(q.kind) && q.due == never; });
            break;
        case message_kind::progress:
            break;
        case message_kind::error:
            if (r.outcome == verdict::stuck) {
                excuse(a);
            } else {
                static_cast<void>(close(
                    a, r, {message_kind::prepare, message_kind::freeze, message_kind::recover}));
            }
            break;
        case message_kind::nak:
            on_nak(a, r);
            break;
        case message_kind::status:
            answer(a, r, message_kind::query);
            break;
        case message_kind::pong:
            answer(a, r, message_kind::ping);
            break;
        case message_kind::prepared:
            answer(a, r, message_kind::prepare);
            break;
        case message_kind::frozen:
            answer(a, r, message_kind::freeze);
            break;
        case message_kind::thawed:
            answer(a, r, message_kind::thaw);
            break;
        case message_kind::completed:
            answer(a, r, message_kind::complete);
            break;
        case message_kind::aborted:
            on_aborted(a, r);
            break;
        case message_kind::recovered:
            answer(a, r, message_kind::recover);
            break;
        default:
            break;
        }
    }

    void on_nak(agent_state& a, const trace::record& r) {
        if (r.refusal == nak_code::stuck) {
            excuse(a);
        }
        // A Prepare or Freeze of transaction 0 is malformed too (SP 3.18), and is the one if its
        // number fits.
        const bool unnamed = r.seq && a.open.find([&](const request& q) {
            return q.seq == r.seq && !q.txn &&
                   (q.kind == message_kind::prepare || q.kind == message_kind::freeze);
        }) != nullptr;
        if (r.refusal == nak_code::malformed && a.malformed > 0 && !unnamed) {
            --a.malformed;
            return;
        }
        // The youngest of its number, or else of the transaction: refusals are not kept waiting.
        const request* refused = nullptr;
        bool numbered = false;
        for (const auto& q : a.open) {
            const bool by_number = r.seq && q.seq == r.seq;
            if (by_number || (!numbered && q.txn == r.txn)) {
                refused = &q;
                numbered = by_number;
            }
        }
        // One that was repeated where that is not allowed (SP 4.6): the first is still open.
        const auto same = [&](const repetition& x) {
            return x.seq == r.seq && (!numbered || x.arrival > refused->arrival);
        };
        if (r.seq && a.again.find(same) != nullptr) {
            a.again.remove(same);
            return;
        }
        if (refused != nullptr) {
            if (interrupts(refused->kind)) { // it has interrupted nothing
                for (auto& q : a.open) {
                    const bool undone =
                        q.interruptions > 0 && concerns(refused->kind, refused->txn, q);
                    q.interruptions -= undone ? 1U : 0U;
                }
            }
            if (refused->kind == message_kind::prepare) {
                a.prepared = {};
            }
            a.open.remove([&](const request& q) { return &q == refused; });
            return;
        }
        if (a.stale > 0) {
            --a.stale;
        } else if (a.hello_due) {
            a.hello_due.reset();
        } else if (a.judged && !a.ending) {
            unexpected(r);
        }
    }

    void on_aborted(agent_state& a, const trace::record& r) {
        const bool interrupted = drop_interrupted(a, r.txn);
        const auto asked = [&](const request& q) {
            return q.kind == message_kind::abort && (q.txn == r.txn || !q.txn);
        };
        if (const auto* q = a.open.find(asked)) {
            judge_order(a, r, *q);
            a.open.remove(asked);
        } else if (!interrupted && a.judged && !a.ending) {
            unexpected(r);
        }
    }

    static bool drop_interrupted(agent_state& a, txn_id txn) {
        const auto before = a.open.size();
        a.open.remove([&](const request& q) { return q.interruptions > 0 && q.txn == txn; });
        return a.open.size() != before;
    }

    void answer(agent_state& a, const trace::record& r, message_kind to) {
        if (to == message_kind::thaw || to == message_kind::complete) {
            drop_interrupted(a, r.txn);
        }
        if (!close(a, r, {to}) && a.judged && !a.ending) {
            unexpected(r);
        }
    }

    /// Closes the oldest open request of one of the kinds that the answer fits.
    bool close(agent_state& a, const trace::record& r, std::initializer_list<message_kind> kinds) {
        const auto fits = [&](const request& q) {
            return std::find(kinds.begin(), kinds.end(), q.kind) != kinds.end() &&
                   (at_once(q.kind) || q.txn == r.txn); // seq counts each direction
        };
        const auto* q = a.open.find(fits);
        if (q == nullptr) {
            return false;
        }
        judge_order(a, r, *q);
        bool closed = false;
        a.open.remove([&](const request& x) {
            const bool hit = !closed && fits(x);
            closed = closed || hit;
            return hit;
        });
        return true;
    }

    void judge_order(agent_state& a, const trace::record& r, const request& answered) {
        if (at_once(answered.kind)) {
            return;
        }
        for (const auto& q : a.open) {
            if (&q == &answered) {
                return;
            }
            // The answer to a Thaw that comes while a copy is repaired is one that is repeated.
            const bool repeated =
                answered.kind == message_kind::thaw && q.kind == message_kind::recover;
            if (!at_once(q.kind) && q.interruptions == 0 && !repeated) {
                flag(19, {3, 8}, r,
                     detail::sentence(to_string(*r.message), " overtakes the answer to the ",
                                      to_string(q.kind), " that came before"));
                return;
            }
        }
    }

    void unexpected(const trace::record& r) {
        flag(19, {3, 8}, r,
             detail::sentence(detail::name_of(r.agent), " sends ", to_string(*r.message),
                              ", which answers no open request"));
    }

    void tick(instant now) {
        if (now <= m_next_due) {
            return;
        }
        m_next_due = never;
        agent_index index = 0;
        for (auto& a : m_agents) {
            for (auto& q : a.open) {
                if (q.due < now) {
                    unanswered(index, q);
                    q.due = never;
                }
                m_next_due = std::min(m_next_due, q.due);
            }
            if (a.hello_due && *a.hello_due < now) {
                flag(25, {16, 6}, *a.hello_due, index, {},
                     detail::sentence(detail::name_of(index), " does not answer Hello within ",
                                      detail::seconds(measures().undo())));
                a.hello_due = never;
            }
            if (a.hello_due) {
                m_next_due = std::min(m_next_due, *a.hello_due);
            }
            ++index;
        }
    }

    void unanswered(agent_index agent, const request& q) {
        const bool freeze = q.kind == message_kind::freeze;
        flag(freeze ? 21 : 19, freeze ? clause{5, 13} : clause{3, 8}, q.due, agent, q.txn,
             detail::sentence(detail::name_of(agent), " does not answer ", to_string(q.kind),
                              " in time"));
    }

    detail::by_agent<agent_state> m_agents;
    instant m_next_due = never;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_REQUESTS_HPP
