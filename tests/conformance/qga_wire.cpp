// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace json = boost::json;
using namespace snapproto::conformance;
using clauses::same_value;

BOOST_AUTO_TEST_SUITE(conformance_qga_wire)

BOOST_AUTO_TEST_CASE(numbers_are_compared_by_value_and_exactly) {
    BOOST_TEST(same_value(json::parse("-2.5e10"), json::parse("-25000000000")));
    BOOST_TEST(same_value(json::parse("-25000000000"), json::parse("-2.5e10")));
    BOOST_TEST(same_value(json::parse("9223372036854775807"), json::parse("9223372036854775807")));
    // The double nearest to the integer is another number.
    BOOST_TEST(!same_value(json::parse("9007199254740993"), json::parse("9007199254740992.0")));
    BOOST_TEST(!same_value(json::parse("9223372036854775807"), json::parse("9.3e18")));
    BOOST_TEST(!same_value(json::parse("1"), json::parse("1.5")));
}

BOOST_AUTO_TEST_CASE(types_are_not_converted) {
    BOOST_TEST(!same_value(json::parse("1"), json::parse("\"1\"")));
    BOOST_TEST(!same_value(json::parse("0"), json::parse("false")));
    BOOST_TEST(!same_value(json::parse("1.0"), json::parse("true")));
    BOOST_TEST(!same_value(json::parse("null"), json::parse("{}")));
    BOOST_TEST(!same_value(json::parse("[]"), json::parse("{}")));
}

BOOST_AUTO_TEST_CASE(members_may_come_in_any_order_and_elements_may_not) {
    BOOST_TEST(same_value(json::parse(R"({"a": [1, {"b": 2.0}], "c": null})"),
                          json::parse(R"({"c": null, "a": [1, {"b": 2}]})")));
    BOOST_TEST(!same_value(json::parse(R"({"a": 1})"), json::parse(R"({"a": 1, "b": 1})")));
    BOOST_TEST(!same_value(json::parse(R"({"a": 1})"), json::parse(R"({"b": 1})")));
    BOOST_TEST(!same_value(json::parse("[1, 2]"), json::parse("[2, 1]")));
    BOOST_TEST(!same_value(json::parse("[1, 2]"), json::parse("[1]")));
}

BOOST_AUTO_TEST_CASE(an_absent_id_is_not_a_null_id) {
    reply line;
    BOOST_TEST(!clauses::has_id(line, nullptr));
    line.id = json::value(nullptr);
    BOOST_TEST(clauses::has_id(line, nullptr));
    BOOST_TEST(!clauses::has_text_id(line, ""));
}

BOOST_AUTO_TEST_SUITE_END()
