// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_QGA_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_IMPL_QGA_ORCHESTRATOR_HPP

#include <snapproto/endpoint/qga_orchestrator.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::endpoint {

namespace detail {

[[nodiscard]] inline orchestrator_options abstract_options(const qga_orchestrator_options& from) {
    orchestrator_options made;
    made.agents = from.agents;
    made.capabilities = capability::implicit_prepare; // table 20.0: all that the dialect has
    made.timers = from.timers;
    made.total = from.total;
    made.first_txn = from.first_txn;
    return made;
}

} // namespace detail

inline qga_orchestrator::qga_orchestrator(const qga_orchestrator_options& options)
    : m_host(detail::abstract_options(options)) {
    for (std::size_t i = 0; i < options.agents; ++i) {
        qga_link_options link;
        link.wire = options.wire;
        link.timers = options.timers;
        link.sync = options.sync;
        link.command = options.command;
        link.sync_seed = fnv1a(fnv1a(fnv1a_basis, options.sync_seed), i);
        m_links.emplace_back(link);
    }
}

// ---- input --------------------------------------------------------------------------------------

inline void qga_orchestrator::channel_up(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(agent < m_links.size());
    m_links[agent].channel_up();
    m_host.channel_up(agent, now);
    pump(now);
}

inline void qga_orchestrator::channel_lost(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(agent < m_links.size());
    m_links[agent].channel_lost();
    m_host.channel_lost(agent, now);
    pump(now);
}

inline void qga_orchestrator::receive(agent_index from, byte_view bytes, instant now) {
    SNAPPROTO_ASSERT(from < m_links.size());
    m_links[from].receive(bytes, now);
    pump(now);
}

inline result<txn_id> qga_orchestrator::start(snapshot_options wanted, instant now) {
    wanted.go_at_once = true;
    auto txn = m_host.start(std::move(wanted), now);
    pump(now);
    return txn;
}

inline void qga_orchestrator::cancel(instant now) {
    m_host.cancel(now);
    pump(now);
}

inline void qga_orchestrator::cut_finished(txn_id txn, bool succeeded, instant now) {
    m_host.cut_finished(txn, succeeded, now);
    pump(now);
}

inline void qga_orchestrator::copy_ready(txn_id txn, instant now) {
    m_host.copy_ready(txn, now);
    pump(now);
}

inline void qga_orchestrator::handle_timeout(instant now) {
    m_host.handle_timeout(now);
    for (auto& link : m_links) {
        link.handle_timeout(now);
    }
    pump(now);
}

// ---- between the endpoint and its links
// -----------------------------------------------------------

inline void qga_orchestrator::pump(instant now) {
    // Ends because a link answers each request once, and the machine asks once in each phase.
    bool moved = true;
    while (moved) {
        m_deadline = never;
        moved = pump_host(now);
        for (agent_index i = 0; i < m_links.size(); ++i) {
            moved = pump_link(i, now) || moved;
        }
    }
}

inline bool qga_orchestrator::pump_host(instant now) {
    bool moved = false;
    for (;;) {
        auto next = m_host.poll();
        if (const auto* at = std::get_if<deadline>(&next)) {
            m_deadline = std::min(m_deadline, at->at);
            return moved;
        }
        moved = true;
        if (const auto* sent = std::get_if<transmit_to>(&next)) {
            m_links[sent->agent].ask(sent->message, now);
        } else if (const auto* order = std::get_if<provide>(&next)) {
            m_outputs.emplace_back(*order);
        } else if (const auto* closed = std::get_if<close_agent>(&next)) {
            m_links[closed->agent].channel_lost();
            m_outputs.emplace_back(*closed);
            if (m_links[closed->agent].possibly_frozen()) {
                m_outputs.emplace_back(agent_stuck{closed->agent}); // closing thaws nobody here
            }
        } else if (const auto* stuck = std::get_if<agent_stuck>(&next)) {
            m_outputs.emplace_back(*stuck);
        } else if (auto* outcome = std::get_if<snapshot_outcome>(&next)) {
            m_outputs.emplace_back(std::move(*outcome));
        } else if (const auto* said = std::get_if<warning>(&next)) {
            m_outputs.emplace_back(*said);
        }
    }
}

inline bool qga_orchestrator::pump_link(agent_index agent, instant now) {
    bool moved = false;
    for (;;) {
        auto next = m_links[agent].poll();
        if (const auto* at = std::get_if<deadline>(&next)) {
            m_deadline = std::min(m_deadline, at->at);
            return moved;
        }
        moved = true;
        if (auto* bytes = std::get_if<link_bytes>(&next)) {
            m_outputs.emplace_back(transmit_bytes_to{agent, std::move(bytes->bytes)});
        } else if (const auto* said = std::get_if<link_answer>(&next)) {
            m_host.handle(agent, said->message, now, said->why);
        }
    }
}

// ---- output -------------------------------------------------------------------------------------

inline qga_orchestrator_output qga_orchestrator::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    m_outputs.clear();
    m_next_output = 0;
    return deadline{m_deadline};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_QGA_ORCHESTRATOR_HPP
