// SPDX-License-Identifier: BSL-1.0
// The short way of the decoders beside the long one: nothing may tell them apart.
//
// A decoder that has memory from an earlier message takes a plain one at once when it comes whole.
// Byte by byte nothing is plain, so a second decoder goes the long way with the same bytes.
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include "tests/unit/dialect/qga/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using tests::outcome_list;

constexpr wire_limits some_limits{
    .frame_bytes_max = 600, .nesting_max = 8, .list_entries_max = 6, .string_bytes_max = 24};

const std::vector<std::string>& requests() {
    static const std::vector<std::string> all{
        R"({"execute": "guest-ping"})",
        R"({"execute":"guest-ping","id":"libvirt-17"})",
        R"({"id":-12,"execute":"guest-info"})",
        R"({"execute":"no-such-command","id":"\u00e9\ud83d\ude00"})",
        R"({"execute":""})",
        R"({"execute": "guest-sync", "arguments": {"id": 1732350000123}})",
        R"({"execute":"guest-sync-delimited","arguments":{"id":-9},"id":""})",
        R"({"execute":"guest-sync","arguments":{"id":999999999999999999}})",
        R"({"execute":"guest-sync","arguments":{"id":9223372036854775807}})",
        R"({"execute":"guest-set-time"})",
        R"({"execute":"guest-set-time","arguments":{"time":0}})",
        R"({"execute":"guest-fsfreeze-freeze-list"})",
        R"({"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":[]}})",
        R"({"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":["/",)"
        R"("/\u00e9t\\"]}})",
        R"({"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":["a","b","c","d",)"
        R"("e","f"]},"id":0})",
        R"({"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":["a","b","c","d",)"
        R"("e","f","g"]}})",
        R"({"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":)"
        R"(["123456789012345678901234"]}})",
        R"({"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":)"
        R"(["1234567890123456789012345"]}})",
        R"({"execute":"guest-sync"})",
        R"({"execute":"guest-ping","execute":"guest-ping"})",
        R"({"execute":"guest-ping","id":1,"id":2})",
        R"({"execute":"guest-ping","arguments":{}})",
        R"({"execute":"guest-sync","arguments":{"id":1},"arguments":{"id":1}})",
        R"({"execute":"guest-sync","arguments":{"id":1,"id":2}})",
        R"({"execute":"guest-sync","arguments":{"id":01}})",
        R"({"execute":"guest-sync","arguments":{"id":1.5}})",
        R"({"execute":"guest-sync","arguments":{"id":-}})",
        R"({"execute":"guest-ping","id":12"x"})",
        R"({"execute":"guest-ping",})",
        R"({"execute":"guest-ping"]})",
        R"({})"};
    return all;
}

const std::vector<std::string>& replies() {
    static const std::vector<std::string> all{
        R"({"return": 3})",
        R"({"return": -999999999999999999, "id": "libvirt-17"})",
        R"({"return":9223372036854775808})",
        R"({"return":1.5})",
        R"({"return":007"x"})",
        R"({"return":-"x"})",
        R"({"id": 1, "return": {}})",
        R"({"return": { } })",
        R"({"return": "frozen"})",
        R"({"return": "fr\u006fzen"})",
        R"({"return": ""})",
        R"({"return": [1]})",
        R"({"error": {"class": "GenericError", "desc": "no"}})",
        R"({"error": {"class": "CommandNotFound", "desc": ""}, "id": -1})",
        R"({"error":{"class":"Strange","desc":"caf)"
        "\xc3\xa9\"}}",
        R"({"error": {"desc": "no", "class": "GenericError"}})",
        R"({"error": {"class": "GenericError", "desc": "a\"b"}})",
        R"({"error": {"class": "GenericError", "desc": "no", "x": 1}})",
        R"({"error": {"class": "GenericError"}})",
        R"({"error": {"class": 1, "desc": "no"}})",
        R"({"return": 1, "error": {"class": "GenericError", "desc": "no"}})",
        R"({"return": 1, "return": 1})",
        R"({"return": 1, "id": 1, "id": 1})",
        R"({"id": 1})",
        R"({"return": 1} x)",
        R"({"return": 1,})",
        R"({"return": 1)"};
    return all;
}

// Everything that is told of a reply, with what its value holds and not only how it stands there.
std::string all_of(const qga::reply_view& got) {
    std::string out = tests::told(got);
    const auto put = [&out](const auto& value) { out += value ? std::to_string(*value) : "-"; };
    put(got.integer());
    out += got.text() ? "text " + std::string{*got.text()} : "";
    out += got.is_nothing() ? " nothing" : "";
    out += " " + std::to_string(static_cast<int>(got.error));
    out += " " + std::to_string(got.value.offset()) + " " + std::to_string(got.value.size());
    got.value.for_each_member([&](codec::json_value name, codec::json_value value) {
        out += " " + std::to_string(name.offset()) + std::string{name.text()} + "=" +
               std::to_string(value.offset()) + std::string{value.raw()};
    });
    return out;
}

outcome_list read(qga::request_decoder& decoder, std::string_view bytes,
                  const std::vector<std::size_t>& pieces = {}) {
    return tests::outcomes(
        decoder, bytes, pieces,
        [](const qga::request_decoder& from, const decoded<qga::request>& outcome) {
            return outcome.has_value()
                       ? tests::told(*outcome) + " " + std::string{outcome->arguments.text}
                       : tests::told(from.rejected());
        });
}

outcome_list read(qga::reply_decoder& decoder, std::string_view bytes,
                  const std::vector<std::size_t>& pieces = {}) {
    return tests::outcomes(
        decoder, bytes, pieces,
        [](const qga::reply_decoder& from, const decoded<qga::reply_view>& outcome) {
            const std::string id = " id " + std::string{from.failed_id().text};
            return (outcome.has_value()
                        ? all_of(*outcome)
                        : tests::told(outcome.error()) + tests::told(outcome.error().governed_by)) +
                   id;
        });
}

// Gives a decoder all memory that its limits allow, so that nothing is too long for the short way.
void warm(qga::request_decoder& decoder) {
    const std::string list = R"(["\u0041","\u0041","\u0041","\u0041","\u0041","\u0041"]})";
    const std::string head =
        R"({"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":)" + list;
    const std::string tail = R"(,"id":"\n)";
    const std::string rest(some_limits.frame_bytes_max - head.size() - tail.size() - 2, 'x');
    BOOST_TEST_REQUIRE(tests::read(decoder, head + tail + rest + "\"}\n").size() == 1U);
}

void warm(qga::reply_decoder& decoder) {
    const std::string rest(some_limits.frame_bytes_max - 13, 'x');
    BOOST_TEST_REQUIRE(tests::read(decoder, R"({"return":")" + rest + "\"}\n").size() == 1U);
}

template <class Decoder>
void check_both_ways(std::string_view bytes) {
    BOOST_TEST_CONTEXT(bytes) {
        Decoder fast{some_limits};
        Decoder slow{some_limits};
        warm(fast);
        warm(slow);
        const outcome_list expected = read(slow, bytes, {1});
        BOOST_TEST(read(fast, bytes) == expected, boost::test_tools::per_element());
        for (std::size_t at = 1; at < bytes.size(); ++at) {
            Decoder cut{some_limits};
            warm(cut);
            BOOST_TEST_REQUIRE(read(cut, bytes, {at, bytes.size()}) == expected);
        }
    }
}

template <class Decoder>
void property(const std::vector<std::string>& messages) {
    std::string bytes;
    for (int i = *rc::gen::inRange(1, 5); i != 0; --i) {
        std::string message = *rc::gen::elementOf(messages);
        message = *rc::gen::arbitrary<bool>() ? tests::mutated(message) : message;
        bytes += *rc::gen::element<std::string>("", "", "", " ", "\n", "\xff") + message +
                 *rc::gen::element<std::string>("\n", "\n", "\n", " \r\n", "\n\n", "", "\xff");
    }
    bytes += *rc::gen::element<std::string>("\n", "");
    Decoder fast{some_limits};
    Decoder cut{some_limits};
    Decoder slow{some_limits};
    warm(fast);
    warm(cut);
    warm(slow);
    const outcome_list expected = read(slow, bytes, {1});
    RC_ASSERT(read(fast, bytes) == expected);
    RC_ASSERT(read(cut, bytes, *tests::some_pieces()) == expected);
    RC_ASSERT(fast.pending() == slow.pending());
}

} // namespace

BOOST_AUTO_TEST_SUITE(plain)

BOOST_AUTO_TEST_CASE(a_request_is_the_same_both_ways_cut_anywhere) {
    for (const std::string& message : requests()) {
        check_both_ways<qga::request_decoder>(message + "\n");
        check_both_ways<qga::request_decoder>("\xff \n" + message + " \r\n" + message + "\n");
    }
}

BOOST_AUTO_TEST_CASE(a_reply_is_the_same_both_ways_cut_anywhere) {
    for (const std::string& message : replies()) {
        check_both_ways<qga::reply_decoder>(message + "\n");
        check_both_ways<qga::reply_decoder>("\xff \n" + message + " \r\n" + message + "\n");
    }
}

BOOST_AUTO_TEST_CASE(limits_hold_to_the_byte_on_the_short_way) {
    const std::string ping = R"({"execute":"guest-ping","id":"0123456789"})";
    const std::string count = R"({"return":1,"id":"0123456789"})";
    for (const std::size_t room : {0U, 1U, 2U}) {
        qga::request_decoder requests{{.frame_bytes_max = ping.size() - 1 + room}};
        qga::reply_decoder replies{{.frame_bytes_max = count.size() - 1 + room}};
        for (int i = 0; i < 3; ++i) {
            BOOST_TEST(tests::read(requests, ping + "\n").front().starts_with("too_long") ==
                       (room == 0));
            BOOST_TEST(tests::read(replies, count + "\n").front().starts_with("too_long") ==
                       (room == 0));
        }
    }
}

BOOST_AUTO_TEST_CASE(limits_of_nesting_and_members_hold_on_the_short_way) {
    for (std::size_t most = 0; most < 4; ++most) { // 0 brackets count as 1
        for (const wire_limits& limits :
             {wire_limits{.nesting_max = most}, wire_limits{.list_entries_max = most}}) {
            for (const std::string& message : requests()) {
                qga::request_decoder fast{limits};
                qga::request_decoder slow{limits};
                const std::string bytes = message + "\n" + message + "\n";
                BOOST_TEST(read(fast, bytes) == read(slow, bytes, {1}));
            }
            for (const std::string& message : replies()) {
                qga::reply_decoder fast{limits};
                qga::reply_decoder slow{limits};
                const std::string bytes = message + "\n" + message + "\n";
                BOOST_TEST(read(fast, bytes) == read(slow, bytes, {1}));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(texts_outlive_the_bytes_that_were_fed) {
    qga::request_decoder decoder{some_limits};
    warm(decoder);
    std::string bytes = requests()[1] + "\n";
    BOOST_TEST_REQUIRE(decoder.feed(as_bytes(bytes)) == bytes.size());
    BOOST_TEST(decoder.feed(as_bytes(bytes)) == 0U); // not before the first one was fetched
    bytes.assign(bytes.size(), '#');
    const auto got = decoder.next();
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST(tests::told(*got) == "guest-ping id \"libvirt-17\"");

    qga::reply_decoder replies_of{some_limits};
    warm(replies_of);
    std::string line = replies()[12] + "\n";
    BOOST_TEST_REQUIRE(replies_of.feed(as_bytes(line)) == line.size());
    BOOST_TEST(replies_of.feed(as_bytes(line)) == 0U);
    line.assign(line.size(), '#');
    const auto reply = replies_of.next();
    BOOST_TEST_REQUIRE(reply.has_value());
    BOOST_TEST(tests::told(*reply) == "error GenericError: no");
}

BOOST_AUTO_TEST_CASE(a_reset_forgets_a_message_that_was_not_fetched) {
    qga::request_decoder decoder{some_limits};
    warm(decoder);
    const std::string bytes = requests()[0] + "\n";
    BOOST_TEST_REQUIRE(decoder.feed(as_bytes(bytes)) == bytes.size());
    decoder.reset();
    BOOST_TEST(decoder.next().needs_more());
    qga::reply_decoder lines{some_limits};
    warm(lines);
    const std::string line = replies()[0] + "\n";
    BOOST_TEST_REQUIRE(lines.feed(as_bytes(line)) == line.size());
    lines.reset();
    BOOST_TEST(lines.next().needs_more());
    BOOST_TEST(!lines.pending());
}

RC_BOOST_PROP(requests_good_and_bad_are_the_same_both_ways, ()) {
    property<qga::request_decoder>(requests());
}

RC_BOOST_PROP(replies_good_and_bad_are_the_same_both_ways, ()) {
    property<qga::reply_decoder>(replies());
}

BOOST_AUTO_TEST_SUITE_END()
