// SPDX-License-Identifier: BSL-1.0
// The faults that are possible in a state, while the budget lasts.
#include "simulator/explore/snapshot/offer.hpp"

namespace snapproto::explore {

using machine::agent_event;
using machine::orchestrator_event;

bool snapshot_model::worker::may(fault one) const noexcept {
    return m_from.budget > 0 && (m_model.m_options.faults & bit_of(one)) != 0;
}

void snapshot_model::worker::faults() {
    if (m_from.budget == 0) {
        return;
    }
    const auto phase = m_from.host.phase;
    if (may(fault::cancel)) {
        offer(
            {happening::cancel},
            [](stage& s) { s.host_event({.kind = orchestrator_event::cancel}); }, fault::cancel);
    }
    if (may(fault::host_crash) && phase != orchestrator_phase::down) {
        offer(
            {happening::host_crash}, [](stage& s) { s.host_dies(); }, fault::host_crash);
    }
    if (may(fault::noise) && phase == orchestrator_phase::down) {
        offer(
            {happening::noise, 0, static_cast<std::uint8_t>(noise_kind::start)},
            [](stage& s) {
                s.w.report_due = true;
                s.host_event({.kind = orchestrator_event::start});
            },
            fault::noise);
    }
    if (may(fault::cut) && m_from.provider == provider_phase::cutting) {
        offer(
            {happening::cut_fails}, [](stage& s) { s.provider_event(provider_input::cut_failed); },
            fault::cut);
    }
    for (std::size_t i = 0; i < m_model.m_options.agents; ++i) {
        agent_faults(i);
    }
}

void snapshot_model::worker::agent_faults(std::size_t i) {
    const config& options = m_model.m_options;
    const agent_world& a = m_from.agents[i];
    const auto agent = static_cast<std::uint8_t>(i);
    const bool runs = a.alive == life::running;
    const dialect_traits& traits = options.traits();
    if (may(fault::loss) && a.up) {
        offer_alone(
            {happening::loss, agent}, [&](stage& s) { s.break_channel(i, false, false); },
            fault::loss);
    }
    if (may(fault::silence) && traits.keep_alive) {
        const auto phase = m_from.host.phase;
        if ((m_from.host.data.live >> i & 1U) != 0 && phase != orchestrator_phase::neg &&
            phase != orchestrator_phase::abort) {
            offer(
                {happening::silence, agent},
                [&](stage& s) {
                    s.host_event({.kind = orchestrator_event::liveness_expired, .agent = agent});
                },
                fault::silence);
        }
    }
    if (may(fault::duplicate) && traits.repeats) {
        if (runs && a.to_agent.size > 0) {
            offer_alone(
                {happening::duplicate_request, agent},
                [&](stage& s) { s.agent_takes(i, s.w.agents[i].to_agent.front()); },
                fault::duplicate);
        }
        if (a.to_host.size > 0) {
            offer(
                {happening::duplicate_answer, agent},
                [&](stage& s) { s.host_takes(i, s.w.agents[i].to_host.front()); },
                fault::duplicate);
        }
    }
    if (may(fault::stale) && traits.repeats && a.up) {
        // A late copy of a request of the running transaction that is known to have arrived.
        const auto phase = m_from.host.phase;
        const auto late = [&](request kind) {
            const auto number = static_cast<std::uint8_t>(kind);
            offer_alone(
                {happening::stale_request, agent, number, m_from.started},
                [&](stage& s) {
                    s.agent_takes(i, {number, m_from.started, 0, 0});
                },
                fault::stale);
        };
        const bool frozen = phase == orchestrator_phase::cut || phase == orchestrator_phase::thaw ||
                            phase == orchestrator_phase::complete;
        if (runs &&
            (frozen || phase == orchestrator_phase::ready || phase == orchestrator_phase::freeze)) {
            late(request::prepare);
        }
        if (runs && frozen) {
            late(request::freeze);
        }
        // Of a transaction that is over: it was on the way somewhere else.
        const auto over =
            static_cast<std::uint8_t>(m_from.host.data.txn ? m_from.started - 1 : m_from.started);
        for (std::uint8_t txn = 1; txn <= over; ++txn) {
            for (std::uint8_t kind = static_cast<std::uint8_t>(request::prepare);
                 runs && kind <= static_cast<std::uint8_t>(request::abort); ++kind) {
                offer_alone(
                    {happening::stale_request, agent, kind, txn},
                    [&](stage& s) {
                        s.agent_takes(i, {kind, txn, 0, 0});
                    },
                    fault::stale);
            }
            for (std::uint8_t kind = static_cast<std::uint8_t>(answer::prepared);
                 kind <= static_cast<std::uint8_t>(answer::nak); ++kind) {
                const std::uint8_t arg = kind == static_cast<std::uint8_t>(answer::nak)
                                             ? any_request
                                             : static_cast<std::uint8_t>(verdict::clean);
                offer(
                    {happening::stale_answer, agent, kind, txn},
                    [&](stage& s) {
                        s.host_takes(i, {kind, txn, 0, arg});
                    },
                    fault::stale);
            }
        }
    }
    if (!runs) {
        return;
    }
    if (may(fault::stop)) {
        offer_alone(
            {happening::stop, agent},
            [&](stage& s) { s.agent_event(i, {.kind = agent_event::stop}); }, fault::stop);
    }
    if (may(fault::crash)) {
        offer_alone(
            {happening::crash, agent}, [&](stage& s) { s.agent_dies(i); }, fault::crash);
    }
    if (may(fault::clone)) {
        offer_alone(
            {happening::clone, agent},
            [&](stage& s) { s.agent_event(i, {.kind = agent_event::generation_changed}); },
            fault::clone);
    }
    if (may(fault::noise) && traits.repeats && a.up) {
        const auto bring = [&](noise_kind what, const machine::agent_input& input) {
            offer_alone(
                {happening::noise, agent, static_cast<std::uint8_t>(what)},
                [&](stage& s) { s.agent_event(i, input); }, fault::noise);
        };
        bring(noise_kind::query, {.kind = agent_event::query});
        bring(noise_kind::ping, {.kind = agent_event::ping});
        bring(noise_kind::garbage, {.kind = agent_event::bad_message});
        bring(noise_kind::recover, {.kind = agent_event::recover, .txn = a.machine.data.txn});
        bring(noise_kind::abort_any, {.kind = agent_event::abort});
        bring(noise_kind::second_hello,
              {.kind = agent_event::hello, .session = session_now, .granted = traits.carried});
        bring(noise_kind::void_hello, {.kind = agent_event::hello,
                                       .session = session_now,
                                       .granted = traits.carried,
                                       .version_agreed = false});
    }
    if (may(fault::veto) && a.machine.phase == agent_phase::ready) {
        offer_alone(
            {happening::consent_withdrawn, agent},
            [&](stage& s) { s.agent_event(i, {.kind = agent_event::failed}); }, fault::veto);
    }
    for (std::size_t p = 0; p < options.participants; ++p) {
        const participant_state& one = a.participants[p];
        const auto which = static_cast<std::uint8_t>(p);
        const bool asked = one.doing == work::prepare ||
                           (one.doing == work::hold &&
                            (a.step == agent_step::quiesce || a.step == agent_step::freeze));
        if (may(fault::veto) && asked) {
            offer_alone(
                {happening::veto, agent, which},
                [&](stage& s) { s.participant_answers(i, p, participant_input::vetoed); },
                fault::veto);
        }
        if (may(fault::release) && one.doing == work::release && one.held) {
            offer_alone(
                {happening::release_fails, agent, which},
                [&](stage& s) { s.participant_answers(i, p, participant_input::release_failed); },
                fault::release);
        }
        // Whoever is being released lets go because of that.
        if (may(fault::early) && one.held &&
            (one.phase == participant_phase::held || one.phase == participant_phase::broken) &&
            one.doing == work::none && (traits.applications_let_go || options.is_filesystem(p))) {
            offer_alone(
                {happening::let_go, agent, which}, [&](stage& s) { s.participant_lets_go(i, p); },
                fault::early);
        }
    }
}

} // namespace snapproto::explore
