// SPDX-License-Identifier: BSL-1.0
// The transitions that are possible in a state: what goes on by itself, time, faults.
#include "simulator/explore/snapshot/model.hpp"

#include <algorithm>

namespace snapproto::explore {

using machine::agent_event;
using machine::agent_timer;
using machine::orchestrator_event;

namespace {

[[nodiscard]] bool is_armed(const agent_world& a, agent_timer timer) noexcept {
    return (a.timers >> static_cast<unsigned>(timer) & 1U) != 0;
}

} // namespace

bool snapshot_model::worker::may(fault one) const noexcept {
    return m_from.budget > 0 && (m_model.m_options.faults & bit_of(one)) != 0;
}

template <class Change>
void snapshot_model::worker::offer(const action& what, Change&& change,
                                   std::optional<fault> costs) {
    m_stage.begin(m_from);
    broken_assertion = nullptr;
    change(m_stage);
    if (m_stage.blocked()) {
        ++m_waits;
        return;
    }
    property step = broken_assertion != nullptr ? property::never_crashes : m_stage.broken();
    state to = m_model.pack(m_stage.w, m_from, *m_packed);
#ifndef NDEBUG
    if (!(m_model.unpack(to) == m_stage.w) || broken_assertion != nullptr) {
        step = property::never_crashes; // nothing is forgotten
    }
#endif
    const bool idle = costs && step == property::none && to == *m_packed;
    if (idle && !m_compares) {
        return; // made no difference: not worth a fault
    }
    to[0] -= costs ? m_model.m_one_fault : 0;
    m_found.push_back({to, what, graver(step, m_stage.check_state()), m_stage.seen(), idle});
}

template <class Change>
agent_memo::step snapshot_model::worker::work_out(const action& what, Change&& change) {
    m_stage.begin(m_from);
    change(m_stage);
    const agent_world& a = m_stage.w.agents[what.agent];
    action anybody = what;
    anybody.agent = 0;
    agent_memo::step made{.what = anybody.id(),
                          .broken = m_stage.broken(),
                          .state = m_stage.check_agent(a),
                          .blocked = m_stage.blocked(),
                          .unchanged = a == m_from.agents[what.agent]};
    if (!made.blocked) {
        made.to = m_model.block_of(m_model.pack(m_stage.w, m_from, *m_packed), what.agent);
        SNAPPROTO_ASSERT(static_cast<const world_host&>(m_stage.w) == m_from);
    }
    return made;
}

template <class Change>
void snapshot_model::worker::offer_alone(const action& what, Change&& change,
                                         std::optional<fault> costs) {
    if (!remembers()) {
        offer(what, change, costs);
        return;
    }
    const std::size_t agent = what.agent;
    action anybody = what;
    anybody.agent = 0;
    const agent_memo::step* known = m_memo.find(m_known[agent], anybody.id());
    if (known == nullptr) {
        known = &m_memo.add(m_known[agent], work_out(what, change));
    }
#ifndef NDEBUG // assertions of the simulator are evaluated in every build
    SNAPPROTO_ASSERT(*known == work_out(what, change));
#endif
    if (known->blocked) {
        ++m_waits;
        return;
    }
    if (costs && known->broken == property::none && known->unchanged) {
        return; // as above
    }
    property broken = known->broken;
    for (std::size_t i = 0; i < m_model.m_options.agents; ++i) {
        broken = graver(broken, i == agent ? known->state : m_known[i].at->state);
    }
    successor& made = m_found.emplace_back(successor{*m_packed, what, broken, 0, false});
    made.to[0] -= costs ? m_model.m_one_fault : 0;
    const std::size_t size = m_model.m_agent_words;
    std::copy_n(known->to.begin(), size, made.to.begin() + host_words + agent * size);
}

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
    for (std::size_t i = 0; i < m_model.m_options.agents && m_rest == property::none; ++i) {
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
    if (options.dialect == profile::native &&
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
    // An agent of QGA serves one request after the other.
    const bool serves = options.dialect == profile::native || a.ghost.open == a.gone;
    if (runs && serves && a.to_agent.size > 0) {
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
        if (a.link.waiting != link_state::command::none) {
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
    const bool native = options.dialect == profile::native;
    if (may(fault::loss) && a.up) {
        offer_alone(
            {happening::loss, agent}, [&](stage& s) { s.break_channel(i, false, false); },
            fault::loss);
    }
    if (may(fault::silence) && native) {
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
    if (may(fault::duplicate) && native) { // the stream that carries QGA repeats nothing
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
    if (may(fault::stale) && native && a.up) {
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
    if (may(fault::noise) && native && a.up) {
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
        bring(noise_kind::second_hello, {.kind = agent_event::hello,
                                         .session = session_now,
                                         .granted = capabilities_of(options.dialect)});
        bring(noise_kind::void_hello, {.kind = agent_event::hello,
                                       .session = session_now,
                                       .granted = capabilities_of(options.dialect),
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
        // A hook of QGA has no way to let go: it runs before and after the hold.
        // Whoever is being released lets go because of that.
        if (may(fault::early) && one.held &&
            (one.phase == participant_phase::held || one.phase == participant_phase::broken) &&
            one.doing == work::none && (native || options.is_filesystem(p))) {
            offer_alone(
                {happening::let_go, agent, which}, [&](stage& s) { s.participant_lets_go(i, p); },
                fault::early);
        }
    }
}
} // namespace snapproto::explore
