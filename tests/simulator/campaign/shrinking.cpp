// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/shrink.hpp"

#include "simulator/campaign/seed_result.hpp"
#include "simulator/campaign/swarm.hpp"
#include "simulator/world/scenario.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <set>
#include <vector>

namespace {

using namespace snapproto;
using subset = std::vector<std::size_t>;

// A world that is quickly played: one snapshot, and the time in which all must be over.
world::scenario small_world() {
    world::scenario made;
    made.title = "t";
    made.teaches = "x.";
    made.run_ms = 20'000;
    made.heal_ms = 15'000;
    made.clients.count = 2;
    made.clients.think_ms = 100;
    made.host.start_ms = 1000;
    return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_shrinking)

RC_BOOST_PROP(a_minimal_subset_is_what_must_be_there, (const std::set<std::uint8_t>& needed)) {
    // A run that fails if and only if all of these are in it.
    const subset members{needed.begin(), needed.end()};
    const auto found = campaign::minimal_subset(256, [&](const subset& tried) {
        return std::includes(tried.begin(), tried.end(), members.begin(), members.end());
    });
    RC_ASSERT(found == members);
}

RC_BOOST_PROP(a_minimal_subset_fails_and_none_of_its_members_can_go, (std::uint64_t salt)) {
    // Fails when enough of a few weights come together: there are many minimal subsets.
    const auto weight = [&](std::size_t i) { return (salt >> (i % 60)) % 7; };
    const auto fails = [&](const subset& tried) {
        std::uint64_t sum = 0;
        for (const auto i : tried) {
            sum += weight(i);
        }
        return sum >= 30;
    };
    subset all(40);
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = i;
    }
    RC_PRE(fails(all));
    const auto found = campaign::minimal_subset(all.size(), fails);
    RC_ASSERT(fails(found));
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto less = found;
        less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
        RC_ASSERT(!fails(less));
    }
}

BOOST_AUTO_TEST_CASE(the_one_fault_that_matters_is_left) {
    auto what = small_world();
    what.faulty = "agent-hides-the-early-end"; // claims too much when the cut outlasts the hold
    what.agent.hold_limit_ms = 3000;
    const auto add = [&](std::string when, std::string word, std::uint64_t for_ms) {
        what.faults.push_back({});
        what.faults.back().when = std::move(when);
        what.faults.back().what = std::move(word);
        what.faults.back().for_ms = for_ms;
    };
    add("start", "to_guest_stalls", 20);
    add("provider.cut_begins", "to_guest_stalls", 10); // neither this
    add("provider.cut_ends", "to_guest_stalls", 20);
    what.provider.cut_ms = 4000;
    const auto small = campaign::shrink(what);
    BOOST_TEST(small.wrong.kind == "false claim");
    BOOST_TEST(small.decisions.empty()); // it is the scenario itself that is slow
    BOOST_TEST(small.decisions_before == 3U);
    BOOST_TEST(small.smallest.clients.count == 1U);
    BOOST_TEST(!small.smallest.publisher.enabled);
    BOOST_TEST(small.smallest.run_ms < what.run_ms);
    const auto again = campaign::play_planned(small.smallest).findings;
    BOOST_TEST_REQUIRE(!again.empty());
    BOOST_TEST(again.front().kind == "false claim");
}

BOOST_AUTO_TEST_CASE(what_is_shrunk_is_a_file_that_plays_the_same) {
    auto what = small_world();
    what.faulty = "agent-does-not-adopt";
    what.run_ms = 100'000;
    what.faults.push_back({});
    what.faults.back().when = "filesystem.frozen";
    what.faults.back().what = "agent_dies";
    what.faults.back().for_ms = 500;
    auto small = campaign::shrink(what);
    BOOST_TEST(small.decisions.size() == 1U);
    BOOST_TEST_REQUIRE(!small.wrong.kind.empty());
    const auto read = world::scenario_from("again", world::to_text(small.smallest));
    BOOST_TEST((campaign::play_planned(read) == campaign::play_planned(small.smallest)));
}

BOOST_AUTO_TEST_CASE(a_run_that_does_not_fail_is_not_shrunk) {
    const auto small = campaign::shrink(small_world());
    BOOST_TEST(small.wrong.kind.empty());
    BOOST_TEST(small.plays == 0U);
}

BOOST_AUTO_TEST_CASE(a_fault_is_told_in_words) {
    world::fault one;
    one.when = "filesystem.frozen";
    one.what = "channel_lost";
    BOOST_TEST(world::to_words(one) == "channel_lost at filesystem.frozen");
    one.occurrence = 2;
    one.after_ms = 30;
    one.for_ms = 500;
    BOOST_TEST(world::to_words(one) ==
               "channel_lost at filesystem.frozen (2) after 30 ms for 500 ms");
}

BOOST_AUTO_TEST_SUITE_END()
