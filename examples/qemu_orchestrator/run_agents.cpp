// SPDX-License-Identifier: BSL-1.0
// The agents' sockets: to be reached before, and again after, for as long as a guest may be frozen.
#include "run_state.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>

namespace snaptake {

using namespace snapproto;
using namespace std::chrono_literals;

namespace {

constexpr auto again_after = 300ms;

} // namespace

void run::connect_all() {
    for (machine& one : m_machines) {
        if (!one.up && !one.agent->is_used()) {
            one.agent->open();
        }
    }
}

void run::connect_later() {
    m_again.expires_after(again_after);
    m_again.async_wait([this](const auto& error) {
        const bool reaches =
            m_stage == stage::reaching || (m_stage == stage::preparing && !m_alone);
        const bool settles = m_stage == stage::settling && any_may_be_frozen();
        if (!error && (reaches || settles)) {
            if (m_endpoint.phase() == orchestrator_phase::down) {
                connect_all();
            } else {
                connect_later();
            }
        }
    });
}

void run::agent_opened(agent_index agent) {
    m_machines[agent].up = true;
    m_endpoint.channel_up(agent, now());
    drain();
    pretend_that_all_are_up();
}

void run::agent_lost(agent_index agent, std::string_view why) {
    machine& one = m_machines[agent];
    say(fmt::format("{}'s agent: {}", m_how.machines[agent].name, why));
    if (std::exchange(one.up, false)) {
        m_losing = true;
        m_endpoint.channel_lost(agent, now());
        drain();
        m_losing = false;
    }
    pretend_that_all_are_up();
    connect_later();
}

/// The endpoint ends a channel: because of another one, or because of what the agent said, or did
/// not say.
void run::agent_closed(agent_index agent) {
    machine& one = m_machines[agent];
    one.up = false;
    one.agent->close();
    const auto begins = [this] {
        return m_stage == stage::reaching || (m_stage == stage::preparing && !m_alone);
    };
    if (begins() && !m_losing) {
        one.trouble = fmt::format("its agent {} does not answer, or cannot freeze and thaw",
                                  one.agent->path());
        boost::asio::post(
            m_io,
            [this, begins, why = fmt::format("{}: {}", m_how.machines[agent].name, one.trouble)] {
                if (begins()) { // the endpoint has been drained
                    give_up(why);
                }
            });
    } else {
        connect_later();
    }
}

/// Sessions are opened when every channel is up. A guest that may be frozen does not wait for
/// another one that has gone: to the endpoint that one is deaf.
void run::pretend_that_all_are_up() {
    bool some = false;
    for (const machine& one : m_machines) {
        if (!one.up && one.agent->is_used()) {
            return; // still connecting
        }
        some = some || one.up;
    }
    for (agent_index i = 0; m_stage == stage::settling && some && i < count(); ++i) {
        if (!m_machines[i].up) {
            m_machines[i].up = true;
            m_endpoint.channel_up(i, now());
        }
    }
    if (m_stage == stage::settling) {
        drain();
    }
}

} // namespace snaptake
