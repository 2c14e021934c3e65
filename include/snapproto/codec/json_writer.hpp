// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_JSON_WRITER_HPP
#define SNAPPROTO_CODEC_JSON_WRITER_HPP

// JSON pieces into a sink, in ASCII: a byte that is not UTF-8 becomes \ufffd, everything beyond
// ASCII a \u escape. So whatever goes in, one line of valid JSON comes out.

#include <snapproto/codec/scan.hpp>
#include <snapproto/codec/sink.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snapproto::codec {

/// A JSON value as text, passed on without being looked into. Empty: no value at all, which is
/// not the same as the text `null`.
struct raw_json {
    std::string_view text;

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return !text.empty(); }
    friend constexpr bool operator==(const raw_json&, const raw_json&) noexcept = default;
};

namespace detail {

template <byte_sink Sink>
void put_u_escape(Sink& sink, std::uint32_t unit) {
    constexpr char digits[] = "0123456789abcdef";
    const char out[6] = {'\\',
                         'u',
                         digits[unit >> 12],
                         digits[(unit >> 8) & 15U],
                         digits[(unit >> 4) & 15U],
                         digits[unit & 15U]};
    sink.append(out, sizeof out);
}

/// One byte or sequence that cannot stand as it is. @return behind it.
template <byte_sink Sink>
const char* put_special(Sink& sink, const char* at, const char* end) {
    const unsigned char c = octet(at);
    if (c >= 0x80) {
        const char* wrong = at;
        const int length = utf8_length(at, end, wrong);
        if (length <= 0) {
            put_u_escape(sink, 0xfffd);
            return at + 1;
        }
        const std::uint32_t value = utf8_value(at, length);
        if (value < 0x10000) {
            put_u_escape(sink, value);
        } else {
            put_u_escape(sink, 0xd800 + ((value - 0x10000) >> 10));
            put_u_escape(sink, 0xdc00 + ((value - 0x10000) & 0x3ffU));
        }
        return at + length;
    }
    constexpr std::string_view named = "\"\\\b\f\n\r\t";
    constexpr std::string_view letter = "\"\\bfnrt";
    const std::size_t which = named.find(static_cast<char>(c));
    if (which == std::string_view::npos) {
        put_u_escape(sink, c);
    } else {
        const char out[2] = {'\\', letter[which]};
        sink.append(out, sizeof out);
    }
    return at + 1;
}

} // namespace detail

/// A string, with its quotes.
template <byte_sink Sink>
void put_string(Sink& sink, std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    put(sink, "\"");
    for (;;) {
        const char* stop = detail::skip_plain(at, end);
        sink.append(at, static_cast<std::size_t>(stop - at));
        if (stop == end) {
            break;
        }
        at = detail::put_special(sink, stop, end);
    }
    put(sink, "\"");
}

/// A number.
template <byte_sink Sink>
void put_number(Sink& sink, std::int64_t value) {
    char digits[20];
    const auto [end, wrong] = std::to_chars(digits, digits + sizeof digits, value);
    static_cast<void>(wrong); // 20 bytes hold every value
    sink.append(digits, static_cast<std::size_t>(end - digits));
}

/// `true` or `false`.
template <byte_sink Sink>
void put_bool(Sink& sink, bool value) {
    put(sink, value ? std::string_view{"true"} : std::string_view{"false"});
}

/// A value that came from a reader, on one line and in ASCII: the same value, its escapes and
/// numbers as they were written, white space between tokens replaced by one blank behind each
/// colon and comma.
/// @pre value.text is one valid JSON value.
template <byte_sink Sink>
void put_raw(Sink& sink, raw_json value) {
    const char* at = value.text.data();
    const char* const end = at + value.text.size();
    const char* from = at;
    bool in_string = false;
    const auto flush = [&](const char* to) {
        sink.append(from, static_cast<std::size_t>(to - from));
        from = to;
    };
    while (at != end) {
        if (in_string) {
            at = detail::skip_plain(at, end);
            if (at == end) {
                break;
            }
            if (*at == '\\') {
                at += end - at < 2 ? 1 : 2;
            } else if (*at == '"') {
                in_string = false;
                ++at;
            } else {
                flush(at);
                at = from = detail::put_special(sink, at, end);
            }
        } else if (detail::is_space(*at)) {
            flush(at);
            from = ++at;
        } else {
            in_string = *at == '"';
            const bool gap = *at == ':' || *at == ',';
            ++at;
            if (gap) {
                flush(at);
                put(sink, " ");
            }
        }
    }
    flush(end);
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_JSON_WRITER_HPP
