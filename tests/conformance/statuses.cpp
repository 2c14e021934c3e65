// SPDX-License-Identifier: BSL-1.0
// The program itself: exit statuses, messages, interrupts.
#include "conformance/attach/command_line.hpp"
#include "conformance/check.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace snapproto::conformance {
namespace {

using test::program_result;
using test::says;
using test::scratch;
using test::serve_script;
using test::small_agent;
using test::snapcheck;
using test::unix_server;

/// A server that is a right agent for what the two checks of chapter 21 used here ask.
struct right_server {
    explicit right_server(const scratch& place)
        : server(place.file("s"), [](int stream, const std::atomic<bool>& leave) {
              serve_script(small_agent{})(stream, leave);
          }) {}
    [[nodiscard]] std::string flags() const {
        return "agent --connect unix:" + server.path() + " --only '*guest-ping returns*'";
    }
    unix_server server;
};

} // namespace

BOOST_AUTO_TEST_SUITE(the_program)

BOOST_AUTO_TEST_CASE(a_right_agent_gives_0) {
    const scratch place;
    const right_server agent(place);
    const program_result run = snapcheck(place, agent.flags());
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "pass  "));
    BOOST_TEST(says(run.out, "no claim: only a selection"));
    BOOST_TEST(!says(run.out, "\x1b["), "no colours outside a terminal");
}

BOOST_AUTO_TEST_CASE(a_wrong_agent_gives_1_with_a_transcript_and_a_replay) {
    const scratch place;
    const unix_server server(place.file("s"), [](int stream, const std::atomic<bool>& leave) {
        serve_script([agent = small_agent{}](std::string& in) mutable {
            auto out = agent(in);
            if (out && says(*out, "{\"return\":{}}")) {
                *out = "{\"return\":[]}\n";
            }
            return out;
        })(stream, leave);
    });
    const program_result run = snapcheck(place, "agent --connect unix:" + server.path() +
                                                    " --only '*guest-ping returns*' --seed 5");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "does not conform"));
    BOOST_TEST(says(run.out, "{\"return\":[]}\\n"));
    BOOST_TEST(says(run.out, "replay      snapcheck agent --connect unix:"));
    BOOST_TEST(says(run.out, "--seed 5"));
}

BOOST_AUTO_TEST_CASE(learning_that_is_given_up_leaves_the_agent_thawed) {
    const scratch place;
    std::mutex one_at_a_time;
    small_agent agent;
    const unix_server server(place.file("s"), [&](int stream, const std::atomic<bool>& leave) {
        serve_script([&](std::string& in) {
            const std::lock_guard lock(one_at_a_time);
            return agent(in);
        })(stream, leave);
    });
    const program_result run = snapcheck(place, "learn --states-max 1 --remote --freeze-target /x "
                                                "--connect unix:" +
                                                    server.path());
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.err, "more than 1 states"), run.out << run.err);
    const std::lock_guard lock(one_at_a_time);
    const auto froze =
        std::count(agent.commands.begin(), agent.commands.end(), "guest-fsfreeze-freeze-list");
    BOOST_TEST(froze > 0);
    BOOST_TEST(!agent.frozen);
}

BOOST_AUTO_TEST_CASE(wrong_usage_gives_2_and_the_nearest_right_word) {
    const scratch place;
    const auto usage = [&](const std::string& words, std::string_view part) {
        const program_result run = snapcheck(place, words);
        BOOST_TEST(run.status == 2, words << ": " << run.out << run.err);
        BOOST_TEST(says(run.err, part), words << ": " << run.err);
    };
    usage("", "subcommand");
    usage("agnet", "did you mean agent?");
    usage("agent --basline x", "did you mean --baseline?");
    usage("agent --basline=x", "did you mean --baseline?");
    usage("agent --freeze-traget /x", "did you mean --freeze-target?");
    usage("agent --freezetarget=/x", "did you mean --freeze-target?");
    usage("trase x", "did you mean trace?");
    usage("trace x --reprot json=y", "did you mean --report?");
    usage("trace x --report jsn=y", "did you mean json?");
    usage("agent --report htlm=x", "did you mean html?");
    usage("agent --report html", "the file is missing");
    usage("agent --report html=/no/such/place/x", "no directory");
    usage("agent --report json=- --report tap=-", "only one report");
    usage("agent --connect nowhere", "unix:PATH");
    usage("agent --connect unix:/x --spawn 'a {socket}'", "excludes");
    usage("agent --spawn 'agent -p /x'", "{socket}");
    usage("agent --spawn 'agent {sokcet} {socket}'", "unknown placeholder {sokcet}");
    usage("agent --only no-such-check", "matches no check (snapcheck list");
    usage("agent --only 24.l/1", "did you mean '24.1/1'?");
    usage("agent --skip 'guest-ping retruns an empty object'", "did you mean 'guest-ping returns");
    usage("agent --skip '*'", "leaves no check");
    usage("agent --dialect qgaa", "did you mean qga?");
    usage("agent --dialect nativ", "did you mean native?");
    usage("agent --dialect native --spawn 'a -p /x'", "{socket}");
    usage("agent --dialect native --shim a", "--connect and --spawn reach an agent");
    usage("agent --dialect native --freeze-target /x", "goes with --connect");
    usage("agent --dialect native --connect nowhere", "unix:PATH");
    usage("agent --dialect native --builtin holds-forever", "did you mean holds-for-ever?");
    usage("learn --dialect native", "qga and hyperv only");
    usage("agent --dialect hyprev", "did you mean hyperv?");
    usage("agent --dialect hyperv --connect unix:/x", "--spawn starts it");
    usage("agent --dialect hyperv --builtin referenc", "did you mean reference?");
    usage("agent --dialect hyperv --freeze-target /x", "goes with --spawn and --root");
    usage("agent --dialect hyperv --spawn 'a -n' --freeze-target /x", "--spawn and --root");
    usage("agent --dialect hyperv --spawn 'a -n' --root /x", "--root requires --freeze-target");
    usage("agent --dialect vmbackup --freeze-target /x", "goes with --spawn in the dialect");
    usage("agent --spawn 'a {socket}' --root /x --freeze-target /y", "for the dialect hyperv");
    usage("agent --dialect vmbackup --spawn 'a -p /x' --root /x --freeze-target /y", "no terminal");
    usage("agent --dialect vmbackup --connect unix:/x", "--spawn starts it");
    usage("agent --dialect vmbackup --spawn 'vmtoolsd -n vmsvc'", "no --plugin-path");
    usage("agent --dialect vmbackup --builtin silen", "did you mean silent?");
    usage("orchestrator --dialect hyperv --listen unix:/x --trigger true",
          "--listen is not for the dialect hyperv");
    usage("learn --dialect vmbackup", "qga and hyperv only");
    usage("agent --baseline /no/such/file", "cannot be read");
    usage("agent --timeout-scale 0", "0");
    usage("agent --builtin no-such-fault-at-all", "no-such-fault-at-all");
    usage("agent --builtin holds-forever", "did you mean holds-for-ever?");
    usage("agent --shim x --freeze-target /x", "filesystems of their own");
    usage("orchestrator --listen unix:/x", "--trigger");
    usage("learn --builtin referense", "did you mean reference?");
    usage("learn --states-max 0", "--states-max");
    usage("learn --dot /no/such/place/x", "no directory");
    usage("agent --complete 9", "--complete");
    usage("agent --complete 1 --only 24.1/1", "do not go with them");
    usage("agent --complete 1 --repeat 2", "do not go with them");
    usage("agent --complete 1 --sequence thaw", "excludes");
    usage("agent --sequence 'freeze thwa'", "did you mean thaw?");
    usage("spec clause", "did you mean clauses?");
    usage("spec promela --agents 4", "--agents is 1 to 3");
    usage("spec promela --participants 0", "--participants is 1 to 3");
    usage("spec promela --sessions 4", "--sessions is 1 to 3");
    usage("spec promela --fault-budget 8", "--fault-budget is 0 to 7");
    usage("spec promela --faults all,-lost", "'lost' is no fault; there are: loss");
    usage("spec promela --dialect hyperv", "there are: native qga");
    usage("spec promela --flaw none,no_hold_timer", "is no flaw");
    usage("spec promela --mutate agent:thaw", "TABLE:STATE:EVENT:GUARD:KIND");
    usage("spec promela --mutate agent:thaw:hold_expired::swap", "no kind of mutation");
    usage("spec promela --machine agent", "not about one machine");
    usage("spec clauses --agents 2", "options are for 'spec promela'");
    usage("spec diagram --format mermiad --machine agent", "did you mean mermaid?");
    usage("spec diagram --format json", "there are: mermaid, dot, plantuml, markdown");
    usage("spec table --machine orchestrater", "did you mean orchestrator?");
    usage("spec diagram", "add --machine agent|orchestrator|participant|provider");
    usage("spec clauses --machine agent", "not about one machine");
    usage("spec matrix --source /no/such/place", "no source tree");
    usage("spec table --source .", "reads no source tree");
    usage("spec table --output /no/such/place/x", "cannot be written");
    usage("list --fault", "did you mean --faults?");
}

BOOST_AUTO_TEST_CASE(help_version_and_lists_give_0) {
    const scratch place;
    BOOST_TEST(snapcheck(place, "--version").out.starts_with("snapcheck "));
    BOOST_TEST(says(snapcheck(place, "agent --help").out, "Exit status: 0"));
    const program_result list = snapcheck(place, "list");
    BOOST_TEST(list.status == 0);
    for (const check& one : all_qga_checks().all()) {
        BOOST_TEST(says(list.out, one.id() + " "), one.id());
    }
    const program_result half = snapcheck(place, "list --role orchestrator");
    BOOST_TEST(says(half.out, "orchestrator  29.12/1 "));
    BOOST_TEST(!says(half.out, "agent         "));
    BOOST_TEST(snapcheck(place, "spec clauses").status == 0);
    BOOST_TEST(snapcheck(place, "spec diagram --format dot -o " + place.file("x")).status == 0);
    BOOST_TEST(says(test::read_all(place.file("x")), "digraph provider"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_gives_3) {
    const scratch place;
    const auto lost = [&](const std::string& words, std::string_view part) {
        const program_result run = snapcheck(place, "agent --timeout-scale 0.1 " + words);
        BOOST_TEST(run.status == 3, words << ": " << run.out << run.err);
        BOOST_TEST(says(run.err, part), words << ": " << run.err);
    };
    lost("--connect unix:" + place.file("nothing"), "no such path");
    lost("--connect tcp:127.0.0.1:1", "refused");
    lost("--connect pty:/dev/null", "not a terminal");
    lost("--spawn '/no/such/program {socket}'", "cannot execute");
    lost("--spawn 'false {socket}'", "ended at its start, status 1");
    lost("--spawn 'sleep 60 # {socket}'", "ended at its start");
    lost("--spawn 'sh -c \"sleep 60\" {socket}'", "did not listen");
    const unix_server server(place.file("mute"), [](int stream, const std::atomic<bool>& leave) {
        serve_script([](std::string& in) -> std::optional<std::string> {
            in.clear();
            return "";
        })(stream, leave);
    });
    lost("--connect unix:" + server.path(), "nothing answered");
}

BOOST_AUTO_TEST_CASE(a_baseline_is_written_met_and_goes_out_of_date) {
    const scratch place;
    const std::string file = place.file("baseline");
    const right_server agent(place);
    BOOST_TEST(snapcheck(place, agent.flags() + " --write-baseline " + file).status == 0);
    const program_result met = snapcheck(place, agent.flags() + " --baseline " + file);
    BOOST_TEST(met.status == 0);
    BOOST_TEST(says(met.out, "is met exactly"));
    std::string id;
    for (const check& one : qga_checks().all()) {
        if (says(std::string(one.title), "guest-ping returns")) {
            id = one.id();
        }
    }
    std::ofstream(file, std::ios::app) << id << " fail it was wrong once\n";
    const program_result old = snapcheck(place, agent.flags() + " --baseline " + file);
    BOOST_TEST(old.status == 1);
    BOOST_TEST(says(old.out, "expected fail, found pass"));
    BOOST_TEST(says(old.out, "it was wrong once"));
}

BOOST_AUTO_TEST_CASE(a_script_that_attaches_says_how_its_replays_begin) {
    const scratch place;
    const program_result run =
        snapcheck(place, "agent --builtin says-thawed --only 24.1/1 --target-name 'my agent' "
                         "--replay-head 'peers/my-agent.sh --layout plain --'");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(
        says(run.out, "replay      peers/my-agent.sh --layout plain -- --only 24.1/1 --seed 1\n"));
    BOOST_TEST(says(run.out, "target: my agent\n"));
}

BOOST_AUTO_TEST_CASE(a_baseline_that_is_met_gives_0_also_for_a_must_and_with_strict) {
    const scratch place;
    const std::string file = place.file("baseline");
    std::ofstream(file) << "24.1/1 fail says thawed, whatever happens\n";
    const std::string flags = "agent --builtin says-thawed --only 24.1/1";
    BOOST_TEST(snapcheck(place, flags).status == 1);
    const program_result met = snapcheck(place, flags + " --strict --baseline " + file);
    BOOST_TEST(met.status == 0, met.out << met.err);
    BOOST_TEST(says(met.out, "does not conform"), "a baseline makes no claim");
}

BOOST_AUTO_TEST_CASE(a_report_on_standard_output_is_alone_there) {
    const scratch place;
    const right_server agent(place);
    const program_result run =
        snapcheck(place, agent.flags() + " --report json=- --report html=" + place.file("r.html"));
    BOOST_TEST(run.status == 0);
    BOOST_TEST(run.out.starts_with("{\"tool\":\"snapcheck\""));
    BOOST_TEST(run.out.find('\n') == run.out.size() - 1);
    BOOST_TEST(std::filesystem::file_size(place.file("r.html")) > 4000U);
}

namespace {

/// Starts snapcheck with one connection and its output thrown away.
pid_t start_snapcheck(const std::string& address) {
    const std::string program = tests::program_path("snapcheck");
    const pid_t child = ::fork();
    if (child == 0) {
        const int null = ::open("/dev/null", O_WRONLY);
        ::dup2(null, STDOUT_FILENO);
        ::dup2(null, STDERR_FILENO);
        ::execl(program.c_str(), "snapcheck", "agent", "--connect", address.c_str(), "--only",
                "*guest-ping returns*", static_cast<char*>(nullptr));
        ::_exit(99);
    }
    return child;
}

bool comes_true(const std::atomic<bool>& flag) {
    for (int i = 0; i < 1000 && !flag; ++i) {
        real_sleep(std::chrono::milliseconds(10));
    }
    return flag;
}

/// An agent that is frozen, and mute from then on if told so, as soon as it is pinged.
class interrupted_agent {
  public:
    explicit interrupted_agent(bool mute_afterwards) : m_mute(mute_afterwards) {}

    std::optional<std::string> operator()(std::string& in) {
        const std::lock_guard lock(m_mutex);
        const bool ping = in.find("guest-ping") != std::string::npos;
        if (ping || (m_mute && pinged)) {
            agent.frozen = true;
            pinged = true;
            in.clear();
            return "";
        }
        auto out = agent(in);
        thawed =
            thawed || (!agent.commands.empty() && agent.commands.back() == "guest-fsfreeze-thaw");
        return out;
    }

    small_agent agent;
    std::atomic<bool> pinged{false};
    std::atomic<bool> thawed{false};

  private:
    bool m_mute;
    std::mutex m_mutex;
};

} // namespace

BOOST_AUTO_TEST_CASE(an_interrupt_thaws_and_gives_130) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        const scratch place;
        interrupted_agent agent(false);
        const unix_server server(place.file("s"), [&](int stream, const std::atomic<bool>& leave) {
            serve_script([&](std::string& in) { return agent(in); })(stream, leave);
        });
        const pid_t child = start_snapcheck("unix:" + server.path());
        BOOST_REQUIRE(child > 0);
        BOOST_TEST(comes_true(agent.pinged));
        ::kill(child, number);
        int state = 0;
        BOOST_REQUIRE(::waitpid(child, &state, 0) == child);
        BOOST_TEST(WIFEXITED(state));
        BOOST_TEST(WEXITSTATUS(state) == 130);
        BOOST_TEST(agent.thawed.load());
        BOOST_TEST(!agent.agent.frozen);
    }
}

BOOST_AUTO_TEST_CASE(a_second_interrupt_does_not_wait_for_a_mute_agent) {
    const scratch place;
    interrupted_agent agent(true);
    const unix_server server(place.file("s"), [&](int stream, const std::atomic<bool>& leave) {
        serve_script([&](std::string& in) { return agent(in); })(stream, leave);
    });
    const pid_t child = start_snapcheck("unix:" + server.path());
    BOOST_REQUIRE(child > 0);
    BOOST_TEST(comes_true(agent.pinged));
    ::kill(child, SIGINT);
    real_sleep(std::chrono::milliseconds(300));
    int state = 0;
    BOOST_TEST(::waitpid(child, &state, WNOHANG) == 0, "it tries to thaw by protocol first");
    const instant before = real_now();
    ::kill(child, SIGINT);
    BOOST_REQUIRE(::waitpid(child, &state, 0) == child);
    BOOST_TEST(WIFEXITED(state));
    BOOST_TEST(WEXITSTATUS(state) == 130);
    BOOST_CHECK(real_now() - before < std::chrono::seconds(2));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
