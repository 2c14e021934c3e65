// SPDX-License-Identifier: BSL-1.0
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/explore/snapshot/chart.hpp"
#include "simulator/explore/snapshot/manifest.hpp"
#include "simulator/explore/snapshot/property_table.hpp"
#include "simulator/explore/snapshot/run.hpp"
#include "simulator/explore/snapshot/states.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

#include <unistd.h>

namespace snapproto::simulator {

namespace {

using namespace explore;

config config_of(const explore_options& wanted) {
    config made;
    const auto dialect = dialect_from(wanted.dialect);
    if (!dialect) {
        throw usage_error(fmt::format("dialect '{}' is not one of {}", wanted.dialect,
                                      fmt::join(dialect_names(), ", ")));
    }
    made.dialect = *dialect;
    made.strict = wanted.strict;
    const auto in = [](std::size_t value, std::size_t least, std::size_t most, const char* name) {
        if (value < least || value > most) {
            throw usage_error(fmt::format("--{} is {} to {}", name, least, most));
        }
        return value;
    };
    made.agents = in(wanted.agents, 1, agents_max, "agents");
    made.participants = in(wanted.participants, 1, participants_max, "participants");
    made.sessions = in(wanted.sessions, 1, sessions_max, "sessions");
    made.fault_budget = in(wanted.fault_budget, 0, fault_budget_max, "fault-budget");
    try {
        made.faults = faults_from(wanted.faults);
        if (!wanted.mutation.empty()) {
            made.mutation = mutation_from(wanted.mutation);
        }
        if (!wanted.only.empty()) {
            made.judged = properties_from(wanted.only);
        }
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
    const auto number_of = [](const std::string& word, const auto& names, const char* what) {
        const auto at = std::find(names.begin(), names.end(), word);
        if (at == names.end()) {
            throw usage_error(
                fmt::format("'{}' is no {}; there are: {}", word, what, fmt::join(names, " ")));
        }
        return at - names.begin();
    };
    made.wrong = static_cast<flaw>(number_of(wanted.flaw, flaw_names, "flaw"));
    made.from = static_cast<beginning>(number_of(wanted.from, beginning_names, "beginning"));
    return made;
}

options how_to(const explore_options& wanted) {
    options how;
    how.jobs = wanted.jobs != 0 ? wanted.jobs : std::max(1U, std::thread::hardware_concurrency());
    how.memory_limit = wanted.memory_limit;
    how.keep_going = wanted.keep_going;
    how.symmetry = !wanted.no_symmetry;
    how.compact = wanted.compact;
    if (::isatty(STDERR_FILENO) != 0) {
        how.on_progress = [](const progress& seen) {
            fmt::print(stderr, "\r\x1b[Kdepth {}: {} states, {:.0f}/s, frontier {}, {} MiB",
                       seen.depth, seen.states,
                       seen.seconds > 0 ? static_cast<double>(seen.states) / seen.seconds : 0.0,
                       seen.frontier, seen.bytes >> 20U);
            std::fflush(stderr);
            return true;
        };
    }
    return how;
}

void end_progress(const options& how) {
    if (how.on_progress) {
        fmt::print(stderr, "\r\x1b[K");
        std::fflush(stderr);
    }
}

void print_properties() {
    for (const auto& one : properties()) {
        fmt::print("SP {:<6} {} {}\n          {}\n",
                   fmt::format("{}.{}", one.governed_by.chapter, one.governed_by.number),
                   one.checked_here ? "checked  " : "elsewhere", one.title, one.how);
    }
}

void print_rows(const config& what, const snapshot_result& result) {
    constexpr auto names =
        std::to_array<std::string_view>({"agent", "orchestrator", "participant", "provider"});
    for (std::size_t table = 0; table < table_count; ++table) {
        const auto rows = rows_of(static_cast<table_kind>(table));
        std::size_t taken = 0;
        for (const auto count : result.taken[table]) {
            taken += count != 0 ? 1U : 0U;
        }
        fmt::print("{}: {} of {} rows taken\n", names[table], taken, rows.size());
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (result.taken[table][row] == 0) {
                const auto why = why_never(what, static_cast<table_kind>(table), rows[row]);
                fmt::print("  not taken: {} {} {}{}\n", rows[row].from, rows[row].event,
                           rows[row].guard.empty() ? "" : "[" + rows[row].guard + "] ",
                           why.empty() ? "(not within this configuration)" : "(" + why + ")");
            }
        }
    }
}

void print_counts(const options& how, const outcome& found) {
    const auto& seen = found.seen;
    fmt::print("{} states, {} transitions, depth {}; {:.2f} s, {:.0f} states/s with {} job{}; "
               "{:.1f} bytes a state, {}{}\n",
               seen.states, seen.transitions, seen.depth, seen.seconds,
               seen.seconds > 0 ? static_cast<double>(seen.states) / seen.seconds : 0.0, how.jobs,
               how.jobs == 1 ? "" : "s", found.bytes_per_state(),
               how.symmetry ? "symmetric agents taken for one, " : "",
               found.compact ? "told apart by hashes of 64 bits" : "compared in full");
    if (found.compact) {
        fmt::print("a state was missed with a probability of at most {:.1e}\n",
                   found.omission_probability());
    }
}

// What an exploration that ended before its end says, and where it stood.
void print_incomplete(const options& how, const outcome& found) {
    const auto why = found.end == ending::memory
                         ? fmt::format("the memory limit of {} MiB", how.memory_limit >> 20U)
                         : std::string{"the limit of the search"};
    fmt::print("NOT COMPLETE: {} was reached, {} steps from the beginning; every state that is "
               "nearer was seen,\nand no property was broken in what was seen\n",
               why, found.seen.depth + 1);
}

void print_counterexample(const explore_options& wanted, const config& what,
                          const run_of_model& run) {
    fmt::print("\nviolated: {}\n  checked: {}\nshortest counterexample, {} steps:\n\n{}\n",
               name_of(run.broken), info_of(run.broken).how, run.steps.size(),
               text_chart(what, run));
    fmt::print("repeat: snapsim explore {}\n", command_options(what));
    if (!wanted.scenario.empty()) {
        write_file(wanted.scenario, to_scenario(what, run));
        fmt::print("replay: snapsim run {}\n", wanted.scenario);
    }
    if (!wanted.trace.empty()) {
        const auto at = wanted.trace.find('=');
        write_file(wanted.trace.substr(at + 1), mermaid_chart(what, run));
    }
}

// Explores one configuration of the manifest and says how it differs, or notes the numbers anew.
bool check_entry(const explore_options& wanted, manifest_entry& entry, bool symmetry) {
    options how = how_to(wanted);
    how.symmetry = symmetry;
    const auto result = explore_snapshot(entry.what, how, false);
    const auto& seen = result.found.seen;
    end_progress(how);
    if (wanted.update && symmetry) {
        entry.states = seen.states;
        entry.transitions = seen.transitions;
        entry.depth = seen.depth;
    }
    if (wanted.update && (!symmetry || entry.what.agents == 1)) {
        entry.states_without_symmetry = seen.states;
        entry.transitions_without_symmetry = seen.transitions;
    }
    const auto different = compare(entry, result.found, symmetry);
    fmt::print("{}  {}{}: {} states in {:.1f} s\n", different.empty() ? "ok  " : "FAIL",
               command_options(entry.what), symmetry ? "" : " --no-symmetry", seen.states,
               seen.seconds);
    if (!different.empty()) {
        fmt::print("      {}\n", different);
    }
    std::fflush(stdout);
    if (result.counterexample) {
        print_counterexample(wanted, entry.what, *result.counterexample);
    }
    return different.empty();
}

int check_manifest(const explore_options& wanted) {
    std::vector<manifest_entry> manifest;
    try {
        manifest = manifest_from(read_file(wanted.manifest));
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
    bool same = true;
    for (auto& entry : manifest) {
        same = check_entry(wanted, entry, true) && same;
        if (entry.what.agents > 1) {
            same = check_entry(wanted, entry, false) && same;
        }
    }
    if (wanted.update && same) {
        write_file(wanted.manifest, to_text(manifest));
    }
    return same ? exit_held : exit_violated;
}

int print_properties_table(const options& how) {
    std::vector<dialect_findings> found;
    bool as_expected = true;
    for (const auto name : dialect_names()) {
        found.push_back(findings_of(*dialect_from(name), how));
        end_progress(how);
        for (const auto& surprise : found.back().surprises) {
            fmt::print(stderr, "not as the traits of the dialect say: {}\n", surprise);
            as_expected = false;
        }
    }
    fmt::print("{}", properties_page(found));
    return as_expected ? exit_held : exit_violated;
}

} // namespace

int run_explore(const explore_options& wanted) {
    if (!wanted.trace.empty() && !wanted.trace.starts_with("mermaid=")) {
        throw usage_error("--trace is mermaid=FILE");
    }
    if (wanted.properties) {
        print_properties();
        return exit_held;
    }
    if (wanted.properties_table) {
        return print_properties_table(how_to(wanted));
    }
    if (!wanted.manifest.empty()) {
        return check_manifest(wanted);
    }
    const config what = config_of(wanted);
    const options how = how_to(wanted);
    if (!wanted.states.empty()) {
        std::ofstream out{wanted.states, std::ios::binary};
        const auto end = write_states(what, how, out);
        end_progress(how);
        out.close();
        if (!out) {
            throw usage_error(fmt::format("cannot write {}", wanted.states));
        }
        return end == ending::complete ? exit_held : exit_violated;
    }
    const auto result = explore_snapshot(what, how, !wanted.no_cycles);
    end_progress(how);
    fmt::print("snapsim explore {}\n", command_options(what));
    print_counts(how, result.found);
    if (wanted.rows) {
        print_rows(what, result);
    }
    if (result.counterexample) {
        print_counterexample(wanted, what, *result.counterexample);
        return exit_violated;
    }
    if (result.found.end != ending::complete) {
        print_incomplete(how, result.found);
        return exit_violated;
    }
    if (result.endless) {
        fmt::print("violated: {}: there is a fair run without an end\n",
                   name_of(property::returns));
        return exit_violated;
    }
    fmt::print("every property held; {}every hold ends within {} steps of the agent alone\n",
               result.cycles ? "no fair run is without an end; " : "", result.release_steps);
    return exit_held;
}

int run_scenario(const std::string& file) {
    scenario read;
    try {
        read = scenario_from(read_file(file));
        if (read.broken != property::none) {
            const auto known = properties();
            if (std::none_of(known.begin(), known.end(),
                             [&](const auto& one) { return one.number == read.broken; })) {
                throw std::invalid_argument("not a scenario: 'breaks' is no property");
            }
        }
        const auto run = replay(read.what, read.actions);
        fmt::print("{}\n", text_chart(read.what, run));
        if (run.steps.size() < read.actions.size() && run.broken == property::none) {
            fmt::print("step {} ({}) is not possible there: the protocol changed\n",
                       run.steps.size() + 1, to_text(read.actions[run.steps.size()]));
            return exit_violated;
        }
        if (run.broken != property::none) {
            fmt::print("violated: {}\n", name_of(run.broken));
            return exit_violated;
        }
        fmt::print("every property held{}\n",
                   read.broken == property::none
                       ? ""
                       : "; the file expects a violation of " + name_of(read.broken));
        return read.broken == property::none ? exit_held : exit_violated;
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
}

} // namespace snapproto::simulator
