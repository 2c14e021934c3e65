// SPDX-License-Identifier: BSL-1.0
// snapsim list and run: a scenario is played, told and judged.
#include "simulator/campaign/finding.hpp"
#include "simulator/campaign/swarm.hpp"
#include "simulator/campaign/trace_hash.hpp"
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/fleet/scenario.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/report/report.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace snapproto::simulator {
namespace {

void print_plan(const world::scenario& what) {
    if (!what.faults.empty()) {
        fmt::print("what goes wrong:\n");
    }
    for (const auto& one : what.faults) {
        fmt::print("  {}\n", world::to_words(one));
    }
}

int play_once(const run_options& wanted, const world::scenario& what) {
    const auto run = world::play(what);
    const auto verdict = judge::judge(run);
    const auto wrong = campaign::findings_of(run, verdict);
    print_plan(what);
    fmt::print("{}", report::timeline(run, wanted.verbose));
    fmt::print("{}", report::verdict_text(run, verdict));
    for (const auto& one : wrong) {
        fmt::print("must not be: {}: {}\n", one.kind, one.what);
    }
    write_traces(wanted.traces, run);
    fmt::print("trace hash: {}\nagain: snapsim run {} --seed {}\n",
               campaign::to_hex(campaign::trace_hash(run)), words_of(wanted.what), what.seed);
    // In a world that is faulty until it heals, copies may be bad as long as they do not claim to
    // be good.
    const bool held = what.heal_ms != 0 || verdict.held();
    return held && wrong.empty() ? exit_held : exit_violated;
}

/// Compares two runs event by event.
int play_twice(const world::scenario& what) {
    const auto first = campaign::trace_lines(world::play(what));
    const auto second = campaign::trace_lines(world::play(what));
    const auto [a, b] = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
    if (a == first.end() && b == second.end()) {
        fmt::print("twice the same: {} lines\n", first.size());
        return exit_held;
    }
    fmt::print("NOT DETERMINISTIC: line {} of the trace is\n  {}  and then\n  {}",
               a - first.begin() + 1, a == first.end() ? "(none)\n" : *a,
               b == second.end() ? "(none)\n" : *b);
    return exit_violated;
}

} // namespace

void write_traces(const std::vector<std::string>& wanted, const world::history& run) {
    for (const auto& one : wanted) {
        const auto equals = one.find('=');
        const auto kind = one.substr(0, equals);
        std::string text;
        if (kind == "jsonl") {
            text = report::jsonl(run);
        } else if (kind == "mermaid") {
            text = report::mermaid(run);
        } else if (kind == "perfetto") {
            text = report::perfetto(run);
        } else if (kind == "pcapng") {
            text = report::pcapng(run);
        }
        if (equals == std::string::npos || text.empty()) {
            throw usage_error("--trace is jsonl=FILE, mermaid=FILE, perfetto=FILE or pcapng=FILE");
        }
        write_file(one.substr(equals + 1), text);
    }
}

int run_list(const std::string& folder) {
    const auto files = scenario_files(folder);
    if (files.empty()) {
        throw usage_error(
            fmt::format("no scenario in '{}' (--scenarios names the folder)", folder));
    }
    std::size_t width = 0;
    for (const auto& path : files) {
        width = std::max(width, path.stem().string().size());
    }
    for (const auto& path : files) {
        const auto text = read_file(path);
        const auto name = path.stem().string();
        fmt::print("{:<{}}  {}\n", name, width,
                   fleet::looks_like_fleet(text) ? title_of_fleet(name, text)
                                                 : scenario_from_text(path, text).title);
    }
    return exit_held;
}

int run_list_faulty() {
    std::size_t width = 0;
    for (const auto& one : world::faulty_endpoints()) {
        width = std::max(width, one.name.size());
    }
    for (const auto& one : world::faulty_endpoints()) {
        fmt::print("{:<{}}  {}\n", one.name, width, one.meaning);
    }
    return exit_held;
}

int run_run(const run_options& wanted) {
    const auto path = find_scenario(wanted.what.scenario, wanted.what.folder);
    const std::string text = read_file(path);
    if (fleet::looks_like_fleet(text)) {
        if (!wanted.traces.empty()) {
            throw usage_error("a fleet has no traces: play one machine, or take --report");
        }
        return run_fleet({path.stem().string(), text, wanted.what.scenario, wanted.what.seed,
                          wanted.what.settings, wanted.fleet});
    }
    if (wanted.fleet.asked_for()) {
        throw usage_error("--sweep, --report and --jobs are for fleets");
    }
    if (!world::looks_like_scenario(text)) {
        const auto& given = wanted.what;
        if (given.seed || !given.settings.empty() || !given.faulty.empty() ||
            !wanted.traces.empty() || wanted.twice) {
            throw usage_error("a counterexample of the explorer has no seed, settings or traces");
        }
        return run_scenario(path.string());
    }
    world::scenario asked = scenario_from_text(path, text);
    adjust(asked, wanted.what);
    const auto what = campaign::planned(asked, asked.seed);
    return wanted.twice ? play_twice(what) : play_once(wanted, what);
}

} // namespace snapproto::simulator
