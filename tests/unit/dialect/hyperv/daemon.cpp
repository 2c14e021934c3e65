// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/hyperv/daemon.hpp>

#include "tests/unit/dialect/hyperv/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <algorithm>

namespace {

using namespace snapproto;
using hyperv::daemon_reply;
using hyperv::decode_from_daemon;
using hyperv::decode_from_kernel;
using hyperv::kernel_request;
using hyperv::registration;
using hyperv_tests::hex;
using hyperv_tests::octets;
using hyperv_tests::told;
using hyperv_tests::with_byte;

template <class Array>
octets bytes_of(const Array& array) {
    return {array.begin(), array.end()};
}

template <class Wanted, class Outcome>
Wanted the(const Outcome& outcome) {
    BOOST_REQUIRE_MESSAGE(outcome, told(outcome));
    const auto* got = std::get_if<Wanted>(&*outcome);
    BOOST_REQUIRE(got != nullptr);
    return *got;
}

const octets freeze = hex("05000000 00000000 00000000");

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_daemon)

// SP 33.1
BOOST_AUTO_TEST_CASE(the_kernel_says_its_version_in_four_bytes_and_the_rest_in_twelve) {
    BOOST_TEST((bytes_of(encode(hyperv::version_reply{})) == hex("81000000")));
    BOOST_TEST(the<hyperv::version_reply>(decode_from_kernel(hex("feffffff"))).version ==
               0xfffffffeU);
    BOOST_TEST((bytes_of(encode(kernel_request{5, 0})) == freeze));
    BOOST_TEST((the<kernel_request>(decode_from_kernel(hex("02000000 00000000 05000000"))) ==
                kernel_request{2, 5}));
    BOOST_TEST((the<kernel_request>(decode_from_kernel(hex("7f000000 00000000 00000000"))) ==
                kernel_request{127, 0}));
}

// SP 33.1, SP 33.2: what two messages in one read are taken for.
BOOST_AUTO_TEST_CASE(every_other_length_is_refused) {
    for (std::size_t size = 0; size < 40; ++size) {
        const octets bytes = hyperv_tests::resized(freeze, size);
        const std::string expected =
            size == 12 ? "fine"
                       : (size < 12 ? "interrupted at " + std::to_string(size) : "too_long at 12") +
                             ", SP 33.1";
        BOOST_TEST(told(decode_from_daemon(bytes)) == expected);
        BOOST_TEST(told(decode_from_kernel(bytes)) == (size == 4 ? "fine" : expected));
    }
}

// SP 30.4, SP 32.5
BOOST_AUTO_TEST_CASE(a_request_has_reserved_zeros_and_no_operation_of_the_daemon) {
    for (std::size_t at = 1; at < 8; ++at) {
        BOOST_TEST(told(decode_from_kernel(with_byte(freeze, at, 1))) ==
                   "bad_number at " + std::to_string(at) + ", SP 30.4");
    }
    for (const unsigned op : {128U, 129U, 255U}) {
        BOOST_TEST(told(decode_from_kernel(with_byte(freeze, 0, op))) ==
                   "unknown_message at 0, SP 32.5");
    }
}

// SP 33.5, SP 33.6: what is left in the buffer of a daemon that registers again does not matter.
BOOST_AUTO_TEST_CASE(a_registration_is_known_by_its_first_byte) {
    BOOST_TEST((bytes_of(encode(registration{})) == hex("81000000 00000000 00000000")));
    BOOST_TEST((bytes_of(encode(registration{false})) == hex("80000000 00000000 00000000")));
    BOOST_TEST(the<registration>(decode_from_daemon(hex("81400080 01020304 05060708"))).versioned);
    BOOST_TEST(!the<registration>(decode_from_daemon(hex("80000000 00000000 00000000"))).versioned);
}

// SP 33.3, SP 33.4
BOOST_AUTO_TEST_CASE(a_reply_has_an_error_where_the_operation_was_and_echoes_the_rest) {
    const hyperv::daemon_message request = hyperv::encode(kernel_request{2, 0x01020304});
    const auto success = hyperv::encode(hyperv::reply_to(request, 0));
    BOOST_REQUIRE(success);
    BOOST_TEST((bytes_of(*success) == hex("00000000 00000000 04030201")));
    const auto failed = hyperv::encode(hyperv::reply_to(request, hyperv::daemon_failed));
    BOOST_REQUIRE(failed);
    BOOST_TEST((bytes_of(*failed) == hex("05400080 00000000 04030201")));
    const auto got = the<daemon_reply>(decode_from_daemon(*failed));
    BOOST_TEST(got.error == hyperv::daemon_failed);
    BOOST_TEST(got.error < 0);
    BOOST_TEST((got == hyperv::reply_to(request, hyperv::daemon_failed)));
}

// SP 33.7
BOOST_AUTO_TEST_CASE(an_error_that_looks_like_a_registration_is_not_sent) {
    for (const std::int32_t error : {128, 129, -128, -127, 0x181, 0x7fffff80}) {
        BOOST_TEST(told(hyperv::encode(daemon_reply{error, {}})) == "bad_argument at 0, SP 33.7");
    }
    for (const std::int32_t error : {0, 127, 130, -1, -126, 0x8000}) {
        BOOST_TEST(told(hyperv::encode(daemon_reply{error, {}})) == "fine");
    }
}

// SP 33.8
BOOST_AUTO_TEST_CASE(the_length_rule_takes_apart_what_has_run_together) {
    octets stream = hex("81000000");
    stream.insert(stream.end(), freeze.begin(), freeze.end());
    const octets thaw = hex("06000000 00000000 00000000");
    stream.insert(stream.end(), thaw.begin(), thaw.end());
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        hyperv::record_splitter splitter{hyperv::version_reply_bytes};
        std::vector<octets> seen;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            byte_view bytes = byte_view{stream}.subspan(at);
            bytes = bytes.first(std::min(piece, bytes.size()));
            while (!bytes.empty()) {
                const auto record = splitter.feed(bytes);
                if (record.has_value()) {
                    seen.emplace_back(record->begin(), record->end());
                    splitter.expect(hyperv::daemon_message_bytes);
                }
            }
        }
        BOOST_TEST((seen == std::vector<octets>{hex("81000000"), freeze, thaw}), piece);
        BOOST_TEST(splitter.pending() == 0U);
    }
}

BOOST_AUTO_TEST_CASE(half_a_message_is_forgotten_at_the_end_of_a_channel) {
    hyperv::record_splitter splitter;
    const octets half = hyperv_tests::resized(freeze, 7);
    byte_view bytes{half};
    BOOST_TEST(splitter.feed(bytes).needs_more());
    BOOST_TEST(splitter.pending() == 7U);
    splitter.reset();
    byte_view whole{freeze};
    const auto got = splitter.feed(whole);
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(std::equal(got->begin(), got->end(), freeze.begin(), freeze.end()));
}

RC_BOOST_PROP(requests_and_replies_come_back_as_they_were,
              (std::uint8_t op, std::uint32_t flags, std::int32_t error)) {
    const kernel_request request{static_cast<std::uint8_t>(op & 0x7fU), flags};
    const auto sent = hyperv::encode(request);
    const auto read = decode_from_kernel(sent);
    RC_ASSERT(bool(read));
    RC_ASSERT(std::get<kernel_request>(*read) == request);
    const auto reply = hyperv::reply_to(sent, error);
    const auto bytes = hyperv::encode(reply);
    const auto last = static_cast<std::uint32_t>(error) & 0xffU;
    RC_ASSERT(bool(bytes) == (last != 128U && last != 129U));
    if (bytes) {
        const auto got = decode_from_daemon(*bytes);
        RC_ASSERT(bool(got));
        RC_ASSERT(std::get<daemon_reply>(*got) == reply);
    }
}

BOOST_AUTO_TEST_SUITE_END()
