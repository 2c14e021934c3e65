// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_PROMELA_PROMELA_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_PROMELA_PROMELA_HPP

// The machines and their environment as a Promela model, for SPIN: a second opinion on what
// `snapsim explore` finds.
//
// The rows come from the tables (spec/machines.hpp). What their words mean, and the environment
// around the machines, is written by hand in the .pml files of this folder: nothing but the tables
// is shared with the explorer. docs/verification.md says why both must reach the same states.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

struct machine_view;

/// One configuration of the model, as `snapsim explore` has it.
struct promela_options {
    std::string dialect = "native"; ///< Or "qga".
    std::size_t agents = 1;         ///< 1 to 3.
    std::size_t participants = 2;   ///< Of each agent, 1 to 3.
    std::size_t sessions = 1;       ///< 1 to 3.
    std::size_t fault_budget = 1;   ///< 0 to 7.
    std::string faults = "all";     ///< Words as at `snapsim explore --faults`.
    std::string flaw = "none";      ///< Behaviour that is wrong on purpose.
    std::string mutation{};         ///< One row changed: TABLE:STATE:EVENT:GUARD:KIND.
    bool liveness = false;          ///< With the formulas, for a search for endless runs.
};

/// The whole model, readable and complete: `spin -a` takes it as it is.
///
/// Errors: throws std::invalid_argument with a sentence when an option is out of range, or a word
/// of a table has no definition.
[[nodiscard]] std::string promela_model(const promela_options& options);

/// The guards and actions that the .pml files define, for one machine.
class promela_vocabulary {
  public:
    /// What the program carries.
    explicit promela_vocabulary(std::string_view machine);
    promela_vocabulary(std::string_view machine, std::string_view text);

    /// The calls that an action's name stands for: parts of the name, the longest that are defined.
    /// Errors: throws std::invalid_argument when a part has no definition.
    [[nodiscard]] std::vector<std::string> calls_of(std::string_view action) const;

    /// The name of a guard's definition.
    /// Errors: throws std::invalid_argument when there is none.
    [[nodiscard]] std::string guard(std::string_view name) const;

    /// Definitions that no row of the table needs.
    [[nodiscard]] std::vector<std::string> unused_by(const machine_view& machine) const;

  private:
    std::string m_machine;
    std::map<std::string, bool, std::less<>> m_words; ///< Name to: is an action with a parameter.
};

/// The flaws that the model has, "none" first.
[[nodiscard]] const std::vector<std::string>& promela_flaws();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_PROMELA_PROMELA_HPP
