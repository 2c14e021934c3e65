// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_QGA_LINK_HPP
#define SNAPPROTO_ENDPOINT_IMPL_QGA_LINK_HPP

// Requests in, commands out.

#include <snapproto/endpoint/qga_link.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::endpoint {

namespace detail {

/// The n-th number of the sequence that a seed begins (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014), in 63 bits.
[[nodiscard]] constexpr std::int64_t sync_id(std::uint64_t seed, std::uint64_t n) noexcept {
    std::uint64_t z = seed + n * 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<std::int64_t>((z ^ (z >> 31U)) >> 1U);
}

[[nodiscard]] inline std::string decimal(std::uint64_t number) {
    std::string digits;
    do {
        digits.insert(digits.begin(), static_cast<char>('0' + number % 10));
        number /= 10;
    } while (number != 0);
    return digits;
}

} // namespace detail

// ---- the channel --------------------------------------------------------------------------------

inline void qga_link::channel_up() {
    m_decoder.reset();
    m_up = true;
    desynchronise();
    m_looked_up = m_echoes = false;
    m_goal = goal::none;
}

inline void qga_link::channel_lost() {
    // An agent that was told to end thaws after it has replied, so an unbroken count says nothing
    // about a freeze whose channel has ended (SP 29.20).
    m_channel_was_lost = m_channel_was_lost || m_owes_thaw;
    m_up = m_thaw_owed = m_abort_owed = false;
    m_goal = goal::none;
    m_bytes.clear();
    m_retry_at = m_window_at = never;
    desynchronise();
}

inline void qga_link::desynchronise() noexcept {
    m_synchronised = false;
    m_command = command::none;
    m_command_at = never;
}

// ---- requests -----------------------------------------------------------------------------------

inline void qga_link::ask(const any_message& request, instant now) {
    if (!m_up) {
        return;
    }
    const message_header& head = header_of(request);
    switch (kind_of(request)) {
    case message_kind::hello:
        m_session = head.session;
        m_txn = {};
        m_goal = goal::open;
        m_thaw_owed = m_abort_owed = m_looked_up = m_settled = m_status_known = false;
        m_retry_at = m_window_at = never;
        m_retry_wait = {};
        desynchronise();
        break;
    case message_kind::freeze:
        m_freeze = *std::get_if<freeze_request>(&request);
        m_txn = head.txn;
        m_goal = goal::freeze;
        m_status_known = false;
        m_remark.clear();
        break;
    case message_kind::thaw:
    case message_kind::abort:
        if (m_goal != goal::release) {
            if (m_command != command::none) {
                desynchronise(); // its reply, if it ever comes, answers nothing any more
            }
            m_goal = goal::release;
            m_release_since = now;
            m_retry_wait = m_options.timers.retry_first;
            m_retry_at = m_window_at = never;
            m_check_status = m_stuck_told = false;
            m_verdict = verdict::none;
            m_released = 0;
        }
        (kind_of(request) == message_kind::thaw ? m_thaw_owed : m_abort_owed) = true;
        break;
    case message_kind::ping: // no keep-alive was granted, so nobody waits for this
    case message_kind::query:
        break;
    default: {
        nak refusal;
        refusal.code = nak_code::unsupported;
        answer(std::move(refusal));
        break;
    }
    }
    advance(now);
}

/// How long after a freeze was sent the cut must be over: the window of SP 12.21 (SP 29.14).
inline duration qga_link::window() const noexcept {
    const duration limit = m_freeze.hold_limit.value_or(m_options.timers.hold);
    return limit - std::max<duration>(std::chrono::seconds{1}, limit / 5);
}

// ---- one command after the other ----------------------------------------------------------------

inline void qga_link::advance(instant now) {
    if (!m_up || m_command != command::none || m_goal == goal::none) {
        return;
    }
    if (m_goal == goal::release && !m_owes_thaw) {
        finish_release(now);
        return;
    }
    if (m_retry_at > now && m_retry_at != never) {
        return;
    }
    m_retry_at = never;
    if (!m_synchronised) {
        m_sync_wait = m_options.sync;
        synchronise(now);
        return;
    }
    switch (m_goal) {
    case goal::open:
        advance_open(now);
        break;
    case goal::freeze:
        if (m_status_known) {
            send_freeze(now);
        } else {
            send(command::status, qga::make_request(qga::verb::freeze_status), m_options.command,
                 now);
        }
        break;
    case goal::release:
        advance_release(now);
        break;
    case goal::none:
        break;
    }
}

inline void qga_link::synchronise(instant now) {
    m_command = command::sync;
    m_sync_id = detail::sync_id(m_options.sync_seed, ++m_syncs);
    qga::encode_resync(m_bytes, m_sync_id);
    m_command_at = saturating_add(now, m_sync_wait);
    m_sync_wait = std::min(m_sync_wait * 2, m_options.timers.retry_max);
}

inline void qga_link::send(command what, const qga::request& request, duration limit, instant now) {
    m_command = what;
    m_command_id = detail::decimal(++m_commands);
    qga::request numbered = request;
    numbered.id = codec::raw_json{m_command_id};
    qga::encode(m_bytes, numbered);
    m_command_at = saturating_add(now, limit);
}

/// In the place of negotiation: look the commands up, settle what an earlier channel left.
inline void qga_link::advance_open(instant now) {
    if (!m_looked_up) {
        send(command::info, qga::make_request(qga::verb::info), m_options.command, now);
    } else if (!m_status_known) {
        send(command::status, qga::make_request(qga::verb::freeze_status), m_options.command, now);
    } else if (m_owes_thaw && !m_settled) {
        send(command::thaw, qga::make_request(qga::verb::thaw),
             m_options.timers.thaw + m_options.reply_margin, now);
    } else {
        m_goal = goal::none;
        hello_ack ack;
        if (m_can_freeze && m_can_thaw) {
            ack.selected = protocol_version{1, 0};
            ack.granted = capability::implicit_prepare;
            ack.hold_max = m_options.timers.hold_max;
        }
        answer(std::move(ack), m_can_freeze && m_can_thaw
                                   ? std::string{}
                                   : std::string{"cannot be made to freeze and thaw"});
    }
}

inline void qga_link::send_freeze(instant now) {
    std::vector<std::string_view> mounts;
    auto request = qga::make_request(qga::verb::freeze);
    if (m_freeze.scope.mounts) {
        mounts.assign(m_freeze.scope.mounts->begin(), m_freeze.scope.mounts->end());
        request = qga::make_freeze_list(mounts);
    }
    const timer_limits& t = m_options.timers;
    m_owes_thaw = true;
    m_channel_was_lost = false;
    m_count.reset();
    m_freeze_sent = now;
    m_window_at = saturating_add(now, window());
    send(command::freeze, request, t.prepare + t.quiesce + t.freeze + m_options.reply_margin, now);
}

inline void qga_link::advance_release(instant now) {
    if (!m_stuck_told && now - m_release_since >= m_options.timers.thaw + m_options.timers.resume) {
        m_stuck_told = true;
        error_report report;
        report.reason = verdict::stuck;
        answer(std::move(report), "refuses to be thawed; trying goes on");
    }
    if (m_check_status) {
        send(command::status, qga::make_request(qga::verb::freeze_status), m_options.command, now);
    } else {
        send(command::thaw, qga::make_request(qga::verb::thaw),
             m_options.timers.thaw + m_options.reply_margin, now);
    }
}

// ---- time and output ----------------------------------------------------------------------------

inline void qga_link::handle_timeout(instant now) {
    if (m_window_at <= now) {
        m_window_at = never;
        if (m_goal == goal::freeze) {
            fail_freeze(verdict::expired, "took longer to freeze than the window is");
        }
    }
    if (m_command_at <= now) {
        m_command_at = never;
        if (m_command == command::sync) {
            synchronise(now); // once more, with another id (SP 22.11)
        } else if (m_command != command::none) {
            on_no_reply(now);
        }
    }
    advance(now);
}

inline link_output qga_link::poll() {
    if (!m_bytes.empty()) {
        return link_bytes{std::exchange(m_bytes, {})};
    }
    if (m_next_answer < m_answers.size()) {
        return std::move(m_answers[m_next_answer++]);
    }
    m_answers.clear();
    m_next_answer = 0;
    return deadline{std::min({m_command_at, m_window_at, m_retry_at})};
}

template <class Message>
void qga_link::answer(Message message, std::string why) {
    message.header = {m_session, m_txn, {}};
    m_answers.push_back({any_message{std::move(message)}, std::move(why)});
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_QGA_LINK_HPP
