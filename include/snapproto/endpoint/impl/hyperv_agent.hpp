// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_HYPERV_AGENT_HPP
#define SNAPPROTO_ENDPOINT_IMPL_HYPERV_AGENT_HPP

#include <snapproto/endpoint/hyperv_agent.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace snapproto::endpoint {

namespace detail {

/// A kernel has one request outstanding; where there are no boundaries a few may lie queued.
inline constexpr std::size_t hyperv_waiting_max = 8;

[[nodiscard]] inline agent_options abstract_options(const hyperv_agent_options& from) {
    agent_options made;
    made.capabilities = capability::implicit_prepare | capability::hold_limit;
    made.timers = from.timers;
    made.limits = from.limits;
    return made;
}

} // namespace detail

inline hyperv_agent::hyperv_agent(hyperv_agent_options options)
    : m_options(options), m_agent(detail::abstract_options(options)) {}

// ---- the device ---------------------------------------------------------------------------------

inline void hyperv_agent::device_opened(instant now) {
    begin_input();
    m_open = true;
    m_versioned = false;
    m_splitter = hyperv::record_splitter{hyperv::version_reply_bytes};
    hello opening;
    opening.header.session = {++m_session};
    opening.versions = {{1, 0}};
    opening.wanted = capability::implicit_prepare | capability::hold_limit;
    m_agent.handle(opening, now);
    collect(now);
    m_outputs.emplace_back(transmit_record{hyperv::encode(hyperv::registration{})});
}

inline void hyperv_agent::receive(byte_view bytes, instant now) {
    begin_input();
    if (m_open && m_options.boundaries) {
        return take(bytes, now);
    }
    while (m_open && !bytes.empty()) {
        if (const auto record = m_splitter.feed(bytes); record.has_value()) {
            take(*record, now);
        }
    }
}

inline void hyperv_agent::take(byte_view record, instant now) {
    const std::size_t expected =
        m_versioned ? hyperv::daemon_message_bytes : hyperv::version_reply_bytes;
    if (record.size() != expected || m_waiting.size() == detail::hyperv_waiting_max) {
        // What the kernel wanted is not known any more (SP 36.18).
        device_ended(now);
    } else if (!m_versioned) {
        m_versioned = true;
        m_splitter.expect(hyperv::daemon_message_bytes);
    } else {
        hyperv::daemon_message request{};
        std::copy(record.begin(), record.end(), request.begin());
        m_waiting.push_back(request);
        serve_waiting(now);
    }
}

inline void hyperv_agent::device_ended(instant now) {
    begin_input();
    if (!std::exchange(m_open, false)) {
        return;
    }
    m_freeze.reset();
    m_thaw.reset();
    m_waiting.clear();
    m_let_go = false;
    m_begins_anew = true;
    m_agent.handle_channel_lost(now);
    collect(now);
}

// ---- requests -----------------------------------------------------------------------------------

inline void hyperv_agent::serve(const hyperv::daemon_message& request, instant now) {
    const auto decoded = hyperv::decode_from_kernel(request);
    const auto* asked = decoded ? std::get_if<hyperv::kernel_request>(&*decoded) : nullptr;
    const auto is = [&](hyperv::vss_op op) {
        return asked != nullptr && asked->op == static_cast<std::uint8_t>(op);
    };
    if (is(hyperv::vss_op::hot_backup)) {
        reply(request, true);
    } else if (is(hyperv::vss_op::freeze)) {
        freeze(request, now);
    } else if (is(hyperv::vss_op::thaw)) {
        thaw(request, now);
    } else {
        reply(request, false); // not done here, or no request that may come (SP 30.4, 36.13)
    }
}

inline void hyperv_agent::freeze(const hyperv::daemon_message& request, instant now) {
    m_agent.notice_overdue(now);
    collect(now);
    if (m_agent.phase() == agent_phase::frozen) {
        return reply(request, true); // SP 36.7
    }
    if (m_agent.phase() != agent_phase::idle) {
        return reply(request, false); // something of the last one is not released yet
    }
    m_let_go = false;
    m_undoing_nothing = false;
    m_freeze = request;
    freeze_request asked;
    asked.header = {.session = {m_session}, .txn = {++m_txn}};
    m_agent.handle(asked, now);
    collect(now);
}

inline void hyperv_agent::thaw(const hyperv::daemon_message& request, instant now) {
    m_agent.notice_overdue(now);
    collect(now);
    const agent_phase phase = m_agent.phase();
    if (phase == agent_phase::off || phase == agent_phase::idle) {
        return reply(request, !std::exchange(m_let_go, false)); // SP 36.9
    }
    m_thaw = request;
    const auto& known = m_agent.machine().data();
    thaw_request asked;
    asked.header = {.session = known.session, .txn = known.txn};
    m_agent.handle(asked, now);
    collect(now);
}

// ---- from the session to replies ----------------------------------------------------------------

inline void hyperv_agent::collect(instant now) {
    for (;;) {
        agent_output next = m_agent.poll();
        if (std::holds_alternative<deadline>(next)) {
            break;
        }
        std::visit(
            [&](auto& what) {
                using type = std::remove_cvref_t<decltype(what)>;
                if constexpr (std::is_same_v<type, transmit>) {
                    conclude(what.message, now);
                } else if constexpr (std::is_same_v<type, close_channel>) {
                    settle(m_freeze, false);
                    settle(m_thaw, false);
                } else if constexpr (!std::is_same_v<type, deadline>) {
                    m_outputs.emplace_back(std::move(what));
                }
            },
            next);
    }
    if (m_agent.phase() == agent_phase::stuck) {
        // A later thaw tries again (SP 7.14, 36.10); so does the agent by itself.
        settle(m_freeze, false);
        settle(m_thaw, false);
    }
    // Not before everything is released: without a device the daemon ends.
    if (m_begins_anew && m_agent.phase() == agent_phase::off) {
        m_begins_anew = false;
        m_outputs.emplace_back(start_over{});
    }
    serve_waiting(now);
}

inline void hyperv_agent::serve_waiting(instant now) {
    if (std::exchange(m_serves, true)) {
        return; // what is being served is answered before the next one
    }
    while (!busy() && !m_waiting.empty()) {
        const hyperv::daemon_message next = m_waiting.front();
        m_waiting.erase(m_waiting.begin());
        serve(next, now);
    }
    m_serves = false;
}

inline void hyperv_agent::conclude(const any_message& message, instant now) {
    if (const auto* frozen = std::get_if<frozen_report>(&message)) {
        if (frozen->held != 0) {
            settle(m_freeze, true);
            return;
        }
        m_undoing_nothing = true; // SP 36.6
        thaw_request undo;
        undo.header = {.session = frozen->header.session, .txn = frozen->header.txn};
        m_agent.handle(undo, now);
    } else if (const auto* thawed = std::get_if<thawed_report>(&message)) {
        settle(m_freeze, false);
        if (!std::exchange(m_undoing_nothing, false)) {
            // One that was stuck is released by now, which is all that was asked for.
            settle(m_thaw, thawed->outcome == verdict::clean || thawed->outcome == verdict::stuck);
        }
    } else if (std::holds_alternative<error_report>(message)) {
        m_let_go = !m_freeze && !m_thaw;
        settle(m_freeze, false);
    }
}

inline void hyperv_agent::settle(std::optional<hyperv::daemon_message>& request, bool good) {
    if (const auto done = std::exchange(request, std::nullopt)) {
        reply(*done, good);
    }
}

inline void hyperv_agent::reply(const hyperv::daemon_message& request, bool good) {
    if (m_open) {
        const auto made =
            hyperv::encode(hyperv::reply_to(request, good ? 0 : hyperv::daemon_failed));
        SNAPPROTO_ASSERT(static_cast<bool>(made));
        m_outputs.emplace_back(transmit_record{*made});
    }
}

// ---- everything else that comes in --------------------------------------------------------------

inline void hyperv_agent::begin_input() noexcept {
    if (m_next_output == m_outputs.size()) {
        m_outputs.clear();
        m_next_output = 0;
    }
}

inline void hyperv_agent::participants_found(std::span<const participant_summary> found,
                                             instant now) {
    begin_input();
    m_agent.participants_found(found, now);
    collect(now);
}

inline void hyperv_agent::participants_failed(instant now) {
    begin_input();
    m_agent.participants_failed(now);
    collect(now);
}

inline void hyperv_agent::participant_answered(participant_index participant,
                                               machine::participant_event answer, instant now) {
    begin_input();
    m_agent.participant_answered(participant, answer, now);
    collect(now);
}

inline void hyperv_agent::participant_skipped(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_skipped(participant, now);
    collect(now);
}

inline void hyperv_agent::participant_let_go(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_let_go(participant, now);
    collect(now);
}

inline void hyperv_agent::handle_timeout(instant now) {
    begin_input();
    m_agent.handle_timeout(now);
    collect(now);
}

inline void hyperv_agent::stop(instant now) {
    begin_input();
    m_agent.stop(now);
    collect(now);
}

inline void hyperv_agent::adopt(std::span<const participant_summary> held, instant now) {
    begin_input();
    m_agent.adopt({++m_session}, {++m_txn}, capability::implicit_prepare | capability::hold_limit,
                  held, now);
    collect(now);
}

// ---- output -------------------------------------------------------------------------------------

inline hyperv_agent_output hyperv_agent::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    agent_output last = m_agent.poll();
    SNAPPROTO_ASSERT(std::holds_alternative<deadline>(last));
    const auto* at = std::get_if<deadline>(&last);
    return at != nullptr ? *at : deadline{};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_HYPERV_AGENT_HPP
