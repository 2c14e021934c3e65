// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_LIVENESS_HPP
#define SNAPPROTO_MONITOR_LIVENESS_HPP

// Getting back to rest, and signs of life on the way: SP 18.23, SP 18.26.

#include <snapproto/monitor/judge.hpp>

#include <algorithm>
#include <optional>

namespace snapproto::monitor {

/// Judges how long agents stay in a state, and the gaps between their signs of life.
///
/// SP 18.23 is judged where state changes are recorded, SP 18.26 where HelloAck granted keep-alive.
/// Bounds: 64 agents, 256 held participants each.
class liveness_monitor : public judge {
  public:
    using judge::judge;

    void observe(const trace::record& r) {
        tick(r.at);
        if (auto* a = m_agents.get(r.agent)) {
            on_record(*a, r);
            schedule(*a);
        }
        count_record();
    }

    void finish(instant end) { tick(end); }

  private:
    struct agent_state {
        // SP 18.23
        std::optional<agent_phase> phase{};
        txn_id txn{};
        instant rest_due = never;  // of the whole transaction
        instant state_due = never; // of READY, AWAIT, STUCK
        detail::few<participant_index, 256> filesystems{};

        // SP 18.26, at the agent
        bool keeps_alive = false;
        bool told = true;   // its session goes on: nobody else would be told anything (SP 6.11)
        bool asked = false; // a request is in work, or everything is held
        bool holding = false;
        instant sign_due = never;

        // SP 18.26, at the orchestrator
        bool waiting = false;
        bool thawing = false; // a Thaw is out: a breach makes the fate bad, and that is all
        instant action_due = never;
    };

    static bool is_busy(agent_phase phase) noexcept {
        return phase != agent_phase::off && phase != agent_phase::idle &&
               phase != agent_phase::ready && phase != agent_phase::await;
    }
    static bool is_busy(const agent_state& a) noexcept {
        return a.holding || (a.phase ? is_busy(*a.phase) : a.asked);
    }

    void on_record(agent_state& a, const trace::record& r) {
        const bool was_busy = is_busy(a);
        switch (r.what) {
        case trace::record_kind::sent:
        case trace::record_kind::received:
            on_message(a, r);
            break;
        case trace::record_kind::state_changed:
            on_state(a, r);
            break;
        case trace::record_kind::held:
            if (r.participant.value_or(participant_kind::filesystem) ==
                    participant_kind::filesystem &&
                a.filesystems.add(r.item) == nullptr) {
                overflow();
            }
            a.holding = !a.filesystems.empty();
            break;
        case trace::record_kind::released:
        case trace::record_kind::not_held:
        case trace::record_kind::let_go_early:
            a.filesystems.remove([&](participant_index item) { return item == r.item; });
            a.holding = !a.filesystems.empty();
            if (a.phase == agent_phase::stuck && !a.holding) {
                a.state_due = saturating_add(r.at, measures().tolerance);
            }
            break;
        case trace::record_kind::channel_lost:
            if (measures().at_agent(r)) {
                a.keeps_alive = false;
            }
            a.waiting = false;
            a.action_due = never;
            break;
        case trace::record_kind::generation_changed:
            a.told = false;
            // The orchestrator talks to the original (SP 11.2): of a clone nobody is to notice.
            if (measures().at_agent(r)) {
                a.waiting = false;
                a.action_due = never;
            }
            break;
        case trace::record_kind::timer_fired:
            // During THAW an agent that fell silent has still its Thawed to send (SP 12.14,
            // 12.23): to notice it in time is all that SP 18.26 asks for.
            if (r.timer == trace::timer_kind::liveness && r.who == trace::role::orchestrator &&
                a.thawing) {
                a.waiting = false;
                a.action_due = never;
            }
            break;
        case trace::record_kind::stop_requested:
            a.told = false;
            break;
        case trace::record_kind::started:
        case trace::record_kind::stopped:
        case trace::record_kind::killed:
            a = agent_state{};
            break;
        default:
            break;
        }
        if (!is_busy(a) || !a.keeps_alive || !a.told) {
            a.sign_due = never;
        } else if (!was_busy) {
            expect_sign(a, r.at);
        }
    }

    void expect_sign(agent_state& a, instant from) {
        a.sign_due = saturating_add(from, measures().keep_alive_contract() + measures().tolerance);
    }
    void expect_action(agent_state& a, instant from) {
        a.action_due =
            a.waiting && a.keeps_alive
                ? saturating_add(from, measures().keep_alive_contract() * 3 + measures().tolerance)
                : never;
    }

    void on_message(agent_state& a, const trace::record& r) {
        const message_kind kind = *r.message;
        if (measures().reaches_agent(r)) {
            if (kind == message_kind::prepare || kind == message_kind::freeze) {
                a.asked = true;
                a.txn = r.txn;
            }
            if (kind == message_kind::ping) {
                wait_on(a, r.at);
            }
            if (kind == message_kind::hello) {
                a.told = false;
            }
        }
        if (measures().leaves_agent(r)) {
            if (kind == message_kind::hello_ack) {
                a.keeps_alive = has(r.granted.value_or(capability::none), capability::keep_alive);
                a.told = true;
                a.asked = false;
            } else if (kind == message_kind::prepared || ends_hold(kind, r)) {
                a.asked = false;
            }
            expect_sign(a, r.at);
        }
        if (measures().leaves_orchestrator(r)) {
            if (kind == message_kind::prepare || kind == message_kind::freeze ||
                kind == message_kind::thaw || kind == message_kind::abort) {
                a.waiting = kind != message_kind::abort;
                a.thawing = kind == message_kind::thaw;
                expect_action(a, r.at);
            }
        }
        if (measures().reaches_orchestrator(r)) {
            if (kind == message_kind::prepared || ends_hold(kind, r)) {
                a.waiting = false;
            }
            expect_action(a, r.at);
        }
    }

    static bool ends_hold(message_kind kind, const trace::record& r) noexcept {
        return kind == message_kind::thawed || kind == message_kind::aborted ||
               kind == message_kind::nak ||
               (kind == message_kind::error && r.outcome != verdict::stuck);
    }

    /// A Ping restarts the sequence timer (SP 2.16).
    void wait_on(agent_state& a, instant at) {
        if (a.phase == agent_phase::ready) {
            a.state_due =
                saturating_add(at, measures().timers.sequence_ready + measures().tolerance);
        } else if (a.phase == agent_phase::await) {
            a.state_due =
                saturating_add(at, measures().timers.sequence_await + measures().tolerance);
        }
    }

    void on_state(agent_state& a, const trace::record& r) {
        if (r.who != trace::role::agent || !r.phase) {
            return;
        }
        const agent_phase before = a.phase.value_or(agent_phase::off);
        a.phase = r.phase;
        if (r.txn) {
            a.txn = r.txn;
        }
        const bool at_rest = *r.phase == agent_phase::off || *r.phase == agent_phase::idle;
        const bool was_at_rest = before == agent_phase::off || before == agent_phase::idle;
        if (at_rest || *r.phase == agent_phase::await || *r.phase == agent_phase::stuck) {
            a.rest_due = never;
        } else if (was_at_rest || before == agent_phase::stuck) {
            a.rest_due =
                saturating_add(r.at, measures().total + measures().undo() + measures().tolerance);
        }
        if (before != *r.phase) {
            a.state_due = never;
            wait_on(a, r.at);
        }
    }

    void schedule(const agent_state& a) noexcept {
        m_next_due = std::min({m_next_due, a.rest_due, a.state_due, a.sign_due, a.action_due});
    }

    void tick(instant now) {
        if (now <= m_next_due) {
            return;
        }
        m_next_due = never;
        agent_index index = 0;
        for (auto& a : m_agents) {
            tick(a, index, now);
            schedule(a);
            ++index;
        }
    }

    void tick(agent_state& a, agent_index index, instant now) {
        const auto passed = [&](instant& due, std::uint8_t property, clause exact,
                                std::string_view what) {
            if (due < now) {
                flag(property, exact, due, index, a.txn,
                     detail::sentence(detail::name_of(index), what));
                due = never;
            }
        };
        passed(a.rest_due, 23, {15, 9}, " does not come back to rest within the total limit");
        passed(a.state_due, 23, a.phase == agent_phase::stuck ? clause{10, 12} : clause{15, 3},
               a.phase == agent_phase::stuck ? " stays stuck although everything is released"
                                             : " waits longer than its sequence timer");
        passed(a.sign_due, 26, {6, 11}, " is busy and gives no sign of life");
        passed(a.action_due, 26, {15, 8},
               " has broken the keep-alive contract, and the orchestrator does nothing");
    }

    detail::by_agent<agent_state> m_agents;
    instant m_next_due = never;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_LIVENESS_HPP
