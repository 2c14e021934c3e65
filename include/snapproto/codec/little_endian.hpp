// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_LITTLE_ENDIAN_HPP
#define SNAPPROTO_CODEC_LITTLE_ENDIAN_HPP

// Fixed layouts: unsigned integers at a place in a run of bytes, least significant byte first,
// whatever the machine's own order and alignment.

#include <snapproto/core/assert.hpp>
#include <snapproto/core/bytes.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace snapproto::codec {

/// The integer that begins at byte `at`.
/// @pre all of its bytes are there.
template <std::unsigned_integral Integer>
[[nodiscard]] constexpr Integer load_little(byte_view bytes, std::size_t at) noexcept {
    SNAPPROTO_ASSERT(at + sizeof(Integer) <= bytes.size());
    Integer value = 0;
    for (std::size_t i = sizeof(Integer); i-- > 0;) {
        value = static_cast<Integer>((static_cast<std::uint64_t>(value) << 8U) |
                                     std::to_integer<std::uint64_t>(bytes[at + i]));
    }
    return value;
}

/// Writes an integer to byte `at` and those behind it.
/// @pre there is room for all of its bytes.
template <std::unsigned_integral Integer>
constexpr void store_little(std::span<std::byte> bytes, std::size_t at, Integer value) noexcept {
    SNAPPROTO_ASSERT(at + sizeof(Integer) <= bytes.size());
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        bytes[at + i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8U * i));
    }
}

/// Where the first byte that is not 0 stands among `count` of them; `at + count` when all are 0.
/// @pre all of them are there.
[[nodiscard]] constexpr std::size_t first_nonzero(byte_view bytes, std::size_t at,
                                                  std::size_t count) noexcept {
    SNAPPROTO_ASSERT(at + count <= bytes.size());
    const std::size_t end = at + count;
    while (at != end && bytes[at] == std::byte{0}) {
        ++at;
    }
    return at;
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_LITTLE_ENDIAN_HPP
