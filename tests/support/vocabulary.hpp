// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SUPPORT_VOCABULARY_HPP
#define SNAPPROTO_TESTS_SUPPORT_VOCABULARY_HPP

// What holds for every enumeration that traces and reports spell out.

#include <snapproto/message/vocabulary.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace snapproto::tests {

/// Every value has a word of its own that names it again, and nothing else names a value.
///
/// @param last the last value of the enumeration, so that a value added without a word shows.
template <vocabulary Enum>
void check_vocabulary(Enum last) {
    BOOST_TEST(value_count<Enum> == static_cast<std::size_t>(last) + 1);
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < value_count<Enum>; ++i) {
        const auto value = static_cast<Enum>(i);
        const auto word = to_string(value);
        BOOST_TEST(!word.empty());
        BOOST_TEST(words.insert(word).second, "the word " << word << " is used twice");
        BOOST_TEST((from_string<Enum>(word) == value));
        BOOST_TEST(!from_string<Enum>(std::string{word} + "x"));
        for (const char letter : word) {
            const bool allowed = (letter >= 'a' && letter <= 'z') || letter == '_';
            BOOST_TEST(allowed, "the word " << word << " is not in lower case");
        }
    }
    BOOST_TEST(to_string(static_cast<Enum>(value_count<Enum>)).empty());
    BOOST_TEST(to_string(static_cast<Enum>(255)).empty());
    BOOST_TEST(!from_string<Enum>(""));
    BOOST_TEST(!from_string<Enum>("no such word"));
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_SUPPORT_VOCABULARY_HPP
