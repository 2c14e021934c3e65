// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vmbackup/packet.hpp>

#include "tests/unit/dialect/vmbackup/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <algorithm>

namespace {

using namespace snapproto;
using namespace vmbackup;
using vmbackup_tests::bytes_of;
using vmbackup_tests::hex;
using vmbackup_tests::octets;
using vmbackup_tests::told;

const octets type_field = hex("00000001 00000001 00000001 00000000");
const octets payload_field = hex("00000002 00000002 00000004 70696e67");
const octets close_field = hex("00000001 00000003 00000001 00000000");

octets joined(std::initializer_list<octets> parts) {
    octets out;
    for (const octets& part : parts) {
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

std::string told_of(std::initializer_list<octets> fields) {
    return told(decode_packet(joined(fields)));
}

/// A field that is not known, of one integer.
octets unknown_field(unsigned number) {
    return vmbackup_tests::with_byte(hex("00000001 00000000 00000009 00000009"), 7, number);
}

/// The payloads that come out of a stream cut into pieces; a failure as its words.
std::vector<std::string> split(packet_splitter& splitter, byte_view stream, std::size_t piece) {
    std::vector<std::string> seen;
    while (!stream.empty()) {
        byte_view bytes = stream.first(std::min(piece, stream.size()));
        stream = stream.subspan(bytes.size());
        while (!bytes.empty()) {
            const auto fields = splitter.feed(bytes);
            if (fields.has_failure()) {
                seen.push_back(told(fields.error()));
            } else if (fields.has_value()) {
                const auto got = decode_packet(*fields);
                seen.push_back(got ? std::string{as_text(got->payload)} : told(got));
            }
        }
    }
    return seen;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_packet)

// SP 44.1, 44.2, 44.3, 44.4
BOOST_AUTO_TEST_CASE(each_field_is_at_its_place) {
    const packet made{packet_type::data, as_bytes("ping"), true};
    BOOST_TEST(
        (bytes_of(made) == joined({hex("00000030"), type_field, payload_field, close_field})));
    const octets backwards = joined({close_field, payload_field, type_field});
    const auto got = decode_packet(backwards); // refers to them
    BOOST_REQUIRE_MESSAGE(got, told(got));
    BOOST_TEST((got->type == packet_type::data));
    BOOST_TEST(as_text(got->payload) == "ping");
    BOOST_TEST(got->fast_close);
    BOOST_TEST((bytes_of(packet{packet_type::ping, {}, false}) ==
                hex("0000001c 00000001 00000001 00000002 00000000 00000002 00000002 00000000")));
}

// SP 44.3, 44.4
BOOST_AUTO_TEST_CASE(the_first_field_is_1_or_2_and_always_there) {
    BOOST_TEST(told_of({hex("00000001 00000001 00000002 00000000")}) == "fine");
    BOOST_TEST(told_of({type_field}) == "missing_member at 16, SP 44.4");
    BOOST_TEST(told_of({payload_field}) == "missing_member at 16, SP 44.4");
    BOOST_TEST(told_of({}) == "missing_member at 0, SP 44.4");
    for (const std::string_view value :
         {"00000000 00000000", "00000003 00000000", "00000000 00000001", "00000001 00000001"}) {
        BOOST_TEST(told_of({hex("00000001 00000001"), hex(value), payload_field}) ==
                   "bad_number at 8, SP 44.4");
    }
    BOOST_TEST(told_of({hex("00000002 00000001 00000000")}) == "wrong_type at 0, SP 44.4");
    BOOST_TEST(told_of({type_field, hex("00000001 00000002 00000000 00000000")}) ==
               "wrong_type at 16, SP 44.4");
    BOOST_TEST(told_of({type_field, payload_field, hex("00000002 00000003 00000000")}) ==
               "wrong_type at 32, SP 44.4");
}

// SP 44.2
BOOST_AUTO_TEST_CASE(fields_that_are_cut_short_end_where_they_end) {
    const octets whole = joined({type_field, payload_field, close_field});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        if (size == 0 || size == 16 || size == 32) {
            continue; // between fields
        }
        const auto got = decode_packet(byte_view{whole}.first(size));
        BOOST_REQUIRE(!got);
        BOOST_TEST(told(got) == "interrupted at " + std::to_string(size) + ", SP 44.2");
    }
    for (const std::string_view type : {"00000000", "00000005", "ffffffff"}) {
        BOOST_TEST(told_of({type_field, hex(type), hex("00000009")}) ==
                   "wrong_type at 16, SP 44.2");
    }
    BOOST_TEST(told_of({hex("00000002 00000002 ffffffff")}) == "interrupted at 12, SP 44.2");
}

// SP 44.5
BOOST_AUTO_TEST_CASE(a_field_that_comes_twice_is_refused) {
    BOOST_TEST(told_of({type_field, type_field}) == "duplicate_member at 20, SP 44.5");
    BOOST_TEST(told_of({payload_field, payload_field}) == "duplicate_member at 20, SP 44.5");
    BOOST_TEST(told_of({unknown_field(9), unknown_field(9)}) == "duplicate_member at 20, SP 44.5");
}

// SP 44.2, 44.6
BOOST_AUTO_TEST_CASE(what_is_not_known_is_passed_over_whatever_its_type_is) {
    BOOST_TEST(told_of({unknown_field(9), type_field, payload_field}) == "fine");
    const octets text = hex("00000002 00000009 00000002 6162");
    const octets numbers = hex("00000003 0000000a 00000002 00000001 00000000 00000002 00000000");
    const octets texts = hex("00000004 0000000b 00000002 00000001 61 00000000");
    BOOST_TEST(told_of({text, numbers, texts, type_field, payload_field}) == "fine");
    BOOST_TEST(told_of({hex("00000003 00000009 ffffffff")}) == "interrupted at 12, SP 44.2");
    BOOST_TEST(told_of({hex("00000004 00000009 ffffffff")}) == "interrupted at 12, SP 44.2");
}

// SP 44.7
BOOST_AUTO_TEST_CASE(a_packet_has_its_bounds) {
    octets fields = joined({type_field, payload_field});
    for (unsigned number = 4; number < 17; ++number) {
        const octets more = unknown_field(number);
        fields.insert(fields.end(), more.begin(), more.end());
    }
    BOOST_TEST(told(decode_packet(fields)) == "fine"); // 15
    fields = joined({fields, unknown_field(17)});
    BOOST_TEST(told(decode_packet(fields)) == "fine"); // 16
    const std::size_t size = fields.size();
    fields = joined({fields, unknown_field(18)});
    BOOST_TEST(told(decode_packet(fields)) == "too_many at " + std::to_string(size) + ", SP 44.7");
    const limits small{.packet_bytes_max = 32};
    BOOST_TEST(told(decode_packet(joined({type_field, payload_field}), small)) == "fine");
    BOOST_TEST(told(decode_packet(joined({type_field, payload_field, {std::byte{0}}}), small)) ==
               "too_long at 32, SP 44.7");
}

// SP 44.8
BOOST_AUTO_TEST_CASE(a_count_beyond_the_bound_ends_the_channel) {
    const limits small{.packet_bytes_max = 32};
    for (const std::size_t piece : {1U, 3U, 4U, 5U, 100U}) {
        packet_splitter splitter{small};
        const octets good = joined({hex("00000020"), type_field, payload_field});
        const octets stream = joined({good, hex("00000021"), good});
        BOOST_TEST((split(splitter, stream, piece) ==
                    std::vector<std::string>{"ping", "too_long at 0, SP 44.8"}));
        splitter.reset();
        BOOST_TEST((split(splitter, good, piece) == std::vector<std::string>{"ping"}));
    }
}

// SP 44.1
BOOST_AUTO_TEST_CASE(an_empty_packet_is_one_and_half_a_packet_is_forgotten) {
    packet_splitter splitter;
    BOOST_TEST((split(splitter, hex("00000000"), 1) ==
                std::vector<std::string>{"missing_member at 0, SP 44.4"}));
    BOOST_TEST(split(splitter, hex("00000020 0000"), 1).empty());
    BOOST_TEST(splitter.pending() == 6U);
    splitter.reset();
    BOOST_TEST(splitter.pending() == 0U);
}

RC_BOOST_PROP(any_pieces_give_the_same_packets, (bool close)) {
    std::vector<std::string> payloads;
    octets stream;
    const auto count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i) {
        payloads.push_back(*vmbackup_tests::any_text());
        stream =
            joined({stream, bytes_of(packet{packet_type::data, as_bytes(payloads.back()), close})});
    }
    const auto piece = *rc::gen::inRange<std::size_t>(1, 70);
    packet_splitter splitter;
    RC_ASSERT(split(splitter, stream, piece) == payloads);
    RC_ASSERT(splitter.pending() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
