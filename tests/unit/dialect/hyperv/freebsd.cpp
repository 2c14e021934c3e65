// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/hyperv/freebsd.hpp>

#include "tests/unit/dialect/hyperv/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

namespace {

using namespace snapproto;
namespace freebsd = hyperv::freebsd;
using hyperv::direction;
using hyperv_tests::hex;
using hyperv_tests::octets;
using hyperv_tests::told;
using hyperv_tests::with_byte;

const octets freeze = hyperv_tests::resized(hex("02000000 00000000 0807060504030201"), 64);

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_freebsd)

// SP 34.1, SP 34.3
BOOST_AUTO_TEST_CASE(each_field_is_at_its_place) {
    const freebsd::record record{freebsd::op::freeze, true, 0x0102030405060708};
    const auto bytes = encode(record);
    BOOST_TEST((octets{bytes.begin(), bytes.end()} == freeze));
    const auto got = freebsd::decode(freeze, direction::request);
    BOOST_REQUIRE(got);
    BOOST_TEST((*got == record));
    const auto refused = freebsd::decode(with_byte(freeze, 4, 1), direction::response);
    BOOST_REQUIRE(refused);
    BOOST_TEST(!refused->ok);
    BOOST_TEST(refused->id == record.id);
}

// SP 34.1
BOOST_AUTO_TEST_CASE(every_other_length_operation_and_status_is_refused) {
    for (std::size_t size = 0; size < 64; ++size) {
        BOOST_TEST(told(freebsd::decode(hyperv_tests::resized(freeze, size), direction::request)) ==
                   "interrupted at " + std::to_string(size) + ", SP 34.1");
    }
    BOOST_TEST(told(freebsd::decode(hyperv_tests::resized(freeze, 65), direction::request)) ==
               "too_long at 64, SP 34.1");
    for (const unsigned op : {0U, 4U, 255U}) {
        BOOST_TEST(told(freebsd::decode(with_byte(freeze, 0, op), direction::request)) ==
                   "unknown_message at 0, SP 34.1");
    }
    BOOST_TEST(told(freebsd::decode(with_byte(freeze, 3, 1), direction::request)) ==
               "unknown_message at 0, SP 34.1");
    BOOST_TEST(told(freebsd::decode(with_byte(freeze, 4, 1), direction::request)) ==
               "bad_number at 4, SP 34.1");
    BOOST_TEST(told(freebsd::decode(with_byte(freeze, 4, 2), direction::response)) ==
               "bad_number at 4, SP 34.1");
}

// SP 34.2
BOOST_AUTO_TEST_CASE(the_reserved_bytes_are_zero) {
    for (std::size_t at = 16; at < 64; ++at) {
        BOOST_TEST(told(freebsd::decode(with_byte(freeze, at, 1), direction::request)) ==
                   "bad_number at " + std::to_string(at) + ", SP 34.2");
    }
}

// SP 34.4
BOOST_AUTO_TEST_CASE(applications_are_held_first_and_released_last) {
    using enum freebsd::agent;
    BOOST_TEST((freebsd::order_of(freebsd::op::freeze) == std::array{application, filesystem}));
    BOOST_TEST((freebsd::order_of(freebsd::op::check) == std::array{application, filesystem}));
    BOOST_TEST((freebsd::order_of(freebsd::op::thaw) == std::array{filesystem, application}));
}

RC_BOOST_PROP(a_record_comes_back_as_it_was, (std::uint8_t op, bool ok, std::uint64_t id)) {
    const freebsd::record record{static_cast<freebsd::op>(1 + op % 3), ok, id};
    const auto got = freebsd::decode(encode(record), direction::response);
    RC_ASSERT(bool(got));
    RC_ASSERT(*got == record);
}

BOOST_AUTO_TEST_SUITE_END()
