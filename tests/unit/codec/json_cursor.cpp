// SPDX-License-Identifier: BSL-1.0
#include <snapproto/codec/json_cursor.hpp>

#include "tests/unit/codec/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using codec::json_cursor;
using codec::text_range;

// A text in exactly as many bytes as it has, so that a sanitizer sees a look too far.
class tight_text {
  public:
    explicit tight_text(std::string_view text) : m_bytes(text.begin(), text.end()) {
        m_bytes.push_back('\n');
        m_bytes.shrink_to_fit();
    }
    [[nodiscard]] json_cursor cursor() const {
        return {m_bytes.data(), m_bytes.data() + m_bytes.size()};
    }

  private:
    std::vector<char> m_bytes;
};

std::optional<std::int64_t> integer(std::string_view text) {
    const tight_text bytes{text};
    json_cursor cursor = bytes.cursor();
    text_range range;
    if (!cursor.take_integer(range) || range.in(cursor.text()) != text) {
        return std::nullopt;
    }
    return cursor.value_of(range);
}

// The inside of the string that begins the text, if it is taken.
std::optional<std::string> string(std::string_view text, bool* escaped = nullptr) {
    const tight_text bytes{text};
    json_cursor cursor = bytes.cursor();
    text_range inside;
    bool has_escape = false;
    if (!cursor.take_string(inside, has_escape)) {
        return std::nullopt;
    }
    BOOST_TEST(cursor.place() == inside.end + 1);
    if (escaped != nullptr) {
        *escaped = has_escape;
    }
    return std::string{inside.in(cursor.text())};
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_cursor_)

BOOST_AUTO_TEST_CASE(a_literal_is_taken_whole_or_not_at_all) {
    const tight_text text{"\"mountpoints\": 1"};
    json_cursor cursor = text.cursor();
    BOOST_TEST(!cursor.take("\"mountpoint\""));
    BOOST_TEST(!cursor.take("\"mountpoints\" "));
    BOOST_TEST(cursor.place() == 0U);
    BOOST_TEST(cursor.take("\"mountpoints\""));
    BOOST_TEST(cursor.place() == 13U);
    BOOST_TEST(!cursor.take_sign(','));
    BOOST_TEST(cursor.take_sign(':'));
    BOOST_TEST(cursor.take("1"));
    BOOST_TEST(!cursor.take("1"));
    BOOST_TEST(!cursor.take("\"mountpoints\""));
    BOOST_TEST(cursor.next_is('\n'));
}

BOOST_AUTO_TEST_CASE(blanks_are_passed_behind_a_sign_only) {
    for (const std::string_view text : {":x", ": x", ":    x"}) {
        const tight_text bytes{text};
        json_cursor cursor = bytes.cursor();
        BOOST_TEST(cursor.take_sign(':'));
        BOOST_TEST(cursor.next_is('x'));
    }
    const tight_text bytes{" :x"};
    json_cursor cursor = bytes.cursor();
    BOOST_TEST(!cursor.take_sign(':'));
}

BOOST_AUTO_TEST_CASE(a_string_ends_at_its_quote_wherever_that_is) {
    for (std::size_t size = 0; size < 70; ++size) {
        for (std::size_t behind = 0; behind < 20; ++behind) {
            const std::string inside(size, 'x');
            const auto got = string('"' + inside + '"' + std::string(behind, '"'));
            BOOST_TEST_REQUIRE(got.has_value());
            BOOST_TEST_REQUIRE(*got == inside);
        }
        BOOST_TEST_REQUIRE(!string('"' + std::string(size, 'x')).has_value());
        for (std::size_t at = 0; at < size; ++at) {
            std::string control(size, 'x');
            control[at] = '\x1f';
            BOOST_TEST_REQUIRE(!string('"' + control + '"').has_value());
            std::string wild(size, 'x');
            wild[at] = '\xff';
            BOOST_TEST_REQUIRE(!string('"' + wild + '"').has_value());
            std::string escape(size, 'x');
            escape.replace(at, 1, "\\\"");
            bool escaped = false;
            BOOST_TEST_REQUIRE(string('"' + escape + '"', &escaped).value_or("none") == escape);
            BOOST_TEST_REQUIRE(escaped);
        }
    }
    bool escaped = true;
    BOOST_TEST(string("\"\xc3\xa9\"", &escaped).value_or("none") == "\xc3\xa9");
    BOOST_TEST(!escaped);
    BOOST_TEST(!string("x").has_value());
}

BOOST_AUTO_TEST_CASE(integers_of_up_to_18_digits_are_taken_with_their_value) {
    std::string digits;
    for (int i = 1; i <= 18; ++i) {
        digits += static_cast<char>('0' + i % 10);
        BOOST_TEST(integer(digits).value_or(0) == std::stoll(digits));
        BOOST_TEST(integer("-" + digits).value_or(0) == -std::stoll(digits));
    }
    BOOST_TEST(!integer(digits + "9").has_value());
    BOOST_TEST(integer("0").value_or(1) == 0);
    BOOST_TEST(integer("-0").value_or(1) == 0);
    for (const std::string_view wrong : {"", "-", "00", "-01", "+1", "x", "1.5", "1e3", "1x"}) {
        BOOST_TEST(!integer(wrong).has_value());
    }
}

RC_BOOST_PROP(the_value_of_an_integer_does_not_depend_on_what_stands_before_it, ()) {
    const auto value =
        *rc::gen::inRange<std::int64_t>(-999'999'999'999'999'999, 1'000'000'000'000'000'000);
    const auto scaled =
        value / *rc::gen::element<std::int64_t>(1, 1'000, 1'000'000'000, 1'000'000'000'000'000);
    const std::string before(*rc::gen::inRange<std::size_t>(0, 12), ',');
    const tight_text bytes{before + std::to_string(scaled)};
    json_cursor cursor = bytes.cursor();
    for (std::size_t i = 0; i != before.size(); ++i) {
        RC_ASSERT(cursor.take_sign(','));
    }
    text_range range;
    RC_ASSERT(cursor.take_integer(range));
    RC_ASSERT(cursor.value_of(range) == scaled);
    RC_ASSERT(cursor.next_is('\n'));
}

RC_BOOST_PROP(a_string_is_taken_when_the_scanner_takes_it, ()) {
    const std::string text = '"' + *tests::some_bytes();
    std::string line = text.substr(0, text.find('\n'));
    const tight_text bytes{line};
    json_cursor cursor = bytes.cursor();
    text_range inside;
    bool escaped = false;
    const bool taken = cursor.take_string(inside, escaped);
    bool expected_escaped = false;
    const char* const begin = line.data() + 1;
    const auto scan =
        codec::detail::scan_string(begin, line.data() + line.size(), expected_escaped);
    RC_ASSERT(taken == (scan.end == codec::detail::scan_end::complete));
    if (taken) {
        RC_ASSERT(inside.in(cursor.text()) ==
                  std::string_view(begin, static_cast<std::size_t>(scan.at - begin)));
        RC_ASSERT(escaped == expected_escaped);
    }
}

BOOST_AUTO_TEST_SUITE_END()
