// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_SCORES_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_SCORES_HPP

// What the suites can see: which faulty implementation is caught by the check that is named for it,
// and which by a complete suite, with how short a sequence.

#include "conformance/attach/target.hpp"

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

/// One faulty implementation.
struct score_line {
    std::string fault;
    bool caught_by_its_check = false; ///< Nothing for faults that have no check of their own.
    scored complete;                  ///< Nothing for orchestrators.
};

/// Everything that is measured, in the order in which it is listed.
struct scores {
    std::vector<score_line> machine_faults; ///< As single_machine_faults().
    std::vector<score_line> agents;         ///< As builtin_faults().
    std::vector<score_line> orchestrators;  ///< As builtin_orchestrator_faults().
};

/// Measures all of it: less than a minute on an idle machine.
[[nodiscard]] scores measure_scores();

/// The page docs/scores.md.
[[nodiscard]] std::string scores_markdown(const scores& all);

/// What is wrong with the explanations: a survivor without one, one without a survivor.
[[nodiscard]] std::vector<std::string> wrong_explanations(const scores& all);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_SCORES_HPP
