// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_RUNNER_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_RUNNER_HPP

// Plays many seeds with all processors. The results come in order of seeds, whoever is first.

#include "simulator/campaign/results.hpp"
#include "simulator/campaign/seed_result.hpp"
#include "simulator/world/options.hpp"

#include <atomic>
#include <cstdint>
#include <functional>

namespace snapproto::campaign {

struct runner_options {
    unsigned jobs = 1;
    std::uint64_t done_before = 0; ///< So many seeds at the beginning are not played.
    /// Takes the results, in order; returns false when it has seen enough.
    std::function<bool(const seed_result&)> take;
};

/// Plays the seeds of a range until they are all played, `take` has enough, or `stop` is set.
/// Errors: what `take` or a run throws.
void run_seeds(const world::scenario& base, const seed_range& seeds, const runner_options& how,
               const std::atomic<bool>& stop);

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_RUNNER_HPP
