// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/endpoints.hpp"

#include <snapproto/endpoint/agent.hpp>

#include <utility>

namespace snapproto::fleet {
namespace {

machine::participant_event event_of(answer what) noexcept {
    switch (what) {
    case answer::prepared:
        return machine::participant_event::prepared;
    case answer::vetoed:
        return machine::participant_event::vetoed;
    case answer::held:
        return machine::participant_event::held;
    case answer::released:
        return machine::participant_event::released;
    case answer::finished:
        break;
    }
    return machine::participant_event::finished;
}

} // namespace

agent_end::agent_end(agent_index index, const timer_limits& timers) {
    endpoint::agent_options made;
    made.timers = timers;
    made.index = index;
    m_end = std::make_unique<endpoint::agent_endpoint>(std::move(made));
}

agent_end::agent_end(agent_end&&) noexcept = default;
agent_end& agent_end::operator=(agent_end&&) noexcept = default;
agent_end::~agent_end() = default;

void agent_end::reset(recording* into) {
    m_end->reset();
    m_end->record_to(into);
}

void agent_end::handle(const any_message& message, instant now) {
    m_end->handle(message, now);
}

void agent_end::channel_lost(instant now) {
    m_end->handle_channel_lost(now);
}

void agent_end::found(std::span<const participant_summary> all, instant now) {
    m_end->participants_found(all, now);
}

void agent_end::answered(participant_index participant, answer what, instant now) {
    m_end->participant_answered(participant, event_of(what), now);
}

void agent_end::timeout(instant now) {
    m_end->handle_timeout(now);
}

endpoint::agent_output agent_end::poll() {
    return m_end->poll();
}

bool agent_end::at_rest() const noexcept {
    return m_end->phase() == agent_phase::off;
}

verdict agent_end::last_verdict() const noexcept {
    return m_end->machine().data().last_verdict;
}

} // namespace snapproto::fleet
