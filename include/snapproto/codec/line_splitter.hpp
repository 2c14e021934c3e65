// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_LINE_SPLITTER_HPP
#define SNAPPROTO_CODEC_LINE_SPLITTER_HPP

// Cuts a stream into lines that the byte 0xFF may reset and mark.

#include <snapproto/codec/scan.hpp>
#include <snapproto/core/bytes.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace snapproto::codec {

namespace detail {

/// The first newline or reset byte in [at, end), or end.
[[nodiscard]] inline const char* find_line_end(const char* at, const char* end) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        // Most lines are short: two searches of the C library cost more than they save.
        const char* const near = end - at > 64 ? at + 64 : end;
        for (; near - at >= 8; at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            const std::uint64_t newline = word ^ (each_byte * static_cast<unsigned char>('\n'));
            const std::uint64_t marks =
                (((newline - each_byte) & ~newline) | ((~word - each_byte) & word)) & high_bits;
            if (marks != 0) {
                return at + (std::countr_zero(marks) >> 3);
            }
        }
        if (near == end) {
            while (at != end && *at != '\n' && octet(at) != reset_byte) {
                ++at;
            }
            return at;
        }
    }
    const auto find = [at](int byte, const char* last) {
        const void* hit = std::memchr(at, byte, static_cast<std::size_t>(last - at));
        return hit == nullptr ? last : static_cast<const char*>(hit);
    };
    return find(reset_byte, find('\n', end));
}

} // namespace detail

/// What a line splitter stopped for.
enum class line_event : std::uint8_t {
    none,     ///< everything was taken, no line is complete
    line,     ///< a line that is not blank is complete
    cut,      ///< a reset byte dropped a line that had begun
    too_long, ///< the line is longer than the limit; the rest of it will be dropped
};

/// Collects lines in a caller's buffer. Blank lines are passed over.
///
/// Bounds: the buffer holds one line of at most `bytes_max` bytes and its newline.
class line_splitter {
  public:
    explicit line_splitter(std::size_t bytes_max) noexcept : m_bytes_max(bytes_max) {}

    /// Takes bytes up to the first event.
    /// @param text where the line is collected. It only grows; after `line` its first `size()`
    /// bytes are the line with its newline, `padding` more can be read and the first of them is 0.
    /// The next call begins the line anew.
    /// @param taken how many bytes were taken.
    line_event feed(byte_view bytes, std::vector<char>& text, std::size_t& taken);

    /// Bytes of the line so far, or with its newline of the one that `feed` has stopped for.
    [[nodiscard]] std::size_t size() const noexcept { return m_size; }

    /// True when the line that `feed` has stopped for, or the one that has begun, came behind a
    /// reset byte.
    [[nodiscard]] bool marked() const noexcept { return m_marked; }

    /// Bytes of the line that was cut or too long.
    [[nodiscard]] std::size_t dropped() const noexcept { return m_dropped; }

    /// True while a line has begun and not ended.
    [[nodiscard]] bool pending() const noexcept { return !m_done && m_size != 0; }

    /// True when `feed` would look for the beginning of a line. Who knows a line at sight may then
    /// take it from the bytes and say so.
    [[nodiscard]] bool idle() const noexcept { return m_done || (m_size == 0 && !m_skipping); }

    /// True when a reset byte came directly before what `feed` is given next.
    /// @pre idle.
    [[nodiscard]] bool mark_waits() const noexcept { return m_marked && !m_done; }

    /// A line was taken, as if `feed` had stopped for it.
    /// @pre idle.
    void note_line(std::size_t size, bool marked) noexcept {
        m_size = size;
        m_marked = marked;
        m_done = true;
    }

    /// Forgets everything, as for a new channel.
    void reset() noexcept {
        m_size = 0;
        m_done = m_marked = m_skipping = false;
    }

  private:
    void append(const char* at, std::size_t count, std::vector<char>& text);

    std::size_t m_bytes_max;
    std::size_t m_size = 0;
    std::size_t m_dropped = 0;
    bool m_done = false;     // the buffer holds a line that was told of
    bool m_marked = false;   // a reset byte came before the line
    bool m_skipping = false; // the rest of a line that was too long is being dropped
};

// Leaves room for the newline and the padding.
inline void line_splitter::append(const char* at, std::size_t count, std::vector<char>& text) {
    const std::size_t size = m_size + count;
    if (text.size() < size + 1 + padding) {
        text.resize(detail::least(2 * size, m_bytes_max) + 1 + padding);
    }
    detail::copy_bytes(text.data() + m_size, at, count);
    m_size = size;
}

inline line_event line_splitter::feed(byte_view bytes, std::vector<char>& text,
                                      std::size_t& taken) {
    const char* const begin = as_text(bytes).data();
    const char* const end = begin + bytes.size();
    const char* at = begin;
    const auto stop = [&](line_event event) {
        taken = static_cast<std::size_t>(at - begin);
        return event;
    };
    if (m_done) {
        m_done = m_marked = false;
        m_size = 0;
    }
    while (at != end) {
        while (m_size == 0 && !m_skipping && at != end && detail::is_space(*at)) {
            ++at; // nothing but blanks so far: the line has not begun
        }
        if (at == end) {
            break;
        }
        const char* const last = detail::find_line_end(at, end);
        const auto size = static_cast<std::size_t>(last - at);
        if (!m_skipping) {
            const std::size_t fitting = detail::least(size, m_bytes_max - m_size);
            if (size > fitting) {
                at += fitting;
                m_skipping = true;
                m_dropped = m_bytes_max;
                m_size = 0;
                return stop(line_event::too_long);
            }
            append(at, size, text);
        }
        at = last;
        if (at == end) {
            break;
        }
        ++at;
        if (detail::octet(last) == reset_byte) {
            m_dropped = m_size;
            m_skipping = false;
            m_marked = true;
            m_size = 0;
            if (m_dropped != 0) {
                return stop(line_event::cut);
            }
        } else if (m_skipping) {
            m_skipping = m_marked = false;
        } else {
            text[m_size++] = '\n';
            text[m_size] = '\0';
            m_done = true;
            return stop(line_event::line);
        }
    }
    return stop(line_event::none);
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_LINE_SPLITTER_HPP
