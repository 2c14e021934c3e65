// SPDX-License-Identifier: BSL-1.0

// An assertion goes where the program sends it when it says so before the first include.
namespace {
int failed_assertions = 0;
} // namespace
#define SNAPPROTO_ASSERT(condition) ((condition) ? void() : void(++failed_assertions))

#include <snapproto/core/assert.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_CASE(a_program_can_send_assertions_elsewhere) {
    failed_assertions = 0;
    SNAPPROTO_ASSERT(1 + 1 == 2);
    BOOST_TEST(failed_assertions == 0);
    SNAPPROTO_ASSERT(1 + 1 == 3);
    BOOST_TEST(failed_assertions == 1);
}
