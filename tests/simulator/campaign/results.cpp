// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/results.hpp"

#include "simulator/campaign/runner.hpp"
#include "simulator/campaign/summary.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using campaign::merged_results;
using campaign::results_file;
using campaign::seed_range;
using campaign::seed_result;

// As if it had been played: any function of the seed will do.
seed_result result_of(std::uint64_t seed) {
    seed_result made;
    made.seed = seed;
    made.hash = seed * 0x9e3779b97f4a7c15ULL;
    made.events = 100 + seed;
    made.outcomes = {.success = seed % 5, .failed = seed % 3};
    if (seed % 7 == 0) {
        made.findings.push_back({"false claim", "seed " + std::to_string(seed) + " says \"so\""});
    }
    return made;
}

results_file file_of(const seed_range& seeds) {
    results_file made;
    made.header = {"90-swarm", 0x1234, seeds};
    for (std::uint64_t i = 0; i < seeds.size(); ++i) {
        made.results.push_back(result_of(seeds.at(i)));
    }
    return made;
}

std::string text_of(const results_file& file) {
    auto text = campaign::to_line(file.header);
    for (const auto& one : file.results) {
        text += campaign::to_line(one);
    }
    return text;
}

std::string summary_of(const merged_results& all) {
    campaign::summary sum;
    for (const auto& [seed, one] : all.seeds()) {
        sum.add(one);
    }
    return sum.text(all.scenario());
}

merged_results merged(const std::vector<results_file>& files) {
    merged_results all;
    for (const auto& one : files) {
        all.add(one, "a file");
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_results)

RC_BOOST_PROP(shards_share_out_every_seed_once, ()) {
    const auto first = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const auto last = first + *rc::gen::inRange<std::uint64_t>(0, 300);
    const auto shards = *rc::gen::inRange<std::uint64_t>(1, 40);
    std::vector<std::uint64_t> seen;
    for (std::uint64_t shard = 0; shard < shards; ++shard) {
        const seed_range mine{first, last, shard, shards};
        for (std::uint64_t i = 0; i < mine.size(); ++i) {
            seen.push_back(mine.at(i));
        }
    }
    std::sort(seen.begin(), seen.end());
    RC_ASSERT(seen.size() == last - first + 1);
    for (std::uint64_t i = 0; i < seen.size(); ++i) {
        RC_ASSERT(seen[i] == first + i);
    }
}

RC_BOOST_PROP(repeated_and_overlapping_shards_in_any_order_change_nothing, ()) {
    const auto shards = *rc::gen::inRange<std::uint64_t>(1, 6);
    std::vector<results_file> files;
    for (std::uint64_t shard = 0; shard < shards; ++shard) {
        files.push_back(file_of({1, 60, shard, shards}));
    }
    const auto repeats =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, shards));
    for (const auto shard : repeats) {
        files.push_back(file_of({1, 60, shard, shards}));
    }
    const auto begin = *rc::gen::inRange<std::uint64_t>(1, 60);
    files.push_back(file_of({begin, 60, 0, 1}));
    std::rotate(files.begin(),
                files.begin() +
                    static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, files.size())),
                files.end());
    const auto all = merged(files);
    RC_ASSERT(all.missing().empty());
    RC_ASSERT(all.contradictions().empty());
    RC_ASSERT(summary_of(all) == summary_of(merged({file_of({1, 60, 0, 1})})));
}

BOOST_AUTO_TEST_CASE(a_lost_shard_is_missed) {
    BOOST_TEST(merged({file_of({1, 10, 0, 3}), file_of({1, 10, 2, 3})}).missing() == "2 5 8");
    BOOST_TEST(merged({file_of({1, 10, 1, 2})}).missing() == "1 3 5 7 9");
    auto cut = file_of({1, 10, 0, 1});
    cut.results.resize(4);
    BOOST_TEST(merged({cut}).missing() == "5-10");
    // Two campaigns with a gap between them: nobody asked for what is in it.
    BOOST_TEST(merged({file_of({1, 10, 0, 1}), file_of({20, 30, 0, 1})}).missing() == "");
    BOOST_TEST(merged({file_of({20, 30, 0, 1}), cut}).missing() == "5-10");
}

BOOST_AUTO_TEST_CASE(two_files_that_differ_are_a_contradiction) {
    auto other = file_of({1, 10, 0, 1});
    other.results[3].hash ^= 1;
    const auto all = merged({file_of({1, 10, 0, 1}), other});
    BOOST_TEST_REQUIRE(all.contradictions().size() == 1U);
    BOOST_TEST(all.contradictions()[0].find("another result of seed 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(results_of_another_scenario_are_refused) {
    merged_results all;
    all.add(file_of({1, 3, 0, 1}), "one");
    auto other = file_of({4, 6, 0, 1});
    other.header.scenario_hash = 0x4321;
    BOOST_CHECK_THROW(all.add(other, "two"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_file_is_read_as_it_was_written) {
    const auto file = file_of({1, 20, 1, 2});
    const auto text = text_of(file);
    const auto read = campaign::results_from(text);
    BOOST_TEST((read.header == file.header));
    BOOST_TEST((read.results == file.results));
    BOOST_TEST(read.whole_bytes == text.size());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_anywhere_loses_only_its_last_line) {
    const auto text = text_of(file_of({1, 8, 0, 1}));
    const auto header = text.find('\n') + 1;
    for (std::size_t length = header; length <= text.size(); ++length) {
        const auto cut = text.substr(0, length);
        const auto read = campaign::results_from(cut);
        BOOST_TEST(read.whole_bytes == cut.rfind('\n') + 1);
        BOOST_TEST(read.results.size() ==
                   static_cast<std::size_t>(std::count(cut.begin(), cut.end(), '\n')) - 1);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_results_file_is_refused_with_its_line) {
    const auto why = [](const std::string& text) {
        try {
            (void)campaign::results_from(text);
            return std::string{"accepted"};
        } catch (const std::invalid_argument& wrong) {
            return std::string{wrong.what()};
        }
    };
    BOOST_TEST(why("").starts_with("line 1:"));
    BOOST_TEST(why("{}\n").starts_with("line 1:"));
    BOOST_TEST(why("{\"snapsim\": \"explore\"}\n").starts_with("line 1:"));
    auto text = text_of(file_of({1, 3, 0, 1}));
    BOOST_TEST(why(text + "{\"seed\": 4}\n").starts_with("line 5: not the result of a seed"));
    const auto version = text.find("\"version\":1");
    text.replace(version, 11, "\"version\":2");
    BOOST_TEST(why(text).find("another version") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_summary_names_the_first_seed_and_how_to_repeat_it) {
    const auto text = summary_of(merged({file_of({1, 30, 0, 1})}));
    BOOST_TEST(text.find("false claim in 4 seeds, first: 7\n") != std::string::npos);
    BOOST_TEST(text.find("snapsim run 90-swarm --seed 7\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_number_of_threads) {
    world::scenario base;
    base.title = "t";
    base.teaches = "x.";
    base.swarm = true;
    base.heal_ms = 5000;
    base.run_ms = 8000;
    base.clients.count = 1;
    base.host.start_ms = 500;
    const auto play = [&](unsigned jobs) {
        std::string text;
        campaign::runner_options how;
        how.jobs = jobs;
        how.take = [&](const seed_result& one) {
            text += campaign::to_line(one);
            return true;
        };
        const std::atomic<bool> stop = false;
        campaign::run_seeds(base, {1, 12, 0, 1}, how, stop);
        return text;
    };
    const auto one = play(1);
    BOOST_TEST(std::count(one.begin(), one.end(), '\n') == 12);
    BOOST_TEST(play(2) == one);
    BOOST_TEST(play(5) == one);
}

BOOST_AUTO_TEST_CASE(a_campaign_stops_when_it_is_told_to_and_goes_on_where_it_was) {
    world::scenario base;
    base.title = "t";
    base.teaches = "x.";
    base.run_ms = 1000;
    base.clients.count = 1;
    std::vector<std::uint64_t> seen;
    campaign::runner_options how;
    how.jobs = 2;
    const std::atomic<bool> stop = false;
    how.take = [&](const seed_result& one) {
        seen.push_back(one.seed);
        return seen.size() != 3; // enough
    };
    campaign::run_seeds(base, {5, 14, 0, 1}, how, stop);
    BOOST_TEST((seen == std::vector<std::uint64_t>{5, 6, 7}));
    how.done_before = 3;
    campaign::run_seeds(base, {5, 14, 0, 1}, how, stop);
    BOOST_TEST((seen == std::vector<std::uint64_t>{5, 6, 7, 8, 9, 10, 11, 12, 13, 14}));
    const std::atomic<bool> at_once = true;
    campaign::run_seeds(base, {5, 14, 0, 1}, how, at_once);
    BOOST_TEST(seen.size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
