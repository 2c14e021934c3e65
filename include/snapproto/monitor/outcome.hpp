// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_OUTCOME_HPP
#define SNAPPROTO_MONITOR_OUTCOME_HPP

// What the orchestrator reports in the end: SP 18.2, SP 18.3, SP 18.24.

#include <snapproto/monitor/judge.hpp>

#include <algorithm>
#include <optional>

namespace snapproto::monitor {

/// Judges whether outcome and label say no more than the evidence, and whether there is just one.
///
/// Bounds: `transactions_max` transactions, 64 agents in each.
class outcome_monitor : public judge {
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
            spoil_all(r, "lost its channel");
            break;
        case trace::record_kind::timer_fired:
            if (r.timer == trace::timer_kind::hold && r.who != trace::role::orchestrator) {
                spoil_all(r, "came to its hold limit");
            }
            break;
        case trace::record_kind::held:
        case trace::record_kind::hold_begin:
            on_hold(r);
            break;
        case trace::record_kind::vetoed:
            spoil_by(r, "refused");
            break;
        case trace::record_kind::let_go_early:
            spoil_by(r, "let go early");
            break;
        case trace::record_kind::not_held:
            spoil_by(r, "was not held when it was released");
            break;
        case trace::record_kind::cut_begin:
            ++at(r.txn).cuts;
            break;
        case trace::record_kind::cut_end:
            at(r.txn).cuts_ok += r.cut == cut_outcome::ok ? 1U : 0U;
            break;
        case trace::record_kind::discarded:
            at(r.txn).discarded = true;
            break;
        case trace::record_kind::start_requested:
            if (r.txn) {
                auto& t = at(r.txn);
                t.wanted = r.wanted;
                t.due = saturating_add(r.at,
                                       measures().total + measures().undo() + measures().tolerance);
                m_next_due = std::min(m_next_due, *t.due);
            }
            break;
        case trace::record_kind::outcome_reported:
            on_outcome(r);
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
        session_id session;
        std::optional<verdict> answered;
        std::optional<std::uint32_t> count;
        bool participants_seen = false;
        bool filesystem_held = false;
        bool application_held = false;
    };
    struct transaction {
        txn_id txn;
        detail::few<member, group_limits::agents_max> members{};
        std::uint32_t cuts = 0;
        std::uint32_t cuts_ok = 0;
        bool discarded = false;
        bool told_ok = false;
        bool reported = false;
        std::optional<consistency> wanted{};
        std::optional<instant> due{};
        std::string spoiled_by{};
        agent_index spoiler = trace::no_agent;
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
        const message_kind kind = *r.message;
        if (measures().leaves_orchestrator(r)) {
            if (kind == message_kind::prepare || kind == message_kind::freeze) {
                auto& t = at(r.txn);
                auto* m = find_member(t, r.agent);
                m = m != nullptr ? m : t.members.add({r.agent, r.session, {}, {}});
                if (m == nullptr) {
                    overflow();
                } else {
                    m->session = r.session;
                }
            } else if (auto* t = find(r.txn); t != nullptr && kind == message_kind::thaw) {
                t->told_ok = t->told_ok || r.cut == cut_outcome::ok;
            }
        }
        if (!measures().reaches_orchestrator(r)) {
            return;
        }
        auto* t = find(r.txn);
        auto* m = t != nullptr ? find_member(*t, r.agent) : nullptr;
        if (m == nullptr || m->session != r.session || m->answered) {
            return; // of another conversation, or the hold is over
        }
        if (kind == message_kind::frozen) {
            m->count = r.count;
        } else if (kind == message_kind::thawed) {
            m->answered = r.outcome.value_or(verdict::none);
            if (*m->answered != verdict::clean) {
                spoil(*t, r.agent,
                      detail::sentence(detail::name_of(r.agent), " gave the verdict ",
                                       to_string(*m->answered)));
            }
        } else if (kind == message_kind::error || kind == message_kind::nak) {
            spoil(*t, r.agent,
                  detail::sentence(detail::name_of(r.agent), " answered ", to_string(kind)));
        }
    }

    void on_hold(const trace::record& r) {
        auto* t = find(r.txn);
        auto* m = t != nullptr ? find_member(*t, r.agent) : nullptr;
        if (m == nullptr) {
            return;
        }
        m->participants_seen = true;
        if (r.what == trace::record_kind::held) {
            const bool filesystem = r.participant == participant_kind::filesystem;
            m->filesystem_held = m->filesystem_held || filesystem;
            m->application_held = m->application_held || !filesystem;
        }
    }

    static void spoil(transaction& t, agent_index agent, std::string why) {
        if (t.spoiled_by.empty()) {
            t.spoiled_by = std::move(why);
            t.spoiler = agent;
        }
    }

    /// Something happened to an agent: it spoils each transaction whose hold it was still in.
    void spoil_all(const trace::record& r, std::string_view how) {
        for (auto& t : m_transactions) {
            const auto* m = find_member(t, r.agent);
            if (m != nullptr && !m->answered && !t.reported && (!r.txn || r.txn == t.txn)) {
                spoil(t, r.agent, detail::sentence(detail::name_of(r.agent), " ", how));
            }
        }
    }

    void spoil_by(const trace::record& r, std::string_view how) {
        if (auto* t = find(r.txn)) {
            spoil(*t, r.agent,
                  detail::sentence(
                      detail::name_of(r.participant.value_or(participant_kind::filesystem), r.item,
                                      r.agent),
                      " ", how));
        }
    }

    void on_outcome(const trace::record& r) {
        auto& t = at(r.txn);
        if (t.reported && r.txn) {
            flag(24, {12, 29}, r, "a second outcome is reported for one transaction");
        }
        const auto wanted = r.wanted ? r.wanted : t.wanted;
        const bool as_good = r.report == session_outcome::degraded && r.label && wanted &&
                             *r.label >= *wanted && *r.label > consistency::none;
        if (r.report == session_outcome::success || as_good) {
            judge_success(t, r);
        }
        if (r.label) {
            judge_label(t, r, wanted);
        }
        t.reported = true;
        t.due.reset();
    }

    void judge_success(transaction& t, const trace::record& r) {
        const auto say = [&](agent_index agent, clause exact, std::string why) {
            flag(2, exact, r.at, agent, r.txn, "a success is reported, but " + std::move(why));
        };
        if (!t.spoiled_by.empty()) {
            say(t.spoiler, {12, 27}, t.spoiled_by);
            return;
        }
        for (const auto& m : t.members) {
            if (!m.answered) {
                say(m.agent, {12, 27}, detail::name_of(m.agent) + " gave no verdict");
            }
        }
        if (t.discarded) {
            say(trace::no_agent, {12, 11}, "its copy was discarded");
        } else if (measures().records_provider && (t.cuts == 0 || t.cuts_ok < t.cuts)) {
            say(trace::no_agent, {12, 27}, "not every cut ended well");
        }
    }

    /// The highest label that the record supports, and the clause that limits it.
    std::pair<consistency, clause> supported(const transaction& t) const {
        const bool cut =
            measures().records_provider ? t.cuts > 0 && t.cuts_ok == t.cuts : t.told_ok;
        if (!cut || t.discarded) {
            return {consistency::none, {17, 1}};
        }
        if (t.members.empty() || !t.spoiled_by.empty()) {
            return {consistency::crash, {17, 7}};
        }
        auto best = std::pair{consistency::application, clause{17, 5}};
        for (const auto& m : t.members) {
            const bool empty = m.count == 0U || (m.participants_seen && !m.filesystem_held);
            if (m.answered != verdict::clean || empty) {
                return {consistency::crash, empty ? clause{17, 4} : clause{17, 7}};
            }
            if (m.participants_seen && !m.application_held) {
                best = {consistency::filesystem, {17, 5}};
            }
        }
        return best;
    }

    void judge_label(const transaction& t, const trace::record& r,
                     std::optional<consistency> wanted) {
        const auto [best, limit] = supported(t);
        if (*r.label > best) {
            flag(3, limit, r,
                 detail::sentence("the label ", to_string(*r.label),
                                  " is claimed, but the record supports ", to_string(best),
                                  " at most"));
        }
        const bool reason = !r.note.empty() || (r.outcome && *r.outcome != verdict::none &&
                                                *r.outcome != verdict::clean);
        if (wanted && *r.label < *wanted && !reason) {
            flag(3, {17, 3}, r,
                 detail::sentence("the label ", to_string(*r.label), " is lower than the wanted ",
                                  to_string(*wanted), " and has no reason"));
        }
    }

    void tick(instant now) {
        if (now <= m_next_due) {
            return;
        }
        m_next_due = never;
        for (auto& t : m_transactions) {
            if (t.due && *t.due < now) {
                flag(24, {12, 29}, *t.due, trace::no_agent, t.txn,
                     detail::sentence("no outcome is reported within ",
                                      detail::seconds(measures().total + measures().undo()),
                                      " of the start"));
                t.due.reset();
            } else if (t.due) {
                m_next_due = std::min(m_next_due, *t.due);
            }
        }
    }

    detail::few<transaction, transactions_max> m_transactions;
    instant m_next_due = never;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_OUTCOME_HPP
