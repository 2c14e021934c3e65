// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MANIFEST_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MANIFEST_HPP

// The configurations whose exact numbers of states and transitions are committed
// (simulator/explore/manifest.json): whoever changes the protocol changes a number.

#include "simulator/explore/snapshot/run.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::explore {

struct manifest_entry {
    config what;
    std::size_t states = 0;
    std::size_t transitions = 0;
    std::size_t depth = 0;
    /// When agents in equal states are told apart; of one agent, the same numbers as above.
    std::size_t states_without_symmetry = 0;
    std::size_t transitions_without_symmetry = 0;

    /// Explored by the tests; the others take longer.
    [[nodiscard]] bool is_small() const noexcept { return states <= 30000; }
};

/// Errors: throws std::invalid_argument with what is wrong.
[[nodiscard]] std::vector<manifest_entry> manifest_from(std::string_view json);
[[nodiscard]] std::string to_text(const std::vector<manifest_entry>& manifest);

/// What is different from what the manifest says; empty when nothing is.
/// @param symmetry whether symmetric states were taken for one.
[[nodiscard]] std::string compare(const manifest_entry& expected, const outcome& found,
                                  bool symmetry = true);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MANIFEST_HPP
