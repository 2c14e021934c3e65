// SPDX-License-Identifier: BSL-1.0
#include <snapproto/core/result.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace snapproto;

BOOST_AUTO_TEST_CASE(a_result_is_a_value_or_the_reason_why_not) {
    result<int> good = 7;
    BOOST_TEST(bool(good));
    BOOST_TEST(*good == 7);
    *good = 8;
    BOOST_TEST(*std::as_const(good) == 8);

    const result<int> bad = fail(error::busy, 3);
    BOOST_TEST(!bad);
    BOOST_TEST((bad.error() == fail(error::busy, 3)));
}

BOOST_AUTO_TEST_CASE(a_result_of_a_failure_is_told_from_a_failure) {
    const result<std::string> empty = std::string{};
    BOOST_TEST(bool(empty));
    BOOST_TEST(empty->empty());
    result<std::string> text = std::string{"frozen"};
    text->push_back('!');
    BOOST_TEST(*text == "frozen!");
}

BOOST_AUTO_TEST_CASE(the_value_can_be_moved_out) {
    result<std::unique_ptr<int>> owner = std::make_unique<int>(3);
    const std::unique_ptr<int> mine = *std::move(owner);
    BOOST_TEST(*mine == 3);
}

// SP 16.8
BOOST_AUTO_TEST_CASE(incomplete_input_is_neither_value_nor_failure) {
    const decoded<int> value = 5;
    BOOST_TEST((value.has_value() && !value.needs_more() && !value.has_failure()));
    BOOST_TEST(bool(value));
    BOOST_TEST(*value == 5);

    const decoded<int> more = need_more;
    BOOST_TEST((!more.has_value() && more.needs_more() && !more.has_failure()));
    BOOST_TEST(!more);

    const decoded<std::string> bad = fail(error::bad_text, 12);
    BOOST_TEST((!bad.has_value() && !bad.needs_more() && bad.has_failure()));
    BOOST_TEST((bad.error().code == error::bad_text));
    BOOST_TEST(bad.error().offset == 12U);

    const decoded<std::string> text = std::string{"pong"};
    BOOST_TEST(text->size() == 4U);
    BOOST_TEST((need_more == need_more_t{}));
}
