// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_LINKED_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_IMPL_LINKED_ORCHESTRATOR_HPP

#include <snapproto/endpoint/linked_orchestrator.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::endpoint {

// ---- input --------------------------------------------------------------------------------------

template <class Link>
void linked_orchestrator<Link>::channel_up(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(agent < m_links.size());
    m_links[agent].channel_up();
    m_host.channel_up(agent, now);
    pump(now);
}

template <class Link>
void linked_orchestrator<Link>::channel_lost(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(agent < m_links.size());
    m_links[agent].channel_lost();
    m_host.channel_lost(agent, now);
    pump(now);
}

template <class Link>
void linked_orchestrator<Link>::receive(agent_index from, byte_view bytes, instant now) {
    SNAPPROTO_ASSERT(from < m_links.size());
    m_links[from].receive(bytes, now);
    pump(now);
}

template <class Link>
result<txn_id> linked_orchestrator<Link>::start(snapshot_options wanted, instant now) {
    wanted.go_at_once = true;
    auto txn = m_host.start(std::move(wanted), now);
    pump(now);
    return txn;
}

template <class Link>
void linked_orchestrator<Link>::cancel(instant now) {
    m_host.cancel(now);
    pump(now);
}

template <class Link>
void linked_orchestrator<Link>::cut_finished(txn_id txn, bool succeeded, instant now) {
    m_host.cut_finished(txn, succeeded, now);
    pump(now);
}

template <class Link>
void linked_orchestrator<Link>::copy_ready(txn_id txn, instant now) {
    m_host.copy_ready(txn, now);
    pump(now);
}

template <class Link>
void linked_orchestrator<Link>::handle_timeout(instant now) {
    m_host.handle_timeout(now);
    for (auto& link : m_links) {
        link.handle_timeout(now);
    }
    pump(now);
}

// ---- between the endpoint and its links ---------------------------------------------------------

template <class Link>
void linked_orchestrator<Link>::pump(instant now) {
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

template <class Link>
bool linked_orchestrator<Link>::pump_host(instant now) {
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
            close(closed->agent);
        } else if (const auto* stuck = std::get_if<agent_stuck>(&next)) {
            m_outputs.emplace_back(*stuck);
        } else if (auto* outcome = std::get_if<snapshot_outcome>(&next)) {
            m_outputs.emplace_back(std::move(*outcome));
        } else if (const auto* said = std::get_if<warning>(&next)) {
            m_outputs.emplace_back(*said);
        }
    }
}

template <class Link>
bool linked_orchestrator<Link>::pump_link(agent_index agent, instant now) {
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
        } else if (std::holds_alternative<link_closed>(next)) {
            m_host.channel_lost(agent, now);
            close(agent);
        }
    }
}

template <class Link>
void linked_orchestrator<Link>::close(agent_index agent) {
    m_outputs.emplace_back(close_agent{agent});
    if (m_links[agent].possibly_frozen()) {
        m_outputs.emplace_back(agent_stuck{agent}); // whether closing thaws is not to be seen
    }
}

// ---- output -------------------------------------------------------------------------------------

template <class Link>
linked_orchestrator_output linked_orchestrator<Link>::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    m_outputs.clear();
    m_next_output = 0;
    return deadline{m_deadline};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_LINKED_ORCHESTRATOR_HPP
