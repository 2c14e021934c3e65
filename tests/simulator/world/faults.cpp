// SPDX-License-Identifier: BSL-1.0
// What goes wrong does what its word says, and when it is over the world is as good as before.
#include "simulator/world/faults.hpp"

#include "simulator/judge/verdict.hpp"
#include "simulator/world/history.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using judge::worth;
using world::fault_words;

// A quiet world with one snapshot at two seconds; the faults of these tests come into it.
world::scenario plain(std::vector<world::fault> faults) {
    world::scenario made;
    made.title = "t";
    made.teaches = "x.";
    made.run_ms = 20'000;
    made.host.start_ms = 2000;
    made.faults = std::move(faults);
    return made;
}

world::fault fault(std::string when, std::string_view what, std::uint64_t for_ms = 0) {
    world::fault made;
    made.when = std::move(when);
    made.what = what;
    made.for_ms = for_ms;
    return made;
}

// How bad a fault is to be, where it has a measure.
world::fault measured(world::fault what) {
    what.by_ms = 3000;
    what.ppm = 300'000;
    what.times = 50;
    return what;
}

const world::attempt& first(const world::history& run) {
    return run.attempts.at(0);
}

bool happened(const world::history& run, std::string_view who, std::string_view what) {
    return std::any_of(run.story.begin(), run.story.end(),
                       [&](const world::note& n) { return n.who == who && n.what == what; });
}

double hold_seconds(const world::history& run) {
    const auto at = [&](std::string_view what) {
        return std::find_if(
                   run.story.begin(), run.story.end(),
                   [&](const world::note& n) { return n.who == "filesystem" && n.what == what; })
            ->at;
    };
    return static_cast<double>(at("thawed") - at("frozen")) / static_cast<double>(kernel::second);
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_faults)

BOOST_AUTO_TEST_CASE(there_are_many_and_each_has_a_word_and_a_meaning_of_its_own) {
    BOOST_TEST(fault_words.size() >= 20U);
    std::set<std::string_view> seen;
    for (const auto& one : fault_words) {
        BOOST_TEST(seen.insert(one.word).second);
        BOOST_TEST(seen.insert(one.meaning).second);
    }
    BOOST_TEST(world::word_of(world::fault_kind::participant_crashes).word ==
               "participant_crashes");
    BOOST_TEST(world::word_of(world::fault_kind::copy_lost).word == "copy_lost");
}

// Whatever happens while the guest is frozen, or when the snapshot begins: nobody breaks a rule of
// the conversation or claims too much, and the snapshot that is made long after it is good. The
// provider that says that it has cut when it has not is the one that breaks a rule itself (SP
// 13.3); nobody else can know.
BOOST_AUTO_TEST_CASE(what_has_passed_leaves_nothing_behind) {
    for (const auto* when : {"filesystem.frozen", "host.starts"}) {
        for (const auto& word : fault_words) {
            BOOST_TEST_CONTEXT(word.word << " at " << when) {
                auto what = plain({measured(fault(when, word.word, 4000))});
                what.run_ms = 75'000;
                what.host.repeat_ms = 68'000;
                const auto run = world::play(what);
                const auto verdict = judge::judge(run);
                for (const auto& broken : verdict.conversation) {
                    BOOST_ERROR(broken.what.sentence);
                }
                BOOST_TEST(verdict.liveness.empty());
                BOOST_TEST((verdict.claims_are_true() || word.word == "provider_cuts_late"));
                BOOST_TEST(happened(run, "fault", "begins"));
                BOOST_TEST(happened(run, "fault", "ends") == word.lasts);
                const auto& last = run.attempts.back();
                BOOST_TEST(last.started == 70 * kernel::second);
                BOOST_TEST((last.outcome == session_outcome::success));
                BOOST_TEST((verdict.attempts.back().found.is == worth::whole));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_guest_that_pauses_is_held_no_longer_by_its_own_clock) {
    auto what = plain({fault("filesystem.frozen", "guest_pauses", 6000)});
    what.faults[0].after_ms = 10;
    what.provider.cut_ms = 1000;
    what.agent.hold_limit_ms = 3000;
    const auto run = world::play(what);
    BOOST_TEST(hold_seconds(run) > 6.0); // longer than the limit, for everybody else
    BOOST_TEST((first(run).outcome == session_outcome::success));
    BOOST_TEST(judge::judge(run).held());

    // With the clocks going on the limit has passed when it wakes.
    what.faults[0].what = "processor_stalls";
    const auto late = world::play(what);
    BOOST_TEST((first(late).outcome == session_outcome::failed));
    BOOST_TEST(judge::judge(late).held());
}

BOOST_AUTO_TEST_CASE(a_wall_clock_that_is_set_misleads_only_the_agent_that_looks_at_it) {
    for (const auto* jump : {"clock_jumps_ahead", "clock_jumps_back"}) {
        auto what =
            plain({fault("filesystem.frozen", jump), fault("filesystem.frozen", "host_dies")});
        what.faults[0].by_ms = 60'000;
        what.faults[0].after_ms = what.faults[1].after_ms = 20;
        what.run_ms = 120'000;
        what.agent.hold_limit_ms = 5000;
        const auto steady = world::play(what);
        BOOST_TEST(hold_seconds(steady) > 4.9);
        BOOST_TEST(hold_seconds(steady) < 5.1);
        BOOST_TEST(judge::judge(steady).conversation.empty());
        what.agent.clock = "wall";
        const auto wall = world::play(what);
        if (jump == std::string_view{"clock_jumps_ahead"}) {
            BOOST_TEST(hold_seconds(wall) < 0.1); // lets go at once
        } else {
            BOOST_TEST(hold_seconds(wall) > 64.9); // a minute too late: SP 15.1, 18.4
            BOOST_TEST(!judge::judge(wall).conversation.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_slow_clock_lengthens_the_hold_in_proportion) {
    auto what = plain({fault("start", "clock_runs_slow"), fault("filesystem.frozen", "host_dies")});
    what.faults[0].ppm = 200'000;
    what.agent.hold_limit_ms = 4000;
    const auto run = world::play(what);
    BOOST_TEST(hold_seconds(run) > 4.95);
    BOOST_TEST(hold_seconds(run) < 5.05);
}

BOOST_AUTO_TEST_CASE(a_freeze_that_fails_or_meets_a_failing_disk_is_told_as_a_failure) {
    for (const auto* word : {"freeze_fails", "disk_write_fails"}) {
        auto what = plain({fault("agent.holds", word, 2000)});
        what.faults[0].occurrence = 2; // publisher, filesystem
        what.database.quiesce = false; // so that there is something to write
        const auto run = world::play(what);
        BOOST_TEST_CONTEXT(word) {
            BOOST_TEST((first(run).outcome == session_outcome::failed));
            BOOST_TEST(!happened(run, "filesystem", "frozen"));
            BOOST_TEST(judge::judge(run).held());
        }
    }
    const auto run = world::play(plain({fault("agent.holds", "freeze_fails", 2000)}));
    BOOST_TEST(happened(run, "filesystem", "freeze_failed"));
}

BOOST_AUTO_TEST_CASE(a_thaw_that_fails_is_tried_until_it_succeeds) {
    const auto run = world::play(plain({fault("filesystem.frozen", "thaw_fails", 3000)}));
    BOOST_TEST(happened(run, "filesystem", "thaw_failed"));
    BOOST_TEST(hold_seconds(run) > 3.0);
    BOOST_TEST(hold_seconds(run) < 6.0); // attempts after 1 s and 2 s more: SP 10.10
    // The cut was made in the window, and in the end everything was released: SP 29.12, 29.18.
    BOOST_TEST((first(run).outcome == session_outcome::success));
    BOOST_TEST(judge::judge(run).held());
}

BOOST_AUTO_TEST_CASE(a_thaw_by_somebody_else_is_noticed_when_nothing_is_left_to_thaw) {
    const auto run = world::play(plain({fault("filesystem.frozen", "thawed_by_another")}));
    BOOST_TEST((first(run).outcome == session_outcome::failed)); // SP 29.12
    BOOST_TEST(judge::judge(run).held());
}

BOOST_AUTO_TEST_CASE(a_database_that_vetoes_hangs_or_hesitates_does_so) {
    const auto vetoed = world::play(plain({fault("start", "participant_vetoes")}));
    BOOST_TEST(first(vetoed).reason.find("refuses") != std::string::npos);
    auto slow = plain({fault("start", "participant_slow")});
    slow.faults[0].by_ms = 1500;
    const auto late = world::play(slow);
    BOOST_TEST((first(late).outcome == session_outcome::success));
    BOOST_TEST((*first(late).ended - first(late).started > 1500 * kernel::millisecond));
    const auto hung = world::play(plain({fault("start", "participant_hangs")}));
    BOOST_TEST(!happened(hung, "database", "quiesced"));
    BOOST_TEST((first(hung).outcome == session_outcome::failed));
}

// The supervisor brings a publisher back that knows nothing of the snapshot, before the filesystem
// is frozen: it begins an edition, and the copy has a piece of it. Of many seeds some are torn.
BOOST_AUTO_TEST_CASE(a_publisher_that_is_restarted_while_it_should_stand_still_tears_the_copy) {
    int torn = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto what = plain({fault("publisher.quiesced", "participant_crashes")});
        what.seed = seed;
        what.publisher.pause_ms = 2;
        const auto verdict = judge::judge(world::play(what));
        torn += verdict.worst() == worth::torn ? 1 : 0;
    }
    BOOST_TEST(torn >= 5);
}

BOOST_AUTO_TEST_CASE(a_slow_or_stalled_disk_makes_the_freeze_take_longer) {
    const auto usual = world::play(plain({}));
    auto slowed = plain({fault("start", "disk_slow")});
    slowed.faults[0].times = 4;
    const auto slow = world::play(slowed);
    const auto stalled = world::play(plain({fault("agent.holds", "disk_stalls", 1500)}));
    const auto took = [](const world::history& run) {
        return *first(run).ended - first(run).started;
    };
    BOOST_TEST(took(slow) > took(usual));
    BOOST_TEST(took(stalled) > 1500 * kernel::millisecond);
    BOOST_TEST((first(stalled).outcome == session_outcome::success));
}

BOOST_AUTO_TEST_CASE(when_memory_is_short_more_is_written_and_less_is_done) {
    const auto usual = world::play(plain({}));
    const auto pressed = world::play(plain({fault("start", "memory_pressure")}));
    BOOST_TEST(pressed.seen.completed < usual.seen.completed * 9 / 10);
    BOOST_TEST(judge::judge(pressed).held());
}

BOOST_AUTO_TEST_CASE(a_provider_that_is_slow_fails_or_loses_copies_gives_none_and_says_so) {
    auto slow = plain({fault("start", "provider_slow")});
    slow.faults[0].by_ms = 12'000;
    for (const auto& what :
         {slow, plain({fault("start", "provider_fails")}), plain({fault("start", "copy_lost")})}) {
        const auto run = world::play(what);
        BOOST_TEST_CONTEXT(what.faults[0].what) {
            BOOST_TEST((first(run).outcome == session_outcome::failed));
            BOOST_TEST(!first(run).kept);
            BOOST_TEST(judge::judge(run).held());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_plugged_in_while_frozen_is_part_of_the_next_snapshot_only) {
    auto what = plain({fault("filesystem.frozen", "disk_plugged")});
    what.host.repeat_ms = 10'000;
    const auto run = world::play(what);
    BOOST_TEST(run.attempts.size() == 2U);
    for (const auto& one : run.attempts) {
        BOOST_TEST((one.outcome == session_outcome::success));
    }
    const auto frozen = std::count_if(run.story.begin(), run.story.end(), [](const auto& n) {
        return n.who == "data" && n.what == "frozen";
    });
    BOOST_TEST(frozen == 1);
    BOOST_TEST(judge::judge(run).held());
}

BOOST_AUTO_TEST_CASE(an_agent_that_forgets_leaves_the_release_to_the_watchdog) {
    auto what = plain({fault("filesystem.frozen", "agent_dies", 500)});
    what.agent.hold_limit_ms = 3000;
    BOOST_TEST(!happened(world::play(what), "watchdog", "releases"));
    what.agent.remembers = false;
    const auto run = world::play(what);
    BOOST_TEST(happened(run, "watchdog", "releases"));
    BOOST_TEST(hold_seconds(run) < 3.1);
    BOOST_TEST(judge::judge(run).held());
}

BOOST_AUTO_TEST_CASE(a_host_that_takes_over_leaves_alone_what_it_did_not_freeze) {
    auto what = plain({fault("filesystem.frozen", "host_fails_over")});
    what.agent.hold_limit_ms = 4000;
    const auto run = world::play(what);
    BOOST_TEST_REQUIRE(run.attempts.size() == 2U);
    BOOST_TEST(!run.attempts[0].ended);
    BOOST_TEST((run.attempts[1].outcome == session_outcome::failed)); // SP 29.17
    BOOST_TEST(run.attempts[1].reason.find("somebody else") != std::string::npos);
    BOOST_TEST(hold_seconds(run) > 3.9);
}

BOOST_AUTO_TEST_SUITE_END()
