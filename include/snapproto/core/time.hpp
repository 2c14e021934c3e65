// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_TIME_HPP
#define SNAPPROTO_CORE_TIME_HPP

// Time as the library sees it: a number that callers pass in. There is no `now()` here, so that
// nothing below can read a clock by accident.

#include <chrono>
#include <cstdint>
#include <limits>

namespace snapproto {

/// The clock of `instant`: monotonic, with an epoch chosen by the caller, read by nobody here.
struct timeline {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<timeline>;
    static constexpr bool is_steady = true;
};

/// A span of time, in nanoseconds.
using duration = timeline::duration;

/// A point on the caller's monotonic clock.
using instant = timeline::time_point;

/// "No deadline": later than every instant that a program meets.
inline constexpr instant never{duration{std::numeric_limits<duration::rep>::max()}};

/// `at + span`, but never past `never`: a deadline computed from an absurd limit does not wrap
/// around into the past.
/// @pre span is not negative.
[[nodiscard]] constexpr instant saturating_add(instant at, duration span) noexcept {
    // In this order: never - at overflows for an instant before the epoch.
    return at >= instant{} && span > never - at ? never : at + span;
}

} // namespace snapproto

#endif // SNAPPROTO_CORE_TIME_HPP
