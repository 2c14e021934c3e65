// SPDX-License-Identifier: BSL-1.0
// The agent: what its endpoint does with messages, participants and timers.
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::agent_event;
using machine::agent_timer;

// ---- input ------------------------------------------------------------------------------------

void stage::agent_takes(std::size_t agent, const packet& message) {
    switch (m_dialect.with) {
    case adapter::commands:
        command_arrives(agent, message);
        return;
    case adapter::operation:
        operation_command_arrives(agent, message);
        return;
    case adapter::none:
        break;
    }
    const agent_world& a = w.agents[agent];
    const auto kind = static_cast<request>(message.kind);
    if (a.machine.phase != agent_phase::off && kind != request::hello &&
        (message.old != 0 || a.machine.data.session != session_now)) {
        return; // of another session: SP 3.12
    }
    machine::agent_input input{.txn = {message.txn}};
    switch (kind) {
    case request::hello:
        input.kind = agent_event::hello;
        input.session = session_now;
        input.granted = m_dialect.carried;
        break;
    case request::prepare:
        input.kind = agent_event::prepare;
        break;
    case request::freeze:
        input.kind = agent_event::freeze;
        break;
    case request::thaw:
        input.kind = agent_event::thaw;
        break;
    case request::complete:
        input.kind = agent_event::complete;
        input.result = static_cast<copy_result>(message.arg);
        break;
    default:
        input.kind = agent_event::abort;
        break;
    }
    serve(agent, kind, input);
}

// A request that is for the machine.
void stage::serve(std::size_t agent, request kind, const machine::agent_input& input) {
    agent_world& a = w.agents[agent];
    const auto before = a.machine;
    const auto open_before = a.ghost.open;
    const bool foreign = !is_idle(before.phase) && kind != request::hello &&
                         input.txn != before.data.txn && !m_options.mutation;
    a.ghost.open.set(kind);
    if (kind == request::hello) {
        a.ghost.open.bits = 0; // as in check_send
        a.ghost.open.set(kind);
    }
    if (kind == request::freeze && !is_idle(before.phase) && input.txn == before.data.txn) {
        a.ghost.freeze_asked = true;
    }
    m_sent_nak = false;
    m_request = kind;
    take(agent, input);
    m_request.reset();
    if (m_sent_nak && m_dialect.with == adapter::none) {
        a.ghost.open = open_before;
    } else if (kind == request::freeze && is_idle(before.phase)) {
        a.ghost.freeze_asked = true;
    }
    require(!foreign || a.machine == before, property::stale_safety);
    advance(agent);
}

void stage::agent_event(std::size_t agent, const machine::agent_input& input) {
    agent_world& a = w.agents[agent];
    const auto open_before = a.ghost.open;
    if (input.kind == agent_event::generation_changed) {
        a.ghost.reseed_due = true;
        a.ghost.void_session = true;
        if (m_dialect.with == adapter::none) {
            a.ghost.open = {};
        }
    }
    a.ghost.stop_asked = a.ghost.stop_asked || input.kind == agent_event::stop;
    if (input.kind == agent_event::hello) {
        a.ghost.open.bits = 0;
        a.ghost.open.set(request::hello);
    }
    if (input.kind == agent_event::abort) {
        a.ghost.open.set(request::abort);
    }
    const auto before = a;
    m_sent_nak = false;
    take(agent, input);
    if (m_sent_nak && input.kind == agent_event::abort) {
        a.ghost.open = open_before;
    }
    require(input.kind != agent_event::bad_message ||
                (a.machine == before.machine && a.participants == before.participants),
            property::input_safety);
    advance(agent);
}

void stage::agent_timer_fires(std::size_t agent, agent_timer timer) {
    agent_world& a = w.agents[agent];
    a.timers = static_cast<std::uint8_t>(a.timers & ~bit_of(timer));
    machine::agent_input input;
    switch (timer) {
    case agent_timer::phase:
        input.kind = agent_event::phase_expired;
        break;
    case agent_timer::hold:
        input.kind = agent_event::hold_expired;
        // Where the dialect has no word for it the window alone decides.
        a.ghost.dirty = a.ghost.dirty || m_dialect.tells_expiry || m_options.strict;
        break;
    case agent_timer::sequence:
        input.kind = agent_event::sequence_expired;
        break;
    case agent_timer::retry:
        input.kind = agent_event::retry_due;
        break;
    }
    take(agent, input);
    advance(agent);
}

void stage::agent_learns_of_loss(std::size_t agent) {
    agent_world& a = w.agents[agent];
    a.agent_knows = true;
    if (!m_dialect.loss_undoes) {
        // What a client froze stays frozen (SP 27.2, 29.15). Nobody waits for its replies.
        a.gone = a.ghost.open;
        return;
    }
    a.let_go = false;
    a.ghost.open.bits = 0;
    take(agent, {.kind = agent_event::lost});
    advance(agent);
}

void stage::agent_dies(std::size_t agent) {
    agent_world& a = w.agents[agent];
    const agent_world was = a;
    if (m_dialect.outlives_agent) { // its requests have failed: SP 35.14
        reply(agent, request::freeze, answer::error, 0);
        reply(agent, request::thaw, answer::error, 0);
    }
    a.machine = {};
    a.alive = life::dead;
    a.step = agent_step::none;
    a.step_failed = false;
    a.hold_clock = false;
    a.released = 0;
    a.gone = {};
    a.let_go = false;
    a.timers = 0;
    for (std::size_t i = 0; i < m_options.participants; ++i) {
        const bool held = was.participants[i].held;
        // An application whose agent is gone goes on: its hook or writer has a limit of its own.
        a.participants[i] = {};
        a.participants[i].held = held && m_options.is_filesystem(i);
        if (held && !a.participants[i].held) {
            let_go_truly(agent, i);
        }
    }
    // Ghosts of the process go with it; those of the snapshot stay.
    a.ghost = {.in_window = a.ghost.in_window,
               .dirty = was.ghost.dirty || holds_truly(was, false),
               .clean = was.ghost.clean,
               .died = m_dialect.outlives_agent};
    if (a.up && !m_dialect.outlives_agent) {
        break_channel(agent, true, false);
    }
    a.agent_knows = true;
}

void stage::agent_restarts(std::size_t agent) {
    agent_world& a = w.agents[agent];
    a.alive = life::running;
    bool holds = false;
    for (std::size_t i = 0; i < m_options.participants; ++i) {
        participant_state& p = a.participants[i];
        if (p.held) {
            holds = true;
            p.phase = participant_phase::held;
            p.asked = true;
        }
    }
    if (holds) { // SP 10.14, as agent_endpoint::adopt does it
        a.machine.phase = agent_phase::frozen;
        a.machine.data.session = session_old;
        a.machine.data.granted = m_dialect.carried;
        a.machine.data.txn = {w.started};
        a.machine.data.why = verdict::lost;
        a.timers = bit_of(agent_timer::hold);
        a.hold_clock = true;
        a.ghost.freeze_asked = true;
    }
}

void stage::watchdog_releases(std::size_t agent) {
    for (std::size_t i = 0; i < m_options.participants; ++i) {
        if (w.agents[agent].participants[i].held) {
            let_go_truly(agent, i);
        }
    }
}

} // namespace snapproto::explore
