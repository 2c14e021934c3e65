// SPDX-License-Identifier: BSL-1.0
#include <snapproto/trace/record.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace snapproto;
using namespace snapproto::trace;

namespace {

template <class Enum>
void every_value_has_a_word_of_its_own() {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < value_count<Enum>; ++i) {
        const auto value = static_cast<Enum>(i);
        BOOST_TEST(!to_string(value).empty());
        BOOST_TEST((from_string<Enum>(to_string(value)) == value));
        words.insert(to_string(value));
    }
    BOOST_TEST(words.size() == value_count<Enum>);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_word_of_a_recording_is_spelled_once) {
    every_value_has_a_word_of_its_own<role>();
    every_value_has_a_word_of_its_own<record_kind>();
    every_value_has_a_word_of_its_own<timer_kind>();
    BOOST_TEST(to_string(record_kind::outcome_reported) == "outcome_reported");
    BOOST_TEST(to_string(record_kind::let_go_early) == "let_go_early");
    BOOST_TEST(to_string(record_kind::generation_changed) == "generation_changed");
    BOOST_TEST(to_string(timer_kind::window) == "window");
}

BOOST_AUTO_TEST_CASE(an_empty_record_is_about_no_agent) {
    const record r;
    BOOST_TEST(r.agent == no_agent);
    BOOST_TEST(!r.message);
    BOOST_TEST(!r.governed_by);
    BOOST_TEST((r == record{}));
}
