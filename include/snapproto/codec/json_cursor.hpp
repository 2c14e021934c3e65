// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_JSON_CURSOR_HPP
#define SNAPPROTO_CODEC_JSON_CURSOR_HPP

// Walks a JSON text where it lies, without a list of tokens, for readers that know what to expect.
//
// It accepts less than JSON and nothing else: blanks only behind a comma or a colon, integers of
// at most 18 digits. What it does not accept may still be right, or become right with more bytes;
// whoever meets a refusal reads the text again with `json_parser`, which also says what is wrong.

#include <snapproto/codec/json_document.hpp>
#include <snapproto/codec/scan.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace snapproto::codec {

/// A part of a text, as places in it: they stay right when the text is copied.
struct text_range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    [[nodiscard]] std::uint32_t size() const noexcept { return end - begin; }
    [[nodiscard]] std::string_view in(const char* text) const noexcept {
        return {text + begin, size()};
    }
};

/// A place in a text, and the ways to go on from there. Each `take` leaves the place unspecified
/// when it returns false, if nothing else is said.
///
/// What is small is inlined always: a cursor in memory is much slower than one in registers.
///
/// The text ends in a newline. No token holds one, so that no step but the long ones must ask where
/// the text ends.
/// Bounds: reads no byte outside of the text, which is not longer than `json_bytes_max`.
class json_cursor {
  public:
    /// @pre end[-1] is a newline.
    json_cursor(const char* text, const char* end) noexcept
        : m_text(text), m_at(text), m_end(end) {}

    [[nodiscard]] const char* text() const noexcept { return m_text; }

    /// Where the cursor is.
    [[nodiscard]] const char* at() const noexcept { return m_at; }
    [[nodiscard]] std::uint32_t place() const noexcept {
        return static_cast<std::uint32_t>(m_at - m_text);
    }
    [[nodiscard, gnu::always_inline]] bool next_is(char wanted) const noexcept {
        return *m_at == wanted;
    }

    /// Takes the characters of a literal, if they come next; if not, stays.
    template <std::size_t Size>
    [[nodiscard, gnu::always_inline]] bool take(const char (&word)[Size]) noexcept {
        constexpr std::size_t size = Size - 1;
        if (size > 1 && static_cast<std::size_t>(m_end - m_at) < size) {
            return false;
        }
        if (!same<size>(m_at, word)) {
            return false;
        }
        m_at += size;
        return true;
    }

    /// Takes a comma or a colon, and blanks behind it; if there is none, stays.
    [[nodiscard, gnu::always_inline]] bool take_sign(char sign) noexcept {
        if (!next_is(sign)) {
            return false;
        }
        ++m_at;
        while (next_is(' ')) { // a branch, which is foreseen: a sum would wait for the byte
            ++m_at;
        }
        return true;
    }

    /// Takes a string. `inside` becomes what is between the quotes, and `escaped` true when there
    /// is an escape in it.
    [[nodiscard, gnu::always_inline]] bool take_string(text_range& inside, bool& escaped) noexcept {
        if (!next_is('"')) {
            return false;
        }
        ++m_at;
        inside.begin = place();
        m_at = skip_plain(m_at);
        if (!next_is('"')) {
            const detail::scanned scan = detail::scan_string(m_at, m_end, escaped);
            if (scan.end != detail::scan_end::complete) {
                return false;
            }
            m_at = scan.at;
        }
        inside.end = place();
        ++m_at;
        return true;
    }

    /// Takes a string without escapes.
    [[nodiscard, gnu::always_inline]] bool take_plain(text_range& inside) noexcept {
        bool escaped = false;
        return take_string(inside, escaped) && !escaped;
    }

    /// Takes an integer. What follows it must be looked at: a fraction, say, is left.
    [[nodiscard, gnu::always_inline]] bool take_integer(text_range& integer) noexcept {
        integer.begin = place();
        if (next_is('-')) {
            ++m_at;
        }
        const char* const first = m_at;
        m_at = detail::skip_digits(m_at, m_end);
        integer.end = place();
        const std::ptrdiff_t count = m_at - first;
        return count == 1 || (count > 1 && count <= digits_max && *first != '0');
    }

    /// Takes a string or an integer as it stands in the text.
    [[nodiscard, gnu::always_inline]] bool take_scalar(text_range& raw) noexcept {
        if (!next_is('"')) {
            return take_integer(raw);
        }
        bool escaped = false;
        const bool taken = take_string(raw, escaped);
        raw = {raw.begin - 1, raw.end + 1};
        return taken;
    }

    /// The value of an integer that was taken.
    [[nodiscard]] std::int64_t value_of(text_range integer) const noexcept {
        const bool negative = m_text[integer.begin] == '-';
        const char* at = m_text + integer.begin + (negative ? 1 : 0);
        std::uint64_t value = 0;
        for (std::size_t left = integer.size() - (negative ? 1U : 0U); left != 0;) {
            const std::size_t count = (left - 1) % 8 + 1;
            at += count;
            left -= count;
            value = value * 100'000'000 + digits_before(at, count);
        }
        return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
    }

  private:
    static constexpr std::ptrdiff_t digits_max = 18; // all of them fit into 64 signed bits

    // Compilers make a call of a comparison as long as this.
    template <std::size_t Size>
    [[nodiscard, gnu::always_inline]] static bool same(const char* a, const char* b) noexcept {
        static_assert(Size <= 16);
        if constexpr (Size < 8) {
            return std::memcmp(a, b, Size) == 0;
        } else {
            constexpr std::size_t last = Size - 8;
            return ((detail::load_word(a) ^ detail::load_word(b)) |
                    (detail::load_word(a + last) ^ detail::load_word(b + last))) == 0;
        }
    }

    // The first byte that does not stand for itself in a string; the newline at the latest.
    [[nodiscard, gnu::always_inline]] const char* skip_plain(const char* at) const noexcept {
#if SNAPPROTO_HAS_SSE2
        for (; m_end - at >= 16; at += 16) {
            if (const unsigned marks = detail::special_bits(at); marks != 0) {
                return at + std::countr_zero(marks);
            }
        }
        if (m_end - m_text >= 16) { // the last sixteen bytes, without those that were looked at
            return at + std::countr_zero(detail::special_bits(m_end - 16) >> (16 - (m_end - at)));
        }
#endif
        return detail::skip_plain(at, m_end);
    }

    // The value of up to eight digits that end at `at`.
    [[nodiscard]] std::uint64_t digits_before(const char* at, std::size_t count) const noexcept {
        if constexpr (std::endian::native == std::endian::little) {
            if (at - m_text >= 8) {
                const std::size_t others = 64 - 8 * count;
                return detail::eight_digits(detail::load_word(at - 8) >> others << others);
            }
        }
        std::uint64_t value = 0;
        for (const char* digit = at - count; digit != at; ++digit) {
            value = value * 10 + static_cast<std::uint64_t>(*digit - '0');
        }
        return value;
    }

    const char* m_text;
    const char* m_at;
    const char* m_end;
};

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_JSON_CURSOR_HPP
