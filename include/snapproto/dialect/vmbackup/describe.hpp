// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_DESCRIBE_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_DESCRIBE_HPP

// A refused message as a sentence for people: what, at which byte, what is there, what is allowed.

#include <snapproto/codec/json_writer.hpp>
#include <snapproto/codec/sink.hpp>
#include <snapproto/dialect/vmbackup/packet.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>

#include <array>
#include <string_view>

namespace snapproto::vmbackup {

/// What a refused run of bytes was taken for.
enum class wire_form : std::uint8_t { command, guest_reply, event, host_reply, packet };

namespace detail {

/// What stands at a place of the options, and what may stand there.
struct option_field {
    std::string_view name;
    std::string_view allowed;
};

/// The field of the options that byte `at` belongs to; they begin at `begin`.
[[nodiscard]] inline option_field option_at(byte_view seen, std::size_t begin,
                                            std::size_t at) noexcept {
    constexpr std::array<option_field, 13> fields{{
        {"version", "1 or 2"},
        {"presence flag", "1"},
        {"createManifest", "0 or 1"},
        {"quiesceApps", "0 or 1"},
        {"quiesceFS", "0 or 1"},
        {"writableSnapshot", "0 or 1"},
        {"execScripts", "0 or 1"},
        {"scriptArg", "at most 256 bytes without NUL, filled up with zeros"},
        {"timeout", "any"},
        {"diskUuids", "at most 3200 bytes without NUL, filled up with zeros"},
        {"vssBackupContext", "any"},
        {"vssBackupType", "any"},
        {"flag of version 2", "0 or 1"},
    }};
    codec::big_reader reader{seen, begin};
    for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
        std::uint32_t word = 0;
        byte_view text;
        const bool is_text = i == 7 || i == 9;
        if (!reader.word(word) ||
            (is_text && !reader.bytes((static_cast<std::size_t>(word) + 3) / 4 * 4, text)) ||
            at < reader.offset()) {
            return fields[i];
        }
    }
    return fields.back();
}

[[nodiscard]] inline std::string_view allowed_in_command(const failure& why) noexcept {
    switch (why.code) {
    case error::unknown_message:
        return "ping, reset, Capabilities_Register, Set_Option, or one of vmbackup";
    case error::unexpected_member:
        return "no arguments";
    case error::missing_member:
        return "a name, a space and a value";
    default:
        return why.code == error::bad_number ? "a decimal number" : "a space, or the end";
    }
}

[[nodiscard]] inline std::string_view allowed_in_event(const failure& why) noexcept {
    switch (why.code) {
    case error::unknown_message:
        return why.offset == 0 ? "vmbackup.eventSet" : "reset, or a name of prov. or req.";
    case error::bad_number:
        return why.governed_by.number == 5 ? "0 in req.done" : "0 to 5";
    default:
        return "event, code and text, with a space before each";
    }
}

[[nodiscard]] inline std::string_view allowed_in_packet(const failure& why) noexcept {
    switch (why.code) {
    case error::wrong_type:
        return "types 1 to 4; a number in fields 1 and 3, a text in field 2";
    case error::duplicate_member:
        return "each field once";
    case error::missing_member:
        return "field 1, and field 2 where it is data";
    case error::too_many:
        return "at most 16 fields";
    default:
        return "1 for data, 2 for a ping";
    }
}

[[nodiscard]] inline std::string_view allowed_in(wire_form form, const failure& why) noexcept {
    if (why.code == error::bad_text) {
        return "no NUL";
    }
    switch (form) {
    case wire_form::command:
        return allowed_in_command(why);
    case wire_form::event:
        return allowed_in_event(why);
    case wire_form::guest_reply:
        return "OK or ERROR, a space, and a text";
    case wire_form::host_reply:
        return "1 or 0, a space, and a text";
    case wire_form::packet:
        break;
    }
    return allowed_in_packet(why);
}

/// At most 24 characters of what is there; the others as `?`.
template <codec::byte_sink Sink>
void put_excerpt(Sink& sink, byte_view seen, std::size_t at) {
    constexpr std::size_t bytes_max = 24;
    const std::string_view text = as_text(seen).substr(at, bytes_max);
    codec::put(sink, "'");
    for (const char letter : text) {
        const char shown = letter >= ' ' && letter <= '~' ? letter : '?';
        sink.append(&shown, 1);
    }
    codec::put(sink, "'");
}

} // namespace detail

/// Writes the sentence for a message that a decoder has refused.
///
/// @param seen the bytes that were decoded.
/// Bounds: at most 200 bytes, ASCII, no line feed.
template <codec::byte_sink Sink>
void describe(Sink& sink, wire_form form, const failure& why, byte_view seen) {
    const auto number = [&](std::uint64_t value) {
        codec::put_number(sink, static_cast<std::int64_t>(value));
    };
    const bool in_options = why.governed_by.chapter == 42;
    const auto field = in_options
                           ? detail::option_at(seen, detail::name_of(seen).arguments_at, why.offset)
                           : detail::option_field{};
    codec::put(sink, in_options ? field.name : message(why.code));
    codec::put(sink, " at byte ");
    number(why.offset);
    codec::put(sink, ": ");
    if (why.code == error::interrupted || (in_options && why.code == error::missing_member)) {
        codec::put(sink, why.code == error::interrupted ? "the message ends" : "0");
    } else if (why.code == error::too_long && !in_options) {
        const bool announced = why.governed_by.number == 8 && seen.size() >= packet_count_bytes;
        number(announced ? codec::load_big(seen, 0) : seen.size());
        codec::put(sink, " bytes");
    } else if (why.code == error::too_long && why.governed_by.number == 5) {
        number(seen.size() - why.offset);
        codec::put(sink, " bytes too many");
        return;
    } else if (in_options && why.code == error::bad_number && why.governed_by.number == 4) {
        number(std::to_integer<std::uint64_t>(seen[why.offset]));
    } else if (in_options && why.code != error::bad_text) {
        number(codec::load_big(seen, why.offset));
    } else if (form == wire_form::packet && why.offset + 4 <= seen.size()) {
        number(codec::load_big(seen, why.offset));
    } else if (why.offset >= seen.size()) {
        codec::put(sink, "the message ends");
    } else {
        detail::put_excerpt(sink, seen, why.offset);
    }
    codec::put(sink, "; allowed: ");
    if (in_options) {
        codec::put(sink, field.allowed);
    } else if (why.code == error::too_long) {
        codec::put(sink, "at most ");
        number(form == wire_form::packet ? default_limits.packet_bytes_max
                                         : default_limits.message_bytes_max);
    } else if (why.code == error::interrupted) {
        codec::put(sink, "whole fields");
    } else {
        codec::put(sink, detail::allowed_in(form, why));
    }
}

} // namespace snapproto::vmbackup

#endif // SNAPPROTO_DIALECT_VMBACKUP_DESCRIBE_HPP
