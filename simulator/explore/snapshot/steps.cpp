// SPDX-License-Identifier: BSL-1.0
// The transitions that are possible in a state: what goes on by itself, and time. Faults:
// faults.cpp.
#include "simulator/explore/snapshot/offer.hpp"

#include <algorithm>

namespace snapproto::explore {

using machine::agent_timer;
using machine::orchestrator_event;

void snapshot_model::worker::unpack(const state& from) {
    m_packed = &from;
    m_model.unpack_host(m_from, from);
    if (!remembers()) {
        for (std::size_t i = 0; i < m_model.m_options.agents; ++i) {
            m_model.unpack_agent(m_from, i, from);
        }
        return;
    }
    m_memo.make_room();
    const auto around = static_cast<std::uint32_t>(m_from.provider == provider_phase::cutting) |
                        static_cast<std::uint32_t>(m_from.budget != 0) << 1U |
                        std::uint32_t{m_from.started} << 2U;
    for (std::size_t i = 0; i < m_model.m_options.agents; ++i) {
        const auto [known, fresh] = m_memo.find({m_model.block_of(from, i), around});
        if (fresh) {
            m_model.unpack_agent(m_from, i, from);
            known.unpacked = m_from.agents[i];
            known.marks = marks_of(m_from, i);
            known.state = m_stage.check_agent(known.unpacked);
        } else {
            m_from.agents[i] = known.unpacked;
            set_marks(m_from, i, known.marks);
        }
        m_known[i] = {&known, known.first};
    }
}

void snapshot_model::worker::expand(const state& from) {
    m_found.clear();
    m_rest = property::none;
    unpack(from);
    normal_steps();
    const bool at_rest = m_found.empty();
    if (at_rest) {
        timers(false);
        if (m_found.empty()) {
            m_stage.begin(m_from);
            m_rest = m_stage.check_rest();
        }
    } else if (may(fault::timeout)) {
        timers(true);
    }
    faults();
    if (m_compares) {
        return;
    }
    for (std::size_t i = 0; i < m_model.m_options.agents && m_rest == property::none &&
                            m_model.m_options.judges(property::hold_ends);
         ++i) {
        if (!hold_ends(i)) {
            m_rest = property::hold_ends;
        }
    }
}

void snapshot_model::worker::normal_steps() {
    const config& options = m_model.m_options;
    const auto phase = m_from.host.phase;
    if (phase == orchestrator_phase::idle && m_from.started < options.sessions) {
        offer({happening::start}, [](stage& s) { s.host_starts(); });
    }
    if (options.traits().prepares() &&
        (phase == orchestrator_phase::ready ||
         (phase == orchestrator_phase::prep && !m_from.host.data.go_noted))) {
        offer({happening::go}, [](stage& s) { s.host_event({.kind = orchestrator_event::go}); });
    }
    if (m_from.provider == provider_phase::cutting) {
        offer({happening::cut_done}, [](stage& s) { s.provider_event(provider_input::cut_done); });
    }
    if (m_from.provider == provider_phase::discarded && m_from.cut_running) {
        offer({happening::cut_late}, [](stage& s) { s.provider_event(provider_input::cut_done); });
    }
    if (m_from.provider == provider_phase::cut) {
        offer({happening::copy_ready},
              [](stage& s) { s.provider_event(provider_input::copy_ready); });
    }
    if (m_from.cut_notice != notice::none) {
        offer({happening::cut_known}, [](stage& s) { s.notice_arrives(); });
    }
    for (std::size_t i = 0; i < options.agents; ++i) {
        agent_steps(i);
    }
}

void snapshot_model::worker::agent_steps(std::size_t i) {
    const config& options = m_model.m_options;
    const agent_world& a = m_from.agents[i];
    const auto agent = static_cast<std::uint8_t>(i);
    const bool runs = a.alive == life::running;
    const dialect_traits& traits = options.traits();
    const bool serves = traits.with != adapter::commands || a.ghost.open == a.gone;
    if ((runs || traits.outlives_agent) && serves && a.to_agent.size > 0) {
        offer_alone({happening::deliver, agent}, [&](stage& s) {
            const packet message = s.w.agents[i].to_agent.front();
            s.w.agents[i].to_agent.pop();
            s.agent_takes(i, message);
        });
    }
    if (a.to_host.size > 0) {
        offer({happening::receive, agent}, [&](stage& s) {
            const packet message = s.w.agents[i].to_host.front();
            s.w.agents[i].to_host.pop();
            s.host_takes(i, message);
        });
    }
    if (!a.up && runs && !a.agent_knows) {
        offer_alone({happening::agent_learns, agent}, [&](stage& s) { s.agent_learns_of_loss(i); });
    }
    if (!a.up && !a.host_knows) {
        offer({happening::host_learns, agent}, [&](stage& s) { s.host_learns_of_loss(i); });
    }
    if (!a.up && runs && a.agent_knows && a.host_knows &&
        m_from.host.phase == orchestrator_phase::down) {
        offer({happening::connect, agent}, [&](stage& s) { s.channel_opens(i); });
    }
    if (!runs) {
        offer_alone({happening::restart, agent}, [&](stage& s) { s.agent_restarts(i); });
        if (std::any_of(a.participants.begin(), a.participants.end(),
                        [](const auto& p) { return p.held; })) {
            offer_alone({happening::watchdog, agent}, [&](stage& s) { s.watchdog_releases(i); });
        }
        return;
    }
    if (is_armed(a, agent_timer::retry)) {
        offer_alone({happening::retry, agent},
                    [&](stage& s) { s.agent_timer_fires(i, agent_timer::retry); });
    }
    for (std::size_t p = 0; p < options.participants; ++p) {
        participant_steps(i, p);
    }
}

void snapshot_model::worker::participant_steps(std::size_t i, std::size_t p) {
    const agent_world& a = m_from.agents[i];
    const participant_state& one = a.participants[p];
    const auto agent = static_cast<std::uint8_t>(i);
    const auto which = static_cast<std::uint8_t>(p);
    const auto answers = [&](happening what, participant_input with,
                             std::optional<fault> costs = {}) {
        offer_alone(
            {what, agent, which}, [&](stage& s) { s.participant_answers(i, p, with); }, costs);
    };
    switch (one.doing) {
    case work::none:
        if ((one.phase == participant_phase::held || one.phase == participant_phase::broken) &&
            !one.held) {
            offer_alone({happening::notice, agent, which},
                        [&](stage& s) { s.participant_is_noticed(i, p); });
        }
        break;
    case work::prepare:
        answers(happening::participant, participant_input::prepared);
        break;
    case work::hold:
        answers(happening::participant, participant_input::held);
        if (a.step != agent_step::quiesce && a.step != agent_step::freeze) {
            answers(happening::refuse, participant_input::vetoed); // cancelled in time
        }
        break;
    case work::release:
        // An application that refused its hold is released all the same (SP 14.10).
        answers(happening::participant, one.held || one.phase == participant_phase::vetoed ||
                                                one.phase == participant_phase::prepared
                                            ? participant_input::released
                                            : participant_input::not_held);
        break;
    case work::recover:
        answers(happening::participant, participant_input::finished);
        break;
    }
}

void snapshot_model::worker::timers(bool costs) {
    const std::optional<fault> price = costs ? std::optional{fault::timeout} : std::nullopt;
    const config& options = m_model.m_options;
    for (std::size_t i = 0; i < options.agents; ++i) {
        const agent_world& a = m_from.agents[i];
        const auto agent = static_cast<std::uint8_t>(i);
        for (const auto timer : {agent_timer::phase, agent_timer::hold, agent_timer::sequence}) {
            if (is_armed(a, timer)) {
                offer_alone(
                    {happening::agent_timer, agent, static_cast<std::uint8_t>(timer)},
                    [&](stage& s) { s.agent_timer_fires(i, timer); }, price);
            }
        }
        if (options.traits().with == adapter::commands &&
            a.link.waiting != link_state::command::none) {
            offer(
                {happening::link_timer, agent}, [&](stage& s) { s.link_timer_fires(i); }, price);
        }
    }
    if (m_from.reply_timer) {
        offer(
            {happening::host_timer, 0, 0},
            [](stage& s) { s.host_event({.kind = orchestrator_event::reply_expired}); }, price);
    }
    if (m_from.window_timer) {
        offer(
            {happening::host_timer, 0, 1},
            [](stage& s) { s.host_event({.kind = orchestrator_event::window_expired}); }, price);
    }
    if (m_from.provider == provider_phase::cutting) {
        offer(
            {happening::cut_timer}, [](stage& s) { s.provider_event(provider_input::cut_expired); },
            price);
    }
}

} // namespace snapproto::explore
