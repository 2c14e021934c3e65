// SPDX-License-Identifier: BSL-1.0
// The packets of a capture as the bytes of its connections: TCP (RFC 9293) over IPv4 or IPv6, and
// the captures of snapsim, whose packets are the bytes themselves.
#include "conformance/recording/capture.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <string>

namespace snapproto::conformance::recording {
namespace {

// Link types as registered at tcpdump.org.
constexpr std::uint16_t link_null = 0;
constexpr std::uint16_t link_ethernet = 1;
constexpr std::uint16_t link_raw = 101;
constexpr std::uint16_t link_cooked = 113;
constexpr std::uint16_t link_user0 = 147; // of snapsim
constexpr std::uint16_t link_cooked_2 = 276;

constexpr std::uint8_t flag_fin = 1;
constexpr std::uint8_t flag_syn = 2;
constexpr std::uint8_t flag_rst = 4;

/// Bytes that wait for those before them; a capture that has so many has lost something.
constexpr std::size_t waiting_bytes_max = 1 << 20;

std::uint16_t number16(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                      static_cast<unsigned char>(bytes[at + 1]));
}

std::uint32_t number32(std::string_view bytes, std::size_t at) {
    return std::uint32_t{number16(bytes, at)} << 16 | number16(bytes, at + 2);
}

/// One segment of TCP.
struct segment {
    std::array<std::string, 2> ends; ///< Address and port of its sender, and of its receiver.
    std::array<unsigned, 2> ports{};
    std::uint32_t sequence = 0;
    std::uint8_t flags = 0;
    std::string_view data{};
};

/// The IP packet in a packet; nothing when there is none.
std::optional<std::string_view> ip_of(const packet& from) {
    const std::string_view bytes = from.bytes;
    std::size_t header = 0;
    switch (from.link_type) {
    case link_raw:
        return bytes;
    case link_null:
        header = 4;
        break;
    case link_ethernet:
        header = 14;
        while (bytes.size() >= header && number16(bytes, header - 2) == 0x8100) { // VLAN
            header += 4;
        }
        break;
    case link_cooked:
        header = 16;
        break;
    case link_cooked_2:
        header = 20;
        break;
    default:
        throw unreadable{fmt::format("packet {} has link type {}: Ethernet (1), raw IP (101), "
                                     "loopback (0), Linux cooked (113, 276) and snapsim's own "
                                     "(147) are read",
                                     from.number, from.link_type)};
    }
    return bytes.size() < header ? std::nullopt : std::optional{bytes.substr(header)};
}

/// The segment in an IP packet; nothing when it has none, or a part of one.
std::optional<segment> segment_of(std::string_view ip) {
    const unsigned version = ip.empty() ? 0 : static_cast<unsigned char>(ip[0]) >> 4;
    std::size_t header = 0;
    std::size_t total = 0;
    std::size_t addresses = 0;
    std::size_t address = 0;
    if (version == 4 && ip.size() >= 20) {
        header = (static_cast<unsigned char>(ip[0]) & 15U) * 4;
        total = number16(ip, 2);
        addresses = 12;
        address = 4;
        const bool fragment = (number16(ip, 6) & 0x3fffU) != 0;
        if (ip[9] != 6 || fragment || header < 20) {
            return std::nullopt;
        }
    } else if (version == 6 && ip.size() >= 40) {
        header = 40;
        total = header + number16(ip, 4);
        addresses = 8;
        address = 16;
        if (ip[6] != 6) {
            return std::nullopt;
        }
    } else {
        return std::nullopt;
    }
    // A length of 0 is of a packet that the sender's own machine has not cut yet.
    const std::string_view packet = total == 0 ? ip : ip.substr(0, total);
    if (packet.size() < header + 20) {
        return std::nullopt;
    }
    const std::string_view tcp = packet.substr(header);
    const std::size_t data = (static_cast<unsigned char>(tcp[12]) >> 4) * 4U;
    if (data < 20 || data > tcp.size()) {
        return std::nullopt;
    }
    segment made;
    for (std::size_t i = 0; i < 2; ++i) {
        made.ends[i] = std::string{ip.substr(addresses + i * address, address)};
        made.ends[i] += tcp.substr(2 * i, 2);
        made.ports[i] = number16(tcp, 2 * i);
    }
    made.sequence = number32(tcp, 4);
    made.flags = static_cast<std::uint8_t>(tcp[13]);
    made.data = tcp.substr(data);
    return made;
}

/// One way of a connection.
class direction {
  public:
    /// Takes what came, and tells what is in order now.
    template <class Tell>
    void take(const segment& what, std::size_t packet_number, Tell&& tell) {
        const bool syn = (what.flags & flag_syn) != 0;
        const std::uint32_t begins = what.sequence + (syn ? 1U : 0U);
        if (!m_begun) {
            m_begun = true;
            m_next = begins;
        }
        const std::uint32_t behind = m_next - begins; // sequence numbers go round
        if (behind < 0x80000000U) {
            pass(what.data, behind, tell);
        } else if (!what.data.empty()) {
            m_waiting_bytes += what.data.size();
            m_waiting.emplace(m_told + (begins - m_next), what.data);
        }
        while (!m_waiting.empty() && m_waiting.begin()->first <= m_told) {
            const auto first = m_waiting.extract(m_waiting.begin());
            m_waiting_bytes -= first.mapped().size();
            pass(first.mapped(), m_told - first.key(), tell);
        }
        if (m_waiting_bytes > waiting_bytes_max) {
            refuse(packet_number);
        }
    }

    [[nodiscard]] bool has_gap() const noexcept { return !m_waiting.empty(); }

    [[noreturn]] static void refuse(std::size_t packet_number) {
        throw unreadable{fmt::format("packet {}: packets before it are missing in the capture, and "
                                     "what follows cannot be judged",
                                     packet_number)};
    }

  private:
    /// @param known so many of the bytes were told before
    template <class Tell>
    void pass(std::string_view data, std::uint64_t known, Tell&& tell) {
        if (known < data.size()) {
            data.remove_prefix(known);
            m_told += data.size();
            m_next += static_cast<std::uint32_t>(data.size());
            tell(data);
        }
    }

    bool m_begun = false;
    std::uint32_t m_next = 0; ///< The sequence number of the next byte.
    std::uint64_t m_told = 0; ///< How many bytes were told.
    std::multimap<std::uint64_t, std::string_view> m_waiting; ///< By the bytes before them.
    std::size_t m_waiting_bytes = 0;
};

class connections {
  public:
    connections(unsigned port, const piece_taker& take) : m_port(port), m_take(take) {}

    void take(const packet& from) {
        if (from.link_type == link_user0) {
            return take_plain(from);
        }
        const auto ip = ip_of(from);
        const auto found = ip ? segment_of(*ip) : std::nullopt;
        if (!found || (m_port != 0 && found->ports[0] != m_port && found->ports[1] != m_port)) {
            return;
        }
        if (!from.whole) {
            throw unreadable{fmt::format("packet {} was recorded in part: record whole packets "
                                         "(tcpdump -s 0)",
                                         from.number)};
        }
        take_segment(*found, from);
    }

    /// The capture ends here.
    void finish(std::size_t packets) const {
        for (const auto& [ends, one] : m_known) {
            if (one.ways[0].has_gap() || one.ways[1].has_gap()) {
                direction::refuse(packets);
            }
        }
    }

  private:
    struct connection {
        std::size_t number = 0;
        std::optional<std::size_t> agent; ///< Which of the ends: not the one that speaks first.
        std::array<direction, 2> ways{};
        std::array<bool, 2> ended{};
        bool closed = false;
    };

    void take_plain(const packet& from) {
        if (from.went == way::unknown) {
            throw unreadable{
                fmt::format("packet {} does not say which way it went (epb_flags)", from.number)};
        }
        piece made;
        made.at = from.at;
        made.place = from.number;
        made.from_agent = from.went == way::inbound;
        made.bytes = from.bytes;
        m_take(made);
    }

    void take_segment(const segment& what, const packet& from) {
        const std::size_t sender = what.ends[1] < what.ends[0] ? 1 : 0;
        const bool begins = (what.flags & flag_syn) != 0;
        const std::string key = what.ends[sender] + what.ends[1 - sender];
        auto found = m_known.find(key);
        if (found == m_known.end() || (found->second.closed && begins)) {
            found = m_known.insert_or_assign(key, connection{m_count++, {}, {}, {}, false}).first;
        }
        connection& one = found->second;
        if (one.closed) {
            return; // something was sent twice
        }
        if (!what.data.empty() && !one.agent) {
            one.agent = 1 - sender;
        }
        piece made;
        made.at = from.at;
        made.place = from.number;
        made.connection = one.number;
        made.from_agent = one.agent == sender;
        one.ways[sender].take(what, from.number, [&](std::string_view bytes) {
            made.bytes = bytes;
            m_take(made);
        });
        one.ended[sender] = one.ended[sender] || (what.flags & flag_fin) != 0;
        if ((one.ended[0] && one.ended[1]) || (what.flags & flag_rst) != 0) {
            one.closed = true;
            made.bytes = {};
            made.closed = true;
            m_take(made);
        }
    }

    unsigned m_port;
    const piece_taker& m_take;
    std::map<std::string, connection> m_known; ///< By both ends, the lesser one first.
    std::size_t m_count = 0;
};

} // namespace

void read_capture(std::string_view bytes, unsigned port, const piece_taker& take) {
    connections all{port, take};
    std::size_t packets = 0;
    read_packets(bytes, [&](const packet& one) {
        packets = one.number;
        all.take(one);
    });
    all.finish(packets);
}

} // namespace snapproto::conformance::recording
