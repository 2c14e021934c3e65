// SPDX-License-Identifier: BSL-1.0
// The judges bite: a copy that is whole, a little spoiled, is found out.
#include "simulator/judge/verdict.hpp"

#include "simulator/cli/program.hpp"
#include "simulator/report/report.hpp"
#include "simulator/world/history.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace snapproto;
using judge::worth;

// A short run with a whole copy, made once.
const world::history& whole_run() {
    static const world::history run = [] {
        world::scenario what;
        what.title = "t";
        what.teaches = "x.";
        what.run_ms = 4000;
        what.host.start_ms = 2000;
        return world::play(what);
    }();
    return run;
}

const world::copy& whole_copy() {
    return *whole_run().attempts.at(0).kept;
}

judge::contents examine(const world::copy& what, const world::witness& seen) {
    return judge::examine(what, seen, true);
}

} // namespace

BOOST_AUTO_TEST_SUITE(judge_verdicts)

BOOST_AUTO_TEST_CASE(a_whole_copy_is_called_whole) {
    const auto found = examine(whole_copy(), whole_run().seen);
    BOOST_TEST((found.is == worth::whole));
    BOOST_TEST(found.evidence.empty());
    BOOST_TEST(judge::judge(whole_run()).held());
    BOOST_TEST(whole_run().seen.completed > 300U);
}

BOOST_AUTO_TEST_CASE(a_transaction_that_was_acknowledged_and_is_missing_is_lost) {
    auto seen = whole_run().seen;
    const auto number = seen.transfers.size() + 1;
    seen.transfers.push_back({number, 5, 300, 3, whole_copy().at});
    auto found = examine(whole_copy(), seen);
    BOOST_TEST((found.is == worth::lost));
    BOOST_TEST(found.lost_transactions == 1U);
    BOOST_TEST(found.evidence.at(0).starts_with("transaction " + std::to_string(number)));
    seen.transfers.back().acknowledged = whole_copy().at + 1; // after the snapshot point
    BOOST_TEST((examine(whole_copy(), seen).is == worth::whole));
}

BOOST_AUTO_TEST_CASE(an_older_half_of_a_page_is_found) {
    // The second half of every page as it was at the beginning: all that is younger is half there.
    auto copy = whole_copy();
    world::inode meta;
    BOOST_TEST_REQUIRE(world::inode::read(copy.content[world::layout::inodes], meta));
    world::page fresh;
    for (std::size_t i = 0; i < world::accounts_per_page; ++i) {
        fresh.accounts[i].balance = world::opening_balance(world::accounts_per_page + i);
    }
    copy.content[static_cast<std::size_t>(meta.first) + 3] = fresh.to_blocks()[1];
    const auto found = examine(copy, whole_run().seen);
    BOOST_TEST((found.is == worth::torn));
    BOOST_TEST(found.torn_transactions > 0U);
    BOOST_TEST(found.evidence.at(0).find("is half there") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_balance_is_found) {
    auto copy = whole_copy();
    world::inode meta;
    BOOST_TEST_REQUIRE(world::inode::read(copy.content[world::layout::inodes], meta));
    ++copy.content[static_cast<std::size_t>(meta.first)][2 + 2 * 3 + 1]; // account 3
    const auto found = examine(copy, whole_run().seen);
    BOOST_TEST((found.is == worth::torn));
    BOOST_TEST(found.evidence.back().starts_with("account 3 has"));
}

BOOST_AUTO_TEST_CASE(a_publication_of_two_editions_is_found) {
    auto copy = whole_copy();
    world::inode meta;
    const auto picture = static_cast<std::uint32_t>(world::file::picture);
    BOOST_TEST_REQUIRE(world::inode::read(copy.content[world::layout::inodes + picture], meta));
    for (std::uint64_t i = 0; i < meta.size; ++i) {
        copy.content[static_cast<std::size_t>(meta.first + i)] =
            world::article_block(world::file::picture, 1, i, meta.size);
    }
    const auto found = examine(copy, whole_run().seen);
    BOOST_TEST((found.is == worth::torn));
    BOOST_TEST(found.evidence.back().find("picture of edition 1,") != std::string::npos);
    BOOST_TEST((judge::examine(copy, whole_run().seen, false).is == worth::whole));
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_no_filesystem_is_not_believed) {
    for (const std::uint32_t spoiled : {world::layout::superblock, world::layout::inodes + 2}) {
        auto copy = whole_copy();
        copy.content[spoiled][3] ^= 1;
        const auto found = examine(copy, whole_run().seen);
        BOOST_TEST((found.is == worth::torn));
        BOOST_TEST(found.evidence.at(0).starts_with("the filesystem is broken"));
    }
}

BOOST_AUTO_TEST_CASE(a_label_that_claims_too_much_is_found) {
    auto run = whole_run();
    auto& super = run.attempts[0].kept->content[world::layout::superblock];
    world::superblock read;
    BOOST_TEST_REQUIRE(world::superblock::read(super, read));
    read.clean = false;
    super = read.to_block();
    auto verdict = judge::judge(run);
    BOOST_TEST(!verdict.claims_are_true());
    BOOST_TEST(!verdict.held());
    run.attempts[0].label = consistency::crash; // true of anything
    BOOST_TEST(judge::judge(run).held());
}

BOOST_AUTO_TEST_CASE(a_broken_rule_of_the_conversation_is_found) {
    auto run = whole_run();
    std::erase_if(run.at_agent,
                  [](const trace::record& r) { return r.what == trace::record_kind::released; });
    const auto verdict = judge::judge(run);
    BOOST_TEST(!verdict.conversation.empty());
    BOOST_TEST(!verdict.held());
    const auto text = report::verdict_text(run, verdict);
    BOOST_TEST(text.find("violated: SP 18.") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_scenario_that_comes_out_otherwise_is_said_to) {
    auto run = whole_run();
    const auto verdict = judge::judge(run);
    run.played.expect = {"success", "whole", "true", "kept", "own"};
    BOOST_TEST(judge::surprises(run, verdict).empty());
    run.played.expect = {"failed", "torn", "false", "violated", "shared"};
    BOOST_TEST(judge::surprises(run, verdict).size() == 5U);
}

BOOST_AUTO_TEST_CASE(traces_can_be_read_by_those_they_are_for) {
    const auto& run = whole_run();
    trace::jsonl_reader reader;
    const auto lines = report::jsonl(run);
    reader.feed(lines);
    std::size_t records = 0;
    instant last{};
    for (auto next = reader.next(); !next.needs_more(); next = reader.next()) {
        BOOST_TEST_REQUIRE(next.has_value());
        BOOST_TEST((next->at >= last));
        last = next->at;
        ++records;
    }
    BOOST_TEST(records == run.at_host.size() + run.at_agent.size());

    const auto perfetto = boost::json::parse(report::perfetto(run));
    const auto& events = perfetto.at("traceEvents").as_array();
    int frozen = 0;
    for (const auto& one : events) {
        frozen += one.at("name") == "frozen" && one.at("ph") == "X" ? 1 : 0;
    }
    BOOST_TEST(frozen == 1);
    BOOST_TEST(events.size() > run.story.size());

    const auto mermaid = report::mermaid(run);
    BOOST_TEST(mermaid.starts_with("sequenceDiagram\n"));
    BOOST_TEST(mermaid.find("host->>guest: ") != std::string::npos);
    BOOST_TEST(mermaid.find("guest-fsfreeze-freeze") != std::string::npos);
    BOOST_TEST(mermaid.find(';') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_program_says_with_its_status_what_came_of_it) {
    const auto status = [](std::vector<const char*> words) {
        words.insert(words.begin(), "snapsim");
        return simulator::run_program(static_cast<int>(words.size()), words.data());
    };
    BOOST_TEST(status({"list"}) == 0);
    BOOST_TEST(status({"run", "04-application-quiesce"}) == 0);
    BOOST_TEST(status({"run", "01-crash-copy-tears-the-database", "--seed", "9"}) == 1);
    BOOST_TEST(status({"run", "no-such-scenario"}) == 2);
    BOOST_TEST(status({"run", "04-application-quiesce", "--set", "sead=1"}) == 2);
    BOOST_TEST(status({"run", "04-application-quiesce", "--trace", "png=x"}) == 2);
    BOOST_TEST(status({"list", "--scenarios", "no-such-folder"}) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
