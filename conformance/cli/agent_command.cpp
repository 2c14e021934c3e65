// SPDX-License-Identifier: BSL-1.0
// snapcheck agent: attach, run, report, judge against the baseline.
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/attachment.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/console.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/outcome.hpp"
#include "conformance/runner.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace snapproto::conformance {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Verdicts that differ between two runs of the same checks; the suite must not flicker.
std::vector<std::string> flickers(const run_result& first, const run_result& again,
                                  unsigned round) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < std::min(first.cases.size(), again.cases.size()); ++i) {
        const case_result& a = first.cases[i];
        const case_result& b = again.cases[i];
        if (a.verdict != b.verdict) {
            out.push_back(fmt::format("{}: {} in the first run, {} in run {}: {}", a.id,
                                      name(a.verdict), name(b.verdict), round,
                                      b.deviates() ? b.found.actual : b.reason));
        }
    }
    return out;
}

int status_of(const run_result& run, bool strict) {
    const bool failed = run.sum().fail > 0 || (strict && run.sum(level::should).warn > 0);
    return failed ? exit_failed : exit_good;
}

} // namespace

int run_agent(const agent_options& options) {
    if (options.complete || options.sessions != 0 || !options.sequence.empty()) {
        return run_generated(options);
    }
    const agent_plan plan = make_plan(options);
    console out(plan.reports.on_stdout ? stderr : stdout, options.quiet);

    const attachment attached{options, plan};
    run_options how = run_options_of(options, plan);
    how.before = [&](const check& one, std::size_t i, std::size_t n) { out.before(one, i, n); };
    how.after = [&](const case_result& one) { out.after(one); };
    const auto start = std::chrono::steady_clock::now();
    run_result run = run_checks(attached.agent(), plan.checks, how);
    run.all_selected = plan.all_selected;
    std::vector<std::string> differences;
    for (unsigned round = 2; round <= options.repeat && !run.interrupted; ++round) {
        out.line(fmt::format("\nrun {} of {}", round, options.repeat));
        const run_result again = run_checks(attached.agent(), plan.checks, how);
        run.interrupted = again.interrupted;
        const auto found = flickers(run, again, round);
        differences.insert(differences.end(), found.begin(), found.end());
    }
    out.summary(run, seconds_since(start));
    int exit = status_of(run, options.strict);
    if (!differences.empty()) {
        out.line("\nverdicts that differ between the runs:");
        for (const auto& one : differences) {
            out.line("  " + one);
        }
        exit = exit_failed;
    }
    if (run.interrupted) {
        write_reports(plan.reports, run, options.strict);
        return exit_interrupted;
    }
    if (plan.expected) {
        const auto changed = compare(run, *plan.expected, plan.all_ids);
        if (changed.empty()) {
            out.line(fmt::format("the baseline {} is met exactly", options.baseline));
            exit = differences.empty() ? exit_good : exit_failed;
        } else {
            out.line(fmt::format("\nthe baseline {} is out of date:", options.baseline));
            for (const auto& one : changed) {
                out.line("  " + one);
            }
            exit = exit_failed;
        }
    }
    write_reports(plan.reports, run, options.strict);
    if (!options.write_baseline.empty()) {
        write_file(options.write_baseline, write_baseline(run, plan.written_before, plan.all_ids));
        out.line(fmt::format("written: {}", options.write_baseline));
    }
    return exit;
}

} // namespace snapproto::conformance
