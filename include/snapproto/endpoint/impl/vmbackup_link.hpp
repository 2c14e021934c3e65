// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_VMBACKUP_LINK_HPP
#define SNAPPROTO_ENDPOINT_IMPL_VMBACKUP_LINK_HPP

#include <snapproto/core/bytes.hpp>
#include <snapproto/endpoint/vmbackup_link.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace snapproto::endpoint {

namespace detail {

/// The most of a guest's own words that is repeated.
inline constexpr std::size_t guest_words_max = 160;

/// A guest's words: printable ASCII, within a bound.
[[nodiscard]] inline std::string words_of_guest(std::string_view before, std::string_view words) {
    std::string text{before};
    for (const char c : words.substr(0, guest_words_max)) {
        text += c >= ' ' && c <= '~' ? c : '?';
    }
    return text;
}

/// Seconds, rounded up: a limit that is asked for is not to be cut short.
[[nodiscard]] inline std::uint32_t whole_seconds(duration from) noexcept {
    const auto whole = std::chrono::ceil<std::chrono::seconds>(from).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(whole, 0, 0xffffffff));
}

} // namespace detail

// ---- the channel --------------------------------------------------------------------------------

inline void vmbackup_link::begin(goal what) noexcept {
    m_goal = what;
}

inline void vmbackup_link::channel_up() {
    m_up = true;
    m_was_reset = m_announced = m_settled = m_ended_too = false;
    begin(goal::none);
}

inline void vmbackup_link::channel_lost() {
    forget_channel();
    m_outputs.clear();
    m_next_output = 0;
}

inline void vmbackup_link::forget_channel() {
    m_up = m_thaw_owed = m_abort_owed = false;
    m_command = command::none;
    m_command_at = never;
    begin(goal::none);
}

inline void vmbackup_link::end_channel() {
    forget_channel();
    m_outputs.emplace_back(link_closed{}); // behind what is to be told of it
}

inline void vmbackup_link::configure(bool applications, bool scripts, bool writable,
                                     std::string_view argument) {
    m_applications = applications;
    m_scripts = scripts;
    m_writable = writable;
    m_argument = argument;
}

// ---- requests -----------------------------------------------------------------------------------

inline void vmbackup_link::ask(const any_message& asked, instant now) {
    if (!m_up) {
        return;
    }
    const message_header& head = header_of(asked);
    switch (kind_of(asked)) {
    case message_kind::hello:
        m_session = head.session;
        m_txn = {};
        m_thaw_owed = m_abort_owed = m_was_reset = m_announced = m_settled = m_ended_too = false;
        begin(goal::open);
        break;
    case message_kind::freeze:
        m_hold_limit = std::get_if<freeze_request>(&asked)->hold_limit;
        m_txn = head.txn;
        m_verdict = verdict::none;
        m_remark.clear();
        begin(goal::freeze);
        break;
    case message_kind::thaw:
        m_thaw_owed = true;
        m_cut_good = std::get_if<thaw_request>(&asked)->outcome == cut_outcome::ok;
        begin(goal::release);
        break;
    case message_kind::abort:
        m_abort_owed = true;
        m_cut_good = false;
        begin(goal::release);
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

inline void vmbackup_link::advance(instant now) {
    if (!m_up || m_command != command::none) {
        return;
    }
    if (m_goal == goal::open) {
        advance_open(now);
    } else if (m_goal == goal::freeze && !m_owes_end) {
        send(command::start, now);
    } else if (m_goal == goal::release) {
        advance_release(now);
    }
}

/// In the place of negotiation: what an earlier host has begun is ended (SP 48.2).
inline void vmbackup_link::advance_open(instant now) {
    if (!m_was_reset) {
        send(command::reset, now);
    } else if (!m_announced) {
        send(command::announce, now);
    } else if (!m_settled) {
        send(command::settle, now);
    } else if (!runs()) {
        over();
        begin(goal::none);
        hello_ack ack;
        ack.selected = protocol_version{1, 0};
        ack.granted = capability::implicit_prepare;
        ack.hold_max = m_options.timers.hold_max;
        answer(std::move(ack));
    }
}

inline void vmbackup_link::advance_release(instant now) {
    if (m_owes_end && runs()) {
        if (m_done_sent || m_abort_sent) {
            return; // its req.done is to come
        }
        send(m_cut_good && m_history.may_cut() ? command::done : command::abort, now);
        return;
    }
    over();
    finish_release(now);
}

inline void vmbackup_link::send(command what, instant now) {
    using enum vmbackup::command;
    vmbackup::host_command made = vmbackup::plain_command{vmbackup::command::abort};
    switch (what) {
    case command::reset:
        made = vmbackup::plain_command{reset};
        break;
    case command::announce:
        made = vmbackup::plain_command{capabilities};
        break;
    case command::start: {
        m_owes_end = true;
        m_history = vmbackup::operation_history{m_options.keep_alive};
        m_idle = m_frozen = m_told = m_done_sent = m_abort_sent = m_silent = false;
        vmbackup::start_with_options_command start;
        start.options.applications = m_applications;
        start.options.scripts = m_scripts;
        start.options.writable = m_writable;
        start.options.script_argument = m_argument;
        start.options.timeout_s = detail::whole_seconds(m_options.operation_limit);
        made = start;
        break;
    }
    case command::done:
        m_done_sent = true;
        made = vmbackup::snapshot_done_command{};
        break;
    case command::abort:
        m_abort_sent = true;
        break;
    default: // settle
        break;
    }
    m_sign_at = now; // it has as long for this as for anything else
    m_silent = false;
    m_command = what;
    m_command_at = saturating_add(now, m_options.command);
    link_bytes out;
    codec::container_sink sink{out.bytes};
    vmbackup::encode(sink, made);
    m_outputs.emplace_back(std::move(out));
}

// ---- what the guest says ------------------------------------------------------------------------

inline void vmbackup_link::receive(byte_view message, instant now) {
    if (!m_up) {
        return;
    }
    m_sign_at = now;
    m_silent = false;
    const std::string_view text = as_text(message);
    if (text.starts_with("OK ") || text.starts_with("ERROR ")) {
        const auto reply = vmbackup::decode_guest_reply(message);
        if (!reply || m_command == command::none) {
            end_channel(); // what it answers nobody knows (SP 48.3)
            return;
        }
        on_reply(*reply, now);
    } else if (text.starts_with(vmbackup::event_request)) {
        if (const auto report = vmbackup::decode_event(message)) {
            on_event(*report, now);
        } else {
            answer_guest(false, "no event");
        }
    } else {
        // Whatever else the guest's tools have to say: nothing of it is the matter of a snapshot.
        answer_guest(true);
    }
    advance(now);
}

inline void vmbackup_link::answer_guest(bool ok, std::string_view text) {
    link_bytes out;
    codec::container_sink sink{out.bytes};
    vmbackup::encode(sink, vmbackup::host_reply{ok, text});
    m_outputs.emplace_back(std::move(out));
}

inline void vmbackup_link::on_reply(const vmbackup::guest_reply& reply, instant now) {
    const command answered = std::exchange(m_command, command::none);
    m_command_at = never;
    const bool idle = !reply.ok && vmbackup::find_refusal(reply.text) == vmbackup::refusal::idle;
    switch (answered) {
    case command::reset:
        m_was_reset = reply.ok && reply.text.starts_with("ATR ");
        if (!m_was_reset) {
            end_channel(); // answers to an earlier host's commands come first (SP 48.3)
        }
        break;
    case command::announce:
        m_announced = true;
        break;
    case command::settle:
        m_settled = reply.ok || idle;
        if (!m_settled) {
            end_channel();
        } else if (reply.ok && !m_ended_too) {
            m_idle = false;
            m_history = vmbackup::operation_history{m_options.keep_alive};
            m_history.started(now); // ends with its req.done
        } else {
            m_idle = true;
        }
        break;
    case command::start:
        if (reply.ok) {
            m_history.started(now);
        } else {
            over(); // nothing runs, or what runs was begun by somebody else
            fail(verdict::veto, detail::words_of_guest("did not begin: ", reply.text));
        }
        break;
    case command::done:
        if (reply.ok) {
            m_history.snapshot_done_taken(now);
        } else {
            m_verdict = m_verdict == verdict::none ? verdict::early : m_verdict;
            remark("had let go before the copy was taken");
            m_done_sent = false; // to be ended by abort, if it is not over
            m_cut_good = false;
            m_idle = m_idle || idle;
        }
        break;
    case command::abort:
        m_idle = m_idle || idle;
        if (!reply.ok && !idle) {
            end_channel(); // closing is what is left (SP 46.8)
        }
        break;
    case command::none:
        break;
    }
}

inline void vmbackup_link::on_event(const vmbackup::event_report& report, instant now) {
    if (m_command == command::settle) {
        m_ended_too = m_ended_too || report.what == vmbackup::event::done;
    }
    if (m_owes_end || m_goal == goal::open) { // otherwise it is of no operation (SP 47.6)
        if (report.what == vmbackup::event::commit) {
            on_commit(report, now);
            return;
        }
        m_history.take(report, now);
        on_fault(report);
    }
    answer_guest(true);
}

inline void vmbackup_link::on_commit(const vmbackup::event_report& report, instant now) {
    m_history.take(report, now);
    if (m_goal != goal::freeze || !m_history.may_cut()) {
        answer_guest(false, "given up"); // undone by the guest (SP 45.8, 47.4)
        return;
    }
    answer_guest(true);
    begin(goal::none);
    m_frozen = true;
    m_frozen_at = now;
    frozen_report told;
    told.held = 1; // at least (SP 46.2): the dialect has no count
    told.held_since = now;
    told.hold_deadline = saturating_add(now, m_hold_limit.value_or(m_options.timers.hold));
    answer(std::move(told));
}

inline void vmbackup_link::on_fault(const vmbackup::event_report& report) {
    if (m_history.state() != vmbackup::operation_state::failed || m_goal == goal::open) {
        return;
    }
    const bool done = report.what == vmbackup::event::done;
    if (m_verdict == verdict::none && !m_abort_sent) {
        m_verdict = report.what == vmbackup::event::aborted ? verdict::expired
                    : m_frozen                              ? verdict::early
                                                            : verdict::veto;
    }
    const std::string words =
        done ? std::string{"ended by itself"} : detail::words_of_guest("gave up: ", report.text);
    remark(words);
    fail(m_verdict, words);
}

// ---- endings ------------------------------------------------------------------------------------

/// Nothing of the operation is left.
inline void vmbackup_link::over() noexcept {
    m_owes_end = false;
}

/// The orchestrator learns that the freeze failed, or that what it was told is not so any more.
inline void vmbackup_link::fail(verdict why, std::string_view words) {
    const bool asked = m_goal == goal::freeze;
    if (!asked && (m_goal != goal::none || !m_frozen || std::exchange(m_told, true))) {
        return; // it knows, or will learn it by the verdict
    }
    begin(goal::none);
    error_report report;
    report.reason = why;
    answer(std::move(report), words);
}

inline void vmbackup_link::remark(std::string_view words) {
    if (m_remark.empty()) {
        m_remark = words;
    }
}

inline void vmbackup_link::finish_release(instant now) {
    begin(goal::none);
    if (std::exchange(m_thaw_owed, false)) {
        const bool clean = m_history.state() == vmbackup::operation_state::succeeded;
        thawed_report report;
        report.outcome = clean                        ? verdict::clean
                         : m_verdict != verdict::none ? m_verdict
                                                      : verdict::aborted;
        report.held_for = m_frozen ? now - m_frozen_at : duration{};
        report.released = m_frozen ? 1 : 0;
        if (!clean && !m_remark.empty()) {
            report.warnings.push_back(m_remark);
        }
        answer(std::move(report));
    }
    if (std::exchange(m_abort_owed, false)) {
        answer(aborted_report{});
    }
    m_frozen = false;
    m_remark.clear();
}

template <class Message>
void vmbackup_link::answer(Message message, std::string_view why) {
    message.header = {m_session, m_txn, {}};
    m_outputs.emplace_back(link_answer{any_message{std::move(message)}, std::string{why}});
}

/// When its silence breaks the contract of the keep-alive (SP 47.5). Answers are signs of life too.
inline instant vmbackup_link::suspicious_at() const noexcept {
    return saturating_add(m_sign_at,
                          m_options.keep_alive.contract + m_options.keep_alive.tolerance);
}

// ---- time and output ----------------------------------------------------------------------------

inline void vmbackup_link::handle_timeout(instant now) {
    if (m_command_at <= now) {
        fail(verdict::lost, "did not answer a command in time");
        end_channel();
        return;
    }
    if (m_up && m_owes_end && runs() && !m_silent && now > suspicious_at()) {
        m_silent = true;
        if (m_goal == goal::release) {
            end_channel(); // nobody is there who could end it
            return;
        }
        m_verdict = m_verdict == verdict::none ? verdict::lost : m_verdict;
        remark("was silent for longer than the contract allows");
        fail(verdict::lost, "was silent for longer than the contract allows");
    }
    advance(now);
}

inline link_output vmbackup_link::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    m_outputs.clear();
    m_next_output = 0;
    const bool watches = m_up && m_owes_end && runs() && !m_silent;
    const instant silent_at = watches ? saturating_add(suspicious_at(), duration{1}) : never;
    return deadline{std::min(m_command_at, silent_at)};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_VMBACKUP_LINK_HPP
