// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_BIG_ENDIAN_HPP
#define SNAPPROTO_CODEC_BIG_ENDIAN_HPP

// Words of 32 bits, most significant byte first: written to any sink, and read one after another
// with the place at which the first one is missing.

#include <snapproto/codec/sink.hpp>
#include <snapproto/core/assert.hpp>
#include <snapproto/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace snapproto::codec {

/// Writes a word.
template <byte_sink Sink>
void put_big(Sink& sink, std::uint32_t word) {
    const std::array<char, 4> bytes{static_cast<char>(word >> 24U), static_cast<char>(word >> 16U),
                                    static_cast<char>(word >> 8U), static_cast<char>(word)};
    sink.append(bytes.data(), bytes.size());
}

/// The word that begins at byte `at`.
/// @pre all of its bytes are there.
[[nodiscard]] constexpr std::uint32_t load_big(byte_view bytes, std::size_t at) noexcept {
    SNAPPROTO_ASSERT(at + 4 <= bytes.size());
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        word = word << 8U | std::to_integer<std::uint32_t>(bytes[at + i]);
    }
    return word;
}

/// Reads words and runs of bytes one after another. What does not fit is not taken.
class big_reader {
  public:
    explicit constexpr big_reader(byte_view bytes, std::size_t at = 0) noexcept
        : m_bytes(bytes), m_at(at) {
        SNAPPROTO_ASSERT(at <= bytes.size());
    }

    /// @return false when less than 4 bytes are left.
    [[nodiscard]] constexpr bool word(std::uint32_t& out) noexcept {
        if (left() < 4) {
            return false;
        }
        out = load_big(m_bytes, m_at);
        m_at += 4;
        return true;
    }

    /// @return false when less than `count` bytes are left.
    [[nodiscard]] constexpr bool bytes(std::size_t count, byte_view& out) noexcept {
        if (left() < count) {
            return false;
        }
        out = m_bytes.subspan(m_at, count);
        m_at += count;
        return true;
    }

    /// Where the next byte to be read stands.
    [[nodiscard]] constexpr std::size_t offset() const noexcept { return m_at; }
    [[nodiscard]] constexpr std::size_t left() const noexcept { return m_bytes.size() - m_at; }

    /// Where all bytes end: what is cut short is wrong there.
    [[nodiscard]] constexpr std::size_t end() const noexcept { return m_bytes.size(); }

  private:
    byte_view m_bytes;
    std::size_t m_at;
};

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_BIG_ENDIAN_HPP
