// SPDX-License-Identifier: BSL-1.0
#include "simulator/cli/program.hpp"

#include "simulator/cli/commands.hpp"
#include "simulator/world/dialect.hpp"

#include <snapproto/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <string>

namespace snapproto::simulator {
namespace {

constexpr const char* statuses =
    "Exit status: 0 every property held; 1 a property was violated (the shortest counterexample is "
    "printed\nwith the command that repeats it), or the exploration is not complete; 2 wrong "
    "usage.";

void add_explore(CLI::App& app, explore_options& o) {
    CLI::App* sub = app.add_subcommand(
        "explore", "Every interleaving of the protocol's machines with an environment of faults");
    sub->footer(statuses);
    const char* model = "Model";
    sub->add_option("--dialect", o.dialect, "native, qga, hyperv or vmbackup")
        ->capture_default_str()
        ->group(model);
    sub->add_option("--agents", o.agents, "Agents in the group, 1 to 3")
        ->capture_default_str()
        ->group(model);
    sub->add_option("--participants", o.participants,
                    "Of each agent, 1 to 3: a filesystem, an application, a second filesystem")
        ->capture_default_str()
        ->group(model);
    sub->add_option("--sessions", o.sessions, "Snapshots that are started, 1 to 3")
        ->capture_default_str()
        ->group(model);
    sub->add_option("--faults", o.faults,
                    "Comma separated: all none loss duplicate stale timeout veto early release "
                    "stop crash host_crash clone cancel cut silence noise; -WORD leaves one out")
        ->capture_default_str()
        ->group(model);
    sub->add_option("--fault-budget", o.fault_budget, "How many faults may happen, 0 to 7")
        ->capture_default_str()
        ->group(model);
    sub->add_option("--from", o.from,
                    "Begin at a point of an undisturbed snapshot: cold, open, ready, frozen")
        ->capture_default_str()
        ->group(model);
    sub->add_option("--flaw", o.flaw, "Behaviour that is wrong on purpose")->group(model);
    sub->add_option("--mutate", o.mutation,
                    "Change one row: TABLE:STATE:EVENT:GUARD:KIND, as 'snapsim mutate' lists them")
        ->group(model);
    sub->add_flag("--strict", o.strict, "Excuse nothing: judge also what the dialect cannot keep")
        ->group(model);
    sub->add_option("--only", o.only,
                    "Judge only the properties of these clauses, comma separated: 18.2,18.12")
        ->group(model);
    const char* work = "Work";
    sub->add_option("--jobs,-j", o.jobs, "Threads; 0 for one each processor")
        ->capture_default_str()
        ->check(CLI::Range(0U, 1024U))
        ->group(work);
    sub->add_option("--memory-limit", o.memory_limit,
                    "Stop with what was seen when states need more (10M, 4G)")
        ->transform(CLI::AsSizeValue(false))
        ->group(work);
    sub->add_option("--states", o.states,
                    "Only write all states to a file, in the numbers of the Promela model")
        ->group("Output");
    sub->add_flag("--no-symmetry", o.no_symmetry, "Tell agents apart that are in equal states")
        ->group(work);
    sub->add_flag("--compact", o.compact,
                  "Keep 64 bits of each state: less memory, a small chance to miss one, no cycles")
        ->group(work);
    sub->add_flag("--no-cycles", o.no_cycles, "Do not look for runs that go on for ever")
        ->group(work);
    sub->add_flag("--keep-going", o.keep_going, "Go on after the first violation")->group(work);
    const char* report = "Report";
    sub->add_option("--trace", o.trace, "mermaid=FILE: the counterexample as a diagram")
        ->group(report);
    sub->add_option("--scenario", o.scenario, "Write the counterexample for 'snapsim run'")
        ->group(report);
    sub->add_flag("--rows", o.rows, "List the rows of the tables that no run takes, and why")
        ->group(report);
    sub->add_flag("--properties", o.properties, "List the properties and how each is checked")
        ->group(report);
    sub->add_flag("--properties-table", o.properties_table,
                  "Explore every dialect, nothing excused, and write what each can keep (Markdown)")
        ->group(report);
    auto* manifest =
        sub->add_option("--manifest", o.manifest, "Explore all that this file lists, and compare")
            ->group(report);
    sub->add_flag("--update", o.update, "Write its numbers anew")->needs(manifest)->group(report);
}

void add_mutate(CLI::App& app, mutate_options& o) {
    CLI::App* sub = app.add_subcommand(
        "mutate", "Change each row of the tables in each way, and see that a property breaks");
    sub->footer("Exit status: 0 each mutant is killed by a property or equivalent to the original; "
                "1 one survives,\nor something is not as the ledger says; 2 wrong usage.");
    sub->add_option("--table", o.table, "agent, orchestrator, participant, provider or all")
        ->capture_default_str();
    sub->add_option("--only", o.only, "Mutants whose text contains this");
    sub->add_option("--every", o.every, "Only every n-th mutant")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, std::size_t{100000}));
    sub->add_option("--jobs,-j", o.jobs, "Threads; 0 for one each processor")
        ->capture_default_str()
        ->check(CLI::Range(0U, 1024U));
    sub->add_option("--ledger", o.ledger, "Write what became of each mutant, one line each");
    sub->add_option("--check", o.check, "Compare with this ledger");
    sub->add_option("--json", o.json, "Write everything for machines");
    sub->add_option("--docs", o.docs, "Write the summary into this page, between its marks");
    sub->add_option("--base", o.base, "Ledger of the mutants that are not judged now");
}

void add_fleet(CLI::App* sub, fleet_work& o) {
    const char* fleets = "Of fleets";
    sub->add_option("--sweep", o.sweep,
                    "KEY=VALUE,VALUE,...: play it with one value after the other, and compare")
        ->type_name("KEY=VALUES")
        ->group(fleets);
    sub->add_option("--report", o.reports, "json=FILE: all figures")
        ->type_name("KIND=FILE")
        ->group(fleets);
    sub->add_option("--jobs,-j", o.jobs, "Threads; 0 for one each processor")
        ->capture_default_str()
        ->check(CLI::Range(0U, 1024U))
        ->group(fleets);
}

void add_choice(CLI::App* sub, scenario_choice& o, const char* scenario_help) {
    sub->add_option("SCENARIO", o.scenario, scenario_help)->required();
    sub->add_option("--set", o.settings,
                    "KEY=VALUE: change what the scenario says, as in "
                    "database.full_page_writes=true or fault.1.for_ms=500")
        ->type_name("KEY=VALUE");
    sub->add_option("--faulty", o.faulty,
                    "With an endpoint that is wrong on purpose; 'snapsim list --faulty' has them")
        ->type_name("NAME");
    sub->add_option("--scenarios", o.folder, "The folder of the scenarios");
}

void add_run(CLI::App& app, run_options& o) {
    CLI::App* sub = app.add_subcommand(
        "run", "Play a scenario, tell what happens, and judge the copies that were made");
    add_choice(sub, o.what,
               "A name that 'snapsim list' shows, a scenario file, or a counterexample written "
               "by 'snapsim explore --scenario'");
    sub->add_option("--seed", o.what.seed, "Instead of the scenario's own");
    sub->add_option("--trace", o.traces,
                    "jsonl=FILE: the records; mermaid=FILE: a sequence diagram; perfetto=FILE: for "
                    "ui.perfetto.dev; pcapng=FILE: for Wireshark")
        ->type_name("KIND=FILE");
    sub->add_flag("--verbose,-v", o.verbose, "Tell of every checkpoint");
    sub->add_flag("--twice", o.twice, "Only play it twice, and show the first event that differs");
    add_fleet(sub, o.fleet);
    sub->footer("Exit status: 0 every property held; 1 a property was violated, a copy claims more "
                "than it is,\nor its contents are not whole; 2 wrong usage.");
}

void add_view(CLI::App& app, view_options& o) {
    CLI::App* sub = app.add_subcommand(
        "view", "Tell of a recording that was made elsewhere, and judge it as far as it goes");
    sub->add_option("RECORDING", o.file,
                    "Records as JSON Lines: of 'snapsim run --trace jsonl=FILE', of a fuzzer's "
                    "finding, of an endpoint that records")
        ->required();
    std::vector<std::string> known;
    for (const auto& one : world::dialects) {
        known.emplace_back(one.name);
    }
    sub->add_option("--dialect", o.dialect, "Whose conversation it is")
        ->check(CLI::IsMember(known))
        ->capture_default_str();
    sub->add_option("--trace", o.traces, "jsonl=FILE, mermaid=FILE or perfetto=FILE: as for 'run'")
        ->type_name("KIND=FILE");
    sub->footer("Exit status: 0 it breaks no property; 1 it breaks one; 2 wrong usage, or no "
                "recording.");
}

constexpr const char* scenario_words = "A name that 'snapsim list' shows, or a scenario file";

void add_campaign(CLI::App& app, campaign_options& o) {
    CLI::App* sub = app.add_subcommand(
        "campaign", "Play many seeds of a scenario and judge each; 90-swarm is made for it");
    add_choice(sub, o.what, scenario_words);
    sub->add_option("--seeds", o.seeds, "From the first to the last, that included")
        ->type_name("FIRST..LAST")
        ->required();
    sub->add_option("--jobs,-j", o.jobs, "Threads; 0 for one each processor")
        ->capture_default_str()
        ->check(CLI::Range(0U, 1024U));
    sub->add_option("--shard", o.shard, "Only each N-th seed, I from 0 to N - 1")
        ->capture_default_str()
        ->type_name("I/N");
    sub->add_option("--out", o.out,
                    "Folder for the results; a campaign that was interrupted goes on from there")
        ->type_name("DIR");
    sub->footer("Exit status: 0 all seeds were played and nothing is wrong; 1 something is wrong, "
                "or not all were\nplayed; 2 wrong usage.");
}

void add_merge(CLI::App& app, merge_options& o) {
    CLI::App* sub = app.add_subcommand("merge", "One result from the results of many shards");
    sub->add_option("DIR", o.folders, "Folders that 'snapsim campaign --out' has written")
        ->required();
    sub->footer("Exit status: 0 all seeds are there and nothing is wrong; 1 something is wrong, "
                "seeds are missing,\nor two files differ; 2 wrong usage.");
}

void add_shrink(CLI::App& app, shrink_options& o) {
    CLI::App* sub = app.add_subcommand(
        "shrink", "Take out of a run that fails whatever it does not need to fail");
    add_choice(sub, o.what, scenario_words);
    sub->add_option("--seed", o.what.seed, "Instead of the scenario's own");
    sub->add_option("--out", o.out, "The scenario file to write")->type_name("FILE");
    sub->footer("Exit status: 0 nothing is wrong with that run; 1 it fails, and the smallest is "
                "written; 2 wrong usage.");
}

void add_hunt(CLI::App& app, hunt_options& o) {
    CLI::App* sub = app.add_subcommand(
        "hunt", "Which of the faulty endpoints campaigns find, and how many seeds it takes");
    add_choice(sub, o.what, scenario_words);
    sub->add_option("--starts", o.starts, "From so many seeds on")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000}));
    sub->add_option("--seeds-max", o.seeds_max, "So many seeds are played at most from each")
        ->capture_default_str()
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
    sub->add_option("--jobs,-j", o.jobs, "Endpoints at once; 0 for one each processor")
        ->capture_default_str()
        ->check(CLI::Range(0U, 1024U));
    sub->add_option("--docs", o.docs, "Write the table into this page, between its marks");
    sub->footer("Exit status: 0 each was found; 1 one was not; 2 wrong usage.");
}

void add_dialects(CLI::App& app, dialects_options& o) {
    CLI::App* sub = app.add_subcommand(
        "dialects",
        "Play a scenario in all dialects, and tell how long the guest stays frozen in each");
    add_choice(sub, o.what, scenario_words);
    sub->add_option("--seed", o.what.seed, "Instead of the scenario's own");
    sub->add_option("--docs", o.docs, "Write the table into this page, between its marks");
    sub->footer(
        "The table is Markdown. Where the host dies in the scenario it is played once with "
        "a channel that\nnobody closes and once with one that ends with the host; and where "
        "a dialect's real agents have no\nlimit of the hold, also without one. Exit status: "
        "0 it was played; 2 wrong usage.");
}

int refuse(const std::string& words) {
    fmt::print(stderr, "snapsim: {}\n(snapsim --help shows the usage)\n", words);
    return exit_usage;
}

} // namespace

int run_program(int argc, const char* const* argv) {
    CLI::App app{"snapsim: what happens, and what can happen?", "snapsim"};
    app.set_version_flag("--version", "snapsim " SNAPPROTO_VERSION_STRING);
    app.require_subcommand(1);
    explore_options explore;
    run_options run;
    campaign_options campaign;
    merge_options merge;
    shrink_options shrink;
    hunt_options hunt;
    dialects_options dialects;
    for (auto* choice : {&run.what, &campaign.what, &shrink.what, &hunt.what, &dialects.what}) {
        choice->folder = scenario_folder();
    }
    bool faulty = false;
    CLI::App* list = app.add_subcommand("list", "The scenarios, each a sentence");
    list->add_option("--scenarios", run.what.folder, "The folder of the scenarios");
    list->add_flag("--faulty", faulty, "Instead, the endpoints that are wrong on purpose");
    add_run(app, run);
    view_options view;
    add_view(app, view);
    add_campaign(app, campaign);
    add_merge(app, merge);
    add_shrink(app, shrink);
    add_hunt(app, hunt);
    add_dialects(app, dialects);
    add_explore(app, explore);
    mutate_options mutate;
    add_mutate(app, mutate);
    try {
        app.parse(argc, argv);
        if (list->parsed()) {
            return faulty ? run_list_faulty() : run_list(run.what.folder);
        }
        if (app.got_subcommand("campaign")) {
            return run_campaign(campaign);
        }
        if (app.got_subcommand("view")) {
            return run_view(view);
        }
        if (app.got_subcommand("merge")) {
            return run_merge(merge);
        }
        if (app.got_subcommand("hunt")) {
            return run_hunt(hunt);
        }
        if (app.got_subcommand("dialects")) {
            return run_dialects(dialects);
        }
        if (app.got_subcommand("shrink")) {
            return run_shrink(shrink);
        }
        if (app.got_subcommand("mutate")) {
            return run_mutate(mutate);
        }
        return app.got_subcommand("run") ? run_run(run) : run_explore(explore);
    } catch (const CLI::Success& asked) {
        return app.exit(asked); // --help, --version
    } catch (const CLI::ParseError& wrong) {
        return refuse(wrong.what());
    } catch (const usage_error& wrong) {
        return refuse(wrong.what());
    } catch (const std::exception& failure) {
        fmt::print(stderr, "snapsim: {}\n", failure.what());
        return exit_violated;
    }
}

} // namespace snapproto::simulator
