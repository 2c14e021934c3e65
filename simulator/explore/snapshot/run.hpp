// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_RUN_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_RUN_HPP

// Explores one configuration and says everything about it: counts, what was broken and how, which
// rows were taken, whether a run can go on for ever.

#include "simulator/explore/engine.hpp"
#include "simulator/explore/snapshot/action.hpp"
#include "simulator/explore/snapshot/config.hpp"
#include "simulator/explore/snapshot/properties.hpp"
#include "simulator/explore/snapshot/world.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::explore {

/// A run of the model: the first world, and each action with the world it led to.
struct run_of_model {
    struct step {
        action what;
        world to;
    };
    world first;
    std::vector<step> steps;
    property broken = property::none;
};

/// What an exploration of the model found.
struct snapshot_result {
    outcome found;
    /// A shortest run to the first property that was broken.
    std::optional<run_of_model> counterexample;
    std::array<std::vector<std::uint64_t>, table_count> taken;
    /// Steps that waited for room in a queue.
    std::size_t waits = 0;
    /// The most steps that any hold needed to end without the host (SP 18.22).
    std::size_t release_steps = 0;
    /// Cycles among the states, when the exploration is complete and they were looked for.
    std::optional<std::size_t> cycles;
    /// A cycle in which a run can stay for ever although whatever stays possible happens in the
    /// end: a breach of SP 18.23, whatever the cycle is about, for a snapshot has an end.
    bool endless = false;
};

[[nodiscard]] snapshot_result explore_snapshot(const config& what, const options& how,
                                               bool look_for_cycles);

/// Takes the actions one by one, from the first state.
///
/// @return the run as far as it goes: it ends with the first property that is broken. Shorter than
///         `actions` without a broken property when an action is not possible where it stands.
[[nodiscard]] run_of_model replay(const config& what, const std::vector<action>& actions);

/// Why no run takes a row, for the rows that none can take; empty for others.
[[nodiscard]] std::string why_never(const config& what, table_kind table, const row_text& row);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_RUN_HPP
