// SPDX-License-Identifier: BSL-1.0
// The checks of guests that speak vmbackup: the reference passes all, and each fault is caught by
// the check that is named for it.
#include "conformance/builtin/vmbackup_builtin.hpp"
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/clauses/words.hpp"
#include "conformance/runner.hpp"

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

run_result run_all(target& guest) {
    std::vector<const check*> every;
    for (const check& one : vmbackup_checks().all()) {
        every.push_back(&one);
    }
    run_options how;
    how.always_fresh = true;
    return run_checks(guest, every, how);
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_guests)

BOOST_AUTO_TEST_CASE(there_are_at_least_forty_checks_and_fifteen_faults) {
    BOOST_TEST(vmbackup_checks().all().size() >= 40U);
    BOOST_TEST(vmbackup_builtin_faults().size() >= 15U);
    std::set<std::string_view> names;
    for (const fault_info& one : vmbackup_builtin_faults()) {
        BOOST_TEST_CONTEXT(one.name) {
            BOOST_TEST(names.insert(one.name).second);
            BOOST_TEST(!one.source.empty());
            BOOST_TEST(vmbackup_checks().find(one.caught_by) != nullptr);
        }
    }
    for (const check& one : vmbackup_checks().all()) {
        BOOST_TEST((find_words(one.id()) != nullptr), one.id());
    }
    BOOST_CHECK_THROW((void)make_vmbackup_builtin("no-such-fault"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_reference_guest_is_caught_by_no_check) {
    const auto guest = make_vmbackup_builtin("reference");
    const run_result all = run_all(*guest);
    BOOST_TEST(all.cases.size() == vmbackup_checks().all().size());
    for (const case_result& one : all.cases) {
        BOOST_TEST_CONTEXT(one.id << " " << one.title << ": " << one.found.actual) {
            BOOST_TEST((one.verdict == status::pass));
        }
    }
}

// The matrix: each fault, and all that catch it.
BOOST_AUTO_TEST_CASE(every_guests_fault_is_caught_by_its_check) {
    for (const fault_info& one : vmbackup_builtin_faults()) {
        const auto guest = make_vmbackup_builtin(one.name);
        std::string caught;
        bool named = false;
        for (const case_result& each : run_all(*guest).cases) {
            if (each.deviates()) {
                caught += ' ' + each.id;
                named = named || each.id == one.caught_by;
            }
        }
        BOOST_TEST_MESSAGE(
            fmt::format("{:<26} {:<8} caught by{}", one.name, one.caught_by, caught));
        BOOST_TEST(named,
                   one.name << " is not caught by " << one.caught_by << ", but by" << caught);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
