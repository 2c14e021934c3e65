// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/agent_process.hpp"

#include <snapproto/endpoint/qga_agent.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::world {
namespace {

using machine::participant_event;

constexpr ticks look_around = kernel::millisecond; // to find the participants

endpoint::qga_agent_options options_of(const agent_process_options& from) {
    endpoint::qga_agent_options made;
    made.version = "snapproto simulated agent";
    made.timers.hold = std::chrono::milliseconds{from.hold_limit_ms};
    made.timers.hold_max = std::max(made.timers.hold_max, made.timers.hold);
    return made;
}

} // namespace

/// The agent while it runs, and the client that it has: the channel is one for good, so the client
/// stays the same.
struct agent_process::process {
    static constexpr endpoint::client_id client = 1;

    explicit process(const agent_process_options& options) : agent(options_of(options)) {}

    endpoint::qga_agent agent;
    bool connected = false;
};

agent_process::agent_process(environment& world, channel& line,
                             const agent_process_options& options)
    : m_world(world), m_line(line), m_options(options), m_self(world.add(*this)) {}

agent_process::~agent_process() = default;

void agent_process::add(std::string name, application& what) {
    m_participants.push_back({std::move(name), &what, nullptr});
}

void agent_process::add(std::string name, filesystem& what) {
    m_participants.push_back({std::move(name), nullptr, &what});
}

// ---- life ---------------------------------------------------------------------------------------

void agent_process::open() {
    m_process = std::make_unique<process>(m_options);
    m_process->agent.record_to(&m_recording);
    note_life(trace::record_kind::started);
    if (m_line.connected()) {
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
}

void agent_process::kill() {
    if (!m_process) {
        return;
    }
    m_process.reset();
    ++m_life; // answers to it reach nobody
    m_world.cancel(m_timer);
    m_input.clear();
    note_life(trace::record_kind::killed);
    m_world.tell("agent", "dies", "the agent's process is killed");
    m_world.after(static_cast<ticks>(m_options.hold_limit_ms) * kernel::millisecond,
                  {m_self, watchdog, m_life});
}

void agent_process::restart() {
    if (m_process) {
        return;
    }
    ++m_life;
    m_world.tell("agent", "restarts", "the agent's process is started again");
    open();
    std::vector<participant_summary> held;
    const auto is_frozen = [](const participant& p) { return p.files != nullptr && p.held; };
    if (!m_flaw->adopts()) {
        return;
    }
    if (std::any_of(m_participants.begin(), m_participants.end(), is_frozen)) {
        // It finds the filesystem frozen; that a hook ran before is known from its own notes.
        for (const auto& one : m_participants) {
            held.push_back({one.name, one.files != nullptr ? participant_kind::filesystem
                                                           : participant_kind::hook});
        }
        m_process->agent.adopt(held, m_world.clock());
        drain();
    } else {
        for (auto& one : m_participants) {
            if (std::exchange(one.held, false)) {
                one.program->resume({});
            }
        }
    }
}

void agent_process::on_watchdog() {
    if (!m_flaw->has_watchdog()) {
        return;
    }
    for (auto one = m_participants.rbegin(); one != m_participants.rend(); ++one) {
        if (std::exchange(one->held, false)) {
            m_world.tell("watchdog", "releases", "releases " + one->name);
            one->files != nullptr ? one->files->thaw({}) : one->program->resume({});
        }
    }
}

// ---- the channel --------------------------------------------------------------------------------

void agent_process::channel_up() {
    if (m_process && !m_process->connected) {
        m_process->connected = m_process->agent.client_connected(process::client);
    }
}

void agent_process::channel_lost() {
    m_input.clear();
    if (m_process && std::exchange(m_process->connected, false)) {
        m_process->agent.client_gone(process::client);
    }
}

void agent_process::bytes_arrived(std::string_view bytes) {
    if (m_process) {
        m_input += bytes;
        feed();
    }
}

void agent_process::feed() {
    while (m_process && m_process->connected && !m_input.empty()) {
        const auto taken =
            m_process->agent.receive(process::client, as_bytes(m_input), m_world.clock());
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
}

void agent_process::collect() {
    auto& agent = m_process->agent;
    for (;;) {
        const auto next = agent.poll();
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            m_world.cancel(m_timer);
            if (until->at != never) {
                m_timer = m_world.timer_at(until->at.time_since_epoch().count(),
                                           {m_self, timeout, m_life});
            }
            break;
        }
        if (const auto* bytes = std::get_if<endpoint::transmit_bytes>(&next)) {
            m_line.send(direction::to_host, bytes->bytes);
        } else if (std::holds_alternative<endpoint::find_participants>(next)) {
            m_world.after(look_around, {m_self, find, m_life});
        } else if (const auto* asked = std::get_if<endpoint::operate>(&next)) {
            const std::size_t index = asked->participant;
            if (asked->what == endpoint::operation::prepare) {
                m_world.after(
                    0, answer_event(answered, index,
                                    static_cast<std::uint64_t>(participant_event::prepared)));
            } else if (asked->what == endpoint::operation::hold ||
                       asked->what == endpoint::operation::release) {
                operate(index, asked->what == endpoint::operation::hold);
            }
        } else if (const auto* said = std::get_if<endpoint::warning>(&next)) {
            m_world.tell("agent", "warns", std::string{said->what});
        }
    }
    m_world.notice(m_recording, m_noticed);
}

// ---- participants -------------------------------------------------------------------------------

event agent_process::answer_event(std::uint32_t what, std::size_t index,
                                  std::uint64_t answer) const noexcept {
    return {m_self, what, m_life << 32 | static_cast<std::uint64_t>(index) << 8 | answer};
}

void agent_process::found() {
    std::vector<participant_summary> all;
    for (const auto& one : m_participants) {
        all.push_back({one.name, one.files != nullptr ? participant_kind::filesystem
                                                      : participant_kind::hook});
    }
    m_process->agent.participants_found(all, m_world.clock());
    drain();
}

void agent_process::operate(std::size_t index, bool hold) {
    const participant& who = m_participants[index];
    m_world.tell("agent", hold ? "holds" : "releases",
                 (hold ? "asks to stop: " : "asks to go on: ") + who.name);
    const deed how = m_flaw->operates(who.files != nullptr, hold);
    if (how != deed::honest) {
        m_world.after(0, answer_event(answered, index,
                                      static_cast<std::uint64_t>(
                                          hold ? participant_event::held
                                               : participant_event::released)));
    }
    if (how == deed::pretended) {
        return;
    }
    if (who.files != nullptr) {
        const event done = how == deed::honest ? answer_event(frozen_or_not, index, 0) : event{};
        hold ? who.files->freeze(done) : who.files->thaw(done);
        return;
    }
    const auto answer = [&](participant_event what) {
        return answer_event(answered, index, static_cast<std::uint64_t>(what));
    };
    if (hold) {
        who.program->quiesce(answer(participant_event::held), answer(participant_event::vetoed));
    } else {
        who.program->resume(answer(participant_event::released));
    }
}

void agent_process::on_answer(const event& what) {
    const auto index = static_cast<std::size_t>(what.number >> 8 & 0xffffU);
    const auto answer = static_cast<participant_event>(what.number & 0xffU);
    participant& who = m_participants[index];
    who.held =
        answer == participant_event::held || (who.held && answer != participant_event::released);
    if (m_process && what.number >> 32 == m_life) {
        if (answer == participant_event::vetoed) {
            m_flaw->participant_failed();
        }
        m_process->agent.participant_answered(
            static_cast<participant_index>(index), answer, m_world.clock(),
            answer == participant_event::vetoed ? who.name + " refuses to be quiesced" : "");
        drain();
    }
}

void agent_process::on_filesystem(const event& what) {
    const auto index = static_cast<std::size_t>(what.number >> 8 & 0xffffU);
    const auto answer = static_cast<freeze_answer>(what.number & 0xffU);
    participant& who = m_participants[index];
    who.held = who.files->frozen();
    if (!m_process || what.number >> 32 != m_life) {
        return;
    }
    // A failed freeze leaves it thawed, a failed thaw frozen: the same word means both.
    const auto failed = who.held ? participant_event::release_failed : participant_event::vetoed;
    const auto not_held = m_flaw->tells_not_held() ? participant_event::not_held
                                                   : participant_event::released;
    const auto told = answer == freeze_answer::frozen       ? participant_event::held
                      : answer == freeze_answer::thawed     ? participant_event::released
                      : answer == freeze_answer::not_frozen ? not_held
                                                            : failed;
    if (told == participant_event::vetoed) {
        m_flaw->participant_failed();
    }
    if (told == participant_event::held && m_flaw->lets_go_early()) {
        who.files->thaw({});
    }
    m_process->agent.participant_answered(static_cast<participant_index>(index), told,
                                          m_world.clock(), "the filesystem cannot do that");
    drain();
}

void agent_process::handle(const event& what) {
    const bool of_this_life = m_process && what.number == m_life;
    switch (what.what) {
    case timeout:
        if (of_this_life) {
            m_process->agent.handle_timeout(m_world.clock());
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
    case watchdog:
        if (what.number == m_life) {
            on_watchdog();
        }
        break;
    default:
        break;
    }
}

} // namespace snapproto::world
