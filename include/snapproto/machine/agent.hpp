// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_AGENT_HPP
#define SNAPPROTO_MACHINE_AGENT_HPP

// The agent's machine: SP chapters 2 to 11 as one table.
//
// All that moves an agent's state is in this file and in agent_actions.hpp. It knows neither the
// transport nor the clock: a message is an event, a timer is an event, and what the outside has
// to do comes back as effects.

#include <snapproto/machine/agent_actions.hpp>
#include <snapproto/machine/agent_table.hpp>

#include <snapproto/core/bytes.hpp>

#include <optional>
#include <string_view>

namespace snapproto::machine {

/// One row of the agent's table as data.
using agent_row = row_info<agent_phase, agent_event>;

/// One refusal of the agent's table as data.
using agent_refusal_row = refusal_info<agent_phase, agent_event, agent_refusal>;

/// All rows, in the order of the table; a step's `row` is an index into it.
[[nodiscard]] constexpr const auto& agent_rows() noexcept {
    return detail::rows_as_data<agent_row, agent::transition_table>::value;
}

/// All refusals, in the order of the table.
[[nodiscard]] constexpr const auto& agent_refusals() noexcept {
    return detail::refusals_as_data<agent_refusal_row, agent::refusal_table>::value;
}

static_assert(table_is_total(agent_rows(), agent_refusals(), value_count<agent_phase>,
                             value_count<agent_event>),
              "every (state, event) pair is a row, a choice of guarded rows, or one refusal");

/// The whole state of an agent's machine as a plain value: what an explorer stores and a restart
/// restores.
struct agent_state {
    agent_phase phase = agent_phase::off;
    agent_data data{};

    friend constexpr bool operator==(const agent_state&, const agent_state&) noexcept = default;
};

/// A hash of the whole state; the same on every compiler and machine.
[[nodiscard]] constexpr std::uint64_t hash_value(const agent_state& s) noexcept {
    const auto bit = [](bool b) { return std::uint64_t{b}; };
    const agent_data& d = s.data;
    std::uint64_t h = fnv1a_basis;
    h = fnv1a(h, d.session.value);
    h = fnv1a(h, d.txn.value);
    h = fnv1a(h, d.last_txn.value);
    h = fnv1a(h, d.waiting_session.value);
    h = fnv1a(h, (std::uint64_t{static_cast<std::uint32_t>(d.granted)} << 32) |
                     static_cast<std::uint32_t>(d.waiting_granted));
    h = fnv1a(h, std::uint64_t{static_cast<std::uint8_t>(s.phase)} |
                     std::uint64_t{static_cast<std::uint8_t>(d.why)} << 8 |
                     std::uint64_t{static_cast<std::uint8_t>(d.then)} << 16 |
                     std::uint64_t{static_cast<std::uint8_t>(d.waiting)} << 24 |
                     std::uint64_t{static_cast<std::uint8_t>(d.last_verdict)} << 32 |
                     bit(d.implicit) << 40 | bit(d.recovering) << 41 | bit(d.owes_thawed) << 42 |
                     bit(d.owes_aborted) << 43 | bit(d.aborted_first) << 44 |
                     bit(d.last_completed) << 45);
    return h;
}

/// The pre-rule of SP chapter 3: what a request is refused with because of the transaction that
/// it names, before its cell is looked up.
///
/// @return the refusal and its clause, or nothing when the cell decides.
[[nodiscard]] constexpr std::optional<std::pair<agent_refusal, clause>>
refuse_by_transaction(agent_phase phase, const agent_data& data,
                      const agent_input& input) noexcept {
    if (phase == agent_phase::off) {
        return std::nullopt;
    }
    const bool idle = phase == agent_phase::idle;
    switch (input.kind) {
    case agent_event::prepare:
    case agent_event::freeze:
        if (idle && data.last_txn && input.txn == data.last_txn) {
            return std::pair{agent_refusal::nak_stale, clause{3, 7}};
        }
        if (!idle && input.txn != data.txn) {
            return std::pair{agent_refusal::nak_busy, clause{3, 4}};
        }
        return std::nullopt;
    case agent_event::thaw:
    case agent_event::abort:
        if (input.kind == agent_event::abort && !input.txn) {
            return std::nullopt;
        }
        if (input.txn != (idle ? data.last_txn : data.txn)) {
            return std::pair{agent_refusal::nak_unknown_txn, clause{3, 5}};
        }
        return std::nullopt;
    case agent_event::complete:
    case agent_event::recover:
        if (!idle && input.txn != data.txn) {
            return std::pair{agent_refusal::nak_unknown_txn, clause{3, 5}};
        }
        return std::nullopt;
    default:
        return std::nullopt;
    }
}

/// The agent's machine. Copyable, comparable, and small; never allocates, never throws.
class agent_machine {
  public:
    using result = step_result<agent_refusal>;

    /// Starts in OFF with nothing remembered.
    agent_machine() noexcept { m_backend.start(); }

    explicit agent_machine(const agent_state& state) noexcept : agent_machine() { restore(state); }

    // Boost.MSM's copy constructor from a non-const machine loses the state; assignment does not.
    agent_machine(const agent_machine& other) noexcept : agent_machine() {
        restore(other.save());
    }
    agent_machine& operator=(const agent_machine& other) noexcept {
        restore(other.save());
        return *this;
    }
    ~agent_machine() = default;

    /// Takes one event and appends what the outside has to do to `out`.
    ///
    /// A refused event changes nothing (SP 1.5); a refusal that is a Nak is appended to `out`.
    /// @return the row that was taken, or the refusal.
    result process(const agent_input& input, agent_outbox& out) noexcept;

    [[nodiscard]] agent_phase phase() const noexcept {
        return phase_of_msm_id[static_cast<std::size_t>(m_backend.current_state()[0])];
    }
    [[nodiscard]] const agent_data& data() const noexcept { return m_backend.data; }

    [[nodiscard]] agent_state save() const noexcept { return {phase(), data()}; }

    /// Puts the machine into a saved state. Runs no action.
    void restore(const agent_state& state) noexcept {
        m_backend.data = state.data;
        // The array of active states is the machine's only other state; MSM hands out a const
        // view of its own non-const member.
        const_cast<int*>(m_backend.current_state())[0] =
            msm_id_of_phase[static_cast<std::size_t>(state.phase)];
    }

    friend bool operator==(const agent_machine& a, const agent_machine& b) noexcept {
        return a.save() == b.save();
    }

  private:
    using backend = boost::msm::back::state_machine<agent::front_end>;

    static constexpr auto msm_id_of_phase =
        detail::msm_ids<backend, agent_phase, value_count<agent_phase>>(agent::all_states{});
    static constexpr auto phase_of_msm_id = [] {
        std::array<agent_phase, value_count<agent_phase>> phases{};
        for (std::size_t i = 0; i < phases.size(); ++i) {
            phases[static_cast<std::size_t>(msm_id_of_phase[i])] = static_cast<agent_phase>(i);
        }
        return phases;
    }();

    template <agent_event Kind>
    bool fire(const agent_input& input) noexcept {
        return m_backend.process_event(agent::event<Kind>{input}) ==
               boost::msm::back::HANDLED_TRUE;
    }

    backend m_backend;
};

} // namespace snapproto::machine

#include <snapproto/machine/impl/agent.hpp>

#endif // SNAPPROTO_MACHINE_AGENT_HPP
