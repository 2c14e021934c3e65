// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/spec_text.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <string>

BOOST_AUTO_TEST_CASE(the_embedded_specification_is_the_document_byte_for_byte) {
    std::ifstream in{snapproto::tests::source_path("docs/spec.md"), std::ios::binary};
    BOOST_TEST_REQUIRE(in.good());
    const std::string document{std::istreambuf_iterator<char>{in}, {}};
    BOOST_TEST(document.size() > 1000U);
    BOOST_TEST((snapproto::conformance::spec_text() == document));
}
