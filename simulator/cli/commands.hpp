// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CLI_COMMANDS_HPP
#define SNAPPROTO_SIMULATOR_CLI_COMMANDS_HPP

// The subcommands, as values that the command line fills.

#include "simulator/cli/fleet_command.hpp"

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

/// Errors: throws usage_error.
[[nodiscard]] std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

/// Replays a counterexample of the explorer. @return an exit status. Errors: throws usage_error.
int run_scenario(const std::string& file);

struct run_options {
    std::string scenario; ///< A file, or the name of one in the folder.
    std::string folder;   ///< Where the scenarios are.
    std::optional<std::uint64_t> seed;
    std::vector<std::string> settings; ///< KEY=VALUE
    std::vector<std::string> traces;   ///< KIND=FILE
    bool verbose = false;
    fleet_work fleet;
};

/// Plays a scenario, or replays a counterexample. @return an exit status. Errors: throws
/// usage_error.
int run_run(const run_options& wanted);

/// Lists the scenarios of a folder. @return an exit status. Errors: throws usage_error.
int run_list(const std::string& folder);

} // namespace snapproto::simulator

#endif // SNAPPROTO_SIMULATOR_CLI_COMMANDS_HPP
