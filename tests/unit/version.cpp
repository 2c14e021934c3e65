// SPDX-License-Identifier: BSL-1.0
#include "tests/support/tree.hpp"

#include <snapproto/version.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
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

namespace {

std::string read(const std::string& path) {
    std::ifstream in{snapproto::tests::source_path(path), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

BOOST_AUTO_TEST_CASE(the_changelog_starts_with_the_version_to_come) {
    BOOST_TEST(read("CHANGELOG.md").find("\n## Unreleased (" SNAPPROTO_VERSION_STRING ")\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_readme_asks_for_a_version_that_the_package_accepts) {
    const std::string wanted = "find_package(snapproto " + std::to_string(SNAPPROTO_VERSION_MAJOR) +
                               "." + std::to_string(SNAPPROTO_VERSION_MINOR) + " REQUIRED)";
    BOOST_TEST(read("README.md").find(wanted) != std::string::npos);
}
