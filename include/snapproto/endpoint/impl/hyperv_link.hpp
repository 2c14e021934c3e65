// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_HYPERV_LINK_HPP
#define SNAPPROTO_ENDPOINT_IMPL_HYPERV_LINK_HPP

#include <snapproto/core/bytes.hpp>
#include <snapproto/endpoint/hyperv_link.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace snapproto::endpoint {

// ---- the device ---------------------------------------------------------------------------------

inline void hyperv_link::begin(goal what) noexcept {
    m_goal = what;
    m_window_at = m_retry_at = m_give_up_at = never;
    m_retry_wait = {};
}

inline void hyperv_link::channel_up() {
    m_kernel = {};
    m_up = true;
    begin(goal::none);
}

inline void hyperv_link::channel_lost() {
    forget_channel();
    m_outputs.clear();
    m_next_output = 0;
}

inline void hyperv_link::forget_channel() {
    m_channel_was_lost = m_channel_was_lost || m_owes_thaw;
    m_up = m_thaw_owed = m_abort_owed = false;
    m_asked.reset();
    m_kernel_at = never;
    begin(goal::none);
}

/// Which request the daemon's next reply is for could not be told. It is to notice that nobody
/// waits for it, so the device ends for it (SP 37.3).
inline void hyperv_link::end_channel() {
    forget_channel();
    m_outputs.emplace_back(link_closed{}); // behind what is to be told of it
}

inline void hyperv_link::receive(byte_view record, instant now) {
    if (!m_up) {
        return;
    }
    const auto got = hyperv::decode_from_daemon(record);
    if (!got) {
        step(machine::util_event::bad_write, now);
    } else if (const auto* enrolled = std::get_if<hyperv::registration>(&*got)) {
        step(enrolled->versioned ? machine::util_event::registered
                                 : machine::util_event::registered_old,
             now);
    } else {
        m_error = std::get_if<hyperv::daemon_reply>(&*got)->error;
        step(machine::util_event::reply, now);
    }
    advance(now);
}

// ---- the kernel ---------------------------------------------------------------------------------

inline void hyperv_link::step(machine::util_event event, instant now) {
    machine::util_outbox out;
    const auto taken = m_kernel.process(event, out);
    if (!taken) {
        if (taken.refusal == machine::util_refusal::invalid) {
            end_channel();
        }
        return;
    }
    m_answered = kernel_answer::none;
    for (const machine::util_effect effect : out) {
        perform(effect, event == machine::util_event::expired, now);
    }
    if (!m_up) {
        return;
    }
    // Whatever is queued is read at once: the transport keeps it until the daemon looks.
    if (m_kernel.data().queue != machine::util_queue::empty) {
        step(machine::util_event::read, now);
    }
    if (const auto how = std::exchange(m_answered, kernel_answer::none);
        how != kernel_answer::none) {
        on_answer(how, now);
    }
}

inline void hyperv_link::perform(machine::util_effect effect, bool timed_out, instant now) {
    using machine::util_effect;
    switch (effect) {
    case util_effect::answer_ok:
    case util_effect::answer_no_flags:
        m_answered = kernel_answer::good;
        break;
    case util_effect::answer_failed:
        m_answered = timed_out ? kernel_answer::late : kernel_answer::bad;
        break;
    case util_effect::answer_reply:
        m_answered = m_error == 0 ? kernel_answer::good : kernel_answer::bad;
        break;
    case util_effect::queue_version:
        m_queued = as_text(hyperv::encode(hyperv::version_reply{}));
        break;
    case util_effect::queue_request:
        m_queued =
            as_text(hyperv::encode(hyperv::kernel_request{static_cast<std::uint8_t>(*m_asked), 0}));
        break;
    case util_effect::deliver:
        m_outputs.emplace_back(link_bytes{std::exchange(m_queued, {})});
        break;
    case util_effect::arm_timer:
        m_kernel_at =
            saturating_add(now, m_asked == hyperv::vss_op::freeze ? m_options.kernel.freeze
                                                                  : m_options.kernel.others);
        break;
    case util_effect::cancel_timer:
        m_kernel_at = never;
        break;
    case util_effect::refuse_write:
        end_channel();
        break;
    default: // the ring, hibernation and an old registration: nothing that is seen here
        break;
    }
}

inline void hyperv_link::request(hyperv::vss_op op, instant now) {
    m_asked = op;
    step(op == hyperv::vss_op::freeze ? machine::util_event::freeze
         : op == hyperv::vss_op::thaw ? machine::util_event::thaw
                                      : machine::util_event::check,
         now);
}

// ---- the kernel's answers -----------------------------------------------------------------------

inline void hyperv_link::on_answer(kernel_answer how, instant now) {
    m_give_up_at = never;
    switch (std::exchange(m_asked, std::nullopt).value_or(hyperv::vss_op::create)) {
    case hyperv::vss_op::hot_backup:
        m_checked = how == kernel_answer::good;
        if (!m_checked) {
            fail_freeze(how == kernel_answer::late ? verdict::expired : verdict::veto,
                        how == kernel_answer::late ? "did not say whether it can be backed up"
                                                   : "cannot be backed up while it runs");
        }
        break;
    case hyperv::vss_op::freeze:
        on_freeze(how, now);
        break;
    case hyperv::vss_op::thaw:
        on_thaw(how, now);
        break;
    default:
        break;
    }
    if (how == kernel_answer::late) {
        end_channel(); // its reply may still come
    }
}

inline void hyperv_link::on_freeze(kernel_answer how, instant now) {
    m_window_at = never;
    if (how == kernel_answer::bad) {
        m_owes_thaw = false; // undone whole before it was answered (SP 36.2)
        fail_freeze(verdict::veto, "could not freeze");
    } else if (how == kernel_answer::late) {
        fail_freeze(verdict::expired, "did not answer the freeze");
    } else {
        m_frozen = true;
        if (m_goal == goal::freeze) {
            m_goal = goal::none;
            frozen_report report;
            report.held = 1; // at least (SP 36.6): the dialect has no count
            report.held_since = m_freeze_sent;
            report.hold_deadline = saturating_add(m_freeze_sent, hold());
            answer(std::move(report));
        }
    }
    (void)now;
}

inline void hyperv_link::on_thaw(kernel_answer how, instant now) {
    if (how == kernel_answer::good) {
        m_owes_thaw = false;
        if (m_verdict == verdict::none) {
            m_verdict = m_channel_was_lost ? verdict::lost
                        : m_frozen         ? verdict::clean
                                           : verdict::aborted;
        }
        return;
    }
    // That something let go before is told by a failure, and so is what cannot be released.
    if (m_frozen && m_verdict == verdict::none) {
        m_verdict = m_channel_was_lost ? verdict::lost : verdict::early;
    }
    remark(how == kernel_answer::late ? "did not answer the thaw"
                                      : "had let go before the thaw, or could not thaw");
    m_retry_at = saturating_add(now, m_retry_wait); // at once the first time
    m_retry_wait =
        std::clamp(m_retry_wait * 2, m_options.timers.retry_first, m_options.timers.retry_max);
}

// ---- requests -----------------------------------------------------------------------------------

inline void hyperv_link::ask(const any_message& asked, instant now) {
    if (!m_up) {
        return;
    }
    const message_header& head = header_of(asked);
    switch (kind_of(asked)) {
    case message_kind::hello:
        m_session = head.session;
        m_txn = {};
        m_thaw_owed = m_abort_owed = false;
        begin(goal::open);
        break;
    case message_kind::freeze:
        m_hold_limit = std::get_if<freeze_request>(&asked)->hold_limit;
        m_txn = head.txn;
        m_checked = m_frozen = m_channel_was_lost = false;
        m_remark.clear();
        begin(goal::freeze);
        break;
    case message_kind::thaw:
    case message_kind::abort:
        if (m_goal != goal::release) {
            begin(goal::release);
            m_release_since = now;
            m_give_up_at = m_asked ? saturating_add(now, m_options.timers.thaw) : never;
            m_stuck_told = false;
            m_verdict = verdict::none;
        }
        (kind_of(asked) == message_kind::thaw ? m_thaw_owed : m_abort_owed) = true;
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

inline duration hyperv_link::hold() const noexcept {
    return m_hold_limit.value_or(m_options.timers.hold);
}

/// One request after the other: what comes while the daemon has one waits in the ring (SP 35.1).
inline void hyperv_link::advance(instant now) {
    while (m_up && !m_asked && m_goal != goal::none) {
        if (m_goal == goal::release && !m_owes_thaw) {
            return finish_release(now);
        }
        const bool waits = m_retry_at > now && m_retry_at != never;
        if (waits || m_kernel.phase() != machine::util_phase::ready) {
            return;
        }
        m_retry_at = never;
        if (m_goal == goal::release) {
            advance_release(now);
        } else if (m_goal == goal::open && m_owes_thaw) {
            request(hyperv::vss_op::thaw, now); // of one that was killed, nothing is thawed
        } else if (m_goal == goal::open) {
            m_goal = goal::none;
            hello_ack ack;
            ack.selected = protocol_version{1, 0};
            ack.granted = capability::implicit_prepare;
            ack.hold_max = m_options.timers.hold_max;
            answer(std::move(ack));
        } else if (!m_checked) {
            request(hyperv::vss_op::hot_backup, now);
        } else {
            m_owes_thaw = true;
            m_freeze_sent = now;
            m_window_at = saturating_add(
                now, hold() - std::max<duration>(std::chrono::seconds{1}, hold() / 5));
            request(hyperv::vss_op::freeze, now);
        }
    }
}

inline void hyperv_link::advance_release(instant now) {
    if (!m_stuck_told && now - m_release_since >= m_options.timers.thaw + m_options.timers.resume) {
        m_stuck_told = true;
        error_report report;
        report.reason = verdict::stuck;
        answer(std::move(report), "refuses to be thawed; trying goes on");
    }
    request(hyperv::vss_op::thaw, now);
}

/// The orchestrator is told; what may be frozen is thawed when its Abort comes.
inline void hyperv_link::fail_freeze(verdict why, std::string_view words) {
    if (m_goal == goal::freeze) {
        begin(goal::none);
        error_report report;
        report.reason = why;
        answer(std::move(report), words);
    }
}

inline void hyperv_link::remark(std::string_view words) {
    if (m_remark.empty()) {
        m_remark = words;
    }
}

inline void hyperv_link::finish_release(instant now) {
    begin(goal::none);
    if (std::exchange(m_thaw_owed, false)) {
        thawed_report report;
        report.outcome = m_verdict;
        report.held_for = now - m_freeze_sent;
        report.released = m_frozen ? 1 : 0;
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

template <class Message>
void hyperv_link::answer(Message message, std::string_view why) {
    message.header = {m_session, m_txn, {}};
    m_outputs.emplace_back(link_answer{any_message{std::move(message)}, std::string{why}});
}

// ---- time and output ----------------------------------------------------------------------------

inline void hyperv_link::handle_timeout(instant now) {
    if (m_window_at <= now) {
        m_window_at = never;
        fail_freeze(verdict::expired, "took longer to freeze than the window is");
    }
    if (m_kernel_at <= now) {
        m_kernel_at = never;
        step(machine::util_event::expired, now);
    }
    if (m_give_up_at <= now) {
        end_channel(); // a daemon that answers nothing is made to thaw by the end of its device
    }
    advance(now);
}

inline link_output hyperv_link::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    m_outputs.clear();
    m_next_output = 0;
    return deadline{std::min({m_kernel_at, m_window_at, m_retry_at, m_give_up_at})};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_HYPERV_LINK_HPP
