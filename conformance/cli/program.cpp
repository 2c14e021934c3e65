// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/program.hpp"

#include "conformance/attach/target.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/outcome.hpp"

#include "snapproto/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

constexpr const char* statuses =
    "Exit status: 0 no MUST failed (with --strict: no SHOULD either); with --baseline instead: "
    "every "
    "check did\nwhat the file expects, so that --strict adds nothing; 1 something failed, or the "
    "baseline is out of date;\n2 wrong usage; 3 the implementation could not be reached; 130 "
    "interrupted, and thawed.";

constexpr const char* report_help =
    "KIND=FILE, repeatable; kinds: junit html json tap markdown; FILE '-' is standard output";

/// Which dialect, seed and clock: the same whoever is attached to.
void add_course(CLI::App& app, judging_options& o) {
    app.add_option("--dialect", o.dialect, "qga, hyperv, vmbackup or native")
        ->capture_default_str();
    app.add_option("--seed", o.seed, "Seed of every random choice")->capture_default_str();
    app.add_option("--timeout-scale", o.timeout_scale, "Factor for every time limit")
        ->capture_default_str()
        ->check(CLI::Range(0.01, 1000.0));
}

/// What is judged and reported: the same for agents and orchestrators.
void add_judging(CLI::App& app, judging_options& o) {
    const char* select = "Selection";
    app.add_option("--only", o.selected.only, "Run the checks whose id, clause or title matches")
        ->group(select)
        ->allow_extra_args(false);
    app.add_option("--skip", o.selected.skip, "Leave those out")
        ->group(select)
        ->allow_extra_args(false);
    app.add_flag("--strict", o.strict, "A SHOULD that is not met counts as failed")->group(select);
    app.add_option("--baseline", o.baseline, "File of expected deviations; must be met exactly")
        ->group(select);
    app.add_option("--write-baseline", o.write_baseline,
                   "Write that file from this run; reasons in it stay")
        ->group(select);
    app.add_option("--repeat", o.repeat, "Run all so often; verdicts must not differ")
        ->capture_default_str()
        ->check(CLI::Range(1U, 1000U))
        ->group(select);
    app.add_option("--report", o.reports, report_help)->group("Report")->allow_extra_args(false);
    app.add_option("--target-name", o.target_name, "What reports call the target")->group("Report");
    app.add_option("--replay-head", o.replay_head,
                   "What replay commands begin with, for a target that a script attaches to")
        ->group("Report");
    app.add_flag("--quiet,-q", o.quiet, "Only the summary")->group("Report");
}

/// The options that say which agent, and where.
void add_attachment(CLI::App* sub, agent_options& o) {
    const char* attach = "Attach";
    auto* builtin = sub->add_option("--builtin", o.builtin,
                                    "The embedded agent: 'reference' or the name of a fault")
                        ->capture_default_str()
                        ->group(attach);
    auto* connect =
        sub->add_option("--connect", o.connect,
                        "Where it listens: unix:PATH, tcp:HOST:PORT, vsock:CID:PORT, pty:PATH")
            ->group(attach);
    auto* spawn = sub->add_option("--spawn", o.spawn,
                                  "A command that starts it, as often as a check needs; {socket} "
                                  "is replaced, and {state} {hook} {pidfile} {log} {block:FLAG} "
                                  "where they stand")
                      ->group(attach);
    auto* shim = sub->add_option("--shim", o.shim,
                                 "A command that adapts it: one JSON object a line, virtual time "
                                 "(docs/shim.md)")
                     ->group(attach);
    builtin->excludes(connect)->excludes(spawn)->excludes(shim);
    connect->excludes(spawn)->excludes(shim);
    spawn->excludes(shim);
    sub->add_option("--work-dir", o.work_dir, "Where --spawn makes its directory [/tmp]")
        ->needs(spawn)
        ->group(attach);
    auto* root = sub->add_option("--root", o.root,
                                 "Dialect hyperv: the root directory that --spawn's daemon finds, "
                                 "with a devpts of its own; its device is a terminal there")
                     ->needs(spawn)
                     ->group(attach);
    auto* freeze =
        sub->add_option("--freeze-target", o.freeze_targets,
                        "A mount point that may be frozen (repeatable). Freezing hangs whatever "
                        "writes there: name filesystems made for this only")
            ->group(attach)
            ->allow_extra_args(false);
    root->needs(freeze);
    sub->add_flag("--remote", o.remote,
                  "The agent runs in another machine: freeze targets are not looked at from here")
        ->needs(connect)
        ->group(attach);
    sub->add_flag("--any-device", o.any_device,
                  "Also freeze targets that are not on loop devices; nobody else may need them")
        ->needs(freeze)
        ->group(attach);
    add_course(*sub, o);
}

void add_agent(CLI::App& app, agent_options& o) {
    CLI::App* sub = app.add_subcommand("agent", "Judge an agent (the guest side)");
    sub->footer(statuses);
    add_attachment(sub, o);
    add_judging(*sub, o);
    const char* generated = "Generated suites, instead of the named checks";
    auto* complete =
        sub->add_option("--complete", o.complete,
                        "Every sequence that is needed to know whether an agent of at most so "
                        "many states more than the specification is equivalent to it")
            ->check(CLI::Range(0, 4))
            ->group(generated);
    auto* sessions =
        sub->add_option("--sessions", o.sessions, "So many random sessions; one that fails shrinks")
            ->excludes(complete)
            ->check(CLI::Range(1, 1'000'000))
            ->group(generated);
    sub->add_option("--sequence", o.sequence, "These inputs, one after the other: 'freeze thaw'")
        ->excludes(complete)
        ->excludes(sessions)
        ->group(generated);
}

void add_orchestrator(CLI::App& app, orchestrator_options& o) {
    CLI::App* sub = app.add_subcommand("orchestrator", "Judge an orchestrator (the host side)");
    sub->footer(statuses);
    const char* attach = "Attach";
    auto* builtin = sub->add_option("--builtin", o.builtin,
                                    "The embedded orchestrator: 'reference' or the name of a fault")
                        ->capture_default_str()
                        ->group(attach);
    auto* listen = sub->add_option("--listen", o.listen,
                                   "Where we play the guest agent and it connects: unix:PATH, "
                                   "tcp:HOST:PORT")
                       ->excludes(builtin)
                       ->group(attach);
    const auto add = [&](const char* flag, std::string& value, const char* words) {
        return sub->add_option(flag, value, words)->needs(listen)->group(attach);
    };
    auto* trigger = add("--trigger", o.trigger,
                        "Shell command that takes one snapshot and ends with status 0 when it is "
                        "consistent; {socket} {qmp} {marker} are replaced");
    listen->needs(trigger);
    add("--listen-second", o.second, "Where we play the second guest of a group");
    add("--trigger-group", o.group_trigger,
        "Shell command that takes one snapshot of both guests; {socket2} is replaced too");
    add("--before", o.before, "Shell command that is run before each snapshot");
    add("--qmp", o.qmp, "Where we play QEMU's monitor, to see and to spoil cuts");
    add("--cut-marker", o.cut_marker,
        "A file to which a line is added for each cut: begin, end, fail, or any other for both");
    add("--degraded", o.degraded,
        "Regular expression: an output that says that the copy is not consistent");
    const auto add_time = [&](const char* flag, double& value, const char* words) {
        sub->add_option(flag, value, words)
            ->check(CLI::Range(0.1, 86400.0))
            ->capture_default_str()
            ->needs(listen)
            ->group(attach);
    };
    add_time("--patience", o.patience, "Seconds after which a snapshot must have ended");
    add_time("--hold-limit", o.hold_limit, "Seconds for which it may hold a guest");
    add_course(*sub, o);
    add_judging(*sub, o);
}

void add_learn(CLI::App& app, learn_options& o) {
    CLI::App* sub = app.add_subcommand(
        "learn", "Learn an agent's machine, and compare it with the specification's");
    sub->footer("Exit status: 0 the machines are equal; 1 they are not, or the agent cannot be "
                "learned;\n2 wrong usage; 3 the implementation could not be reached; 130 "
                "interrupted, and thawed.");
    add_attachment(sub, o.agent);
    sub->add_option("--extra", o.extra,
                    "What is learned is believed when it stands the complete suite for so many "
                    "states more")
        ->capture_default_str()
        ->check(CLI::Range(0, 4));
    sub->add_option("--states-max", o.states_max, "Give up on an agent of more states")
        ->capture_default_str()
        ->check(CLI::Range(1, 10000));
    const char* output = "Output ('-' is standard output)";
    sub->add_option("--dot", o.dot, "The machine for Graphviz")->group(output);
    sub->add_option("--mermaid", o.mermaid, "The machine for Mermaid")->group(output);
    sub->add_option("--json", o.json, "Machine and differences for programs")->group(output);
}

void add_trace(CLI::App& app, trace_options& o) {
    CLI::App* sub = app.add_subcommand("trace", "Judge a recorded conversation by the clauses");
    sub->footer("FILE is known by its first bytes: records of the abstract protocol or bytes, both "
                "as JSON Lines,\nwhat 'socat -x' writes, or a capture (pcapng, pcap); "
                "docs/reference/traces.md has the forms.\n\n"
                "Exit status: 0 no MUST is broken; 1 one is, or the recording is beyond what "
                "can be watched;\n2 wrong usage, or the file is no recording.");
    sub->add_option("FILE", o.file, "The recording; '-' is standard input")->required();
    sub->add_option("--dialect", o.dialect, "Of the bytes: qga or native")->capture_default_str();
    sub->add_option("--port", o.port, "Only TCP connections with this port, of a capture")
        ->check(CLI::Range(1, 65535));
    sub->add_option("--report", o.reports, report_help)->allow_extra_args(false);
}

/// What `snapsim explore` calls the same.
void add_model(CLI::App& spec, spec_options& form) {
    const char* model = "Model (promela)";
    spec.add_option("--dialect", form.dialect, "native or qga [native]")->group(model);
    spec.add_option("--agents", form.agents, "Agents in the group, 1 to 3 [1]")->group(model);
    spec.add_option("--participants", form.participants, "Of each agent, 1 to 3 [2]")->group(model);
    spec.add_option("--sessions", form.sessions, "Snapshots that are started, 1 to 3 [1]")
        ->group(model);
    spec.add_option("--fault-budget", form.fault_budget, "How many faults may happen, 0 to 7 [1]")
        ->group(model);
    spec.add_option("--faults", form.faults, "Comma separated; -WORD leaves one out [all]")
        ->group(model);
    spec.add_option("--flaw", form.flaw, "Behaviour that is wrong on purpose")->group(model);
    spec.add_option("--mutate", form.mutation,
                    "Change one row: TABLE:STATE:EVENT:GUARD:KIND, KIND deletion or target=STATE")
        ->group(model);
    spec.add_flag("--liveness", form.liveness,
                  "With the formulas, and an orchestrator that may "
                  "fall silent")
        ->group(model);
}

void add_others(CLI::App& app, list_options& list, spec_options& form) {
    CLI::App* sub = app.add_subcommand("list", "Every check: role, id, level, clause, title");
    sub->add_option("--dialect", list.dialect, "qga, hyperv, vmbackup or native")
        ->capture_default_str();
    sub->add_option("--role", list.role, "agent or orchestrator [both]")
        ->check(CLI::IsMember({"agent", "orchestrator"}));
    auto* faults =
        sub->add_flag("--faults", list.faults, "The faults of the embedded targets instead");
    sub->add_flag("--unusual", list.unusual, "The unusual but right embedded agents instead")
        ->excludes(faults);
    CLI::App* spec = app.add_subcommand("spec", "The specification itself");
    spec->add_option(
            "FORM", form.form,
            "clauses | table | diagram | page | matrix | json | text | promela | checks | scores: "
            "the requirements; what each machine does in each state; the same as a picture; both "
            "as a page; what keeps each clause; all of it for programs; the document; a model for "
            "SPIN; what each check does and which faults it catches; which suite catches which "
            "fault (measured)")
        ->required();
    spec->add_option(
        "--format", form.format,
        "clauses: text markdown json; table, matrix: markdown json; diagram: mermaid dot "
        "plantuml markdown (the first is the default)");
    spec->add_option("--machine", form.machine,
                     "one machine by its name, as agent, provider or vss_writer [all]");
    spec->add_option("--source", form.source,
                     "matrix: the project's source tree, for the tests that name clauses");
    spec->add_option("--output,-o", form.output, "A file instead of standard output");
    add_model(*spec, form);
}

/// Long names of the options and subcommands that could have been meant.
std::vector<std::string> known_words(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::Option* one : app.get_options()) {
        for (const auto& word : one->get_lnames()) {
            words.push_back("--" + word);
        }
    }
    for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; })) {
        words.push_back(one->get_name());
    }
    return words;
}

/// What CLI11 did not expect, with the nearest right word.
std::string explain_extras(const CLI::App& app) {
    const auto chosen = app.get_subcommands();
    const CLI::App& place = chosen.empty() ? app : *chosen.front();
    const auto extras = app.remaining(true);
    std::string word = extras.empty() ? std::string{} : extras.front();
    word = word.substr(0, word.find('='));
    const auto known = known_words(place);
    const std::string_view near = nearest(word, known);
    const std::string what = word.starts_with('-') ? "option"
                             : chosen.empty()      ? "subcommand"
                                                   : "argument";
    std::string out = fmt::format("unknown {} '{}'", what, word);
    if (!near.empty()) {
        out += fmt::format("; did you mean {}?", near);
    }
    return out;
}

int refuse(const std::string& words) {
    fmt::print(stderr, "snapcheck: {}\n(snapcheck --help shows the usage)\n", words);
    return exit_usage;
}

int dispatch(const CLI::App& app, const agent_options& agent,
             const orchestrator_options& orchestrator, const learn_options& learn,
             const list_options& list, const trace_options& trace, const spec_options& spec) {
    const std::string chosen = app.get_subcommands().front()->get_name();
    if (chosen == "agent") {
        return run_agent(agent);
    }
    if (chosen == "learn") {
        return run_learn(learn);
    }
    if (chosen == "orchestrator") {
        return run_orchestrator(orchestrator);
    }
    if (chosen == "list") {
        return run_list(list);
    }
    if (chosen == "trace") {
        return run_trace(trace);
    }
    if (chosen == "spec") {
        return run_spec(spec);
    }
    return refuse(fmt::format("'{}' is not available in this version", chosen));
}

} // namespace

int run_program(int argc, const char* const* argv) {
    CLI::App app{"snapcheck: is this implementation of snapshot integration right?", "snapcheck"};
    app.set_version_flag("--version", "snapcheck " SNAPPROTO_VERSION_STRING);
    app.require_subcommand(1);
    agent_options agent;
    learn_options learn;
    orchestrator_options orchestrator;
    list_options list;
    trace_options trace;
    spec_options spec;
    add_agent(app, agent);
    add_learn(app, learn);
    add_orchestrator(app, orchestrator);
    add_trace(app, trace);
    add_others(app, list, spec);
    try {
        app.parse(argc, argv);
        return dispatch(app, agent, orchestrator, learn, list, trace, spec);
    } catch (const CLI::ExtrasError&) {
        return refuse(explain_extras(app));
    } catch (const CLI::Success& asked) {
        return app.exit(asked); // --help, --version
    } catch (const CLI::ParseError& wrong) {
        if (!app.remaining(true).empty()) {
            return refuse(explain_extras(app));
        }
        return refuse(wrong.what());
    } catch (const usage_error& wrong) {
        return refuse(wrong.what());
    } catch (const unreachable& failure) {
        fmt::print(stderr, "snapcheck: {}\n", failure.what());
        return exit_unreachable;
    } catch (const interrupted&) {
        fmt::print(stderr, "snapcheck: interrupted\n");
        return exit_interrupted;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "snapcheck: {}\n", failure.what());
        return exit_failed;
    }
}

} // namespace snapproto::conformance
