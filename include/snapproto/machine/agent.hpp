// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_AGENT_HPP
#define SNAPPROTO_MACHINE_AGENT_HPP

// The agent's machine: SP chapters 2 to 11 as one table.
//
// All that moves an agent's state is in this file, agent_table.hpp and agent_actions.hpp. It knows
// neither the transport nor the clock: a message is an event, a timer is an event, and what the
// outside has to do comes back as effects.

#include <snapproto/core/bytes.hpp>
#include <snapproto/machine/agent_actions.hpp>
#include <snapproto/machine/agent_correlation.hpp>
#include <snapproto/machine/agent_table.hpp>
#include <snapproto/machine/flat_machine.hpp>

namespace snapproto::machine {

namespace agent {

/// The parts of the agent's machine.
struct spec {
    using phase = agent_phase;
    using event_kind = agent_event;
    using input = agent_input;
    using data = agent_data;
    using outbox = agent_outbox;
    using refusal = agent_refusal;
    using front_end = agent::front_end;
    using all_states = agent::all_states;
    using transition_table = agent::transition_table;
    using refusal_table = agent::refusal_table;
    template <agent_event Kind>
    using event = agent::event<Kind>;
};

} // namespace agent

/// A hash of the whole state; the same on every compiler and machine.
[[nodiscard]] constexpr std::uint64_t hash_value(const agent_state& s) noexcept {
    const auto byte = [](auto value, int shift) {
        return std::uint64_t{static_cast<std::uint8_t>(value)} << shift;
    };
    const agent_data& d = s.data;
    std::uint64_t h = fnv1a_basis;
    for (const std::uint64_t word :
         {d.session.value, d.txn.value, d.last_txn.value, d.waiting_session.value,
          std::uint64_t{static_cast<std::uint32_t>(d.granted)} << 32 |
              static_cast<std::uint32_t>(d.waiting_granted),
          byte(s.phase, 0) | byte(d.why, 8) | byte(d.then, 16) | byte(d.waiting, 24) |
              byte(d.last_verdict, 32) | byte(d.implicit, 40) | byte(d.recovering, 41) |
              byte(d.owes_thawed, 42) | byte(d.owes_aborted, 43) | byte(d.aborted_first, 44)}) {
        h = fnv1a(h, word);
    }
    return h;
}

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<agent::spec>;
#endif

/// The agent's machine. Copyable, comparable, and small; never allocates, never throws.
class agent_machine : public flat_machine<agent::spec> {
  public:
    using flat_machine::flat_machine;

    /// Takes one event and appends what the outside has to do to `out`.
    ///
    /// A refused event changes nothing (SP 1.5); a refusal that is a Nak is appended to `out`.
    /// @return the row that was taken, or the refusal.
    result process(const agent_input& input, agent_outbox& out) noexcept {
        result step;
        if (const auto refused = refuse_by_transaction(phase(), data(), input)) {
            step = {-1, refused->first, refused->second};
        } else {
            step = flat_machine::process(input, out);
        }
        if (!step && step.refusal != agent_refusal::ignore && step.refusal != agent_refusal::drop) {
            out.push({.kind = agent_effect_kind::send_nak,
                      .txn = input.txn,
                      .session = data().session,
                      .code = code_of(step.refusal)});
        }
        return step;
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_AGENT_HPP
