// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_SHRINK_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_SHRINK_HPP

// Makes a run that fails as small as it can be and still fail in the same way: faults are taken
// out, circumstances go back to what the scenario says, and the work becomes less. The seed stays.

#include "simulator/campaign/finding.hpp"
#include "simulator/world/options.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace snapproto::campaign {

/// A run that cannot be made smaller by any single step.
struct shrunk_run {
    world::scenario smallest;
    finding wrong;                      ///< What is wrong with it.
    std::vector<std::string> decisions; ///< Those that are left: without one of them it passes.
    std::size_t decisions_before = 0;
    std::size_t plays = 0;
};

/// Shrinks what a scenario makes of its seed.
/// @param base    as `planned` takes it, with its seed.
/// @param on_play is told how many runs were played; may be empty.
/// @return nothing wrong (an empty kind) when the run does not fail.
[[nodiscard]] shrunk_run shrink(const world::scenario& base,
                                const std::function<void(std::size_t)>& on_play = {});

/// Delta debugging (Zeller and Hildebrandt, 2002) over the numbers from 0 to `count` - 1.
/// @param fails whether a subset still fails; it is asked of nothing twice in a row.
/// @pre the set of all fails.
/// @return a subset that fails, and does not without any single one of its members.
[[nodiscard]] std::vector<std::size_t> minimal_subset(
    std::size_t count, const std::function<bool(const std::vector<std::size_t>&)>& fails);

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_SHRINK_HPP
