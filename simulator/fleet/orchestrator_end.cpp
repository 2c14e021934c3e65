// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/endpoints.hpp"

#include <snapproto/endpoint/orchestrator.hpp>

#include <utility>

namespace snapproto::fleet {

orchestrator_end::orchestrator_end(std::size_t agents, const timer_limits& timers) {
    endpoint::orchestrator_options made;
    made.agents = agents;
    made.timers = timers;
    m_end = std::make_unique<endpoint::orchestrator_endpoint>(std::move(made));
}

orchestrator_end::orchestrator_end(orchestrator_end&&) noexcept = default;
orchestrator_end& orchestrator_end::operator=(orchestrator_end&&) noexcept = default;
orchestrator_end::~orchestrator_end() = default;

void orchestrator_end::reset(std::uint64_t first, recording* into) {
    m_end->reset({first}, {first});
    m_end->record_to(into);
}

void orchestrator_end::channel_up(agent_index agent, instant now) {
    m_end->channel_up(agent, now);
}

void orchestrator_end::channel_lost(agent_index agent, instant now) {
    m_end->channel_lost(agent, now);
}

void orchestrator_end::handle(agent_index from, const any_message& message, instant now) {
    m_end->handle(from, message, now);
}

bool orchestrator_end::start(endpoint::snapshot_options wanted, instant now) {
    return static_cast<bool>(m_end->start(std::move(wanted), now));
}

void orchestrator_end::cut_finished(txn_id txn, bool succeeded, instant now) {
    m_end->cut_finished(txn, succeeded, now);
}

void orchestrator_end::timeout(instant now) {
    m_end->handle_timeout(now);
}

endpoint::orchestrator_output orchestrator_end::poll() {
    return m_end->poll();
}

bool orchestrator_end::at_rest() const noexcept {
    return !m_end->running() && (m_end->phase() == orchestrator_phase::idle ||
                                 m_end->phase() == orchestrator_phase::down);
}

} // namespace snapproto::fleet
