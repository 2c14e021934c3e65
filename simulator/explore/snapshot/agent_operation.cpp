// SPDX-License-Identifier: BSL-1.0
// The completion adapter on the guest's side of vmbackup, as endpoint/vmbackup_agent.hpp has it:
// commands are answered at once, and events tell how the operation goes (SP chapter 45).
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::agent_event;

void stage::operation_command_arrives(std::size_t agent, const packet& message) {
    agent_world& a = w.agents[agent];
    const auto kind = static_cast<request>(message.kind);
    const auto answer_with = [&](answer what, refusal why = {}) {
        push(a.to_host,
             {static_cast<std::uint8_t>(what), message.txn, 0, static_cast<std::uint8_t>(why)});
    };
    const bool runs = !is_idle(a.machine.phase);
    const txn_id running = a.machine.data.txn;
    switch (kind) {
    case request::freeze: // start
        if (runs) {
            answer_with(answer::nak, refusal::busy); // SP 45.2
            return;
        }
        agree_unasked(agent);
        answer_with(answer::begun);
        serve(agent, kind, {.kind = agent_event::freeze, .txn = {message.txn}});
        return;
    case request::thaw: // snapshotDone
        if (a.machine.phase != agent_phase::frozen) {
            answer_with(answer::nak, runs ? refusal::state : refusal::idle); // SP 45.6
            return;
        }
        answer_with(answer::taken);
        serve(agent, kind, {.kind = agent_event::thaw, .txn = running});
        return;
    default: // abort
        if (!runs) {
            answer_with(answer::nak, refusal::idle); // SP 45.7
            return;
        }
        answer_with(answer::taken);
        // What is stuck is tried again at its own pace.
        if (a.machine.phase != agent_phase::stuck) {
            serve(agent, kind, {.kind = agent_event::abort, .txn = running});
        }
        return;
    }
}

// After a step of the machine: what the host is told of it.
void stage::tell_operation(std::size_t agent, const machine::agent_state& before) {
    agent_world& a = w.agents[agent];
    const auto& now = a.machine;
    const auto tell = [&](answer what, verdict why) {
        if (a.up) {
            push(a.to_host,
                 {static_cast<std::uint8_t>(what), static_cast<std::uint8_t>(before.data.txn.value),
                  0, static_cast<std::uint8_t>(why)});
        }
    };
    if (is_idle(before.phase)) {
        return; // a start is told by who takes it
    }
    const bool over = is_idle(now.phase);
    const verdict why = over ? now.data.last_verdict : now.data.why;
    if (before.data.why == verdict::clean && why != verdict::clean) {
        tell(answer::error, why); // SP 45.18
    }
    if (now.phase == agent_phase::frozen && before.phase == agent_phase::freeze) {
        require(!a.ghost.stop_asked, property::exit_safety);
        require(!a.ghost.void_session, property::clone_safety);
        a.ghost.open.clear(request::freeze);
        tell(answer::frozen, verdict::none); // SP 45.4
    }
    if (over) {
        // SP 45.12. It looks like a success when the copy was taken and nothing told of a failure.
        const bool looks_clean = a.ghost.open.has(request::thaw) && why == verdict::clean && a.up;
        require(!a.up || !holds_truly(a, false), property::rollback_before_answer);
        require(!looks_clean || !a.ghost.dirty, property::truthful_thawed);
        require(!looks_clean || !a.ghost.stop_asked, property::exit_safety);
        require(!looks_clean || !a.ghost.void_session, property::clone_safety);
        a.ghost.open = {};
        tell(answer::done, verdict::none);
    }
}

} // namespace snapproto::explore
