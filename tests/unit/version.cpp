// SPDX-License-Identifier: BSL-1.0
#include <snapproto/version.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_CASE(the_version_string_is_made_of_the_three_numbers) {
    const std::string numbers = std::to_string(SNAPPROTO_VERSION_MAJOR) + "." +
                                std::to_string(SNAPPROTO_VERSION_MINOR) + "." +
                                std::to_string(SNAPPROTO_VERSION_PATCH);
    BOOST_TEST(numbers == SNAPPROTO_VERSION_STRING);
}

BOOST_AUTO_TEST_CASE(the_build_system_took_the_same_version) {
    BOOST_TEST(std::string{SNAPPROTO_CMAKE_VERSION} == SNAPPROTO_VERSION_STRING);
}
