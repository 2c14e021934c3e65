// SPDX-License-Identifier: BSL-1.0
#include <snapproto/codec/little_endian.hpp>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <array>

using namespace snapproto;

BOOST_AUTO_TEST_SUITE(little_endian)

BOOST_AUTO_TEST_CASE(the_least_significant_byte_comes_first_at_any_place) {
    std::array<std::byte, 9> bytes{};
    codec::store_little(bytes, 1, std::uint32_t{0x01020384});
    constexpr std::array<std::byte, 9> expected{std::byte{0}, std::byte{0x84}, std::byte{3},
                                                std::byte{2}, std::byte{1}};
    BOOST_TEST((bytes == expected));
    BOOST_TEST(codec::load_little<std::uint32_t>(bytes, 1) == 0x01020384U);
    BOOST_TEST(codec::load_little<std::uint8_t>(bytes, 1) == 0x84U);
    BOOST_TEST(codec::load_little<std::uint16_t>(bytes, 3) == 0x0102U);
}

RC_BOOST_PROP(what_is_stored_is_loaded_and_nothing_else_changes, (std::uint64_t value)) {
    std::array<std::byte, 12> bytes{};
    codec::store_little(bytes, 3, value);
    RC_ASSERT(codec::load_little<std::uint64_t>(bytes, 3) == value);
    RC_ASSERT(codec::first_nonzero(bytes, 0, 3) == 3U);
    RC_ASSERT(codec::first_nonzero(bytes, 11, 1) == 12U);
}

BOOST_AUTO_TEST_CASE(the_first_byte_that_is_not_zero_is_found_within_bounds_only) {
    std::array<std::byte, 6> bytes{};
    bytes[4] = std::byte{1};
    BOOST_TEST(codec::first_nonzero(bytes, 0, 6) == 4U);
    BOOST_TEST(codec::first_nonzero(bytes, 0, 4) == 4U);
    BOOST_TEST(codec::first_nonzero(bytes, 0, 3) == 3U);
    BOOST_TEST(codec::first_nonzero(bytes, 5, 1) == 6U);
    BOOST_TEST(codec::first_nonzero(bytes, 2, 0) == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
