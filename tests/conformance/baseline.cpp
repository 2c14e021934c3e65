// SPDX-License-Identifier: BSL-1.0
#include "conformance/baseline.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

const std::vector<std::string> ids{"20.1/1", "21.1/1", "21.1/2", "24.3/1"};

case_result result(std::string id, status verdict, std::string words = "something else") {
    case_result one;
    one.id = std::move(id);
    one.title = "a title";
    one.verdict = verdict;
    one.reason = verdict == status::skip ? words : "";
    one.found.actual = std::move(words);
    return one;
}

run_result run_of(std::vector<case_result> cases) {
    run_result run;
    run.target = "unix:/x";
    run.cases = std::move(cases);
    return run;
}

} // namespace

BOOST_AUTO_TEST_SUITE(baseline_file)

BOOST_AUTO_TEST_CASE(lines_are_read_with_comments_and_blanks_around_them) {
    const baseline read = read_baseline("# head\n\n24.3/1  warn   no limit, by design  \n"
                                        "# later\n21.1/1\tskip\tno hook\n");
    BOOST_TEST(read.head.size() == 2U);
    BOOST_REQUIRE(read.entries.size() == 2U);
    BOOST_TEST(read.entries[0].id == "24.3/1");
    BOOST_CHECK(read.entries[0].expected == status::warn);
    BOOST_TEST(read.entries[0].reason == "no limit, by design");
    BOOST_CHECK(read.find("21.1/1") == &read.entries[1]);
    BOOST_CHECK(read.find("21.1/2") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_wrong_line_is_named_by_its_number) {
    const auto message = [](std::string_view text) -> std::string {
        try {
            (void)read_baseline(text);
        } catch (const std::invalid_argument& wrong) {
            return wrong.what();
        }
        return "accepted";
    };
    BOOST_TEST(message("# x\n21.1/1 pass all is well\n").find("line 2") != std::string::npos);
    BOOST_TEST(message("21.1/1 worn x\n").find("'worn'") != std::string::npos);
    BOOST_TEST(message("21.1/1 warn\n").find("reason is missing") != std::string::npos);
    BOOST_TEST(message("21.1/1 warn a\n21.1/1 fail b\n").find("twice") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_expected_and_nothing_else_meets_it) {
    const run_result run = run_of({result("20.1/1", status::pass), result("21.1/1", status::warn)});
    BOOST_TEST(compare(run, read_baseline("21.1/1 warn known\n"), ids).empty());
    BOOST_TEST(compare(run, {}, ids).size() == 1U);
    BOOST_TEST(compare(run, read_baseline("21.1/1 fail known\n"), ids).size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_unexpected_pass_is_a_difference_and_shows_the_reason) {
    const auto lines = compare(run_of({result("21.1/1", status::pass)}),
                               read_baseline("21.1/1 warn was broken\n"), ids);
    BOOST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(lines[0].find("expected warn, found pass") != std::string::npos);
    BOOST_TEST(lines[0].find("was broken") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_check_that_is_suddenly_skipped_is_a_difference) {
    BOOST_TEST(compare(run_of({result("21.1/1", status::skip)}), {}, ids).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_check_that_did_not_run_is_none_but_one_that_does_not_exist_is) {
    const run_result run = run_of({result("20.1/1", status::pass)});
    BOOST_TEST(compare(run, read_baseline("24.3/1 warn known\n"), ids).empty());
    const auto lines = compare(run, read_baseline("24.9/9 warn known\n"), ids);
    BOOST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(lines[0].find("no such check") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writing_keeps_reasons_head_and_checks_that_did_not_run) {
    const baseline before = read_baseline("# mine\n20.1/1 warn gone\n21.1/1 warn kept reason\n"
                                          "24.3/1 skip not run now\n");
    const run_result run = run_of({result("20.1/1", status::pass), result("21.1/1", status::fail),
                                   result("21.1/2", status::warn, "what was seen")});
    const std::string text = write_baseline(run, before, ids);
    BOOST_TEST(text == "# mine\n"
                       "21.1/1   fail  kept reason\n"
                       "21.1/2   warn  unexplained: what was seen\n"
                       "24.3/1   skip  not run now\n");
    BOOST_TEST(compare(run, read_baseline(text), ids).empty());
}

BOOST_AUTO_TEST_CASE(a_reason_for_a_deviation_does_not_become_one_for_a_skip) {
    const baseline before = read_baseline("# mine\n21.1/1 warn kept reason\n");
    const std::string text =
        write_baseline(run_of({result("21.1/1", status::skip, "no hook")}), before, ids);
    BOOST_TEST(text == "# mine\n21.1/1   skip  no hook\n");
}

BOOST_AUTO_TEST_CASE(a_reason_with_a_line_break_stays_one_line) {
    const run_result run = run_of({result("21.1/1", status::warn, "two\nlines")});
    BOOST_TEST(compare(run, read_baseline(write_baseline(run, {}, ids)), ids).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
