// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_TIME_SOURCE_HPP
#define SNAPPROTO_CONFORMANCE_TIME_SOURCE_HPP

// Whoever has the clock that a check goes by.

#include "conformance/time.hpp"

namespace snapproto::conformance {

class time_source {
  public:
    time_source() = default;
    time_source(const time_source&) = delete;
    time_source& operator=(const time_source&) = delete;
    virtual ~time_source() = default;

    /// The time now, on the target's clock.
    [[nodiscard]] virtual instant now() const = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_TIME_SOURCE_HPP
