// SPDX-License-Identifier: BSL-1.0
// The channel as a capture file: pcapng, draft-ietf-opsawg-pcapng.
#include "simulator/report/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace snapproto::report {
namespace {

constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t enhanced_packet = 6;

constexpr std::uint16_t option_comment = 1;
constexpr std::uint16_t option_interface_name = 2;
constexpr std::uint16_t option_packet_flags = 2;
constexpr std::uint16_t option_application = 4;
constexpr std::uint16_t option_time_resolution = 9;

constexpr std::uint16_t link_type_user0 = 147;
constexpr char nanoseconds = 9; // 10 to the power of minus this
constexpr std::uint32_t inbound = 1;
constexpr std::uint32_t outbound = 2;

/// A block in the making. Numbers are written with their low byte first.
class block_writer {
  public:
    template <class Number>
    void number(Number value) {
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            m_body += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xffU);
        }
    }
    /// Bytes, and zeros up to a multiple of four.
    void padded(std::string_view bytes) {
        m_body += bytes;
        m_body.resize((m_body.size() + 3) / 4 * 4);
    }
    void option(std::uint16_t code, std::string_view value) {
        number(code);
        number(static_cast<std::uint16_t>(value.size()));
        padded(value);
    }

    [[nodiscard]] const std::string& bytes() const noexcept { return m_body; }

    [[nodiscard]] std::string block(std::uint32_t type) {
        option(0, {}); // no more options
        const auto length = static_cast<std::uint32_t>(m_body.size() + 12);
        block_writer frame;
        frame.number(type);
        frame.number(length);
        frame.m_body += m_body;
        frame.number(length);
        return frame.m_body;
    }

  private:
    std::string m_body; // of a multiple of four bytes before each option
};

std::string section() {
    block_writer made;
    made.number(std::uint32_t{0x1a2b3c4d}); // by which a reader sees the order of bytes
    made.number(std::uint16_t{1});
    made.number(std::uint16_t{0});
    made.number(~std::uint64_t{0}); // its length is not said
    made.option(option_application, "snapsim");
    return made.block(section_header);
}

std::string interface() {
    block_writer made;
    made.number(link_type_user0);
    made.number(std::uint16_t{0});
    made.number(std::uint32_t{0}); // packets have any length
    made.option(option_interface_name, "channel");
    made.option(option_time_resolution, {&nanoseconds, 1});
    return made.block(interface_description);
}

std::string packet(const world::sent_bytes& sent) {
    const auto at = static_cast<std::uint64_t>(sent.at);
    const auto size = static_cast<std::uint32_t>(sent.bytes.size());
    block_writer made;
    made.number(std::uint32_t{0}); // the interface
    made.number(static_cast<std::uint32_t>(at >> 32));
    made.number(static_cast<std::uint32_t>(at));
    made.number(size);
    made.number(size);
    made.padded(sent.bytes);
    block_writer flags;
    flags.number(sent.way == world::direction::to_guest ? outbound : inbound);
    made.option(option_packet_flags, flags.bytes());
    if (sent.lost) {
        made.option(option_comment, "lost");
    }
    return made.block(enhanced_packet);
}

} // namespace

std::string pcapng(const world::history& run) {
    auto text = section() + interface();
    for (const auto& one : run.wire) {
        text += packet(one);
    }
    return text;
}

} // namespace snapproto::report
