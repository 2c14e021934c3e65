// SPDX-License-Identifier: BSL-1.0
// The entry point shared by all test programs; the build names the module.
#define BOOST_TEST_MODULE SNAPPROTO_TEST_MODULE
#include <boost/test/unit_test.hpp>
