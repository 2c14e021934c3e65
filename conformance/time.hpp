// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_TIME_HPP
#define SNAPPROTO_CONFORMANCE_TIME_HPP

// Time as the checks see it: always the clock of the target, which may be virtual.

#include <chrono>

namespace snapproto::conformance {

using duration = std::chrono::nanoseconds;

/// The clock of an implementation under test; it has no now(), only the target has.
///
/// The embedded agent runs on a virtual clock, every other one on the machine's monotonic clock.
/// A check that took time from anywhere else would mean something different on each.
struct target_clock {
    using duration = snapproto::conformance::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<target_clock>;
    static constexpr bool is_steady = true;
};

/// A moment on the clock of the target; zero is when the target object was made.
using instant = target_clock::time_point;

/// A duration in milliseconds, for people.
[[nodiscard]] constexpr double milliseconds(duration d) noexcept {
    return static_cast<double>(d.count()) / 1e6;
}

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_TIME_HPP
