// SPDX-License-Identifier: BSL-1.0
// The scenarios that come with the program do what they say, and what they teach holds for more
// than one seed.
#include "simulator/fleet/scenario.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/report/report.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace {

using namespace snapproto;
using judge::worth;
namespace fs = std::filesystem;

const fs::path folder{tests::source_path("simulator/scenarios")};

std::string read(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

world::scenario load(const std::string& name) {
    return world::scenario_from(name, read(folder / (name + ".json")));
}

// How the copies of so many seeds are.
std::map<worth, int> worth_of_seeds(world::scenario what, int seeds) {
    std::map<worth, int> found;
    for (int seed = 1; seed <= seeds; ++seed) {
        what.seed = static_cast<std::uint64_t>(seed);
        const auto run = world::play(what);
        const auto verdict = judge::judge(run);
        BOOST_TEST(verdict.conversation.empty());
        BOOST_TEST(verdict.liveness.empty());
        BOOST_TEST(verdict.claims_are_true());
        ++found[verdict.worst()];
    }
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_scenarios)

BOOST_AUTO_TEST_CASE(every_scenario_comes_out_as_it_says) {
    int played = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const auto name = entry.path().stem().string();
        if (fleet::looks_like_fleet(read(entry.path()))) {
            continue; // tests/simulator/fleet plays those
        }
        BOOST_TEST_CONTEXT(name) {
            const auto what = load(name);
            BOOST_TEST(what.title.back() != '.');
            BOOST_TEST(what.teaches.back() == '.');
            BOOST_TEST(!what.expect.contents.empty());
            const auto run = world::play(what);
            for (const auto& surprise : judge::surprises(run, judge::judge(run))) {
                BOOST_ERROR(surprise);
            }
            ++played;
        }
    }
    BOOST_TEST(played >= 29);
}

BOOST_AUTO_TEST_CASE(the_torn_database_is_torn_without_integration_and_whole_with_it) {
    // The same world and the same seeds; the only difference is that the guest is told.
    auto what = load("01-crash-copy-tears-the-database");
    what.publisher.enabled = false; // the database alone
    const auto without = worth_of_seeds(what, 20);
    what.channel.connected = true;
    const auto with = worth_of_seeds(what, 20);
    BOOST_TEST(without.at(worth::torn) == 20);
    BOOST_TEST(with.at(worth::whole) == 20);
}

BOOST_AUTO_TEST_CASE(full_page_writes_keep_a_database_whole_in_every_crash_copy) {
    const auto found = worth_of_seeds(load("02-full-page-writes-survive-it"), 40);
    BOOST_TEST(found.at(worth::whole) == 40);
}

BOOST_AUTO_TEST_CASE(a_frozen_filesystem_keeps_the_database_and_tears_publications) {
    auto what = load("03-filesystem-freeze-alone");
    const auto both = worth_of_seeds(what, 20);
    BOOST_TEST(both.at(worth::torn) >= 10);
    what.publisher.enabled = false;
    BOOST_TEST(worth_of_seeds(what, 20).at(worth::whole) == 20);
}

BOOST_AUTO_TEST_CASE(acknowledging_before_the_log_is_on_the_disk_loses_transactions) {
    auto what = load("03-filesystem-freeze-alone");
    what.publisher.enabled = false;
    what.database.acknowledge = "buffered";
    what.database.group_commit_us = 20'000;
    BOOST_TEST(worth_of_seeds(what, 20).at(worth::lost) >= 10);
    what.database.quiesce = true;
    BOOST_TEST(worth_of_seeds(what, 20).at(worth::whole) == 20);
}

BOOST_AUTO_TEST_CASE(a_quiesced_guest_gives_whole_copies_that_need_no_recovery) {
    auto what = load("04-application-quiesce");
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        what.seed = seed;
        what.host.start_ms = 3000 + 97 * seed; // not always at the beginning of a checkpoint
        const auto verdict = judge::judge(world::play(what));
        BOOST_TEST(verdict.held());
        BOOST_TEST_REQUIRE(verdict.attempts.size() == 1U);
        const auto& found = verdict.attempts.front().found;
        BOOST_TEST((found.is == worth::whole));
        BOOST_TEST(found.filesystem_clean);
        BOOST_TEST(found.transactions_replayed == 0U);
    }
}

BOOST_AUTO_TEST_CASE(only_the_host_that_does_not_synchronise_believes_the_stale_reply) {
    auto what = load("08-stale-reply-believed");
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        what.seed = seed;
        what.host.kind = "naive";
        BOOST_TEST(!judge::judge(world::play(what)).claims_are_true());
        what.host.kind = "reference";
        BOOST_TEST(judge::judge(world::play(what)).held());
    }
}

BOOST_AUTO_TEST_CASE(the_hold_limit_bounds_what_clients_wait_when_the_host_dies) {
    auto what = load("06-host-dies-while-frozen");
    for (const std::uint64_t limit_ms : {2'000U, 5'000U, 10'000U}) {
        what.agent.hold_limit_ms = limit_ms;
        const auto run = world::play(what);
        const auto limit = static_cast<world::ticks>(limit_ms) * kernel::millisecond;
        BOOST_TEST(run.longest_stall > limit / 2);
        BOOST_TEST(run.longest_stall < limit + kernel::second);
        BOOST_TEST(!run.still_frozen);
    }
    what.agent.hold_limit_ms = 100'000'000; // as if there were none
    const auto run = world::play(what);
    BOOST_TEST(run.still_frozen);
    BOOST_TEST(!judge::judge(run).held());
}

BOOST_AUTO_TEST_CASE(a_seed_plays_the_same_story_again_and_another_seed_another_one) {
    for (const auto* name : {"04-application-quiesce", "10-agent-killed-while-frozen"}) {
        auto what = load(name);
        const auto first = world::play(what);
        const auto second = world::play(what);
        BOOST_TEST(report::timeline(first, true) == report::timeline(second, true));
        BOOST_TEST(report::jsonl(first) == report::jsonl(second));
        BOOST_TEST(first.events == second.events);
        ++what.seed;
        BOOST_TEST(report::timeline(world::play(what), true) != report::timeline(first, true));
    }
}

BOOST_AUTO_TEST_SUITE_END()
