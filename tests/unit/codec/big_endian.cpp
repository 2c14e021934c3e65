// SPDX-License-Identifier: BSL-1.0
#include <snapproto/codec/big_endian.hpp>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>

using namespace snapproto;

BOOST_AUTO_TEST_SUITE(big_endian)

BOOST_AUTO_TEST_CASE(the_most_significant_byte_goes_first) {
    std::string out;
    codec::container_sink sink{out};
    codec::put_big(sink, 0x01020380);
    BOOST_TEST(out == std::string("\x01\x02\x03\x80"));
    out.insert(0, "x");
    BOOST_TEST(codec::load_big(as_bytes(out), 1) == 0x01020380U);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_not_taken) {
    const std::string text("\0\0\0\5abc", 7);
    codec::big_reader reader{as_bytes(text)};
    std::uint32_t word = 9;
    byte_view bytes;
    BOOST_TEST(reader.word(word));
    BOOST_TEST(word == 5U);
    BOOST_TEST(!reader.word(word));
    BOOST_TEST(!reader.bytes(4, bytes));
    BOOST_TEST(reader.offset() == 4U);
    BOOST_TEST(reader.left() == 3U);
    BOOST_TEST(reader.bytes(3, bytes));
    BOOST_TEST(as_text(bytes) == "abc");
    BOOST_TEST(reader.bytes(0, bytes));
    BOOST_TEST(reader.offset() == reader.end());
}

RC_BOOST_PROP(words_come_back_as_they_were, (std::uint32_t first, std::uint32_t second)) {
    std::string out;
    codec::container_sink sink{out};
    codec::put_big(sink, first);
    codec::put_big(sink, second);
    codec::big_reader reader{as_bytes(out)};
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    RC_ASSERT(reader.word(a) && reader.word(b));
    RC_ASSERT(a == first);
    RC_ASSERT(b == second);
    RC_ASSERT(reader.left() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
