// SPDX-License-Identifier: BSL-1.0
// The same worlds in all dialects: what each can do, what it refuses, and how long a guest stays
// frozen when its host dies.
#include "simulator/world/dialect.hpp"

#include "simulator/campaign/swarm.hpp"
#include "simulator/campaign/trace_hash.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/report/frozen.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"
#include "tests/support/tree.hpp"
#include "tests/support/worlds.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using judge::worth;

/// What loading says of a scenario in a dialect with one more setting.
std::string complaint(std::string_view dialect, const std::string& setting) {
    auto what = tests::shipped("04-application-quiesce", dialect);
    try {
        world::set(what, setting);
        world::check_playable(what);
        return {};
    } catch (const world::scenario_error& wrong) {
        return wrong.what();
    }
}

int snapsim(std::vector<const char*> words) {
    words.insert(words.begin(), "snapsim");
    return simulator::run_program(static_cast<int>(words.size()), words.data());
}

const report::frozen_row& row_of(const std::vector<report::frozen_row>& rows,
                                 std::string_view dialect, bool limited, bool channel_ends) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& one) {
        return one.dialect == dialect && one.hold_limit_ms.has_value() == limited &&
               one.channel_ends == channel_ends;
    });
    BOOST_TEST_REQUIRE((found != rows.end()));
    return *found;
}

double seconds_of(const report::frozen_row& row) {
    BOOST_TEST_REQUIRE(row.frozen.has_value());
    return static_cast<double>(*row.frozen) / static_cast<double>(kernel::second);
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_dialects)

BOOST_AUTO_TEST_CASE(each_dialect_takes_a_snapshot_and_claims_what_it_can) {
    for (const auto& spoken : world::dialects) {
        auto what = tests::shipped("04-application-quiesce", spoken.name);
        what.host.wanted = "application";
        for (what.seed = 1; what.seed <= 5; ++what.seed) {
            const auto run = world::play(what);
            const auto verdict = judge::judge(run);
            BOOST_TEST(verdict.conversation.empty(), spoken.name);
            BOOST_TEST(verdict.claims_are_true(), spoken.name);
            BOOST_TEST_REQUIRE(run.attempts.size() == 1U);
            const auto& told = run.attempts.front();
            BOOST_TEST_REQUIRE(told.kept.has_value(), spoken.name << ": " << told.reason);
            const bool native = spoken.name == "native";
            BOOST_TEST(
                (told.label == (native ? consistency::application : consistency::filesystem)),
                spoken.name);
            const auto& found = verdict.attempts.front().found;
            BOOST_TEST(found.filesystem_clean, spoken.name);
            BOOST_TEST(((found.is == worth::whole) || !spoken.has_hooks), spoken.name);
            BOOST_TEST(!run.still_frozen, spoken.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_daemon_without_hooks_leaves_applications_alone) {
    const auto run = world::play(tests::shipped("04-application-quiesce", "hyperv"));
    const auto quiesced = [](const world::note& one) { return one.what == "quiesced"; };
    BOOST_TEST(std::none_of(run.story.begin(), run.story.end(), quiesced));
    const auto with_hooks = world::play(tests::shipped("04-application-quiesce", "vmbackup"));
    BOOST_TEST(std::any_of(with_hooks.story.begin(), with_hooks.story.end(), quiesced));
}

BOOST_AUTO_TEST_CASE(what_a_dialect_cannot_do_is_refused_with_the_reason) {
    const std::vector<std::string> of_messages{"channel.duplicate_ppm=5", "channel.reorder_ppm=5",
                                               "channel.corrupt_ppm=5", "channel.piece_bytes=7"};
    const std::vector<std::string> of_lines{"host.kind=naive", "faulty=agent-lets-go"};
    for (const auto& spoken : world::dialects) {
        const bool qga = spoken.name == "qga";
        for (const auto& one : of_messages) {
            BOOST_TEST(complaint(spoken.name, one).empty() == !spoken.keeps_messages, one);
        }
        for (const auto& one : of_lines) {
            BOOST_TEST(complaint(spoken.name, one).empty() == qga, one);
        }
        BOOST_TEST(complaint(spoken.name, "restore.after_ms=100").empty() ==
                   spoken.knows_generations);
        BOOST_TEST(complaint(spoken.name, "channel.loss_ppm=5") == "");
        BOOST_TEST(complaint(spoken.name, "channel.truncate_ppm=5").empty() ==
                   (!spoken.keeps_messages || spoken.knows_lengths));
    }
    BOOST_TEST(
        complaint("hyperv", "channel.reorder_ppm=5") ==
        "'channel.reorder_ppm' and dialect hyperv: its channel carries each message once and "
        "in order");
    BOOST_TEST(complaint("qga", "dialect=smoke").find("native") != std::string::npos);

    auto doubled = tests::shipped("06-host-dies-while-frozen", "vmbackup");
    doubled.faults.front().what = "channel_duplicates";
    BOOST_CHECK_THROW(world::check_playable(doubled), world::scenario_error);
    BOOST_TEST(snapsim({"run", "04-application-quiesce", "--set", "dialect=hyperv", "--set",
                        "channel.piece_bytes=3"}) == 2);
    BOOST_TEST(snapsim({"hunt", "90-swarm", "--set", "dialect=native"}) == 2);
    BOOST_TEST(snapsim({"dialects", "90-swarm"}) == 2);
    BOOST_TEST(snapsim({"dialects", "08-stale-reply-believed"}) == 2);
}

BOOST_AUTO_TEST_CASE(a_file_can_name_the_dialect) {
    const std::string head = "{\"title\": \"t\", \"teaches\": \"x.\", ";
    const auto made = world::scenario_from("made", head + "\"dialect\": \"vmbackup\"}");
    BOOST_TEST(made.dialect == "vmbackup");
    BOOST_TEST(world::scenario_from("again", world::to_text(made)).dialect == "vmbackup");
    BOOST_CHECK_THROW(
        (void)world::scenario_from(
            "made", head + "\"dialect\": \"hyperv\", \"channel\": {\"reorder_ppm\": 9}}"),
        world::scenario_error);
}

// SP 36.16, 46.8, 63.1, 29.15, 6.2: who ends a freeze when nobody is there to thaw.
BOOST_AUTO_TEST_CASE(when_the_host_dies_the_dialects_differ) {
    const auto rows =
        report::frozen_in_all_dialects(tests::shipped("06-host-dies-while-frozen", "qga"));
    BOOST_TEST(rows.size() == 14U); // native has a limit, always
    for (const auto& spoken : world::dialects) {
        const auto& limited = row_of(rows, spoken.name, true, false);
        BOOST_TEST(seconds_of(limited) > 9.0);
        BOOST_TEST(seconds_of(limited) < 10.5);
        BOOST_TEST(limited.ended_by == "its agent: the hold limit has passed");
        BOOST_TEST(limited.told == "nothing");
    }
    for (const auto* name : {"qga", "hyperv"}) {
        const auto& forever = row_of(rows, name, false, false);
        BOOST_TEST(forever.still);
        BOOST_TEST(seconds_of(forever) > 990.0);
        BOOST_TEST(forever.ended_by == "nobody");
    }
    const auto& vmware = row_of(rows, "vmbackup", false, false);
    BOOST_TEST(!vmware.still);
    BOOST_TEST(seconds_of(vmware) > 899.0);
    BOOST_TEST(seconds_of(vmware) < 900.5);
    BOOST_TEST(vmware.ended_by == "its agent: the limit of the whole operation has passed");
    for (const auto* name : {"hyperv", "vmbackup"}) {
        for (const bool limited : {true, false}) {
            const auto& ended = row_of(rows, name, limited, true);
            BOOST_TEST(seconds_of(ended) < 1.0);
            BOOST_TEST(ended.ended_by == "its agent: the channel has ended");
        }
    }
    BOOST_TEST(seconds_of(row_of(rows, "native", true, true)) < 1.0);
    BOOST_TEST(row_of(rows, "qga", false, true).still); // a client that goes thaws nothing
}

BOOST_AUTO_TEST_CASE(the_page_has_the_table_that_is_played_now) {
    const auto page = tests::contents_of(tests::source_path("docs/field/when-the-host-dies.md"));
    const auto rows =
        report::frozen_in_all_dialects(tests::shipped("06-host-dies-while-frozen", "qga"));
    BOOST_TEST(report::with_frozen_table(page, rows) == page,
               "snapsim dialects 06-host-dies-while-frozen --docs "
               "docs/field/when-the-host-dies.md");
    BOOST_CHECK_THROW((void)report::with_frozen_table("no marks", rows), std::invalid_argument);
}

// On QGA it comes back to a channel that never ended, and looks at the guest with its next
// snapshot.
BOOST_AUTO_TEST_CASE(a_host_that_comes_back_thaws_where_it_begins_anew) {
    for (const auto& spoken : world::dialects) {
        if (spoken.name == "qga") {
            continue;
        }
        auto what = tests::shipped("06-host-dies-while-frozen", spoken.name);
        what.agent.hold_limit_ms = 600'000;
        what.faults.front().for_ms = 3000;
        what.run_ms = 60'000;
        const auto row = report::longest_freeze(world::play(what));
        BOOST_TEST(!row.still, spoken.name);
        BOOST_TEST(seconds_of(row) > 2.9, spoken.name);
        BOOST_TEST(seconds_of(row) < 20.0, spoken.name);
    }
}

BOOST_AUTO_TEST_CASE(seeds_of_a_swarm_break_nothing_and_play_the_same_again) {
    for (const auto& spoken : world::dialects) {
        for (std::uint64_t seed = 1; seed <= 25; ++seed) {
            const auto what = campaign::planned(tests::shipped("90-swarm", spoken.name), seed);
            BOOST_TEST(world::unplayable(what) == "");
            if (spoken.name != "qga") { // which has hashes of its own
                BOOST_TEST(tests::findings(what) == "", spoken.name << ", seed " << seed);
            }
        }
        const auto what = campaign::planned(tests::shipped("90-swarm", spoken.name), 3);
        BOOST_TEST(campaign::trace_hash(world::play(what)) ==
                   campaign::trace_hash(world::play(what)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
