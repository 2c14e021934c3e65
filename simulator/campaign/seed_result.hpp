// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_SEED_RESULT_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_SEED_RESULT_HPP

// What came of one seed, as a value and as a line of a results file.

#include "simulator/campaign/finding.hpp"
#include "simulator/world/options.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::campaign {

/// How sessions ended.
struct outcome_counts {
    std::uint64_t success = 0;
    std::uint64_t degraded = 0;
    std::uint64_t failed = 0;
    std::uint64_t untold = 0; ///< The host died before it could tell.

    friend bool operator==(const outcome_counts&, const outcome_counts&) = default;
};

struct seed_result {
    std::uint64_t seed = 0;
    std::uint64_t hash = 0; ///< See `trace_hash`.
    std::uint64_t events = 0;
    outcome_counts outcomes;
    std::vector<finding> findings;

    friend bool operator==(const seed_result&, const seed_result&) = default;
};

/// Plays and judges a scenario as it is.
[[nodiscard]] seed_result play_planned(const world::scenario& what);

/// Plays what a seed makes of a scenario.
[[nodiscard]] seed_result play_seed(const world::scenario& base, std::uint64_t seed);

/// One line of JSON, with its newline.
[[nodiscard]] std::string to_line(const seed_result& what);

/// Errors: std::invalid_argument: this is no such line.
[[nodiscard]] seed_result seed_result_from(std::string_view line);

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_SEED_RESULT_HPP
