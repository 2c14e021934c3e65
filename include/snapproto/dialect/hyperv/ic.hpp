// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_IC_HPP
#define SNAPPROTO_DIALECT_HYPERV_IC_HPP

// The frame of form (a): pipe header, IC header, body. Offsets of failures count from the first
// byte of the packet.

#include <snapproto/codec/little_endian.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/hyperv/wire.hpp>

#include <algorithm>
#include <optional>

namespace snapproto::hyperv {

/// What an IC header says that does not follow from the rest of the message.
struct ic_header {
    version framework = framework_version;
    ic_type type = ic_type::vss;
    version message = vss_version;

    /// How it went: an HRESULT. Meaningful in a response only, and 0 in a request.
    std::uint32_t status = 0;

    /// Returned as it was sent.
    std::uint8_t transaction = 0;

    friend constexpr bool operator==(const ic_header&, const ic_header&) noexcept = default;
};

/// A message whose body has not been looked at. Borrows the packet.
struct ic_message {
    ic_header header;
    byte_view body;
};

/// Where the fields of the two headers begin.
namespace ic_offset {
inline constexpr std::size_t pipe_flags = 0;
inline constexpr std::size_t pipe_size = 4;
inline constexpr std::size_t framework = 8;
inline constexpr std::size_t type = 12;
inline constexpr std::size_t message = 14;
inline constexpr std::size_t message_size = 18;
inline constexpr std::size_t status = 20;
inline constexpr std::size_t transaction = 24;
inline constexpr std::size_t flags = 25;
inline constexpr std::size_t reserved = 26;
inline constexpr std::size_t body = ic_headers_bytes;
} // namespace ic_offset

/// The value of the pipe header's flags: data follows.
inline constexpr std::uint32_t pipe_data = 1;

namespace detail {

[[nodiscard]] constexpr version load_version(byte_view bytes, std::size_t at) noexcept {
    return {codec::load_little<std::uint16_t>(bytes, at),
            codec::load_little<std::uint16_t>(bytes, at + 2)};
}

constexpr void store_version(std::span<std::byte> bytes, std::size_t at, version what) noexcept {
    codec::store_little(bytes, at, what.major);
    codec::store_little(bytes, at + 2, what.minor);
}

/// The first thing about the two headers of a packet that is wrong.
[[nodiscard]] constexpr std::optional<failure> wrong_with_headers(
    byte_view packet, direction way, const ic_limits& limits) noexcept {
    using namespace ic_offset;
    if (packet.size() > limits.packet_bytes_max) {
        return failure{error::too_long, {30, 7}, limits.packet_bytes_max};
    }
    if (packet.size() < ic_headers_bytes) {
        return failure{error::interrupted, {30, 1}, packet.size()};
    }
    if (codec::load_little<std::uint32_t>(packet, pipe_flags) != pipe_data) {
        return failure{error::bad_number, {30, 2}, pipe_flags};
    }
    const std::size_t behind_pipe = packet.size() - pipe_header_bytes;
    const auto piped = codec::load_little<std::uint32_t>(packet, pipe_size);
    if (piped < ic_header_bytes || piped > behind_pipe || behind_pipe - piped >= packet_alignment) {
        return failure{error::bad_number, {30, 2}, pipe_size};
    }
    if (codec::load_little<std::uint16_t>(packet, type) >= value_count<ic_type>) {
        return failure{error::unknown_message, {30, 8}, type};
    }
    // An answer to a negotiation is shorter than the request in whose place it is written.
    const std::size_t body_piped = piped - ic_header_bytes;
    const auto size = codec::load_little<std::uint16_t>(packet, message_size);
    if (way == direction::request ? size != body_piped : size > body_piped) {
        return failure{error::bad_number, {30, 3}, message_size};
    }
    if (std::to_integer<std::uint8_t>(packet[flags]) != flags_of(way)) {
        return failure{error::bad_number, {30, 5}, flags};
    }
    if (const auto at = codec::first_nonzero(packet, reserved, 2); at != body) {
        return failure{error::bad_number, {30, 4}, at};
    }
    return std::nullopt;
}

/// Writes both headers in front of a body of that size.
/// @pre there is room for them.
constexpr void store_headers(std::span<std::byte> packet, direction way, const ic_header& what,
                             std::size_t body_bytes) noexcept {
    using namespace ic_offset;
    codec::store_little(packet, pipe_flags, pipe_data);
    codec::store_little(packet, pipe_size,
                        static_cast<std::uint32_t>(ic_header_bytes + body_bytes));
    store_version(packet, framework, what.framework);
    codec::store_little(packet, type, static_cast<std::uint16_t>(what.type));
    store_version(packet, message, what.message);
    codec::store_little(packet, message_size, static_cast<std::uint16_t>(body_bytes));
    codec::store_little(packet, status, what.status);
    codec::store_little(packet, transaction, what.transaction);
    codec::store_little(packet, flags, flags_of(way));
    codec::store_little(packet, reserved, std::uint16_t{0});
}

/// The room for a message with a body of that size, all 0; or why there is none.
[[nodiscard]] inline result<std::span<std::byte>> cleared_room(std::span<std::byte> buffer,
                                                               std::size_t body_bytes) noexcept {
    const std::size_t size = ic_headers_bytes + body_bytes;
    if (buffer.size() < size) {
        return fail(error::too_long, size);
    }
    std::fill_n(buffer.begin(), size, std::byte{0});
    return buffer.first(size);
}

} // namespace detail

/// Reads the two headers of one packet.
///
/// Errors: interrupted when the packet is shorter than the headers; too_long; bad_number where a
/// size, a flag or a reserved field is wrong; unknown_message for a type that there is not.
/// Clause: SP 30.1 to 30.5, 30.7.
[[nodiscard]] constexpr result<ic_message> decode_ic(byte_view packet, direction way,
                                                     const ic_limits& limits = {}) noexcept {
    using namespace ic_offset;
    if (const auto wrong = detail::wrong_with_headers(packet, way, limits)) {
        return *wrong;
    }
    ic_message got;
    got.header.framework = detail::load_version(packet, framework);
    got.header.type = static_cast<ic_type>(codec::load_little<std::uint16_t>(packet, type));
    got.header.message = detail::load_version(packet, message);
    got.header.status = codec::load_little<std::uint32_t>(packet, status);
    got.header.transaction = std::to_integer<std::uint8_t>(packet[transaction]);
    got.body = packet.subspan(body, codec::load_little<std::uint16_t>(packet, message_size));
    return got;
}

/// Makes the answer out of a request, in its place: everything else stays (SP 30.6).
/// @pre `decode_ic` has accepted the packet.
constexpr void answer_in_place(std::span<std::byte> packet, std::uint32_t status) noexcept {
    codec::store_little(packet, ic_offset::status, status);
    codec::store_little(packet, ic_offset::flags, flags_of(direction::response));
}

} // namespace snapproto::hyperv

#endif // SNAPPROTO_DIALECT_HYPERV_IC_HPP
