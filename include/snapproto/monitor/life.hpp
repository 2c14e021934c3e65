// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_LIFE_HPP
#define SNAPPROTO_MONITOR_LIFE_HPP

// The end of an agent and the birth of a copy of it: SP 18.16, SP 18.18.

#include <snapproto/monitor/judge.hpp>

#include <algorithm>
#include <optional>

namespace snapproto::monitor {

/// Judges how agents end, and what they do after their generation has changed.
///
/// Bounds: 64 agents, 256 held participants each.
class life_monitor : public judge {
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
    struct hold {
        participant_index item;
        participant_kind kind;
        txn_id txn;
    };
    struct agent_state {
        detail::few<hold, 256> holds{};
        bool told_to_stop = false;
        bool handed_over = false;
        bool cloned = false; // until a HelloAck
        bool reseeded = true;
        std::optional<instant> release_due{};
    };

    static std::string name(const hold& h, agent_index agent) {
        return detail::name_of(h.kind, h.item, agent);
    }

    void on_record(agent_state& a, const trace::record& r) {
        const auto kind = r.participant.value_or(participant_kind::filesystem);
        switch (r.what) {
        case trace::record_kind::held:
            if (a.holds.add({r.item, kind, r.txn}) == nullptr) {
                overflow();
            }
            break;
        case trace::record_kind::released:
        case trace::record_kind::not_held:
        case trace::record_kind::let_go_early:
        case trace::record_kind::release_failed:
            a.holds.remove([&](const hold& h) { // of an application: a warning (SP 7.11)
                return h.item == r.item && (r.what != trace::record_kind::release_failed ||
                                            h.kind != participant_kind::filesystem);
            });
            if (a.holds.empty()) {
                a.release_due.reset();
            }
            break;
        case trace::record_kind::release_begin:
            if (!a.reseeded && kind != participant_kind::filesystem) {
                flag(18, {11, 6}, r,
                     detail::sentence(detail::name_of(kind, r.item, r.agent),
                                      " is released before identities are renewed"));
            }
            break;
        case trace::record_kind::started:
            a.told_to_stop = a.handed_over = a.cloned = false;
            break;
        case trace::record_kind::stop_requested:
            a.told_to_stop = true;
            break;
        case trace::record_kind::handed_over:
            a.handed_over = true;
            break;
        case trace::record_kind::stopped:
            on_stopped(a, r);
            break;
        case trace::record_kind::generation_changed:
            a.cloned = true;
            a.reseeded = false;
            if (!a.holds.empty()) {
                a.release_due = saturating_add(r.at, measures().undo() + measures().tolerance);
                m_next_due = std::min(m_next_due, *a.release_due);
            }
            break;
        case trace::record_kind::reseeded:
            a.reseeded = true;
            break;
        case trace::record_kind::sent:
        case trace::record_kind::received:
            if (measures().leaves_agent(r)) {
                on_answer(a, r);
            }
            break;
        default:
            break;
        }
    }

    void on_stopped(agent_state& a, const trace::record& r) {
        if (r.who != trace::role::agent || a.handed_over) {
            return;
        }
        for (const auto& h : a.holds) {
            flag(16, {10, 9}, r.at, r.agent, h.txn,
                 detail::sentence(detail::name_of(r.agent), " ends while ", name(h, r.agent),
                                  " is held"));
        }
    }

    void on_answer(agent_state& a, const trace::record& r) {
        const message_kind kind = *r.message;
        if (kind == message_kind::hello_ack) {
            a.cloned = false;
        } else if (a.cloned && kind != message_kind::nak && kind != message_kind::pong &&
                   kind != message_kind::status) { // SP 2.14 and 2.15 hold while it undoes
            flag(18, {11, 1}, r,
                 detail::sentence(detail::name_of(r.agent), " sends ", to_string(kind),
                                  " in the session of the guest that it was copied from"));
        }
        const bool looks_good = kind == message_kind::frozen ||
                                (kind == message_kind::thawed && r.outcome == verdict::clean);
        if (a.told_to_stop && looks_good) {
            flag(16, {10, 13}, r,
                 detail::sentence(detail::name_of(r.agent), " sends ", to_string(kind),
                                  " on its way out"));
        }
    }

    void tick(instant now) {
        if (now <= m_next_due) {
            return;
        }
        m_next_due = never;
        agent_index index = 0;
        for (auto& a : m_agents) {
            if (a.release_due && *a.release_due < now) {
                for (const auto& h : a.holds) {
                    flag(18, {11, 2}, *a.release_due, index, h.txn,
                         detail::sentence(name(h, index), " stays held in a copy of the guest"));
                }
                a.release_due.reset();
            } else if (a.release_due) {
                m_next_due = std::min(m_next_due, *a.release_due);
            }
            ++index;
        }
    }

    detail::by_agent<agent_state> m_agents;
    instant m_next_due = never;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_LIFE_HPP
