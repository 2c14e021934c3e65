// SPDX-License-Identifier: BSL-1.0
// What the guides show on a console is what happens there.
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

/// A block "```console": commands after "$ ", and all that they print. A line "..." stands for any
/// lines.
struct console_block {
    std::string commands;
    std::vector<std::string> output;
};

std::string read_file(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    BOOST_TEST_REQUIRE(in.good(), name);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::vector<console_block> blocks_of(const std::string& document) {
    std::vector<console_block> all;
    bool inside = false;
    for (const auto& line : lines_of(document)) {
        if (line == "```console") {
            inside = true;
            all.emplace_back();
        } else if (line == "```") {
            inside = false;
        } else if (inside && line.starts_with("$ ")) {
            all.back().commands += line.substr(2) + "\n";
        } else if (inside) {
            all.back().output.push_back(line);
        }
    }
    return all;
}

/// Whether these lines are those shown, from the places given on.
bool same(const std::vector<std::string>& shown, const std::vector<std::string>& printed,
          std::size_t i = 0, std::size_t j = 0) {
    for (; i < shown.size() && shown[i] != "..."; ++i, ++j) {
        if (j == printed.size() || shown[i] != printed[j]) {
            return false;
        }
    }
    if (i == shown.size()) {
        return j == printed.size();
    }
    for (; j <= printed.size(); ++j) {
        if (same(shown, printed, i + 1, j)) {
            return true;
        }
    }
    return false;
}

/// Runs what a guide shows, and compares what comes.
void check_guide(const std::string& name, std::size_t blocks_min) {
    const auto blocks = blocks_of(read_file(SNAPPROTO_SOURCE_DIR "/docs/guides/" + name));
    BOOST_TEST(blocks.size() >= blocks_min);
    for (const auto& block : blocks) {
        const test::scratch place;
        std::ofstream(place.file("commands")) << block.commands;
        const std::string run = "cd '" + place.path() +
                                "' && PATH='" SNAPPROTO_PROGRAM_DIR
                                "':\"$PATH\" sh commands > printed 2>&1";
        (void)std::system(run.c_str());
        const std::string printed = read_file(place.file("printed"));
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
    check_guide("judge-your-agent.md", 4);
}

BOOST_AUTO_TEST_CASE(judge_your_orchestrator_shows_what_happens) {
    check_guide("judge-your-orchestrator.md", 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
