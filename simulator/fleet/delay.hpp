// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_DELAY_HPP
#define SNAPPROTO_SIMULATOR_FLEET_DELAY_HPP

// How long something takes: a least time, an exponentially distributed rest, and now and then a
// tail, which is what time-outs are about.

#include "simulator/kernel/distributions.hpp"

#include <cstdint>

namespace snapproto::fleet {

using kernel::ticks;

/// A distribution of times.
struct delay {
    std::uint64_t least_ms = 0;
    std::uint64_t rest_ms = 0;  ///< On average, beyond the least.
    std::uint64_t tail_ppm = 0; ///< So many in a million take longer,
    std::uint64_t tail_ms = 0;  ///< by so much on average.
};

[[nodiscard]] constexpr ticks milliseconds(std::uint64_t count) noexcept {
    return static_cast<ticks>(count) * kernel::millisecond;
}

[[nodiscard]] constexpr ticks seconds(std::uint64_t count) noexcept {
    return static_cast<ticks>(count) * kernel::second;
}

/// One time of the distribution.
[[nodiscard]] constexpr ticks draw(kernel::generator& from, const delay& what) noexcept {
    ticks time = milliseconds(what.least_ms);
    if (what.rest_ms != 0) {
        time += kernel::exponential(from, milliseconds(what.rest_ms));
    }
    if (what.tail_ppm != 0 && kernel::chance(from, static_cast<std::uint32_t>(what.tail_ppm))) {
        time += kernel::exponential(from, milliseconds(what.tail_ms));
    }
    return time;
}

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_DELAY_HPP
