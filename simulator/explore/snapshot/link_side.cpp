// SPDX-License-Identifier: BSL-1.0
// The completion adapter on the orchestrator's side where each command has one answer. For QGA as
// endpoint/qga_link.hpp has it: it synchronises in the place of Hello, judges a thaw by its count,
// and thaws until the guest says that nothing is frozen. For Hyper-V, which has neither status nor
// synchronisation: it thaws in the place of Hello, judges a thaw by its first answer, thaws until
// one is answered with success, and closes the channel after a time-out. The kernel's own limits
// (SP 35.16) are longer than the orchestrator's.
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::orchestrator_event;
using goal = link_state::goal;
using command = link_state::command;

void stage::link_loses(std::size_t agent) {
    link_state& l = w.agents[agent].link;
    if (m_dialect.with != adapter::commands) {
        l = {}; // what was begun there ends with it
        return;
    }
    const bool owes = l.owes_thaw;
    l = {.owes_thaw = owes, .frozen_count = l.frozen_count && owes, .was_lost = l.was_lost || owes};
}

void stage::link_asks(std::size_t agent, request kind) {
    link_state& l = w.agents[agent].link;
    if (m_dialect.with == adapter::operation) {
        operation_asks(agent, kind);
        return;
    }
    switch (kind) {
    case request::hello:
        l.about = goal::open;
        l.waiting = command::none;
        l.synchronised = l.thaw_owed = l.abort_owed = false;
        l.look = l.owes_thaw && m_dialect.asks_status;
        l.owes_thaw = l.owes_thaw || !m_dialect.asks_status; // who cannot ask thaws
        break;
    case request::freeze:
        l.about = goal::freeze;
        l.look = m_dialect.asks_status;
        break;
    case request::thaw:
    case request::abort:
        if (l.about != goal::release) {
            if (l.waiting != command::none && m_dialect.resynchronises) {
                l.waiting = command::none; // its reply answers nothing any more
                l.synchronised = m_options.wrong == flaw::no_resync;
            }
            l.about = goal::release;
            l.look = false;
            l.found = verdict::none;
        }
        (kind == request::thaw ? l.thaw_owed : l.abort_owed) = true;
        break;
    default:
        return;
    }
    link_advances(agent);
}

void stage::link_sends(std::size_t agent, command what) {
    agent_world& a = w.agents[agent];
    a.link.waiting = what;
    if (!a.up) {
        return;
    }
    auto kind = request::sync;
    switch (what) {
    case command::status:
        kind = request::status;
        break;
    case command::freeze:
        kind = request::freeze;
        break;
    case command::thaw:
        kind = request::thaw;
        break;
    case command::abort:
        kind = request::abort;
        break;
    default:
        // A fresh id: replies to earlier ones can be told apart (SP 22.10).
        for (auto* queue : {&a.to_agent, &a.to_host}) {
            for (std::size_t i = 0; i < queue->size; ++i) {
                queue->items[i].old = 1;
            }
        }
        break;
    }
    push(a.to_agent, {static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(w.started), 0, 0});
}

void stage::link_answers(std::size_t agent, answer kind, std::uint8_t arg) {
    if (m_late_count == m_late.size()) {
        m_blocked = true;
        return;
    }
    m_late[m_late_count++] = {agent,
                              {static_cast<std::uint8_t>(kind),
                               static_cast<std::uint8_t>(w.host.data.txn.value), 0, arg}};
}

void stage::link_advances(std::size_t agent) {
    link_state& l = w.agents[agent].link;
    if (l.waiting != command::none || l.about == goal::none) {
        return;
    }
    if (l.about == goal::release && !l.owes_thaw) {
        l.about = goal::none;
        if (l.thaw_owed) {
            link_answers(agent, answer::thawed, static_cast<std::uint8_t>(l.found));
        }
        if (l.abort_owed) {
            link_answers(agent, answer::aborted, 0);
        }
        l.thaw_owed = l.abort_owed = l.look = l.frozen_count = l.was_lost = false;
        l.found = verdict::none;
        return;
    }
    if (!l.synchronised && m_dialect.resynchronises) {
        link_sends(agent, command::sync);
        return;
    }
    switch (l.about) {
    case goal::open:
        if (l.look) {
            link_sends(agent, command::status);
        } else if (l.owes_thaw) {
            link_sends(agent, command::thaw);
        } else {
            l.about = goal::none;
            l.frozen_count = l.was_lost = false;
            link_answers(agent, answer::hello_ack, 1);
        }
        break;
    case goal::freeze:
        if (l.look) {
            link_sends(agent, command::status);
        } else {
            l.owes_thaw = true;
            l.was_lost = l.frozen_count = false;
            link_sends(agent, command::freeze);
        }
        break;
    case goal::release:
        link_sends(agent, l.look ? command::status : command::thaw);
        break;
    case goal::none:
        break;
    }
}

void stage::link_fails_freeze(std::size_t agent, verdict why) {
    link_state& l = w.agents[agent].link;
    if (l.about == goal::freeze) {
        l.about = goal::none;
        l.look = false;
        link_answers(agent, answer::error, static_cast<std::uint8_t>(why));
    }
}

void stage::link_takes(std::size_t agent, const packet& message) {
    link_state& l = w.agents[agent].link;
    if (m_dialect.with == adapter::operation) {
        operation_takes(agent, message);
        return;
    }
    if (!m_dialect.resynchronises) {
        link_takes_bit(agent, message);
        return;
    }
    const auto kind = static_cast<answer>(message.kind);
    const command waited = l.waiting;
    if (waited == command::none) {
        return; // nobody asked
    }
    if (waited == command::sync) {
        if (kind == answer::synced && message.old == 0) {
            l.synchronised = true;
            l.waiting = command::none;
            link_advances(agent);
        }
        return; // everything else is older than the synchronisation (SP 22.11)
    }
    if (kind == answer::synced) {
        return; // carries the id of a synchronisation, not of this command
    }
    l.waiting = command::none;
    const bool failed = kind == answer::error;
    switch (waited) {
    case command::status: {
        const bool thawed = kind != answer::status || message.arg == 0;
        if (l.about == goal::open) {
            l.look = false;
            if (thawed && l.frozen_count) {
                l.owes_thaw = false; // whoever thawed it
            }
        } else if (l.about == goal::freeze) {
            l.look = false;
            if (!thawed) {
                link_fails_freeze(agent, verdict::veto); // somebody else's: SP 29.17
            }
        } else if (l.about == goal::release) {
            l.look = false;
            if (thawed) {
                l.owes_thaw = false;
            }
        }
        break;
    }
    case command::freeze:
        // Judged by what the reply truly answers, which the wire does not tell.
        require(failed || (kind == answer::frozen && message.txn == w.started),
                property::stale_safety);
        if (failed) {
            l.owes_thaw = false;
            link_fails_freeze(agent, verdict::veto);
        } else if (l.about == goal::freeze) {
            l.about = goal::none;
            l.frozen_count = true;
            link_answers(agent, answer::frozen, 0);
        }
        break;
    case command::thaw:
        if (l.about == goal::open) {
            l.look = true;
            l.frozen_count = true; // thawed once: the status is believed now
            break;
        }
        l.look = true;
        if (!failed) {
            const bool full =
                kind == answer::thawed && static_cast<verdict>(message.arg) == verdict::clean;
            if (l.frozen_count && full) {
                l.found = verdict::clean;
                l.look = l.abort_owed;
            } else if (!l.frozen_count) {
                l.found = verdict::aborted;
            } else if (l.found == verdict::none) {
                l.found = verdict::early;
            }
        } else if (l.found == verdict::none) {
            l.found = verdict::stuck;
        }
        if (l.was_lost) {
            l.found = verdict::lost;
        }
        if (!l.look) {
            l.owes_thaw = false;
        }
        break;
    default:
        break;
    }
    link_advances(agent);
}

// An answer of Hyper-V says whether what was asked last is done, and nothing else.
void stage::link_takes_bit(std::size_t agent, const packet& message) {
    link_state& l = w.agents[agent].link;
    const auto kind = static_cast<answer>(message.kind);
    const bool good = kind != answer::error;
    const command waited = l.waiting;
    if (waited != command::freeze && waited != command::thaw) {
        end_device(agent); // too late: nobody waits for it
        return;
    }
    l.waiting = command::none;
    // Judged by what the reply truly answers, which the wire does not tell.
    const bool of_this = kind == (waited == command::freeze ? answer::frozen : answer::thawed) &&
                         message.txn == w.started;
    require(!good || l.about == goal::open || of_this, property::stale_safety);
    if (waited == command::thaw) {
        if (l.found == verdict::none) {
            l.found = !good ? verdict::early : l.frozen_count ? verdict::clean : verdict::aborted;
        }
        l.owes_thaw = !good;
        l.waiting = good ? command::none : command::pause;
    } else if (!good) {
        link_fails_freeze(agent, verdict::veto);
    } else if (l.about == goal::freeze) {
        l.about = goal::none;
        l.frozen_count = true;
        link_answers(agent, answer::frozen, 0);
    }
    link_advances(agent);
}

/// The time for the command in work, or for the next try, has passed.
void stage::link_timer_fires(std::size_t agent) {
    link_state& l = w.agents[agent].link;
    const bool paused = l.waiting == command::pause;
    if (!paused && !m_dialect.resynchronises && m_options.wrong != flaw::no_resync) {
        // What answers later would be believed: the channel is given up instead.
        break_channel(agent, false, true);
        if (is_live(agent)) {
            host_event(
                {.kind = orchestrator_event::any_lost, .agent = static_cast<agent_index>(agent)});
        }
    } else if (paused) {
        l.waiting = command::none;
        link_advances(agent);
    } else {
        link_gives_up(agent);
    }
    drain();
}

/// Nothing is believed before the channel is synchronised again (SP 29.11).
void stage::link_gives_up(std::size_t agent) {
    link_state& l = w.agents[agent].link;
    const command unanswered = l.waiting;
    l.waiting = command::none;
    l.synchronised = m_options.wrong == flaw::no_resync;
    switch (unanswered) {
    case command::status:
        if (l.about == goal::freeze) {
            link_fails_freeze(agent, verdict::expired);
        }
        break;
    case command::freeze:
        link_fails_freeze(agent, verdict::expired);
        break;
    case command::thaw:
        l.look = m_dialect.asks_status;
        l.found = !m_dialect.asks_status && l.found == verdict::none ? verdict::early : l.found;
        break;
    default:
        break;
    }
    link_advances(agent);
}

} // namespace snapproto::explore
