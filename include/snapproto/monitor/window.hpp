// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_WINDOW_HPP
#define SNAPPROTO_MONITOR_WINDOW_HPP

// The window of a group and the cut in it: SP 18.1, SP 18.17, SP 18.20.

#include <snapproto/monitor/judge.hpp>

#include <optional>

namespace snapproto::monitor {

/// Judges whether the cut lay in everybody's hold, and what agents were told of it.
///
/// Bounds: `transactions_max` transactions, 64 agents, 4096 holds and 64 cuts in each.
class window_monitor : public judge {
  public:
    using judge::judge;

    void observe(const trace::record& r) {
        tick(r.at);
        switch (r.what) {
        case trace::record_kind::sent:
        case trace::record_kind::received:
            on_message(r);
            break;
        case trace::record_kind::channel_lost:
            if (measures().at_orchestrator(r)) {
                for (auto& t : m_transactions) {
                    if (auto* m = find_member(t, r.agent); m != nullptr && !t.over) {
                        m->lost = true;
                        t.failed = true;
                    }
                }
            }
            break;
        case trace::record_kind::held:
            on_held(r);
            break;
        case trace::record_kind::let_go_early:
        case trace::record_kind::release_begin:
        case trace::record_kind::released:
        case trace::record_kind::not_held:
            on_release(r);
            break;
        case trace::record_kind::cut_begin:
            if (auto& t = at(r.txn); t.cuts.add({r.item, r.at, {}, false}) == nullptr) {
                overflow();
            } else {
                t.thaw_due.reset();
            }
            break;
        case trace::record_kind::cut_end:
            on_cut_end(r);
            break;
        case trace::record_kind::discarded:
            at(r.txn).failed = true;
            break;
        case trace::record_kind::outcome_reported:
            if (auto* t = find(r.txn)) {
                if (r.report == session_outcome::success) {
                    judge_success(*t, r);
                }
                t->over = true;
            }
            break;
        default:
            break;
        }
        count_record();
    }

    void finish(instant end) { tick(end); }

  private:
    struct member {
        agent_index agent;
        std::optional<instant> frozen;
        std::optional<instant> thaw;
        session_id session;
        bool lost = false;
    };
    struct hold {
        agent_index agent;
        participant_index item;
        participant_kind kind;
        instant held;
        std::optional<instant> released;
    };
    struct cut {
        participant_index item;
        instant begin;
        std::optional<instant> end;
        bool ok;
    };
    struct transaction {
        txn_id txn;
        detail::few<member, group_limits::agents_max> members{};
        detail::few<hold, 4096> holds{};
        detail::few<cut, 64> cuts{};
        std::optional<instant> thaw_due{};
        bool failed = false;
        bool over = false;
    };

    static member* find_member(transaction& t, agent_index agent) {
        return t.members.find([&](const member& m) { return m.agent == agent; });
    }
    transaction* find(txn_id txn) {
        return m_transactions.find([&](const transaction& t) { return t.txn == txn; });
    }
    transaction& at(txn_id txn) {
        auto* known = find(txn);
        return known != nullptr ? *known : m_transactions.push({txn});
    }

    void on_message(const trace::record& r) {
        if (measures().leaves_orchestrator(r)) {
            if (*r.message == message_kind::prepare || *r.message == message_kind::freeze) {
                join(at(r.txn), r);
            } else if (*r.message == message_kind::thaw || *r.message == message_kind::abort) {
                on_way_back(r);
            }
        }
        if (measures().reaches_orchestrator(r)) {
            auto* t = find(r.txn);
            auto* m = t != nullptr ? find_member(*t, r.agent) : nullptr;
            if (m == nullptr || m->session != r.session) {
                return;
            }
            if (*r.message == message_kind::frozen && !m->frozen) {
                m->frozen = r.at;
            }
            t->failed = t->failed || *r.message == message_kind::error ||
                        *r.message == message_kind::nak ||
                        (*r.message == message_kind::thawed && r.outcome != verdict::clean);
        }
    }

    void join(transaction& t, const trace::record& r) {
        auto* m = find_member(t, r.agent);
        if (m == nullptr) {
            m = t.members.add({r.agent, {}, {}, r.session});
        }
        if (m == nullptr) {
            overflow();
        } else {
            m->session = r.session;
        }
    }

    void on_way_back(const trace::record& r) {
        auto* t = find(r.txn);
        if (t == nullptr) {
            return;
        }
        if (auto* m = find_member(*t, r.agent); m != nullptr && !m->thaw) {
            m->thaw = r.at;
        }
        if (*r.message != message_kind::thaw || r.cut != cut_outcome::ok) {
            return;
        }
        if (t->failed) {
            flag(17, {12, 34}, r,
                 detail::sentence(detail::name_of(r.agent),
                                  " is told that the cut is ok after the group had failed"));
        } else if (measures().records_provider && !all_cuts_ok(*t)) {
            flag(17, {12, 34}, r,
                 detail::sentence(detail::name_of(r.agent),
                                  " is told that the cut is ok before all cuts are done"));
        }
    }

    static bool all_cuts_ok(const transaction& t) {
        for (const auto& c : t.cuts) {
            if (!c.ok) {
                return false;
            }
        }
        return !t.cuts.empty();
    }

    void on_held(const trace::record& r) {
        auto& t = at(r.txn);
        if (t.holds.add({r.agent,
                         r.item,
                         r.participant.value_or(participant_kind::filesystem),
                         r.at,
                         {}}) == nullptr) {
            overflow();
        }
    }

    void on_release(const trace::record& r) {
        if (auto* t = find(r.txn)) {
            auto* h = t->holds.find([&](const hold& x) {
                return x.agent == r.agent && x.item == r.item && !x.released;
            });
            if (h != nullptr) {
                h->released = r.at;
            }
        }
    }

    void on_cut_end(const trace::record& r) {
        auto& t = at(r.txn);
        auto* c = t.cuts.find([&](const cut& x) { return x.item == r.item && !x.end; });
        if (c == nullptr) {
            return;
        }
        c->end = r.at;
        c->ok = r.cut == cut_outcome::ok;
        t.failed = t.failed || !c->ok;
        for (const auto& each : t.cuts) {
            if (!each.end) {
                return;
            }
        }
        t.thaw_due = saturating_add(r.at, measures().tolerance);
        m_next_due = std::min(m_next_due, *t.thaw_due);
    }

    void tick(instant now) {
        if (now <= m_next_due) {
            return;
        }
        m_next_due = never;
        for (auto& t : m_transactions) {
            if (t.thaw_due && *t.thaw_due < now) {
                for (const auto& m : t.members) {
                    if (!m.thaw && !m.lost) {
                        flag(20, {13, 7}, *t.thaw_due, m.agent, t.txn,
                             detail::sentence(detail::name_of(m.agent), " is not sent Thaw within ",
                                              detail::seconds(measures().tolerance),
                                              " after the last cut has ended"));
                    }
                }
                t.thaw_due.reset();
            } else if (t.thaw_due) {
                m_next_due = std::min(m_next_due, *t.thaw_due);
            }
        }
    }

    void judge_success(transaction& t, const trace::record& r) {
        for (const auto& c : t.cuts) {
            if (!c.end) {
                continue; // no success without its cut: SP 18.2
            }
            for (const auto& m : t.members) {
                if (!m.frozen || *m.frozen > c.begin) {
                    say(r, m.agent, "had not reported Frozen", "began", c);
                }
                if (m.thaw && *m.thaw < *c.end) {
                    say(r, m.agent, "was sent Thaw already", "ended", c);
                }
            }
            for (const auto& h : t.holds) {
                if (find_member(t, h.agent) == nullptr) {
                    continue;
                }
                if (h.held > c.begin) {
                    say(r, h, "was not yet held", "began", c);
                }
                if (h.released && *h.released < *c.end) {
                    say(r, h, "was not held any more", "ended", c);
                }
            }
        }
    }

    void say(const trace::record& r, agent_index agent, std::string_view what,
             std::string_view edge, const cut& c) {
        flag(1, {13, 11}, r.at, agent, r.txn,
             detail::sentence("a success, but ", detail::name_of(agent), " ", what,
                              " when the cut of volume ", unsigned{c.item}, " ", edge));
    }
    void say(const trace::record& r, const hold& h, std::string_view what, std::string_view edge,
             const cut& c) {
        flag(1, {13, 11}, r.at, h.agent, r.txn,
             detail::sentence("a success, but ", detail::name_of(h.kind, h.item, h.agent), " ",
                              what, " when the cut of volume ", unsigned{c.item}, " ", edge));
    }

    detail::few<transaction, transactions_max> m_transactions;
    instant m_next_due = never;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_WINDOW_HPP
