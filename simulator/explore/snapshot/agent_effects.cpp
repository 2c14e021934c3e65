// SPDX-License-Identifier: BSL-1.0
// The agent: what its machine's effects do to participants, timers, ghosts and the channel.
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::agent_effect_kind;
using machine::agent_timer;

// Timers and the agent's own steps are seen by what comes of them.
void stage::show(std::size_t agent, const machine::agent_effect& effect) noexcept {
    using kind = agent_effect_kind;
    const bool inner = effect.kind == kind::arm || effect.kind == kind::disarm ||
                       effect.kind == kind::cancel_step ||
                       (effect.kind >= kind::begin_prepare && effect.kind <= kind::begin_recover);
    if (inner) {
        return;
    }
    const auto in = [](auto value, unsigned at) { return static_cast<std::uint64_t>(value) << at; };
    show(in(1, 60) | in(agent, 56) | in(effect.kind, 48) | in(effect.txn.value, 40) |
         in(effect.session.value, 32) | in(effect.outcome, 24) | in(effect.code, 16) |
         in(effect.result, 8) | in(effect.agreed, 4));
}

void stage::take(std::size_t agent, const machine::agent_input& input) {
    agent_world& a = w.agents[agent];
    const machine::agent_state was = a.machine;
    const agent_phase before = was.phase;
    agent_effects out;
    m_warned = false;
    const auto row = m_machines.step(a.machine, input, out);
    judge(agent, was, input, out, row >= 0);
    if (m_dialect.with == adapter::operation) {
        tell_operation(agent, was);
    }
    for (const auto& effect : out) {
        if (effect.kind == agent_effect_kind::arm && effect.timer != agent_timer::sequence &&
            before == a.machine.phase && (a.timers & bit_of(effect.timer)) != 0) {
            require(false, property::deadlines);
        }
        show(agent, effect);
        perform(agent, effect);
    }
    if (m_dialect.with == adapter::commands && a.machine.phase == agent_phase::stuck) {
        // There is no message for it, and a deaf agent is worse (SP 7.10, 29.18).
        for (const auto asked : {request::freeze, request::thaw}) {
            reply(agent, asked, answer::error, 0);
        }
    }
}

void stage::perform(std::size_t agent, const machine::agent_effect& effect) {
    agent_world& a = w.agents[agent];
    const auto begin = [&](agent_step next) {
        a.step = next;
        a.step_failed = false;
    };
    switch (effect.kind) {
    case agent_effect_kind::send_hello_ack:
        // An adapter that agrees with itself has not been asked by anybody.
        a.ghost.void_session =
            a.ghost.void_session &&
            (!effect.agreed || (m_options.strict && m_dialect.with != adapter::none));
        agent_sends(agent, answer::hello_ack, effect, effect.agreed ? 1 : 0);
        break;
    case agent_effect_kind::send_prepared:
        agent_sends(agent, answer::prepared, effect, 0);
        break;
    case agent_effect_kind::send_frozen:
        if (!a.hold_clock && m_options.wrong != flaw::no_hold_timer) {
            a.hold_clock = true;
            a.timers = static_cast<std::uint8_t>(a.timers | bit_of(agent_timer::hold));
        }
        agent_sends(agent, answer::frozen, effect, 0);
        break;
    case agent_effect_kind::send_thawed:
        agent_sends(agent, answer::thawed, effect, static_cast<std::uint8_t>(effect.outcome));
        break;
    case agent_effect_kind::send_completed:
        agent_sends(agent, answer::completed, effect, 0);
        break;
    case agent_effect_kind::send_aborted:
        agent_sends(agent, answer::aborted, effect, 0);
        break;
    case agent_effect_kind::send_recovered:
        agent_sends(agent, answer::recovered, effect, 0);
        break;
    case agent_effect_kind::send_error:
        agent_sends(agent, answer::error, effect, static_cast<std::uint8_t>(effect.outcome));
        break;
    case agent_effect_kind::send_nak:
        m_sent_nak = true;
        agent_sends(agent, answer::nak, effect,
                    m_request ? static_cast<std::uint8_t>(*m_request) : any_request);
        break;
    case agent_effect_kind::begin_prepare:
        require(!holds_truly(a, false), property::one_transaction);
        for (auto& p : a.participants) {
            participant_step(p, participant_input::reset);
            p = {.doing = p.doing, .held = p.held};
        }
        a.hold_clock = false;
        a.released = 0;
        a.ghost.dirty = false;
        a.ghost.told = verdict::none;
        a.ghost.freeze_asked = false;
        a.ghost.died = false;
        begin(agent_step::prepare);
        break;
    case agent_effect_kind::begin_quiesce:
        begin(agent_step::quiesce);
        break;
    case agent_effect_kind::begin_freeze:
        begin(agent_step::freeze);
        break;
    case agent_effect_kind::begin_thaw:
        begin(agent_step::thaw);
        break;
    case agent_effect_kind::begin_resume:
        begin(agent_step::resume);
        break;
    case agent_effect_kind::begin_recover:
        begin(agent_step::recover);
        if (m_options.has_application() && a.participants[0].doing == work::none) {
            start_work(agent, 0, work::recover);
        }
        break;
    case agent_effect_kind::tell_result:
        for (std::size_t i = 0; i < m_options.participants; ++i) {
            participant_state& p = a.participants[i];
            participant_step(p, participant_input::finished);
            // It is not asked any more. Only what it is still doing can matter (SP 7.11).
            p = {.phase = participant_phase::finished, .doing = p.doing, .held = p.held};
        }
        a.hold_clock = false;
        a.ghost.freeze_asked = false;
        break;
    case agent_effect_kind::cancel_step:
        begin(agent_step::none);
        break;
    case agent_effect_kind::arm:
        a.timers = static_cast<std::uint8_t>(a.timers | bit_of(effect.timer));
        break;
    case agent_effect_kind::disarm:
        a.timers = static_cast<std::uint8_t>(a.timers & ~bit_of(effect.timer));
        break;
    case agent_effect_kind::close_channel:
        if (m_dialect.with == adapter::operation) {
            break; // the session ends, and nobody knows; req.done was sent
        }
        if (m_dialect.outlives_agent) { // likewise, and what was asked has failed
            const bool asked = a.ghost.open.has(request::freeze) || a.ghost.open.has(request::thaw);
            reply(agent, request::freeze, answer::error, 0);
            reply(agent, request::thaw, answer::error, 0);
            // What ended unasked, and not with the device, is told by the next thaw.
            const verdict why = a.machine.data.last_verdict;
            a.let_go = a.let_go || (a.up && !asked && why != verdict::none &&
                                    why != verdict::clean && why != verdict::lost);
            break;
        }
        if (m_options.wrong == flaw::requests_outlive_close) {
            a.gone = a.ghost.open;
        } else {
            a.ghost.open = a.gone = {};
        }
        if (a.up) {
            break_channel(agent, true, false);
        }
        break;
    case agent_effect_kind::exit_process:
        require(!holds_truly(a, false), property::exit_safety);
        require(a.ghost.stop_asked, property::input_safety);
        agent_dies(agent);
        break;
    case agent_effect_kind::reseed:
        a.ghost.reseed_due = false;
        break;
    case agent_effect_kind::warn:
        m_warned = true;
        break;
    default: // answers to questions and signs of life change nothing at the other side
        break;
    }
}

void stage::check_send(std::size_t agent, const machine::agent_effect& effect) {
    agent_world& a = w.agents[agent];
    using kind = agent_effect_kind;
    const auto answers = [&](request asked) {
        require(a.ghost.open.has(asked), property::one_answer);
        a.ghost.open.clear(asked);
    };
    const auto interrupts = [&] {
        a.ghost.open.clear(request::prepare);
        a.ghost.open.clear(request::freeze);
    };
    const bool is_opening = effect.kind == kind::send_hello_ack || effect.kind == kind::send_nak;
    require(is_opening || effect.session != session_none, property::negotiated_only);
    require(is_opening || !a.ghost.void_session, property::clone_safety);
    require(!a.ghost.stop_asked || a.alive == life::dead || effect.kind != kind::send_frozen,
            property::exit_safety);
    switch (effect.kind) {
    case kind::send_hello_ack:
        answers(request::hello);
        a.ghost.open.bits = 0; // the session that ends takes its requests with it
        require(!effect.agreed || !holds_truly(a, false), property::states_hold);
        break;
    case kind::send_prepared:
        answers(request::prepare);
        break;
    case kind::send_frozen:
        answers(request::freeze);
        break;
    case kind::send_thawed:
        answers(request::thaw);
        interrupts();
        if (effect.outcome != verdict::none) {
            require(a.ghost.told == verdict::none || a.ghost.told == effect.outcome,
                    property::idempotence);
            a.ghost.told = effect.outcome;
        }
        require(effect.outcome != verdict::clean || !a.ghost.dirty, property::truthful_thawed);
        require(effect.outcome != verdict::clean || !a.ghost.stop_asked, property::exit_safety);
        break;
    case kind::send_completed:
        answers(request::complete);
        break;
    case kind::send_aborted:
        answers(request::abort);
        interrupts();
        break;
    case kind::send_error:
        interrupts();
        require(effect.outcome == verdict::stuck || !holds_truly(a, false),
                property::rollback_before_answer);
        break;
    default:
        break;
    }
}

void stage::agent_sends(std::size_t agent, answer kind, const machine::agent_effect& effect,
                        std::uint8_t arg) {
    agent_world& a = w.agents[agent];
    if (m_dialect.with == adapter::commands) {
        command_is_answered(agent, effect);
        return;
    }
    if (m_dialect.with == adapter::operation) {
        return; // tell_operation
    }
    check_send(agent, effect);
    if (a.up) {
        push(a.to_host,
             {static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(effect.txn.value),
              static_cast<std::uint8_t>(effect.session != session_now), arg});
    }
}

} // namespace snapproto::explore
