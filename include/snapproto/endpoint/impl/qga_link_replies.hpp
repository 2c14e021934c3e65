// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_QGA_LINK_REPLIES_HPP
#define SNAPPROTO_ENDPOINT_IMPL_QGA_LINK_REPLIES_HPP

// Replies in, answers out.

#include <snapproto/endpoint/qga_link.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::endpoint {

namespace detail {

/// What Windows' volume shadow copies say when they let go before the thaw (SP 29.23).
inline constexpr std::string_view hold_was_too_long = "limited up to 10 seconds";

/// The most of an agent's own words that is repeated.
inline constexpr std::size_t quoted_bytes_max = 160;

/// An agent's words: printable ASCII, within a bound.
[[nodiscard]] inline std::string quoted(std::string_view words) {
    std::string text;
    for (const char c : words.substr(0, quoted_bytes_max)) {
        text += c >= ' ' && c <= '~' ? c : '?';
    }
    return text;
}

} // namespace detail

inline void qga_link::receive(byte_view bytes, instant now) {
    while (!bytes.empty()) {
        bytes = bytes.subspan(m_decoder.feed(bytes));
        const auto line = m_decoder.next();
        if (line.has_value()) {
            on_reply(*line, now);
        } else if (line.has_failure() && m_command != command::none && m_command != command::sync &&
                   (line.error().code == error::too_long || is_ours(m_decoder.failed_id()))) {
            on_no_reply(now); // a reply that is none (SP 29.19, 29.21)
        }                     // else noise, and the reply is still to come
        advance(now);
    }
}

inline bool qga_link::is_ours(const codec::raw_json& id) const noexcept {
    return id && id.text == m_command_id;
}

inline void qga_link::on_reply(const qga::reply_view& reply, instant now) {
    if (m_command == command::none || reply.kind == qga::reply_kind::other) {
        return; // nobody asked; an event
    }
    if (m_command == command::sync) {
        if (reply.integer() == m_sync_id) {
            m_synchronised = true;
            m_command = command::none;
            m_command_at = never;
        }
        return; // everything else is older than the synchronisation (SP 22.11)
    }
    if (!is_ours(reply.id) && (reply.id || m_echoes)) {
        return; // of another command, or of no command at all (SP 20.27, 29.10)
    }
    const command answered = std::exchange(m_command, command::none);
    m_command_at = never;
    switch (answered) {
    case command::info:
        m_echoes = is_ours(reply.id);
        on_info(&reply);
        break;
    case command::status:
        on_status(reply.status(), now);
        break;
    case command::freeze:
        on_freeze(&reply, now);
        break;
    case command::thaw:
        on_thaw(&reply);
        break;
    default:
        break;
    }
}

/// The command in work was not answered in time, or not by anything that is a reply: nothing is
/// believed before the channel is synchronised (SP 29.11).
inline void qga_link::on_no_reply(instant now) {
    const command unanswered = m_command;
    desynchronise();
    switch (unanswered) {
    case command::status:
        if (m_goal == goal::freeze) {
            fail_freeze(verdict::expired, "did not tell its status");
        }
        break;
    case command::freeze:
        on_freeze(nullptr, now);
        break;
    case command::thaw:
        on_thaw(nullptr);
        break;
    default: // guest-info: asked again, as long as anybody waits for it
        break;
    }
    advance(now);
}

inline void qga_link::on_info(const qga::reply_view* reply) {
    m_can_freeze = m_can_thaw = false;
    // While somebody holds a freeze the freeze commands are disabled: that is told when a freeze
    // is tried. A thaw that is disabled now will be disabled when it is needed (SP 29.22).
    m_looked_up = true;
    (void)reply->for_each_command([&](const qga::command_entry& entry) {
        m_can_freeze = m_can_freeze || qga::verb_of(entry.name) == qga::verb::freeze;
        m_can_thaw = m_can_thaw || (qga::verb_of(entry.name) == qga::verb::thaw && entry.enabled);
    });
}

inline void qga_link::on_status(std::optional<qga::freeze_state> state, instant now) {
    const bool thawed = state == qga::freeze_state::thawed;
    switch (m_goal) {
    case goal::open:
        m_status_known = true;
        if (thawed) {
            m_owes_thaw = false; // whoever thawed it
            m_settled = true;
        } else if (m_owes_thaw) {
            m_retry_at = saturating_add(now, m_retry_wait); // at once the first time
            m_retry_wait = std::clamp(m_retry_wait * 2, m_options.timers.retry_first,
                                      m_options.timers.retry_max);
        }
        break;
    case goal::freeze:
        m_status_known = true;
        if (!state) {
            fail_freeze(verdict::aborted, "told a status that is none");
        } else if (!thawed) {
            fail_freeze(verdict::veto, "was frozen by somebody else, and is left alone");
        }
        break;
    case goal::release:
        m_check_status = false;
        if (thawed) {
            m_owes_thaw = false;
        } else {
            m_retry_at = saturating_add(now, m_retry_wait);
            m_retry_wait = std::min(m_retry_wait * 2, m_options.timers.retry_max);
        }
        break;
    case goal::none:
        break;
    }
}

inline void qga_link::on_freeze(const qga::reply_view* reply, instant now) {
    m_window_at = never;
    const auto count = reply != nullptr ? reply->integer() : std::nullopt;
    if (reply != nullptr && reply->kind == qga::reply_kind::refused) {
        // It says that nothing is frozen (SP 24.14). Refused because of somebody else's freeze, it
        // must not be thawed (SP 29.17), and the two cannot be told apart.
        m_owes_thaw = false;
        fail_freeze(verdict::veto, std::string{"could not freeze: "} + detail::quoted(reply->desc));
    } else if (!count || *count < 0) {
        fail_freeze(reply != nullptr ? verdict::aborted : verdict::expired,
                    reply != nullptr ? "answered the freeze with something that is no count"
                                     : "did not answer the freeze");
    } else if (m_goal == goal::freeze) {
        m_goal = goal::none;
        m_count = count;
        frozen_report report;
        report.held = static_cast<std::uint32_t>(std::min<std::int64_t>(*count, 0xffffffff));
        report.held_since = m_freeze_sent;
        report.hold_deadline =
            saturating_add(m_freeze_sent, m_freeze.hold_limit.value_or(m_options.timers.hold));
        answer(std::move(report));
    }
    (void)now;
}

/// The orchestrator is told; what may be frozen is thawed when its Abort comes (SP 29.16).
inline void qga_link::fail_freeze(verdict why, std::string_view words) {
    if (m_goal == goal::freeze) {
        m_goal = goal::none;
        error_report report;
        report.reason = why;
        answer(std::move(report), std::string{words});
    }
}

inline void qga_link::remark(std::string_view words) {
    if (m_remark.empty()) {
        m_remark = words;
    }
}

inline void qga_link::on_thaw(const qga::reply_view* reply) {
    const auto count = reply != nullptr ? reply->integer() : std::nullopt;
    if (m_goal == goal::open) {
        m_status_known = false; // look again; the channel is settled when it says thawed
        return;
    }
    if (m_goal != goal::release) {
        return;
    }
    m_check_status = true;
    if (count && *count >= 0) {
        m_released = *count;
        if (m_count && *m_count > 0 && *count == *m_count) {
            m_verdict = m_verdict == verdict::expired ? m_verdict : verdict::clean;
            m_check_status = m_abort_owed;
        } else if (!m_count) {
            m_verdict = verdict::aborted;
        } else if (*m_count == 0) {
            remark("froze nothing");
        } else if (m_verdict == verdict::none && m_remark.empty()) {
            m_verdict = *count < *m_count ? verdict::early : verdict::none;
            remark(*count < *m_count ? "had let go of a filesystem before the thaw"
                                     : "thawed more than it had frozen");
        }
    } else if (reply != nullptr && reply->kind == qga::reply_kind::refused) {
        if (reply->desc.find(detail::hold_was_too_long) != std::string_view::npos) {
            m_verdict = verdict::expired;
        }
        remark(std::string{"could not thaw: "} + detail::quoted(reply->desc));
    } else {
        remark(reply != nullptr ? "answered the thaw with something that is no count"
                                : "did not answer the thaw");
    }
    if (m_channel_was_lost) {
        m_verdict = verdict::lost;
    }
    if (!m_check_status) {
        m_owes_thaw = false;
    }
}

inline void qga_link::finish_release(instant now) {
    m_goal = goal::none;
    m_retry_at = never;
    if (std::exchange(m_thaw_owed, false)) {
        thawed_report report;
        report.outcome = m_verdict;
        report.held_for = now - m_freeze_sent;
        report.released =
            static_cast<std::uint32_t>(std::min<std::int64_t>(m_released, 0xffffffff));
        if (!m_remark.empty()) {
            report.warnings.push_back(m_remark);
        }
        answer(std::move(report));
    }
    if (std::exchange(m_abort_owed, false)) {
        answer(aborted_report{});
    }
    m_remark.clear();
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_QGA_LINK_REPLIES_HPP
