// SPDX-License-Identifier: BSL-1.0
#include "conformance/selection.hpp"

#include "conformance/spec/clauses.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

registry three_checks() {
    registry all;
    const auto nothing = [](run_context&) {};
    all.add({.about = sec<24, 3>::value, .index = 1, .title = "freeze of one", .run = nothing});
    all.add({.about = sec<20, 10>::value, .index = 2, .title = "ping [split]", .run = nothing});
    all.add({.about = sec<20, 9>::value, .index = 1, .title = "ping", .run = nothing});
    return all;
}

std::size_t chosen(const selection& wanted) {
    const registry all = three_checks();
    return select(all.all(), wanted).size();
}

} // namespace

BOOST_AUTO_TEST_SUITE(checks_and_their_selection)

BOOST_AUTO_TEST_CASE(the_registry_orders_by_number_and_refuses_doubles) {
    registry all = three_checks();
    BOOST_TEST(all.all()[0].id() == "20.9/1");
    BOOST_TEST(all.all()[1].id() == "20.10/2");
    BOOST_TEST(all.all()[2].id() == "24.3/1");
    BOOST_CHECK(all.find("24.3/1") == &all.all()[2]);
    BOOST_CHECK(all.find("24.3/2") == nullptr);
    const auto nothing = [](run_context&) {};
    BOOST_CHECK_THROW(
        all.add({.about = sec<24, 3>::value, .index = 1, .title = "again", .run = nothing}),
        std::logic_error);
    BOOST_CHECK_THROW(all.add({.about = sec<24, 4>::value, .title = "no function"}),
                      std::logic_error);
}

BOOST_AUTO_TEST_CASE(globs_match_id_clause_and_title) {
    BOOST_TEST(chosen({}) == 3U);
    BOOST_TEST(chosen({.only = {"24.3/1"}, .skip = {}}) == 1U);
    BOOST_TEST(chosen({.only = {"24.3"}, .skip = {}}) == 1U);
    BOOST_TEST(chosen({.only = {"SP 20.*"}, .skip = {}}) == 2U);
    BOOST_TEST(chosen({.only = {"20.*"}, .skip = {"*split*"}}) == 1U);
    BOOST_TEST(chosen({.only = {"freeze*", "ping"}, .skip = {}}) == 2U);
    BOOST_TEST(chosen({.only = {}, .skip = {"*"}}) == 0U);
}

BOOST_AUTO_TEST_CASE(a_glob_that_matches_nothing_is_an_error) {
    BOOST_CHECK_THROW(chosen({.only = {"24.4"}, .skip = {}}), std::invalid_argument);
    BOOST_CHECK_THROW(chosen({.only = {}, .skip = {"24.4"}}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_nearest_word_is_found_or_none) {
    const std::array<std::string, 3> words{"--baseline", "--builtin", "--report"};
    BOOST_TEST(nearest("--basline", words) == "--baseline");
    BOOST_TEST(nearest("--base", words) == "--baseline");
    BOOST_TEST(nearest("--repotr", words) == "--report");
    BOOST_TEST(nearest("--xyz", words).empty());
}

BOOST_AUTO_TEST_CASE(clauses_are_read_from_headings) {
    const auto all = read_clauses("# Title\n### SP 20.1 MUST: Bytes\n\nText.\n\nMore.\n"
                                  "## Next\nnot of the clause\n### SP 20.2 SHOULD: Others: too\n");
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].id() == "SP 20.1");
    BOOST_TEST(all[0].text == "Text.\n\nMore.");
    BOOST_CHECK(all[1].strength == level::should);
    BOOST_TEST(all[1].title == "Others: too");
    BOOST_TEST(all[1].text.empty());
}

BOOST_AUTO_TEST_CASE(a_wrong_heading_is_an_error_with_its_line) {
    for (const char* wrong :
         {"x\n### SP 20 MUST: a\n", "x\n### SP 20.1 must: a\n", "x\n### SP 20.1 MUST:\n",
          "### SP 2.1 MUST: a\n### SP 2.1 MAY: b\n"}) {
        BOOST_CHECK_EXCEPTION((void)read_clauses(wrong), std::invalid_argument, [](const auto& e) {
            return std::string(e.what()).starts_with("line 2");
        });
    }
}

BOOST_AUTO_TEST_CASE(every_check_names_a_clause_of_the_specification) {
    if (clauses_of_spec().empty()) {
        BOOST_TEST_MESSAGE("no specification is embedded in this build");
        return;
    }
    for (const check& one : qga_checks().all()) {
        BOOST_TEST(find_clause(one.about) != nullptr, one.id() << ": no such clause");
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
