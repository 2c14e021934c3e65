// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_MACHINE_ORCHESTRATOR_DRIVER_HPP
#define SNAPPROTO_TESTS_UNIT_MACHINE_ORCHESTRATOR_DRIVER_HPP

// The orchestrator's machine behind functions, so that it is compiled once for all tests of it.

#include <snapproto/core/clause.hpp>
#include <snapproto/machine/orchestrator_types.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::tests {

/// What the machine made of one event.
struct orchestrator_step {
    machine::orchestrator_state after;
    int row = -1; ///< The row taken, or -1 for a refusal.
    machine::orchestrator_refusal refusal{};
    clause governed_by{};
    std::vector<machine::orchestrator_effect> effects;

    friend bool operator==(const orchestrator_step&, const orchestrator_step&) = default;
};

/// One row or one refusal of the machine's tables.
struct orchestrator_cell {
    orchestrator_phase from{};
    machine::orchestrator_event event{};
    bool is_row = true;
    std::string guard;
    clause governed_by{};
};

[[nodiscard]] machine::orchestrator_state fresh_orchestrator(
    const machine::orchestrator_policy& policy);
[[nodiscard]] orchestrator_step run(const machine::orchestrator_state& before,
                                    const machine::orchestrator_input& input);
[[nodiscard]] machine::orchestrator_state answered(const machine::orchestrator_state& before,
                                                   agent_index agent, verdict outcome);
[[nodiscard]] std::optional<machine::orchestrator_event> due(
    const machine::orchestrator_state& state);

/// All rows in the order of the table, and after them all refusals.
[[nodiscard]] const std::vector<orchestrator_cell>& orchestrator_cells();
[[nodiscard]] std::size_t orchestrator_row_count();
[[nodiscard]] bool orchestrator_guard_holds(std::size_t row,
                                            const machine::orchestrator_data& data);
[[nodiscard]] std::uint64_t hash_of(const machine::orchestrator_state& state);

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_MACHINE_ORCHESTRATOR_DRIVER_HPP
