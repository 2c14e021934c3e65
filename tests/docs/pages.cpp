// SPDX-License-Identifier: BSL-1.0
// What the pages of docs/ show on a console is what happens there, and what they show of a source
// is what stands in it.
#include <snapproto/trace/record.hpp>

#include "tests/support/console.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

using namespace snapproto::tests;
namespace fs = std::filesystem;

namespace {

/// Pages whose consoles are replayed beside the code that they are about.
const std::set<std::string> elsewhere{"guides/choose-time-outs.md", "guides/judge-in-ci.md",
                                      "guides/judge-your-agent.md",
                                      "guides/judge-your-orchestrator.md"};

/// Pages about a program that is not in every build.
const std::set<std::string> without_program{
#ifndef SNAPPROTO_HAS_SNAPTAKE
    "guides/take-a-snapshot.md"
#endif
};

/// All pages of docs/, by their path in it.
std::vector<std::string> pages() {
    const fs::path root = source_path("docs");
    std::vector<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
        if (entry.path().extension() == ".md") {
            all.push_back(entry.path().lexically_relative(root).generic_string());
        }
    }
    std::sort(all.begin(), all.end());
    return all;
}

std::string text_of(const std::string& page) {
    return contents_of(source_path("docs/" + page));
}

/// An empty folder for the commands of one page.
class folder {
  public:
    folder() : m_path{fs::temp_directory_path() / ("snapproto-docs-" + std::to_string(getpid()))} {
        fs::remove_all(m_path);
        fs::create_directories(m_path);
    }
    ~folder() { fs::remove_all(m_path); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    [[nodiscard]] std::string path() const { return m_path.string(); }

  private:
    fs::path m_path;
};

/// Lines of a source that a page shows.
struct snippet {
    std::string file;
    std::vector<std::string> lines;
};

constexpr std::string_view snippet_begin = "<!-- from ";

std::vector<snippet> snippets_of(const std::string& document) {
    std::vector<snippet> all;
    bool inside = false;
    for (const auto& line : lines_of(document)) {
        if (line.starts_with(snippet_begin)) {
            const auto length = line.rfind(" -->") - snippet_begin.size();
            all.push_back({line.substr(snippet_begin.size(), length), {}});
        } else if (line.starts_with("```")) {
            inside = !inside && !all.empty() && all.back().lines.empty();
        } else if (inside) {
            all.back().lines.push_back(line);
        }
    }
    return all;
}

std::string trimmed(const std::string& line) {
    const auto first = line.find_first_not_of(' ');
    return first == std::string::npos ? "" : line.substr(first);
}

/// Whether these lines stand one after the other in the source, however far they are indented
/// there. A line "// ..." stands for any lines.
bool stands_in(const std::vector<std::string>& shown, const std::vector<std::string>& source) {
    std::vector<std::string> pattern{"..."}, text;
    for (const auto& line : shown) {
        pattern.push_back(trimmed(line) == "// ..." ? "..." : trimmed(line));
    }
    pattern.emplace_back("...");
    for (const auto& line : source) {
        text.push_back(trimmed(line));
    }
    return same(pattern, text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(docs)

BOOST_AUTO_TEST_CASE(every_console_shows_what_happens) {
    std::size_t replayed = 0;
    for (const auto& page : pages()) {
        if (elsewhere.count(page) != 0 || without_program.count(page) != 0) {
            continue;
        }
        const folder place; // one for a page: a block may go on with what the one before has left
        for (const auto& block : blocks_of(text_of(page))) {
            const auto printed = printed_by(block, place.path(), program_path(""));
            BOOST_TEST(!block.commands.empty(), page);
            BOOST_TEST(same(block.output, lines_of(printed)), page << ": " << block.commands
                                                                   << "prints now:\n"
                                                                   << printed);
            ++replayed;
        }
    }
    BOOST_TEST(replayed >= 15U);
}

BOOST_AUTO_TEST_CASE(every_page_whose_consoles_are_replayed_elsewhere_exists) {
    for (const auto& page : elsewhere) {
        BOOST_TEST(!blocks_of(text_of(page)).empty(), page);
    }
}

BOOST_AUTO_TEST_CASE(every_snippet_stands_in_its_source) {
    std::size_t compared = 0;
    for (const auto& page : pages()) {
        for (const auto& part : snippets_of(text_of(page))) {
            BOOST_TEST_CONTEXT(page << ": " << part.file) {
                BOOST_TEST(!part.lines.empty());
                BOOST_TEST(stands_in(part.lines, lines_of(contents_of(source_path(part.file)))));
            }
            ++compared;
        }
    }
    BOOST_TEST(compared >= 5U);
}

BOOST_AUTO_TEST_CASE(the_page_of_traces_has_every_kind_of_record) {
    using snapproto::trace::record_kind;
    const std::string page = text_of("reference/traces.md");
    for (std::size_t i = 0; i < snapproto::value_count<record_kind>; ++i) {
        const std::string word{snapproto::to_string(static_cast<record_kind>(i))};
        BOOST_TEST(page.find('`' + word + '`') != std::string::npos, word);
    }
}

BOOST_AUTO_TEST_CASE(a_snippet_that_its_source_does_not_have_is_noticed) {
    const std::vector<std::string> source{"int f() {", "    return 1;", "}"};
    BOOST_TEST(stands_in({"return 1;"}, source));
    BOOST_TEST(stands_in({"int f() {", "    // ...", "}"}, source));
    BOOST_TEST(!stands_in({"return 2;"}, source));
    BOOST_TEST(!stands_in({"int f() {", "}"}, source));
    const auto all =
        snippets_of("<!-- from a.cpp -->\n```cpp\nint x;\n```\ntext\n```\nother\n```\n");
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].file == "a.cpp");
    BOOST_TEST(all[0].lines.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
