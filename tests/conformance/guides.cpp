// SPDX-License-Identifier: BSL-1.0
// What the guides show on a console is what happens there.
#include "support.hpp"

#include "tests/support/console.hpp"

#include <boost/test/unit_test.hpp>

namespace snapproto::conformance {

using namespace tests;

BOOST_AUTO_TEST_SUITE(guides)

BOOST_AUTO_TEST_CASE(lines_left_out_stand_for_any_number_of_lines_and_for_nothing_else) {
    BOOST_TEST(same({"a", "...", "d"}, {"a", "b", "c", "d"}));
    BOOST_TEST(same({"a", "...", "d"}, {"a", "d"}));
    BOOST_TEST(!same({"a", "...", "d"}, {"a", "b", "c"}));
    BOOST_TEST(!same({"a"}, {"a", "b"}));
    BOOST_TEST(!same({"a", "b"}, {"a"}));
}

BOOST_AUTO_TEST_CASE(judge_your_agent_shows_what_happens) {
    const auto blocks =
        blocks_of(contents_of(SNAPPROTO_SOURCE_DIR "/docs/guides/judge-your-agent.md"));
    BOOST_TEST(blocks.size() >= 4U);
    for (const auto& block : blocks) {
        const test::scratch place;
        const std::string printed = printed_by(block, place.path(), SNAPPROTO_PROGRAM_DIR);
        BOOST_TEST(!block.commands.empty());
        BOOST_TEST(same(block.output, lines_of(printed)), block.commands << "prints now:\n"
                                                                         << printed);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
