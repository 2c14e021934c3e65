// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/qga/encode.hpp>

#include "tests/unit/dialect/qga/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using tests::encoded;

std::string any_text() {
    std::string out;
    for (int i = *rc::gen::inRange(0, 6); i != 0; --i) {
        out += *rc::gen::element<std::string>("/", "mnt", "\"", "\\", "\n", "\x01", "\x7f", " ",
                                              "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                              "eight or more plain bytes", "'");
    }
    return out;
}

std::string any_id() {
    return *rc::gen::arbitrary<bool>() ? tests::any_json(3) : std::string{};
}

// The id as it is after a trip: blanks inside may change, so both sides are laid out anew.
std::string laid_out(std::string_view json) {
    std::string out;
    codec::container_sink sink{out};
    codec::put_raw(sink, {json});
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(encode_)

BOOST_AUTO_TEST_CASE(requests_are_lines) {
    using qga::verb;
    BOOST_TEST(encoded(qga::make_request(verb::ping)) == "{\"execute\": \"guest-ping\"}\n");
    BOOST_TEST(encoded(qga::make_request(verb::thaw, {"[1, 2]"})) ==
               "{\"execute\": \"guest-fsfreeze-thaw\", \"id\": [1, 2]}\n");
    BOOST_TEST(encoded(qga::make_sync(-5)) ==
               "{\"execute\": \"guest-sync\", \"arguments\": {\"id\": -5}}\n");
    const std::array<std::string_view, 2> mountpoints{"/", "/\xc3\xa9"};
    BOOST_TEST(encoded(qga::make_freeze_list(mountpoints)) ==
               "{\"execute\": \"guest-fsfreeze-freeze-list\", \"arguments\": "
               "{\"mountpoints\": [\"/\", \"/\\u00e9\"]}}\n");
    BOOST_TEST(encoded(qga::make_freeze_list({})) ==
               "{\"execute\": \"guest-fsfreeze-freeze-list\", \"arguments\": "
               "{\"mountpoints\": []}}\n");
    BOOST_TEST(encoded(qga::make_request(verb::freeze_list)) ==
               "{\"execute\": \"guest-fsfreeze-freeze-list\"}\n");
    qga::request other = qga::make_request(verb::unknown);
    other.name = "guest-\"exec";
    other.arguments = {"{\"a\":\n1}"};
    BOOST_TEST(encoded(other) == "{\"execute\": \"guest-\\\"exec\", \"arguments\": {\"a\": 1}}\n");
    std::string resync;
    codec::container_sink sink{resync};
    qga::encode_resync(sink, 7);
    BOOST_TEST(resync ==
               "\xff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 7}}\n");
}

BOOST_AUTO_TEST_CASE(replies_are_lines) {
    using qga::reply;
    BOOST_TEST(encoded(reply{}) == "{\"return\": {}}\n");
    BOOST_TEST(encoded(reply{std::int64_t{3}, {"null"}}) == "{\"return\": 3, \"id\": null}\n");
    BOOST_TEST(encoded(reply{std::numeric_limits<std::int64_t>::min(), {}, true}) ==
               "\xff{\"return\": -9223372036854775808}\n");
    BOOST_TEST(encoded(reply{qga::freeze_state::frozen}) == "{\"return\": \"frozen\"}\n");
    BOOST_TEST(encoded(reply{codec::raw_json{"[ ]"}}) == "{\"return\": []}\n");
    BOOST_TEST(encoded(reply{qga::error_reply{qga::reply_error::command_not_found, "a\nb"}}) ==
               "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"a\\nb\"}}\n");
    BOOST_TEST(encoded(reply{qga::agent_info{"1", {}}}) ==
               "{\"return\": {\"version\": \"1\", \"supported_commands\": []}}\n");
    const std::array<qga::command_entry, 2> entries{{{"a", true, false}, {"b", false, true}}};
    BOOST_TEST(encoded(reply{qga::agent_info{"1", entries}}) ==
               "{\"return\": {\"version\": \"1\", \"supported_commands\": "
               "[{\"enabled\": true, \"name\": \"a\", \"success-response\": false}, "
               "{\"enabled\": false, \"name\": \"b\", \"success-response\": true}]}}\n");
}

BOOST_AUTO_TEST_CASE(a_desc_is_cut_between_characters) {
    const auto desc_of = [](std::size_t plain) {
        std::string desc(plain, 'x');
        desc += "\xe2\x82\xac\xe2\x82\xac";
        const std::string line =
            encoded(qga::reply{qga::error_reply{qga::reply_error::generic, desc}});
        qga::reply_decoder decoder;
        static_cast<void>(decoder.feed(as_bytes(line)));
        return std::string{decoder.next()->desc};
    };
    constexpr std::size_t max = qga::desc_bytes_max;
    BOOST_TEST(desc_of(max - 7).size() == max - 1);
    BOOST_TEST(desc_of(max - 6).size() == max);
    BOOST_TEST(desc_of(max - 5) == std::string(max - 5, 'x') + "\xe2\x82\xac");
    BOOST_TEST(desc_of(max - 1) == std::string(max - 1, 'x'));
    const std::string controls(5000, '\x01');
    BOOST_TEST(encoded(qga::reply{qga::error_reply{qga::reply_error::generic, controls}}).size() <=
               4096U);
}

BOOST_AUTO_TEST_CASE(a_buffer_that_is_too_small_is_told_how_much_is_needed) {
    const qga::request ping = qga::make_request(qga::verb::ping);
    const std::string line = encoded(ping);
    for (std::size_t size = 0; size <= line.size() + 1; ++size) {
        std::string buffer(size, '#');
        const result<std::size_t> got = qga::encode_into(std::span{buffer.data(), size}, ping);
        BOOST_TEST(bool(got) == (size >= line.size()));
        if (got) {
            BOOST_TEST(*got == line.size());
            BOOST_TEST(buffer.substr(0, *got) == line);
        } else {
            BOOST_TEST((got.error() == fail(error::too_long, line.size())));
        }
    }
}

RC_BOOST_PROP(a_decoded_request_is_the_encoded_one, ()) {
    qga::request sent;
    sent.verb = static_cast<qga::verb>(*rc::gen::inRange<std::size_t>(0, qga::verb_count));
    const std::string unknown = "guest-other" + any_text();
    sent.name = sent.verb == qga::verb::unknown ? unknown : qga::to_string(sent.verb);
    const std::string id = any_id();
    sent.id = {id};
    sent.sync_id = *rc::gen::arbitrary<std::int64_t>();
    std::vector<std::string> texts;
    for (int i = *rc::gen::inRange(0, 4); i != 0; --i) {
        texts.push_back(any_text());
    }
    const std::vector<std::string_view> mountpoints{texts.begin(), texts.end()};
    if (sent.verb == qga::verb::freeze_list && *rc::gen::arbitrary<bool>()) {
        sent.mountpoints = mountpoints;
    }
    if (sent.verb == qga::verb::set_time && *rc::gen::arbitrary<bool>()) {
        sent.time_ns = *rc::gen::arbitrary<std::int64_t>();
    }
    const std::string line = encoded(sent);
    RC_ASSERT(line.find('\n') == line.size() - 1);
    RC_ASSERT(std::all_of(line.begin(), line.end(), [](char c) { return (c & 0x80) == 0; }));
    qga::request_decoder decoder;
    RC_ASSERT(decoder.feed(as_bytes(line)) >= line.size() - 1);
    const decoded<qga::request> got = decoder.next();
    RC_ASSERT(got.has_value());
    qga::request expected = sent;
    const std::string expected_id = laid_out(id);
    expected.id = {expected_id};
    RC_ASSERT(tests::told(*got) == tests::told(expected));
    RC_ASSERT(got->verb == sent.verb);
}

RC_BOOST_PROP(a_decoded_reply_is_the_encoded_one, ()) {
    qga::reply sent;
    const std::string text = any_text();
    const std::string json = tests::any_json(3);
    std::vector<std::string> names;
    std::vector<qga::command_entry> entries;
    for (int i = *rc::gen::inRange(0, 4); i != 0; --i) {
        names.push_back(any_text());
    }
    for (const std::string& name : names) {
        entries.push_back({name, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()});
    }
    const int kind = *rc::gen::inRange(0, 6);
    const std::int64_t number = *rc::gen::arbitrary<std::int64_t>();
    const auto error = static_cast<qga::reply_error>(*rc::gen::inRange(0, 2));
    switch (kind) {
    case 0:
        sent.body = qga::nothing{};
        break;
    case 1:
        sent.body = number;
        break;
    case 2:
        sent.body = qga::freeze_state::thawed;
        break;
    case 3:
        sent.body = qga::agent_info{text, entries};
        break;
    case 4:
        sent.body = codec::raw_json{json};
        break;
    default:
        sent.body = qga::error_reply{error, text};
        break;
    }
    const std::string id = any_id();
    sent.id = {id};
    sent.delimited = *rc::gen::arbitrary<bool>();
    const std::string line = encoded(sent);
    qga::reply_decoder decoder;
    RC_ASSERT(decoder.feed(as_bytes(line)) == line.size());
    const decoded<qga::reply_view> got = decoder.next();
    RC_ASSERT(got.has_value());
    RC_ASSERT(got->id.text == laid_out(id));
    RC_ASSERT(got->delimited == sent.delimited);
    RC_ASSERT(got->is_nothing() == (kind == 0) || (kind == 4 && laid_out(json) == "{}"));
    switch (kind) {
    case 1:
        RC_ASSERT(got->integer() == number);
        break;
    case 2:
        RC_ASSERT(got->status() == qga::freeze_state::thawed);
        break;
    case 3: {
        RC_ASSERT(*got->version() == text);
        std::size_t index = 0;
        RC_ASSERT(got->for_each_command([&](const qga::command_entry& entry) {
            RC_ASSERT(entry.name == entries[index].name);
            RC_ASSERT(entry.enabled == entries[index].enabled);
            RC_ASSERT(entry.success_response == entries[index].success_response);
            ++index;
        }));
        RC_ASSERT(index == entries.size());
        break;
    }
    case 4:
        RC_ASSERT(got->value.raw() == laid_out(json));
        break;
    case 5:
        RC_ASSERT(got->error == error);
        RC_ASSERT(got->desc == text);
        break;
    default:
        break;
    }
}

RC_BOOST_PROP(any_bytes_in_a_string_come_out_as_ascii_json, ()) {
    const std::string text = *tests::some_bytes();
    std::string out;
    codec::container_sink sink{out};
    codec::put_string(sink, text);
    RC_ASSERT(std::all_of(out.begin(), out.end(), [](char c) { return c >= 0x20; }));
    codec::json_stream stream;
    RC_ASSERT(stream.feed(as_bytes(out)) == out.size());
    RC_ASSERT(stream.next().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
