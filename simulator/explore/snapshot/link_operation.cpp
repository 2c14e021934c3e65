// SPDX-License-Identifier: BSL-1.0
// The completion adapter for vmbackup on the orchestrator's side: it aborts in the place of Hello,
// takes prov.snapshotCommit for Frozen, and concludes the verdict from what came before req.done
// (SP chapter 47, dialect/vmbackup/history.hpp).
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using goal = link_state::goal;
using command = link_state::command;

void stage::operation_asks(std::size_t agent, request kind) {
    link_state& l = w.agents[agent].link;
    switch (kind) {
    case request::hello: // whatever a former orchestrator began is undone first
        l = {.about = goal::open, .owes_thaw = true};
        link_sends(agent, command::abort);
        return;
    case request::freeze:
        l = {.about = goal::freeze, .owes_thaw = true};
        link_sends(agent, command::freeze);
        return;
    case request::thaw:
    case request::abort:
        break;
    default:
        return;
    }
    (kind == request::thaw ? l.thaw_owed : l.abort_owed) = true;
    l.about = goal::release;
    if (!l.owes_thaw) {
        operation_is_over(agent);
    } else {
        link_sends(agent, kind == request::thaw ? command::thaw : command::abort);
    }
}

void stage::operation_takes(std::size_t agent, const packet& message) {
    link_state& l = w.agents[agent].link;
    switch (static_cast<answer>(message.kind)) {
    case answer::begun:
        l.begun = true;
        l.taken = l.failed = false;
        return;
    case answer::frozen:
        if (l.begun && !l.failed && l.about == goal::freeze) {
            // Judged by the operation that the event truly belongs to.
            require(message.txn == w.started, property::stale_safety);
            l.about = goal::none;
            l.waiting = command::none;
            link_answers(agent, answer::frozen, 0);
        }
        return;
    case answer::error:
        if (!l.begun) {
            return; // of an operation that is over (SP 47.6)
        }
        l.failed = true;
        if (l.about == goal::none) { // frozen: the cut is in vain
            link_answers(agent, answer::error, message.arg);
        }
        return;
    case answer::taken:
        l.taken = l.taken || l.waiting == command::thaw;
        return;
    case answer::done:
        if (l.begun || l.waiting == command::abort) {
            operation_is_over(agent);
        }
        return;
    case answer::nak:
        break;
    default:
        return;
    }
    switch (static_cast<refusal>(message.arg)) {
    case refusal::busy:
        if (l.about == goal::freeze) {
            l.about = goal::none;
            l.waiting = command::none;
            link_answers(agent, answer::error, static_cast<std::uint8_t>(verdict::veto));
        }
        return;
    case refusal::state:
        l.failed = true; // it is being undone, and req.done comes
        return;
    case refusal::idle:
        if (l.waiting == command::thaw || l.waiting == command::abort) {
            l.failed = true;
            operation_is_over(agent);
        }
        return;
    }
}

// Nothing runs in the guest any more, and nothing of what ran can come.
void stage::operation_is_over(std::size_t agent) {
    link_state& l = w.agents[agent].link;
    const link_state was = l;
    l = {.failed = true};
    switch (was.about) {
    case goal::open:
        link_answers(agent, answer::hello_ack, 1);
        break;
    case goal::freeze:
        link_answers(agent, answer::error, static_cast<std::uint8_t>(verdict::veto));
        break;
    case goal::none: // it let go, and nobody had asked
        if (!was.failed) {
            link_answers(agent, answer::error, static_cast<std::uint8_t>(verdict::early));
        }
        break;
    case goal::release:
        if (was.thaw_owed) {
            const bool clean = was.taken && !was.failed;
            const bool believed = m_options.wrong == flaw::done_is_success;
            link_answers(
                agent, answer::thawed,
                static_cast<std::uint8_t>(clean || believed ? verdict::clean : verdict::early));
        }
        if (was.abort_owed) {
            link_answers(agent, answer::aborted, 0);
        }
        break;
    }
}

} // namespace snapproto::explore
