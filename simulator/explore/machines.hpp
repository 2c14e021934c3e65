// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_MACHINES_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_MACHINES_HPP

// The library's machines as plain functions from state and input to state and effects, so that
// what explores them compiles without Boost.MSM.

#include "simulator/explore/mutation.hpp"

#include <snapproto/core/clause.hpp>
#include <snapproto/machine/agent_types.hpp>
#include <snapproto/machine/orchestrator_types.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::explore {

/// What a participant and a provider are asked; the same numbers as the machines' events.
enum class participant_input : std::uint8_t {
    prepared,
    vetoed,
    held,
    let_go,
    released,
    not_held,
    release_failed,
    finished,
    reset
};
enum class provider_input : std::uint8_t {
    precommit,
    cut,
    cut_done,
    cut_failed,
    cut_expired,
    copy_ready,
    discard,
    reset
};
/// What a provider asks for; the same numbers as the machine's effects.
enum class provider_order : std::uint8_t {
    begin_cut,
    report_cut,
    report_failed,
    report_ready,
    throw_away
};
/// What a provider's step asks for: one bit for each order.
struct provider_step {
    bool taken = false;
    std::uint8_t asked = 0;
    [[nodiscard]] bool asks(provider_order what) const noexcept {
        return (asked >> static_cast<unsigned>(what) & 1U) != 0;
    }
};

/// The effects of one step, in order.
template <class Effect, std::size_t Capacity>
struct effects {
    std::array<Effect, Capacity> items;
    std::size_t size = 0;

    [[nodiscard]] const Effect* begin() const noexcept { return items.data(); }
    [[nodiscard]] const Effect* end() const noexcept { return items.data() + size; }
};
using agent_effects = effects<machine::agent_effect, 12>;
using orchestrator_effects = effects<machine::orchestrator_effect, 8>;

/// One row, for people.
struct row_text {
    std::string from;
    std::string event;
    std::string to;
    std::string guard;
    std::string action;
    bool is_internal;
    clause governed_by;
};

/// The rows of a table, in its order.
[[nodiscard]] std::vector<row_text> rows_of(table_kind table);

/// The first row that fits, or -1.
/// @param guard may be empty when the cell has one row.
[[nodiscard]] std::int16_t find_row(table_kind table, const std::string& from,
                                    const std::string& event, const std::string& guard = {});

/// What the action of a row can do, found by running it on all data that its guard lets through.
struct row_scope {
    bool changes_data = false;
    std::size_t effects_max = 0;       ///< In one step.
    std::vector<effect_word> effects;  ///< Each kind once, in the order of its first appearance.
    std::vector<effect_word> messages; ///< Those among them that are sent, with each argument.
};
[[nodiscard]] row_scope scope_of(table_kind table, std::size_t row);

/// One set of machines and what rows they have taken. Not for use by two threads at once.
class machines {
  public:
    explicit machines(std::optional<row_mutation> mutation = std::nullopt);
    machines(machines&&) noexcept;
    ~machines();

    /// Steps change the state in place and append to `out`.
    /// @return the row that was taken, or -1.
    std::int16_t step(machine::agent_state& state, const machine::agent_input& input,
                      agent_effects& out);
    std::int16_t step(machine::orchestrator_state& state, const machine::orchestrator_input& input,
                      orchestrator_effects& out);
    /// @return false when the machine refuses the event.
    bool step(participant_phase& phase, std::uint8_t& releases, participant_input input);
    provider_step step(provider_phase& phase, provider_input input);

    /// The event that makes itself due when all live agents have answered, if any.
    [[nodiscard]] static std::optional<machine::orchestrator_event> due(
        const machine::orchestrator_state& state);

    /// How often each row of a table was taken.
    [[nodiscard]] const std::vector<std::uint64_t>& taken(table_kind table) const noexcept {
        return m_taken[static_cast<std::size_t>(table)];
    }

  private:
    struct inside;
    std::unique_ptr<inside> m_inside;
    std::optional<row_mutation> m_mutation;
    std::array<std::vector<std::uint64_t>, table_count> m_taken;
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_MACHINES_HPP
