// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_LINE_SPLITTER_HPP
#define SNAPPROTO_CODEC_LINE_SPLITTER_HPP

// Cuts a stream into lines that the byte 0xFF may reset and mark.

#include <snapproto/codec/scan.hpp>
#include <snapproto/core/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace snapproto::codec {

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
    /// @param line where the line is collected; after `line` it ends with the newline, and the next
    /// call begins it anew.
    /// @param taken how many bytes were taken.
    line_event feed(byte_view bytes, std::vector<char>& line, std::size_t& taken);

    /// True when the line that `feed` has stopped for, or the one that has begun, came behind a
    /// reset byte.
    [[nodiscard]] bool marked() const noexcept { return m_marked; }

    /// Bytes of the line that was cut or too long.
    [[nodiscard]] std::size_t dropped() const noexcept { return m_dropped; }

    /// True while a line has begun and not ended.
    [[nodiscard]] bool pending(const std::vector<char>& line) const noexcept {
        return !m_done && !line.empty();
    }

    /// Forgets everything, as for a new channel.
    void reset(std::vector<char>& line) noexcept {
        line.clear();
        m_done = m_marked = m_skipping = false;
    }

  private:
    std::size_t m_bytes_max;
    std::size_t m_dropped = 0;
    bool m_done = false;     // the buffer holds a line that was told of
    bool m_marked = false;   // a reset byte came before the line
    bool m_skipping = false; // the rest of a line that was too long is being dropped
};

inline line_event line_splitter::feed(byte_view bytes, std::vector<char>& line,
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
        line.clear();
    }
    while (at != end) {
        while (line.empty() && !m_skipping && at != end && detail::is_space(*at)) {
            ++at; // nothing but blanks so far: the line has not begun
        }
        if (at == end) {
            break;
        }
        const auto find = [&](int byte, const char* last) {
            const void* hit = std::memchr(at, byte, static_cast<std::size_t>(last - at));
            return hit == nullptr ? last : static_cast<const char*>(hit);
        };
        const char* newline = find('\n', end);
        const char* last = find(reset_byte, newline);
        const auto size = static_cast<std::size_t>(last - at);
        if (!m_skipping) {
            const std::size_t room = m_bytes_max - line.size();
            line.insert(line.end(), at, at + std::min(size, room));
            at += std::min(size, room);
            if (size > room) {
                m_skipping = true;
                m_dropped = line.size();
                line.clear();
                return stop(line_event::too_long);
            }
        }
        at = last;
        if (at == end) {
            break;
        }
        ++at;
        if (detail::octet(last) == reset_byte) {
            m_dropped = line.size();
            m_skipping = false;
            m_marked = true;
            line.clear();
            if (m_dropped != 0) {
                return stop(line_event::cut);
            }
        } else if (m_skipping) {
            m_skipping = m_marked = false;
        } else {
            line.push_back('\n');
            m_done = true;
            return stop(line_event::line);
        }
    }
    return stop(line_event::none);
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_LINE_SPLITTER_HPP
