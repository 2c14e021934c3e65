// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/hyperv/ic.hpp>

#include "tests/support/vocabulary.hpp"
#include "tests/unit/dialect/hyperv/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

namespace {

using namespace snapproto;
using hyperv::decode_ic;
using hyperv::direction;
using hyperv_tests::hex;
using hyperv_tests::octets;
using hyperv_tests::told;
using hyperv_tests::with_byte;

// A thaw of version 5.0: pipe header, IC header, body.
const octets thaw = hex("01000000 20000000"
                        "03000000 0500 05000000 0c00 00000000 07 03 0000"
                        "0600000000000000 09000000");

std::string read(const octets& packet, direction way = direction::request,
                 const hyperv::ic_limits& limits = {}) {
    return told(decode_ic(packet, way, limits));
}

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_ic)

BOOST_AUTO_TEST_CASE(every_enumeration_has_its_words) {
    tests::check_vocabulary(hyperv::ic_type::vm_session);
    tests::check_vocabulary(direction::response);
    tests::check_vocabulary(hyperv::vss_op::cluster_info);
}

// SP 30.1
BOOST_AUTO_TEST_CASE(each_field_is_read_from_its_place) {
    const auto got = decode_ic(thaw, direction::request);
    BOOST_REQUIRE(got);
    BOOST_TEST((got->header.framework == hyperv::version{3, 0}));
    BOOST_TEST((got->header.type == hyperv::ic_type::vss));
    BOOST_TEST((got->header.message == hyperv::version{5, 0}));
    BOOST_TEST(got->header.status == 0U);
    BOOST_TEST(got->header.transaction == 7U);
    BOOST_TEST(got->body.size() == 12U);
    BOOST_TEST((got->body.data() == thaw.data() + 28));
    BOOST_TEST((hyperv_tests::framed(hex("0600000000000000 09000000"), direction::request,
                                     got->header) == thaw));
}

// SP 30.1
BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
    for (std::size_t size = 0; size < hyperv::ic_headers_bytes; ++size) {
        BOOST_TEST(read(hyperv_tests::resized(thaw, size)) ==
                   "interrupted at " + std::to_string(size) + ", SP 30.1");
    }
    for (std::size_t size = hyperv::ic_headers_bytes; size < thaw.size(); ++size) {
        BOOST_TEST(read(hyperv_tests::resized(thaw, size)) == "bad_number at 4, SP 30.2", size);
    }
}

// SP 30.2: the pipe carries data, and says how much; the rest of the packet is its padding.
BOOST_AUTO_TEST_CASE(the_pipe_header_says_data_and_what_follows) {
    BOOST_TEST(read(with_byte(thaw, 0, 0)) == "bad_number at 0, SP 30.2");
    BOOST_TEST(read(with_byte(thaw, 0, 2)) == "bad_number at 0, SP 30.2");
    BOOST_TEST(read(with_byte(thaw, 4, 0x1f)) == "bad_number at 18, SP 30.3");
    BOOST_TEST(read(with_byte(thaw, 4, 0x21)) == "bad_number at 4, SP 30.2");
    BOOST_TEST(read(with_byte(thaw, 4, 19)) == "bad_number at 4, SP 30.2");
    BOOST_TEST(read(with_byte(thaw, 7, 0x80)) == "bad_number at 4, SP 30.2");
    BOOST_TEST(read(hyperv_tests::resized(thaw, thaw.size() + 7)) == "fine");
    BOOST_TEST(read(hyperv_tests::resized(thaw, thaw.size() + 8)) == "bad_number at 4, SP 30.2");
}

// SP 30.3
BOOST_AUTO_TEST_CASE(the_message_size_is_that_of_the_body_but_for_shorter_answers) {
    BOOST_TEST(read(with_byte(thaw, 18, 11)) == "bad_number at 18, SP 30.3");
    BOOST_TEST(read(with_byte(thaw, 18, 13)) == "bad_number at 18, SP 30.3");
    const auto answer = with_byte(thaw, 25, 5);
    BOOST_TEST(read(answer, direction::response) == "fine");
    BOOST_TEST(read(with_byte(answer, 18, 13), direction::response) == "bad_number at 18, SP 30.3");
    const auto shorter = decode_ic(with_byte(answer, 18, 4), direction::response);
    BOOST_REQUIRE(shorter);
    BOOST_TEST(shorter->body.size() == 4U);
}

// SP 30.4, SP 30.5
BOOST_AUTO_TEST_CASE(reserved_bytes_are_zero_and_flags_say_which_way) {
    BOOST_TEST(read(with_byte(thaw, 26, 1)) == "bad_number at 26, SP 30.4");
    BOOST_TEST(read(with_byte(thaw, 27, 0x80)) == "bad_number at 27, SP 30.4");
    for (unsigned flags = 0; flags < 256; ++flags) {
        const auto packet = with_byte(thaw, 25, flags);
        BOOST_TEST((read(packet) == "fine") == (flags == 3));
        BOOST_TEST((read(packet, direction::response) == "fine") == (flags == 5));
    }
    BOOST_TEST(read(with_byte(thaw, 25, 5)) == "bad_number at 25, SP 30.5");
}

// SP 30.8
BOOST_AUTO_TEST_CASE(there_are_nine_types_of_message) {
    BOOST_TEST(read(with_byte(thaw, 12, 8)) == "fine");
    BOOST_TEST(read(with_byte(thaw, 12, 9)) == "unknown_message at 12, SP 30.8");
    BOOST_TEST(read(with_byte(thaw, 13, 1)) == "unknown_message at 12, SP 30.8");
}

// SP 30.7: one below, at and above the limit.
BOOST_AUTO_TEST_CASE(a_packet_beyond_the_limit_is_refused) {
    const auto of_size = [](std::size_t size) {
        return hyperv_tests::framed(octets(size - hyperv::ic_headers_bytes));
    };
    BOOST_TEST(read(of_size(13311)) == "fine");
    BOOST_TEST(read(of_size(13312)) == "fine");
    BOOST_TEST(read(of_size(13313)) == "too_long at 13312, SP 30.7");
    const hyperv::ic_limits tight{.packet_bytes_max = 40};
    BOOST_TEST(read(of_size(40), direction::request, tight) == "fine");
    BOOST_TEST(read(of_size(41), direction::request, tight) == "too_long at 40, SP 30.7");
}

// SP 30.6
BOOST_AUTO_TEST_CASE(an_answer_is_the_request_but_for_status_and_flags) {
    octets answer = thaw;
    hyperv::answer_in_place(answer, static_cast<std::uint32_t>(hyperv::hresult::fail));
    BOOST_TEST(
        (answer ==
         with_byte(with_byte(with_byte(with_byte(thaw, 25, 5), 20, 0x05), 21, 0x40), 23, 0x80)));
    const auto got = decode_ic(answer, direction::response);
    BOOST_REQUIRE(got);
    BOOST_TEST(got->header.status == 0x80004005U);
    BOOST_TEST(got->header.transaction == 7U);
}

RC_BOOST_PROP(headers_that_are_written_are_read_again,
              (std::uint16_t a, std::uint16_t b, std::uint16_t c, std::uint32_t status,
               std::uint8_t transaction, bool answer)) {
    hyperv::ic_header header;
    header.framework = {a, b};
    header.type = static_cast<hyperv::ic_type>(a % 9);
    header.message = {b, c};
    header.status = status;
    header.transaction = transaction;
    const auto way = answer ? direction::response : direction::request;
    const octets packet = hyperv_tests::framed(octets(c % 100), way, header);
    const auto got = decode_ic(packet, way);
    RC_ASSERT(bool(got));
    RC_ASSERT((got->header == header));
    RC_ASSERT(got->body.size() == c % 100U);
}

RC_BOOST_PROP(any_bytes_are_refused_at_one_of_them_or_read,
              (const std::vector<std::uint8_t>& any)) {
    octets bytes;
    for (const std::uint8_t one : any) {
        bytes.push_back(static_cast<std::byte>(one));
    }
    const auto got = decode_ic(bytes, direction::request);
    RC_ASSERT(bool(got) || got.error().offset <= bytes.size());
}

BOOST_AUTO_TEST_SUITE_END()
