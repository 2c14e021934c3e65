// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_NATIVE_AGENT_HPP
#define SNAPPROTO_ENDPOINT_IMPL_NATIVE_AGENT_HPP

#include <snapproto/endpoint/native_agent.hpp>

#include <utility>

namespace snapproto::endpoint {

// ---- the channel --------------------------------------------------------------------------------

inline void native_agent::channel_up(instant now) {
    begin_input();
    m_greeted = false;
    if (std::exchange(m_connected, true)) {
        m_agent.handle_channel_lost(now);
        collect();
    }
    m_decoder.reset();
}

inline void native_agent::channel_lost(instant now) {
    begin_input();
    m_greeted = false;
    if (std::exchange(m_connected, false)) {
        m_agent.handle_channel_lost(now);
    }
    m_decoder.reset();
    collect();
}

inline void native_agent::receive(byte_view bytes, instant now) {
    SNAPPROTO_ASSERT(m_connected);
    begin_input();
    while (m_connected && !bytes.empty()) {
        bytes = bytes.subspan(m_decoder.feed(bytes));
        const auto got = m_decoder.next();
        if (got.has_value()) {
            m_greeted = m_greeted || kind_of(**got) == message_kind::hello;
            if (has_no_session(**got)) {
                nak refusal;
                refusal.header = header_of(**got);
                refusal.code = nak_code::no_session;
                refusal.phase = m_agent.phase();
                send(std::move(refusal));
            } else {
                m_agent.handle(**got, now);
            }
            collect();
        } else if (got.has_failure()) {
            ++m_refused;
            // One that is interrupted was taken back by its sender: SP 60.9.
            if (m_greeted && got.error().code != error::interrupted) {
                m_agent.handle_malformed(now);
                collect();
            }
        }
    }
    collect();
}

// A new channel has no session before its Hello (SP 63.2, 2.11), also while what the former one
// left held is still being released.
inline bool native_agent::has_no_session(const any_message& message) const noexcept {
    return !m_greeted && is_request(kind_of(message)) && m_agent.phase() != agent_phase::off;
}

// ---- everything else that comes in --------------------------------------------------------------

inline void native_agent::begin_input() noexcept {
    SNAPPROTO_ASSERT(m_next_output == m_outputs.size());
    m_bytes.clear();
    m_outputs.clear();
    m_next_output = 0;
}

inline void native_agent::participants_found(std::span<const participant_summary> found,
                                             instant now) {
    begin_input();
    m_agent.participants_found(found, now);
    collect();
}

inline void native_agent::participants_failed(instant now) {
    begin_input();
    m_agent.participants_failed(now);
    collect();
}

inline void native_agent::participant_answered(participant_index participant,
                                               machine::participant_event answer, instant now) {
    begin_input();
    if (answer == machine::participant_event::vetoed && !m_vetoed) {
        m_vetoed = participant; // a hold that is cancelled comes later, and refuses nothing
    }
    m_agent.participant_answered(participant, answer, now);
    collect();
}

inline void native_agent::participant_skipped(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_skipped(participant, now);
    collect();
}

inline void native_agent::participant_let_go(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_let_go(participant, now);
    collect();
}

inline void native_agent::handle_timeout(instant now) {
    begin_input();
    m_agent.handle_timeout(now);
    collect();
}

inline void native_agent::stop(instant now) {
    begin_input();
    m_agent.stop(now);
    collect();
}

inline void native_agent::generation_changed(generation_id generation, instant now) {
    begin_input();
    m_agent.generation_changed(generation, now);
    collect();
}

inline void native_agent::adopt(session_id session, txn_id txn,
                                std::span<const participant_summary> held, instant now) {
    begin_input();
    m_agent.adopt(session, txn, capability::implicit_prepare | capability::hold_limit, held, now);
    collect();
}

// ---- output -------------------------------------------------------------------------------------

inline void native_agent::collect() {
    for (;;) {
        agent_output next = m_agent.poll();
        if (const auto* until = std::get_if<deadline>(&next)) {
            m_deadline = until->at;
            return;
        }
        if (auto* sent = std::get_if<transmit>(&next)) {
            send(std::move(sent->message));
        } else if (std::get_if<close_channel>(&next) != nullptr) {
            if (m_greeted) { // otherwise one that has ended already is meant
                m_connected = m_greeted = false;
                m_decoder.reset();
                m_outputs.push_back({close_channel{}});
            }
        } else if (auto* wanted = std::get_if<find_participants>(&next)) {
            m_vetoed.reset(); // a transaction begins
            m_outputs.push_back({std::move(*wanted)});
        } else if (const auto* asked = std::get_if<operate>(&next)) {
            m_outputs.push_back({*asked});
        } else if (const auto* ended = std::get_if<cancel>(&next)) {
            m_outputs.push_back({*ended});
        } else if (std::get_if<exit_process>(&next) != nullptr) {
            m_outputs.push_back({exit_process{}});
        } else if (std::get_if<reseed>(&next) != nullptr) {
            m_outputs.push_back({reseed{}});
        } else if (const auto* said = std::get_if<warning>(&next)) {
            m_outputs.push_back({*said});
        }
    }
}

inline void native_agent::send(any_message&& message) {
    if (!m_connected) {
        return; // who would have read it is gone
    }
    if (auto* why = std::get_if<error_report>(&message);
        why != nullptr && why->reason == verdict::veto && !why->participant) {
        why->participant = m_vetoed; // SP 14.2
    }
    native::shorten(message, m_wire);
    SNAPPROTO_ASSERT(!native::unsendable(message, m_wire));
    const std::size_t begin = m_bytes.size();
    codec::container_sink sink{m_bytes};
    if (std::exchange(m_marks_answered, m_decoder.marks()) != m_decoder.marks() &&
        kind_of(message) != message_kind::hello_ack) { // which has its own (SP 60.8)
        native::encode_mark(sink);                     // SP 60.13
    }
    native::encode(sink, message);
    m_outputs.push_back({transmit_frame{}, begin, m_bytes.size() - begin});
}

inline native_agent_output native_agent::poll() {
    if (m_next_output == m_outputs.size()) {
        return deadline{m_deadline};
    }
    pending& next = m_outputs[m_next_output++];
    if (auto* frame = std::get_if<transmit_frame>(&next.what)) {
        frame->bytes = std::string_view{m_bytes}.substr(next.begin, next.size);
    }
    return std::move(next.what);
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_NATIVE_AGENT_HPP
