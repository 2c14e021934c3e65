// SPDX-License-Identifier: BSL-1.0
// snapcheck orchestrator: play the guest, begin a snapshot for each check, judge.
#include "conformance/attach/listen_target.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/judging.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/orchestrator/run_checks.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

std::unique_ptr<orchestrator_target> attach_builtin(const dialect& spoken,
                                                    const orchestrator_options& options) {
    try {
        return spoken.embedded_orchestrator(options.builtin, options.seed);
    } catch (const std::invalid_argument& wrong) {
        std::vector<std::string> known{"reference"};
        for (const fault_info& one : spoken.faults(role::orchestrator)) {
            known.emplace_back(one.name);
        }
        const std::string_view near = nearest(options.builtin, known);
        throw usage_error(fmt::format(
            "--builtin {}: {}{}", options.builtin, wrong.what(),
            near.empty()
                ? fmt::format(" (snapcheck list --dialect {} --faults --role orchestrator shows "
                              "the names)",
                              spoken.name)
                : fmt::format("; did you mean {}?", near)));
    }
}

duration seconds(double span) {
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(span));
}

address listening_address(std::string_view flag, const std::string& text) {
    try {
        const address where = parse_address(text);
        if (where.kind == address_kind::unix_socket || where.kind == address_kind::tcp) {
            return where;
        }
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(fmt::format("{}: {}", flag, wrong.what()));
    }
    throw usage_error(fmt::format("{} {}: a unix socket or tcp is wanted", flag, text));
}

std::unique_ptr<orchestrator_target> attach(const dialect& spoken,
                                            const orchestrator_options& options) {
    if (options.listen.empty()) {
        return attach_builtin(spoken, options);
    }
    if (!spoken.no_listening.empty()) {
        throw usage_error(fmt::format("--listen is not for the dialect {}: {}", spoken.name,
                                      spoken.no_listening));
    }
    if (options.trigger.empty()) {
        throw usage_error("--listen goes with --trigger: the command that takes a snapshot");
    }
    listen_options made;
    made.dialect = spoken.name;
    made.listen = listening_address("--listen", options.listen);
    made.trigger = options.trigger;
    if (options.second.empty() != options.group_trigger.empty()) {
        throw usage_error("--listen-second goes with --trigger-group, and one with the other");
    }
    if (!options.second.empty()) {
        made.second = listening_address("--listen-second", options.second);
        made.group_trigger = options.group_trigger;
    }
    made.before = options.before;
    if (!options.qmp.empty()) {
        made.qmp = listening_address("--qmp", options.qmp);
    }
    made.cut_marker = options.cut_marker;
    made.degraded = options.degraded;
    made.patience = seconds(options.patience);
    made.hold_limit = seconds(options.hold_limit);
    try {
        return std::make_unique<listen_target>(made);
    } catch (const std::regex_error& wrong) {
        throw usage_error(fmt::format("--degraded {}: {}", options.degraded, wrong.what()));
    }
}

} // namespace

int run_orchestrator(const orchestrator_options& options) {
    const dialect& spoken = find_dialect(options.dialect);
    if (spoken.embedded_orchestrator == nullptr) {
        throw usage_error(
            fmt::format("there are no checks of orchestrators for the dialect {}", spoken.name));
    }
    const judging_plan plan = make_judging_plan(options, spoken.checks(role::orchestrator).all());
    console out(plan.reports.on_stdout ? stderr : stdout, options.quiet);
    const interrupt_guard guard([] {}); // nothing that we play is really frozen
    const std::unique_ptr<orchestrator_target> judged = attach(spoken, options);
    return judge_and_report(options, plan, out, [&](const run_options& how) {
        return run_checks(*judged, plan.checks, how, spoken.make_orchestrator_trial);
    });
}

} // namespace snapproto::conformance
