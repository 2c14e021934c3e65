// SPDX-License-Identifier: BSL-1.0
#include <snapproto/core/error.hpp>

#include <tests/support/spec_document.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace snapproto;

BOOST_AUTO_TEST_CASE(every_code_has_a_name_a_sentence_a_class_and_a_clause_that_exists) {
    std::set<std::string_view> names;
    std::set<std::string_view> sentences;
    for (std::size_t i = 0; i < error_count; ++i) {
        const auto code = static_cast<error>(i);
        const auto& known = info(code);
        BOOST_TEST((known.code == code), "entry " << i << " of the table is out of order");
        BOOST_TEST(names.insert(known.name).second, known.name << " is named twice");
        BOOST_TEST(sentences.insert(known.message).second, known.name << " borrows its sentence");
        BOOST_TEST(known.message.size() > 10U);
        BOOST_TEST(known.message.back() != '.');
        BOOST_TEST((known.category <= error_class::local));
        BOOST_TEST(tests::the_spec().has(known.governed_by),
                   known.name << " names " << tests::spelled(known.governed_by)
                              << ", which is no clause");
        BOOST_TEST(to_string(code) == known.name);
        BOOST_TEST(message(code) == known.message);
        BOOST_TEST((classify(code) == known.category));
    }
    BOOST_TEST(names.size() == error_count);
}

BOOST_AUTO_TEST_CASE(a_code_is_governed_by_the_clause_that_speaks_of_it) {
    const auto clause_of = [](error code) { return info(code).governed_by; };
    BOOST_TEST((clause_of(error::bad_syntax) == clause{16, 1}));
    BOOST_TEST((clause_of(error::bad_number) == clause{16, 5}));
    BOOST_TEST((clause_of(error::too_deep) == clause{16, 3}));
    BOOST_TEST((clause_of(error::too_long) == clause{16, 3}));
    BOOST_TEST((clause_of(error::too_many) == clause{16, 3}));
    BOOST_TEST((clause_of(error::unsupported_version) == clause{2, 5}));
    BOOST_TEST((clause_of(error::no_session) == clause{2, 11}));
    BOOST_TEST((clause_of(error::bad_state) == clause{3, 14}));
    BOOST_TEST((clause_of(error::busy) == clause{3, 4}));
    BOOST_TEST((clause_of(error::stale) == clause{3, 7}));
    BOOST_TEST((clause_of(error::unknown_txn) == clause{3, 5}));
    BOOST_TEST((clause_of(error::stuck) == clause{3, 16}));
    BOOST_TEST((clause_of(error::unexpected_reply) == clause{3, 13}));
}

BOOST_AUTO_TEST_CASE(the_class_says_whose_mistake_it_is) {
    BOOST_TEST((classify(error::bad_syntax) == error_class::malformed));
    BOOST_TEST((classify(error::interrupted) == error_class::malformed));
    BOOST_TEST((classify(error::not_an_object) == error_class::refused));
    BOOST_TEST((classify(error::unknown_txn) == error_class::refused));
    BOOST_TEST((classify(error::stuck) == error_class::failed));
    BOOST_TEST((classify(error::channel_lost) == error_class::failed));
    BOOST_TEST((classify(error::not_drained) == error_class::local));
    BOOST_TEST((classify(error::bad_argument) == error_class::local));
}

BOOST_AUTO_TEST_CASE(a_failure_takes_the_clause_of_its_code_and_keeps_its_offset) {
    constexpr failure why = fail(error::too_deep, 17);
    BOOST_TEST((why.code == error::too_deep));
    BOOST_TEST((why.governed_by == info(error::too_deep).governed_by));
    BOOST_TEST(why.offset == 17U);
    BOOST_TEST(fail(error::busy).offset == 0U);
    BOOST_TEST((why == fail(error::too_deep, 17)));
    BOOST_TEST((why != fail(error::too_deep, 18)));
    BOOST_TEST((why != fail(error::too_long, 17)));
}
