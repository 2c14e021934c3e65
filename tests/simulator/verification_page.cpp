// SPDX-License-Identifier: BSL-1.0
// docs/verification.md says what the manifest and the ledger of mutants say.
#include "simulator/explore/snapshot/manifest.hpp"
#include "simulator/explore/snapshot/mutants.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace snapproto::explore;

std::string text_of(const char* path) {
    std::ifstream in{snapproto::tests::source_path(path), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string plural(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// With a space between each three digits, as the page writes them.
std::string grouped(std::size_t number) {
    auto text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, " ");
    }
    return text;
}

// The row of a configuration, up to the figures of one machine.
std::string row_of(const manifest_entry& entry) {
    const config& what = entry.what;
    return fmt::format(
        "| {}, {} of {}, {}, {} | {} | {} |", what.traits().name, plural(what.agents, "agent"),
        what.participants, plural(what.sessions, "session"), plural(what.fault_budget, "fault"),
        grouped(entry.states_without_symmetry), grouped(entry.transitions_without_symmetry));
}

} // namespace

BOOST_AUTO_TEST_SUITE(verification_page)

BOOST_AUTO_TEST_CASE(the_page_has_the_numbers_of_every_configuration) {
    const auto page = text_of("docs/verification.md");
    const auto manifest = manifest_from(text_of("simulator/explore/manifest.json"));
    BOOST_TEST(manifest.size() >= 13U);
    for (const auto& entry : manifest) {
        const auto row = row_of(entry);
        BOOST_TEST_CONTEXT(row) {
            BOOST_TEST((page.find(row) != std::string::npos));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_page_reports_what_the_ledger_of_mutants_says) {
    const auto page = text_of("docs/verification.md");
    const auto ledger = ledger_from(text_of("simulator/explore/mutants.ledger"));
    BOOST_TEST((with_report(page, ledger) == page));
    const auto all = all_mutations();
    BOOST_TEST_REQUIRE(ledger.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        BOOST_TEST_CONTEXT(to_text(all[i])) {
            BOOST_TEST((to_text(ledger[i].change) == to_text(all[i])));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
