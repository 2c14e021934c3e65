// SPDX-License-Identifier: BSL-1.0
// The completion adapter on the guest's side where each command has one answer and the order says
// which: endpoint/qga_agent.hpp and endpoint/hyperv_agent.hpp.
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::agent_effect_kind;
using machine::agent_event;

// The dialect has no Hello for an agent: whoever asks first begins a session.
void stage::agree_unasked(std::size_t agent) {
    if (w.agents[agent].machine.phase == agent_phase::off) {
        take(agent,
             {.kind = agent_event::hello, .session = session_now, .granted = m_dialect.carried});
    }
}

void stage::command_arrives(std::size_t agent, const packet& message) {
    agent_world& a = w.agents[agent];
    const auto kind = static_cast<request>(message.kind);
    const auto answer_with = [&](answer what, std::uint8_t txn, std::uint8_t arg) {
        push(a.to_host, {static_cast<std::uint8_t>(what), txn, message.old, arg});
    };
    if (a.alive == life::dead) { // the kernel answers: SP 35.3
        answer_with(answer::error, message.txn, 0);
        return;
    }
    if (kind == request::sync) {
        answer_with(answer::synced, 0, 0);
        return;
    }
    if (kind == request::status) {
        answer_with(answer::status, message.txn, static_cast<std::uint8_t>(holds_on_record(a)));
        return;
    }
    auto& data = a.machine.data;
    machine::agent_input input{.kind = kind == request::freeze ? agent_event::freeze
                                                               : agent_event::thaw,
                               .txn = {message.txn}};
    // The adapter makes the ids up (SP 29.10): each freeze is a transaction of its own, and a thaw
    // means whatever runs.
    agree_unasked(agent);
    const bool busy = a.ghost.open.has(request::thaw) ||
                      (kind == request::freeze && a.ghost.open.has(request::freeze));
    if (busy) { // with the request of a client that is gone
        answer_with(answer::error, message.txn, 0);
        return;
    }
    if (kind == request::freeze) {
        if (m_dialect.freezes_twice && a.machine.phase == agent_phase::frozen) {
            require(data.txn == txn_id{message.txn}, property::one_transaction);
            answer_with(answer::frozen, static_cast<std::uint8_t>(data.txn.value), 0);
            return;
        }
        const bool undoes = m_dialect.outlives_agent && !is_idle(a.machine.phase);
        if (holds_on_record(a) || undoes) { // disabled while frozen (SP 24.9), not released yet
            answer_with(answer::error, message.txn, 0);
            return;
        }
        if (is_idle(a.machine.phase)) {
            data.last_txn = {};
            data.last_verdict = verdict::none;
            a.let_go = false;
        } else {
            input.txn = {sessions_max + 1}; // another than the one that runs
        }
    } else if (is_idle(a.machine.phase)) {
        // Nothing is held: a count of 0, or success, but for once after a hold that ended unasked.
        const bool clean = !m_dialect.counts_releases && !a.let_go;
        const packet told{static_cast<std::uint8_t>(
                              m_dialect.counts_releases || clean ? answer::thawed : answer::error),
                          message.txn, message.old,
                          static_cast<std::uint8_t>(clean ? verdict::clean : verdict::early)};
        a.let_go = false;
        judge_reply(agent, request::thaw, told);
        push(a.to_host, told);
        return;
    } else {
        input.txn = data.txn;
        if (a.machine.phase != agent_phase::frozen && m_options.wrong != flaw::thaw_counts_all) {
            a.released = 0; // the number that this call thaws: SP 25.1
        }
    }
    serve(agent, kind, input);
}

// What becomes of an effect of the machine. What answers no request has no message.
void stage::command_is_answered(std::size_t agent, const machine::agent_effect& effect) {
    agent_world& a = w.agents[agent];
    switch (effect.kind) {
    case agent_effect_kind::send_frozen:
        reply(agent, request::freeze, answer::frozen, 0);
        break;
    case agent_effect_kind::send_thawed: {
        const std::size_t filesystems =
            m_options.participants - (m_options.has_application() ? 1 : 0);
        reply(agent, request::freeze, answer::error, 0);
        if (m_dialect.counts_releases) {
            reply(agent, request::thaw, m_warned ? answer::error : answer::thawed,
                  static_cast<std::uint8_t>(a.released == filesystems ? verdict::clean
                                                                      : verdict::early));
        } else {
            // One that was stuck is released by now, which is all that was asked for.
            const bool good = effect.outcome == verdict::clean || effect.outcome == verdict::stuck;
            reply(agent, request::thaw, good ? answer::thawed : answer::error,
                  static_cast<std::uint8_t>(good ? verdict::clean : verdict::early));
        }
        break;
    }
    case agent_effect_kind::send_error:
        require(effect.outcome == verdict::stuck || !holds_truly(a, false),
                property::rollback_before_answer);
        a.let_go = m_dialect.outlives_agent && !a.ghost.open.has(request::freeze) &&
                   !a.ghost.open.has(request::thaw);
        reply(agent, request::freeze, answer::error, 0);
        break;
    default:
        break;
    }
}

void stage::reply(std::size_t agent, request asked, answer kind, std::uint8_t arg) {
    agent_world& a = w.agents[agent];
    if (a.ghost.open.has(asked)) {
        const bool wanted = a.up && !a.gone.has(asked);
        a.ghost.open.clear(asked);
        a.gone.clear(asked);
        if (wanted) {
            const auto txn = a.machine.data.txn ? a.machine.data.txn : a.machine.data.last_txn;
            const packet told{static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(txn.value),
                              0, arg};
            judge_reply(agent, asked, told);
            push(a.to_host, told);
        }
    }
}

// What check_send asks of the messages that the dialect does not have, asked of those that it has.
void stage::judge_reply(std::size_t agent, request asked, const packet& message) {
    agent_world& a = w.agents[agent];
    const auto kind = static_cast<answer>(message.kind);
    const bool clean =
        kind == answer::thawed && static_cast<verdict>(message.arg) == verdict::clean;
    require(!clean || !a.ghost.dirty, property::truthful_thawed);
    require(a.alive == life::dead || !a.ghost.stop_asked || !(kind == answer::frozen || clean),
            property::exit_safety);
    require(!a.ghost.void_session || kind == answer::error, property::clone_safety);
    if (m_options.strict && asked == request::thaw) {
        const auto says = clean ? verdict::clean : verdict::early;
        require(a.ghost.told == verdict::none || a.ghost.told == says, property::idempotence);
        a.ghost.told = says;
    }
}

/// Hyper-V: nobody waits for what the agent writes, so its device ends and is opened again, and
/// what is held is released (SP 35.11, 36.16).
void stage::end_device(std::size_t agent) {
    agent_world& a = w.agents[agent];
    a.ghost.open = {};
    a.to_agent.clear();
    a.to_host.clear();
    a.let_go = false;
    take(agent, {.kind = agent_event::lost});
    advance(agent);
}

} // namespace snapproto::explore
