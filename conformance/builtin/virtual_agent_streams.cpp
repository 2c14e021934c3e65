// SPDX-License-Identifier: BSL-1.0
// Between the clients' streams and the endpoint: bytes in, each reply with the request it answers.
#include "conformance/builtin/embedded_agent.hpp"

#include <utility>

namespace snapproto::conformance::builtin {

namespace {

/// Bytes that wait for a client that does not read; then its requests wait too.
constexpr std::size_t backlog_max = 256 * 1024;

} // namespace

void embedded_agent::read(endpoint::client_id id, connection& from) {
    std::string fresh = std::exchange(from.stream->to_agent, {});
    if (m_deaf) {
        return;
    }
    if (m_fault != nullptr && m_fault->input && !fresh.empty()) {
        m_fault->input(*this, fresh);
    }
    if (split(id, from, fresh)) {
        feed(id, from);
    }
}

bool embedded_agent::split(endpoint::client_id id, connection& from, std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t taken = from.decoder.feed(as_bytes(bytes));
        std::string piece = std::exchange(from.held_back, {});
        piece += bytes.substr(0, taken);
        bytes.remove_prefix(taken);
        const auto decoded = from.decoder.next();
        if (decoded.has_value() && m_fault != nullptr && m_fault->answer) {
            if (const auto answer = m_fault->answer(*this, {*decoded, piece, id})) {
                if (!m_alive) {
                    return false;
                }
                from.stream->to_client += *answer;
                continue;
            }
        }
        if (decoded.has_value()) {
            from.asked.push_back(decoded->verb);
        } else if (decoded.has_failure()) {
            from.asked.push_back(qga::verb::unknown);
        } else if (m_fault != nullptr && m_fault->answer) {
            from.held_back = std::move(piece);
            continue;
        }
        from.to_feed.push_back(std::move(piece));
    }
    return m_alive;
}

void embedded_agent::feed(endpoint::client_id id, connection& from) {
    while (m_alive && !from.to_feed.empty() && from.stream->to_client.size() < backlog_max) {
        notice_foreign_thaw();
        std::string& piece = from.to_feed.front();
        const std::size_t taken = m_agent.receive(id, as_bytes(piece), now());
        drain();
        if (!m_alive) {
            return;
        }
        if (taken < piece.size()) {
            piece.erase(0, taken);
            return; // the reply to an earlier request is still in work
        }
        from.to_feed.pop_front();
    }
}

void embedded_agent::reply(endpoint::client_id to, std::string line) {
    const auto found = m_connections.find(to);
    if (found == m_connections.end()) {
        return;
    }
    qga::verb verb = qga::verb::unknown;
    if (!found->second.asked.empty()) {
        verb = found->second.asked.front();
        found->second.asked.pop_front();
    }
    if (m_fault != nullptr && m_fault->reply) {
        m_fault->reply(*this, verb, line);
    }
    if (m_alive && !m_deaf) {
        found->second.stream->to_client += line;
    }
}

} // namespace snapproto::conformance::builtin
