// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RECORDING_PIECE_HPP
#define SNAPPROTO_CONFORMANCE_RECORDING_PIECE_HPP

// The bytes of a conversation as somebody else recorded them, whatever the file's form.

#include <snapproto/core/time.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace snapproto::conformance::recording {

/// The forms that are read.
enum class form {
    records,    ///< JSON Lines of trace records: no bytes, but what they meant.
    byte_lines, ///< JSON Lines of bytes with their time and sender.
    socat_dump, ///< What `socat -x` writes.
    capture,    ///< pcapng or pcap.
};

/// What the file's first bytes show it to be.
[[nodiscard]] form form_of(std::string_view text) noexcept;

/// Later instants are taken for this one: a clock that says more is wrong, and limits are added.
inline constexpr snapproto::duration latest = std::chrono::hours{24 * 365 * 100};

/// Some bytes that went one way, or the end of their connection.
struct piece {
    snapproto::instant at{};
    std::size_t place = 0;      ///< The line or packet it stands in, from 1.
    std::size_t connection = 0; ///< Each number is another connection.
    bool from_agent = false;
    bool closed = false;      ///< The connection ends here; there are no bytes.
    std::string_view bytes{}; ///< Valid during the call.
};

using piece_taker = std::function<void(const piece&)>;

/// The file is not what it seems to be; what() says where and what is allowed there.
class unreadable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Each tells all pieces of a file in the order of their times. @throws unreadable
void read_byte_lines(std::string_view text, const piece_taker& take);
void read_socat_dump(std::string_view text, const piece_taker& take);

/// @param port of a TCP connection, on either side; 0: all connections of the capture
void read_capture(std::string_view bytes, unsigned port, const piece_taker& take);

} // namespace snapproto::conformance::recording

#endif // SNAPPROTO_CONFORMANCE_RECORDING_PIECE_HPP
