// SPDX-License-Identifier: BSL-1.0
#include <snapproto/codec/json_stream.hpp>

#include "tests/unit/codec/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using codec::json_stream;
using outcome_list = std::vector<std::string>;

outcome_list read(json_stream& stream, std::string_view bytes,
                  const std::vector<std::size_t>& pieces = {}) {
    return tests::outcomes(stream, bytes, pieces, [](const json_stream&, const auto& outcome) {
        return outcome.has_value() ? std::string{(*outcome).raw()} : tests::told(outcome.error());
    });
}

// Reads whole and byte by byte, which must give the same.
outcome_list read(std::string_view bytes, const wire_limits& limits = {}) {
    json_stream whole{limits};
    json_stream single{limits};
    const outcome_list all = read(whole, bytes);
    BOOST_TEST(read(single, bytes, {1}) == all, boost::test_tools::per_element());
    BOOST_TEST(whole.pending() == single.pending());
    BOOST_TEST(whole.recovering() == single.recovering());
    return all;
}

void check(std::string_view bytes, const outcome_list& expected, const wire_limits& limits = {}) {
    BOOST_TEST_CONTEXT(bytes) {
        BOOST_TEST(read(bytes, limits) == expected, boost::test_tools::per_element());
    }
}

constexpr std::string_view ping = R"({"execute":"guest-ping"})";

} // namespace

BOOST_AUTO_TEST_SUITE(json_stream_)

BOOST_AUTO_TEST_CASE(messages_need_no_separator) {
    check("{}{\"a\":1}[2]", {"{}", "{\"a\":1}", "[2]"});
    check("\r\n\t {} \n\n {}\n", {"{}", "{}"});
    check("1 null\"x\"true\n", {"1", "null", "\"x\"", "true"});
    check(" \t\r\n", {});
    check("", {});
}

BOOST_AUTO_TEST_CASE(a_reset_byte_drops_what_was_begun) {
    check("{\"a\xff{}", {"interrupted@3", "{}"});
    check("{\"a\":\"unended \xff{}", {"interrupted@14", "{}"});
    check("\"\\u00\xff{}", {"interrupted@5", "{}"});
    check("12\xff{}", {"12", "{}"});
    check("\xff\xff{}\xff\n\xff{}", {"{}", "{}"});
    check("[1,,\xff{}", {"bad_syntax@3", "{}"});
}

BOOST_AUTO_TEST_CASE(a_broken_message_gives_one_failure) {
    check("{\"a\" 1, \"b\":[{},{}], \"c\":\"}\"}{}", {"bad_syntax@5", "{}"});
    check("{\"a\":\"\\x\",\"b\":\"\\\"}{}\\\\\"} {}", {"bad_syntax@6", "{}"});
    check("[1,,[2,{\"a\":\"]\"}],3]{}", {"bad_syntax@3", "{}"});
    check("{\"a\":[1}{}", {"bad_syntax@7", "{}"});
    check("{\"a\":1]}{}", {"bad_syntax@6", "{}"});
    check("{\"a\":1,\"a\":{}}{}", {"duplicate_member@7", "{}"});
    check("{\"\xc3\",\"\":{}}{}", {"bad_text@2", "{}"});
    check("{\"\\ud83d\\\"x\",\"\":{}}{}", {"bad_text@2", "{}"});
    check("{}}{}", {"{}", "bad_syntax@0", "{}"});
}

BOOST_AUTO_TEST_CASE(junk_ends_with_its_line_or_a_brace) {
    check("GET / HTTP/1.1\r\nHost: x\r\n\r\n{}", {"bad_syntax@0", "bad_syntax@0", "{}"});
    check("don't \"mind\" ]] this{}", {"bad_syntax@0", "{}"});
    check(std::string_view{"\0\0\0\n{}", 6}, {"bad_syntax@0", "{}"});
    check("\xfe{}", {"bad_syntax@0", "{}"});
    check("\"a\nb\"{}", {"bad_text@2", "bad_syntax@0", "{}"});
}

BOOST_AUTO_TEST_CASE(an_unbalanced_prefix_costs_a_sender_of_lines_one_more_message) {
    const std::string line = std::string{ping} + "\n";
    const std::string good{ping};
    check("{\n" + line, {"bad_syntax@2", good});
    check("{\"execute\":\"guest-pi\n" + line, {"bad_text@20", good});
    check("{\"execute\":\n" + line + line, {"bad_syntax@37", good});
    check("[[[\n" + line + line + line, {"bad_syntax@29", good, good});
    check("{\"a\" {{{\"b\n" + line, {"bad_syntax@5", good});
    // Nothing that lies inside of a broken message is taken for a message of its own.
    check("{\"a\" " + good + "}\n" + line, {"bad_syntax@5", good});
}

BOOST_AUTO_TEST_CASE(indented_messages_are_fine) {
    check("{\n  \"a\": [\n    {},\n    {\n    }\n  ]\n}\n{}",
          {"{\n  \"a\": [\n    {},\n    {\n    }\n  ]\n}", "{}"});
    check("{\n  \"a\" [\n    {},\n    {\n    }\n  ]\n}\n{}", {"bad_syntax@8", "{}"});
}

// SP 16.3
BOOST_AUTO_TEST_CASE(the_size_of_a_message_is_limited_to_the_byte) {
    const wire_limits limits{.frame_bytes_max = 20};
    const auto sized = [](std::size_t size) { // {"a":"xxx"}
        return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}";
    };
    check(sized(19) + "{}", {sized(19), "{}"}, limits);
    check(sized(20) + "{}", {sized(20), "{}"}, limits);
    check(sized(21) + "{}", {"too_long@20", "{}"}, limits);
    check(sized(4000) + "{}", {"too_long@20", "{}"}, limits);
    // The limit falls inside of an escape, of a character, of a word.
    check("{\"a\":\"0123456789ab\\\\\\\"}\"}{}", {"too_long@20", "{}"}, limits);
    check("{\"a\":\"0123456789abc\\\"}\"}{}", {"too_long@20", "{}"}, limits);
    check("{\"a\":\"0123456789abc\xc3\xa9\"}{}", {"too_long@20", "{}"}, limits);
    check("{\"a\":[1,2,3,4,5,6,  true]}{}", {"too_long@20", "{}"}, limits);
    check("{\"a\":\"01234567\\ud83d\\ude00\"}{}", {"too_long@20", "{}"}, limits);
    check("{\"a\":\"0123456789abcd\xff{}", {"interrupted@20", "{}"}, limits);
    check("{\"a\":\"0123456789abcde\xff{}", {"too_long@20", "{}"}, limits);
    check(std::string(100, ' ') + "{}", {"{}"}, limits);
}

BOOST_AUTO_TEST_CASE(an_oversized_message_is_skipped_in_constant_memory) {
    const wire_limits limits{.frame_bytes_max = 1000};
    json_stream stream{limits};
    std::size_t failures = 0;
    std::size_t capacity = 0;
    const auto feed = [&](std::string_view text) {
        for (const std::string& outcome : read(stream, text)) {
            failures += outcome == "too_long@1000" ? 1U : 0U;
        }
    };
    feed("{\"a\":[");
    for (int i = 0; i < 3000; ++i) {
        feed("\"0123456789\",{\"a\":[]},");
        capacity = i == 100 ? stream.document().capacity() : capacity;
    }
    BOOST_TEST(failures == 1U);
    BOOST_TEST(stream.document().capacity() == capacity);
    BOOST_TEST(capacity < 40'000U);
    BOOST_TEST(read(stream, "0]}{}") == outcome_list{"{}"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_not_fetched_is_not_overwritten) {
    json_stream stream;
    const byte_view bytes = as_bytes("{}{\"a\":1}");
    BOOST_TEST(stream.feed(bytes) == 2U);
    BOOST_TEST(stream.feed(bytes.subspan(2)) == 0U);
    BOOST_TEST((*stream.next()).raw() == "{}");
    BOOST_TEST(stream.next().needs_more());
    BOOST_TEST(stream.feed(bytes.subspan(2)) == 7U);
    BOOST_TEST((*stream.next()).raw() == "{\"a\":1}");
}

BOOST_AUTO_TEST_CASE(reset_forgets_what_was_begun) {
    json_stream stream;
    read(stream, "{\"half");
    BOOST_TEST(stream.pending());
    stream.reset();
    BOOST_TEST(!stream.pending());
    BOOST_TEST(read(stream, "{}") == outcome_list{"{}"}, boost::test_tools::per_element());
    read(stream, "{1 [[");
    BOOST_TEST(stream.recovering());
    stream.reset();
    BOOST_TEST(!stream.recovering());
    BOOST_TEST(read(stream, "{}") == outcome_list{"{}"}, boost::test_tools::per_element());
}

// SP 16.4
RC_BOOST_PROP(any_cut_of_any_bytes_gives_the_same, ()) {
    const auto bytes = *tests::some_bytes();
    const auto pieces = *tests::some_pieces();
    const wire_limits limits{.frame_bytes_max = *rc::gen::element<std::size_t>(7, 16, 65536),
                             .nesting_max = *rc::gen::element<std::size_t>(2, 64)};
    json_stream whole{limits};
    json_stream cut{limits};
    RC_ASSERT(read(whole, bytes) == read(cut, bytes, pieces));
    RC_ASSERT(whole.pending() == cut.pending());
    RC_ASSERT(whole.recovering() == cut.recovering());
}

// SP 16.4
RC_BOOST_PROP(any_cut_of_nearly_good_messages_gives_the_same, ()) {
    std::string bytes;
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) {
        std::string message = tests::any_json(4);
        bytes += (*rc::gen::inRange(0, 3) == 0 ? tests::mutated(message) : message) + "\n";
    }
    json_stream whole;
    json_stream cut;
    json_stream single;
    const outcome_list all = read(whole, bytes);
    RC_ASSERT(read(cut, bytes, *tests::some_pieces()) == all);
    RC_ASSERT(read(single, bytes, {1}) == all);
}

RC_BOOST_PROP(after_any_bytes_a_reset_byte_makes_the_next_message_heard, ()) {
    json_stream stream;
    read(stream, *tests::some_bytes(), *tests::some_pieces());
    const outcome_list got = read(stream, "\xff" + std::string{ping});
    RC_ASSERT(!got.empty() && got.back() == ping);
    RC_ASSERT(got.size() <= 2U);
}

BOOST_AUTO_TEST_SUITE_END()
