// SPDX-License-Identifier: BSL-1.0
// The tree obeys its own rules.
#include "tests/support/tree.hpp"
#include "tests/tidy/source_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;
using namespace snapproto;

std::string read(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// All C++ sources of the project.
const tidy::source_tree& sources() {
    static const tidy::source_tree tree = [] {
        const fs::path root{tests::source_path("")};
        tidy::source_tree files;
        for (const auto* folder :
             {"include", "conformance", "simulator", "fuzz", "examples", "bench", "tests"}) {
            if (!fs::is_directory(root / folder)) {
                continue;
            }
            for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
                const auto extension = entry.path().extension();
                if (entry.is_regular_file() && (extension == ".hpp" || extension == ".cpp")) {
                    files.emplace(fs::relative(entry.path(), root).generic_string(),
                                  read(entry.path()));
                }
            }
        }
        return files;
    }();
    return tree;
}

void report(const std::vector<tidy::finding>& findings) {
    for (const auto& f : findings) {
        BOOST_ERROR(f.path << ":" << f.line << ": " << f.text);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(the_tree_is_found) {
    BOOST_TEST(sources().contains("include/snapproto/version.hpp"));
    BOOST_TEST(sources().contains("tests/tidy/source_rules.cpp"));
}

BOOST_AUTO_TEST_CASE(every_source_keeps_the_rules_for_text) {
    std::size_t files = 0;
    for (const auto& [path, text] : sources()) {
        report(tidy::check_text(path, text));
        ++files;
    }
    BOOST_TEST(files > 5U);
}

BOOST_AUTO_TEST_CASE(every_include_line_is_an_allowed_edge) {
    std::size_t edges = 0;
    for (const auto& [path, text] : sources()) {
        if (!path.starts_with("tests/") && !path.starts_with("bench/")) {
            report(tidy::check_includes(path, text));
            edges += tidy::includes_of(text).size();
        }
    }
    BOOST_TEST(edges > 0U);
}

BOOST_AUTO_TEST_CASE(no_judge_reaches_the_machines) {
    const auto findings = tidy::check_judges(sources());
    report(findings);
    BOOST_TEST(findings.empty());
}

BOOST_AUTO_TEST_CASE(scripts_and_build_files_carry_the_licence) {
    const fs::path root{tests::source_path("")};
    std::vector<fs::path> files{root / "CMakeLists.txt"};
    for (const auto* folder :
         {"cmake", "scripts", "conformance", "tests", "bench", "examples", "fuzz"}) {
        if (!fs::is_directory(root / folder)) {
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
            const auto name = entry.path().filename();
            if (name == "CMakeLists.txt" || name.extension() == ".sh" ||
                name.extension() == ".cmake") {
                files.push_back(entry.path());
            }
        }
    }
    BOOST_TEST(files.size() > 5U);
    for (const auto& file : files) {
        BOOST_TEST_CONTEXT(file) {
            const auto head = read(file).substr(0, 200);
            BOOST_TEST(head.find("# SPDX-License-Identifier: BSL-1.0\n") != std::string::npos);
        }
    }
}
