// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLI_COMMANDS_HPP
#define SNAPPROTO_CONFORMANCE_CLI_COMMANDS_HPP

// The subcommands of snapcheck: their options, and what they do.

#include "conformance/selection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// Wrong usage; what() is a sentence for the user.
class usage_error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What is the same whoever is judged: which checks, how, and what is reported.
struct judging_options {
    std::string dialect = "qga";
    selection selected;
    bool strict = false;
    std::uint64_t seed = 1;
    std::string baseline;
    std::string write_baseline;
    double timeout_scale = 1.0;
    unsigned repeat = 1;
    std::vector<std::string> reports;
    std::string target_name; ///< Empty: the target's own description.
    std::string replay_head; ///< Empty: the subcommand and the attach flags.
    bool quiet = false;
};

struct agent_options : judging_options {
    std::string builtin = "reference";
    std::string connect; ///< Empty: not given.
    std::string spawn;   ///< Empty: not given.
    std::string shim;    ///< Empty: not given.
    std::string work_dir;
    std::string root; ///< Of the daemon that --spawn starts; empty: not given.
    std::vector<std::string> freeze_targets;
    bool remote = false;                 ///< The agent runs in another machine.
    bool any_device = false;             ///< Also freeze targets that are not on a loop device.
    std::optional<std::size_t> complete; ///< Extra states of the complete suite.
    std::size_t sessions = 0;            ///< Random sessions to play; 0: none.
    std::string sequence;                ///< Inputs of the generated suites, one after the other.
};

struct learn_options {
    agent_options agent; ///< What is attached to, and how.
    std::size_t extra = 1;
    std::size_t states_max = 64;
    std::string dot; ///< Files; "-" is standard output, empty: none.
    std::string mermaid;
    std::string json;
};

/// Times are in seconds.
struct orchestrator_options : judging_options {
    std::string builtin = "reference";
    std::string listen;  ///< Empty: not given, and the embedded orchestrator is judged.
    std::string trigger; ///< Begins one snapshot and ends when it is over.
    std::string second;  ///< Where the second guest of a group is played; empty: there is none.
    std::string group_trigger;
    std::string before; ///< Run before each check; empty: nothing.
    std::string qmp;    ///< Where the played monitor of QEMU listens; empty: there is none.
    std::string cut_marker;
    std::string degraded; ///< Words of the output: made, but not claimed to be consistent.
    double patience = 60;
    double hold_limit = 10;
};

struct list_options {
    std::string dialect = "qga";
    std::string role; ///< Empty: both.
    bool faults = false;
    bool unusual = false;
};

struct trace_options {
    std::string dialect = "qga";
    std::string file;  ///< "-" is standard input.
    unsigned port = 0; ///< Of TCP in a capture; 0: any.
    std::vector<std::string> reports;
};

struct spec_options {
    std::string form;
    std::string format;  ///< Empty: the form's own.
    std::string machine; ///< Empty: all.
    std::string source;  ///< The source tree for the matrix; empty: none.
    std::string output;  ///< Empty or "-": standard output.
    // The configuration of the model; what is not given is as promela_options has it.
    std::optional<std::string> dialect;
    std::optional<std::size_t> agents;
    std::optional<std::size_t> participants;
    std::optional<std::size_t> sessions;
    std::optional<std::size_t> fault_budget;
    std::optional<std::string> faults;
    std::optional<std::string> flaw;
    std::optional<std::string> mutation;
    bool liveness = false;
};

/// Each returns an exit status. @throws usage_error, unreachable
int run_agent(const agent_options& options);
int run_generated(const agent_options& options);
int run_learn(const learn_options& options);
int run_orchestrator(const orchestrator_options& options);
int run_list(const list_options& options);
int run_spec(const spec_options& options);
int run_trace(const trace_options& options);

/// Refuses every dialect but qga, for what only that has. @throws usage_error
void require_qga(const std::string& dialect, std::string_view what);
/// Refuses a dialect for which there are no generated suites. @throws usage_error
void require_inputs(const std::string& dialect, std::string_view what);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLI_COMMANDS_HPP
