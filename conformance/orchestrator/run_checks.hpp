// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_RUN_CHECKS_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_RUN_CHECKS_HPP

// Runs checks against an orchestrator, one snapshot each.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/check.hpp"
#include "conformance/orchestrator/trial.hpp"
#include "conformance/result.hpp"
#include "conformance/runner.hpp"

#include <vector>

namespace snapproto::conformance {

/// Runs these checks in the order given. Never throws for what the implementation does, and ends
/// within the sum of its patience and aftermath for each.
[[nodiscard]] run_result run_checks(orchestrator_target& judged,
                                    const std::vector<const check*>& selected,
                                    const run_options& options);

/// The same for orchestrators of another dialect than QGA. @param make makes what its checks take
[[nodiscard]] run_result run_checks(orchestrator_target& judged,
                                    const std::vector<const check*>& selected,
                                    const run_options& options, trial_maker make);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_RUN_CHECKS_HPP
