// SPDX-License-Identifier: BSL-1.0
// What is in a frame: every message comes back as it was, and nothing else is read.
#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include "tests/unit/dialect/native/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::tests;

/// Calls `use(message)` for a message of each kind, its optional fields there and lists not empty.
template <class Use>
void for_each_full_message(Use&& use) {
    const std::vector<any_message> all{
        hello{{}, {{1, 0}, {2, 300}}, capability::transactions},
        hello_ack{{},
                  protocol_version{1, 0},
                  capability::completion,
                  std::chrono::seconds{60},
                  256,
                  true,
                  {77}},
        query{},
        status_report{
            {}, agent_phase::frozen, 3, instant{std::chrono::seconds{5}}, {4}, verdict::clean},
        ping{{}, 99},
        pong{{}, 99, agent_phase::idle},
        prepare_request{{},
                        {std::vector<std::string>{"/", "/home"}},
                        quiesce_level::application,
                        backup_kind::copy,
                        true,
                        false,
                        std::chrono::seconds{10},
                        "nightly"},
        prepared_report{
            {}, {{"postgres", participant_kind::writer}, {"/", participant_kind::filesystem}}},
        freeze_request{{}, std::chrono::seconds{3}, {std::vector<std::string>{"/"}}},
        frozen_report{{}, 2, instant{std::chrono::seconds{-1}}, instant{std::chrono::seconds{9}}},
        thaw_request{{}, cut_outcome::failed},
        thawed_report{{}, verdict::expired, std::chrono::milliseconds{900}, 2, {"one", "two"}},
        complete_request{{}, copy_result::discarded},
        completed_report{},
        abort_request{{}, "no room"},
        aborted_report{},
        recover_request{{}, "vol/snap@1"},
        recovered_report{},
        progress_report{{}, agent_phase::freeze, 7},
        error_report{{}, agent_phase::quiesce, verdict::veto, participant_index{2}, true},
        nak{{}, nak_code::stale, agent_phase::idle}};
    BOOST_TEST_REQUIRE(all.size() == value_count<message_kind>);
    for (std::size_t i = 0; i < all.size(); ++i) {
        BOOST_TEST_REQUIRE(all[i].index() == i);
        BOOST_TEST_CONTEXT(to_string(kind_of(all[i]))) {
            use(all[i]);
        }
    }
}

std::string verdict_on(const any_message& message, const item& body) {
    return tests::verdict_on(reader_of(message), body.bytes());
}

/// The error without its place.
std::string code_of(const std::string& verdict) {
    return verdict.substr(0, verdict.find('@'));
}

std::string at(std::string_view code, std::size_t offset) {
    return std::string{code} + "@" + std::to_string(native::prefix_bytes + offset);
}

} // namespace

BOOST_AUTO_TEST_SUITE(native_messages)

// SP 60.1, 61.1, 61.2, 61.3, 61.10, 61.11, 61.12
BOOST_AUTO_TEST_CASE(the_bytes_of_a_message_are_these) {
    const any_message message =
        freeze_request{{{7}, {300}, {2}}, std::chrono::seconds{10}, {std::nullopt}};
    const std::string_view expected{"\x00\x00\x00\x13"                  // 19 bytes
                                    "\xa5"                              // five entries
                                    "\x00\x08"                          // message: freeze
                                    "\x01\x07"                          // session 7
                                    "\x02\x19\x01\x2c"                  // txn 300
                                    "\x03\x02"                          // seq 2
                                    "\x05\x1b\0\0\0\x02\x54\x0b\xe4\0", // 10^10 ns
                                    4 + 1 + 2 + 2 + 4 + 2 + 10};
    BOOST_TEST(encoded(message).substr(4) == expected.substr(4));
    BOOST_TEST(static_cast<unsigned>(encoded(message)[3]) == expected.size() - 4);
}

// SP 61.2, 61.12
RC_BOOST_PROP(every_message_comes_back_as_it_was, ()) {
    for (std::size_t i = 0; i < value_count<message_kind>; ++i) {
        const any_message message = arbitrary_message(static_cast<message_kind>(i));
        RC_ASSERT(!native::unsendable(message));
        native::decoder decoder{reader_of(message)};
        const std::string bytes = encoded(message);
        RC_ASSERT(decoder.feed(as_bytes(bytes)) == bytes.size());
        const auto got = decoder.next();
        RC_ASSERT(got.has_value());
        RC_ASSERT(**got == message);
        RC_ASSERT(!decoder.pending());
    }
}

// SP 61.2
RC_BOOST_PROP(what_a_tree_writes_is_what_the_codec_writes, ()) {
    const any_message message = arbitrary_message();
    RC_ASSERT(item_of(message).bytes() == frame_of(message).substr(native::prefix_bytes));
}

// SP 61.2, 16.5
BOOST_AUTO_TEST_CASE(a_head_that_could_be_shorter_is_refused_wherever_it_stands) {
    for_each_full_message([](const any_message& message) {
        item body = item_of(message);
        std::size_t tried = 0;
        for_each_item(body, [&](item& part) {
            const std::string shortest = part.bytes();
            for (part.wider = 1; part.wider <= 4; ++part.wider) {
                if (part.type != 7 && part.bytes() != shortest) {
                    ++tried;
                    BOOST_TEST(code_of(verdict_on(message, body)) == "bad_number");
                }
            }
            part.wider = 0;
        });
        BOOST_TEST(tried >= 20U);
        BOOST_TEST(verdict_on(message, body) == "good");
    });
}

// SP 60.2, 61.4
BOOST_AUTO_TEST_CASE(a_body_cut_short_anywhere_or_with_bytes_behind_it_is_refused) {
    for_each_full_message([](const any_message& message) {
        const std::string body = item_of(message).bytes();
        for (std::size_t size = 1; size < body.size(); ++size) {
            BOOST_TEST(tests::verdict_on(reader_of(message), body.substr(0, size)) ==
                       at("bad_syntax", size));
        }
        for (const char extra : {'\x00', '\xf6', '\xff'}) {
            BOOST_TEST(tests::verdict_on(reader_of(message), body + extra) ==
                       at("bad_syntax", body.size()));
        }
    });
}

// SP 61.5
BOOST_AUTO_TEST_CASE(a_field_left_out_is_missing_unless_it_is_optional) {
    const std::set<std::string> optional{"hello_ack 4", "status 6", "prepare 4",
                                         "freeze 4",    "freeze 5", "error 6"};
    std::set<std::string> left_out;
    for_each_full_message([&](const any_message& message) {
        const item body = item_of(message);
        for (std::size_t i = 0; i < body.entries.size(); i += 2) {
            item less = body;
            less.entries.erase(less.entries.begin() + static_cast<std::ptrdiff_t>(i),
                               less.entries.begin() + static_cast<std::ptrdiff_t>(i) + 2);
            const std::string name = std::string{to_string(kind_of(message))} + " " +
                                     std::to_string(body.entries[i].number);
            const std::string verdict = code_of(verdict_on(message, less));
            if (verdict == "good") {
                left_out.insert(name);
            } else {
                BOOST_TEST(verdict == "missing_member", name);
            }
        }
    });
    BOOST_TEST(left_out == optional, boost::test_tools::per_element());
}

// SP 61.6, 61.13
BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_below_64_and_ignored_from_there_on) {
    const std::vector<item> values{number_item(5),
                                   {.type = 1, .number = 5},
                                   text_item("x"),
                                   {.type = 4, .entries = {number_item(1), text_item("y")}},
                                   {.type = 5, .entries = {number_item(1), text_item("y")}},
                                   {.type = 7, .number = 20},
                                   {.type = 7, .number = 22}};
    for_each_full_message([&](const any_message& message) {
        item body = item_of(message);
        const std::size_t size = body.bytes().size();
        const std::uint64_t last = body.entries[body.entries.size() - 2].number;
        for (const item& value : values) {
            for (const std::uint64_t key : {last + 1, std::uint64_t{63}}) {
                item more = body;
                more.entries.insert(more.entries.end(), {number_item(key), value});
                BOOST_TEST(verdict_on(message, more) == at("unexpected_member", size));
            }
            for (const std::uint64_t key : {std::uint64_t{64}, std::uint64_t{1000},
                                            std::numeric_limits<std::uint64_t>::max()}) {
                item more = body;
                more.entries.insert(more.entries.end(), {number_item(key), value});
                const auto got = read(reader_of(message), framed(more.bytes()));
                BOOST_TEST_REQUIRE(got.size() == 1U);
                BOOST_TEST(got.front() == encoded(message));
            }
        }
    });
}

// SP 61.6, 61.3
BOOST_AUTO_TEST_CASE(what_is_ignored_is_checked_all_the_same) {
    const any_message message = query{};
    const auto with = [&](std::string_view value) {
        item body = item_of(message);
        body.entries.push_back(number_item(64));
        body.entries.push_back(number_item(0));
        std::string bytes = body.bytes();
        bytes.pop_back();
        return tests::verdict_on(reader_of(message), bytes.append(value));
    };
    using namespace std::string_view_literals;
    BOOST_TEST(with("\x05") == "good");
    BOOST_TEST(with("\x18\x05") == at("bad_number", 11));     // a longer form
    BOOST_TEST(with("\x41x") == at("bad_syntax", 11));        // bytes
    BOOST_TEST(with("\xc1\x05") == at("bad_syntax", 11));     // a tag
    BOOST_TEST(with("\xf9\x3c\0"sv) == at("bad_syntax", 11)); // floating point
    BOOST_TEST(with("\xf7") == at("bad_syntax", 11));         // undefined
    BOOST_TEST(with("\xf8\x20") == at("bad_syntax", 11));     // another simple value
    BOOST_TEST(with("\x9f\xff") == at("bad_syntax", 11));     // no length
    BOOST_TEST(with("\x1c") == at("bad_syntax", 11));         // reserved
    BOOST_TEST(with("\x61\x80") == at("bad_text", 12));       // no UTF-8
    BOOST_TEST(with("\x62\xc3\x28") == at("bad_text", 12));   // nor this
    BOOST_TEST(with("\xa2\x01\x05\x00\x05"sv) == at("bad_syntax", 14));
    BOOST_TEST(with("\xa2\x01\x05\x01\x05") == at("duplicate_member", 14));
    BOOST_TEST(with("\xa1\x20\x05") == at("bad_syntax", 12)); // a negative key
    BOOST_TEST(with("\xa2\x18\x40\x05\x61x\x05") == "good");  // numbers before texts
    BOOST_TEST(with("\x82\x05") == at("bad_syntax", 13));     // half a list
}

// SP 61.2
BOOST_AUTO_TEST_CASE(keys_out_of_order_or_twice_are_refused) {
    for_each_full_message([](const any_message& message) {
        const item body = item_of(message);
        for (std::size_t i = 2; i < body.entries.size(); i += 2) {
            item swapped = body;
            std::swap(swapped.entries[i], swapped.entries[i - 2]);
            std::swap(swapped.entries[i + 1], swapped.entries[i - 1]);
            BOOST_TEST(verdict_on(message, swapped) != "good");
            item twice = body;
            twice.entries[i] = twice.entries[i - 2];
            twice.entries[i + 1] = twice.entries[i - 1];
            BOOST_TEST(code_of(verdict_on(message, twice)) == "duplicate_member");
        }
    });
}

// SP 61.5
BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_refused_where_it_stands) {
    for_each_full_message([](const any_message& message) {
        const item body = item_of(message);
        for (std::size_t i = 1; i < body.entries.size(); i += 2) {
            const std::string before = [&] {
                item head = body;
                head.entries.erase(head.entries.begin() + static_cast<std::ptrdiff_t>(i),
                                   head.entries.end());
                std::string bytes = item{.type = 5, .entries = body.entries}.bytes().substr(0, 1);
                for (const item& entry : head.entries) {
                    bytes += entry.bytes();
                }
                return bytes;
            }();
            for (const item& other :
                 {number_item(0), text_item(""), item{.type = 4}, item{.type = 5},
                  item{.type = 7, .number = 20}, item{.type = 7, .number = 22}}) {
                item changed = body;
                changed.entries[i] = other;
                const unsigned type = body.entries[i].type;
                const bool number = other.type == 0 && type == 1; // an instant has either sign
                if (number || (other.type == type && (type != 7 || other.number == 20))) {
                    continue;
                }
                BOOST_TEST(verdict_on(message, changed) == at("wrong_type", before.size()));
            }
        }
    });
}

// SP 61.9, 61.10, 61.11, 16.5
BOOST_AUTO_TEST_CASE(numbers_are_read_to_their_bounds_and_not_beyond) {
    const auto with = [](const any_message& message, std::uint64_t key, const item& value) {
        item body = item_of(message);
        for (std::size_t i = 0; i < body.entries.size(); i += 2) {
            if (body.entries[i].number == key) {
                body.entries[i + 1] = value;
            }
        }
        return code_of(verdict_on(message, body));
    };
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const auto unsigned_up_to = [&](const any_message& message, std::uint64_t key,
                                    std::uint64_t max) {
        BOOST_TEST(with(message, key, number_item(max - 1)) == "good");
        BOOST_TEST(with(message, key, number_item(max)) == "good");
        if (max != most) {
            BOOST_TEST(with(message, key, number_item(max + 1)) == "bad_number");
        }
        BOOST_TEST(with(message, key, item{.type = 1}) == "bad_number");
    };
    unsigned_up_to(query{}, native::key_session, most);
    unsigned_up_to(query{}, native::key_seq, most);
    unsigned_up_to(pong{}, 5, value_count<agent_phase> - 1);
    unsigned_up_to(nak{}, 4, value_count<nak_code> - 1);
    unsigned_up_to(frozen_report{}, 4, std::numeric_limits<std::uint32_t>::max());
    unsigned_up_to(hello{}, 5, std::numeric_limits<std::uint32_t>::max());
    unsigned_up_to(error_report{{}, {}, {}, participant_index{0}, false}, 6,
                   std::numeric_limits<std::uint16_t>::max());
    constexpr std::uint64_t ns = std::numeric_limits<duration::rep>::max();
    unsigned_up_to(prepare_request{}, 9, ns);
    const any_message frozen = frozen_report{};
    for (const unsigned type : {0U, 1U}) { // instants: both signs
        BOOST_TEST(with(frozen, 5, item{.type = type, .number = ns}) == "good");
        BOOST_TEST(with(frozen, 5, item{.type = type, .number = ns + 1}) == "bad_number");
        BOOST_TEST(with(frozen, 5, item{.type = type, .number = most}) == "bad_number");
    }
}

// SP 61.7, 61.8
BOOST_AUTO_TEST_CASE(an_unknown_message_and_one_of_the_other_direction_are_refused) {
    for_each_full_message([](const any_message& message) {
        const std::string body = item_of(message).bytes();
        const auto other =
            is_request(kind_of(message)) ? native::direction::reports : native::direction::requests;
        BOOST_TEST(tests::verdict_on(other, body) == at("unknown_message", 2));
        item unknown = item_of(message);
        unknown.entries[1] = number_item(value_count<message_kind>);
        BOOST_TEST(verdict_on(message, unknown) == at("unknown_message", 2));
    });
    BOOST_TEST(tests::verdict_on(native::direction::requests, "\x80") == at("not_an_object", 0));
    BOOST_TEST(tests::verdict_on(native::direction::requests, "\xa0") == at("missing_member", 1));
}

// SP 16.7
BOOST_AUTO_TEST_CASE(a_refusal_names_the_field_the_place_and_what_is_allowed) {
    native::decoder decoder{native::direction::requests};
    item body = item_of(ping{});
    body.entries.back() = text_item("seven");
    read(decoder, framed(body.bytes()));
    BOOST_TEST(decoder.rejected().field == "cookie");
    BOOST_TEST(decoder.rejected().wanted == "a number of 64 bits");
    BOOST_TEST(decoder.rejected().why.offset == native::prefix_bytes + 10);
}

// SP 62.4
BOOST_AUTO_TEST_CASE(what_people_read_is_made_to_fit) {
    any_message message = prepared_report{{}, {{"\xff\xc3(", participant_kind::hook}}};
    BOOST_TEST(native::unsendable(message).has_value());
    native::shorten(message);
    BOOST_TEST(!native::unsendable(message));
    BOOST_TEST(std::get_if<prepared_report>(&message)->participants[0].name == "?"
                                                                               "?(");
    const std::string half = std::string(native::default_limits.name_bytes_max - 1, 'n');
    message = prepared_report{{}, {{half + "\u00fc", participant_kind::hook}}};
    native::shorten(message);
    BOOST_TEST(std::get_if<prepared_report>(&message)->participants[0].name == half);
    message = thawed_report{{}, verdict::clean, {}, 1, std::vector<std::string>(20, "w")};
    BOOST_TEST((native::unsendable(message)->code == error::too_many));
    native::shorten(message);
    BOOST_TEST(std::get_if<thawed_report>(&message)->warnings.size() == 16U);
    // The largest of both fit into a frame.
    message = prepared_report{
        {{~0ULL}, {~0ULL}, {~0ULL}},
        std::vector<participant_summary>(256, {std::string(128, 'n'), participant_kind::hook})};
    BOOST_TEST(!native::unsendable(message));
    message = thawed_report{
        {}, verdict::clean, {}, 1, std::vector<std::string>(16, std::string(256, 'w'))};
    BOOST_TEST(!native::unsendable(message));
}

// SP 61.2, 62.3
BOOST_AUTO_TEST_CASE(what_a_reader_would_refuse_is_not_sendable) {
    const auto code = [](const any_message& message) {
        const auto why = native::unsendable(message);
        return why ? to_string(why->code) : std::string_view{"good"};
    };
    BOOST_TEST(code(abort_request{{}, "\xff"}) == "bad_text");
    BOOST_TEST(code(prepare_request{{}, {}, {}, {}, false, true, duration{-1}, ""}) ==
               "bad_number");
    BOOST_TEST(code(nak{{}, static_cast<nak_code>(200), {}}) == "bad_number");
    std::vector<char> small(5);
    const auto into = native::encode_into(small, query{});
    BOOST_TEST_REQUIRE(!into);
    BOOST_TEST(into.error().offset == encoded(query{}).size());
    std::vector<char> room(into.error().offset);
    BOOST_TEST(*native::encode_into(room, query{}) == room.size());
}

BOOST_AUTO_TEST_SUITE_END()
