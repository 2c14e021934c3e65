// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_ERROR_HPP
#define SNAPPROTO_CORE_ERROR_HPP

// Every way in which the library says no: one code, one sentence, one class, one clause each.

#include <snapproto/core/clause.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snapproto {

/// What went wrong. Grouped by layer; values are not stable across versions, names are.
enum class error : std::uint8_t {
    // codec: the bytes are not a message of the wire format
    bad_syntax,       ///< The bytes are not of the wire format's grammar.
    bad_text,         ///< A string is not valid UTF-8, or holds a byte that must be escaped.
    bad_number,       ///< A number is outside of its range or not of the allowed form.
    duplicate_member, ///< An object names the same member twice.
    too_deep,         ///< Brackets are nested deeper than the limit.
    too_long,         ///< A message or a string is longer than the limit.
    too_many,         ///< A list has more entries than the limit.
    interrupted,      ///< A reset byte or the end of the channel cut a message short.
    // dialect: the message is well formed but not one that the dialect has
    not_an_object,       ///< The top level of the message is not an object.
    missing_member,      ///< A member that the message must have is missing.
    unexpected_member,   ///< A member that the message must not have is there.
    wrong_type,          ///< A member has a value of another type than the dialect gives it.
    unknown_message,     ///< The dialect has no such message.
    disabled_message,    ///< The peer has the message switched off in its present state.
    unsupported_version, ///< No version is common to both ends.
    // machine and endpoint: the message is fine, but not now
    no_session,       ///< No session is open.
    bad_state,        ///< The present state has no use for the message.
    busy,             ///< Another transaction runs.
    stale,            ///< The transaction has ended already.
    unknown_txn,      ///< No such transaction.
    stuck,            ///< A filesystem refuses to be released.
    peer_failed,      ///< The peer reports that it could not do what was asked.
    unexpected_reply, ///< A reply arrived that answers no request.
    timed_out,        ///< The deadline passed without an answer.
    channel_lost,     ///< The channel ended.
    // local: the caller of the library did what its state forbids
    not_drained, ///< `handle` was called before `poll` had yielded everything.
    bad_argument ///< An argument is outside of its documented range.
};

/// The number of codes, for walks over all of them.
inline constexpr std::size_t error_count = static_cast<std::size_t>(error::bad_argument) + 1;

/// What a caller can do about an error.
enum class error_class : std::uint8_t {
    malformed, ///< The peer sent bytes that are no message: its bug, the stream may go on.
    refused,   ///< The message is understood and refused: another one may be sent.
    failed,    ///< The peer or the channel failed: the session's outcome is not success.
    local      ///< The caller's own mistake.
};

/// What is known of one code.
struct error_info {
    error code;
    std::string_view name;
    error_class category;
    clause governed_by;
    std::string_view message;
};

namespace detail {

inline constexpr std::array<error_info, error_count> error_table{{
    {error::bad_syntax,
     "bad_syntax",
     error_class::malformed,
     {16, 1},
     "the bytes do not follow the grammar of the wire format"},
    {error::bad_text,
     "bad_text",
     error_class::malformed,
     {16, 1},
     "a string is not valid UTF-8 or holds an unescaped control byte"},
    {error::bad_number,
     "bad_number",
     error_class::malformed,
     {16, 5},
     "a number is out of range or not of the allowed form"},
    {error::duplicate_member,
     "duplicate_member",
     error_class::malformed,
     {16, 1},
     "an object names the same member twice"},
    {error::too_deep,
     "too_deep",
     error_class::malformed,
     {16, 3},
     "brackets are nested deeper than the limit"},
    {error::too_long,
     "too_long",
     error_class::malformed,
     {16, 3},
     "a message or a string is longer than the limit"},
    {error::too_many,
     "too_many",
     error_class::malformed,
     {16, 3},
     "a list has more entries than the limit"},
    {error::interrupted,
     "interrupted",
     error_class::malformed,
     {16, 1},
     "a reset or the end of the channel cut a message short"},
    {error::not_an_object,
     "not_an_object",
     error_class::refused,
     {16, 1},
     "the message is not an object"},
    {error::missing_member,
     "missing_member",
     error_class::refused,
     {16, 1},
     "a required member is missing"},
    {error::unexpected_member,
     "unexpected_member",
     error_class::refused,
     {16, 1},
     "there is a member that the message does not have"},
    {error::wrong_type,
     "wrong_type",
     error_class::refused,
     {16, 1},
     "a member has a value of the wrong type"},
    {error::unknown_message,
     "unknown_message",
     error_class::refused,
     {16, 1},
     "there is no such message"},
    {error::disabled_message,
     "disabled_message",
     error_class::refused,
     {3, 14},
     "the message is not allowed in the present state"},
    {error::unsupported_version,
     "unsupported_version",
     error_class::refused,
     {2, 5},
     "no version is common to both ends"},
    {error::no_session, "no_session", error_class::refused, {2, 11}, "no session is open"},
    {error::bad_state,
     "bad_state",
     error_class::refused,
     {3, 14},
     "the present state has no use for the message"},
    {error::busy, "busy", error_class::refused, {3, 4}, "another transaction is running"},
    {error::stale, "stale", error_class::refused, {3, 7}, "the transaction has ended already"},
    {error::unknown_txn,
     "unknown_txn",
     error_class::refused,
     {3, 5},
     "there is no such transaction"},
    {error::stuck, "stuck", error_class::failed, {3, 16}, "a filesystem refuses to be released"},
    {error::peer_failed,
     "peer_failed",
     error_class::failed,
     {8, 7},
     "the peer could not do what was asked"},
    {error::unexpected_reply,
     "unexpected_reply",
     error_class::failed,
     {3, 13},
     "a reply arrived that answers no request"},
    {error::timed_out,
     "timed_out",
     error_class::failed,
     {12, 18},
     "the deadline passed without an answer"},
    {error::channel_lost, "channel_lost", error_class::failed, {12, 33}, "the channel ended"},
    {error::not_drained,
     "not_drained",
     error_class::local,
     {1, 5},
     "handle() was called before poll() had yielded everything"},
    {error::bad_argument,
     "bad_argument",
     error_class::local,
     {1, 5},
     "an argument is outside of its documented range"},
}};

} // namespace detail

/// All that is known of a code.
[[nodiscard]] constexpr const error_info& info(error code) noexcept {
    return detail::error_table[static_cast<std::size_t>(code)];
}

/// The code's name as it is spelled in the source.
[[nodiscard]] constexpr std::string_view to_string(error code) noexcept {
    return info(code).name;
}

/// The code's one sentence.
[[nodiscard]] constexpr std::string_view message(error code) noexcept {
    return info(code).message;
}

/// What to do about it.
[[nodiscard]] constexpr error_class classify(error code) noexcept {
    return info(code).category;
}

/// One error where it happened.
struct failure {
    error code = error::bad_syntax;

    /// The clause that the input broke, or the code's own when nothing more precise is known.
    clause governed_by{};

    /// The offset of the first byte that is wrong, counted from the start of the message.
    std::size_t offset = 0;

    friend constexpr bool operator==(const failure&, const failure&) noexcept = default;
};

/// A failure with the code's own clause.
[[nodiscard]] constexpr failure fail(error code, std::size_t offset = 0) noexcept {
    return {code, info(code).governed_by, offset};
}

} // namespace snapproto

#endif // SNAPPROTO_CORE_ERROR_HPP
