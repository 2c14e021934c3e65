// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MESSAGE_ANY_MESSAGE_HPP
#define SNAPPROTO_MESSAGE_ANY_MESSAGE_HPP

// All messages of the protocol as one type, and their kinds as an enumeration.

#include <snapproto/message/abort.hpp>
#include <snapproto/message/freeze.hpp>
#include <snapproto/message/negotiate.hpp>
#include <snapproto/message/thaw.hpp>

#include <variant>

namespace snapproto {

/// The kinds of messages, in the order of the message table of docs/spec.md.
enum class message_kind : std::uint8_t {
    hello,
    hello_ack,
    query,
    status,
    ping,
    pong,
    prepare,
    prepared,
    freeze,
    frozen,
    thaw,
    thawed,
    complete,
    completed,
    abort,
    aborted,
    recover,
    recovered,
    progress,
    error,
    nak
};

namespace detail {
template <>
struct spelling<message_kind> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"hello",    "hello_ack", "query",   "status",    "ping",     "pong",     "prepare",
         "prepared", "freeze",    "frozen",  "thaw",      "thawed",   "complete", "completed",
         "abort",    "aborted",   "recover", "recovered", "progress", "error",    "nak"});
};
} // namespace detail

/// Any message; the alternatives stand in the order of `message_kind`.
using any_message =
    std::variant<hello, hello_ack, query, status_report, ping, pong, prepare_request,
                 prepared_report, freeze_request, frozen_report, thaw_request, thawed_report,
                 complete_request, completed_report, abort_request, aborted_report, recover_request,
                 recovered_report, progress_report, error_report, nak>;

static_assert(std::variant_size_v<any_message> == value_count<message_kind>);

/// Which message it is.
[[nodiscard]] inline message_kind kind_of(const any_message& message) noexcept {
    return static_cast<message_kind>(message.index());
}

/// The header of any message.
[[nodiscard]] inline const message_header& header_of(const any_message& message) noexcept {
    // get_if instead of visit: visit can throw, and this must build without exceptions.
    const message_header* found = nullptr;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((std::get_if<I>(&message) != nullptr ? void(found = &std::get_if<I>(&message)->header)
                                              : void()),
         ...);
    }
    (std::make_index_sequence<std::variant_size_v<any_message>>{});
    return *found;
}

/// True for the messages that an orchestrator sends.
[[nodiscard]] constexpr bool is_request(message_kind kind) noexcept {
    switch (kind) {
    case message_kind::hello:
    case message_kind::query:
    case message_kind::ping:
    case message_kind::prepare:
    case message_kind::freeze:
    case message_kind::thaw:
    case message_kind::complete:
    case message_kind::abort:
    case message_kind::recover:
        return true;
    default:
        return false;
    }
}

} // namespace snapproto

#endif // SNAPPROTO_MESSAGE_ANY_MESSAGE_HPP
