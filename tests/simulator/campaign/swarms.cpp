// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/swarm.hpp"

#include "simulator/campaign/trace_hash.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>

namespace {

using namespace snapproto;

world::scenario base() {
    world::scenario made;
    made.title = "t";
    made.teaches = "x.";
    made.swarm = true;
    made.heal_ms = 4000;
    made.run_ms = 6000;
    made.clients.count = 2;
    made.host.start_ms = 500;
    made.host.repeat_ms = 1500;
    return made;
}

std::set<std::string> kinds_of(const world::scenario& what) {
    std::set<std::string> kinds;
    for (const auto& one : what.faults) {
        kinds.insert(one.what);
    }
    return kinds;
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_swarms)

BOOST_AUTO_TEST_CASE(a_seed_makes_the_same_plan_again_and_it_stands_in_the_scenario) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto first = campaign::planned(base(), seed);
        BOOST_TEST(world::to_text(first) == world::to_text(campaign::planned(base(), seed)));
        BOOST_TEST(!first.swarm);
        BOOST_TEST(first.seed == seed);
        BOOST_TEST(world::to_text(campaign::planned(first, seed)) == world::to_text(first));
    }
}

BOOST_AUTO_TEST_CASE(a_plan_is_a_file_that_plays_the_same) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const auto plan = campaign::planned(base(), seed);
        const auto read = world::scenario_from("plan", world::to_text(plan));
        BOOST_TEST(campaign::trace_hash(world::play(read)) ==
                   campaign::trace_hash(world::play(plan)));
    }
}

BOOST_AUTO_TEST_CASE(seeds_enable_different_kinds_each_of_them_sometimes_and_none_always) {
    constexpr int seeds = 400;
    std::map<std::string, int> times;
    int without = 0;
    std::size_t most = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const auto kinds = kinds_of(campaign::planned(base(), seed));
        for (const auto& one : kinds) {
            ++times[one];
        }
        without += kinds.empty() ? 1 : 0;
        most = std::max(most, kinds.size());
    }
    BOOST_TEST(times.size() == world::fault_words.size() - 1);
    BOOST_TEST(times.count("provider_cuts_late") == 0U); // nobody can tell the truth then
    for (const auto& [kind, count] : times) {
        BOOST_TEST_CONTEXT(kind) {
            BOOST_TEST(count > seeds / 10);
            BOOST_TEST(count < seeds / 2);
        }
    }
    BOOST_TEST(without > 0);
    BOOST_TEST(most > world::fault_words.size() / 3);
    BOOST_TEST(most < world::fault_words.size());
}

BOOST_AUTO_TEST_CASE(a_scenario_that_asks_for_no_swarm_stays_as_it_is) {
    auto what = base();
    what.swarm = false;
    auto expected = what;
    expected.seed = 9;
    BOOST_TEST(world::to_text(campaign::planned(what, 9)) == world::to_text(expected));
}

BOOST_AUTO_TEST_CASE(faults_happen_and_none_after_the_world_has_healed) {
    std::set<std::string> begun;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto plan = campaign::planned(base(), seed);
        const auto run = world::play(plan);
        const auto heal = static_cast<world::ticks>(plan.heal_ms) * kernel::millisecond;
        for (const auto& one : run.story) {
            if (one.who == "fault" && one.what == "begins") {
                BOOST_TEST(one.at < heal);
                begun.insert(one.text);
            }
            BOOST_TEST((one.who != "fault" || one.what != "ends" || one.at <= heal));
        }
    }
    BOOST_TEST(begun.size() > world::fault_words.size() / 2);
}

BOOST_AUTO_TEST_CASE(a_trace_hash_tells_runs_apart) {
    auto what = base();
    what.swarm = false;
    const auto run = world::play(what);
    auto other = run;
    BOOST_TEST(campaign::trace_hash(other) == campaign::trace_hash(run));
    ++other.story.back().at;
    BOOST_TEST(campaign::trace_hash(other) != campaign::trace_hash(run));
    other = run;
    other.at_agent.pop_back();
    BOOST_TEST(campaign::trace_hash(other) != campaign::trace_hash(run));
    other = run;
    other.attempts.back().label = consistency::application;
    BOOST_TEST(campaign::trace_hash(other) != campaign::trace_hash(run));
    what.seed = 2;
    BOOST_TEST(campaign::trace_hash(world::play(what)) != campaign::trace_hash(run));
}

BOOST_AUTO_TEST_SUITE_END()
