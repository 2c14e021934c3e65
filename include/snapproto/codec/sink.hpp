// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_SINK_HPP
#define SNAPPROTO_CODEC_SINK_HPP

// Where encoders put their bytes: a caller's buffer, or a container that the caller keeps.
//
// A sink is anything with `append(const char*, std::size_t)`. Encoders are templates over it, so
// that no byte goes through a virtual call.

#include <snapproto/core/bytes.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace snapproto::codec {

/// Something that bytes can be added to.
template <class Sink>
concept byte_sink = requires(Sink& sink, const char* bytes, std::size_t count) {
    sink.append(bytes, count);
};

/// Fills a caller's buffer and counts what does not fit.
///
/// Once something did not fit, nothing later is written either, so the buffer never holds a text
/// with a hole in it.
class span_sink {
  public:
    explicit span_sink(std::span<char> buffer) noexcept
        : m_begin(buffer.data()), m_at(m_begin), m_room(buffer.size()) {}
    explicit span_sink(std::span<std::byte> buffer) noexcept
        : span_sink(std::span{reinterpret_cast<char*>(buffer.data()), buffer.size()}) {}

    void append(const char* bytes, std::size_t count) noexcept {
        if (count > m_room) {
            m_missing += count - m_room;
            m_cut += m_room;
            m_room = 0;
            return;
        }
        std::memcpy(m_at, bytes, count);
        m_at += count;
        m_room -= count;
    }

    /// True when everything fitted.
    [[nodiscard]] bool complete() const noexcept { return m_missing == 0; }

    /// The bytes in the buffer.
    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(m_at - m_begin);
    }

    /// The bytes that the whole text needs.
    [[nodiscard]] std::size_t wanted() const noexcept { return size() + m_cut + m_missing; }

    [[nodiscard]] std::string_view text() const noexcept { return {m_begin, size()}; }

  private:
    char* m_begin;
    char* m_at;
    std::size_t m_room;
    std::size_t m_cut = 0;     // room that was left when the first piece did not fit
    std::size_t m_missing = 0; // bytes beyond the buffer
};

/// Adds to a container of one-byte elements that outlives the sink. A container that is cleared and
/// used again keeps its memory, so a steady state allocates nothing.
template <class Container>
class container_sink {
    using element = typename Container::value_type;
    static_assert(sizeof(element) == 1, "a sink takes bytes");

  public:
    explicit container_sink(Container& container) noexcept : m_container(&container) {}

    void append(const char* bytes, std::size_t count) {
        if constexpr (requires { m_container->append(bytes, count); }) {
            m_container->append(bytes, count);
        } else {
            // Not insert(): compilers warn of overflows there that cannot be.
            const std::size_t size = m_container->size();
            m_container->resize(size + count);
            std::memcpy(m_container->data() + size, bytes, count);
        }
    }

  private:
    Container* m_container;
};

/// Counts bytes and keeps none.
class counting_sink {
  public:
    void append(const char*, std::size_t count) noexcept { m_size += count; }
    [[nodiscard]] std::size_t size() const noexcept { return m_size; }

  private:
    std::size_t m_size = 0;
};

/// Adds a text to any sink.
template <byte_sink Sink>
void put(Sink& sink, std::string_view text) {
    sink.append(text.data(), text.size());
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_SINK_HPP
