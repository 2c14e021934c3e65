// SPDX-License-Identifier: BSL-1.0
// Traceability: no clause that nothing keeps, and no place that names a clause which there is not.
#include "conformance/spec/matrix.hpp"

#include "conformance/dialects/dialect.hpp"
#include "conformance/spec/views/views.hpp"
#include "snapproto/monitor/all.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

using test::says;

const matrix& the_matrix() {
    static const matrix all = make_matrix_of_project(tests::source_path(""));
    return all;
}

std::vector<std::string> read(std::string_view path, std::string_view text) {
    std::vector<std::string> out;
    for (const citation& one : citations_of_test(path, text)) {
        out.push_back(clause_id(one.about) + " " + one.name);
    }
    return out;
}

using list = std::vector<std::string>;

// A source text in which @ stands for the beginning of a comment: here it is none.
std::string sample(std::string text) {
    for (auto at = text.find('@'); at != std::string::npos; at = text.find('@')) {
        text.replace(at, 1, "//");
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(traceability)

BOOST_AUTO_TEST_CASE(every_clause_is_kept_somewhere_or_excused) {
    const matrix& all = the_matrix();
    BOOST_TEST(all.lines.size() >= 150U);
    for (const matrix_line& line : all.lines) {
        BOOST_TEST((line.is_kept() || !line.excuse.empty()),
                   line.about->id() << " has neither row, monitor, check, test nor excuse: "
                                    << line.about->title);
    }
    for (const std::string& fault : all.faults) {
        BOOST_ERROR(fault);
    }
}

BOOST_AUTO_TEST_CASE(every_row_check_and_property_is_found) {
    const matrix& all = the_matrix();
    std::size_t rows = 0;
    std::size_t refusals = 0;
    std::size_t checks = 0;
    std::set<std::uint8_t> properties;
    for (const matrix_line& line : all.lines) {
        rows += line.rows.size();
        refusals += line.refusals.size();
        checks += line.checks.size();
        for (const monitor::judged_property* one : line.properties) {
            properties.insert(one->property);
        }
    }
    std::size_t rows_there_are = 0;
    std::size_t refusals_there_are = 0;
    for (const machine_view* machine : machines()) {
        rows_there_are += machine->rows.size();
        refusals_there_are += machine->refusals.size() + machine->before.size();
    }
    BOOST_TEST(rows == rows_there_are);
    BOOST_TEST(refusals == refusals_there_are);
    BOOST_TEST(checks == every_check().all().size());
    BOOST_TEST(properties.size() == monitor::judged_properties.size());
}

BOOST_AUTO_TEST_CASE(a_clause_without_anything_and_a_wrong_name_are_found) {
    const auto clauses = read_clauses("### SP 4.1 MUST: One\n### SP 4.2 MUST: Two\n"
                                      "### SP 24.3 MUST: Three\n### SP 4.4 MUST: Four\n");
    const std::vector<monitor::judged_property> properties{{5, "x", {{{24, 3}}}}};
    const std::vector<clause_excuse> excuses{
        {{4, 1}, "kept"}, {{4, 8}, "unknown"}, {{4, 4}, "reason"}, {{24, 3}, "has no check"}};
    const matrix all = make_matrix(
        {.clauses = clauses,
         .machines = {},
         .properties = properties,
         .checks = {},
         .excuses = excuses,
         .tests = {{{{4, 1}, "tests/unit/x.cpp", "a_case"}, {{4, 9}, "tests/unit/x.cpp", ""}}}});
    BOOST_REQUIRE(all.lines.size() == 4U);
    BOOST_TEST(all.lines[0].is_kept());
    BOOST_TEST(!all.lines[1].is_kept());
    BOOST_TEST(all.lines[2].is_kept());
    BOOST_TEST(all.lines[3].excuse == "reason");
    const list faults{"property 18.5 names SP 18.5, which there is not",
                      "tests/unit/x.cpp names SP 4.9, which there is not",
                      "SP 4.1 needs no excuse any more",
                      "an excuse names SP 4.8, which there is not"};
    BOOST_TEST(all.faults == faults, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_test_cites_by_comments_and_expectations) {
    const std::string text = sample("@ A file about SP 2.1.\n"
                                    "#include <x>\n"
                                    "\n"
                                    "@ SP 3.1, 3.2 and SP 3.3: why.\n"
                                    "BOOST_AUTO_TEST_CASE(first) {\n"
                                    "    check(\"bad: SP 20.7\"); @ SP 4.1\n"
                                    "}\n"
                                    "@ SP 5.1\n"
                                    "RC_BOOST_PROP(second, ()) {\n"
                                    "}\n"
                                    "@ SP 6.1\n"
                                    "BOOST_AUTO_TEST_CASE(\n"
                                    "    third) {\n"
                                    "}\n"
                                    "int helper(); @ SP 7.1\n");
    BOOST_TEST(read("tests/unit/x.cpp", text) ==
                   (list{"SP 2.1 ", "SP 3.1 first", "SP 3.2 first", "SP 3.3 first", "SP 4.1 first",
                         "SP 20.7 first", "SP 5.1 second", "SP 6.1 third", "SP 7.1 "}),
               boost::test_tools::per_element());
    const auto of_suite = read("tests/conformance/x.cpp", text);
    BOOST_TEST(std::count(of_suite.begin(), of_suite.end(), "SP 20.7 first") == 0);
    BOOST_TEST(of_suite.size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_test_of_the_monitors_cites_the_properties_it_expects) {
    const std::string text = sample("BOOST_AUTO_TEST_CASE(one) {\n"
                                    "    expect(s, {1, 17});\n"
                                    "    expect_in_the_end(script{s}.open(0), {3}, measures);\n"
                                    "    expect(good, {});\n"
                                    "    unexpected(s, {4});\n"
                                    "}\n");
    BOOST_TEST(read("tests/unit/monitor/x.cpp", text) ==
                   (list{"SP 18.1 one", "SP 18.17 one", "SP 18.3 one"}),
               boost::test_tools::per_element());
    BOOST_TEST(read("tests/unit/trace/x.cpp", text).empty());
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_no_source_tree_is_refused) {
    const test::scratch place;
    BOOST_CHECK_THROW((void)read_citations(place.path()), no_source_tree);
}

BOOST_AUTO_TEST_CASE(without_sources_the_matrix_says_so) {
    const matrix alone = make_matrix_of_project("");
    BOOST_TEST(!alone.has_tests);
    BOOST_TEST(alone.faults.empty());
    BOOST_TEST(says(matrix_markdown(alone), "Tests were not read"));
    BOOST_TEST(!matrix_json(alone).contains("tests"));
    BOOST_TEST(matrix_json(the_matrix()).contains("tests"));
}

BOOST_AUTO_TEST_CASE(the_json_goes_both_ways) {
    const auto all = matrix_json(the_matrix());
    BOOST_TEST(all.at("clauses").as_array().size() == the_matrix().lines.size());
    std::size_t there = 0;
    for (const auto& line : all.at("clauses").as_array()) {
        there += line.at("tests").as_array().size();
    }
    std::size_t back = 0;
    for (const auto& place : all.at("tests").as_array()) {
        back += place.at("clauses").as_array().size();
    }
    BOOST_TEST(there > 0U);
    BOOST_TEST(there == back);
    BOOST_CHECK(boost::json::parse(pretty(all)) == boost::json::value(all));
}

BOOST_AUTO_TEST_CASE(the_generated_matrix_is_up_to_date) {
    const bool same =
        test::read_all(tests::source_path("docs/matrix.md")) == matrix_markdown(the_matrix());
    BOOST_TEST(same, "docs/matrix.md is out of date; run scripts/generate_docs.sh");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
