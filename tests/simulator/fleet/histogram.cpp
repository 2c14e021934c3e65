// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/histogram.hpp"

#include "simulator/fleet/delay.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace snapproto;
using namespace snapproto::fleet;

BOOST_AUTO_TEST_SUITE(fleet_histogram)

BOOST_AUTO_TEST_CASE(nothing_has_no_percentiles) {
    const histogram none;
    BOOST_TEST(none.count() == 0U);
    BOOST_TEST(none.per_mille(500) == 0);
    BOOST_TEST(none.longest() == 0);
}

BOOST_AUTO_TEST_CASE(percentiles_are_those_of_the_sorted_values_or_less_than_two_percent_more) {
    auto random = kernel::stream(1, "histogram");
    histogram times;
    std::vector<ticks> all;
    for (int i = 0; i < 20'000; ++i) {
        const ticks one = kernel::exponential(random, 300 * kernel::millisecond);
        times.add(one);
        all.push_back(one);
    }
    std::sort(all.begin(), all.end());
    for (const std::size_t rank : {1U, 10U, 500U, 900U, 990U, 999U, 1000U}) {
        const ticks exact = all[std::max<std::size_t>(all.size() * rank / 1000, 1) - 1];
        const ticks told = times.per_mille(rank);
        BOOST_TEST(told >= exact - kernel::microsecond); // counted in microseconds
        BOOST_TEST(told <= exact + exact / 50 + kernel::microsecond);
    }
    BOOST_TEST(times.longest() == all.back());
}

BOOST_AUTO_TEST_CASE(the_edges_of_buckets_and_the_longest_span_have_a_place) {
    for (const ticks micros : {0, 1, 63, 64, 127, 128, 129, 255, 256, 65'535, 65'536}) {
        histogram one;
        one.add(micros * kernel::microsecond);
        BOOST_TEST(one.per_mille(500) == micros * kernel::microsecond);
    }
    histogram longest;
    longest.add(kernel::end_of_time);
    BOOST_TEST(longest.per_mille(1000) > kernel::end_of_time / 100 * 98);
}

BOOST_AUTO_TEST_CASE(merging_in_any_order_is_like_adding_to_one) {
    auto random = kernel::stream(2, "histogram");
    histogram whole;
    histogram left;
    histogram right;
    for (int i = 0; i < 5'000; ++i) {
        const ticks one = kernel::exponential(random, kernel::second);
        whole.add(one);
        (i % 3 == 0 ? left : right).add(one);
    }
    histogram other = right;
    other.add(left);
    left.add(right);
    for (const std::uint64_t rank : {100U, 500U, 999U}) {
        BOOST_TEST(left.per_mille(rank) == whole.per_mille(rank));
        BOOST_TEST(other.per_mille(rank) == whole.per_mille(rank));
    }
    BOOST_TEST(left.count() == 5'000U);
    BOOST_TEST(left.longest() == whole.longest());
}

BOOST_AUTO_TEST_CASE(a_delay_has_its_least_its_mean_and_its_tail) {
    auto random = kernel::stream(3, "delay");
    const delay plain{100, 50, 0, 0};
    const delay tailed{100, 50, 200'000, 1'000};
    ticks least = kernel::end_of_time;
    ticks sum = 0;
    ticks sum_tailed = 0;
    constexpr int draws = 50'000;
    for (int i = 0; i < draws; ++i) {
        const ticks one = draw(random, plain);
        least = std::min(least, one);
        sum += one;
        sum_tailed += draw(random, tailed);
    }
    BOOST_TEST(least >= milliseconds(100));
    BOOST_TEST(least < milliseconds(101));
    BOOST_TEST(sum / draws > milliseconds(148));
    BOOST_TEST(sum / draws < milliseconds(152));
    BOOST_TEST(sum_tailed / draws > milliseconds(335)); // a fifth of them a second longer
    BOOST_TEST(sum_tailed / draws < milliseconds(365));
    BOOST_TEST(draw(random, delay{}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
