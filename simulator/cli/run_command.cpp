// SPDX-License-Identifier: BSL-1.0
// snapsim list and run: a scenario is played, told and judged.
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/fleet/scenario.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/report/report.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace snapproto::simulator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".json";

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) {
        throw usage_error(fmt::format("cannot read {}", path.string()));
    }
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream out{path, std::ios::binary};
    out << text;
    out.close();
    if (!out) {
        throw usage_error(fmt::format("cannot write {}", path));
    }
}

std::vector<fs::path> scenario_files(const std::string& folder) {
    std::vector<fs::path> found;
    if (fs::is_directory(folder)) {
        for (const auto& entry : fs::directory_iterator{folder}) {
            if (entry.path().extension() == extension) {
                found.push_back(entry.path());
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// A file, or the name of one of the scenarios that come with the program.
fs::path find_scenario(const run_options& wanted) {
    if (fs::exists(wanted.scenario)) {
        return wanted.scenario;
    }
    const auto named = fs::path{wanted.folder} / (wanted.scenario + std::string{extension});
    if (!fs::exists(named)) {
        throw usage_error(fmt::format("there is no scenario '{}': neither a file nor one of {} "
                                      "('snapsim list' shows them)",
                                      wanted.scenario, wanted.folder));
    }
    return named;
}

world::scenario load(const fs::path& path, const std::string& text) {
    try {
        return world::scenario_from(path.stem().string(), text);
    } catch (const world::scenario_error& wrong) {
        throw usage_error(fmt::format("{}: {}", path.string(), wrong.what()));
    }
}

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
        }
        if (equals == std::string::npos || text.empty()) {
            throw usage_error("--trace is jsonl=FILE, mermaid=FILE or perfetto=FILE");
        }
        write_file(one.substr(equals + 1), text);
    }
}

/// The command that plays the same again.
std::string command_of(const run_options& wanted, const world::scenario& played) {
    auto text = fmt::format("snapsim run {} --seed {}", wanted.scenario, played.seed);
    for (const auto& one : wanted.settings) {
        text += fmt::format(" --set {}", one);
    }
    return text;
}

} // namespace

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
                                                 : load(path, text).title);
    }
    return exit_held;
}

int run_run(const run_options& wanted) {
    const fs::path path = find_scenario(wanted);
    const std::string text = read_file(path);
    if (fleet::looks_like_fleet(text)) {
        if (!wanted.traces.empty()) {
            throw usage_error("a fleet has no traces: play one machine, or take --report");
        }
        return run_fleet({path.stem().string(), text, wanted.scenario, wanted.seed, wanted.settings,
                          wanted.fleet});
    }
    if (wanted.fleet.asked_for()) {
        throw usage_error("--sweep, --report and --jobs are for fleets");
    }
    if (!world::looks_like_scenario(text)) {
        if (wanted.seed || !wanted.settings.empty() || !wanted.traces.empty()) {
            throw usage_error("a counterexample of the explorer has no seed, settings or traces");
        }
        return run_scenario(path.string());
    }
    world::scenario what = load(path, text);
    if (wanted.seed) {
        what.seed = *wanted.seed;
    }
    for (const auto& one : wanted.settings) {
        try {
            world::set(what, one);
        } catch (const world::scenario_error& wrong) {
            throw usage_error(fmt::format("--set {}: {}", one, wrong.what()));
        }
    }
    const auto run = world::play(what);
    const auto verdict = judge::judge(run);
    fmt::print("{}", report::timeline(run, wanted.verbose));
    fmt::print("{}", report::verdict_text(run, verdict));
    write_traces(wanted.traces, run);
    fmt::print("\nagain: {}\n", command_of(wanted, what));
    return verdict.held() ? exit_held : exit_violated;
}

} // namespace snapproto::simulator
