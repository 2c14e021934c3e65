// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_KERNEL_TICKS_HPP
#define SNAPPROTO_SIMULATOR_KERNEL_TICKS_HPP

// Virtual time.

#include <cstdint>
#include <limits>

namespace snapproto::kernel {

/// A point of virtual time, or a span of it: whole nanoseconds. A simulation begins at 0 and has
/// room for 292 years.
using ticks = std::int64_t;

/// Later than every event.
inline constexpr ticks end_of_time = std::numeric_limits<ticks>::max();

inline constexpr ticks microsecond = 1'000;
inline constexpr ticks millisecond = 1'000 * microsecond;
inline constexpr ticks second = 1'000 * millisecond;

/// `at + span`, but never past the end of time.
/// @pre neither is negative.
[[nodiscard]] constexpr ticks later(ticks at, ticks span) noexcept {
    return span > end_of_time - at ? end_of_time : at + span;
}

} // namespace snapproto::kernel

#endif // SNAPPROTO_SIMULATOR_KERNEL_TICKS_HPP
