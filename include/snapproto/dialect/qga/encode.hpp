// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_ENCODE_HPP
#define SNAPPROTO_DIALECT_QGA_ENCODE_HPP

// Requests and replies to bytes: one line each, ASCII only, nothing allocated but what the sink
// allocates itself.

#include <snapproto/codec/json_writer.hpp>
#include <snapproto/codec/sink.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/qga/reply.hpp>
#include <snapproto/dialect/qga/request.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>

namespace snapproto::qga {

namespace detail {

template <codec::byte_sink Sink>
void put_arguments(Sink& sink, const request& out) {
    using codec::put;
    switch (out.verb) {
    case verb::sync:
    case verb::sync_delimited:
        put(sink, R"(, "arguments": {"id": )");
        codec::put_number(sink, out.sync_id);
        put(sink, "}");
        return;
    case verb::freeze_list:
        if (out.mountpoints) {
            put(sink, R"(, "arguments": {"mountpoints": [)");
            std::string_view gap = "";
            for (const std::string_view mountpoint : *out.mountpoints) {
                put(sink, gap);
                codec::put_string(sink, mountpoint);
                gap = ", ";
            }
            put(sink, "]}");
        }
        return;
    case verb::set_time:
        if (out.time_ns) {
            put(sink, R"(, "arguments": {"time": )");
            codec::put_number(sink, *out.time_ns);
            put(sink, "}");
        }
        return;
    default:
        if (out.arguments) {
            put(sink, R"(, "arguments": )");
            codec::put_raw(sink, out.arguments);
        }
        return;
    }
}

/// At most `bytes_max` bytes of a text, not cut inside of a character.
[[nodiscard]] inline std::string_view shortened(std::string_view text,
                                                std::size_t bytes_max) noexcept {
    if (text.size() <= bytes_max) {
        return text;
    }
    std::size_t size = bytes_max;
    while (size != 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
        --size;
    }
    return text.substr(0, size);
}

template <codec::byte_sink Sink>
struct body_writer {
    Sink& sink;

    void operator()(nothing) const { codec::put(sink, "{}"); }
    void operator()(std::int64_t value) const { codec::put_number(sink, value); }
    void operator()(freeze_state value) const { codec::put_string(sink, to_string(value)); }
    void operator()(codec::raw_json value) const { codec::put_raw(sink, value); }
    void operator()(const agent_info& info) const {
        codec::put(sink, R"({"version": )");
        codec::put_string(sink, info.version);
        codec::put(sink, R"(, "supported_commands": [)");
        std::string_view gap = R"({"enabled": )";
        for (const command_entry& entry : info.commands) {
            codec::put(sink, gap);
            codec::put_bool(sink, entry.enabled);
            codec::put(sink, R"(, "name": )");
            codec::put_string(sink, entry.name);
            codec::put(sink, R"(, "success-response": )");
            codec::put_bool(sink, entry.success_response);
            gap = R"(}, {"enabled": )";
        }
        codec::put(sink, info.commands.empty() ? "]}" : "}]}");
    }
    void operator()(const error_reply& why) const {
        codec::put(sink, R"({"class": )");
        codec::put_string(sink, to_string(why.kind));
        codec::put(sink, R"(, "desc": )");
        codec::put_string(sink, shortened(why.desc, desc_bytes_max));
        codec::put(sink, "}");
    }
};

} // namespace detail

/// Writes a request and a newline.
/// @pre what is JSON text in it is valid; a `verb::unknown` has a name.
/// Clause: SP 20.1 asks for no newline, but agents and people like lines.
template <codec::byte_sink Sink>
void encode(Sink& sink, const request& out) {
    codec::put(sink, R"({"execute": )");
    codec::put_string(sink, out.verb == verb::unknown ? out.name : to_string(out.verb));
    detail::put_arguments(sink, out);
    if (out.id) {
        codec::put(sink, R"(, "id": )");
        codec::put_raw(sink, out.id);
    }
    codec::put(sink, "}\n");
}

/// Writes a reply: exactly one line (SP 20.5), behind the byte 0xFF when it is delimited.
/// @pre what is JSON text in it is valid.
template <codec::byte_sink Sink>
void encode(Sink& sink, const reply& out) {
    if (out.delimited) {
        codec::put(sink, "\xff");
    }
    const bool refused = std::holds_alternative<error_reply>(out.body);
    codec::put(sink, refused ? R"({"error": )" : R"({"return": )");
    std::visit(detail::body_writer<Sink>{sink}, out.body);
    if (out.id) {
        codec::put(sink, R"(, "id": )");
        codec::put_raw(sink, out.id);
    }
    codec::put(sink, "}\n");
}

/// Writes what makes a channel usable again, whatever went over it before: a 0xFF and a
/// guest-sync-delimited (SP 22.10, SP 22.12).
/// @param sync_id fresh for each call.
template <codec::byte_sink Sink>
void encode_resync(Sink& sink, std::int64_t sync_id) {
    codec::put(sink, "\xff");
    encode(sink, make_sync_delimited(sync_id));
}

/// Writes a request or a reply into a buffer.
/// @return the bytes used.
/// Errors: too_long when the buffer is too small; the offset is the size that is needed.
template <class Message>
[[nodiscard]] result<std::size_t> encode_into(std::span<char> buffer, const Message& out) {
    codec::span_sink sink{buffer};
    encode(sink, out);
    if (!sink.complete()) {
        return fail(error::too_long, sink.wanted());
    }
    return sink.size();
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_ENCODE_HPP
