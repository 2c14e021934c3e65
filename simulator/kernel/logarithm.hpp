// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_KERNEL_LOGARITHM_HPP
#define SNAPPROTO_SIMULATOR_KERNEL_LOGARITHM_HPP

// Logarithms in whole numbers. The last bits of std::log differ from one C library to the next, and
// one differing bit makes another simulation.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace snapproto::kernel {

/// 128 bits, for products.
__extension__ using wide = unsigned __int128;

/// One, as `negative_log2` and `negative_log` count: 32 bits behind the point.
inline constexpr std::uint64_t fixed_one = std::uint64_t{1} << 32;

namespace detail {

inline constexpr unsigned log_table_bits = 9;
inline constexpr std::size_t log_table_steps = std::size_t{1} << log_table_bits;

/// log2 of x in [1, 2), where x has 62 bits behind the point: one bit of the result with each
/// squaring.
[[nodiscard]] constexpr std::uint64_t log2_by_squaring(std::uint64_t x) noexcept {
    std::uint64_t bits = 0;
    for (int i = 0; i < 33; ++i) {
        x = static_cast<std::uint64_t>((wide{x} * x) >> 62);
        bits <<= 1;
        if (x >> 63 != 0) { // two or more
            bits |= 1;
            x >>= 1;
        }
    }
    return (bits + 1) >> 1; // rounded to 32 bits behind the point
}

/// log2(1 + i / steps), for i from 0 to steps.
inline constexpr auto log_table = [] {
    std::array<std::uint64_t, log_table_steps + 1> table{};
    for (std::size_t i = 0; i < log_table_steps; ++i) {
        table[i] = log2_by_squaring((std::uint64_t{1} << 62) +
                                    (std::uint64_t{i} << (62 - log_table_bits)));
    }
    table[log_table_steps] = fixed_one;
    return table;
}();

} // namespace detail

/// -log2(x / 2^64) with 32 bits behind the point, from a table with straight lines between its
/// points: too great by at most 7e-7.
/// @pre x != 0.
[[nodiscard]] constexpr std::uint64_t negative_log2(std::uint64_t x) noexcept {
    const auto zeros = static_cast<unsigned>(std::countl_zero(x));
    const std::uint64_t fraction = (x << zeros) << 1; // behind the leading one
    const auto step = static_cast<std::size_t>(fraction >> (64 - detail::log_table_bits));
    const std::uint64_t within = (fraction << detail::log_table_bits) >> 32;
    const std::uint64_t low = detail::log_table[step];
    const std::uint64_t rise = detail::log_table[step + 1] - low;
    return (std::uint64_t{zeros} + 1) * fixed_one - low - (rise * within >> 32);
}

/// -ln(x / 2^64), likewise.
/// @pre x != 0.
[[nodiscard]] constexpr std::uint64_t negative_log(std::uint64_t x) noexcept {
    constexpr std::uint64_t ln2 = 0xb17217f7; // 0.693147180..., 32 bits behind the point
    return static_cast<std::uint64_t>((wide{negative_log2(x)} * ln2) >> 32);
}

} // namespace snapproto::kernel

#endif // SNAPPROTO_SIMULATOR_KERNEL_LOGARITHM_HPP
