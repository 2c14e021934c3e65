// SPDX-License-Identifier: BSL-1.0
// Fleets as text, and what came of them as text.
#include "simulator/fleet/fleet.hpp"
#include "simulator/fleet/report.hpp"
#include "simulator/fleet/scenario.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::fleet;

std::string complaint_of(std::string_view text) {
    try {
        (void)scenario_from("test", text);
    } catch (const settings::error& wrong) {
        return wrong.what();
    }
    return {};
}

std::string complaint_of_set(std::string_view assignment) {
    scenario made;
    try {
        fleet::set(made, assignment);
        fleet::check(made);
    } catch (const settings::error& wrong) {
        return wrong.what();
    }
    return {};
}

std::string with(const std::string& more) {
    return "{\n\"kind\": \"fleet\",\n\"title\": \"a\",\n\"teaches\": \"b\",\n" + more + "\n}\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(fleet_text)

BOOST_AUTO_TEST_CASE(a_scenario_is_read) {
    const auto made = scenario_from(
        "x", with("\"machines\": {\"count\": 12, \"group\": 3, \"per_array\": 6}, \"cut\": "
                  "{\"tail_ms\": 7}, \"session\": {\"crash_copy\": true}"));
    BOOST_TEST(made.name == "x");
    BOOST_TEST(made.machines.count == 12U);
    BOOST_TEST(made.cut.tail_ms == 7U);
    BOOST_TEST(made.session.crash_copy);
    BOOST_TEST(made.array.slots == scenario{}.array.slots); // what is not said stays
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_with_its_line) {
    BOOST_TEST(complaint_of(with("\"seed\": 1")) == "");
    BOOST_TEST(complaint_of("[]") == "line 1: this is not one JSON object");
    BOOST_TEST(complaint_of("{}") == "line 1: 'kind' is missing");
    BOOST_TEST(complaint_of(with("\"seed\": 1") + "{}") == "line 7: something follows the object");
    BOOST_TEST(complaint_of(with("\"sead\": 1")) == "line 5: there is no option 'sead'");
    BOOST_TEST(complaint_of(with("\"array\": {\n\"slots\": 0}")) ==
               "line 6: array.slots is a whole number from 1 to 1000000");
    BOOST_TEST(
        complaint_of(with("\"array\": {\"slots\": 1.5}")).starts_with("line 5: array.slots"));
    BOOST_TEST(complaint_of(with("\"schedule\": {\"kind\": \"never\"}")) ==
               "line 5: schedule.kind is one of: together, spread");
    BOOST_TEST(complaint_of(with("\"session\": {\"crash_copy\": 1}")) ==
               "line 5: session.crash_copy is true or false");
    BOOST_TEST(complaint_of(with("\"session\": {\"wanted\": 3}")) ==
               "line 5: session.wanted is a text");
    BOOST_TEST(complaint_of(with("\"seed\": }")).starts_with("line 5: "));
    BOOST_TEST(complaint_of(with("\"title\": \"c\"")) ==
               "line 5: an object names the same member twice");
}

BOOST_AUTO_TEST_CASE(options_that_contradict_each_other_are_refused) {
    BOOST_TEST(complaint_of(with("\"machines\": {\"count\": 10, \"group\": 4}")) ==
               "machines.count is 10, which is no multiple of machines.group, 4");
    BOOST_TEST(complaint_of(with("\"machines\": {\"count\": 8, \"group\": 4, \"per_array\": 6}")) ==
               "machines.per_array is 6, which is no multiple of machines.group, 4");
    BOOST_TEST(complaint_of(with("\"schedule\": {\"kind\": \"spread\", \"rounds\": 2, "
                                 "\"window_s\": 9, \"interval_s\": 8}")) ==
               "schedule.window_s is longer than schedule.interval_s");
    BOOST_TEST(complaint_of(with("\"expect\": {\"whole_pct_least\": 9, \"whole_pct_most\": 8}")) ==
               "expect.whole_pct_least is greater than expect.whole_pct_most");
}

BOOST_AUTO_TEST_CASE(one_thing_can_be_set) {
    BOOST_TEST(complaint_of_set("array.slots=4") == "");
    BOOST_TEST(complaint_of_set("array.slots=4x").starts_with("array.slots is a whole number"));
    BOOST_TEST(complaint_of_set("array.slots=-1").starts_with("array.slots is a whole number"));
    BOOST_TEST(complaint_of_set("array.slots") == "'array.slots' is not KEY=VALUE");
    BOOST_TEST(complaint_of_set("array.slits=4") == "there is no option 'array.slits'");
    BOOST_TEST(complaint_of_set("session.crash_copy=yes") == "session.crash_copy is true or false");
    BOOST_TEST(complaint_of_set("machines.group=7") ==
               "machines.count is 1000, which is no multiple of machines.group, 7");
}

BOOST_AUTO_TEST_CASE(every_option_has_a_name_and_a_place_of_its_own) {
    scenario made;
    const auto fields = fields_of(made);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            BOOST_TEST(fields[i].name != fields[j].name);
            BOOST_TEST((fields[i].where != fields[j].where));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_fleet_says_that_it_is_one) {
    BOOST_TEST(looks_like_fleet(with("\"seed\": 1")));
    BOOST_TEST(!looks_like_fleet("{\"title\": \"fleet\"}"));
    BOOST_TEST(!looks_like_fleet("{\"kind\": \"fleet\""));
    BOOST_TEST(!looks_like_fleet("{\"kind\": 3}"));
}

BOOST_AUTO_TEST_CASE(the_report_for_machines_has_what_was_played_and_what_came_of_it) {
    scenario what;
    what.name = "some";
    what.machines = {.count = 40, .group = 2, .per_array = 20, .per_host = 5};
    const std::vector runs{outcome_of_run{what, play(what, 1)}};
    const auto read = boost::json::parse(to_json(runs)).as_object();
    BOOST_TEST(read.at("scenario").as_string() == "some");
    BOOST_TEST_REQUIRE(read.at("runs").as_array().size() == 1U);
    const auto& run = read.at("runs").as_array().front().as_object();
    BOOST_TEST(run.at("options").at("machines.group").to_number<int>() == 2);
    const auto& found = run.at("results").as_object();
    BOOST_TEST(found.at("planned").to_number<int>() == 20);
    BOOST_TEST(found.at("success").to_number<int>() == 20);
    BOOST_TEST(found.at("labels").at("application").to_number<int>() == 20);
    BOOST_TEST(found.at("stopped").at("count").to_number<int>() == 40); // machines
    BOOST_TEST(found.at("violations").to_number<int>() == 0);
}

BOOST_AUTO_TEST_CASE(a_violation_is_told_and_an_expectation_that_is_not_met) {
    scenario what;
    what.title = "T";
    what.expect = {.whole_pct_least = 90, .whole_pct_most = 100};
    outcome_of_run run{what, {}};
    run.found.planned = 1'000;
    run.found.covered = 899;
    BOOST_TEST_REQUIRE(surprises(run).size() == 1U);
    BOOST_TEST(surprises(run).front() == "89.90 % got what was wanted, and it says 90 to 100 %");
    BOOST_TEST(to_text(run).find("NOT as it should be") == std::string::npos);
    run.found.covered = 900;
    BOOST_TEST(surprises(run).empty());
    run.found.violate("group 3: something");
    BOOST_TEST(to_text(run).find("violated: group 3: something\n") != std::string::npos);
    BOOST_TEST(to_text(run).find("verdict: NOT as it should be: 1 violations\n") !=
               std::string::npos);
    BOOST_TEST(to_table("seed", std::vector{run}).find("NOT as it should be") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_quite_all_is_not_shown_as_all) {
    outcome_of_run run;
    run.found.planned = 1'000'000;
    run.found.covered = 999'999;
    BOOST_TEST(to_text(run).find("999,999 of 1,000,000, 99.99 %") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
