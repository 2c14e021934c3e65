// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_INSTANT_AGENT_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_INSTANT_AGENT_HPP

// The agent's table with applications and filesystems that do at once what they are asked: behind
// the adapter of a dialect this is what an agent of that dialect has to look like.

#include "conformance/suites/mealy.hpp"

#include "snapproto/machine/agent.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::conformance::suites {

class instant_agent {
  public:
    /// What goes wrong until it is changed.
    struct mishaps {
        bool quiesce = false; ///< An application refuses to be held.
        bool freeze = false;  ///< A filesystem refuses: it is held by nothing, the others are.
        bool thaw = false;    ///< One filesystem refuses; the others are released.
        bool resume = false;  ///< An application fails to go on.
    };

    /// What the machine has sent for one event.
    struct told {
        bool frozen = false;
        bool thawed = false;
        bool refused = false; ///< An error or a Nak.
    };

    mishaps wrong;

    /// A freeze of so many filesystems, with implicit prepare.
    ///
    /// @param repeated the running transaction is named once more instead of another one
    told freeze(std::size_t filesystems, bool repeated = false);
    /// A thaw of the running transaction.
    told thaw();
    /// An event that names no transaction.
    told take(machine::agent_event event);

    [[nodiscard]] agent_phase phase() const { return m_machine.phase(); }
    [[nodiscard]] bool runs_something() const {
        return phase() != agent_phase::off && phase() != agent_phase::idle;
    }
    [[nodiscard]] std::size_t held() const noexcept { return m_held; }
    [[nodiscard]] std::size_t released() const noexcept {
        return m_released;
    } ///< By the last thaw.

    /// "thawed", "frozen, 2 held", "stuck, 1 held".
    [[nodiscard]] std::string name() const;

    /// Whether two are in the same state as far as a dialect without transactions can tell: its
    /// adapter makes up another one for each freeze, so the numbers of old ones are never named.
    friend bool operator==(const instant_agent& a, const instant_agent& b);

  private:
    told take(machine::agent_input event);
    std::optional<machine::agent_event> perform(const machine::agent_effect& effect, told& to);

    machine::agent_machine m_machine;
    std::uint64_t m_last_transaction = 0;
    std::size_t m_wanted = 0; ///< Filesystems that the freeze in work asks for.
    std::size_t m_held = 0;
    std::size_t m_released = 0;
};

/// All that a model does: its states, from the first one on, found by trying every input.
///
/// @tparam Model has give(Input) for the answer, name(), and ==
template <class Model, class Input>
[[nodiscard]] mealy_machine explored(const std::vector<Input>& inputs,
                                     std::vector<std::string> names, Model first) {
    constexpr std::size_t states_max = 1000; // far more than a table has behind a dialect
    mealy_machine made{std::move(names)};
    std::vector<Model> known{std::move(first)};
    made.add_state(known.front().name());
    for (std::size_t from = 0; from < known.size(); ++from) {
        for (input_index on = 0; on < inputs.size(); ++on) {
            Model next = known[from];
            auto output = next.give(inputs[on]);
            const auto at = std::find(known.begin(), known.end(), next);
            const auto to = static_cast<state_index>(at - known.begin());
            if (at == known.end()) {
                if (known.size() == states_max) {
                    throw std::logic_error(
                        "the machine behind the dialect does not come to an end");
                }
                made.add_state(next.name());
                known.push_back(std::move(next));
            }
            made.set(from, on, {to, std::move(output)});
        }
    }
    return minimal(made);
}

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_INSTANT_AGENT_HPP
