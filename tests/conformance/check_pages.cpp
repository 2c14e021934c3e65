// SPDX-License-Identifier: BSL-1.0
// docs/checks/: every check has words, the pages are what would be written.
#include "conformance/spec/check_pages.hpp"
#include "conformance/clauses/words.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>

namespace snapproto::conformance {
namespace {

const std::string folder = tests::source_path("docs/checks/");

} // namespace

BOOST_AUTO_TEST_SUITE(pages_of_the_checks)

BOOST_AUTO_TEST_CASE(every_check_has_words_and_no_words_are_left) {
    std::set<std::string_view> ids;
    for (const check_words& one : every_check_words()) {
        BOOST_TEST_CONTEXT(one.id) {
            BOOST_TEST(ids.insert(one.id).second);
            BOOST_TEST((every_check().find(one.id) != nullptr));
            for (const std::string_view words : {one.sends, one.accepts, one.fix}) {
                BOOST_TEST(words.size() > 4U);
                BOOST_TEST((words.ends_with('.') || words.ends_with(".`")), words);
            }
        }
    }
    BOOST_TEST(ids.size() == every_check().all().size());
    for (const check& one : every_check().all()) {
        BOOST_TEST(words_of(one).id == one.id());
    }
}

BOOST_AUTO_TEST_CASE(the_pages_are_up_to_date) {
    std::size_t checks = 0;
    for (const check_group& group : check_groups()) {
        BOOST_TEST((test::read_all(folder + group.name() + ".md") == check_page(group)),
                   "docs/checks/" << group.name()
                                  << ".md is out of date; run scripts/generate_docs.sh");
        checks += group.checks().size();
    }
    BOOST_TEST(checks == every_check().all().size());
    BOOST_TEST((test::read_all(folder + std::string{"README.md"}) == check_index()),
               "docs/checks/README.md is out of date; run scripts/generate_docs.sh");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
