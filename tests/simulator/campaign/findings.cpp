// SPDX-License-Identifier: BSL-1.0
// Each thing that must not be is found where it is, and not where a fault of the world explains it.
#include "simulator/campaign/finding.hpp"

#include "simulator/campaign/seed_result.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace {

using namespace snapproto;

world::scenario sound_world() {
    world::scenario made;
    made.title = "t";
    made.teaches = "x.";
    made.heal_ms = 20'000;
    made.run_ms = 130'000;
    made.clients.count = 1;
    made.clients.think_ms = 200;
    made.host.start_ms = 1000;
    made.host.repeat_ms = 9000;
    return made;
}

world::fault fault(const std::string& when, const std::string& word, std::uint64_t after_ms,
                   std::uint64_t for_ms, std::uint64_t occurrence = 1) {
    world::fault made;
    made.when = when;
    made.occurrence = occurrence;
    made.what = word;
    made.after_ms = after_ms;
    made.for_ms = for_ms;
    return made;
}

world::scenario with_fault(world::scenario what, const std::string& when, const std::string& word,
                           std::uint64_t for_ms) {
    what.faults.push_back(fault(when, word, 0, for_ms));
    return what;
}

std::set<std::string> kinds(const world::scenario& what) {
    std::set<std::string> found;
    for (const auto& one : campaign::play_planned(what).findings) {
        found.insert(one.kind);
    }
    return found;
}

std::set<std::string> kinds_with(std::string_view faulty, world::scenario what = sound_world()) {
    what.faulty = faulty;
    return kinds(what);
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_findings)

BOOST_AUTO_TEST_CASE(nothing_is_wrong_with_the_reference_in_a_sound_world) {
    BOOST_TEST(kinds(sound_world()).empty());
}

BOOST_AUTO_TEST_CASE(faults_that_make_snapshots_fail_are_nothing_wrong) {
    for (const auto* word : {"host_dies", "channel_lost", "to_guest_lost", "to_host_lost"}) {
        BOOST_TEST_CONTEXT(word) {
            const auto what = with_fault(sound_world(), "filesystem.frozen", word, 4000);
            const auto result = campaign::play_planned(what);
            BOOST_TEST(result.findings.empty());
            BOOST_TEST(result.outcomes.failed + result.outcomes.untold > 0U);
            BOOST_TEST(result.outcomes.success > 0U);
        }
    }
}

// What campaigns have found wrong with the world around the reference, shrunk.
BOOST_AUTO_TEST_CASE(what_is_held_when_processes_come_and_go_is_released_once_and_in_order) {
    const std::vector<world::fault> found[]{
        // A new process lets go of hooks, and of one whose hold comes after it has begun.
        {fault("database.quiesced", "agent_dies", 0, 1)},
        {fault("agent.holds", "agent_dies", 9, 1),
         fault("agent.holds", "participant_hangs", 0, 60)},
        // The kernel's freeze comes after the process that asked for it has died.
        {fault("agent.received.freeze", "freeze_hangs", 0, 300),
         fault("fault.begins", "agent_dies", 99, 1)},
        // The kernel has thawed, and the process dies before it hears of that.
        {fault("agent.received.thaw", "processor_stalls", 0, 18),
         fault("fault.begins", "agent_dies", 0, 1)},
        // The kernel's freeze fails after the process that asked for it has died.
        {fault("agent.holds", "agent_dies", 0, 1, 2),
         fault("database.quiesced", "freeze_fails", 0, 1)},
        // A new process is told to freeze before its predecessor's freeze has come.
        {fault("agent.holds", "disk_stalls", 0, 14'000, 2),
         fault("agent.holds", "agent_dies", 0, 1, 2)},
        // A new process is told to stop before its predecessor's freeze has come.
        {fault("agent.holds", "disk_stalls", 0, 64, 2), fault("agent.holds", "agent_dies", 0, 1, 2),
         fault("agent.received.freeze", "agent_upgraded", 54, 0)},
        // Somebody else's thaw comes before his freeze has.
        {fault("start", "frozen_by_another", 0, 1)},
        // A hook has resumed, and the process dies before it hears of that.
        {fault("agent.releases", "processor_stalls", 0, 400, 3),
         fault("database.resumed", "agent_dies", 310, 1)},
        // A new process adopts some of what its predecessor held, the others being released.
        {fault("start", "disk_plugged", 0, 0), fault("agent.sent.frozen", "thaw_fails", 0, 5'000),
         fault("filesystem.thaw_failed", "agent_dies", 0, 1)},
        // It cannot release what it adopted.
        {fault("agent.sent.frozen", "thaw_fails", 0, 25'000),
         fault("filesystem.frozen", "agent_dies", 0, 1)},
        // The host dies between closing the channel and opening it again.
        {fault("start", "agent_dies", 0, 14'000), fault("channel.lost", "host_fails_over", 0, 0)},
    };
    for (const auto& faults : found) {
        auto what = sound_world();
        what.faults = faults;
        const auto result = campaign::play_planned(what);
        BOOST_TEST_CONTEXT(faults.front().what) {
            BOOST_TEST(result.outcomes.success > 0U);
            for (const auto& one : result.findings) {
                BOOST_TEST(false, one.kind << ": " << one.what);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_watchdog_whose_thaw_fails_tries_again) {
    auto what = sound_world();
    what.agent.remembers = false; // nobody but the watchdog knows of it
    what.faults = {fault("filesystem.frozen", "agent_dies", 0, 18'000),
                   fault("filesystem.frozen", "thaw_fails", 0, 12'000)};
    const auto result = campaign::play_planned(what);
    BOOST_TEST(result.outcomes.success > 0U);
    BOOST_TEST(result.findings.empty());
}

BOOST_AUTO_TEST_CASE(a_claim_that_is_false_is_found) {
    BOOST_TEST(kinds_with("agent-never-freezes").contains("false claim"));
    auto quick = sound_world();
    quick.provider.cut_ms = 5; // the cut ends before the freeze has come
    BOOST_TEST(kinds_with("host-does-not-wait", quick).contains("false claim"));
}

BOOST_AUTO_TEST_CASE(applications_that_were_not_stopped_are_found_in_the_contents) {
    auto what = sound_world();
    what.publisher.pause_ms = 5;
    BOOST_TEST(kinds_with("agent-skips-hooks", what).contains("contents torn"));
    what.publisher.quiesce = false; // then nobody said that they would be whole
    BOOST_TEST(!kinds_with("agent-skips-hooks", what).contains("contents torn"));
}

BOOST_AUTO_TEST_CASE(what_stays_held_is_found) {
    BOOST_TEST(kinds_with("agent-never-thaws").contains("filesystem held for good"));
    BOOST_TEST(kinds_with("agent-forgets-applications").contains("database held for good"));
}

BOOST_AUTO_TEST_CASE(a_hold_beyond_its_limit_is_found) {
    const auto what = with_fault(sound_world(), "filesystem.frozen", "to_guest_stalls", 16'000);
    BOOST_TEST(kinds(what).empty());
    BOOST_TEST(kinds_with("agent-ignores-the-limit", what).contains("held too long"));
}

BOOST_AUTO_TEST_CASE(a_guest_that_is_left_frozen_without_a_word_is_found) {
    BOOST_TEST(kinds_with("host-never-thaws").contains("left frozen in silence"));
}

BOOST_AUTO_TEST_CASE(a_session_without_an_end_is_found) {
    const auto what = with_fault(sound_world(), "filesystem.frozen", "to_host_lost", 3000);
    BOOST_TEST(kinds(what).empty());
    BOOST_TEST(kinds_with("host-waits-for-ever", what).contains("no end"));
}

BOOST_AUTO_TEST_CASE(a_world_that_does_not_recover_is_found) {
    BOOST_TEST(kinds_with("agent-id-before").contains("no recovery"));
    auto what = sound_world();
    what.provider.cut_ms = what.agent.hold_limit_ms; // it never could
    BOOST_TEST(!kinds(what).contains("no recovery"));
}

BOOST_AUTO_TEST_CASE(every_faulty_endpoint_has_a_name_of_its_own_and_can_be_chosen) {
    std::set<std::string_view> names;
    for (const auto& one : world::faulty_endpoints()) {
        BOOST_TEST(names.insert(one.name).second);
        BOOST_TEST(!one.meaning.empty());
        BOOST_TEST(world::make_flaw(one.name) != nullptr);
        auto what = sound_world();
        world::set(what, "faulty=" + std::string{one.name});
        BOOST_TEST(what.faulty == one.name);
    }
    BOOST_TEST(names.size() >= 20U);
    BOOST_TEST(world::make_flaw("none") == nullptr);
    auto what = sound_world();
    BOOST_CHECK_THROW(world::set(what, "faulty=host-perfect"), world::scenario_error);
}

BOOST_AUTO_TEST_SUITE_END()
