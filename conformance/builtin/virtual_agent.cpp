// SPDX-License-Identifier: BSL-1.0
// The run itself: how it begins and ends, what is asked of it, what its endpoint asks for.
#include "conformance/builtin/embedded_agent.hpp"

#include <algorithm>
#include <utility>

namespace snapproto::conformance::builtin {

embedded_agent::embedded_agent(std::unique_ptr<agent_memory> own, virtual_world& world,
                               const fault* with, const start_options& options)
    : m_memory(std::move(own)),
      m_world(world),
      m_fault(with),
      m_settings(settings_of(with)),
      m_agent(endpoint_options(m_settings, options)) {
    m_agent.record_to(m_world.recording);
    m_world.hook_configured = options.hook.has_value();
    if (m_settings.adopts_at_start) {
        adopt();
    }
    if (m_fault != nullptr && m_fault->started) {
        m_fault->started(*this);
    }
}

std::shared_ptr<virtual_stream> embedded_agent::connect() {
    const agent_memory::at_work here(*m_memory);
    auto stream = std::make_shared<virtual_stream>();
    if (!m_alive || !m_agent.client_connected(++m_last_client)) {
        stream->agent_closed = true;
        return stream;
    }
    m_connections[m_last_client].stream = stream;
    return stream;
}

void embedded_agent::pump() {
    const agent_memory::at_work here(*m_memory);
    if (std::exchange(m_pumping, true)) {
        m_pump_again = true; // called from below: the loop that runs goes round once more
        return;
    }
    do {
        m_pump_again = false;
        pump_once();
    } while (m_alive && m_pump_again);
    m_pumping = false;
}

void embedded_agent::pump_once() {
    for (auto at = m_connections.begin(); m_alive && at != m_connections.end();) {
        if (at->second.stream->client_closed) {
            const auto id = at->first;
            at = m_connections.erase(at);
            m_agent.client_gone(id);
            if (m_fault != nullptr && m_fault->client_gone) {
                m_fault->client_gone(*this);
                drain();
            }
        } else {
            read(at->first, at->second);
            if (!m_alive) {
                return; // and the connections are gone
            }
            ++at;
        }
    }
    for (auto& [id, from] : m_connections) {
        auto& stream = *from.stream;
        if (stream.client_finished && stream.to_agent.empty() && from.to_feed.empty() &&
            from.asked.empty()) {
            stream.agent_closed = true;
        }
    }
}

void embedded_agent::terminate() {
    const agent_memory::at_work here(*m_memory);
    if (m_settings.ignores_terminate || !m_alive ||
        (m_fault != nullptr && m_fault->terminate && m_fault->terminate(*this))) {
        return;
    }
    m_agent.stop(now());
    drain();
}

void embedded_agent::send(std::uint32_t client, std::string_view bytes) {
    const auto to = m_connections.find(client);
    if (to != m_connections.end()) {
        to->second.stream->to_client += bytes;
    }
}

void embedded_agent::send_to_all(std::string_view bytes) {
    for (auto& [id, to] : m_connections) {
        to.stream->to_client += bytes;
    }
}

void embedded_agent::run_hook(std::string_view argument) {
    if (m_world.hook_configured) {
        m_world.hook.run(std::string{argument}, [](const virtual_hook::ending&) {});
    }
}

void embedded_agent::inject(std::string_view bytes) {
    constexpr endpoint::client_id nobody = ~endpoint::client_id{0};
    if (m_agent.client_connected(nobody)) {
        (void)m_agent.receive(nobody, as_bytes(bytes), now());
        drain();
        m_agent.client_gone(nobody);
    }
}

agent_settings embedded_agent::settings_of(const fault* with) {
    agent_settings settings;
    if (with != nullptr && with->settings) {
        with->settings(settings);
    }
    return settings;
}

endpoint::qga_agent_options embedded_agent::endpoint_options(const agent_settings& settings,
                                                             const start_options& from) {
    endpoint::qga_agent_options made;
    made.version = "snapproto reference agent";
    made.timers.hold = settings.hold_limit;
    made.timers.hold_max = std::max<duration>(made.timers.hold_max, settings.hold_limit);
    made.timers.quiesce = made.timers.resume = settings.hook_limit;
    made.wire.frame_bytes_max = settings.message_bytes_max;
    made.wire.nesting_max = settings.nesting_max;
    for (const auto& name : from.block_list) {
        made.blocked.push_back(qga::verb_of(name));
    }
    return made;
}

void embedded_agent::end() {
    if (!std::exchange(m_alive, false)) {
        return;
    }
    for (auto& [id, from] : m_connections) {
        from.stream->agent_closed = true;
    }
    m_connections.clear();
    m_alive_token.reset();
    m_world.hook.abandon();
    m_world.clock.cancel(m_wake_up);
}

void embedded_agent::drain() {
    while (m_alive) {
        auto next = m_agent.poll();
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            wake_up_at(until->at);
            break;
        }
        perform(next);
    }
    run_later();
}

void embedded_agent::perform(const endpoint::qga_agent_output& what) {
    if (const auto* bytes = std::get_if<endpoint::transmit_bytes>(&what)) {
        reply(bytes->client, std::string{bytes->bytes});
    } else if (const auto* find = std::get_if<endpoint::find_participants>(&what)) {
        m_later.push_back([this, scope = find->scope] { find_participants(scope); });
    } else if (const auto* op = std::get_if<endpoint::operate>(&what)) {
        m_later.push_back([this, op = *op] { operate(op); });
    } else if (const auto* stop = std::get_if<endpoint::cancel>(&what)) {
        m_later.push_back([this, i = stop->participant] {
            if (const auto call = m_hook_calls.find(i); call != m_hook_calls.end()) {
                m_world.hook.kill(call->second);
            }
        });
    } else if (std::holds_alternative<endpoint::exit_process>(what)) {
        m_ending = {false, 0};
        end();
    }
}

void embedded_agent::run_later() {
    while (m_alive && !m_later.empty()) {
        const auto next = std::move(m_later.front());
        m_later.pop_front();
        next();
    }
}

void embedded_agent::wake_up_at(snapproto::instant when) {
    m_world.clock.cancel(m_wake_up);
    if (when != snapproto::never) {
        m_wake_up = m_world.clock.at(instant{when.time_since_epoch()}, [this] {
            const agent_memory::at_work here(*m_memory);
            ++m_wake_ups;
            m_agent.handle_timeout(now());
            drain();
            pump();
        });
    }
}

std::unique_ptr<virtual_agent> virtual_agent::make(virtual_world& world, const fault* with,
                                                   const start_options& options) {
    auto own = std::make_unique<agent_memory>();
    const agent_memory::at_work from_the_start(*own);
    return std::make_unique<embedded_agent>(std::move(own), world, with, options);
}

} // namespace snapproto::conformance::builtin
