// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_ORCHESTRATOR_HPP
#define SNAPPROTO_MACHINE_ORCHESTRATOR_HPP

// The orchestrator's machine: SP chapter 12 as one table, with the group of agents in its data.
//
// All that moves an orchestrator's state is in this file, orchestrator_table.hpp and
// orchestrator_actions.hpp. It knows neither the transport nor the clock.

#include <snapproto/core/bytes.hpp>
#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/machine/orchestrator_actions.hpp>
#include <snapproto/machine/orchestrator_table.hpp>

#include <optional>

namespace snapproto::machine {

namespace orchestrator {

/// The parts of the orchestrator's machine.
struct spec {
    using phase = orchestrator_phase;
    using event_kind = orchestrator_event;
    using input = orchestrator_input;
    using data = orchestrator_data;
    using outbox = orchestrator_outbox;
    using refusal = orchestrator_refusal;
    using front_end = orchestrator::front_end;
    using all_states = orchestrator::all_states;
    using transition_table = orchestrator::transition_table;
    using refusal_table = orchestrator::refusal_table;
    template <orchestrator_event Kind>
    using event = orchestrator::event<Kind>;
};

} // namespace orchestrator

/// A hash of the whole state; the same on every compiler and machine.
[[nodiscard]] constexpr std::uint64_t hash_value(const orchestrator_state& s) noexcept {
    const auto byte = [](auto value, int shift) {
        return std::uint64_t{static_cast<std::uint8_t>(value)} << shift;
    };
    const orchestrator_data& d = s.data;
    std::uint64_t h = fnv1a_basis;
    for (const std::uint64_t word :
         {d.txn.value, d.live, d.answered, d.unknown, d.spoiled,
          byte(s.phase, 0) | byte(d.outlook, 8) | byte(d.cut, 16) | byte(d.resends, 24) |
              byte(d.policy.abort_resends_max, 32) | byte(d.go_noted, 40) |
              byte(d.policy.explicit_prepare, 41) | byte(d.policy.completion, 42) |
              byte(d.policy.crash_copy_allowed, 43) | byte(d.policy.keep_degraded, 44)}) {
        h = fnv1a(h, word);
    }
    return h;
}

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<orchestrator::spec>;
#endif

/// The orchestrator's machine. Copyable, comparable, and small; never allocates, never throws.
///
/// An agent's answer is not an event of the table; it is noted with `answer`, and when the last
/// one is in, `due` yields the event that follows. Callers process that until nothing is due.
class orchestrator_machine : public flat_machine<orchestrator::spec> {
  public:
    using flat_machine::flat_machine;

    explicit orchestrator_machine(const orchestrator_policy& policy) noexcept {
        mutable_data().policy = policy;
    }

    /// Notes that an agent has answered what this phase waits for.
    ///
    /// @param outcome the verdict of a Thawed; other answers leave it at `clean`.
    /// @pre agent is below `group_limits::agents_max`. An agent that is not live is ignored.
    void answer(agent_index agent, verdict outcome = verdict::clean) noexcept {
        orchestrator_data& d = mutable_data();
        const agent_set bit = orchestrator::detail::bit(agent) & d.live;
        d.answered |= bit;
        if (outcome != verdict::clean) {
            d.spoiled |= bit;
        }
    }

    /// The event that the answers so far make due: the "all" event of the present phase when each
    /// live agent has answered, also when none is left (SP 12.30); in IDLE the loss of the session
    /// when the last transaction has lost every agent (SP 12.31).
    [[nodiscard]] std::optional<orchestrator_event> due() const noexcept {
        const orchestrator_data& d = data();
        if ((d.live & ~d.answered) != 0) {
            return std::nullopt;
        }
        switch (phase()) {
        case orchestrator_phase::neg:
            return orchestrator_event::ack_ok;
        case orchestrator_phase::idle:
            // A session with nobody is none: a transaction of it would succeed for want of
            // anybody who fails.
            return d.live == 0 ? std::optional{orchestrator_event::any_lost} : std::nullopt;
        case orchestrator_phase::prep:
            return orchestrator_event::all_prepared;
        case orchestrator_phase::freeze:
            return orchestrator_event::all_frozen;
        case orchestrator_phase::thaw:
            return orchestrator_event::all_thawed;
        case orchestrator_phase::complete:
            return orchestrator_event::all_done;
        case orchestrator_phase::abort:
            return orchestrator_event::all_aborted;
        default:
            return std::nullopt;
        }
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_ORCHESTRATOR_HPP
