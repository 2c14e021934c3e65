// SPDX-License-Identifier: BSL-1.0
// `snapcheck orchestrator` and a small orchestrator of its own process, over real sockets.
#include "conformance/attach/address.hpp"
#include "conformance/attach/channel.hpp"
#include "conformance/attach/played_monitor.hpp"
#include "conformance/orchestrator/trial.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace snapproto::conformance {
namespace {

using test::program_result;
using test::says;
using test::scratch;
using test::snapcheck;

/// The flags that reach the small orchestrator: it cuts by QMP, or by a marker file.
std::string small_orchestrator(const scratch& place, const std::string& cut,
                               const std::string& more = {}) {
    const std::string program =
        "python3 " + tests::source_path("tests/conformance/small_orchestrator.py");
    return "orchestrator --listen unix:" + place.file("agent") + " --trigger '" + program +
           " --socket {socket} " + cut + " " + more + "' --patience 20 --hold-limit 2 ";
}

std::string with_qmp(const scratch& place, const std::string& more = {}) {
    return small_orchestrator(place, "--qmp {qmp}", more) + "--qmp unix:" + place.file("qmp") + " ";
}

std::string with_marker(const scratch& place) {
    return small_orchestrator(place, "--marker {marker}") + "--cut-marker " + place.file("mark") +
           " ";
}

/// Sends a command to a played monitor and gives what comes back of it.
std::string asked_of(played_monitor& monitor, channel& stream, std::string_view command) {
    using namespace std::chrono_literals;
    BOOST_TEST((stream.send(command, 1s).status == send_status::complete));
    while (monitor.serve(instant{})) {
    }
    return stream.receive(1s).bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(orchestrators)

BOOST_AUTO_TEST_CASE(a_right_orchestrator_gives_0) {
    const scratch place;
    const program_result run =
        snapcheck(place, with_qmp(place) + "--only '12.9/1' --only '12.10/1' --only '22.1[12]/*' "
                                           "--only '29.12/*' --only '29.20/1' --only '29.21/3'");
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "no claim: only a selection"));
    BOOST_TEST(!says(run.out, "skip  "), run.out);
}

BOOST_AUTO_TEST_CASE(a_wrong_orchestrator_gives_1_with_a_transcript_and_a_replay) {
    const scratch place;
    const program_result run =
        snapcheck(place, with_qmp(place, "--fault no-thaw") + "--only '12.10/1' --seed 3");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "no guest stays frozen after a cut that failed"), run.out);
    BOOST_TEST(says(run.out, "guest-fsfreeze-freeze"));
    BOOST_TEST(says(run.out, "the cut fails"));
    BOOST_TEST(says(run.out, "no consistent snapshot: the cut failed: No space left"));
    BOOST_TEST(says(run.out, "replay      snapcheck orchestrator --listen unix:"));
    BOOST_TEST(says(run.out, "--only 12.10/1 --seed 3"));
}

BOOST_AUTO_TEST_CASE(an_orchestrator_that_does_not_synchronise_is_found) {
    const scratch place;
    const program_result run =
        snapcheck(place, with_qmp(place, "--fault no-sync") + "--only '22.10/1'");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "the first request on a channel is a synchronisation"));
}

BOOST_AUTO_TEST_CASE(a_marker_shows_the_cut_but_cannot_spoil_it) {
    const scratch place;
    const program_result run =
        snapcheck(place, with_marker(place) + "--only '13.11/1' --only '12.10/1'");
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "pass  13.11/1"), run.out);
    BOOST_TEST(says(run.out, "skip  12.10/1"), run.out);
    BOOST_TEST(says(run.out, "needs making the cut slow or fail: --qmp is not given"), run.out);
}

BOOST_AUTO_TEST_CASE(a_trigger_that_does_not_end_is_ended) {
    const scratch place;
    const program_result run =
        snapcheck(place, "orchestrator --listen unix:" + place.file("s") +
                             " --trigger 'sleep 60' --patience 0.5 --only '12.29/1'");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "no end within 0.5"), run.out);
}

BOOST_AUTO_TEST_CASE(what_a_trigger_says_can_lower_its_claim) {
    const scratch place;
    const std::string flags = "orchestrator --listen unix:" + place.file("s") +
                              " --trigger 'echo made a crash copy' --only '12.29/1' ";
    BOOST_TEST(snapcheck(place, flags).status == 1);
    BOOST_TEST(snapcheck(place, flags + "--degraded 'crash.*copy'").status == 0);
}

BOOST_AUTO_TEST_CASE(a_group_of_two_is_judged_by_a_trigger_of_its_own) {
    const scratch place;
    const std::string flags = "orchestrator --listen unix:" + place.file("a") +
                              " --listen-second unix:" + place.file("b") +
                              " --qmp unix:" + place.file("q") +
                              " --trigger 'exit 1' --only '12.12/2' --trigger-group ";
    const program_result honest = snapcheck(place, flags + "'exit 1'");
    BOOST_TEST(honest.status == 0, honest.out << honest.err);
    BOOST_TEST(says(honest.out, "pass  12.12/2"), honest.out);
    const program_result boastful = snapcheck(place, flags + "'exit 0'");
    BOOST_TEST(boastful.status == 1, boastful.out << boastful.err);
    BOOST_TEST(says(boastful.out, "one of the group could not be frozen"), boastful.out);
}

BOOST_AUTO_TEST_CASE(wrong_usage_gives_2) {
    const scratch place;
    const auto usage = [&](const std::string& words, std::string_view part) {
        const program_result run = snapcheck(place, "orchestrator " + words);
        BOOST_TEST(run.status == 2, words << ": " << run.out << run.err);
        BOOST_TEST(says(run.err, part), words << ": " << run.err);
    };
    usage("--listen unix:/x", "--trigger");
    usage("--trigger true", "--listen");
    usage("--listen pty:/dev/x --trigger true", "a unix socket or tcp is wanted");
    usage("--listen unix:/x --trigger true --listen-second unix:/y", "--trigger-group");
    usage("--listen unix:/x --trigger true --trigger-group true", "--listen-second");
    usage("--listen unix:/x --trigger true --degraded '('", "--degraded");
    usage("--builtin thaws-onze", "did you mean thaws-once?");
    usage("--only 24.1/1", "matches no check");
    BOOST_TEST(
        snapcheck(place, "orchestrator --listen unix:/no/such/place/s --trigger true").status == 3);
}

BOOST_AUTO_TEST_CASE(the_commands_that_fix_a_snapshot_point) {
    BOOST_TEST(played_monitor::cuts("blockdev-snapshot-sync"));
    BOOST_TEST(played_monitor::cuts("blockdev-backup"));
    BOOST_TEST(!played_monitor::cuts("query-block"));
    BOOST_TEST(!played_monitor::cuts("blockdev-add"));
}

// A group's machines name their jobs alike when they share a monitor: the first that was done took
// the other's away.
BOOST_AUTO_TEST_CASE(machines_that_share_a_monitor_keep_their_jobs) {
    using namespace std::chrono_literals;
    const scratch place;
    const address where = parse_address("unix:" + place.file("qmp"));
    played_monitor monitor(where, [](cut_sign) {});
    const auto one = connect_to(where, 1s);
    const auto other = connect_to(where, 1s);
    for (channel* machine : {one.get(), other.get()}) {
        (void)asked_of(monitor, *machine,
                       R"({"execute": "blockdev-create", "arguments": {"job-id": "made"}})");
    }
    (void)asked_of(monitor, *one, R"({"execute": "job-dismiss", "arguments": {"id": "made"}})");
    BOOST_TEST(asked_of(monitor, *other, R"({"execute": "query-jobs"})").find("concluded") !=
               std::string::npos);
    (void)asked_of(monitor, *other, R"({"execute": "job-dismiss", "arguments": {"id": "made"}})");
    BOOST_TEST(asked_of(monitor, *one, R"({"execute": "query-jobs"})").find("concluded") ==
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
