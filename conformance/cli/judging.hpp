// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLI_JUDGING_HPP
#define SNAPPROTO_CONFORMANCE_CLI_JUDGING_HPP

// What `snapcheck agent` and `snapcheck orchestrator` have in common: the selection, the baseline,
// repeated runs, reports, the exit status.

#include "conformance/baseline.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/console.hpp"
#include "conformance/cli/report_files.hpp"
#include "conformance/runner.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace snapproto::conformance {

struct judging_plan {
    std::vector<const check*> checks;
    std::vector<std::string> all_ids; ///< Of all checks, selected or not.
    bool all_selected = true;
    report_requests reports;
    std::optional<baseline> expected; ///< With --baseline.
    baseline written_before;          ///< What the file of --write-baseline held.
    std::string replay_tail;          ///< Flags of a replay command beside attach and selection.
};

/// Finds everything that can be wrong in the options before anything is attached to.
/// @throws usage_error
[[nodiscard]] judging_plan make_judging_plan(const judging_options& options,
                                             std::span<const check> all);

/// What the options say of how a run is done; without progress.
[[nodiscard]] run_options run_options_of(const judging_options& options, const judging_plan& plan);

/// Runs, shows, reports, compares with the baseline. @return the exit status
[[nodiscard]] int judge_and_report(const judging_options& options, const judging_plan& plan,
                                   console& out,
                                   const std::function<run_result(const run_options&)>& run_all);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLI_JUDGING_HPP
