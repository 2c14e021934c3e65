// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_SCORES_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_SCORES_HPP

// What the suites can see: which faulty implementation is caught by the named checks, which by
// random sessions, and which by the complete suites, with how short a sequence.

#include "conformance/attach/target.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace snapproto::conformance::suites {

/// What a generated suite says of one faulty agent.
struct scored {
    bool caught = false;
    std::string sequence;   ///< The inputs that were left when it had been cut down.
    std::size_t inputs = 0; ///< How many.
};

/// Plays the complete suite for so many states more than the specification has.
[[nodiscard]] scored score_complete(target& agent, std::size_t extra);

/// Plays a hundred random sessions.
[[nodiscard]] scored score_sessions(target& agent);

/// How many complete suites are measured: for no, one and two states more.
inline constexpr std::size_t complete_suites = 3;

/// One faulty implementation.
struct score_line {
    std::string fault;
    /// A check that fails or warns: of hand-written faults the one that is named for them; of the
    /// machine's single faults any. Empty: none does.
    std::string check;
    std::array<scored, complete_suites> complete; ///< Nothing for orchestrators.
    scored sessions;                              ///< Nothing for orchestrators.
};

/// Everything that is measured, in the order in which it is listed.
struct scores {
    std::vector<score_line> machine_faults; ///< As single_machine_faults().
    std::vector<score_line> agents;         ///< As builtin_faults().
    std::vector<score_line> orchestrators;  ///< As builtin_orchestrator_faults().
};

/// Whether to play the suite for two states more on what is explained otherwise than by states.
enum class thoroughness { all, without_the_hopeless };

/// Measures all of it: seven minutes where nothing is optimised, four without the hopeless.
[[nodiscard]] scores measure_scores(thoroughness how = thoroughness::all);

/// The page docs/scores.md.
[[nodiscard]] std::string scores_markdown(const scores& all);

/// What is wrong with the explanations: a survivor without one, one without a survivor.
[[nodiscard]] std::vector<std::string> wrong_explanations(const scores& all);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_SCORES_HPP
