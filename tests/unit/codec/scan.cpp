// SPDX-License-Identifier: BSL-1.0
// The inner loops that look at many bytes at once, beside loops that look at one.
#include <snapproto/codec/scan.hpp>

#include <snapproto/codec/json_document.hpp>
#include <snapproto/codec/line_splitter.hpp>

#include "tests/unit/codec/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
namespace inner = codec::detail;

// Exactly the bytes and nothing behind them, so that a sanitizer sees a look too far.
std::size_t line_end(const std::string& bytes) {
    const std::vector<char> tight(bytes.begin(), bytes.end());
    const char* const begin = tight.data();
    return static_cast<std::size_t>(inner::find_line_end(begin, begin + tight.size()) - begin);
}

std::optional<std::int64_t> integer(std::string_view text) {
    std::vector<char> padded(text.begin(), text.end());
    padded.resize(text.size() + codec::padding, '7');
    return inner::integer_value({padded.data(), text.size()});
}

} // namespace

BOOST_AUTO_TEST_SUITE(scan)

BOOST_AUTO_TEST_CASE(a_line_ends_at_its_first_newline_or_reset_byte_wherever_that_is) {
    for (std::size_t size = 0; size < 150; ++size) {
        for (const char filler : {'x', '\0', '\x0b', '\x8a', '\xfe', '\x7f'}) {
            BOOST_TEST_REQUIRE(line_end(std::string(size, filler)) == size);
            for (std::size_t at = 0; at < size; ++at) {
                for (const char mark : {'\n', '\xff'}) {
                    std::string bytes(size, filler);
                    bytes[at] = mark;
                    bytes.back() = at % 2 == 0 ? '\n' : '\xff';
                    bytes[at] = mark;
                    BOOST_TEST_REQUIRE(line_end(bytes) == at);
                }
            }
        }
    }
}

RC_BOOST_PROP(a_line_of_any_bytes_ends_where_a_search_byte_by_byte_says, ()) {
    const std::string bytes = *rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
        {{20, rc::gen::arbitrary<char>()}, {1, rc::gen::element('\n', '\xff')}}));
    const std::size_t expected = bytes.find_first_of("\n\xff");
    RC_ASSERT(line_end(bytes) == (expected == std::string::npos ? bytes.size() : expected));
}

BOOST_AUTO_TEST_CASE(an_integer_of_any_number_of_digits_has_its_value) {
    const std::string digits = "9123456789012345678";
    for (std::size_t count = 1; count <= digits.size(); ++count) {
        const std::string text = digits.substr(0, count);
        BOOST_TEST(*integer(text) == std::stoll(text));
        BOOST_TEST(*integer("-" + text) == -std::stoll(text));
    }
    BOOST_TEST(*integer("0") == 0);
    BOOST_TEST(*integer("-0") == 0);
    BOOST_TEST(*integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(*integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(!integer("9223372036854775808"));
    BOOST_TEST(!integer("-9223372036854775809"));
    BOOST_TEST(!integer("9999999999999999999"));
    BOOST_TEST(!integer("10000000000000000000"));
    BOOST_TEST(!integer("18446744073709551617"));
}

RC_BOOST_PROP(any_integer_has_its_value, (std::int64_t value)) {
    RC_ASSERT(integer(std::to_string(value)) == value);
}

BOOST_AUTO_TEST_CASE(a_copy_has_each_byte_and_touches_no_other) {
    for (std::size_t size = 1; size < 300; ++size) {
        std::string from(size, '\0');
        for (std::size_t i = 0; i < size; ++i) {
            from[i] = static_cast<char>(i * 7 + 1);
        }
        std::string to(size + 2, '#');
        inner::copy_bytes(to.data() + 1, std::vector<char>(from.begin(), from.end()).data(), size);
        BOOST_TEST(to == "#" + from + "#");
    }
}

BOOST_AUTO_TEST_CASE(texts_are_the_same_when_each_byte_is) {
    static_assert(inner::equal_text("guest-ping", "guest-ping"));
    static_assert(!inner::equal_text("guest-ping", "guest-pong"));
    const std::string whole = "0123456789abcdefghijklmnop";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string text = whole.substr(0, size);
        BOOST_TEST(inner::equal_text(text, std::string{text}));
        BOOST_TEST(!inner::equal_text(text, text + "x"));
        for (std::size_t at = 0; at < size; ++at) {
            std::string other = text;
            other[at] = 'X';
            BOOST_TEST(!inner::equal_text(text, other));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
