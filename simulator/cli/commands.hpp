// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CLI_COMMANDS_HPP
#define SNAPPROTO_SIMULATOR_CLI_COMMANDS_HPP

// The subcommands, as values that the command line fills.

#include "simulator/cli/files.hpp"
#include "simulator/cli/fleet_command.hpp"
#include "simulator/world/history.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::simulator {

/// Wrong usage, in words for the user.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What to make of a recording.
struct view_options {
    std::string file;
    std::string dialect = "native";
    std::vector<std::string> traces; ///< KIND=FILE
};

struct explore_options {
    std::string dialect = "native";
    std::size_t agents = 1;
    std::size_t participants = 2;
    std::size_t sessions = 1;
    std::size_t fault_budget = 1;
    std::string faults = "all";
    std::string from = "cold";
    std::string flaw = "none";
    std::string mutation;
    unsigned jobs = 0; ///< 0: all processors.
    std::size_t memory_limit = 0;
    bool no_symmetry = false;
    bool compact = false;
    std::string states; ///< File for all states; empty: none.
    bool no_cycles = false;
    bool keep_going = false;
    bool rows = false;
    bool properties = false;
    bool properties_table = false;
    bool strict = false;  ///< Excuse nothing that the dialect cannot keep.
    std::string only;     ///< Clauses of the properties to judge; empty: all.
    std::string trace;    ///< KIND=FILE
    std::string scenario; ///< File to write.
    std::string manifest; ///< File to check all of.
    bool update = false;  ///< Write the manifest's numbers anew.
};

struct mutate_options {
    std::string table = "all";
    std::string only;      ///< Part of a mutant's text.
    std::size_t every = 1; ///< Every n-th mutant.
    unsigned jobs = 0;     ///< 0: all processors.
    std::string ledger;    ///< File to write.
    std::string json;      ///< File to write.
    std::string docs;      ///< Page to write the summary into.
    std::string base;      ///< Ledger of the mutants that are not judged now.
    std::string check;     ///< Ledger to compare with.
};

/// @return an exit status. Errors: throws usage_error.
int run_mutate(const mutate_options& wanted);

/// @return an exit status. Errors: throws usage_error.
int run_explore(const explore_options& wanted);

/// Replays a counterexample of the explorer. @return an exit status. Errors: throws usage_error.
int run_scenario(const std::string& file);

struct run_options {
    scenario_choice what;
    std::vector<std::string> traces; ///< KIND=FILE
    bool verbose = false;
    bool twice = false; ///< Only compare two runs.
    fleet_work fleet;
};

/// Plays a scenario, or replays a counterexample. @return an exit status. Errors: throws
/// usage_error.
int run_run(const run_options& wanted);

/// Lists the scenarios of a folder. @return an exit status. Errors: throws usage_error.
int run_list(const std::string& folder);

/// Lists the faulty endpoints. @return an exit status.
int run_list_faulty();

struct campaign_options {
    scenario_choice what;
    std::string seeds;         ///< FIRST..LAST
    std::string shard = "0/1"; ///< I/N
    unsigned jobs = 0;         ///< 0: all processors.
    std::string out;           ///< Folder for the results; empty: none.
};

/// Plays many seeds. @return an exit status. Errors: throws usage_error.
int run_campaign(const campaign_options& wanted);

struct merge_options {
    std::vector<std::string> folders;
};

/// Joins the results of shards. @return an exit status. Errors: throws usage_error.
int run_merge(const merge_options& wanted);

struct shrink_options {
    scenario_choice what;
    std::string out; ///< File for the smallest run; empty: named after the scenario and the seed.
};

/// Shrinks a run that fails. @return an exit status. Errors: throws usage_error.
int run_shrink(const shrink_options& wanted);

struct hunt_options {
    scenario_choice what; ///< With `faulty`: only that one.
    std::size_t starts = 5;
    std::uint64_t seeds_max = 1000;
    unsigned jobs = 1; ///< 0: all processors.
    std::string docs;  ///< Page to write the table into.
};

/// Measures what campaigns find. @return an exit status. Errors: throws usage_error.
int run_hunt(const hunt_options& wanted);

struct dialects_options {
    scenario_choice what;
    std::string docs; ///< Page to write the table into.
};

/// Plays a scenario in all dialects. @return an exit status. Errors: throws usage_error.
int run_dialects(const dialects_options& wanted);

/// Tells of a recording. @return an exit status. Errors: throws usage_error.
int run_view(const view_options& wanted);

/// Writes what `--trace` asks for. Errors: throws usage_error.
void write_traces(const std::vector<std::string>& wanted, const world::history& run);

/// All processors for 0.
[[nodiscard]] unsigned jobs_of(unsigned wanted);

} // namespace snapproto::simulator

#endif // SNAPPROTO_SIMULATOR_CLI_COMMANDS_HPP
