// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_EQUIVALENCE_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_EQUIVALENCE_HPP

// Whether a mutated model behaves as the original does: both take the same actions side by side,
// from the first state, and whoever watches from outside must see the same at each step.
//
// Seen are: which actions are possible; every message, report, order and result, in their order;
// the queues; what participants are asked and whether they hold; channels, provider and lives; and
// what Status says of the agent: state, transaction, the last one with its verdict, what is held.

#include "simulator/explore/snapshot/config.hpp"

#include <cstddef>
#include <cstdint>

namespace snapproto::explore {

/// How two models compare.
struct likeness {
    enum class verdict : std::uint8_t {
        same,      ///< In each pair of states that can be reached.
        different, ///< Some action shows it.
        unknown    ///< Too many pairs.
    };
    verdict found = verdict::same;
    std::size_t pairs = 0;
    std::size_t steps = 0; ///< Of a shortest run that shows the difference.
};

/// Compares a configuration without and with its mutation.
[[nodiscard]] likeness compare_with_original(const config& mutated, std::size_t pairs_max);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_EQUIVALENCE_HPP
