// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_HOLD_HPP
#define SNAPPROTO_MONITOR_HOLD_HPP

// How long things are held, and that deadlines stay where they are: SP 18.4, SP 18.5, SP 18.22.

#include <snapproto/monitor/judge.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace snapproto::monitor {

/// Judges the length of holds and the constancy of deadlines.
///
/// The hold limit in force is the lowest of what HelloAck, Prepare and Freeze said, or of the
/// timers in the rules when the agent said nothing.
/// Bounds: 64 agents, 256 held participants each.
class hold_monitor : public judge {
  public:
    using judge::judge;

    void observe(const trace::record& r) {
        tick(r.at);
        if (auto* a = m_agents.get(r.agent)) {
            on_record(*a, r);
        }
        if (r.what == trace::record_kind::timer_armed && r.timer == trace::timer_kind::window &&
            r.deadline) {
            auto* w = m_windows.find([&](const stated& s) { return s.txn == r.txn; });
            later(w != nullptr ? *w : m_windows.push({r.txn, {}}), r, *r.deadline, {12, 21},
                  "the window");
        }
        count_record();
    }

    void finish(instant end) { tick(end); }

  private:
    struct hold {
        participant_index item;
        participant_kind kind;
        txn_id txn;
        instant since;
        instant bound;              // of SP 18.22
        bool tried_in_vain = false; // in time: exempt from SP 18.4
    };
    struct stated {
        txn_id txn{};
        std::optional<instant> deadline{};
    };
    struct doubt { // a phase timer set later: wrong unless the state changes at this instant
        instant at;
        txn_id txn;
    };
    struct request_state {
        std::optional<duration> limit{};
        txn_id txn{};
        bool prepare = false; // was seen: a further one is a repetition (SP 3.10)
        bool freeze = false;  // was seen (SP 5.6)
    };
    struct agent_state {
        detail::few<hold, 256> holds{};
        std::optional<session_id> session{}; // where one was seen to be agreed
        std::optional<duration> announced{};
        request_state asked{};
        std::optional<request_state> before{}; // the last request, should it be refused
        sequence_number last{};
        unsigned malformed = 0;             // inputs whose Nak names the last request (SP 60.11)
        std::optional<instant> limit_due{}; // of SP 18.4
        stated hold_deadline{};
        std::optional<instant> phase_deadline{};
        std::optional<doubt> doubtful{};
        bool participants_seen = false;
    };

    duration limit_of(const agent_state& a) const {
        duration limit = a.announced.value_or(measures().timers.hold);
        if (a.asked.limit) {
            limit = std::min(limit, *a.asked.limit);
        }
        return std::min(limit, measures().timers.hold_max);
    }

    void on_record(agent_state& a, const trace::record& r) {
        switch (r.what) {
        case trace::record_kind::sent:
        case trace::record_kind::received:
            on_message(a, r);
            break;
        case trace::record_kind::malformed:
            ++a.malformed;
            break;
        case trace::record_kind::held:
            on_held(a, r);
            break;
        case trace::record_kind::released:
        case trace::record_kind::not_held:
        case trace::record_kind::let_go_early:
            a.holds.remove([&](const hold& h) { return h.item == r.item; });
            if (!filesystem_held(a)) {
                a.limit_due.reset();
            }
            break;
        case trace::record_kind::release_failed:
            on_release_failed(a, r);
            break;
        case trace::record_kind::timer_armed:
            on_timer(a, r);
            break;
        case trace::record_kind::timer_fired:
        case trace::record_kind::timer_disarmed:
            if (r.timer == trace::timer_kind::phase && r.who == trace::role::agent) {
                a.phase_deadline.reset();
            }
            break;
        case trace::record_kind::state_changed:
            if (r.who == trace::role::agent) {
                if (a.doubtful && a.doubtful->at == r.at) {
                    a.doubtful.reset();
                } else {
                    a.phase_deadline.reset();
                }
            }
            break;
        default:
            break;
        }
    }

    void on_message(agent_state& a, const trace::record& r) {
        const message_kind kind = *r.message;
        if (measures().reaches_agent(r) &&
            (kind == message_kind::prepare || kind == message_kind::freeze)) {
            on_request(a, r);
        } else if (measures().reaches_agent(r) && r.seq && r.seq == a.last) {
            a.before.reset(); // of two with one number the younger one is refused
        }
        if (!measures().leaves_agent(r)) {
            return;
        }
        if (kind == message_kind::hello_ack) {
            a.session = r.session;
            a.malformed = 0; // without a session nobody answers it (SP 2.12)
            if (r.span && *r.span > duration::zero()) {
                a.announced = r.span;
            }
        }
        if (kind == message_kind::nak) {
            on_nak(a, r);
        }
        if (r.deadline && kind == message_kind::frozen) {
            later(a.hold_deadline, r, *r.deadline, {6, 4}, "the hold deadline");
        } else if (r.deadline && kind == message_kind::status) {
            // It has the transaction of its question (SP 3.1), and the deadline of what is held.
            trace::record of_hold = r;
            of_hold.txn = a.holds.empty() ? r.txn : a.holds.begin()->txn;
            if (!a.holds.empty() || r.txn == a.hold_deadline.txn) {
                later(a.hold_deadline, of_hold, *r.deadline, {6, 4}, "the hold deadline");
            }
        }
        if (kind == message_kind::thawed && r.span && !a.participants_seen &&
            *r.span > limit_of(a) + measures().tolerance) {
            flag(4, {6, 8}, r,
                 detail::sentence(detail::name_of(r.agent), " held for ", detail::seconds(*r.span),
                                  ", longer than ", detail::seconds(limit_of(a))));
        }
    }

    /// What a request says of the hold limit counts, but for repetitions (SP 3.10, SP 5.6) and
    /// what comes of another session (SP 3.12).
    static void on_request(agent_state& a, const trace::record& r) {
        if (a.session && r.session != *a.session) {
            return;
        }
        a.before = a.asked;
        a.last = r.seq;
        if (a.asked.txn != r.txn && a.holds.empty()) {
            a.asked = {};
            a.asked.txn = r.txn;
        }
        if (a.asked.txn != r.txn || !a.holds.empty() || a.asked.freeze) {
            return;
        }
        if (*r.message == message_kind::prepare && std::exchange(a.asked.prepare, true)) {
            return;
        }
        a.asked.freeze = *r.message == message_kind::freeze;
        if (r.span && *r.span > duration::zero()) { // zero asks for nothing
            a.asked.limit = std::min(a.asked.limit.value_or(*r.span), *r.span);
        }
    }

    /// What is refused counts for nothing.
    static void on_nak(agent_state& a, const trace::record& r) {
        const bool unnamed = r.seq && r.seq == a.last && !a.asked.txn; // SP 3.18
        if (r.refusal == nak_code::malformed && a.malformed > 0 && !unnamed) {
            --a.malformed;
        } else if (a.before && (!r.seq || r.seq == a.last)) {
            a.asked = *a.before;
            a.before.reset();
        }
    }

    static bool filesystem_held(const agent_state& a) {
        return std::any_of(a.holds.begin(), a.holds.end(),
                           [](const hold& h) { return h.kind == participant_kind::filesystem; });
    }

    void on_held(agent_state& a, const trace::record& r) {
        a.participants_seen = true;
        const auto& t = measures().timers;
        const duration limit = limit_of(a);
        const auto kind = r.participant.value_or(participant_kind::filesystem);
        const instant bound = saturating_add(r.at, t.quiesce + t.freeze + limit +
                                                       measures().undo() + measures().tolerance);
        if (kind == participant_kind::filesystem && !filesystem_held(a)) {
            a.limit_due = saturating_add(r.at, limit + measures().tolerance);
            m_next_due = std::min(m_next_due, *a.limit_due);
        }
        a.holds.remove([&](const hold& h) { return h.item == r.item; });
        if (a.holds.add({r.item, kind, r.txn, r.at, bound}) == nullptr) {
            overflow();
        }
        m_next_due = std::min(m_next_due, bound);
    }

    /// The retries are awaited from now on, also by what waits behind the stuck filesystem.
    void on_release_failed(agent_state& a, const trace::record& r) {
        a.holds.remove([&](const hold& h) { // a warning, nothing to wait for (SP 7.11)
            return h.item == r.item && h.kind != participant_kind::filesystem;
        });
        const auto& t = measures().timers;
        const instant bound =
            saturating_add(r.at, t.retry_max + t.thaw + t.resume + measures().tolerance);
        for (auto& h : a.holds) {
            if (h.item == r.item) {
                h.tried_in_vain = h.tried_in_vain || !a.limit_due || r.at <= *a.limit_due;
                h.bound = bound;
            } else {
                h.bound = std::max(h.bound, bound);
            }
        }
        m_next_due = std::min(m_next_due, bound);
    }

    void on_timer(agent_state& a, const trace::record& r) {
        if (!r.deadline || r.who == trace::role::orchestrator) {
            return;
        }
        if (r.timer == trace::timer_kind::hold) {
            later(a.hold_deadline, r, *r.deadline, {6, 4}, "the hold deadline");
        }
        if (r.timer == trace::timer_kind::phase && r.who == trace::role::agent) {
            if (a.phase_deadline && *r.deadline > *a.phase_deadline && !a.doubtful) {
                a.doubtful = doubt{r.at, r.txn};
                m_next_due = std::min(m_next_due, r.at);
            }
            a.phase_deadline = r.deadline;
        }
    }

    /// A deadline is stated: is it later than before in the same transaction?
    void later(stated& before, const trace::record& r, instant deadline, clause exact,
               std::string_view name) {
        if (before.txn != r.txn && r.txn) {
            before = {r.txn, {}};
        }
        if (before.deadline && deadline > *before.deadline) {
            flag(5, exact, r,
                 detail::sentence(name, " moves later by ",
                                  detail::seconds(deadline - *before.deadline)));
        }
        before.deadline = std::min(before.deadline.value_or(deadline), deadline);
    }

    void tick(instant now) {
        if (now <= m_next_due) {
            return;
        }
        m_next_due = never;
        agent_index index = 0;
        for (auto& a : m_agents) {
            if (a.doubtful && a.doubtful->at < now) {
                flag(5, {15, 2}, a.doubtful->at, index, a.doubtful->txn,
                     "the limit of a phase moves later while the phase lasts");
                a.doubtful.reset();
            } else if (a.doubtful) {
                m_next_due = std::min(m_next_due, a.doubtful->at);
            }
            tick_holds(a, index, now);
            ++index;
        }
    }

    void tick_holds(agent_state& a, agent_index index, instant now) {
        const bool limit_passed = a.limit_due && *a.limit_due < now;
        for (auto& h : a.holds) {
            if (limit_passed && h.kind == participant_kind::filesystem && !h.tried_in_vain) {
                flag(4, {6, 8}, *a.limit_due, index, h.txn,
                     detail::sentence(detail::name_of(h.kind, h.item, index),
                                      " is still held after ",
                                      detail::seconds(*a.limit_due - h.since)));
            }
            if (h.bound < now) {
                flag(
                    22, h.tried_in_vain ? clause{10, 10} : clause{6, 8}, h.bound, index, h.txn,
                    detail::sentence(detail::name_of(h.kind, h.item, index), " is never released"));
                h.bound = never;
            }
            m_next_due = std::min(m_next_due, h.bound);
        }
        if (limit_passed) {
            a.limit_due.reset();
        } else if (a.limit_due) {
            m_next_due = std::min(m_next_due, *a.limit_due);
        }
    }

    detail::by_agent<agent_state> m_agents;
    detail::few<stated, transactions_max> m_windows;
    instant m_next_due = never;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_HOLD_HPP
