// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_REPORT_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_REPORT_HPP

// What a guest tells a host over RPCI while an operation runs, and what the host answers. SP
// chapters 40 and 43.

#include <snapproto/dialect/vmbackup/command.hpp>

namespace snapproto::vmbackup {

/// One event of an operation. The text belongs to whoever has the message.
struct event_report {
    event what = event::keep_alive;
    event_code code = event_code::success;

    /// For people; of the two manifests, a path in the guest.
    std::string_view text{};

    friend constexpr bool operator==(const event_report&, const event_report&) noexcept = default;
};

/// What a host answers to a request of the guest. One that is not ok was not taken.
struct host_reply {
    bool ok = true;
    std::string_view text{};

    friend constexpr bool operator==(const host_reply&, const host_reply&) noexcept = default;
};

/// The request by which a guest sends an event.
inline constexpr std::string_view event_request = "vmbackup.eventSet";

/// Reads one event. One NUL may stand behind its text and is left out, as open-vm-tools sends it.
///
/// Errors: too_long, bad_text; unknown_message for another request, at byte 0, and for an event
/// that there is not, where its name begins; bad_number for a code that is not 0 to 5;
/// missing_member for what the text ends before; bad_syntax for what stands in the place of a
/// space; bad_number for req.done with another code than 0.
/// Clause: SP 43.1 to 43.5.
[[nodiscard]] inline result<event_report> decode_event(
    byte_view got, const limits& max = default_limits) noexcept {
    if (got.size() <= max.message_bytes_max && as_text(got).ends_with('\0')) {
        got = got.first(got.size() - 1);
    }
    if (const auto wrong = detail::wrong_with_text(got, max)) {
        return *wrong;
    }
    const std::string_view text = as_text(got);
    const detail::named_text head = detail::name_of(got);
    if (head.name != event_request) {
        return failure{error::unknown_message, {43, 1}, 0};
    }
    const auto stop = text.find(' ', head.arguments_at);
    if (stop == text.npos) {
        return failure{error::missing_member, {43, 1}, text.size()};
    }
    const auto what = find_event(text.substr(head.arguments_at, stop - head.arguments_at));
    if (!what) {
        return failure{error::unknown_message, {43, 2}, head.arguments_at};
    }
    std::size_t at = stop + 1;
    std::uint32_t code = 0;
    if (!detail::read_number(text, at, code) || code >= value_count<event_code> ||
        (what == event::done && code != 0)) {
        const bool is_done = what == event::done && code != 0;
        return failure{
            error::bad_number, {43, static_cast<std::uint16_t>(is_done ? 5 : 3)}, stop + 1};
    }
    if (at == text.size()) {
        return failure{error::missing_member, {43, 4}, at};
    }
    if (text[at] != ' ') {
        return failure{error::bad_syntax, {43, 4}, at};
    }
    return event_report{*what, static_cast<event_code>(code), text.substr(at + 1)};
}

/// Writes an event.
/// @pre the text has no NUL, and req.done the code 0.
template <codec::byte_sink Sink>
void encode(Sink& sink, const event_report& what) {
    SNAPPROTO_ASSERT(what.what != event::done || what.code == event_code::success);
    const char code[3] = {' ', static_cast<char>('0' + static_cast<int>(what.code)), ' '};
    codec::put(sink, event_request);
    codec::put(sink, " ");
    codec::put(sink, wire_name(what.what));
    sink.append(code, sizeof code);
    codec::put(sink, what.text);
}

/// Reads what a host answers.
///
/// Errors: too_long, bad_text; bad_syntax at byte 0 when it begins with neither "1 " nor "0 ".
/// Clause: SP 40.3.
[[nodiscard]] inline result<host_reply> decode_host_reply(
    byte_view got, const limits& max = default_limits) noexcept {
    if (const auto wrong = detail::wrong_with_text(got, max)) {
        return *wrong;
    }
    const auto reply = detail::split_reply(as_text(got), "1 ", "0 ");
    return reply ? result<host_reply>{host_reply{reply->ok, reply->text}}
                 : result<host_reply>{failure{error::bad_syntax, {40, 3}, 0}};
}

/// Writes what a host answers.
template <codec::byte_sink Sink>
void encode(Sink& sink, const host_reply& what) {
    codec::put(sink, what.ok ? std::string_view{"1 "} : std::string_view{"0 "});
    codec::put(sink, what.text);
}

} // namespace snapproto::vmbackup

#endif // SNAPPROTO_DIALECT_VMBACKUP_REPORT_HPP
