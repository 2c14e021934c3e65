// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_SKIP_HPP
#define SNAPPROTO_CODEC_SKIP_HPP

// Runs of bytes that need no closer look: where do they end? Many bytes at once where the machine
// can, one after the other elsewhere; both ways say the same.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

// SNAPPROTO_NO_SIMD asks for the code of machines without these instructions.
#if defined(__SSE2__) && !defined(SNAPPROTO_NO_SIMD)
#define SNAPPROTO_HAS_SSE2 1
#include <emmintrin.h>
#else
#define SNAPPROTO_HAS_SSE2 0
#endif

namespace snapproto::codec::detail {

[[nodiscard]] inline unsigned char octet(const char* at) noexcept {
    return static_cast<unsigned char>(*at);
}

inline constexpr std::uint64_t each_byte = 0x0101010101010101ULL;
inline constexpr std::uint64_t high_bits = 0x8080808080808080ULL;

/// Marks, in the high bit of each byte, what a string scanner must look at: a quote, a backslash,
/// a control byte, anything beyond ASCII. The lowest mark is exact; above it, a borrow may mark
/// others too.
[[nodiscard]] constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
    const std::uint64_t quote = word ^ (each_byte * static_cast<unsigned char>('"'));
    const std::uint64_t slash = word ^ (each_byte * static_cast<unsigned char>('\\'));
    return ((quote - each_byte) | (slash - each_byte) | (word - each_byte * 0x20U) | word) &
           high_bits;
}

/// In the high bit of each byte: set where it is no digit. The lowest mark is exact.
[[nodiscard]] constexpr std::uint64_t other_than_digits(std::uint64_t word) noexcept {
    word ^= each_byte * 0x30U; // digits become 0 to 9, the only ones 0x76 leaves below 0x80
    return ((word + each_byte * 0x76U) | word) & high_bits;
}

/// The bytes at `at`, the first of them lowest.
/// @pre eight bytes can be read. The order is so on little-endian machines only.
[[nodiscard]] inline std::uint64_t load_word(const char* at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

#if SNAPPROTO_HAS_SSE2
/// One bit for each of the sixteen bytes at `at`: set where `special_bytes` would mark.
/// @pre sixteen bytes can be read.
[[nodiscard]] inline unsigned special_bits(const char* at) noexcept {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    // A byte beyond ASCII brings its own mark.
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), _mm_or_si128(control, bytes))));
}
#endif

/// What a byte can be part of.
enum byte_class : std::uint8_t {
    plain_byte = 1,  ///< stands for itself in a string
    digit_byte = 2,  ///< 0 to 9
    number_byte = 4, ///< may be in a number
    lower_byte = 8   ///< a to z
};

inline constexpr std::array<std::uint8_t, 256> byte_classes = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0x20; c < 0x80; ++c) {
        const bool digit = c >= '0' && c <= '9';
        const bool sign = c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
        table[c] = static_cast<std::uint8_t>(
            (c != '"' && c != '\\' ? plain_byte : 0) | (digit ? digit_byte : 0) |
            (digit || sign ? number_byte : 0) | (c >= 'a' && c <= 'z' ? lower_byte : 0));
    }
    return table;
}();

[[nodiscard]] inline bool is_of(const char* at, byte_class wanted) noexcept {
    return (byte_classes[octet(at)] & wanted) != 0;
}

/// The first byte in [at, end) that is not of the class, or end.
[[nodiscard]] inline const char* skip_all(const char* at, const char* end,
                                          byte_class which) noexcept {
    while (at != end && is_of(at, which)) {
        ++at;
    }
    return at;
}

/// The first byte at or behind `at` that does not stand for itself in a string.
/// @pre a byte that does not stands somewhere, and sixteen bytes from it on can be read.
[[nodiscard]] inline const char* skip_plain_padded(const char* at) noexcept {
#if SNAPPROTO_HAS_SSE2
    for (;; at += 16) {
        if (const unsigned marks = special_bits(at); marks != 0) {
            return at + std::countr_zero(marks);
        }
    }
#else
    if constexpr (std::endian::native == std::endian::little) {
        for (;; at += 8) {
            if (const std::uint64_t marks = special_bytes(load_word(at)); marks != 0) {
                return at + (std::countr_zero(marks) >> 3);
            }
        }
    }
    while (is_of(at, plain_byte)) {
        ++at;
    }
    return at;
#endif
}

/// The first byte at or behind `at` that is no digit.
/// @pre as for `skip_plain_padded`.
[[nodiscard]] inline const char* skip_digits_padded(const char* at) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        for (;; at += 8) {
            if (const std::uint64_t marks = other_than_digits(load_word(at)); marks != 0) {
                return at + (std::countr_zero(marks) >> 3);
            }
        }
    }
    while (is_of(at, digit_byte)) {
        ++at;
    }
    return at;
}

/// The first byte in [at, end) that does not stand for itself in a string, or end.
[[nodiscard]] inline const char* skip_plain(const char* at, const char* end) noexcept {
#if SNAPPROTO_HAS_SSE2
    for (; end - at >= 16; at += 16) {
        if (const unsigned marks = special_bits(at); marks != 0) {
            return at + std::countr_zero(marks);
        }
    }
#endif
    if constexpr (std::endian::native == std::endian::little) {
        for (; end - at >= 8; at += 8) {
            if (const std::uint64_t marks = special_bytes(load_word(at)); marks != 0) {
                return at + (std::countr_zero(marks) >> 3);
            }
        }
    }
    return skip_all(at, end, plain_byte);
}

/// The first byte in [at, end) that is no digit, or end.
[[nodiscard]] inline const char* skip_digits(const char* at, const char* end) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        for (; end - at >= 8; at += 8) {
            if (const std::uint64_t marks = other_than_digits(load_word(at)); marks != 0) {
                return at + (std::countr_zero(marks) >> 3);
            }
        }
    }
    return skip_all(at, end, digit_byte);
}

} // namespace snapproto::codec::detail

#endif // SNAPPROTO_CODEC_SKIP_HPP
