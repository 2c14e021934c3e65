// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_SESSION_HPP
#define SNAPPROTO_MONITOR_SESSION_HPP

// Nothing before agreement, nothing above it: SP 18.13.

#include <snapproto/monitor/judge.hpp>

#include <optional>

namespace snapproto::monitor {

/// Judges what each end sends and does while versions are being agreed.
///
/// An end is judged from its first `channel_up` or Hello on: what came before the recording is not
/// known. Silent for dialects without Hello (`rules::negotiates`).
/// Bounds: 64 agents.
class session_monitor : public judge {
  public:
    using judge::judge;

    void observe(const trace::record& r) {
        if (measures().negotiates) {
            if (auto* a = m_agents.get(r.agent)) {
                on_record(*a, r);
            }
        }
        count_record();
    }

    /// Nothing here waits for a deadline.
    void finish(instant) {}

  private:
    struct end_state {
        bool known = false;
        bool agreed = false;
        capability granted = capability::none;

        void begin() noexcept { *this = {true, false, capability::none}; }
        void agree(const trace::record& ack) noexcept {
            agreed = ack.granted.has_value();
            granted = ack.granted.value_or(capability::none);
        }
        [[nodiscard]] bool too_soon() const noexcept { return known && !agreed; }
    };
    struct agent_state {
        end_state agent;
        end_state orchestrator;
    };

    void on_record(agent_state& a, const trace::record& r) {
        switch (r.what) {
        case trace::record_kind::channel_up:
            if (measures().at_agent(r)) {
                a.agent.begin();
            }
            if (measures().at_orchestrator(r)) {
                a.orchestrator.begin();
            }
            break;
        case trace::record_kind::prepare_begin:
        case trace::record_kind::hold_begin:
            if (a.agent.too_soon()) {
                flag(13, {2, 13}, r,
                     detail::sentence(
                         detail::name_of(r.agent), " acts on ",
                         detail::name_of(r.participant.value_or(participant_kind::filesystem),
                                         r.item, r.agent),
                         " before a version is agreed"));
            }
            break;
        case trace::record_kind::sent:
        case trace::record_kind::received:
            on_message(a, r);
            break;
        default:
            break;
        }
    }

    void on_message(agent_state& a, const trace::record& r) {
        const message_kind kind = *r.message;
        const auto early = [&](clause exact) {
            flag(13, exact, r,
                 detail::sentence(to_string(kind), is_request(kind) ? " to " : " from ",
                                  detail::name_of(r.agent), " before a version is agreed"));
        };
        if (measures().leaves_orchestrator(r)) {
            if (kind == message_kind::hello) {
                a.orchestrator.begin();
            } else if (a.orchestrator.too_soon()) {
                early({2, 1});
            } else {
                judge_capability(a.orchestrator, r);
            }
        }
        if (measures().reaches_agent(r) && kind == message_kind::hello && !a.agent.known) {
            a.agent.begin();
        }
        if (measures().leaves_agent(r)) {
            if (kind == message_kind::hello_ack) {
                a.agent.agree(r);
            } else if (kind != message_kind::nak && a.agent.too_soon()) {
                early({2, 13});
            }
        }
        if (measures().reaches_orchestrator(r) && kind == message_kind::hello_ack) {
            a.orchestrator.agree(r);
        }
    }

    void judge_capability(const end_state& o, const trace::record& r) {
        const message_kind kind = *r.message;
        const bool above =
            (kind == message_kind::complete && !has(o.granted, capability::completion)) ||
            (kind == message_kind::recover && !has(o.granted, capability::recovery));
        if (o.agreed && above) {
            flag(13, {2, 13}, r,
                 detail::sentence(to_string(kind), " to ", detail::name_of(r.agent),
                                  ", which has not agreed to it"));
        }
    }

    detail::by_agent<agent_state> m_agents;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_SESSION_HPP
