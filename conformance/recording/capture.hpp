// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RECORDING_CAPTURE_HPP
#define SNAPPROTO_CONFORMANCE_RECORDING_CAPTURE_HPP

// Capture files, pcapng (draft-ietf-opsawg-pcapng) and pcap (draft-ietf-opsawg-pcap), as packets.

#include "conformance/recording/piece.hpp"

#include <cstdint>

namespace snapproto::conformance::recording {

/// Whether this is the beginning of a capture file.
[[nodiscard]] bool is_capture(std::string_view bytes) noexcept;

/// Which way a packet went, where the capture says so.
enum class way : std::uint8_t { unknown, inbound, outbound };

struct packet {
    snapproto::instant at{}; ///< Since the first packet.
    std::size_t number = 0;
    std::uint16_t link_type = 0; ///< As registered at tcpdump.org: 1 is Ethernet.
    way went = way::unknown;
    bool whole = true;        ///< False: the capture has only its beginning.
    std::string_view bytes{}; ///< Valid as long as the file's.
};

/// Tells all packets of a capture in the order of the file. @throws unreadable
void read_packets(std::string_view bytes, const std::function<void(const packet&)>& take);

} // namespace snapproto::conformance::recording

#endif // SNAPPROTO_CONFORMANCE_RECORDING_CAPTURE_HPP
