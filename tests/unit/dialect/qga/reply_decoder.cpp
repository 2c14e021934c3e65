// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/qga/reply_decoder.hpp>

#include "tests/unit/dialect/qga/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using tests::outcome_list;

void check(std::string_view bytes, const outcome_list& expected,
           const wire_limits& limits = qga::reply_limits) {
    BOOST_TEST_CONTEXT(bytes) {
        qga::reply_decoder whole{limits};
        qga::reply_decoder single{limits};
        BOOST_TEST(tests::read(whole, bytes) == expected, boost::test_tools::per_element());
        BOOST_TEST(tests::read(single, bytes, {1}) == expected, boost::test_tools::per_element());
    }
}

qga::reply_view one(qga::reply_decoder& decoder, std::string_view line) {
    decoder.reset();
    BOOST_TEST_REQUIRE(decoder.feed(as_bytes(line)) == line.size());
    const decoded<qga::reply_view> got = decoder.next();
    BOOST_TEST_REQUIRE(got.has_value());
    return *got;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reply_decoder_)

// SP 29.21
BOOST_AUTO_TEST_CASE(each_line_is_one_outcome) {
    check(
        "{\"return\": {}}\n{\"return\": 3, \"id\": [1]}\r\n\n \r\n{\"id\":null,\"return\":\"x\"}\n",
        {"return {}", "return 3 id [1]", "return \"x\" id null"});
    check(R"({"error": {"class": "GenericError", "desc": "no", "x": 1}, "id": "a"})"
          "\n",
          {"error GenericError: no id \"a\""});
    check("{\"event\":\"RESUME\",\"data\":{}}\n{\"QMP\":{}}\n{}\n",
          {"other {\"event\":\"RESUME\",\"data\":{}}", "other {\"QMP\":{}}", "other {}"});
    check("{\"timestamp\":{\"seconds\":1},\"return\":1}\n", {"return 1"});
    check("{\"return\": 1}", {});
}

BOOST_AUTO_TEST_CASE(the_sentinel_marks_the_line_behind_it_and_drops_what_was_begun) {
    check("\xff{\"return\": 7}\n{\"return\": 8}\n", {"FF return 7", "return 8"});
    check("{\"ret\xff{\"return\": 7}\n", {"interrupted@5 SP 20.5", "FF return 7"});
    check("\xff\xff{\"return\": 7}\n", {"FF return 7"});
    check("  \xff\r\n{\"return\": 7}\n", {"FF return 7"});
    check("\xffjunk\n{\"return\": 7}\n", {"bad_syntax@0 SP 20.6", "return 7"});
}

BOOST_AUTO_TEST_CASE(a_line_of_another_shape_is_a_failure_and_the_next_is_fine) {
    check("[1]\n42\n{}\n", {"not_an_object@0 SP 20.5", "not_an_object@0 SP 20.5", "other {}"});
    check("{\"return\":1\n{}\n", {"bad_syntax@11 SP 20.5", "other {}"});
    check("{\"a\":\"x\n\"}\n{}\n", {"bad_text@7 SP 20.6", "bad_text@2 SP 20.6", "other {}"});
    check("{} {}\n{}\n", {"bad_syntax@3 SP 20.5", "other {}"});
    check("{\"return\":1,\"error\":{}}\n", {"unexpected_member@20 SP 21.2"});
    check("{\"error\":5}\n", {"wrong_type@9 SP 21.6"});
    check("{\"error\":{\"class\":\"X\"}}\n", {"missing_member@9 SP 21.6"});
    check("{\"error\":{\"class\":\"X\",\"desc\":1}}\n", {"wrong_type@29 SP 21.6"});
    check("{\"error\":{\"class\":\"X\",\"desc\":\"d\"}}\n", {"error X: d"});
    check("{\"return\":1,\"return\":2}\n", {"duplicate_member@12 SP 20.6"});
}

// SP 29.21
BOOST_AUTO_TEST_CASE(a_line_is_limited_to_the_byte) {
    const wire_limits limits{.frame_bytes_max = 16};
    const auto sized = [](std::size_t size) {
        return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}";
    };
    check(sized(15) + "\n{}\n", {"other " + sized(15), "other {}"}, limits);
    check(sized(16) + "\n{}\n", {"other " + sized(16), "other {}"}, limits);
    check(sized(17) + "\n{}\n", {"too_long@16 SP 28.9", "other {}"}, limits);
    check(sized(170) + "\n{}\n", {"too_long@16 SP 28.9", "other {}"}, limits);
    check(sized(170) + "\xff{}\n", {"too_long@16 SP 28.9", "FF other {}"}, limits);
    check(std::string(100, ' ') + "{}\n", {"other {}"}, limits);
    check("{\"a\":{}}\n", {"other {\"a\":{}}"}, {.nesting_max = 2});
    check("{\"a\":{}}\n", {"too_deep@5 SP 20.6"}, {.nesting_max = 1});
}

BOOST_AUTO_TEST_CASE(values_are_read_by_type_and_never_guessed) {
    qga::reply_decoder decoder;
    BOOST_TEST(*one(decoder, "{\"return\": -3}\n").integer() == -3);
    BOOST_TEST(!one(decoder, "{\"return\": 3.0}\n").integer());
    BOOST_TEST(!one(decoder, "{\"return\": \"3\"}\n").integer());
    BOOST_TEST(!one(decoder, "{\"return\": {}}\n").integer());
    BOOST_TEST(!one(decoder, "{\"x\": 3}\n").integer());
    BOOST_TEST(one(decoder, "{\"return\": {}}\n").is_nothing());
    BOOST_TEST(!one(decoder, "{\"return\": {\"a\":1}}\n").is_nothing());
    BOOST_TEST(!one(decoder, "{\"return\": []}\n").is_nothing());
    BOOST_TEST(*one(decoder, "{\"return\": \"\\u0066rozen\"}\n").text() == "frozen");
    BOOST_TEST((one(decoder, "{\"return\": \"frozen\"}\n").status() == qga::freeze_state::frozen));
    BOOST_TEST((one(decoder, "{\"return\": \"thawed\"}\n").status() == qga::freeze_state::thawed));
    BOOST_TEST(!one(decoder, "{\"return\": \"melted\"}\n").status());
    BOOST_TEST(!one(decoder, "{\"return\": {\"status\":\"frozen\"}}\n").status());
    const qga::reply_view refused =
        one(decoder, R"({"error":{"class":"CommandNotFound","desc":"d"}})"
                     "\n");
    BOOST_TEST((refused.error == qga::reply_error::command_not_found));
    BOOST_TEST(!refused.integer());
}

BOOST_AUTO_TEST_CASE(guest_info_is_walked_entry_by_entry) {
    qga::reply_decoder decoder;
    const qga::reply_view info = one(
        decoder, R"({"return":{"version":"7.2","supported_commands":[{"enabled":true,"name":"a",)"
                 R"("success-response":false},{"name":"b","enabled":false,"success-response":true,)"
                 R"("more":1}]}})"
                 "\n");
    BOOST_TEST(*info.version() == "7.2");
    std::string seen;
    BOOST_TEST(info.for_each_command([&](const qga::command_entry& entry) {
        seen += std::string{entry.name} + (entry.enabled ? "+" : "-") +
                (entry.success_response ? "+" : "-");
    }));
    BOOST_TEST(seen == "a+-b-+");
    for (const std::string_view wrong :
         {R"({"return":{"supported_commands":{}}})", R"({"return":{}})", R"({"return":[]})",
          R"({"return":{"supported_commands":[1]}})",
          R"({"return":{"supported_commands":[{"name":"a","enabled":1}]}})"}) {
        const qga::reply_view view = one(decoder, std::string{wrong} + "\n");
        BOOST_TEST(!view.for_each_command([](const qga::command_entry&) {}));
        BOOST_TEST(!view.version());
    }
}

BOOST_AUTO_TEST_CASE(the_id_of_a_line_that_fails_is_known) {
    qga::reply_decoder decoder;
    BOOST_TEST(decoder.feed(as_bytes("{\"id\":\"x\",\"error\":1}\n")) == 21U);
    BOOST_TEST(decoder.next().has_failure());
    BOOST_TEST(decoder.failed_id().text == "\"x\"");
}

// SP 16.4
RC_BOOST_PROP(any_cut_gives_the_same_replies, ()) {
    std::string bytes;
    for (int i = *rc::gen::inRange(1, 5); i != 0; --i) {
        const std::string message = *rc::gen::element<std::string>(
            R"({"return": 3})", R"({"id": [1], "error": {"class": "A", "desc": "\u00e9"}})",
            R"({"return": {"a": ["x", null]}, "id": 7})", R"({"event": "X"})");
        bytes += *rc::gen::arbitrary<bool>() ? tests::mutated(message) : message;
        bytes += *rc::gen::element<std::string>("\n", "\r\n", "\xff", "\n\xff");
    }
    const wire_limits limits{.frame_bytes_max = *rc::gen::element<std::size_t>(20, 1000)};
    qga::reply_decoder whole{limits};
    qga::reply_decoder cut{limits};
    qga::reply_decoder single{limits};
    const outcome_list all = tests::read(whole, bytes);
    RC_ASSERT(tests::read(cut, bytes, *tests::some_pieces()) == all);
    RC_ASSERT(tests::read(single, bytes, {1}) == all);
    RC_ASSERT(whole.pending() == single.pending());
}

RC_BOOST_PROP(any_cut_of_any_bytes_gives_the_same_replies_and_failures, ()) {
    std::string bytes;
    for (int i = *rc::gen::inRange(1, 4); i != 0; --i) {
        bytes += *tests::some_bytes() + *rc::gen::element<std::string>("\n", "\xff", "");
        bytes += tests::mutated(tests::any_json(3)) + "\n";
    }
    const wire_limits limits{.frame_bytes_max = *rc::gen::element<std::size_t>(7, 64, 65536),
                             .nesting_max = *rc::gen::element<std::size_t>(2, 64)};
    qga::reply_decoder whole{limits};
    qga::reply_decoder cut{limits};
    qga::reply_decoder single{limits};
    const outcome_list all = tests::read(whole, bytes);
    RC_ASSERT(tests::read(cut, bytes, *tests::some_pieces()) == all);
    RC_ASSERT(tests::read(single, bytes, {1}) == all);
    RC_ASSERT(whole.pending() == single.pending());
}

RC_BOOST_PROP(after_any_bytes_a_sentinel_makes_the_next_line_heard_in_bounded_memory, ()) {
    qga::reply_decoder decoder{{.frame_bytes_max = 64}};
    for (int i = 0; i < 4; ++i) {
        tests::read(decoder, *tests::some_bytes(), *tests::some_pieces());
    }
    RC_ASSERT(decoder.capacity() <= 64U * 40U);
    const outcome_list got = tests::read(decoder, "\xff{\"return\": 5}\n");
    RC_ASSERT(!got.empty() && got.back() == "FF return 5");
    RC_ASSERT(got.size() <= 2U);
}

BOOST_AUTO_TEST_SUITE_END()
