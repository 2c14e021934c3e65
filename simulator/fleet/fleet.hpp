// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_FLEET_HPP
#define SNAPPROTO_SIMULATOR_FLEET_FLEET_HPP

// A whole fleet: all of its sites, some at a time.

#include "simulator/fleet/options.hpp"
#include "simulator/fleet/results.hpp"

#include <cstdint>

namespace snapproto::fleet {

/// How many sites there are: one for each storage array.
[[nodiscard]] std::uint64_t sites_of(const scenario& what) noexcept;

/// Plays a fleet. The results are the same for any number of jobs.
/// @pre the scenario is valid (`check` of scenario.hpp).
/// @param jobs threads; at least 1.
[[nodiscard]] results play(const scenario& what, unsigned jobs);

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_FLEET_HPP
