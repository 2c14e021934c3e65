// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_SCAN_HPP
#define SNAPPROTO_CODEC_SCAN_HPP

// The inner loops of the JSON reader and writer: strings, UTF-8, numbers.
//
// Everything here may stop at the end of the data and be called again, from the place it stopped
// at, when there is more; at most eleven bytes are looked at twice.

#include <snapproto/codec/skip.hpp>
#include <snapproto/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace snapproto::codec {

/// The byte that is valid in no JSON text and in no UTF-8: it resets a reader.
inline constexpr unsigned char reset_byte = 0xff;

/// Bytes behind a text that a parser may look at. The first of them is 0, which no string and no
/// token can hold, so that inner loops need not ask where the text ends.
inline constexpr std::size_t padding = 16;

namespace detail {

[[nodiscard]] inline bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The first byte in [at, end) that is not white space, or end.
[[nodiscard]] inline const char* skip_space(const char* at, const char* end) noexcept {
    while (at != end && is_space(*at)) {
        ++at;
    }
    return at;
}

/// The first byte in [at, end) that begins a message, or end: white space and reset bytes may
/// stand before it.
[[nodiscard]] inline const char* skip_between(const char* at, const char* end) noexcept {
    while (at != end && (is_space(*at) || octet(at) == reset_byte)) {
        ++at;
    }
    return at;
}

/// The least of two or more. Not std::min: <algorithm> is a twentieth of what it costs to compile
/// the umbrella, and nothing else of it is needed there.
template <class... Sizes>
[[nodiscard]] constexpr std::size_t least(std::size_t first, Sizes... others) noexcept {
    ((first = others < first ? others : first), ...);
    return first;
}

/// Copies a piece of a message. For most of them a loop is faster than a call.
inline void copy_bytes(char* to, const char* from, std::size_t count) noexcept {
    constexpr std::size_t step = 16;
    if (count < step || count > 16 * step) {
        if (count < step / 2 || count >= step) {
            std::memcpy(to, from, count);
            return;
        }
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        std::memcpy(&first, from, sizeof first);
        std::memcpy(&last, from + (count - sizeof last), sizeof last);
        std::memcpy(to, &first, sizeof first);
        std::memcpy(to + (count - sizeof last), &last, sizeof last);
        return;
    }
    const char* const last = from + (count - step);
    char* const last_to = to + (count - step);
    for (; from < last; from += step, to += step) {
        std::memcpy(to, from, step);
    }
    std::memcpy(last_to, last, step);
}

/// Whether two texts are the same. Most names are short, and then this is a few loads and no call.
[[nodiscard]] constexpr bool equal_text(std::string_view a, std::string_view b) noexcept {
    if (std::is_constant_evaluated()) {
        return a == b;
    }
    const std::size_t size = b.size();
    if (a.size() != size) {
        return false;
    }
    const auto differ = [&]<class Word>(Word word, std::size_t from) {
        Word other = word;
        std::memcpy(&word, a.data() + from, sizeof word);
        std::memcpy(&other, b.data() + from, sizeof other);
        return word ^ other;
    };
    if (size > 32) {
        return std::memcmp(a.data(), b.data(), size) == 0;
    }
    if (size >= 8) {
        std::uint64_t bits = differ(std::uint64_t{}, size - 8);
        for (std::size_t from = 0; from < size - 8; from += 8) {
            bits |= differ(std::uint64_t{}, from);
        }
        return bits == 0;
    }
    if (size >= 4) {
        return (differ(std::uint32_t{}, 0) | differ(std::uint32_t{}, size - 4)) == 0;
    }
    for (std::size_t i = 0; i != size; ++i) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

/// The length of the UTF-8 sequence at `at`; -1 when it may become one; 0 when it is none, and then
/// `wrong` is the byte that shows it.
/// Table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF.
/// @pre at != end and the byte there is 0x80 or more.
[[nodiscard]] inline int utf8_length(const char* at, const char* end, const char*& wrong) noexcept {
    const unsigned char lead = octet(at);
    int length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
        length = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        length = 3;
        low = lead == 0xe0 ? 0xa0 : low;
        high = lead == 0xed ? 0x9f : high;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        length = 4;
        low = lead == 0xf0 ? 0x90 : low;
        high = lead == 0xf4 ? 0x8f : high;
    } else {
        wrong = at;
        return 0;
    }
    for (int i = 1; i < length; ++i) {
        if (at + i == end) {
            return -1;
        }
        const unsigned char next = octet(at + i);
        if (next < low || next > high) {
            wrong = at + i;
            return 0;
        }
        low = 0x80;
        high = 0xbf;
    }
    return length;
}

/// The code point of a valid UTF-8 sequence.
[[nodiscard]] inline std::uint32_t utf8_value(const char* at, int length) noexcept {
    std::uint32_t value = octet(at) & (0xffU >> (length + 1));
    for (int i = 1; i < length; ++i) {
        value = (value << 6) | (octet(at + i) & 0x3fU);
    }
    return value;
}

/// Writes a code point as UTF-8. @return the end of what was written.
inline char* put_utf8(char* out, std::uint32_t value) noexcept {
    const auto tail = [&](int shift) {
        *out++ = static_cast<char>(0x80U | ((value >> shift) & 0x3fU));
    };
    if (value < 0x80) {
        *out++ = static_cast<char>(value);
    } else if (value < 0x800) {
        *out++ = static_cast<char>(0xc0U | (value >> 6));
        tail(0);
    } else if (value < 0x10000) {
        *out++ = static_cast<char>(0xe0U | (value >> 12));
        tail(6);
        tail(0);
    } else {
        *out++ = static_cast<char>(0xf0U | (value >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
    return out;
}

[[nodiscard]] inline int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// How a scan ended.
enum class scan_end : std::uint8_t { complete, more, bad };

/// Where a scan ended and, when it is bad, why.
struct scanned {
    scan_end end;
    const char* at;    ///< the closing quote; where to go on; bad: the first byte not looked at
                       ///< or the one that shows the trouble
    const char* wrong; ///< the byte to complain about
    error why;
    bool in_escape; ///< bad, and `at` is behind a backslash that it belongs to
};

[[nodiscard]] inline scanned scan_more(const char* at) noexcept {
    return {scan_end::more, at, at, error::bad_syntax, false};
}

[[nodiscard]] inline scanned scan_done(const char* at) noexcept {
    return {scan_end::complete, at, at, error::bad_syntax, false};
}

/// The byte at `at` shows that something is wrong: itself or, `from` there, what it ends. A reset
/// byte says more than that the text it cuts is incomplete.
[[nodiscard]] inline scanned scan_bad(const char* at, const char* from, error why,
                                      bool in_escape = false) noexcept {
    if (octet(at) == reset_byte) {
        return {scan_end::bad, at, at, error::interrupted, false};
    }
    return {scan_end::bad, at, from, why, in_escape};
}

/// Four hexadecimal digits at `at`, as far as there are any.
/// @return the value, -1 when a byte is none (`wrong` tells which), -2 when there are too few.
[[nodiscard]] inline int scan_hex4(const char* at, const char* end, const char*& wrong) noexcept {
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        if (at + i == end) {
            return -2;
        }
        const int digit = hex_value(at[i]);
        if (digit < 0) {
            wrong = at + i;
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/// One escape sequence (a surrogate pair counts as one).
/// @pre at != end and *at is a backslash. @return `complete` with the byte behind it.
[[nodiscard]] inline scanned scan_escape(const char* at, const char* end) noexcept {
    if (end - at < 2) {
        return scan_more(at);
    }
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return scan_done(at + 2);
    case 'u':
        break;
    default:
        return scan_bad(at + 1, at, error::bad_syntax, true);
    }
    const char* wrong = at;
    const int first = scan_hex4(at + 2, end, wrong);
    if (first < 0) {
        return first == -2 ? scan_more(at) : scan_bad(wrong, at, error::bad_syntax);
    }
    if (first < 0xd800 || first > 0xdfff) {
        return scan_done(at + 6);
    }
    if (first > 0xdbff) {
        return {scan_end::bad, at + 6, at, error::bad_text, false};
    }
    for (int i = 6; i < 8; ++i) {
        if (at + i == end) {
            return scan_more(at);
        }
        if (at[i] != (i == 6 ? '\\' : 'u')) {
            return scan_bad(at + i, at, error::bad_text, i == 7);
        }
    }
    const int second = scan_hex4(at + 8, end, wrong);
    if (second < 0) {
        return second == -2 ? scan_more(at) : scan_bad(wrong, at + 6, error::bad_syntax);
    }
    if (second < 0xdc00 || second > 0xdfff) {
        return {scan_end::bad, at + 12, at, error::bad_text, false};
    }
    return scan_done(at + 12);
}

/// The inside of a string, from any byte that is not in the middle of an escape or a UTF-8
/// sequence, up to its closing quote. `escaped` becomes true when there is an escape.
[[nodiscard]] inline scanned scan_string(const char* at, const char* end, bool& escaped) noexcept {
    for (;;) {
        at = skip_plain(at, end);
        if (at == end) {
            return scan_more(at);
        }
        const unsigned char c = octet(at);
        if (c == '"') {
            return scan_done(at);
        }
        if (c == '\\') {
            const scanned escape = scan_escape(at, end);
            if (escape.end != scan_end::complete) {
                return escape;
            }
            escaped = true;
            at = escape.at;
        } else if (c < 0x20) {
            return scan_bad(at, at, error::bad_text);
        } else {
            const char* wrong = at;
            const int length = utf8_length(at, end, wrong);
            if (length <= 0) {
                return length < 0 ? scan_more(at) : scan_bad(wrong, at, error::bad_text);
            }
            at += length;
        }
    }
}

/// Replaces the escapes of a string that `scan_string` has accepted.
/// @param out room for as many bytes as the input has; may be the input itself.
/// @return the end of what was written.
inline char* unescape(const char* at, const char* end, char* out) noexcept {
    while (at != end) {
        const void* hit = std::memchr(at, '\\', static_cast<std::size_t>(end - at));
        const char* const stop = hit == nullptr ? end : static_cast<const char*>(hit);
        std::memmove(out, at, static_cast<std::size_t>(stop - at));
        out += stop - at;
        at = stop;
        if (at == end) {
            break;
        }
        const char kind = at[1];
        at += 2;
        if (kind != 'u') {
            constexpr char from[] = "bfnrt";
            constexpr char to[] = "\b\f\n\r\t";
            const void* known = std::memchr(from, kind, 5);
            *out++ = known == nullptr ? kind : to[static_cast<const char*>(known) - from];
            continue;
        }
        const char* wrong = at;
        auto value = static_cast<std::uint32_t>(scan_hex4(at, at + 4, wrong));
        at += 4;
        if (value >= 0xd800 && value < 0xdc00) {
            const auto low = static_cast<std::uint32_t>(scan_hex4(at + 2, at + 6, wrong));
            value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
            at += 6;
        }
        out = put_utf8(out, value);
    }
    return out;
}

/// Looks at a run of bytes that stand where a number may be.
/// @return nullptr when it is a number of RFC 8259, else the first byte that is wrong (may be end).
/// `integer` tells whether it has neither a fraction nor an exponent.
[[nodiscard]] inline const char* check_number(const char* at, const char* end,
                                              bool& integer) noexcept {
    const auto digits = [&] {
        const char* from = at;
        while (at != end && *at >= '0' && *at <= '9') {
            ++at;
        }
        return at != from;
    };
    integer = true;
    if (at != end && *at == '-') {
        ++at;
    }
    if (at != end && *at == '0') {
        ++at;
    } else if (!digits()) {
        return at;
    }
    if (at != end && *at == '.') {
        integer = false;
        ++at;
        if (!digits()) {
            return at;
        }
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        integer = false;
        ++at;
        if (at != end && (*at == '+' || *at == '-')) {
            ++at;
        }
        if (!digits()) {
            return at;
        }
    }
    return at == end ? nullptr : at;
}

} // namespace detail
} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_SCAN_HPP
