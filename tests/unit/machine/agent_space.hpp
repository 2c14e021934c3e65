// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_MACHINE_AGENT_SPACE_HPP
#define SNAPPROTO_TESTS_UNIT_MACHINE_AGENT_SPACE_HPP

// Every state that an agent's machine comes into with two transactions and two kinds of session,
// found by breadth-first search, each with what an outsider knows of the guest in it.

#include <tests/unit/machine/agent_driver.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace snapproto::tests {

/// How much of a set of participants is held.
enum class amount : std::uint8_t { nothing, some, all };

/// The step that the guest is at.
enum class work : std::uint8_t { idle, prepare, quiesce, freeze, thaw, resume, recover };

/// What an outsider knows who sees events and effects only, and never the machine's data.
struct guest_model {
    amount applications = amount::nothing;
    amount filesystems = amount::nothing;
    work step = work::idle;
    /// Something happened after which the transaction cannot be clean.
    bool spoiled = false;
    bool running = false;
    bool resumed = false;
    bool told = false;
    /// Requests without a terminal answer.
    bool prepare_open = false;
    bool freeze_open = false;
    bool thaw_open = false;
    bool abort_open = false;
    bool recover_open = false;
    /// Timers that are armed. The hold timer is armed by whoever sees the first hold.
    bool phase_armed = false;
    bool sequence_armed = false;
    bool retry_armed = false;
    bool hold_armed = false;

    friend bool operator==(const guest_model&, const guest_model&) = default;
};

/// One reachable state.
struct agent_node {
    machine::agent_state state;
    guest_model guest;
    /// The node it was first reached from, and the input that led here.
    std::size_t parent = 0;
    machine::agent_input input;
};

/// Applies one event with its effects to the model.
///
/// @return what is wrong with them, one sentence each.
[[nodiscard]] std::vector<std::string> follow(guest_model& guest,
                                              const machine::agent_state& before,
                                              const machine::agent_input& input,
                                              const agent_step& step);

/// Every event worth trying in a state, with every content that the table tells apart.
[[nodiscard]] std::vector<machine::agent_input> inputs_for(const machine::agent_state& state);

/// All reachable states. The search stops with a failed check when the model objects.
struct agent_space {
    std::vector<agent_node> nodes;
    std::vector<std::string> objections; ///< With the way that led there; the first few.
    std::vector<std::size_t> taken;      ///< How often each row, then each refusal, was met.
    std::size_t transitions = 0;
    std::size_t effects_max = 0;
};
[[nodiscard]] const agent_space& the_agent_space();

/// The events that lead to a node.
[[nodiscard]] std::string way_to(const std::vector<agent_node>& nodes, std::size_t node);

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_MACHINE_AGENT_SPACE_HPP
