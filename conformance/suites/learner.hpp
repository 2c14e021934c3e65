// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_LEARNER_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_LEARNER_HPP

// Active learning: a machine of an implementation from nothing but its answers.
//
// L* for machines with outputs (D. Angluin 1987; M. Shahbaz, R. Groz 2009), with counterexamples
// cut down to one suffix (R. Rivest, R. Schapire 1993), so that the table's rows stay distinct and
// nothing but closedness has to be looked after.

#include "conformance/suites/mealy.hpp"
#include "conformance/suites/system.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance::suites {

struct learning_options {
    /// The hypothesis is believed when it stands complete_suite() with so many extra states.
    std::size_t extra = 1;
    /// An implementation that shows more states than this is given up.
    std::size_t states_max = 64;
};

/// @param progress told of each hypothesis; may be empty.
/// @throws not_deterministic; std::runtime_error for more than `states_max` states.
[[nodiscard]] mealy_machine learn(
    const std::vector<std::string>& inputs, system_under_test& from,
    const learning_options& how = {},
    const std::function<void(const mealy_machine& hypothesis)>& progress = {});

/// Where a learned machine is not what is specified.
struct deviation {
    word after;           ///< A shortest way there.
    input_index on = 0;   ///< What is answered differently then.
    std::string expected; ///< By the specification.
    std::string actual;
    bool behind = false; ///< Every way there has a difference on it already.
};

/// What two machines with the same inputs have and have not in common.
struct comparison {
    /// One for each pair of states and input; those that are behind others last, otherwise the
    /// shortest first.
    std::vector<deviation> changed;
    /// States of the learned machine beyond those that the specification tells apart: each with
    /// a shortest word that leads to it.
    std::vector<word> extra;
    /// States of the specification that no state of the learned machine stands for, by name.
    std::vector<std::string> missing;

    [[nodiscard]] bool equal() const noexcept {
        return changed.empty() && extra.empty() && missing.empty();
    }
};

/// Walks through both side by side, and goes on behind what is different.
[[nodiscard]] comparison compare(const mealy_machine& specified, const mealy_machine& learned);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_LEARNER_HPP
