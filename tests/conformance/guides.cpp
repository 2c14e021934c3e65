// SPDX-License-Identifier: BSL-1.0
// What the guides show on a console is what happens there.
#include "support.hpp"

#include "tests/support/console.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <regex>
#include <string>

namespace snapproto::conformance {

using namespace tests;

namespace {

/// Runs what a guide shows, and compares what comes.
void check_guide(const std::string& name, std::size_t blocks_min) {
    const auto blocks = blocks_of(contents_of(tests::source_path("docs/guides/" + name)));
    BOOST_TEST(blocks.size() >= blocks_min);
    for (const auto& block : blocks) {
        const test::scratch place;
        const std::string printed = printed_by(block, place.path(), tests::program_path(""));
        BOOST_TEST(!block.commands.empty());
        BOOST_TEST(same(block.output, lines_of(printed)), block.commands << "prints now:\n"
                                                                         << printed);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(guides)

BOOST_AUTO_TEST_CASE(lines_left_out_stand_for_any_number_of_lines_and_for_nothing_else) {
    BOOST_TEST(same({"a", "...", "d"}, {"a", "b", "c", "d"}));
    BOOST_TEST(same({"a", "...", "d"}, {"a", "d"}));
    BOOST_TEST(!same({"a", "...", "d"}, {"a", "b", "c"}));
    BOOST_TEST(!same({"a"}, {"a", "b"}));
    BOOST_TEST(!same({"a", "b"}, {"a"}));
}

BOOST_AUTO_TEST_CASE(judge_your_agent_shows_what_happens) {
    check_guide("judge-your-agent.md", 6);
}

BOOST_AUTO_TEST_CASE(judge_your_orchestrator_shows_what_happens) {
    check_guide("judge-your-orchestrator.md", 1);
}

BOOST_AUTO_TEST_CASE(judge_in_ci_shows_what_happens) {
    check_guide("judge-in-ci.md", 1);
}

BOOST_AUTO_TEST_CASE(what_the_files_for_ci_name_is_there) {
    const std::string root = tests::source_path("");
    const test::scratch place;
    const std::string help = test::snapcheck(place, "agent --help").out;
    for (const std::string name :
         {"action.yml", "conformance/ci/gitlab.yml", "conformance/ci/Containerfile"}) {
        const std::string text = test::read_all(root + '/' + name);
        BOOST_TEST(test::says(text, "snapcheck"), name);
        BOOST_TEST(!test::says(text, "\t"), name);
        const std::regex script("(scripts/[a-z_]+\\.sh)");
        for (std::sregex_iterator at(text.begin(), text.end(), script), end; at != end; ++at) {
            BOOST_TEST(std::filesystem::exists(root + '/' + at->str(1)), at->str(1));
        }
        const std::regex call("snapcheck\\S* (agent|\\$ARGUMENTS)[^\n]*");
        const std::regex option("--[a-z-]+");
        for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
            std::string line = at->str();
            line = std::regex_replace(line, std::regex("'[^']*'"), "");
            for (std::sregex_iterator o(line.begin(), line.end(), option); o != end; ++o) {
                BOOST_TEST(test::says(help, o->str()), name << ": " << o->str());
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
