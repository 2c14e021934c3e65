// SPDX-License-Identifier: BSL-1.0
#include <snapproto/core/ids.hpp>

#include <boost/test/unit_test.hpp>

#include <concepts>
#include <limits>
#include <type_traits>
#include <unordered_set>

using namespace snapproto;

// Two ids of different kinds can be neither compared nor passed for each other.
static_assert(!std::is_convertible_v<session_id, txn_id>);
static_assert(!std::is_convertible_v<std::uint64_t, txn_id>);
static_assert(!std::is_convertible_v<txn_id, std::uint64_t>);
static_assert(!std::equality_comparable_with<session_id, txn_id>);
static_assert(!std::is_same_v<sequence_number, generation_id>);

BOOST_AUTO_TEST_CASE(zero_names_nothing) {
    BOOST_TEST(!bool(txn_id{}));
    BOOST_TEST(!bool(session_id{0}));
    BOOST_TEST(bool(txn_id{1}));
    BOOST_TEST(bool(generation_id{std::numeric_limits<std::uint64_t>::max()}));
}

BOOST_AUTO_TEST_CASE(ids_of_one_kind_are_ordered_by_their_number) {
    static_assert(txn_id{1} < txn_id{2});
    static_assert(txn_id{7} == txn_id{7});
    BOOST_TEST((sequence_number{9} > sequence_number{8}));
}

BOOST_AUTO_TEST_CASE(ids_can_be_keys_of_a_table) {
    std::unordered_set<txn_id> seen;
    for (std::uint64_t i = 0; i < 100; ++i) {
        BOOST_TEST(seen.insert(txn_id{i}).second);
    }
    BOOST_TEST(!seen.insert(txn_id{42}).second);
    BOOST_TEST(std::hash<txn_id>{}(txn_id{5}) == std::hash<std::uint64_t>{}(5));
}
