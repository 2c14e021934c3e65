// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_MACHINES_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_MACHINES_HPP

// The tables of the machines as plain data, for whatever is made from them: documents,
// diagrams, models, suites. States and events are indices into their lists; words are the
// library's own, so that nothing here needs the machines, or Boost.MSM, to be compiled.
//
// What is here describes the library. A judge does not take its expectations from it.

#include "snapproto/core/clause.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace snapproto::conformance {

/// A state or an event.
struct machine_word {
    std::string_view name;    ///< As code and recordings spell it: "hold_expired".
    std::string_view title;   ///< As docs/spec.md spells it: "Thold".
    std::string_view meaning; ///< What holds, or what happened: half a sentence.
};

/// In `from`, on `event`, when `guard` holds: do `action` and go to `to`.
struct machine_row {
    std::size_t from = 0;
    std::size_t event = 0;
    std::size_t to = 0;
    bool is_internal = false; ///< The state stays as it is; `to` is `from`.
    std::string_view guard;   ///< Empty: always.
    std::string_view
        action; ///< Empty: nothing but the change of state. Equal texts, equal actions.
    snapproto::clause governed_by{};
};

/// In `from`, `event` changes nothing and is answered by `how`.
struct machine_refusal {
    std::size_t from = 0;
    std::size_t event = 0;
    std::size_t how = 0; ///< An index into `answers`.
    snapproto::clause governed_by{};
};

/// A refusal that is decided before the cell is looked up.
struct machine_precedence {
    std::size_t from = 0;
    std::size_t event = 0;
    std::string condition; ///< The transactions it may name for that: "the last one".
    std::size_t how = 0;   ///< An index into `answers`.
    snapproto::clause governed_by{};
};

/// One machine. Every (state, event) pair is one row without a guard, several rows whose guards
/// exclude each other and cover everything, or one refusal.
struct machine_view {
    std::string_view name;                ///< "agent".
    std::string_view title;               ///< "Agent".
    std::string_view about;               ///< A sentence or two.
    std::string_view appendix;            ///< Where docs/spec.md lists its cells: "A.1".
    std::size_t initial = 0;              ///< The first state.
    std::span<const machine_word> states; ///< In order of a transaction's life.
    std::span<const machine_word>
        events; ///< Messages first, then what happens inside, then timers.
    std::span<const machine_word> answers; ///< The ways to refuse.
    std::span<const machine_row> rows;
    std::span<const machine_refusal> refusals;
    std::span<const machine_precedence> before;
};

/// All of them: those of the abstract protocol, then those of VSS and FSRVP.
[[nodiscard]] std::span<const machine_view* const> machines() noexcept;

/// agent, orchestrator, participant, provider: in this order.
[[nodiscard]] std::span<const machine_view* const> abstract_machines() noexcept;

/// The machine with that name, or null.
[[nodiscard]] const machine_view* find_machine(std::string_view name) noexcept;

namespace machine_views {
// Each in a unit of its own: machines/<name>.cpp.
[[nodiscard]] const machine_view& agent() noexcept;
[[nodiscard]] const machine_view& orchestrator() noexcept;
[[nodiscard]] const machine_view& participant() noexcept;
[[nodiscard]] const machine_view& provider() noexcept;
[[nodiscard]] const machine_view& vss_writer() noexcept;
[[nodiscard]] const machine_view& vss_coordinator() noexcept;
[[nodiscard]] const machine_view& vss_provider() noexcept;
[[nodiscard]] const machine_view& vss_requester() noexcept;
[[nodiscard]] const machine_view& fsrvp_server() noexcept;
} // namespace machine_views

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_MACHINES_HPP
