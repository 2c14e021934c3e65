// SPDX-License-Identifier: BSL-1.0
// Guests with Windows' own service between the agent and what it holds, in every dialect.
#include "simulator/world/windows.hpp"

#include "simulator/campaign/swarm.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"
#include "tests/support/worlds.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace {

using namespace snapproto;
using kernel::second;

world::scenario load(const std::string& name, std::string_view dialect) {
    auto made = tests::shipped(name, dialect);
    made.agent.windows = true;
    return made;
}

/// A snapshot whose cut takes so long.
world::scenario with_cut(std::string_view dialect, std::uint64_t cut_ms) {
    auto made = load("30-windows-lets-go-and-the-agent-knows", dialect);
    made.provider.cut_ms = cut_ms;
    return made;
}

std::optional<world::ticks> when(const world::history& run, std::string_view who,
                                 std::string_view what) {
    const auto at = std::find_if(run.story.begin(), run.story.end(), [&](const world::note& one) {
        return one.who == who && one.what == what;
    });
    return at == run.story.end() ? std::nullopt : std::optional{at->at};
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_windows)

// SP 55.1 to 55.4
BOOST_AUTO_TEST_CASE(a_cut_in_time_is_a_success_of_what_the_writers_held) {
    for (const auto& spoken : world::dialects) {
        const auto run = world::play(with_cut(spoken.name, 5000));
        const auto made = judge::judge(run);
        BOOST_TEST_REQUIRE(run.attempts.size() == 1U);
        BOOST_TEST((run.attempts[0].outcome != session_outcome::failed), spoken.name);
        BOOST_TEST(run.attempts[0].kept.has_value(), spoken.name);
        BOOST_TEST((made.attempts[0].found.is == judge::worth::whole), spoken.name);
        BOOST_TEST(made.claims_are_true(), spoken.name);
        BOOST_TEST(made.conversation.empty(), spoken.name);
        BOOST_TEST(when(run, "vss", "freezes").has_value(), spoken.name);
        BOOST_TEST(when(run, "vss", "thaws").has_value(), spoken.name);
        BOOST_TEST(!when(run, "vss", "lets_go").has_value(), spoken.name);
    }
}

// SP 55.5
BOOST_AUTO_TEST_CASE(ten_seconds_after_its_volume_was_flushed_it_lets_go_and_no_success_is_told) {
    for (const auto& spoken : world::dialects) {
        const auto run = world::play(with_cut(spoken.name, 15'000));
        const auto made = judge::judge(run);
        BOOST_TEST_REQUIRE(run.attempts.size() == 1U);
        BOOST_TEST((run.attempts[0].outcome == session_outcome::failed), spoken.name);
        BOOST_TEST(!run.attempts[0].kept.has_value(), spoken.name);
        BOOST_TEST(made.conversation.empty(), spoken.name);
        const auto frozen = when(run, "filesystem", "frozen");
        const auto thawed = when(run, "filesystem", "thawed");
        BOOST_TEST_REQUIRE((frozen && thawed));
        BOOST_TEST(*thawed - *frozen <= 10 * second, spoken.name);
        BOOST_TEST(!run.still_frozen, spoken.name);
    }
}

// The limit is Windows' own, whatever the agent allows: nobody holds for longer.
BOOST_AUTO_TEST_CASE(the_service_needs_no_watchdog_when_its_requester_dies) {
    for (const auto& spoken : world::dialects) {
        auto what = with_cut(spoken.name, 5000);
        world::fault dies;
        dies.when = "filesystem.frozen";
        dies.what = "agent_dies";
        dies.after_ms = 500;
        what.faults = {dies};
        const auto run = world::play(what);
        const auto frozen = when(run, "filesystem", "frozen");
        const auto thawed = when(run, "filesystem", "thawed");
        BOOST_TEST_REQUIRE((frozen && thawed));
        BOOST_TEST(*thawed - *frozen < second, spoken.name);
        BOOST_TEST(when(run, "vss", "gives_up").has_value(), spoken.name);
        BOOST_TEST((run.attempts.at(0).outcome != session_outcome::success), spoken.name);
    }
}

BOOST_AUTO_TEST_CASE(a_writer_that_refuses_fails_the_snapshot_and_nothing_stays_held) {
    for (const auto& spoken : world::dialects) {
        auto what = with_cut(spoken.name, 1000);
        what.database.vetoes = true;
        const auto run = world::play(what);
        BOOST_TEST((run.attempts.at(0).outcome == session_outcome::failed), spoken.name);
        BOOST_TEST(!run.still_frozen, spoken.name);
        BOOST_TEST(judge::judge(run).conversation.empty(), spoken.name);
    }
}

BOOST_AUTO_TEST_CASE(seeds_of_a_swarm_break_nothing) {
    for (const auto& spoken : world::dialects) {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            const auto what = campaign::planned(load("90-swarm", spoken.name), seed);
            BOOST_TEST(world::unplayable(what) == "");
            BOOST_TEST(tests::findings(what) == "", spoken.name << ", seed " << seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_happen_on_windows_is_refused_with_the_reason) {
    auto what = with_cut("qga", 1000);
    what.faulty = "agent-lets-go-early";
    BOOST_TEST(world::unplayable(what).find("agent.windows") != std::string::npos);
    what = with_cut("qga", 1000);
    world::fault thaws;
    thaws.when = "filesystem.frozen";
    thaws.what = "thawed_by_another";
    what.faults = {thaws};
    BOOST_TEST(world::unplayable(what).find("its own service") != std::string::npos);
    what.agent.windows = false;
    BOOST_TEST(world::unplayable(what) == "");
}

BOOST_AUTO_TEST_SUITE_END()
