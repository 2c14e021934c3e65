// SPDX-License-Identifier: BSL-1.0
// The orchestrator: what its endpoint does with messages, channels, the provider and timers.
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::orchestrator_effect_kind;
using machine::orchestrator_event;
using machine::orchestrator_timer;

namespace {

// The request whose Nak the orchestrator awaits: the one it sent last (SP 3.13).
[[nodiscard]] constexpr std::uint8_t awaited(orchestrator_phase phase) noexcept {
    switch (phase) {
    case orchestrator_phase::neg:
        return static_cast<std::uint8_t>(request::hello);
    case orchestrator_phase::prep:
    case orchestrator_phase::ready:
        return static_cast<std::uint8_t>(request::prepare);
    case orchestrator_phase::freeze:
    case orchestrator_phase::cut:
        return static_cast<std::uint8_t>(request::freeze);
    case orchestrator_phase::thaw:
        return static_cast<std::uint8_t>(request::thaw);
    case orchestrator_phase::complete:
        return static_cast<std::uint8_t>(request::complete);
    case orchestrator_phase::abort:
        return static_cast<std::uint8_t>(request::abort);
    default:
        return any_request;
    }
}

[[nodiscard]] constexpr bool awaits(orchestrator_phase phase, answer kind) noexcept {
    switch (kind) {
    case answer::prepared:
        return phase == orchestrator_phase::prep;
    case answer::frozen:
        return phase == orchestrator_phase::freeze;
    case answer::thawed:
        return phase == orchestrator_phase::thaw || phase == orchestrator_phase::abort;
    case answer::completed:
        return phase == orchestrator_phase::complete;
    case answer::aborted:
        return phase == orchestrator_phase::abort;
    default:
        return false;
    }
}

} // namespace

bool stage::all_up() const noexcept {
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        if (!w.agents[i].up) {
            return false;
        }
    }
    return true;
}

// ---- channels ---------------------------------------------------------------------------------

void stage::break_channel(std::size_t agent, bool agent_knows, bool host_knows) {
    agent_world& a = w.agents[agent];
    a.up = false;
    a.agent_knows = agent_knows || a.alive == life::dead;
    a.host_knows = host_knows;
    a.to_agent.clear();
    a.to_host.clear();
    if (host_knows) {
        link_loses(agent);
    }
}

void stage::channel_opens(std::size_t agent) {
    agent_world& a = w.agents[agent];
    a.up = a.agent_knows = a.host_knows = true;
    if (m_options.strict && m_dialect.with != adapter::none) {
        a.ghost.void_session = false; // whoever opens a channel begins anew, in every dialect
    }
    if (w.host.phase == orchestrator_phase::down && all_up()) {
        host_event({.kind = orchestrator_event::up,
                    .agents = (machine::agent_set{1} << m_options.agents) - 1});
    }
}

void stage::host_learns_of_loss(std::size_t agent) {
    w.agents[agent].host_knows = true;
    link_loses(agent);
    if (is_live(agent)) {
        host_event(
            {.kind = orchestrator_event::any_lost, .agent = static_cast<agent_index>(agent)});
    }
}

void stage::host_dies() {
    const auto policy = w.host.data.policy;
    w.host = {};
    w.host.data.policy = policy;
    w.reply_timer = w.window_timer = false;
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        if (w.agents[i].up) {
            break_channel(i, false, true);
        }
        w.agents[i].host_knows = true;
        w.agents[i].link = {};
    }
    forget_outcome(); // nobody is left to report
}

// ---- orders and time --------------------------------------------------------------------------

void stage::host_starts() {
    ++w.started;
    w.report_due = true;
    provider_event(provider_input::reset);
    provider_event(provider_input::precommit);
    host_event({.kind = orchestrator_event::start,
                .txn = {w.started},
                .go_at_once = !m_dialect.prepares()});
}

void stage::host_event(const machine::orchestrator_input& input) {
    if (input.kind == orchestrator_event::reply_expired) {
        w.reply_timer = false;
    }
    if (input.kind == orchestrator_event::window_expired) {
        w.window_timer = false;
    }
    take(input);
    settle();
    drain();
}

void stage::provider_event(provider_input input) {
    const bool was_cutting = w.provider == provider_phase::cutting;
    const auto before = w.provider;
    const auto told = m_machines.step(w.provider, input);
    judge_provider(before, input, told);
    show(told.asked);
    const bool cutting = w.provider == provider_phase::cutting;
    if (cutting && !was_cutting) {
        for (std::size_t i = 0; i < m_options.agents; ++i) {
            agent_world& a = w.agents[i];
            bool all = true;
            for (std::size_t p = 0; p < m_options.participants; ++p) {
                all = all && a.participants[p].held;
            }
            a.ghost.in_window = all;
            // Whoever lets go after its Frozen may be overtaken by the cut; whoever has not sent
            // one yet must not be (SP 12.8).
            const auto at = a.machine.phase;
            require(a.machine.data.txn != txn_id{w.started} ||
                        (at != agent_phase::prep && at != agent_phase::ready &&
                         at != agent_phase::quiesce && at != agent_phase::freeze),
                    property::group_atomicity);
        }
    }
    if (was_cutting && input == provider_input::discard) {
        w.cut_running = true; // its end may still come
    }
    if (input == provider_input::cut_done) {
        w.cut_running = false;
    }
    if (told.asks(provider_order::report_cut)) {
        w.cut_done = true;
        w.cut_notice = notice::ok;
    } else if (told.asks(provider_order::report_failed)) {
        w.cut_notice = notice::failed;
    }
}

void stage::notice_arrives() {
    const bool good = w.cut_notice == notice::ok;
    w.cut_notice = notice::none;
    const bool in_time = w.host.phase == orchestrator_phase::cut;
    m_sent_thaw = w.host.data.live == 0;
    host_event({.kind = good ? orchestrator_event::cut_ok : orchestrator_event::cut_failed});
    require(!in_time || m_sent_thaw, property::cut_not_ready);
}

// ---- messages ---------------------------------------------------------------------------------

void stage::host_takes(std::size_t agent, const packet& message) {
    if (m_dialect.with != adapter::none) {
        link_takes(agent, message);
        drain();
        return;
    }
    if (!w.agents[agent].up || w.host.phase == orchestrator_phase::down || message.old != 0) {
        stale(agent, message);
        return;
    }
    host_answer(agent, message);
    drain();
}

void stage::stale(std::size_t agent, const packet&) {
    const auto before = w.host;
    take({.kind = orchestrator_event::stale, .agent = static_cast<agent_index>(agent)});
    require(w.host == before, property::stale_safety);
}

void stage::note_answer(std::size_t agent, bool clean) {
    const machine::agent_set bit = machine::agent_set{1} << agent & w.host.data.live;
    w.host.data.answered |= bit;
    if (!clean) {
        w.host.data.spoiled |= bit;
    }
}

void stage::host_answer(std::size_t agent, const packet& message) {
    const auto kind = static_cast<answer>(message.kind);
    const auto phase = w.host.phase;
    const auto index = static_cast<agent_index>(agent);
    const auto txn = w.host.data.txn;
    if (kind == answer::hello_ack) {
        const bool agreed = message.arg != 0;
        if (phase == orchestrator_phase::neg && !has_answered(agent)) {
            if (!agreed) {
                host_event({.kind = orchestrator_event::ack_bad, .agent = index});
                return;
            }
            note_answer(agent, true);
            settle();
        } else if (phase == orchestrator_phase::idle && !agreed) {
            host_event({.kind = orchestrator_event::ack_bad, .agent = index});
        } else {
            stale(agent, message);
        }
        return;
    }
    const bool blind = m_options.wrong == flaw::no_transaction_ids;
    const bool of_this = txn && (blind || txn_id{message.txn} == txn) && is_live(agent);
    if (kind == answer::error || kind == answer::nak) {
        if (kind == answer::nak && message.arg != any_request && awaited(phase) != any_request &&
            message.arg != awaited(phase)) {
            stale(agent, message);
            return;
        }
        const auto what =
            kind == answer::error ? orchestrator_event::any_error : orchestrator_event::any_nak;
        if (txn ? of_this : is_live(agent)) {
            host_event({.kind = what, .agent = index});
        } else {
            stale(agent, message);
        }
        return;
    }
    if (!of_this || has_answered(agent) || !awaits(phase, kind)) {
        stale(agent, message);
        return;
    }
    // Judged by the number that the message truly has, also where the wire does not carry it.
    require(txn_id{message.txn} == txn, property::stale_safety);
    bool clean = true;
    if (kind == answer::frozen) {
        w.window_timer = true;
    }
    if (kind == answer::thawed) {
        clean = static_cast<verdict>(message.arg) == verdict::clean;
        if (phase == orchestrator_phase::abort) {
            return; // worth knowing, but the Abort ends with Aborted
        }
        w.agents[agent].ghost.clean = clean && txn_id{message.txn} == txn;
    }
    note_answer(agent, clean);
    if (m_options.wrong == flaw::cut_at_first && kind == answer::frozen) {
        w.host.data.answered = w.host.data.live;
    }
    settle();
}

void stage::take(const machine::orchestrator_input& input) {
    const auto before = w.host;
    orchestrator_effects out;
    const auto row = m_machines.step(w.host, input, out);
    judge(before, input, out, row >= 0);
    for (const auto& effect : out) {
        show(effect);
        perform(effect);
    }
}

void stage::settle() {
    for (int turn = 0; turn < 16; ++turn) {
        if (const auto due = machines::due(w.host)) {
            take({.kind = *due});
        } else {
            break;
        }
        require(turn < 15, property::returns);
    }
    if (w.host.phase == orchestrator_phase::idle) {
        for (std::size_t i = 0; i < m_options.agents; ++i) {
            if (!is_live(i)) { // a group that lost somebody cannot be snapshotted: SP 12.31
                take({.kind = orchestrator_event::any_lost, .agent = static_cast<agent_index>(i)});
                return;
            }
        }
    }
}

// The answers that links gave at once, after the step that asked for them.
void stage::drain() {
    if (m_draining) {
        return;
    }
    m_draining = true;
    for (std::size_t i = 0; i < m_late_count; ++i) {
        host_answer(m_late[i].agent, m_late[i].message);
    }
    m_late_count = 0;
    m_draining = false;
}

// ---- effects ----------------------------------------------------------------------------------

void stage::show(const machine::orchestrator_effect& effect) noexcept {
    if (effect.kind == orchestrator_effect_kind::arm ||
        effect.kind == orchestrator_effect_kind::disarm) {
        return;
    }
    const auto in = [](auto value, unsigned at) { return static_cast<std::uint64_t>(value) << at; };
    show(in(2, 60) | in(effect.kind, 48) | in(effect.txn.value, 40) | in(effect.to, 32) |
         in(effect.outcome, 24) | in(effect.result, 16) | in(effect.reported, 8));
}

void stage::perform(const machine::orchestrator_effect& effect) {
    using kind = orchestrator_effect_kind;
    const auto to_each = [&](request what, std::uint8_t arg) {
        for (std::size_t i = 0; i < m_options.agents; ++i) {
            if ((effect.to >> i & 1U) != 0) {
                host_sends(i, what, arg);
            }
        }
    };
    switch (effect.kind) {
    case kind::send_hello:
        to_each(request::hello, 0);
        break;
    case kind::send_prepare:
        to_each(request::prepare, 0);
        break;
    case kind::send_freeze:
        to_each(request::freeze, 0);
        break;
    case kind::send_thaw:
        m_sent_thaw = true;
        if (effect.outcome == cut_outcome::ok) {
            require(w.cut_done && w.host.data.outlook == machine::fate::ok,
                    property::group_atomicity);
        }
        to_each(request::thaw, static_cast<std::uint8_t>(effect.outcome));
        break;
    case kind::send_complete:
        to_each(request::complete, static_cast<std::uint8_t>(effect.result));
        break;
    case kind::send_abort:
        to_each(request::abort, 0);
        break;
    case kind::cut:
        provider_event(provider_input::cut);
        break;
    case kind::abandon_cut:
    case kind::discard_copy:
        provider_event(provider_input::discard);
        break;
    case kind::arm:
        w.reply_timer = true;
        break;
    case kind::disarm:
        (effect.timer == orchestrator_timer::reply ? w.reply_timer : w.window_timer) = false;
        break;
    case kind::close:
        for (std::size_t i = 0; i < m_options.agents; ++i) {
            if ((effect.to >> i & 1U) != 0 && w.agents[i].host_knows) {
                break_channel(i, false, true);
            } else if ((effect.to >> i & 1U) != 0) {
                w.agents[i].host_knows = true; // it was broken already, and is closed now
                link_loses(i);
            }
        }
        break;
    case kind::report:
        report(effect.reported);
        break;
    default: // warnings and alarms are for people
        break;
    }
}

void stage::host_sends(std::size_t agent, request kind, std::uint8_t arg) {
    agent_world& a = w.agents[agent];
    if (kind == request::hello) {
        // A new epoch: whatever was of the present one is of an older one now.
        for (auto* session : {&a.machine.data.session, &a.machine.data.waiting_session}) {
            if (*session == session_now) {
                *session = session_old;
            }
        }
        for (std::size_t i = 0; i < a.to_host.size; ++i) {
            a.to_host.items[i].old = 1;
        }
    }
    require(kind == request::hello || w.host.phase != orchestrator_phase::neg,
            property::negotiated_only);
    if (m_dialect.with != adapter::none) {
        link_asks(agent, kind);
        return;
    }
    if (a.up) {
        push(a.to_agent, {static_cast<std::uint8_t>(kind),
                          static_cast<std::uint8_t>(w.host.data.txn.value), 0, arg});
    }
}

void stage::report(session_outcome reported) {
    require(w.report_due, property::one_outcome);
    if (reported == session_outcome::success) {
        for (std::size_t i = 0; i < m_options.agents; ++i) {
            const agent_world& a = w.agents[i];
            // Thawed(clean) is judged where it is sent; an adapter only concludes it.
            const bool concluded = m_dialect.with != adapter::none;
            // The death of an agent that the channel outlives is told to nobody.
            if (m_options.strict || !a.ghost.died) {
                require(a.ghost.in_window, property::window);
                require(a.ghost.clean && !(concluded && a.ghost.dirty), property::no_false_success);
            }
        }
    }
    require(reported == session_outcome::failed || w.cut_done, property::honest_label);
    forget_outcome();
}

// The snapshot is over: what only it needed is the same for all.
void stage::forget_outcome() {
    w.report_due = false;
    w.cut_done = false;
    if (w.provider == provider_phase::prepared) {
        provider_event(provider_input::discard);
    }
    provider_event(provider_input::reset);
    w.provider = provider_phase::idle; // what becomes of a kept copy is not of this model
    w.cut_notice = notice::none;
    w.cut_running = false;
    w.window_timer = false;
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        w.agents[i].ghost.in_window = false;
        w.agents[i].ghost.clean = false;
    }
}

} // namespace snapproto::explore
