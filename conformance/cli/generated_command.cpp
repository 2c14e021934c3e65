// SPDX-License-Identifier: BSL-1.0
// snapcheck agent --complete K, --sessions N and --sequence: suites made from the table.
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/attachment.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/console.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/shim/shim_target.hpp"
#include "conformance/suites/generated.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace snapproto::conformance {
namespace {

void refuse_what_selects_checks(const agent_options& options) {
    if (!options.baseline.empty() || !options.write_baseline.empty() ||
        !options.selected.only.empty() || !options.selected.skip.empty() || options.repeat != 1) {
        throw usage_error("--complete, --sessions and --sequence run no named checks: --only, "
                          "--skip, --baseline, --write-baseline and --repeat do not go with them");
    }
}

suites::word sequence_of(const agent_options& options, target& agent) {
    try {
        return suites::word_from(options.sequence, agent);
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(fmt::format("--sequence: {}", wrong.what()));
    }
}

run_result judge(target& agent, const agent_options& options, const run_options& how,
                 console& out) {
    const auto progress = [&](std::size_t done, std::size_t of) {
        out.progress(done, of, options.complete ? "sequences" : "sessions");
    };
    if (options.complete) {
        return suites::run_complete(agent, *options.complete, how, progress);
    }
    if (options.sessions != 0) {
        return suites::run_sessions(agent, options.sessions, how, progress);
    }
    return suites::run_sequence(agent, sequence_of(options, agent), how);
}

} // namespace

int run_generated(const agent_options& options) {
    require_inputs(options.dialect, "a generated suite");
    refuse_what_selects_checks(options);
    const agent_plan plan = make_plan(options);
    console out(plan.reports.on_stdout ? stderr : stdout, options.quiet);
    const attachment attached{options, plan};
    const run_options how = run_options_of(options, plan);

    const auto begun = std::chrono::steady_clock::now();
    const auto run = judge(attached.agent(), options, how, out);
    require_sound_shim(attached.agent());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;

    const case_result& only = run.cases.front();
    out.after(only);
    out.summary(run, took.count());
    if (!only.deviates()) {
        for (const auto& note : only.notes) {
            out.line(note);
        }
    }
    write_reports(plan.reports, run, options.strict);
    if (run.interrupted) {
        return exit_interrupted;
    }
    return only.verdict == status::fail ? exit_failed : exit_good;
}

} // namespace snapproto::conformance
