// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_KERNEL_DISTRIBUTIONS_HPP
#define SNAPPROTO_SIMULATOR_KERNEL_DISTRIBUTIONS_HPP

// What is drawn from a stream. The standard library's distributions may differ from one
// implementation to the next; these are whole-number arithmetic and cannot.

#include "simulator/kernel/generator.hpp"
#include "simulator/kernel/logarithm.hpp"
#include "simulator/kernel/ticks.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace snapproto::kernel {

/// A whole number from 0 to `bound - 1`, each as likely as the others (Lemire, "Fast random integer
/// generation in an interval", 2019).
/// @pre bound != 0.
[[nodiscard]] constexpr std::uint64_t below(generator& from, std::uint64_t bound) noexcept {
    wide product = wide{from()} * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
        const std::uint64_t unfair = (0 - bound) % bound;
        while (static_cast<std::uint64_t>(product) < unfair) {
            product = wide{from()} * bound;
        }
    }
    return static_cast<std::uint64_t>(product >> 64);
}

/// A span of time from `least` to `most`, both included.
/// @pre 0 <= least <= most < end_of_time.
[[nodiscard]] constexpr ticks between(generator& from, ticks least, ticks most) noexcept {
    return least + static_cast<ticks>(below(from, static_cast<std::uint64_t>(most - least) + 1));
}

/// True so many times in a million.
[[nodiscard]] constexpr bool chance(generator& from, std::uint32_t per_million) noexcept {
    return below(from, 1'000'000) < per_million;
}

/// A span of time until something that comes at random, on average after `mean`.
///
/// Bounds: 44.4 times the mean, because it comes of 64 random bits; saturates at the end of time.
/// @pre mean >= 0.
[[nodiscard]] constexpr ticks exponential(generator& from, ticks mean) noexcept {
    const std::uint64_t bits = from();
    const wide drawn =
        (wide{negative_log(bits == 0 ? 1 : bits)} * static_cast<std::uint64_t>(mean)) >> 32;
    return drawn > static_cast<std::uint64_t>(end_of_time) ? end_of_time
                                                           : static_cast<ticks>(drawn);
}

/// Puts values into an order, each order as likely as the others.
template <class Value>
constexpr void shuffle(generator& from, std::span<Value> values) {
    for (std::size_t left = values.size(); left > 1; --left) {
        using std::swap;
        swap(values[left - 1], values[static_cast<std::size_t>(below(from, left))]);
    }
}

} // namespace snapproto::kernel

#endif // SNAPPROTO_SIMULATOR_KERNEL_DISTRIBUTIONS_HPP
