// SPDX-License-Identifier: BSL-1.0
#include <snapproto/core/bytes.hpp>

#include <boost/test/unit_test.hpp>

#include <rapidcheck/boost_test.h>

#include <set>
#include <string>

using namespace snapproto;

BOOST_AUTO_TEST_CASE(bytes_and_text_are_two_views_of_one_thing) {
    const std::string text{"freeze\0\xff", 8};
    const byte_view bytes = as_bytes(text);
    BOOST_TEST(bytes.size() == 8U);
    BOOST_TEST((bytes[6] == std::byte{0}));
    BOOST_TEST((bytes[7] == std::byte{0xff}));
    BOOST_TEST(as_text(bytes) == text);
    BOOST_TEST(static_cast<const void*>(as_text(bytes).data()) ==
               static_cast<const void*>(text.data()));
    BOOST_TEST(as_bytes("").empty());
    BOOST_TEST(as_text({}).empty());
}

RC_BOOST_PROP(any_text_survives_the_way_there_and_back, (const std::string& text)) {
    RC_ASSERT(as_text(as_bytes(text)) == text);
}

BOOST_AUTO_TEST_CASE(the_hash_is_fnv_1a_on_every_machine) {
    // FNV-1a of eight zero bytes and of the byte sequence 1, 0, 0, 0, 0, 0, 0, 0, computed from its
    // definition: hash = (hash xor byte) * prime, byte by byte, low byte first.
    const auto by_definition = [](std::uint64_t word) {
        std::uint64_t h = 14695981039346656037ULL;
        for (int i = 0; i < 8; ++i) {
            h ^= (word >> (8 * i)) & 0xff;
            h *= 1099511628211ULL;
        }
        return h;
    };
    BOOST_TEST(fnv1a_basis == 14695981039346656037ULL);
    for (const std::uint64_t word : {0ULL, 1ULL, 0x0123456789abcdefULL, ~0ULL}) {
        BOOST_TEST(fnv1a(fnv1a_basis, word) == by_definition(word));
    }
}

BOOST_AUTO_TEST_CASE(the_hash_depends_on_order_and_on_every_byte) {
    const auto two = [](std::uint64_t a, std::uint64_t b) {
        return fnv1a(fnv1a(fnv1a_basis, a), b);
    };
    BOOST_TEST(two(1, 2) != two(2, 1));
    std::set<std::uint64_t> hashes;
    for (int bit = 0; bit < 64; ++bit) {
        hashes.insert(fnv1a(fnv1a_basis, std::uint64_t{1} << bit));
    }
    BOOST_TEST(hashes.size() == 64U);
}
