// SPDX-License-Identifier: BSL-1.0
#include "simulator/cli/fleet_command.hpp"

#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/fleet/fleet.hpp"
#include "simulator/fleet/report.hpp"
#include "simulator/fleet/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <thread>

namespace snapproto::simulator {
namespace {

using fleet::outcome_of_run;
using fleet::scenario;

scenario load(const std::string& name, const std::string& text) {
    try {
        return fleet::scenario_from(name, text);
    } catch (const settings::error& wrong) {
        throw usage_error(fmt::format("{}: {}", name, wrong.what()));
    }
}

void change(scenario& what, const char* option, const std::string& assignment) {
    try {
        fleet::set(what, assignment);
    } catch (const settings::error& wrong) {
        throw usage_error(fmt::format("{} {}: {}", option, assignment, wrong.what()));
    }
}

scenario asked_for(const fleet_run& wanted) {
    scenario what = load(wanted.name, wanted.text);
    if (wanted.seed) {
        what.seed = *wanted.seed;
    }
    for (const auto& one : wanted.settings) {
        change(what, "--set", one);
    }
    return what;
}

outcome_of_run play_valid(const scenario& what, unsigned jobs) {
    try {
        fleet::check(what);
    } catch (const settings::error& wrong) {
        throw usage_error(wrong.what());
    }
    return {what, fleet::play(what, jobs != 0 ? jobs
                                              : std::max(1U, std::thread::hardware_concurrency()))};
}

/// KEY=A,B,C as KEY=A, KEY=B and KEY=C.
std::vector<std::string> assignments_of(std::string_view sweep) {
    const auto equals = sweep.find('=');
    if (equals == std::string_view::npos) {
        throw usage_error("--sweep is KEY=VALUE,VALUE,...");
    }
    std::vector<std::string> all;
    auto values = sweep.substr(equals + 1);
    for (;;) {
        const auto comma = values.find(',');
        all.push_back(std::string{sweep.substr(0, equals + 1)}.append(values.substr(0, comma)));
        if (comma == std::string_view::npos) {
            return all;
        }
        values.remove_prefix(comma + 1);
    }
}

std::vector<outcome_of_run> play_all(const scenario& base, const fleet_work& work) {
    std::vector<scenario> asked;
    for (const auto& one : assignments_of(work.sweep)) {
        change(asked.emplace_back(base), "--sweep", one);
    }
    std::vector<outcome_of_run> runs; // only now: what is wrong is said before hours are spent
    for (const auto& one : asked) {
        runs.push_back(play_valid(one, work.jobs));
    }
    return runs;
}

void write_reports(const fleet_work& work, std::span<const outcome_of_run> runs) {
    for (const auto& one : work.reports) {
        constexpr std::string_view kind = "json=";
        if (!one.starts_with(kind) || one.size() == kind.size()) {
            throw usage_error("--report is json=FILE");
        }
        write_file(one.substr(kind.size()), fleet::to_json(runs));
    }
}

std::string command_of(const fleet_run& wanted, const scenario& played) {
    auto text = fmt::format("snapsim run {} --seed {}", wanted.shown_as, played.seed);
    for (const auto& one : wanted.settings) {
        text += fmt::format(" --set {}", one);
    }
    if (!wanted.work.sweep.empty()) {
        text += fmt::format(" --sweep {}", wanted.work.sweep);
    }
    return text;
}

} // namespace

int run_fleet(const fleet_run& wanted) {
    const scenario base = asked_for(wanted);
    std::vector<outcome_of_run> runs;
    if (wanted.work.sweep.empty()) {
        runs.push_back(play_valid(base, wanted.work.jobs));
        fmt::print("{}", fleet::to_text(runs.front()));
        if (wanted.settings.empty()) { // else it is another fleet than its author's
            for (const auto& one : fleet::surprises(runs.front())) {
                fmt::print("not what the scenario expects: {}\n", one);
            }
        }
    } else {
        runs = play_all(base, wanted.work);
        const auto& sweep = wanted.work.sweep;
        fmt::print("{}\n\n{}", base.title,
                   fleet::to_table(std::string_view{sweep}.substr(0, sweep.find('=')), runs));
    }
    write_reports(wanted.work, runs);
    fmt::print("\nagain: {}\n", command_of(wanted, base));
    const bool held = std::all_of(runs.begin(), runs.end(),
                                  [](const auto& run) { return run.found.violations == 0; });
    return held ? exit_held : exit_violated;
}

std::string title_of_fleet(const std::string& name, const std::string& text) {
    return load(name, text).title;
}

} // namespace snapproto::simulator
