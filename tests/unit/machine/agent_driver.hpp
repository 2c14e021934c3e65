// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_MACHINE_AGENT_DRIVER_HPP
#define SNAPPROTO_TESTS_UNIT_MACHINE_AGENT_DRIVER_HPP

// The agent's machine behind functions, so that it is compiled once for all tests of it.

#include <snapproto/core/clause.hpp>
#include <snapproto/machine/agent_types.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace snapproto::tests {

/// What the machine made of one event.
struct agent_step {
    machine::agent_state after;
    int row = -1; ///< The row taken, or -1 for a refusal.
    machine::agent_refusal refusal{};
    clause governed_by{};
    std::vector<machine::agent_effect> effects;

    friend bool operator==(const agent_step&, const agent_step&) = default;
};

/// One row or one refusal of the machine's tables.
struct agent_cell {
    agent_phase from{};
    machine::agent_event event{};
    agent_phase to{};
    bool is_row = true;
    std::string guard;
    machine::agent_refusal refusal{};
    clause governed_by{};
};

/// A fresh machine.
[[nodiscard]] machine::agent_state fresh_agent();

/// One event on a machine that was put into a state.
[[nodiscard]] agent_step run(const machine::agent_state& before, const machine::agent_input& input);

/// All rows in the order of the table, and after them all refusals.
[[nodiscard]] const std::vector<agent_cell>& agent_cells();
[[nodiscard]] std::size_t agent_row_count();

/// Whether the guard of a row holds; true for a row without one.
[[nodiscard]] bool agent_guard_holds(std::size_t row, const machine::agent_input& input,
                                     const machine::agent_data& data);

/// True when the pre-rule refuses the request before its cell is looked up.
[[nodiscard]] bool refused_by_transaction(const machine::agent_state& state,
                                          const machine::agent_input& input);

[[nodiscard]] std::uint64_t hash_of(const machine::agent_state& state);

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_MACHINE_AGENT_DRIVER_HPP
