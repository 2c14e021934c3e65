// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_EXPLORATION_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_EXPLORATION_HPP

// What is asked of an exploration and what it says, whatever the model: engine.hpp explores.

#include "simulator/explore/state_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace snapproto::explore {

/// A property of a model, by the model's own number; 0 is none.
using property_id = std::uint16_t;

/// What a transition does, by the model's own number.
using action_id = std::uint32_t;

/// A property that does not hold, and where that was seen.
struct violation {
    property_id property = 0;
    /// The state at which the last step begins, or the first state.
    state_index from = no_state;
    /// Which successor of it the last step leads to; -1 when the state itself is wrong.
    std::int32_t step = -1;
};

/// What is known while an exploration runs.
struct progress {
    std::size_t states = 0;
    std::size_t transitions = 0;
    std::size_t frontier = 0;
    std::size_t depth = 0;
    std::size_t bytes = 0;
    double seconds = 0;
};

/// How to explore.
struct options {
    unsigned jobs = 1;
    /// Bytes for states and table; 0 for no limit.
    std::size_t memory_limit = 0;
    /// Go on after the level on which the first property was broken.
    bool keep_going = false;
    /// Take symmetric states for one.
    bool symmetry = true;
    /// Keep 64 bits of each state instead of all: see `outcome::omission_probability`.
    bool compact = false;
    std::size_t depth_max = std::numeric_limits<std::size_t>::max();
    /// Called between two rounds of work, from the thread that explores. False stops.
    std::function<bool(const progress&)> on_progress{};
};

/// Why an exploration ended.
enum class ending : std::uint8_t {
    complete, ///< All reachable states were seen.
    violated, ///< A property was broken; the level was finished.
    memory,   ///< The memory limit was reached.
    stopped   ///< The caller stopped it, or the depth was reached.
};

/// What an exploration found. `states`, `transitions` and `depth` of a complete one do not depend
/// on the number of jobs.
struct outcome {
    ending end = ending::complete;
    progress seen;
    /// The first violation of each property, the shallowest first.
    std::vector<violation> violations;
    /// Only hashes of states were compared.
    bool compact = false;

    /// A bound for the probability that a state was taken for another one and missed: one chance in
    /// 2^64 for each pair. 0 when states were compared in full.
    [[nodiscard]] double omission_probability() const noexcept {
        const auto n = static_cast<double>(seen.states);
        return compact ? n * n / 0x1p65 : 0.0;
    }

    [[nodiscard]] double bytes_per_state() const noexcept {
        return seen.states == 0
                   ? 0.0
                   : static_cast<double>(seen.bytes) / static_cast<double>(seen.states);
    }
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_EXPLORATION_HPP
