// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/agent_process.hpp"
#include "simulator/world/agent_process_inside.hpp"

#include <snapproto/machine/participant.hpp>

#include <utility>

namespace snapproto::world {
namespace {

using machine::participant_event;

constexpr ticks look_around = kernel::millisecond; // to find the participants
constexpr std::uint64_t txns_per_life = 1'000'000;
constexpr ticks start_time = 300 * kernel::millisecond; // of a process that replaces another
constexpr ticks reconnect_after = kernel::second;

} // namespace

agent_process::agent_process(environment& world, channel& line,
                             const agent_process_options& options, const dialect& spoken)
    : m_world(world),
      m_line(line),
      m_options(options),
      m_dialect(spoken),
      m_self(world.add(*this)),
      m_windows(options.windows ? std::make_unique<windows>(world, *this) : nullptr) {}

agent_process::~agent_process() = default;

void agent_process::add(std::string name, application& what) {
    auto& one = m_participants.emplace_back();
    one.name = std::move(name);
    one.program = &what;
}

void agent_process::add(std::string name, filesystem& what) {
    auto& one = m_participants.emplace_back();
    one.name = std::move(name);
    one.files = &what;
}

// ---- life ---------------------------------------------------------------------------------------

void agent_process::open() {
    m_process = std::make_unique<process>(make_agent(m_dialect.name, m_options, m_life));
    m_process->agent->record_to(&m_recording);
    note_life(trace::record_kind::started);
    if (!m_dialect.ends_with_process && m_line.connected()) {
        channel_up();
    }
}

void agent_process::note_life(trace::record_kind what) {
    trace::record made;
    made.at = m_world.clock();
    made.who = trace::role::agent;
    made.agent = 0;
    made.what = what;
    m_recording.push_back(std::move(made));
    m_world.notice(m_recording, m_noticed);
}

void agent_process::end_process(trace::record_kind how) {
    m_process.reset();
    ++m_life; // answers to it reach nobody
    m_world.cancel(m_timer);
    m_input.clear();
    note_life(how);
    leave_windows();
    if (m_dialect.ends_with_process) {
        m_line.disconnect(true, false);
    }
}

void agent_process::kill() {
    if (!m_process) {
        return;
    }
    m_world.after(milliseconds(m_options.hold_limit_ms), {m_self, watchdog, m_life});
    end_process(trace::record_kind::killed);
    m_world.tell("agent", "dies", "the agent's process is killed");
}

void agent_process::restart() {
    if (m_process) {
        return;
    }
    if (asks_for_another_life()) {
        m_starts_later = true; // it is not gone before its system calls and its hooks have ended
        return;
    }
    m_world.tell("agent", "restarts", "the agent's process is started again");
    open();
    if (m_options.remembers) {
        adopt();
    }
    if (m_dialect.ends_with_process && m_line.connected()) {
        channel_up(); // opened again while nobody was at this end
    } else if (m_dialect.ends_with_process) {
        m_line.reconnect();
    }
}

void agent_process::upgrade() {
    if (m_process) {
        m_world.tell("agent", "stops", "the agent is told to stop: it is to be replaced");
        m_process->agent->stop(clock());
        drain();
    }
}

void agent_process::generation_changed(generation_id now) {
    m_generation = now;
    if (m_process) {
        m_process->agent->generation_changed(now, clock());
        drain();
    }
}

// ---- clocks -------------------------------------------------------------------------------------

/// An agent should look at a clock that nobody sets; not every one does.
instant agent_process::clock() const noexcept {
    return m_options.clock == "wall" ? m_world.wall_clock() : m_world.clock();
}

void agent_process::clock_was_set() {
    if (m_process) {
        drain(); // to wait for its deadline anew
    }
}

// ---- the channel --------------------------------------------------------------------------------

void agent_process::channel_up() {
    if (m_process && !m_process->connected) {
        m_process->connected = m_process->agent->channel_up(clock());
        drain_after_channel();
    }
}

void agent_process::channel_lost() {
    m_input.clear();
    if (m_process && std::exchange(m_process->connected, false)) {
        m_process->agent->channel_lost(clock());
        drain_after_channel();
    }
}

/// Who comes and goes on a channel that is always there means nothing to an agent.
void agent_process::drain_after_channel() {
    if (m_dialect.ends_with_process) {
        drain();
    }
}

void agent_process::bytes_arrived(std::string_view bytes) {
    if (m_process && m_dialect.keeps_messages) {
        if (m_process->connected) {
            (void)m_process->agent->receive(as_bytes(bytes), clock());
            drain();
        }
    } else if (m_process) {
        m_input += bytes;
        feed();
    }
}

void agent_process::feed() {
    while (m_process && m_process->connected && !m_input.empty()) {
        const auto taken = m_process->agent->receive(as_bytes(m_input), clock());
        m_input.erase(0, taken);
        collect();
        if (taken == 0) {
            return; // the reply to an earlier request is still in work
        }
    }
}

void agent_process::drain() {
    collect();
    feed();
    if (m_process && m_process->exits) {
        end_process(trace::record_kind::stopped);
        m_world.tell("agent", "exits", "the agent has ended");
        m_world.after(start_time, {m_self, start_again, m_life});
    }
}

void agent_process::collect() {
    for (;;) {
        const auto next = m_process->agent->poll(clock());
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            wait_until(until->at);
            break;
        }
        if (const auto* message = std::get_if<say>(&next)) {
            m_line.send(direction::to_host, message->bytes);
        } else if (std::holds_alternative<endpoint::find_participants>(next)) {
            m_world.after(look_around, {m_self, find, m_life});
        } else if (const auto* asked = std::get_if<endpoint::operate>(&next)) {
            carry_out(*asked);
        } else if (const auto* given_up = std::get_if<endpoint::cancel>(&next);
                   given_up != nullptr && m_windows) {
            m_windows->handle(*given_up);
        } else if (const auto* said = std::get_if<endpoint::warning>(&next)) {
            m_world.tell("agent", "warns", std::string{said->what});
        } else if (std::holds_alternative<endpoint::reseed>(next)) {
            if (m_tokens != nullptr) {
                m_tokens->renew(m_generation.value);
            }
        } else if (std::holds_alternative<endpoint::exit_process>(next)) {
            m_process->exits = true;
        } else if (std::holds_alternative<endpoint::close_channel>(next)) {
            close_channel();
        }
    }
    for (std::size_t i = m_noticed; i < m_recording.size(); ++i) {
        trace::record& one = m_recording[i];
        one.at = m_world.clock(); // whatever clock it reads itself
        // Where the dialect has no transactions, those that a process makes up begin anew with it.
        if (one.txn && !m_dialect.has_transactions) {
            one.txn.value += m_life * txns_per_life;
        }
        // It counts those of its session, and the next process may adopt some of them only.
        if (one.participant) {
            one.item = static_cast<participant_index>(m_order[one.item]);
        }
    }
    m_world.notice(m_recording, m_noticed);
}

/// The agent has ended its channel, and waits for another one.
void agent_process::close_channel() {
    m_process->connected = false;
    m_input.clear();
    m_line.disconnect(true, false);
    m_world.after(reconnect_after, {m_self, reconnect, m_life});
}

void agent_process::wait_until(instant at) {
    m_world.cancel(m_timer);
    if (at != never) {
        const duration left = at - clock();
        m_timer = m_world.timer_at(m_world.clock() + left, {m_self, timeout, m_life});
    }
}

void agent_process::handle(const event& what) {
    const bool of_this_life = m_process && what.number == m_life;
    switch (what.what) {
    case timeout:
        if (of_this_life) {
            m_process->agent->handle_timeout(clock());
            drain();
        }
        break;
    case find:
        if (of_this_life) {
            found();
        }
        break;
    case answered:
        on_answer(what);
        break;
    case frozen_or_not:
        on_filesystem(what);
        break;
    case windows_answered:
    case windows_let_go:
        on_windows(what);
        break;
    case watchdog:
        on_watchdog(what.number);
        break;
    case start_again:
        if (what.number == m_life) {
            restart();
        }
        break;
    case reconnect:
        if (of_this_life) {
            m_line.reconnect();
        }
        break;
    default:
        break;
    }
}

} // namespace snapproto::world
