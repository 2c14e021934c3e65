// SPDX-License-Identifier: BSL-1.0
#include "conformance/report/report.hpp"
#include "snapproto/version.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <pugixml.hpp>

#include <set>
#include <string>

namespace snapproto::conformance {
namespace json = boost::json;
namespace {

case_result result(std::string id, level strength, status verdict) {
    case_result one;
    one.clause = "SP " + id.substr(0, id.find('/'));
    one.id = std::move(id);
    one.title = "a <title> & \"more\"";
    one.strength = strength;
    one.verdict = verdict;
    one.took = std::chrono::milliseconds(1500);
    one.replay = "snapcheck agent --connect 'unix:/a b' --only 1";
    if (one.deviates()) {
        one.found = {"the requirement", "this", "that \x01 ]]> <b>\xFF"};
        one.further.push_back({"another", "x", "y"});
        one.mend = "look at <this>";
    }
    if (verdict == status::skip) {
        one.reason = "no hook # here";
    }
    transcript log;
    log.sent(instant{}, "first", "{\"execute\": \"<script>\"}\n");
    log.event(instant(std::chrono::seconds(2)), lane::agent, lane::hook, "hook freeze");
    log.received(instant(std::chrono::seconds(3)), "second", "\xFF{\"return\": {}}\n");
    log.event(instant(std::chrono::seconds(3)), lane::orchestrator, "does not hold: \x02 x");
    one.transcript = log.entries();
    return one;
}

run_result sample() {
    run_result run;
    run.target = "unix:/a<b>";
    run.seed = 18446744073709551615U;
    run.cases = {
        result("20.1/1", level::must, status::pass), result("20.2/1", level::must, status::fail),
        result("21.1/1", level::should, status::warn), result("21.1/2", level::may, status::skip)};
    return run;
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++n;
    }
    return n;
}

std::set<std::string> keys(const json::object& of) {
    std::set<std::string> out;
    for (const auto& member : of) {
        out.insert(std::string(member.key()));
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(json_has_exactly_the_promised_members) {
    const json::object report = json::parse(json_report(sample())).as_object();
    BOOST_CHECK((keys(report) == std::set<std::string>{"tool", "version", "dialect", "target",
                                                       "seed", "summary", "cases"}));
    BOOST_TEST(report.at("tool").as_string() == "snapcheck");
    BOOST_TEST(report.at("seed").to_number<std::uint64_t>() == 18446744073709551615U);
    const json::object& sum = report.at("summary").as_object();
    BOOST_CHECK((keys(sum) == std::set<std::string>{"pass", "fail", "warn", "skip"}));
    for (const auto& one : sum) {
        BOOST_TEST(one.value().to_number<int>() == 1);
    }
    const json::array& cases = report.at("cases").as_array();
    BOOST_REQUIRE(cases.size() == 4U);
    const std::array<const char*, 4> statuses{"pass", "fail", "warn", "skip"};
    const std::array<const char*, 4> levels{"MUST", "MUST", "SHOULD", "MAY"};
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const json::object& one = cases[i].as_object();
        BOOST_CHECK(
            (keys(one) == std::set<std::string>{"id", "clause", "level", "title", "status",
                                                "expected", "actual", "transcript", "replay"}));
        BOOST_TEST(one.at("status").as_string() == statuses.at(i));
        BOOST_TEST(one.at("level").as_string() == levels.at(i));
        BOOST_TEST(one.at("transcript").as_array().size() == 4U);
    }
    BOOST_TEST(cases[1].at("actual").as_string() == "that \\x01 ]]> <b>\\xFF");
    BOOST_TEST(cases[3].at("actual").as_string() == "skipped: no hook # here");
    const json::object& sent = cases[0].at("transcript").at(0).as_object();
    BOOST_TEST(sent.at("bytes").to_number<int>() == 24);
    BOOST_TEST(cases[0].at("transcript").at(1).at("at_us").to_number<int>() == 2'000'000);
}

BOOST_AUTO_TEST_CASE(junit_is_xml_whose_sums_agree_with_its_cases) {
    for (const bool strict : {false, true}) {
        pugi::xml_document document;
        const std::string text = junit_report(sample(), strict);
        BOOST_REQUIRE(document.load_string(text.c_str()));
        const pugi::xml_node root = document.child("testsuites");
        BOOST_TEST(root.attribute("tests").as_int() == 4);
        BOOST_TEST(root.attribute("failures").as_int() == (strict ? 2 : 1));
        BOOST_TEST(root.attribute("skipped").as_int() == 1);
        BOOST_TEST(document.select_nodes("//testcase").size() == 4U);
        BOOST_TEST(document.select_nodes("//failure").size() == (strict ? 2U : 1U));
        BOOST_TEST(document.select_nodes("//skipped").size() == 1U);
        BOOST_TEST(document.select_nodes("//testsuite").size() == 2U);
        const pugi::xml_node failed = document.select_node("//failure").node().parent();
        BOOST_TEST(std::string(failed.attribute("name").value()) == "20.2/1 a <title> & \"more\"");
        BOOST_TEST(std::string(failed.attribute("time").value()) == "1.500");
        BOOST_TEST(std::string(failed.child("failure").child_value()).find("]]> <b>\\xFF") !=
                   std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(tap_counts_its_lines) {
    const std::string text = tap_report(sample(), false);
    BOOST_TEST(text.starts_with("TAP version 13\n1..4\n"));
    BOOST_TEST(count(text, "\nok ") == 2U);
    BOOST_TEST(count(text, "\nnot ok ") == 2U);
    BOOST_TEST(count(text, "# SKIP no hook = here") == 1U);
    BOOST_TEST(count(text, "# TODO") == 1U);
    BOOST_TEST(count(tap_report(sample(), true), "# TODO") == 0U);
}

BOOST_AUTO_TEST_CASE(markdown_shows_deviations_and_every_case) {
    const std::string text = markdown_report(sample());
    BOOST_TEST(count(text, "\n## 20.2/1 fail") == 1U);
    BOOST_TEST(count(text, "\n## 21.1/1 warn") == 1U);
    BOOST_TEST(count(text, "| MUST | 1 | 1 | 0 | 0 |") == 1U);
    BOOST_TEST(count(text, "\n| 21.1/2 |") == 1U);
    BOOST_TEST(count(text, "\n- to mend it: look at \\<this>\n") == 2U);
    // Bytes of the agent appear inside the fences only.
    BOOST_TEST(count(text, "<script") == count(text, "\n````text\n"));
    BOOST_TEST(count(text, "| a <title>") == 0U);
}

BOOST_AUTO_TEST_CASE(html_is_one_page_that_loads_nothing_and_escapes_everything) {
    const std::string text = html_report(sample());
    BOOST_TEST(text.starts_with("<!DOCTYPE html>"));
    BOOST_TEST(count(text, "<details class=\"case\"") == 4U);
    BOOST_TEST(count(text, "<svg") == 2U);
    BOOST_TEST(count(text, "<dt>to mend it</dt><dd>look at &lt;this&gt;</dd>") == 2U);
    BOOST_TEST(count(text, "<script>") == 1U);
    BOOST_TEST(count(text, "src=") == 0U);
    BOOST_TEST(count(text, "href=") == 0U);
    BOOST_TEST(count(text, "@import") == 0U);
    BOOST_TEST(count(text, "url(") == 0U);
    BOOST_TEST(count(text, "prefers-color-scheme: dark") == 1U);
    BOOST_TEST(count(text, "\x01") + count(text, "\x02") == 0U);
    // Well formed from the body on, once the void elements are closed.
    const auto body = text.substr(text.find("<main>"), text.find("<script>") - text.find("<main>"));
    std::string closed = body;
    for (auto at = closed.find("<input"); at != std::string::npos;
         at = closed.find("<input", at + 1)) {
        closed.replace(closed.find('>', at), 1, "/>");
    }
    for (auto at = closed.find(" checked"); at != std::string::npos; at = closed.find(" checked")) {
        closed.erase(at, 8);
    }
    for (auto at = closed.find(" open>"); at != std::string::npos; at = closed.find(" open>")) {
        closed.erase(at, 5);
    }
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_string(closed.c_str());
    BOOST_TEST(parsed, parsed.description()
                           << " at " << closed.substr(static_cast<std::size_t>(parsed.offset), 80));
}

BOOST_AUTO_TEST_CASE(the_chart_has_a_lane_for_each_who_takes_part) {
    const case_result one = result("20.2/1", level::must, status::fail);
    pugi::xml_document chart;
    BOOST_REQUIRE(chart.load_string(sequence_chart(one).c_str()));
    BOOST_TEST(chart.select_nodes("//line[@class='life']").size() == 3U);
    BOOST_TEST(chart.select_nodes("//path[@class='head']").size() == 3U);
    BOOST_TEST(chart.select_nodes("//text[@class='gap']").size() == 2U);
    BOOST_TEST(chart.select_nodes("//text[@class='event bad']").size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_unknown_kind_is_refused) {
    BOOST_CHECK_THROW((void)make_report("pdf", sample(), false), std::invalid_argument);
    for (const auto kind : report_kinds) {
        BOOST_TEST(!make_report(kind, sample(), false).empty());
    }
}

// SP 1.2, 1.3
BOOST_AUTO_TEST_CASE(the_claim_says_what_was_judged) {
    run_result run = sample();
    BOOST_TEST(!claim_of(run).conforms);
    BOOST_TEST(claim_of(run).words.starts_with("does not conform"));
    run.cases.erase(run.cases.begin() + 1);
    BOOST_TEST(claim_of(run).conforms);
    BOOST_TEST(claim_of(run).words.starts_with("conforms as agent, qga, MUST, version " // SP 1.1
                                               SNAPPROTO_VERSION_STRING ": all "));
    BOOST_TEST(claim_of(run).words.find("1 SHOULD") != std::string::npos);
    run.cases.push_back(result("24.1/1", level::must, status::skip));
    BOOST_TEST(!claim_of(run).conforms);
    BOOST_TEST(claim_of(run).words.starts_with("partial"));
    run.cases.back().skipped = skip_kind::inapplicable;
    BOOST_TEST(claim_of(run).conforms);
    run.all_selected = false;
    BOOST_TEST(!claim_of(run).conforms);
    run.all_selected = true;
    run.interrupted = true;
    BOOST_TEST(!claim_of(run).conforms);
    BOOST_TEST(!claim_of(run_result{}).conforms);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
