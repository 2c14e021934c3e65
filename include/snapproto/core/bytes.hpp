// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_BYTES_HPP
#define SNAPPROTO_CORE_BYTES_HPP

// Bytes on their way to or from a peer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace snapproto {

/// A borrowed, read-only run of bytes.
using byte_view = std::span<const std::byte>;

/// The bytes of a text, without its terminator.
[[nodiscard]] inline byte_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The same bytes seen as characters. No encoding is checked.
[[nodiscard]] inline std::string_view as_text(byte_view bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// FNV-1a over more bytes: a hash that is the same on every compiler and machine, for traces and
/// saved states. Not for tables that a peer can fill on purpose.
[[nodiscard]] constexpr std::uint64_t fnv1a(std::uint64_t seed, std::uint64_t word) noexcept {
    for (int shift = 0; shift < 64; shift += 8) {
        seed = (seed ^ ((word >> shift) & 0xffU)) * 0x100000001b3ULL;
    }
    return seed;
}

/// Where `fnv1a` starts.
inline constexpr std::uint64_t fnv1a_basis = 0xcbf29ce484222325ULL;

} // namespace snapproto

#endif // SNAPPROTO_CORE_BYTES_HPP
