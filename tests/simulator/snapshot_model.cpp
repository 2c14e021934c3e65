// SPDX-License-Identifier: BSL-1.0
// The snapshot model: what holds, what the seeded flaws break, and that nobody changes the protocol
// unseen.
#include "simulator/explore/snapshot/model.hpp"

#include "simulator/explore/snapshot/chart.hpp"
#include "simulator/explore/snapshot/manifest.hpp"
#include "simulator/explore/snapshot/run.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace {

using namespace snapproto;
using namespace snapproto::explore;

std::string manifest_text() {
    std::ifstream in{tests::source_path("simulator/explore/manifest.json"), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// A seeded flaw with a configuration that shows it in few steps.
struct seeded {
    const char* name;
    config what;
    property breaks;
    std::size_t steps_max;
};

} // namespace

BOOST_AUTO_TEST_SUITE(snapshot_model_suite)

BOOST_AUTO_TEST_CASE(the_small_configurations_have_the_committed_numbers) {
    std::size_t explored = 0;
    for (const auto& entry : manifest_from(manifest_text())) {
        if (!entry.is_small()) {
            continue;
        }
        BOOST_TEST_CONTEXT(command_options(entry.what)) {
            const auto result = explore_snapshot(entry.what, {}, true);
            BOOST_TEST(compare(entry, result.found) == "");
            const auto all = explore_snapshot(entry.what, {.symmetry = false}, false);
            BOOST_TEST(compare(entry, all.found, false) == "");
            BOOST_TEST(result.found.violations.empty());
            BOOST_TEST_REQUIRE(result.cycles.has_value());
            BOOST_TEST(!result.endless);
            // Runs end by themselves, but where an adapter asks again and again until a
            // participant is done.
            BOOST_TEST((entry.what.traits().with == adapter::commands || *result.cycles == 0U));
            ++explored;
        }
    }
    BOOST_TEST(explored >= 5U);
}

BOOST_AUTO_TEST_CASE(the_manifest_is_written_as_it_is_read) {
    const auto text = manifest_text();
    BOOST_TEST(to_text(manifest_from(text)) == text);
    BOOST_CHECK_THROW((void)manifest_from("{}"), std::invalid_argument);
    BOOST_CHECK_THROW((void)manifest_from("[{}]"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_change_of_the_protocol_is_told) {
    auto entry = manifest_from(manifest_text()).at(1);
    entry.what.mutation = mutation_from("agent:frozen:freeze::deletion");
    const auto result = explore_snapshot(entry.what, {.keep_going = true}, false);
    BOOST_TEST(compare(entry, result.found).starts_with("the protocol changed: "));
}

BOOST_AUTO_TEST_CASE(symmetry_and_jobs_change_no_verdict) {
    const config what{.agents = 2, .participants = 1, .fault_budget = 1};
    const auto folded = explore_snapshot(what, {.jobs = 1}, false);
    const auto parallel = explore_snapshot(what, {.jobs = 3}, false);
    const auto all = explore_snapshot(what, {.symmetry = false}, false);
    BOOST_TEST(folded.found.seen.states == parallel.found.seen.states);
    BOOST_TEST(folded.found.seen.transitions == parallel.found.seen.transitions);
    const auto compact = explore_snapshot(what, {.compact = true}, true);
    BOOST_TEST(folded.found.seen.states == compact.found.seen.states);
    BOOST_TEST(folded.found.seen.transitions == compact.found.seen.transitions);
    BOOST_TEST(!compact.cycles.has_value()); // the states are not there any more
    BOOST_TEST(folded.found.seen.states < all.found.seen.states);
    BOOST_TEST(all.found.seen.states <= 2 * folded.found.seen.states);
    BOOST_TEST(folded.found.seen.depth == all.found.seen.depth);
    BOOST_TEST(all.found.violations.empty());
}

BOOST_AUTO_TEST_CASE(a_state_is_packed_without_loss_and_in_few_bytes) {
    const config what{.agents = 2, .participants = 3, .fault_budget = 1};
    const snapshot_model model{what};
    explorer<snapshot_model> run{model};
    run.run();
    std::size_t states = 0;
    for (const auto& [begin, end] : run.ranges()) {
        for (state_index at = begin; at != end; ++at) {
            const auto packed = run.at(at);
            if (model.pack(model.unpack(packed)) != packed) {
                BOOST_ERROR("state " << at << " is another one after unpacking");
            }
            ++states;
        }
    }
    BOOST_TEST(states > 10000U);
    for (const auto name : dialect_names()) {
        const snapshot_model largest{{.dialect = *dialect_from(name), .agents = 3}};
        // With the parent and a table that is between three eighths and three quarters full.
        BOOST_TEST(4 * largest.words() + 4 <= 84U - 4U);
    }
}

BOOST_AUTO_TEST_CASE(every_hold_ends_within_few_steps_of_the_agent_alone) {
    const auto one = explore_snapshot({.participants = 2, .fault_budget = 1}, {}, false);
    BOOST_TEST(one.release_steps == 6U);
}

BOOST_AUTO_TEST_CASE(seeded_flaws_are_found_by_short_runs) {
    const auto native = profile::native;
    const auto qga = profile::qga;
    const std::vector<seeded> flaws{
        {"a release that found nothing held counts as clean",
         {.dialect = native, .from = beginning::frozen, .wrong = flaw::not_held_is_clean},
         property::truthful_thawed,
         12},
        {"the cut begins at the first Frozen of a group",
         {.dialect = native, .agents = 2, .from = beginning::ready, .wrong = flaw::cut_at_first},
         property::group_atomicity,
         12},
        {"the hold limit is never armed",
         {.dialect = native, .wrong = flaw::no_hold_timer},
         property::hold_ends,
         12},
        {"answers are believed without a transaction id",
         {.dialect = native,
          .sessions = 2,
          .from = beginning::open,
          .wrong = flaw::no_transaction_ids},
         property::stale_safety,
         25},
        {"a hold that ends after its transaction is kept",
         {.dialect = native,
          .fault_budget = 2,
          .from = beginning::ready,
          .wrong = flaw::late_hold_is_kept},
         property::states_hold,
         12},
        {"a thaw counts what was released before it",
         {.dialect = qga, .from = beginning::frozen, .wrong = flaw::thaw_counts_all},
         property::window,
         12},
        {"a session that ends does not end its requests",
         {.dialect = qga, .fault_budget = 2, .wrong = flaw::requests_outlive_close},
         property::freeze_ends,
         13},
        {"a channel is used after a time-out without synchronisation",
         {.dialect = qga, .sessions = 2, .fault_budget = 2, .wrong = flaw::no_resync},
         property::stale_safety,
         12},
        {"a channel of Hyper-V is used after a time-out",
         {.dialect = profile::hyperv,
          .sessions = 2,
          .fault_budget = 2,
          .from = beginning::open,
          .wrong = flaw::no_resync},
         property::stale_safety,
         25},
        {"req.done counts as a success, whatever came before it",
         {.dialect = profile::vmbackup, .from = beginning::frozen, .wrong = flaw::done_is_success},
         property::no_false_success,
         12},
    };
    for (const auto& one : flaws) {
        BOOST_TEST_CONTEXT(one.name) {
            const auto result = explore_snapshot(one.what, {}, false);
            BOOST_TEST_REQUIRE(result.counterexample.has_value());
            const auto& run = *result.counterexample;
            BOOST_TEST((run.broken == one.breaks), name_of(run.broken));
            BOOST_TEST(run.steps.size() <= one.steps_max);

            auto right = one.what;
            right.wrong = flaw::none;
            right.fault_budget = 1;
            const auto healthy = explore_snapshot(right, {}, false);
            BOOST_TEST(healthy.found.violations.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(mutated_rows_are_found) {
    // The mutations of real products that the specification's notes name.
    const std::vector<std::pair<const char*, property>> mutations{
        {"agent:frozen:stop::target=off", property::states_hold},
        {"agent:frozen:hold_expired::deletion", property::hold_ends},
        {"agent:thaw:early::deletion", property::first_reason},
        {"agent:resume:early::deletion", property::truthful_thawed},
        {"agent:freeze:failed::target=idle", property::one_answer},
        {"agent:frozen:thaw::no_effects", property::steps_begin},
        {"orchestrator:thaw:any_error::deletion", property::group_is_undone},
    };
    for (const auto& [text, breaks] : mutations) {
        BOOST_TEST_CONTEXT(text) {
            config what{.fault_budget = 1};
            what.mutation = mutation_from(text);
            BOOST_TEST(to_text(*what.mutation) == text);
            const auto result = explore_snapshot(what, {}, false);
            BOOST_TEST(result.counterexample.has_value() == (breaks != property::none));
            if (result.counterexample) {
                BOOST_TEST((result.counterexample->broken == breaks),
                           name_of(result.counterexample->broken));
            }
        }
    }
    BOOST_CHECK_THROW((void)mutation_from("agent:frozen:hold_expired"), std::invalid_argument);
    BOOST_CHECK_THROW((void)mutation_from("agent:frozen:up::deletion"), std::invalid_argument);
    BOOST_CHECK_THROW((void)mutation_from("agent:frozen:stop::target=x"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_by_some_run_or_its_reason_is_known) {
    const std::vector<config> some{
        {.participants = 3, .sessions = 1, .fault_budget = 2},
        {.participants = 2, .sessions = 2, .fault_budget = 2},
        {.agents = 2, .fault_budget = 1},
        {.dialect = profile::qga, .sessions = 2, .fault_budget = 2},
        {.fault_budget = 3,
         .faults = faults_from("timeout,duplicate,cancel,release,stale,silence")},
    };
    std::array<std::set<std::size_t>, table_count> taken;
    for (const auto& what : some) {
        const auto result = explore_snapshot(what, {}, false);
        BOOST_TEST(result.found.violations.empty());
        for (std::size_t table = 0; table < table_count; ++table) {
            for (std::size_t row = 0; row < result.taken[table].size(); ++row) {
                if (result.taken[table][row] != 0) {
                    taken[table].insert(row);
                }
            }
        }
    }
    for (std::size_t table = 0; table < table_count; ++table) {
        const auto rows = rows_of(static_cast<table_kind>(table));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto why =
                why_never({.dialect = profile::qga}, static_cast<table_kind>(table), rows[row]);
            const auto name = rows[row].from + " " + rows[row].event + " " + rows[row].guard;
            BOOST_TEST(taken[table].contains(row) == why.empty(),
                       name << ": " << (why.empty() ? "no run takes it" : "taken after all"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_counterexample_is_replayed_from_its_file) {
    const config what{.from = beginning::frozen, .wrong = flaw::not_held_is_clean};
    const auto result = explore_snapshot(what, {}, false);
    BOOST_TEST_REQUIRE(result.counterexample.has_value());
    const auto text = to_scenario(what, *result.counterexample);
    const auto read = scenario_from(text);
    BOOST_TEST((read.broken == property::truthful_thawed));
    const auto again = replay(read.what, read.actions);
    BOOST_TEST((again.broken == property::truthful_thawed));
    BOOST_TEST(text_chart(read.what, again) == text_chart(what, *result.counterexample));

    auto healthy = read.what;
    healthy.wrong = flaw::none;
    BOOST_TEST((replay(healthy, read.actions).broken == property::none));

    const auto diagram = mermaid_chart(what, again);
    BOOST_TEST(diagram.starts_with("sequenceDiagram\n"));
    BOOST_TEST(diagram.find("lets go, unseen") != std::string::npos);
    BOOST_TEST(diagram.find("SP 18.15") != std::string::npos);

    auto other = read.actions;
    other.front() = {happening::restart};
    BOOST_TEST(replay(read.what, other).steps.empty());
    for (const char* bad : {"", "[]", "{}", R"({"dialect":"x"})"}) {
        BOOST_CHECK_THROW((void)scenario_from(bad), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_CASE(actions_and_faults_are_read_as_they_are_written) {
    for (const action one : {action{happening::start}, action{happening::stale_request, 1, 3, 2},
                             action{happening::participant, 2, 1}}) {
        BOOST_TEST((action_from(to_text(one)) == one));
        BOOST_TEST((action::of(one.id()) == one));
    }
    for (const char* bad : {"", "nothing", "start x", "start 0 0 0 0", "start 300"}) {
        BOOST_TEST(!action_from(bad).has_value());
    }
    BOOST_TEST(faults_from("all") == all_faults);
    BOOST_TEST(faults_from("none") == 0U);
    BOOST_TEST(faults_from("all,-loss") == (all_faults & ~bit_of(fault::loss)));
    BOOST_TEST(to_text(faults_from("veto,loss")) == "loss,veto");
    BOOST_CHECK_THROW((void)faults_from("flood"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(each_property_of_the_chapter_is_listed_with_how_it_is_checked) {
    for (std::uint16_t number = 1; number <= 26; ++number) {
        const auto all = properties();
        const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) {
            return one.governed_by == clause{18, number};
        });
        BOOST_TEST_REQUIRE((at != all.end()));
        BOOST_TEST(!at->how.empty());
    }
}

BOOST_AUTO_TEST_CASE(bounds_of_a_configuration_are_checked) {
    for (const config& bad : {config{.agents = 4}, config{.participants = 4}, config{.sessions = 0},
                              config{.fault_budget = 8}}) {
        BOOST_CHECK_THROW(snapshot_model{bad}, std::invalid_argument);
    }
}

BOOST_AUTO_TEST_SUITE_END()
