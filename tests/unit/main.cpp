// SPDX-License-Identifier: BSL-1.0
// The entry point that all test programs share.
#define BOOST_TEST_MODULE snapproto
#include <boost/test/unit_test.hpp>
