// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_PACKET_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_PACKET_HPP

// How messages travel on vsock, SP chapter 44: each in a packet, which is a byte count and a map of
// fields. The backdoor port has messages of its own and needs none of this.

#include <snapproto/codec/big_endian.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/vmbackup/wire.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace snapproto::vmbackup {

/// What a packet is.
enum class packet_type : std::uint8_t { data = 1, ping = 2 };

/// The numbers of the fields that are known.
enum class packet_field : std::uint8_t { type = 1, payload = 2, fast_close = 3 };

/// The type of a field's value.
enum class field_type : std::uint8_t { number = 1, text = 2, numbers = 3, texts = 4 };

/// Bytes of the count before a packet's fields.
inline constexpr std::size_t packet_count_bytes = 4;

/// One packet. The payload belongs to whoever has the bytes.
struct packet {
    packet_type type = packet_type::data;
    byte_view payload{};

    /// The host shall end the channel when it has answered.
    bool fast_close = false;
};

namespace detail {

/// Reads the fields of one packet.
class packet_reader {
  public:
    constexpr packet_reader(byte_view fields, const limits& max) noexcept
        : m_from(fields), m_max(&max) {}

    [[nodiscard]] result<packet> whole() noexcept {
        packet out;
        while (m_from.left() != 0) {
            if (const auto wrong = field(out)) {
                return *wrong;
            }
        }
        const bool complete = has(packet_field::type) &&
                              (has(packet_field::payload) || out.type == packet_type::ping);
        if (!complete) {
            return failure{error::missing_member, {44, 4}, m_from.end()};
        }
        return out;
    }

  private:
    using refused = std::optional<failure>;

    [[nodiscard]] static constexpr refused refuse(error code, std::uint16_t number,
                                                  std::size_t at) noexcept {
        return failure{code, {44, number}, at};
    }
    [[nodiscard]] constexpr refused cut() const noexcept {
        return refuse(error::interrupted, 2, m_from.end());
    }

    [[nodiscard]] bool has(std::uint32_t number) const noexcept {
        const auto last = m_seen.begin() + static_cast<std::ptrdiff_t>(m_count);
        return std::find(m_seen.begin(), last, number) != last;
    }
    [[nodiscard]] bool has(packet_field one) const noexcept {
        return has(static_cast<std::uint32_t>(one));
    }

    [[nodiscard]] refused field(packet& out) noexcept {
        const std::size_t at = m_from.offset();
        std::uint32_t type = 0;
        std::uint32_t number = 0;
        if (!m_from.word(type) || !m_from.word(number)) {
            return cut();
        }
        if (type < 1 || type > 4) {
            return refuse(error::wrong_type, 2, at);
        }
        if (m_count == std::min(m_seen.size(), m_max->packet_fields_max)) {
            return refuse(error::too_many, 7, at);
        }
        if (has(number)) {
            return refuse(error::duplicate_member, 5, at + 4);
        }
        m_seen[m_count++] = number;
        return value(out, static_cast<field_type>(type), number, at);
    }

    [[nodiscard]] refused value(packet& out, field_type type, std::uint32_t number,
                                std::size_t at) noexcept {
        switch (number) {
        case static_cast<std::uint32_t>(packet_field::type): {
            const std::size_t value_at = m_from.offset();
            std::uint64_t kind = 0;
            if (type != field_type::number) {
                return refuse(error::wrong_type, 4, at);
            }
            if (!long_number(kind)) {
                return cut();
            }
            if (kind != 1 && kind != 2) {
                return refuse(error::bad_number, 4, value_at);
            }
            out.type = static_cast<packet_type>(kind);
            return std::nullopt;
        }
        case static_cast<std::uint32_t>(packet_field::payload):
            if (type != field_type::text) {
                return refuse(error::wrong_type, 4, at);
            }
            return text(out.payload) ? std::nullopt : cut();
        case static_cast<std::uint32_t>(packet_field::fast_close): {
            std::uint64_t flag = 0;
            if (type != field_type::number) {
                return refuse(error::wrong_type, 4, at);
            }
            if (!long_number(flag)) {
                return cut();
            }
            out.fast_close = flag != 0;
            return std::nullopt;
        }
        default:
            return pass_over(type) ? std::nullopt : cut();
        }
    }

    // The low word goes first.
    [[nodiscard]] bool long_number(std::uint64_t& out) noexcept {
        std::uint32_t low = 0;
        std::uint32_t high = 0;
        if (!m_from.word(low) || !m_from.word(high)) {
            return false;
        }
        out = static_cast<std::uint64_t>(high) << 32U | low;
        return true;
    }
    [[nodiscard]] bool text(byte_view& out) noexcept {
        std::uint32_t size = 0;
        return m_from.word(size) && m_from.bytes(size, out);
    }
    [[nodiscard]] bool pass_over(field_type type) noexcept {
        std::uint32_t count = 1;
        if (type >= field_type::numbers && !m_from.word(count)) {
            return false;
        }
        // Each entry takes at least 4 bytes, so a count that lies ends with the bytes.
        for (; count != 0; --count) {
            std::uint64_t number = 0;
            byte_view ignored;
            const bool is_text = type == field_type::text || type == field_type::texts;
            if (is_text ? !text(ignored) : !long_number(number)) {
                return false;
            }
        }
        return true;
    }

    codec::big_reader m_from;
    const limits* m_max;
    std::array<std::uint32_t, limits{}.packet_fields_max> m_seen{};
    std::size_t m_count = 0;
};

} // namespace detail

/// Reads the fields of one packet, without the count before them.
///
/// Errors: interrupted when a field is cut short; wrong_type; duplicate_member; bad_number for a
/// packet that is neither data nor a ping; missing_member, at the end; too_many fields; too_long.
/// Clause: SP 44.2 to 44.7.
[[nodiscard]] inline result<packet> decode_packet(byte_view fields,
                                                  const limits& max = default_limits) noexcept {
    if (fields.size() > max.packet_bytes_max) {
        return failure{error::too_long, {44, 7}, max.packet_bytes_max};
    }
    return detail::packet_reader{fields, max}.whole();
}

/// Writes a packet with its count. A ping without payload has one all the same, as the real ones.
/// @pre the payload has at most `message_bytes_max` bytes.
template <codec::byte_sink Sink>
void encode(Sink& sink, const packet& what) {
    constexpr std::uint32_t number_bytes = 16;
    constexpr std::uint32_t text_head_bytes = 12;
    const auto size = static_cast<std::uint32_t>(what.payload.size());
    const auto put_number = [&](packet_field field, std::uint32_t value) {
        codec::put_big(sink, static_cast<std::uint32_t>(field_type::number));
        codec::put_big(sink, static_cast<std::uint32_t>(field));
        codec::put_big(sink, value);
        codec::put_big(sink, 0);
    };
    codec::put_big(sink,
                   number_bytes + text_head_bytes + size + (what.fast_close ? number_bytes : 0U));
    put_number(packet_field::type, static_cast<std::uint32_t>(what.type));
    codec::put_big(sink, static_cast<std::uint32_t>(field_type::text));
    codec::put_big(sink, static_cast<std::uint32_t>(packet_field::payload));
    codec::put_big(sink, size);
    codec::put(sink, as_text(what.payload));
    if (what.fast_close) {
        put_number(packet_field::fast_close, 1);
    }
}

/// Makes packets out of bytes that arrive in any pieces.
///
/// Bounds: holds one packet; nothing is allocated for one once another as large was seen.
class packet_splitter {
  public:
    explicit packet_splitter(const limits& max = default_limits) noexcept : m_max(max) {}

    /// Takes bytes from the front until the fields of a packet are complete or none are left.
    ///
    /// @return the fields, valid until the next call; need_more; or a failure.
    /// Errors: too_long at byte 0 for a count beyond the limit. What follows has no beginning then:
    /// everything is taken and dropped until `reset` (SP 44.8).
    decoded<byte_view> feed(byte_view& bytes) {
        if (m_lost) {
            bytes = {};
            return need_more;
        }
        while (m_size < packet_count_bytes && !bytes.empty()) {
            m_count[m_size++] = bytes.front();
            bytes = bytes.subspan(1);
        }
        if (m_size < packet_count_bytes) {
            return need_more;
        }
        const std::size_t whole = codec::load_big(m_count, 0);
        if (whole > m_max.packet_bytes_max) {
            m_lost = true;
            bytes = {};
            return failure{error::too_long, {44, 8}, 0};
        }
        const std::size_t had = m_size - packet_count_bytes;
        const std::size_t taken = std::min(whole - had, bytes.size());
        if (m_fields.size() < had + taken) {
            m_fields.resize(had + taken);
        }
        std::copy_n(bytes.begin(), taken, m_fields.begin() + static_cast<std::ptrdiff_t>(had));
        bytes = bytes.subspan(taken);
        m_size += taken;
        if (had + taken != whole) {
            return need_more;
        }
        m_size = 0;
        return byte_view{m_fields}.first(whole);
    }

    /// Forgets everything, as for a new channel.
    void reset() noexcept {
        m_size = 0;
        m_lost = false;
    }

    /// The bytes of a packet that is half there, its count included.
    [[nodiscard]] std::size_t pending() const noexcept { return m_size; }

  private:
    limits m_max;
    std::array<std::byte, packet_count_bytes> m_count{};
    std::vector<std::byte> m_fields;
    std::size_t m_size = 0;
    bool m_lost = false;
};

} // namespace snapproto::vmbackup

#endif // SNAPPROTO_DIALECT_VMBACKUP_PACKET_HPP
