// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_MEALY_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_MEALY_HPP

// Machines that answer each input with an output: what an implementation looks like to whoever has
// only the wire. The complete suites are made from one, and learning makes one.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::conformance::suites {

using input_index = std::size_t;
using state_index = std::size_t;

/// Inputs in their order.
using word = std::vector<input_index>;

/// What was answered, in the order of the inputs.
using answers = std::vector<std::string>;

/// A deterministic machine with an output for every input in every state; the first state is 0.
class mealy_machine {
  public:
    struct step {
        state_index to = 0;
        std::string output;

        friend bool operator==(const step&, const step&) = default;
    };

    explicit mealy_machine(std::vector<std::string> inputs) : m_inputs(std::move(inputs)) {}

    /// A new state, whose steps lead to state 0 without a word until they are set.
    state_index add_state(std::string name) {
        m_names.push_back(std::move(name));
        m_steps.emplace_back(m_inputs.size());
        return m_names.size() - 1;
    }
    void set(state_index from, input_index on, step what) {
        m_steps.at(from).at(on) = std::move(what);
    }

    [[nodiscard]] std::size_t states() const noexcept { return m_names.size(); }
    [[nodiscard]] const std::vector<std::string>& inputs() const noexcept { return m_inputs; }
    [[nodiscard]] const std::string& name(state_index of) const { return m_names.at(of); }
    [[nodiscard]] const step& at(state_index from, input_index on) const {
        return m_steps.at(from).at(on);
    }

    [[nodiscard]] state_index reached(const word& inputs, state_index from = 0) const;
    [[nodiscard]] answers run(const word& inputs, state_index from = 0) const;

    /// The inputs of a word by their names, with blanks between them.
    [[nodiscard]] std::string text(const word& inputs) const;

  private:
    std::vector<std::string> m_inputs;
    std::vector<std::string> m_names;
    std::vector<std::vector<step>> m_steps;
};

/// For each state a shortest word that leads to it from the first one; absent where none does.
[[nodiscard]] std::vector<std::optional<word>> access_words(const mealy_machine& of);

/// A shortest word that two states answer differently; absent when there is none.
[[nodiscard]] std::optional<word> separating_word(const mealy_machine& of, state_index a,
                                                  state_index b);

/// A shortest word that two machines with the same inputs answer differently, if there is one.
[[nodiscard]] std::optional<word> difference(const mealy_machine& a, const mealy_machine& b);

/// The smallest machine with the same answers: unreachable states left out, equal ones merged. A
/// merged state has the name of the one that is reached first.
[[nodiscard]] mealy_machine minimal(const mealy_machine& of);

/// As a picture. Inputs with the same answer between the same states share an arrow.
[[nodiscard]] std::string to_dot(const mealy_machine& of, std::string_view title);
[[nodiscard]] std::string to_mermaid(const mealy_machine& of);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_MEALY_HPP
