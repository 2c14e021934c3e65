// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_AGENT_CORRELATION_HPP
#define SNAPPROTO_MACHINE_AGENT_CORRELATION_HPP

// What the agent's machine looks at before its table: the transaction that a request names (SP
// chapter 3). Apart from the machine, so that what describes it need not compile Boost.MSM's part.

#include <snapproto/core/clause.hpp>
#include <snapproto/machine/agent_types.hpp>

#include <optional>
#include <utility>

namespace snapproto::machine {

/// What a request is refused with because of the transaction that it names, before its cell is
/// looked up: the pre-rule of SP chapter 3.
///
/// @return the refusal and its clause, or nothing when the cell decides.
[[nodiscard]] constexpr std::optional<std::pair<agent_refusal, clause>> refuse_by_transaction(
    agent_phase phase, const agent_data& data, const agent_input& input) noexcept {
    if (phase == agent_phase::off) {
        return std::nullopt;
    }
    const bool idle = phase == agent_phase::idle;
    switch (input.kind) {
    case agent_event::prepare:
    case agent_event::freeze:
        if (!input.txn) {
            return std::pair{agent_refusal::nak_malformed, clause{3, 18}};
        }
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
        if (!input.txn || input.txn != (idle ? data.last_txn : data.txn)) {
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

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_AGENT_CORRELATION_HPP
