// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/judging.hpp"

#include "conformance/cli/program.hpp"
#include "conformance/dialects/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

baseline parse_baseline(const std::string& path, const std::string& text) {
    try {
        return read_baseline(text);
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(fmt::format("{}: {}", path, wrong.what()));
    }
}

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

judging_plan make_judging_plan(const judging_options& options, std::span<const check> all) {
    if (!std::isfinite(options.timeout_scale)) {
        throw usage_error("--timeout-scale: not a number");
    }
    judging_plan plan;
    plan.reports = read_reports(options.reports);
    for (const check& one : all) {
        plan.all_ids.push_back(one.id());
    }
    try {
        plan.checks = select(all, options.selected);
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
    if (plan.checks.empty()) {
        throw usage_error("the selection leaves no check to run");
    }
    plan.all_selected = plan.checks.size() == all.size();
    if (!options.baseline.empty()) {
        const auto text = read_file(options.baseline);
        if (!text) {
            throw usage_error(fmt::format("--baseline {}: cannot be read", options.baseline));
        }
        plan.expected = parse_baseline(options.baseline, *text);
    }
    if (!options.write_baseline.empty()) {
        require_directory_of("--write-baseline", options.write_baseline);
        if (const auto text = read_file(options.write_baseline)) {
            plan.written_before = parse_baseline(options.write_baseline, *text);
        }
    }
    return plan;
}

run_options run_options_of(const judging_options& options, const judging_plan& plan) {
    run_options how;
    how.seed = options.seed;
    how.timeout_scale = options.timeout_scale;
    how.target_name = options.target_name;
    how.replay_head = options.replay_head;
    how.replay_tail = plan.replay_tail;
    how.always_fresh = find_dialect(options.dialect).always_fresh;
    how.settle = find_dialect(options.dialect).settle;
    return how;
}

int judge_and_report(const judging_options& options, const judging_plan& plan, console& out,
                     const std::function<run_result(const run_options&)>& run_all) {
    run_options how = run_options_of(options, plan);
    how.before = [&](const check& one, std::size_t i, std::size_t n) { out.before(one, i, n); };
    how.after = [&](const case_result& one) { out.after(one); };
    const auto start = std::chrono::steady_clock::now();
    run_result run = run_all(how);
    run.dialect = options.dialect;
    run.all_selected = plan.all_selected;
    std::vector<std::string> differences;
    for (unsigned round = 2; round <= options.repeat && !run.interrupted; ++round) {
        out.line(fmt::format("\nrun {} of {}", round, options.repeat));
        const run_result again = run_all(how);
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
