// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_ADDRESS_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_ADDRESS_HPP

// Where an agent listens: unix:PATH, tcp:HOST:PORT, vsock:CID:PORT, pty:PATH.

#include "conformance/attach/channel.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace snapproto::conformance {

enum class address_kind { unix_socket, tcp, vsock, pty };

struct address {
    address_kind kind = address_kind::unix_socket;
    std::string place;      ///< Path, or host.
    std::uint32_t cid = 0;  ///< vsock: the context id.
    std::uint32_t port = 0; ///< tcp and vsock.

    /// The form that parse_address reads.
    [[nodiscard]] std::string text() const;
};

/// Reads an address.
///
/// Errors: std::invalid_argument with a sentence that says which forms there are.
[[nodiscard]] address parse_address(std::string_view text);

/// Connects, waiting at most `wait`; a listener with a full queue is tried again within it.
/// @throws unreachable with a sentence: no such socket, nobody listens, no permission, no answer.
[[nodiscard]] std::unique_ptr<channel> connect_to(const address& where, duration wait);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_ADDRESS_HPP
