// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SUPPORT_CAPTURES_HPP
#define SNAPPROTO_TESTS_SUPPORT_CAPTURES_HPP

// Capture files in the making: pcapng and pcap, and TCP over IPv4 in Ethernet frames.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::tests {

/// Numbers in one order of bytes.
class number_writer {
  public:
    explicit number_writer(bool high_first = false) : m_high(high_first) {}

    template <class Number>
    number_writer& number(Number value) {
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            const std::size_t place = m_high ? sizeof(Number) - 1 - i : i;
            m_bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * place) & 0xffU);
        }
        return *this;
    }
    number_writer& text(std::string_view bytes) {
        m_bytes += bytes;
        return *this;
    }
    number_writer& padded(std::string_view bytes) {
        text(bytes);
        m_bytes.append((4 - bytes.size() % 4) % 4, '\0');
        return *this;
    }
    /// Of pcapng: a block with this body.
    number_writer& block(std::uint32_t type, const std::string& body) {
        const auto length = static_cast<std::uint32_t>(body.size() + 12);
        return number(type).number(length).text(body).number(length);
    }
    [[nodiscard]] std::string bytes() const { return m_bytes; }

  private:
    std::string m_bytes;
    bool m_high;
};

/// The headers of a section and of one interface.
[[nodiscard]] inline std::string pcapng_begin(bool high_first, std::uint16_t link,
                                              std::string_view interface_options) {
    const auto with = [&] { return number_writer{high_first}; };
    return with()
        .block(0x0a0d0d0a, with()
                               .number(std::uint32_t{0x1a2b3c4d})
                               .number(std::uint16_t{1})
                               .number(std::uint16_t{0})
                               .number(~std::uint64_t{0})
                               .bytes())
        .block(1, with()
                      .number(link)
                      .number(std::uint16_t{0})
                      .number(std::uint32_t{0})
                      .text(interface_options)
                      .bytes())
        .bytes();
}

/// @param at in units of the interface
/// @param flags 1: inbound, 2: outbound
[[nodiscard]] inline std::string pcapng_packet(bool high_first, std::uint64_t at,
                                               std::string_view bytes, std::uint32_t flags = 0) {
    const auto with = [&] { return number_writer{high_first}; };
    const auto size = static_cast<std::uint32_t>(bytes.size());
    number_writer body = with();
    body.number(std::uint32_t{0})
        .number(static_cast<std::uint32_t>(at >> 32))
        .number(static_cast<std::uint32_t>(at))
        .number(size)
        .number(size)
        .padded(bytes);
    if (flags != 0) {
        body.number(std::uint16_t{2}).number(std::uint16_t{4}).number(flags);
        body.number(std::uint32_t{0});
    }
    return with().block(6, body.bytes()).bytes();
}

/// Flags of TCP.
inline constexpr std::uint8_t fin = 1, syn = 2, rst = 4, ack = 16;

/// An Ethernet frame with a segment of TCP over IPv4.
[[nodiscard]] inline std::string frame(std::uint16_t from, std::uint16_t to, std::uint32_t sequence,
                                       std::uint8_t flags, std::string_view data) {
    const auto low = from < to ? from : to;
    const auto address = [&](std::uint16_t port) {
        return port == low ? 0x7f000001U : 0x7f000002U;
    };
    return number_writer{true}
        .text("abcdefghijkl")
        .number(std::uint16_t{0x0800})
        .number(std::uint16_t{0x4500})
        .number(static_cast<std::uint16_t>(40 + data.size()))
        .number(std::uint32_t{0x00004000})
        .number(std::uint16_t{0x4006})
        .number(std::uint16_t{0})
        .number(std::uint32_t{address(from)})
        .number(std::uint32_t{address(to)})
        .number(from)
        .number(to)
        .number(sequence)
        .number(std::uint32_t{0})
        .number(static_cast<std::uint16_t>(0x5000 | flags))
        .number(std::uint16_t{0xffff})
        .number(std::uint32_t{0})
        .text(data)
        .text("padding of the frame")
        .bytes();
}

/// A capture of Ethernet, a packet a second.
/// @param cut so many bytes of each packet were not recorded
[[nodiscard]] inline std::string pcap(const std::vector<std::string>& frames,
                                      bool high_first = false, std::size_t cut = 0) {
    number_writer made{high_first};
    made.number(std::uint32_t{0xa1b2c3d4})
        .number(std::uint16_t{2})
        .number(std::uint16_t{4})
        .number(std::uint64_t{0})
        .number(std::uint32_t{65535})
        .number(std::uint32_t{1});
    std::uint32_t second = 7;
    for (const auto& one : frames) {
        made.number(second++)
            .number(std::uint32_t{0})
            .number(static_cast<std::uint32_t>(one.size() - cut))
            .number(static_cast<std::uint32_t>(one.size()))
            .text(std::string_view{one}.substr(0, one.size() - cut));
    }
    return made.bytes();
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_SUPPORT_CAPTURES_HPP
