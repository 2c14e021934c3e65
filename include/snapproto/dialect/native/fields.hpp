// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_NATIVE_FIELDS_HPP
#define SNAPPROTO_DIALECT_NATIVE_FIELDS_HPP

// Which key carries which field of which message (SP 61.12): the one place that says so. Writing,
// checking and reading walk over it.

#include <snapproto/dialect/native/profile.hpp>
#include <snapproto/message/any_message.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace snapproto::native {

/// The keys that every message has.
inline constexpr std::uint64_t key_kind = 0;
inline constexpr std::uint64_t key_session = 1;
inline constexpr std::uint64_t key_txn = 2;
inline constexpr std::uint64_t key_seq = 3;

/// A field of a message: its key, and its name for people.
struct field {
    std::uint64_t key;
    std::string_view name;
};

/// What a list or text may be at most.
struct bounds {
    std::size_t entries = 0;
    std::size_t bytes = 0;
};

/// The header of a message, but for its kind. Calls `visit(field, value)`, or with bounds
/// `visit(field, value, bounds)`, until one of the calls returns false.
template <class Header, class Visitor>
bool visit_header(Header& header, Visitor&& visit) {
    return visit(field{key_session, "session"}, header.session) &&
           visit(field{key_txn, "txn"}, header.txn) && visit(field{key_seq, "seq"}, header.seq);
}

/// The fields of a message in the order of their keys, as `visit_header` does.
template <class Message, class Visitor>
bool visit_fields(Message& m, Visitor&& visit, const limits& max) {
    using type = std::remove_const_t<Message>;
    const bounds text{0, max.text_bytes_max};
    const bounds mounts{max.participants_max, max.text_bytes_max};
    if constexpr (std::is_same_v<type, hello>) {
        return visit(field{4, "versions"}, m.versions, bounds{max.versions_max, 0}) &&
               visit(field{5, "wanted"}, m.wanted);
    } else if constexpr (std::is_same_v<type, hello_ack>) {
        return visit(field{4, "selected"}, m.selected) && visit(field{5, "granted"}, m.granted) &&
               visit(field{6, "hold_max"}, m.hold_max) &&
               visit(field{7, "participants_max"}, m.participants_max) &&
               visit(field{8, "stuck"}, m.stuck) && visit(field{9, "generation"}, m.generation);
    } else if constexpr (std::is_same_v<type, status_report>) {
        return visit(field{4, "phase"}, m.phase) && visit(field{5, "held"}, m.held) &&
               visit(field{6, "hold_deadline"}, m.hold_deadline) &&
               visit(field{7, "last_txn"}, m.last_txn) &&
               visit(field{8, "last_verdict"}, m.last_verdict);
    } else if constexpr (std::is_same_v<type, ping>) {
        return visit(field{4, "cookie"}, m.cookie);
    } else if constexpr (std::is_same_v<type, pong>) {
        return visit(field{4, "cookie"}, m.cookie) && visit(field{5, "phase"}, m.phase);
    } else if constexpr (std::is_same_v<type, prepare_request>) {
        return visit(field{4, "mounts"}, m.scope.mounts, mounts) &&
               visit(field{5, "level"}, m.level) && visit(field{6, "kind"}, m.kind) &&
               visit(field{7, "writable_copy"}, m.writable_copy) &&
               visit(field{8, "run_hooks"}, m.run_hooks) &&
               visit(field{9, "hold_limit"}, m.hold_limit) &&
               visit(field{10, "hook_argument"}, m.hook_argument, text);
    } else if constexpr (std::is_same_v<type, prepared_report>) {
        return visit(field{4, "participants"}, m.participants,
                     bounds{max.participants_max, max.name_bytes_max});
    } else if constexpr (std::is_same_v<type, freeze_request>) {
        return visit(field{4, "mounts"}, m.scope.mounts, mounts) &&
               visit(field{5, "hold_limit"}, m.hold_limit);
    } else if constexpr (std::is_same_v<type, frozen_report>) {
        return visit(field{4, "held"}, m.held) && visit(field{5, "held_since"}, m.held_since) &&
               visit(field{6, "hold_deadline"}, m.hold_deadline);
    } else if constexpr (std::is_same_v<type, thaw_request>) {
        return visit(field{4, "outcome"}, m.outcome);
    } else if constexpr (std::is_same_v<type, thawed_report>) {
        return visit(field{4, "outcome"}, m.outcome) && visit(field{5, "held_for"}, m.held_for) &&
               visit(field{6, "released"}, m.released) &&
               visit(field{7, "warnings"}, m.warnings,
                     bounds{max.warnings_max, max.warning_bytes_max});
    } else if constexpr (std::is_same_v<type, complete_request>) {
        return visit(field{4, "result"}, m.result);
    } else if constexpr (std::is_same_v<type, abort_request>) {
        return visit(field{4, "reason"}, m.reason, text);
    } else if constexpr (std::is_same_v<type, recover_request>) {
        return visit(field{4, "copy"}, m.copy, text);
    } else if constexpr (std::is_same_v<type, progress_report>) {
        return visit(field{4, "phase"}, m.phase) && visit(field{5, "ordinal"}, m.ordinal);
    } else if constexpr (std::is_same_v<type, error_report>) {
        return visit(field{4, "phase"}, m.phase) && visit(field{5, "reason"}, m.reason) &&
               visit(field{6, "participant"}, m.participant) &&
               visit(field{7, "retryable"}, m.retryable);
    } else if constexpr (std::is_same_v<type, nak>) {
        return visit(field{4, "code"}, m.code) && visit(field{5, "phase"}, m.phase);
    } else {
        static_assert(std::is_same_v<type, query> || std::is_same_v<type, completed_report> ||
                          std::is_same_v<type, aborted_report> ||
                          std::is_same_v<type, recovered_report>,
                      "only these have no fields of their own");
        return true;
    }
}

/// Calls `use(m)` with the alternative that a message is. Unlike std::visit it cannot throw.
template <class Any, class Use>
void with_message(Any& message, Use&& use) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((std::get_if<I>(&message) != nullptr ? void(use(*std::get_if<I>(&message))) : void()),
         ...);
    }
    (std::make_index_sequence<std::variant_size_v<any_message>>{});
}

} // namespace snapproto::native

#endif // SNAPPROTO_DIALECT_NATIVE_FIELDS_HPP
