// SPDX-License-Identifier: BSL-1.0
// No clause of the QGA chapters without a check or an excuse.
#include "conformance/dialects/dialect.hpp"
#include "conformance/spec/clauses.hpp"
#include "conformance/spec/excuses.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>

namespace snapproto::conformance {
namespace {

bool has_check(clause number) {
    const auto all = every_check().all();
    return std::any_of(all.begin(), all.end(),
                       [&](const check& one) { return one.about == number; });
}

std::size_t excuses_for(clause number) {
    const auto all = clause_excuses();
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [&](const clause_excuse& one) { return one.about == number; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(spec_coverage)

BOOST_AUTO_TEST_CASE(every_must_and_should_of_chapters_20_to_29_has_a_check_or_an_excuse) {
    std::size_t seen = 0;
    for (const clause_info& one : clauses_of_spec()) {
        if (one.number.chapter < 20 || one.number.chapter > 29 || one.strength == level::may) {
            continue;
        }
        ++seen;
        BOOST_TEST((has_check(one.number) || excuses_for(one.number) == 1),
                   one.id() << " has neither a check nor an excuse: " << one.title);
    }
    BOOST_TEST(seen > 100U);
}

BOOST_AUTO_TEST_CASE(every_excuse_is_needed_and_names_a_clause_and_a_reason) {
    for (const clause_excuse& one : clause_excuses()) {
        BOOST_TEST_CONTEXT(clause_id(one.about)) {
            BOOST_TEST(find_clause(one.about) != nullptr);
            BOOST_TEST(!has_check(one.about));
            BOOST_TEST(excuses_for(one.about) == 1U);
            BOOST_TEST(!one.reason.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_check_is_about_a_clause_of_the_specification) {
    for (const check& one : every_check().all()) {
        BOOST_TEST(find_clause(one.about) != nullptr, one.id());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
