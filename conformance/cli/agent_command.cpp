// SPDX-License-Identifier: BSL-1.0
// snapcheck agent: attach, run, report, judge against the baseline.
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/attachment.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/console.hpp"
#include "conformance/cli/judging.hpp"
#include "conformance/runner.hpp"
#include "conformance/shim/shim_target.hpp"

#include <cstdio>

namespace snapproto::conformance {
int run_agent(const agent_options& options) {
    if (options.complete || options.sessions != 0 || !options.sequence.empty()) {
        return run_generated(options);
    }
    const agent_plan plan = make_plan(options);
    console out(plan.reports.on_stdout ? stderr : stdout, options.quiet);

    const attachment attached{options, plan};
    return judge_and_report(options, plan, out, [&](const run_options& how) {
        run_options watched = how;
        watched.after = [&](const case_result& one) {
            require_sound_shim(attached.agent());
            how.after(one);
        };
        return run_checks(attached.agent(), plan.checks, watched);
    });
}

} // namespace snapproto::conformance
