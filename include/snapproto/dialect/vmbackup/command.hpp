// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_COMMAND_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_COMMAND_HPP

// What a host asks a guest for over TCLO, and what the guest answers. SP chapters 40 and 41.
//
// Decoders look into the caller's bytes: what they yield is valid as long as those are.

#include <snapproto/codec/json_writer.hpp>
#include <snapproto/codec/sink.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/vmbackup/options.hpp>
#include <snapproto/dialect/vmbackup/wire.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace snapproto::vmbackup {

/// A command that is its name and nothing else: ping, reset, capabilities, snapshot_completed and
/// abort.
struct plain_command {
    command what = command::ping;

    friend constexpr bool operator==(const plain_command&, const plain_command&) noexcept = default;
};

/// A setting.
struct set_option_command {
    std::string_view name{};
    std::string_view value{};

    friend constexpr bool operator==(const set_option_command&,
                                     const set_option_command&) noexcept = default;
};

/// Hold everything.
struct start_command {
    /// Whether a manifest is wanted: not when it is 0. A guest of Linux that is not told runs no
    /// hooks.
    std::optional<std::uint32_t> manifest{};

    /// The rest of the line: volumes, if any. Only behind the number.
    std::string_view volumes{};

    friend constexpr bool operator==(const start_command&, const start_command&) noexcept = default;
};

/// Hold what the options say.
struct start_with_options_command {
    start_options options{};

    friend constexpr bool operator==(const start_with_options_command&,
                                     const start_with_options_command&) noexcept = default;
};

/// The copy is taken.
struct snapshot_done_command {
    /// The rest of the line: names of the copies, if any.
    std::string_view snapshots{};

    friend constexpr bool operator==(const snapshot_done_command&,
                                     const snapshot_done_command&) noexcept = default;
};

/// What a guest can read from a host.
using host_command = std::variant<plain_command, set_option_command, start_command,
                                  start_with_options_command, snapshot_done_command>;

/// What a guest answers.
struct guest_reply {
    bool ok = true;
    std::string_view text{};

    friend constexpr bool operator==(const guest_reply&, const guest_reply&) noexcept = default;
};

namespace detail {

/// The bounds and characters that every text keeps (SP 40.4, 40.5).
[[nodiscard]] inline std::optional<failure> wrong_with_text(byte_view got,
                                                            const limits& max) noexcept {
    if (got.size() > max.message_bytes_max) {
        return failure{error::too_long, {40, 4}, max.message_bytes_max};
    }
    if (const auto nul = as_text(got).find('\0'); nul != std::string_view::npos) {
        return failure{error::bad_text, {40, 5}, nul};
    }
    return std::nullopt;
}

/// The first word of a text, and where the arguments behind its one space begin.
struct named_text {
    std::string_view name;
    std::size_t arguments_at; ///< The end of the text when there is no space.
    bool has_arguments;
};

[[nodiscard]] inline named_text name_of(byte_view got) noexcept {
    const std::string_view text = as_text(got);
    const auto space = text.find(' ');
    const bool more = space != text.npos;
    return {text.substr(0, space), more ? space + 1 : text.size(), more};
}

/// Reads a decimal number without a sign or needless zeros.
/// @param at its first digit; afterwards what follows its last one.
[[nodiscard]] inline bool read_number(std::string_view text, std::size_t& at,
                                      std::uint32_t& out) noexcept {
    const char* const end = text.data() + text.size();
    const auto [stop, wrong] = std::from_chars(text.data() + at, end, out);
    const auto digits = static_cast<std::size_t>(stop - (text.data() + at));
    if (wrong != std::errc{} || (digits > 1 && text[at] == '0')) {
        return false;
    }
    at += digits;
    return true;
}

[[nodiscard]] inline result<host_command> decode_start(std::string_view text,
                                                       const named_text& head) noexcept {
    start_command start;
    if (!head.has_arguments) {
        return host_command{start};
    }
    std::size_t at = head.arguments_at;
    if (!read_number(text, at, start.manifest.emplace())) {
        return failure{error::bad_number, {41, 1}, head.arguments_at};
    }
    if (at != text.size()) {
        if (text[at] != ' ') {
            return failure{error::bad_syntax, {41, 1}, at};
        }
        start.volumes = text.substr(at + 1);
    }
    return host_command{start};
}

[[nodiscard]] inline result<host_command> decode_set_option(std::string_view text,
                                                            const named_text& head) noexcept {
    const auto space = text.find(' ', head.arguments_at);
    if (!head.has_arguments || space == text.npos || space == head.arguments_at) {
        return failure{error::missing_member, {41, 5}, head.arguments_at};
    }
    return host_command{set_option_command{
        text.substr(head.arguments_at, space - head.arguments_at), text.substr(space + 1)}};
}

} // namespace detail

/// The command that a message names, whatever follows the name; nothing when there is none.
[[nodiscard]] inline std::optional<command> named_command(byte_view got) noexcept {
    return find_command(detail::name_of(got).name);
}

/// Reads one command of a host.
///
/// Errors: too_long; unknown_message at byte 0; bad_text for a NUL where none belongs;
/// unexpected_member for arguments that the command does not have; missing_member; bad_number and
/// bad_syntax for the argument of a start; those of `decode_options`.
/// Clause: SP 40.1, 40.4, 40.5, chapter 41.
[[nodiscard]] inline result<host_command> decode_command(
    byte_view got, const limits& max = default_limits) noexcept {
    const detail::named_text head = detail::name_of(got);
    const auto what = find_command(head.name);
    if (what == command::start_with_options) {
        if (got.size() > max.message_bytes_max) {
            return failure{error::too_long, {40, 4}, max.message_bytes_max};
        }
        const auto options = decode_options(got, head.arguments_at, max);
        return options ? result<host_command>{start_with_options_command{*options}}
                       : result<host_command>{options.error()};
    }
    if (const auto wrong = detail::wrong_with_text(got, max)) {
        return *wrong;
    }
    if (!what) {
        return failure{error::unknown_message, {40, 6}, 0};
    }
    const std::string_view text = as_text(got);
    switch (*what) {
    case command::start:
        return detail::decode_start(text, head);
    case command::set_option:
        return detail::decode_set_option(text, head);
    case command::snapshot_done:
        return host_command{snapshot_done_command{text.substr(head.arguments_at)}};
    default:
        break;
    }
    if (head.has_arguments) {
        return failure{error::unexpected_member, {41, 4}, head.arguments_at - 1};
    }
    return host_command{plain_command{*what}};
}

/// Which command it is.
[[nodiscard]] constexpr command command_of(const host_command& what) noexcept {
    if (const auto* plain = std::get_if<plain_command>(&what)) {
        return plain->what;
    }
    constexpr std::array others{command::ping, command::set_option, command::start,
                                command::start_with_options, command::snapshot_done};
    return others[what.index()];
}

/// What the caller got wrong about a command that is to be sent; nothing when it is fine.
///
/// Errors: too_long; bad_text for a NUL; bad_argument for a plain command that has arguments,
/// volumes without a number, or a setting whose name is empty or has a space.
[[nodiscard]] inline std::optional<failure> wrong_with(
    const host_command& what, const limits& max = default_limits) noexcept {
    const auto wrong = [](bool is) {
        return is ? std::optional{fail(error::bad_argument)} : std::nullopt;
    };
    const auto text = [&](std::string_view one, std::size_t bytes_before) {
        if (bytes_before + one.size() > max.message_bytes_max) {
            return std::optional{failure{error::too_long, {40, 4}, max.message_bytes_max}};
        }
        return one.find('\0') == one.npos ? std::nullopt
                                          : std::optional{failure{error::bad_text, {40, 5}, 0}};
    };
    const std::size_t name_bytes = wire_name(command_of(what)).size() + 1;
    if (const auto* plain = std::get_if<plain_command>(&what)) {
        return wrong(plain->what == command::set_option || plain->what == command::start ||
                     plain->what == command::start_with_options ||
                     plain->what == command::snapshot_done);
    }
    if (const auto* option = std::get_if<set_option_command>(&what)) {
        if (option->name.empty() || option->name.find(' ') != std::string_view::npos) {
            return wrong(true);
        }
        const auto bad = text(option->name, name_bytes + 1);
        return bad ? bad : text(option->value, name_bytes + option->name.size() + 1);
    }
    if (const auto* start = std::get_if<start_command>(&what)) {
        if (!start->manifest && !start->volumes.empty()) {
            return wrong(true);
        }
        return text(start->volumes, name_bytes + 11); // the longest number, and a space
    }
    if (const auto* start = std::get_if<start_with_options_command>(&what)) {
        return wrong_with(start->options, max);
    }
    return text(std::get_if<snapshot_done_command>(&what)->snapshots, name_bytes);
}

/// Writes a command.
/// @pre !wrong_with(what).
template <codec::byte_sink Sink>
void encode(Sink& sink, const host_command& what) {
    codec::put(sink, wire_name(command_of(what)));
    const auto put_rest = [&](std::string_view text) {
        if (!text.empty()) {
            codec::put(sink, " ");
            codec::put(sink, text);
        }
    };
    if (const auto* option = std::get_if<set_option_command>(&what)) {
        put_rest(option->name);
        codec::put(sink, " ");
        codec::put(sink, option->value);
    } else if (const auto* start = std::get_if<start_command>(&what)) {
        if (start->manifest) {
            codec::put(sink, " ");
            codec::put_number(sink, static_cast<std::int64_t>(*start->manifest));
            put_rest(start->volumes);
        }
    } else if (const auto* with = std::get_if<start_with_options_command>(&what)) {
        codec::put(sink, " ");
        encode(sink, with->options);
    } else if (const auto* done = std::get_if<snapshot_done_command>(&what)) {
        put_rest(done->snapshots);
    }
}

namespace detail {

/// Reads "good TEXT" or "bad TEXT"; both words have their space.
[[nodiscard]] inline std::optional<guest_reply> split_reply(std::string_view text,
                                                            std::string_view good,
                                                            std::string_view bad) noexcept {
    if (text.starts_with(good)) {
        return guest_reply{true, text.substr(good.size())};
    }
    if (text.starts_with(bad)) {
        return guest_reply{false, text.substr(bad.size())};
    }
    return std::nullopt;
}

} // namespace detail

/// Reads the answer to a command.
///
/// Errors: too_long, bad_text; bad_syntax at byte 0 when it begins with neither "OK " nor "ERROR ".
/// Clause: SP 40.2.
[[nodiscard]] inline result<guest_reply> decode_guest_reply(
    byte_view got, const limits& max = default_limits) noexcept {
    if (const auto wrong = detail::wrong_with_text(got, max)) {
        return *wrong;
    }
    const auto reply = detail::split_reply(as_text(got), "OK ", "ERROR ");
    return reply ? result<guest_reply>{*reply}
                 : result<guest_reply>{failure{error::bad_syntax, {40, 2}, 0}};
}

/// Writes the answer to a command.
template <codec::byte_sink Sink>
void encode(Sink& sink, const guest_reply& what) {
    codec::put(sink, what.ok ? std::string_view{"OK "} : std::string_view{"ERROR "});
    codec::put(sink, what.text);
}

/// The answer that refuses a command.
[[nodiscard]] constexpr guest_reply refuse(refusal why) noexcept {
    return {false, wire_text(why)};
}

} // namespace snapproto::vmbackup

#endif // SNAPPROTO_DIALECT_VMBACKUP_COMMAND_HPP
