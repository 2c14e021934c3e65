// SPDX-License-Identifier: BSL-1.0
#include "conformance/recording/capture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace snapproto::conformance::recording {
namespace {

constexpr std::uint32_t pcapng_section = 0x0a0d0d0a; // the same in either order of bytes
constexpr std::uint32_t pcapng_order = 0x1a2b3c4d;
constexpr std::uint32_t pcap_microseconds = 0xa1b2c3d4;
constexpr std::uint32_t pcap_nanoseconds = 0xa1b23c4d;

/// Numbers of a file in its own order of bytes.
class number_reader {
  public:
    number_reader(std::string_view bytes, bool high_first) : m_bytes(bytes), m_high(high_first) {}

    template <class Number>
    [[nodiscard]] Number at(std::size_t offset) const {
        Number made = 0;
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            const auto byte = static_cast<unsigned char>(m_bytes[offset + i]);
            const std::size_t place = m_high ? sizeof(Number) - 1 - i : i;
            made = static_cast<Number>(made | static_cast<Number>(byte) << (8 * place));
        }
        return made;
    }
    [[nodiscard]] std::string_view bytes() const noexcept { return m_bytes; }

  private:
    std::string_view m_bytes;
    bool m_high;
};

std::uint32_t low_first(std::string_view bytes, std::size_t offset) {
    return number_reader{bytes, false}.at<std::uint32_t>(offset);
}

std::uint32_t high_first(std::string_view bytes, std::size_t offset) {
    return number_reader{bytes, true}.at<std::uint32_t>(offset);
}

/// Nanoseconds of so many units.
/// @param resolution as pcapng has it: of 10^-N, or of 2^-N with the highest bit
std::uint64_t nanoseconds_of(std::uint64_t units, std::uint8_t resolution) {
    constexpr std::uint64_t second = 1'000'000'000;
    if ((resolution & 0x80) != 0) {
        const unsigned shift = resolution & 0x7fU;
        const std::uint64_t whole = shift < 64 ? units >> shift : 0;
        const double rest = static_cast<double>(units - (shift < 64 ? whole << shift : 0));
        double scale = 1;
        for (unsigned i = 0; i < shift; ++i) {
            scale *= 2;
        }
        return whole * second + static_cast<std::uint64_t>(rest * 1e9 / scale);
    }
    for (unsigned i = resolution; i < 9; ++i) {
        units *= 10;
    }
    for (unsigned i = 9; i < resolution; ++i) {
        units /= 10;
    }
    return units;
}

/// What both kinds of file do with a packet.
class teller {
  public:
    explicit teller(const std::function<void(const packet&)>& take) : m_take(take) {}

    void tell(packet made, std::uint64_t nanoseconds) {
        made.number = ++m_number;
        m_first = m_first.value_or(nanoseconds);
        // Packets of several processors may be a little out of order; the file's order counts.
        m_last = std::max(m_last, nanoseconds);
        const auto span = std::min(m_last - *m_first, static_cast<std::uint64_t>(latest.count()));
        made.at = snapproto::instant{snapproto::duration{span}};
        m_take(made);
    }
    [[nodiscard]] std::size_t next_number() const noexcept { return m_number + 1; }

  private:
    const std::function<void(const packet&)>& m_take;
    std::size_t m_number = 0;
    std::optional<std::uint64_t> m_first;
    std::uint64_t m_last = 0;
};

class pcapng_reader {
  public:
    explicit pcapng_reader(const std::function<void(const packet&)>& take) : m_told(take) {}

    void read(std::string_view file) {
        for (std::size_t offset = 0; offset < file.size();) {
            const auto left = file.substr(offset);
            if (left.size() < 12) {
                refuse(offset, "the file ends in the middle of a block");
            }
            if (low_first(left, 0) == pcapng_section) {
                begin_section(left, offset);
            }
            const auto length = number_reader{left, m_high_first}.at<std::uint32_t>(4);
            if (length < 12 || length % 4 != 0 || length > left.size()) {
                refuse(offset,
                       fmt::format("a block of {} bytes where {} are left", length, left.size()));
            }
            const number_reader block{left.substr(0, length), m_high_first};
            take_block(block, offset);
            offset += length;
        }
    }

  private:
    struct interface {
        std::uint16_t link_type = 0;
        std::uint8_t resolution = 6;
        std::uint64_t offset_seconds = 0;
    };

    [[noreturn]] static void refuse(std::size_t offset, std::string_view why) {
        throw unreadable{fmt::format("byte {}: {}", offset, why)};
    }

    void begin_section(std::string_view block, std::size_t offset) {
        if (block.size() < 28) {
            refuse(offset, "the file ends in the middle of a section header");
        }
        m_high_first = high_first(block, 8) == pcapng_order;
        if (!m_high_first && low_first(block, 8) != pcapng_order) {
            refuse(offset, "a section header without the mark of the order of bytes");
        }
        m_interfaces.clear();
    }

    /// The value of an option; nothing when it is not there.
    static std::optional<std::size_t> find_option(const number_reader& block, std::size_t at,
                                                  std::uint16_t wanted, std::size_t size) {
        const std::size_t end = block.bytes().size() - 4;
        while (at + 4 <= end) {
            const auto code = block.at<std::uint16_t>(at);
            const auto length = block.at<std::uint16_t>(at + 2);
            if (code == 0 || at + 4 + length > end) {
                break;
            }
            if (code == wanted && length >= size) {
                return at + 4;
            }
            at += 4 + (length + 3U) / 4 * 4;
        }
        return std::nullopt;
    }

    void take_block(const number_reader& block, std::size_t offset) {
        switch (block.at<std::uint32_t>(0)) {
        case 1:
            take_interface(block, offset);
            break;
        case 3:
            refuse(offset, "a simple packet block, which has no time: record with times");
        case 6:
            take_packet(block, offset);
            break;
        default:
            break; // names, statistics and what others have added
        }
    }

    void take_interface(const number_reader& block, std::size_t offset) {
        if (block.bytes().size() < 20) {
            refuse(offset, "an interface description that is too short");
        }
        interface made;
        made.link_type = block.at<std::uint16_t>(8);
        if (const auto at = find_option(block, 16, 9, 1)) {
            made.resolution = block.at<std::uint8_t>(*at);
        }
        if (const auto at = find_option(block, 16, 14, 8)) {
            made.offset_seconds = block.at<std::uint64_t>(*at);
        }
        m_interfaces.push_back(made);
    }

    void take_packet(const number_reader& block, std::size_t offset) {
        if (block.bytes().size() < 32) {
            refuse(offset, "a packet block that is too short");
        }
        const auto which = block.at<std::uint32_t>(8);
        const auto captured = block.at<std::uint32_t>(20);
        if (which >= m_interfaces.size()) {
            refuse(offset, fmt::format("packet {} of interface {}, which is not described",
                                       m_told.next_number(), which));
        }
        if (captured > block.bytes().size() - 32) {
            refuse(offset, fmt::format("packet {} is longer than its block", m_told.next_number()));
        }
        const interface& from = m_interfaces[which];
        packet made;
        made.link_type = from.link_type;
        made.bytes = block.bytes().substr(28, captured);
        made.whole = captured >= block.at<std::uint32_t>(24);
        if (const auto at = find_option(block, 28 + (captured + 3U) / 4 * 4, 2, 4)) {
            const auto flags = block.at<std::uint32_t>(*at) & 3U;
            made.went = flags == 1 ? way::inbound : flags == 2 ? way::outbound : way::unknown;
        }
        const std::uint64_t units =
            std::uint64_t{block.at<std::uint32_t>(12)} << 32 | block.at<std::uint32_t>(16);
        m_told.tell(made,
                    nanoseconds_of(units, from.resolution) + from.offset_seconds * 1'000'000'000);
    }

    teller m_told;
    bool m_high_first = false;
    std::vector<interface> m_interfaces;
};

void read_pcap(std::string_view file, const std::function<void(const packet&)>& take) {
    constexpr std::size_t file_header = 24;
    constexpr std::size_t packet_header = 16;
    if (file.size() < file_header) {
        throw unreadable{"the file ends in its header"};
    }
    const std::uint32_t low = low_first(file, 0);
    const bool swapped = low != pcap_microseconds && low != pcap_nanoseconds;
    const number_reader numbers{file, swapped};
    const bool fine = numbers.at<std::uint32_t>(0) == pcap_nanoseconds;
    teller told{take};
    for (std::size_t at = file_header; at < file.size();) {
        const std::size_t left = file.size() - at;
        const std::size_t captured = left < packet_header ? 0 : numbers.at<std::uint32_t>(at + 8);
        if (left < packet_header || captured > left - packet_header) {
            throw unreadable{
                fmt::format("the file ends in the middle of packet {}", told.next_number())};
        }
        packet made;
        made.link_type = static_cast<std::uint16_t>(numbers.at<std::uint32_t>(20));
        made.bytes = file.substr(at + packet_header, captured);
        made.whole = captured >= numbers.at<std::uint32_t>(at + 12);
        told.tell(made, numbers.at<std::uint32_t>(at) * std::uint64_t{1'000'000'000} +
                            numbers.at<std::uint32_t>(at + 4) * (fine ? 1ULL : 1000ULL));
        at += packet_header + captured;
    }
}

} // namespace

bool is_capture(std::string_view bytes) noexcept {
    if (bytes.size() < 4) {
        return false;
    }
    const std::uint32_t low = low_first(bytes, 0);
    const std::uint32_t high = high_first(bytes, 0);
    return low == pcapng_section || low == pcap_microseconds || low == pcap_nanoseconds ||
           high == pcap_microseconds || high == pcap_nanoseconds;
}

void read_packets(std::string_view bytes, const std::function<void(const packet&)>& take) {
    if (low_first(bytes, 0) == pcapng_section) {
        pcapng_reader{take}.read(bytes);
    } else {
        read_pcap(bytes, take);
    }
}

} // namespace snapproto::conformance::recording
