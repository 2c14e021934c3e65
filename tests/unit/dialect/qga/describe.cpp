// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/qga/describe.hpp>

#include "tests/unit/dialect/qga/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>
#include <string_view>

namespace {

using namespace snapproto;

std::string sentence(std::string_view bytes, const wire_limits& limits = qga::request_limits) {
    qga::request_decoder decoder{limits};
    tests::read(decoder, bytes);
    return std::string{qga::describe(decoder.rejected()).text()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(describe_)

// SP 16.7
BOOST_AUTO_TEST_CASE(a_sentence_says_what_is_wrong_where_and_what_would_be_right) {
    BOOST_TEST(sentence("[]") == "a request must be a JSON object");
    BOOST_TEST(sentence("{\"a\" 1}") == "not a request: the bytes do not follow the grammar of "
                                        "the wire format at byte 5 (0x31, '1')");
    BOOST_TEST(sentence("{\"a\n") == "not a request: a string is not valid UTF-8 or holds an "
                                     "unescaped control byte at byte 3 (0x0a)");
    BOOST_TEST(sentence("{\"a\":1,\"a\":2}") ==
               "not a request: an object names the same member twice at byte 7");
    BOOST_TEST(sentence("{\"a\xff") ==
               "not a request: a reset or the end of the channel cut a message short at byte 3");
    BOOST_TEST(sentence("{}") ==
               "member 'execute' is missing: it must be the name of a command, a string");
    BOOST_TEST(sentence(R"({"execute":1})") ==
               "member 'execute' has the wrong type at byte 11: it must be a string");
    BOOST_TEST(sentence(R"({"execute":"guest-ping","x":1})") ==
               "member 'x' is unexpected at byte 24: allowed are execute, arguments and id");
    BOOST_TEST(sentence(R"({"execute":"guest-ping","arguments":{"x":1}})") ==
               "argument 'x' is unexpected at byte 37: guest-ping has no arguments");
    BOOST_TEST(sentence(R"({"execute":"guest-sync","arguments":{"x":1}})") ==
               "argument 'x' is unexpected at byte 37: guest-sync has id");
    BOOST_TEST(sentence(R"({"execute":"guest-sync"})") ==
               "argument 'id' is missing: it must be an integer of 64 signed bits");
    BOOST_TEST(sentence(R"({"execute":"guest-sync","arguments":{"id":1.0}})") ==
               "argument 'id' has the wrong type at byte 42: "
               "it must be an integer of 64 signed bits");
    BOOST_TEST(sentence(R"({"execute":"guest-fsfreeze-freeze-list","arguments":)"
                        R"({"mountpoints":["a","b","c"]}})",
                        {.list_entries_max = 2}) ==
               "argument 'mountpoints': a list has more entries than the limit at byte 67");
}

// SP 16.7
BOOST_AUTO_TEST_CASE(long_names_are_shortened) {
    const std::string name(1000, 'n');
    BOOST_TEST(sentence("{\"" + name + "\":1}") ==
               "member '" + name.substr(0, 64) +
                   "...' is unexpected at byte 1: allowed are execute, arguments and id");
}

BOOST_AUTO_TEST_CASE(the_error_reply_carries_the_id) {
    qga::request_decoder decoder;
    tests::read(decoder, R"({"id":{"a":[1]}})");
    std::string out;
    codec::container_sink sink{out};
    qga::encode_rejection(sink, decoder.rejected());
    BOOST_TEST(out == "{\"error\": {\"class\": \"GenericError\", \"desc\": \"member 'execute' is "
                      "missing: it must be the name of a command, a string\"}, "
                      "\"id\": {\"a\": [1]}}\n");
}

RC_BOOST_PROP(whatever_was_sent_the_reply_to_it_is_one_short_line, ()) {
    qga::request_decoder decoder;
    std::string message = R"({"execute":"guest-sync","arguments":{"id":1}})";
    for (byte_view bytes = as_bytes(message = tests::mutated(message)); !bytes.empty();) {
        bytes = bytes.subspan(decoder.feed(bytes));
        if (decoder.next().has_failure()) {
            std::string out;
            codec::container_sink sink{out};
            qga::encode_rejection(sink, decoder.rejected());
            RC_ASSERT(out.size() < 4096U);
            qga::reply_decoder other;
            RC_ASSERT(other.feed(as_bytes(out)) == out.size());
            const decoded<qga::reply_view> got = other.next();
            RC_ASSERT(got.has_value());
            RC_ASSERT(got->kind == qga::reply_kind::refused);
            RC_ASSERT(!got->desc.empty());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
