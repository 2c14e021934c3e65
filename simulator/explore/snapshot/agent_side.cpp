// SPDX-License-Identifier: BSL-1.0
// The agent: what its endpoint does with messages, participants and timers.
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::agent_effect_kind;
using machine::agent_event;
using machine::agent_timer;

namespace {

[[nodiscard]] constexpr std::uint8_t bit_of(agent_timer timer) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(timer));
}

[[nodiscard]] constexpr bool is_idle(agent_phase phase) noexcept {
    return phase == agent_phase::idle || phase == agent_phase::off;
}

} // namespace

// ---- input ------------------------------------------------------------------------------------

void stage::agent_takes(std::size_t agent, const packet& message) {
    agent_world& a = w.agents[agent];
    const auto kind = static_cast<request>(message.kind);
    const bool by_order = m_options.dialect == profile::qga;
    if (by_order && kind == request::sync) {
        push(a.to_host, {static_cast<std::uint8_t>(answer::synced), 0, message.old, 0});
        return;
    }
    if (by_order && kind == request::status) {
        push(a.to_host, {static_cast<std::uint8_t>(answer::status), message.txn, message.old,
                         static_cast<std::uint8_t>(holds_on_record(a))});
        return;
    }
    auto& data = a.machine.data;
    machine::agent_input input{.txn = {message.txn}};
    switch (kind) {
    case request::hello:
        input.kind = agent_event::hello;
        input.session = session_now;
        input.granted = capabilities_of(m_options.dialect);
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
    if (by_order) {
        // The adapter makes the ids up (SP 29.10): each freeze is a transaction of its own, and a
        // thaw means whatever runs.
        if (a.machine.phase == agent_phase::off) {
            take(agent, {.kind = agent_event::hello,
                         .session = session_now,
                         .granted = capabilities_of(m_options.dialect)});
        }
        const bool busy = a.ghost.open.has(request::thaw) ||
                          (kind == request::freeze && a.ghost.open.has(request::freeze));
        if (busy) { // with the request of a client that is gone
            push(a.to_host,
                 {static_cast<std::uint8_t>(answer::error), message.txn, message.old, 0});
            return;
        }
        if (kind == request::freeze && holds_on_record(a)) {
            push(a.to_host,
                 {static_cast<std::uint8_t>(answer::error), message.txn, message.old, 0});
            return; // disabled while frozen (SP 24.9)
        }
        if (kind == request::freeze) {
            if (is_idle(a.machine.phase)) {
                data.last_txn = {};
                data.last_verdict = verdict::none;
            } else {
                input.txn = {sessions_max + 1}; // another than the one that runs
            }
        } else if (is_idle(a.machine.phase)) {
            push(a.to_host, {static_cast<std::uint8_t>(answer::thawed), message.txn, message.old,
                             static_cast<std::uint8_t>(verdict::early)}); // a count of 0
            return;
        } else {
            input.txn = data.txn;
            if (a.machine.phase != agent_phase::frozen &&
                m_options.wrong != flaw::thaw_counts_all) {
                a.released = 0; // the number that this call thaws: SP 25.1
            }
        }
    } else if (a.machine.phase != agent_phase::off && kind != request::hello &&
               (message.old != 0 || data.session != session_now)) {
        return; // of another session: SP 3.12
    }
    const auto before = a.machine;
    const auto open_before = a.ghost.open;
    const bool foreign = !is_idle(before.phase) && kind != request::hello &&
                         input.txn != before.data.txn && !m_options.mutation;
    a.ghost.open.set(kind);
    if (kind == request::hello) {
        a.ghost.open.bits = 0; // as below
        a.ghost.open.set(kind);
    }
    if (kind == request::freeze && !is_idle(before.phase) && input.txn == before.data.txn) {
        a.ghost.freeze_asked = true;
    }
    m_sent_nak = false;
    m_request = kind;
    take(agent, input);
    m_request.reset();
    if (m_sent_nak && !by_order) {
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
    if (input.kind == machine::agent_event::generation_changed) {
        a.ghost.reseed_due = true;
        a.ghost.void_session = true;
        if (m_options.dialect == profile::native) {
            a.ghost.open = {};
        }
    }
    a.ghost.stop_asked = a.ghost.stop_asked || input.kind == machine::agent_event::stop;
    if (input.kind == machine::agent_event::hello) {
        a.ghost.open.bits = 0;
        a.ghost.open.set(request::hello);
    }
    if (input.kind == machine::agent_event::abort) {
        a.ghost.open.set(request::abort);
    }
    const auto before = a;
    m_sent_nak = false;
    take(agent, input);
    if (m_sent_nak && input.kind == machine::agent_event::abort) {
        a.ghost.open = open_before;
    }
    require(input.kind != machine::agent_event::bad_message ||
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
        input.kind = machine::agent_event::phase_expired;
        break;
    case agent_timer::hold:
        input.kind = machine::agent_event::hold_expired;
        // QGA has no word for it: there the window alone decides.
        a.ghost.dirty = a.ghost.dirty || m_options.dialect == profile::native;
        break;
    case agent_timer::sequence:
        input.kind = machine::agent_event::sequence_expired;
        break;
    case agent_timer::retry:
        input.kind = machine::agent_event::retry_due;
        break;
    }
    take(agent, input);
    advance(agent);
}

void stage::agent_learns_of_loss(std::size_t agent) {
    agent_world& a = w.agents[agent];
    a.agent_knows = true;
    if (m_options.dialect == profile::qga) {
        // What a client froze stays frozen (SP 27.2, 29.15). Nobody waits for its replies.
        a.gone = a.ghost.open;
        return;
    }
    a.ghost.open.bits = 0;
    take(agent, {.kind = machine::agent_event::lost});
    advance(agent);
}

void stage::agent_dies(std::size_t agent) {
    agent_world& a = w.agents[agent];
    const agent_world was = a;
    a.machine = {};
    a.alive = life::dead;
    a.step = agent_step::none;
    a.step_failed = false;
    a.hold_clock = false;
    a.released = 0;
    a.gone = {};
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
               .clean = was.ghost.clean};
    if (a.up) {
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
        a.machine.data.granted = capabilities_of(m_options.dialect);
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

// ---- effects ----------------------------------------------------------------------------------

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
    for (const auto& effect : out) {
        if (effect.kind == agent_effect_kind::arm && effect.timer != agent_timer::sequence &&
            before == a.machine.phase && (a.timers & bit_of(effect.timer)) != 0) {
            require(false, property::deadlines);
        }
        show(agent, effect);
        perform(agent, effect);
    }
    if (m_options.dialect == profile::qga && a.machine.phase == agent_phase::stuck) {
        // The dialect has no message for it, and a deaf agent is worse (SP 7.10, 29.18).
        for (const auto asked : {request::freeze, request::thaw}) {
            qga_reply(agent, asked, answer::error, 0);
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
        a.ghost.void_session = a.ghost.void_session && !effect.agreed;
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
    if (m_options.dialect == profile::qga) {
        qga_replies(agent, effect);
        return;
    }
    check_send(agent, effect);
    if (a.up) {
        push(a.to_host,
             {static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(effect.txn.value),
              static_cast<std::uint8_t>(effect.session != session_now), arg});
    }
}

// What qga_agent makes of an answer. What answers no request has no message there.
void stage::qga_replies(std::size_t agent, const machine::agent_effect& effect) {
    const agent_world& a = w.agents[agent];
    switch (effect.kind) {
    case agent_effect_kind::send_frozen:
        qga_reply(agent, request::freeze, answer::frozen, 0);
        break;
    case agent_effect_kind::send_thawed: {
        const std::size_t filesystems =
            m_options.participants - (m_options.has_application() ? 1 : 0);
        qga_reply(agent, request::freeze, answer::error, 0);
        qga_reply(
            agent, request::thaw, m_warned ? answer::error : answer::thawed,
            static_cast<std::uint8_t>(a.released == filesystems ? verdict::clean : verdict::early));
        break;
    }
    case agent_effect_kind::send_error:
        require(effect.outcome == verdict::stuck || !holds_truly(a, false),
                property::rollback_before_answer);
        qga_reply(agent, request::freeze, answer::error, 0);
        break;
    default:
        break;
    }
}

void stage::qga_reply(std::size_t agent, request asked, answer kind, std::uint8_t arg) {
    agent_world& a = w.agents[agent];
    if (a.ghost.open.has(asked)) {
        const bool wanted = a.up && !a.gone.has(asked);
        a.ghost.open.clear(asked);
        a.gone.clear(asked);
        if (wanted) {
            const auto txn = a.machine.data.txn ? a.machine.data.txn : a.machine.data.last_txn;
            push(a.to_host,
                 {static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(txn.value), 0, arg});
        }
    }
}

} // namespace snapproto::explore
