// SPDX-License-Identifier: BSL-1.0
#include <snapproto/core/clause.hpp>

#include <tests/support/spec_document.hpp>

#include <boost/test/unit_test.hpp>

using namespace snapproto;

BOOST_AUTO_TEST_CASE(the_type_of_a_clause_carries_its_numbers) {
    static_assert(sec<4, 2>::value == clause{4, 2});
    static_assert(sec<18, 26>::value.chapter == 18 && sec<18, 26>::value.number == 26);
    BOOST_TEST(bool(clause{1, 1}));
    BOOST_TEST(!bool(clause{}));
}

BOOST_AUTO_TEST_CASE(clauses_are_ordered_by_chapter_then_by_number) {
    static_assert(clause{2, 10} < clause{3, 1});
    static_assert(clause{2, 9} < clause{2, 10});
    static_assert(clause{2, 9} == clause{2, 9});
    BOOST_TEST((clause{20, 1} > clause{3, 99}));
}

BOOST_AUTO_TEST_CASE(the_specification_is_numbered_as_it_says) {
    const auto& clauses = tests::the_spec().clauses();
    BOOST_TEST(clauses.size() > 200U);
    for (const auto& [id, level] : clauses) {
        BOOST_TEST(((level == "MUST") || (level == "SHOULD") || (level == "MAY")),
                   tests::spelled(id) << " has the level " << level);
        BOOST_TEST((id.chapter >= 1 && id.number >= 1));
    }
    for (std::uint16_t property = 1; property <= 26; ++property) {
        BOOST_TEST(tests::the_spec().has({18, property}));
    }
}
