// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_NATIVE_FRAME_SPLITTER_HPP
#define SNAPPROTO_DIALECT_NATIVE_FRAME_SPLITTER_HPP

// Cuts a stream into frames (SP chapter 60). Knows nothing of what is in them.

#include <snapproto/core/bytes.hpp>
#include <snapproto/dialect/native/profile.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace snapproto::native {

/// What a frame splitter stopped for.
enum class frame_event : std::uint8_t {
    none,     ///< everything was taken, no frame is complete
    frame,    ///< a frame is complete
    cut,      ///< a mark ended a frame that had begun
    empty,    ///< a length of 0
    too_long, ///< a length beyond the limit; so many bytes will be dropped
    lost      ///< no length at all; everything up to a mark will be dropped
};

/// Collects one frame after the other.
///
/// Bounds: holds one frame of at most `bytes_max` bytes and its length.
class frame_splitter {
  public:
    explicit frame_splitter(std::size_t bytes_max) noexcept : m_bytes_max(bytes_max) {}

    /// Takes bytes up to the first event.
    /// @param taken how many bytes were taken.
    frame_event feed(byte_view bytes, std::size_t& taken);

    /// The frame that `feed` has stopped for, its length in front. Valid until the next call.
    [[nodiscard]] byte_view frame() const noexcept { return {m_bytes.data(), m_size}; }

    /// True while a frame has begun and not ended.
    [[nodiscard]] bool pending() const noexcept {
        return m_state == state::skipping || (m_state == state::collecting && m_size != 0);
    }

    /// How many marks were read, those of former channels included.
    [[nodiscard]] std::uint64_t marks() const noexcept { return m_marks; }

    /// Forgets everything, as for a new channel.
    void reset() noexcept {
        m_state = state::collecting;
        m_size = m_run = 0;
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return m_bytes.capacity(); }

  private:
    enum class state : std::uint8_t {
        collecting, ///< a length and what it announces
        done,       ///< a frame that was told of
        skipping,   ///< a frame that is too long
        marking,    ///< 0xFF where a length should begin: the beginning of a mark, or nonsense
        lost,       ///< nonsense
        marked      ///< a mark, which may go on
    };

    [[nodiscard]] frame_event take(std::byte byte);
    [[nodiscard]] frame_event begin_body();
    void append(const std::byte* from, std::size_t count);
    [[nodiscard]] std::size_t announced() const noexcept {
        std::size_t size = 0;
        for (std::size_t i = 0; i < prefix_bytes; ++i) {
            size = size << 8U | std::to_integer<std::size_t>(m_bytes[i]);
        }
        return size;
    }

    std::size_t m_bytes_max;
    std::vector<std::byte> m_bytes;
    std::size_t m_size = 0; // bytes of the frame so far, or still to be skipped
    std::size_t m_whole = 0;
    std::size_t m_run = 0; // bytes 0xFF directly before what is next
    std::uint64_t m_marks = 0;
    state m_state = state::collecting;
};

inline void frame_splitter::append(const std::byte* from, std::size_t count) {
    if (m_bytes.size() < m_size + count) {
        m_bytes.resize(std::max(m_size + count, std::size_t{64}));
    }
    std::memcpy(m_bytes.data() + m_size, from, count);
    m_size += count;
}

// One byte that is no part of a mark so far.
inline frame_event frame_splitter::take(std::byte byte) {
    switch (m_state) {
    case state::skipping:
        if (--m_size == 0) {
            m_state = state::collecting;
        }
        return frame_event::none;
    case state::marking:
        if (byte != std::byte{mark_byte}) {
            m_state = state::lost;
            return frame_event::lost;
        }
        return frame_event::none;
    case state::lost:
        return frame_event::none;
    default:
        break;
    }
    if (m_size == 0 && byte != std::byte{0}) {
        // No frame is so long, not even one that is too long.
        m_state = byte == std::byte{mark_byte} ? state::marking : state::lost;
        return m_state == state::lost ? frame_event::lost : frame_event::none;
    }
    append(&byte, 1);
    if (m_size == prefix_bytes) {
        return begin_body();
    }
    if (m_size > prefix_bytes && m_size == m_whole) {
        m_state = state::done;
        return frame_event::frame;
    }
    return frame_event::none;
}

inline frame_event frame_splitter::begin_body() {
    const std::size_t size = announced();
    m_whole = prefix_bytes + size;
    if (size == 0) {
        m_size = 0;
        return frame_event::empty;
    }
    if (size > m_bytes_max) {
        m_size = size;
        m_state = state::skipping;
        return frame_event::too_long;
    }
    return frame_event::none;
}

inline frame_event frame_splitter::feed(byte_view bytes, std::size_t& taken) {
    const std::byte* const begin = bytes.data();
    const std::byte* const end = begin + bytes.size();
    const std::byte* at = begin;
    const auto stop = [&](frame_event event) {
        taken = static_cast<std::size_t>(at - begin);
        return event;
    };
    if (m_state == state::done) {
        m_state = state::collecting;
        m_size = 0;
    }
    while (at != end) {
        if (m_state == state::marked) {
            while (at != end && *at == std::byte{mark_byte}) {
                ++at;
            }
            if (at == end) {
                break;
            }
            m_state = state::collecting;
        }
        if (*at == std::byte{mark_byte}) {
            ++at;
            if (++m_run == mark_bytes) {
                const bool cut = m_state == state::collecting && m_size != 0;
                m_size = m_run = 0;
                m_state = state::marked;
                ++m_marks;
                if (cut) {
                    return stop(frame_event::cut);
                }
            } else if (const frame_event event = take(std::byte{mark_byte});
                       event != frame_event::none) {
                return stop(event);
            }
            continue;
        }
        m_run = 0;
        // What holds no 0xFF can be taken at once. No more is looked at than is taken.
        const auto left = static_cast<std::size_t>(end - at);
        const bool in_body = m_state == state::collecting && m_size >= prefix_bytes;
        const std::size_t usable = m_state == state::lost       ? left
                                   : m_state == state::skipping ? std::min(left, m_size)
                                   : in_body                    ? std::min(left, m_whole - m_size)
                                                                : 1;
        const void* const hit = std::memchr(at, mark_byte, usable);
        const std::size_t count =
            hit == nullptr ? usable
                           : static_cast<std::size_t>(static_cast<const std::byte*>(hit) - at);
        const std::byte* const from = std::exchange(at, at + count);
        if (m_state == state::skipping) {
            m_size -= count;
            m_state = m_size == 0 ? state::collecting : state::skipping;
        } else if (in_body) {
            append(from, count);
            if (m_size == m_whole) {
                m_state = state::done;
                return stop(frame_event::frame);
            }
        } else if (m_state != state::lost) {
            if (const frame_event event = take(*from); event != frame_event::none) {
                return stop(event);
            }
        }
    }
    return stop(frame_event::none);
}

} // namespace snapproto::native

#endif // SNAPPROTO_DIALECT_NATIVE_FRAME_SPLITTER_HPP
