// SPDX-License-Identifier: BSL-1.0
// What the guides show of snapsim on a console is what happens there.
#include "tests/support/console.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

#include <unistd.h>

using namespace snapproto::tests;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(simulator_guides)

BOOST_AUTO_TEST_CASE(choose_time_outs_shows_what_happens) {
    const auto blocks =
        blocks_of(contents_of(snapproto::tests::source_path("docs/guides/choose-time-outs.md")));
    BOOST_TEST(blocks.size() >= 4U);
    const fs::path place =
        fs::temp_directory_path() / ("snapproto-guides-" + std::to_string(getpid()));
    fs::create_directories(place);
    for (const auto& block : blocks) {
        const std::string printed =
            printed_by(block, place.string(), snapproto::tests::program_path(""));
        BOOST_TEST(!block.commands.empty());
        BOOST_TEST(same(block.output, lines_of(printed)), block.commands << "prints now:\n"
                                                                         << printed);
    }
    fs::remove_all(place);
}

BOOST_AUTO_TEST_SUITE_END()
