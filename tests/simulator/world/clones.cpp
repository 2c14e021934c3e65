// SPDX-License-Identifier: BSL-1.0
// Copies with memory that are restored beside their original.
#include "simulator/judge/verdict.hpp"
#include "simulator/world/history.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using namespace snapproto;
using world::ticks;

world::scenario restored(bool generation, std::string_view dialect = "qga") {
    world::scenario made;
    made.dialect = dialect;
    made.title = "t";
    made.teaches = "x.";
    made.run_ms = 25'000;
    made.host.start_ms = 2000;
    made.tokens.enabled = true;
    made.restore = {3000, generation};
    return made;
}

ticks moment(const world::history& run, std::string_view who, std::string_view what) {
    const auto at = std::find_if(run.story.begin(), run.story.end(), [&](const world::note& n) {
        return n.who == who && n.what == what;
    });
    BOOST_TEST_REQUIRE((at != run.story.end()), who << "." << what << " does not happen");
    return at->at;
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_clones)

BOOST_AUTO_TEST_CASE(a_clone_without_a_generation_draws_the_tokens_of_its_original) {
    const auto run = world::play(restored(false));
    BOOST_TEST_REQUIRE(run.restored.has_value());
    const auto verdict = judge::judge(run);
    BOOST_TEST(verdict.identity.size() == 1U);
    BOOST_TEST(!verdict.held());
    BOOST_TEST(verdict.conversation.empty());
    // It wakes held, and what lets it go is the rest of its limit: 10 s by its own clock.
    const ticks woke = moment(run, "guest-clone", "restored");
    const ticks thawed = moment(run, "filesystem-clone", "thawed");
    BOOST_TEST(thawed - woke > 9 * kernel::second);
    BOOST_TEST(thawed - woke < 10 * kernel::second);
}

BOOST_AUTO_TEST_CASE(a_clone_with_a_generation_is_released_at_once_and_draws_its_own) {
    for (const std::string_view dialect : {"qga", "native"}) { // which tell of generations
        const auto run = world::play(restored(true, dialect));
        const auto verdict = judge::judge(run);
        BOOST_TEST(verdict.identity.empty(), dialect);
        BOOST_TEST(verdict.held(), dialect);
        const ticks woke = moment(run, "guest-clone", "restored");
        const ticks thawed = moment(run, "filesystem-clone", "thawed");
        BOOST_TEST(thawed - woke < kernel::second, dialect); // SP 11.2
        // SP 11.6: before anything goes on.
        BOOST_TEST(moment(run, "tokens-clone", "renewed") <= thawed, dialect);
        const auto drawn =
            std::count_if(run.restored->seen.tokens.begin(), run.restored->seen.tokens.end(),
                          [&](const auto& one) { return one.at >= run.restored_at; });
        BOOST_TEST(drawn > 50, dialect);
    }
}

BOOST_AUTO_TEST_CASE(restoring_changes_nothing_for_the_original) {
    auto what = restored(true);
    const auto with = world::play(what);
    what.restore.after_ms = 0;
    const auto without = world::play(what);
    BOOST_TEST(!without.restored.has_value());
    BOOST_TEST((with.at_agent == without.at_agent));
    BOOST_TEST((with.at_host == without.at_host));
    BOOST_TEST((with.attempts.at(0).kept->content == without.attempts.at(0).kept->content));
    BOOST_TEST(with.seen.completed == without.seen.completed);
}

// The twin is the copy because the same things happened to it.
BOOST_AUTO_TEST_CASE(until_the_cut_the_clone_has_lived_the_life_of_its_original) {
    const auto run = world::play(restored(true));
    const auto& old_tokens = run.seen.tokens;
    const auto& tokens = run.restored->seen.tokens;
    for (std::size_t i = 0; i < tokens.size() && tokens[i].at < run.restored_at; ++i) {
        BOOST_TEST_REQUIRE(i < old_tokens.size());
        BOOST_TEST(tokens[i].value == old_tokens[i].value);
        BOOST_TEST(tokens[i].at == old_tokens[i].at);
    }
    const auto point = run.attempts.at(0).kept->at;
    const auto acknowledged = [&](const world::witness& seen) {
        return std::count_if(seen.transfers.begin(), seen.transfers.end(), [&](const auto& one) {
            return one.acknowledged && *one.acknowledged <= point;
        });
    };
    BOOST_TEST(acknowledged(run.seen) == acknowledged(run.restored->seen));
}

BOOST_AUTO_TEST_SUITE_END()
