// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_NATIVE_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_IMPL_NATIVE_ORCHESTRATOR_HPP

#include <snapproto/endpoint/native_orchestrator.hpp>

#include <utility>

namespace snapproto::endpoint {

inline native_orchestrator::native_orchestrator(const orchestrator_options& options,
                                                const native::limits& wire)
    : m_host(options), m_wire(wire) {
    for (std::size_t i = 0; i < options.agents; ++i) {
        m_decoders.emplace_back(native::direction::reports, wire);
    }
}

// ---- input --------------------------------------------------------------------------------------

inline void native_orchestrator::channel_up(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(agent < m_decoders.size());
    m_decoders[agent].reset();
    m_host.channel_up(agent, now);
    collect();
}

inline void native_orchestrator::channel_lost(agent_index agent, instant now) {
    SNAPPROTO_ASSERT(agent < m_decoders.size());
    m_decoders[agent].reset();
    m_host.channel_lost(agent, now);
    collect();
}

inline void native_orchestrator::receive(agent_index from, byte_view bytes, instant now) {
    SNAPPROTO_ASSERT(from < m_decoders.size());
    native::decoder& decoder = m_decoders[from];
    while (!bytes.empty()) {
        bytes = bytes.subspan(decoder.feed(bytes));
        const auto got = decoder.next();
        if (got.has_value()) {
            m_host.handle(from, **got, now);
            collect();
        } else if (got.has_failure()) {
            ++m_refused;
            m_host.handle_malformed(from, now);
            collect();
        }
    }
}

inline std::optional<failure> native_orchestrator::unsendable(
    const snapshot_options& wanted) const {
    prepare_request asked;
    asked.hook_argument = wanted.hook_argument;
    auto wrong = native::unsendable(asked, m_wire);
    for (std::size_t i = 0; !wrong && i < wanted.scopes.size(); ++i) {
        // The numbers of the header take some bytes more in the message itself.
        asked.header = {{~std::uint64_t{0}}, {~std::uint64_t{0}}, {~std::uint64_t{0}}};
        asked.hold_limit = duration::max();
        asked.scope = wanted.scopes[i];
        wrong = native::unsendable(asked, m_wire);
    }
    return wrong;
}

inline result<txn_id> native_orchestrator::start(snapshot_options wanted, instant now) {
    if (const auto wrong = unsendable(wanted)) {
        return *wrong;
    }
    auto txn = m_host.start(std::move(wanted), now);
    collect();
    return txn;
}

inline bool native_orchestrator::go(instant now) {
    const bool opened = m_host.go(now);
    collect();
    return opened;
}

inline void native_orchestrator::cancel(instant now) {
    m_host.cancel(now);
    collect();
}

inline void native_orchestrator::cut_finished(txn_id txn, bool succeeded, instant now) {
    m_host.cut_finished(txn, succeeded, now);
    collect();
}

inline void native_orchestrator::copy_ready(txn_id txn, instant now) {
    m_host.copy_ready(txn, now);
    collect();
}

inline void native_orchestrator::handle_timeout(instant now) {
    m_host.handle_timeout(now);
    collect(true);
}

// ---- output -------------------------------------------------------------------------------------

inline void native_orchestrator::collect(bool time_has_passed) {
    for (;;) {
        orchestrator_output next = m_host.poll();
        if (const auto* until = std::get_if<deadline>(&next)) {
            m_deadline = until->at;
            return;
        }
        if (const auto* sent = std::get_if<transmit_to>(&next)) {
            SNAPPROTO_ASSERT(!native::unsendable(sent->message, m_wire));
            transmit_frame_to frame{sent->agent, {}};
            codec::container_sink sink{frame.bytes};
            if (time_has_passed) {
                native::encode_mark(sink); // SP 60.12
            }
            native::encode(sink, sent->message);
            m_outputs.emplace_back(std::move(frame));
        } else if (const auto* order = std::get_if<provide>(&next)) {
            m_outputs.emplace_back(*order);
        } else if (const auto* closed = std::get_if<close_agent>(&next)) {
            m_decoders[closed->agent].reset();
            m_outputs.emplace_back(*closed);
        } else if (const auto* stuck = std::get_if<agent_stuck>(&next)) {
            m_outputs.emplace_back(*stuck);
        } else if (auto* outcome = std::get_if<snapshot_outcome>(&next)) {
            m_outputs.emplace_back(std::move(*outcome));
        } else if (const auto* said = std::get_if<warning>(&next)) {
            m_outputs.emplace_back(*said);
        }
    }
}

inline native_orchestrator_output native_orchestrator::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    m_outputs.clear();
    m_next_output = 0;
    return deadline{m_deadline};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_NATIVE_ORCHESTRATOR_HPP
