// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace snapproto::world;

const std::string head = "{\n  \"title\": \"t\",\n  \"teaches\": \"x.\",\n";

std::string complaint(const std::string& text) {
    try {
        (void)scenario_from("made", text);
        return {};
    } catch (const scenario_error& wrong) {
        return wrong.what();
    }
}

std::string complaint_of_set(const std::string& assignment) {
    try {
        auto made = scenario_from("made", head + "\"faults\": [{\"when\": \"start\", \"what\": "
                                                 "\"host_dies\"}]}");
        set(made, assignment);
        return {};
    } catch (const scenario_error& wrong) {
        return wrong.what();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_scenario_text)

BOOST_AUTO_TEST_CASE(what_a_scenario_says_is_taken_and_the_rest_is_as_usual) {
    const auto made = scenario_from(
        "made", head +
                    "\"seed\": 7, \"database\": {\"full_page_writes\": true, \"accounts\": 28},\n"
                    "\"faults\": [{\"when\": \"participant.held\", \"occurrence\": 2,\n"
                    "\"after_ms\": 5, \"what\": \"channel_lost\", \"for_ms\": 9}],\n"
                    "\"expect\": {\"claim\": \"true\"}}\n");
    BOOST_TEST(made.name == "made");
    BOOST_TEST(made.title == "t");
    BOOST_TEST(made.seed == 7U);
    BOOST_TEST(made.database.full_page_writes);
    BOOST_TEST(made.database.accounts == 28U);
    BOOST_TEST(made.database.log_blocks == database_options{}.log_blocks);
    BOOST_TEST_REQUIRE(made.faults.size() == 1U);
    BOOST_TEST(made.faults[0].when == "participant.held");
    BOOST_TEST(made.faults[0].occurrence == 2U);
    BOOST_TEST(made.faults[0].after_ms == 5U);
    BOOST_TEST(made.faults[0].what == "channel_lost");
    BOOST_TEST(made.faults[0].for_ms == 9U);
    BOOST_TEST(made.expect.claim == "true");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_its_line) {
    BOOST_TEST(complaint("[]") == "line 1: this is not one JSON object");
    BOOST_TEST(complaint("") == "line 1: this is not one JSON object");
    BOOST_TEST(complaint(head).starts_with("line 1: this is not one"));
    BOOST_TEST(complaint(head + "\"seed\": 1,,\n}").starts_with("line 4: "));
    BOOST_TEST(complaint(head + "\"seed\": 1}\n\n{}") == "line 6: something follows the object");
    BOOST_TEST(complaint("{\"title\": \"t\"}") == "line 1: 'teaches' is missing");
    BOOST_TEST(complaint(head + "\"sead\": 1}") == "line 4: there is no option 'sead'");
    BOOST_TEST(complaint(head + "\n\"disk\": {\n\"color\": 1}}") ==
               "line 6: there is no option 'disk.color'");
    BOOST_TEST(complaint(head + "\"disk\": {\"depth\": 0}}") ==
               "line 4: disk.depth is a whole number from 1 to 256");
    BOOST_TEST(
        complaint(head + "\"disk\": {\"depth\": 1.5}}").starts_with("line 4: disk.depth is"));
    BOOST_TEST(complaint(head + "\"disk\": {\"depth\": -1}}").starts_with("line 4: disk.depth is"));
    BOOST_TEST(complaint(head + "\"provider\": {\"fails\": 1}}") ==
               "line 4: provider.fails is true or false");
    BOOST_TEST(complaint(head + "\"host\": {\"kind\": \"other\"}}") ==
               "line 4: host.kind is one of: reference, naive");
    BOOST_TEST(complaint(head + "\"title\": 4}").starts_with("line 4: "));
    BOOST_TEST(complaint(head + "\"faults\": {}}") == "line 4: faults is a list");
    BOOST_TEST(complaint(head + "\"faults\": [\n{\"when\": \"start\"}]}") ==
               "line 5: a fault has 'when' and 'what'");
    BOOST_TEST(complaint(head + "\"faults\": [{\"when\": \"start\",\n\"what\": \"rain\"}]}")
                   .starts_with("line 5: what is one of: host_dies, "));
    BOOST_TEST(complaint(head + "\"faults\": [{\"when\": \"start\", \"what\": \"host_dies\", "
                                "\"guest\": 2}]}") ==
               "line 1: a fault is of guest 2, and there are 1");
}

BOOST_AUTO_TEST_CASE(numbers_are_taken_up_to_their_bounds) {
    const auto depth = [](const std::string& value) {
        return complaint(head + "\"disk\": {\"depth\": " + value + "}}").empty();
    };
    BOOST_TEST(!depth("0"));
    BOOST_TEST(depth("1"));
    BOOST_TEST(depth("256"));
    BOOST_TEST(!depth("257"));
}

BOOST_AUTO_TEST_CASE(a_setting_changes_one_thing_or_says_why_not) {
    auto made = scenario_from("made", head + "\"faults\": [{\"when\": \"start\", \"what\": "
                                             "\"host_dies\"}]}");
    set(made, "database.accounts=70");
    set(made, "publisher.enabled=false");
    set(made, "host.kind=naive");
    set(made, "fault.1.for_ms=250");
    BOOST_TEST(made.database.accounts == 70U);
    BOOST_TEST(!made.publisher.enabled);
    BOOST_TEST(made.host.kind == "naive");
    BOOST_TEST(made.faults[0].for_ms == 250U);
    BOOST_TEST(complaint_of_set("seed") == "'seed' is not KEY=VALUE");
    BOOST_TEST(complaint_of_set("sead=1") == "there is no option 'sead'");
    BOOST_TEST(complaint_of_set("seed=1x").starts_with("seed is a whole number"));
    BOOST_TEST(complaint_of_set("publisher.enabled=yes") == "publisher.enabled is true or false");
    BOOST_TEST(complaint_of_set("fault.2.for_ms=1") ==
               "'fault.2.for_ms': the scenario has 1 faults");
    BOOST_TEST(complaint_of_set("fault.1.what=rain").starts_with("what is one of"));
}

BOOST_AUTO_TEST_CASE(every_field_has_a_name_of_its_own) {
    scenario made;
    const auto fields = fields_of(made);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            BOOST_TEST(fields[i].name != fields[j].name);
            BOOST_TEST((fields[i].where != fields[j].where));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
