// SPDX-License-Identifier: BSL-1.0
// What each dialect can keep: the page, its counterexamples, and the traits behind them.
#include "simulator/explore/snapshot/property_table.hpp"

#include "simulator/explore/snapshot/chart.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::explore;

std::string text_of(const char* path) {
    std::ifstream in{tests::source_path(path), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// All dialects explored once for all tests of this file.
const std::vector<dialect_findings>& all_findings() {
    static const auto found = [] {
        std::vector<dialect_findings> made;
        for (const auto name : dialect_names()) {
            made.push_back(findings_of(*dialect_from(name), {}));
        }
        return made;
    }();
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(property_table)

BOOST_AUTO_TEST_CASE(the_page_says_what_the_explorer_finds) {
    BOOST_TEST_REQUIRE(all_findings().size() == profile_count);
    for (const auto& of : all_findings()) {
        for (const auto& surprise : of.surprises) {
            BOOST_ERROR(surprise);
        }
    }
    const auto page = properties_page(all_findings());
    BOOST_TEST((page == text_of("docs/reference/dialect-properties.md")),
               "the page is old; scripts/generate_docs.sh writes it anew");
}

BOOST_AUTO_TEST_CASE(native_keeps_everything) {
    for (const auto& one : all_findings().front().all) {
        BOOST_TEST((one.what == finding::kind::holds || one.what == finding::kind::elsewhere),
                   name_of(one.number));
    }
}

BOOST_AUTO_TEST_CASE(each_counterexample_is_repeated_and_is_excused_from_only_where_it_says_so) {
    std::size_t broken = 0;
    for (const auto& of : all_findings()) {
        for (const auto& one : of.all) {
            if (one.what != finding::kind::broken) {
                continue;
            }
            BOOST_TEST_CONTEXT(traits_of(of.dialect).name << ", " << name_of(one.number)) {
                ++broken;
                BOOST_TEST_REQUIRE(!one.run.steps.empty());
                // Through the text of a scenario, as `snapsim run` takes it.
                const auto read = scenario_from(to_scenario(one.shown_by, one.run));
                BOOST_TEST((replay(read.what, read.actions).broken == one.number));
                auto excused = read.what;
                excused.strict = false;
                BOOST_TEST((replay(excused, read.actions).broken == property::none));
                excused.judged = every_property;
                BOOST_TEST((replay(excused, read.actions).broken == property::none));
            }
        }
    }
    BOOST_TEST(broken >= 3U);
}

BOOST_AUTO_TEST_CASE(each_lack_names_a_clause_of_its_dialect) {
    const auto spec = text_of("docs/spec.md");
    for (const auto name : dialect_names()) {
        const auto& traits = traits_of(*dialect_from(name));
        for (const auto& one : traits.lacks) {
            BOOST_TEST_CONTEXT(name << ", " << name_of(one.number)) {
                BOOST_TEST(!one.why.empty());
                BOOST_TEST(one.governed_by.chapter >= 20);
                const auto heading =
                    fmt::format("### SP {}.{} ", one.governed_by.chapter, one.governed_by.number);
                BOOST_TEST((spec.find(heading) != std::string::npos), heading);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(names_of_dialects_and_properties_are_read_as_they_are_written) {
    for (const auto name : dialect_names()) {
        const auto read = dialect_from(name);
        BOOST_TEST_REQUIRE(read.has_value());
        BOOST_TEST(traits_of(*read).name == name);
    }
    BOOST_TEST(!dialect_from("smb").has_value());
    const auto two = properties_from("18.2,18.12");
    BOOST_TEST((two == (bit_of(property::no_false_success) | bit_of(property::stale_safety))));
    BOOST_TEST(to_text_of_properties(two) == "18.2,18.12");
    BOOST_CHECK_THROW((void)properties_from("18.10"), std::invalid_argument); // not of this model
    BOOST_CHECK_THROW((void)properties_from("18.2,"), std::invalid_argument);
    BOOST_CHECK_THROW((void)properties_from("window"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(only_the_properties_that_are_named_are_judged) {
    config what{.from = beginning::frozen, .wrong = flaw::not_held_is_clean};
    what.judged = bit_of(property::truthful_thawed);
    const auto found = explore_snapshot(what, {}, false);
    BOOST_TEST_REQUIRE(found.counterexample.has_value());
    BOOST_TEST((found.counterexample->broken == property::truthful_thawed));
    what.judged = bit_of(property::order);
    BOOST_TEST(!explore_snapshot(what, {}, false).counterexample.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
