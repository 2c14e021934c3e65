// SPDX-License-Identifier: BSL-1.0
// The checks of Hyper-V's daemons: the reference passes all, each fault is caught by the check that
// is named for it, and the played guest does what a kernel would.
#include "conformance/builtin/hyperv_builtin.hpp"
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/runner.hpp"

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <set>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

run_result run_all(target& daemon) {
    std::vector<const check*> every;
    for (const check& one : hyperv_checks().all()) {
        every.push_back(&one);
    }
    run_options how;
    how.always_fresh = true;
    return run_checks(daemon, every, how);
}

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_daemons)

BOOST_AUTO_TEST_CASE(there_are_at_least_forty_checks_and_fifteen_faults) {
    BOOST_TEST(hyperv_checks().all().size() >= 40U);
    BOOST_TEST(hyperv_builtin_faults().size() >= 15U);
    std::set<std::string_view> names;
    for (const fault_info& one : hyperv_builtin_faults()) {
        BOOST_TEST_CONTEXT(one.name) {
            BOOST_TEST(names.insert(one.name).second);
            BOOST_TEST(!one.source.empty());
            BOOST_TEST(hyperv_checks().find(one.caught_by) != nullptr);
        }
    }
    BOOST_CHECK_THROW((void)make_hyperv_builtin("no-such-fault"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_reference_daemon_is_caught_by_no_check) {
    const auto daemon = make_hyperv_builtin("reference");
    const run_result all = run_all(*daemon);
    BOOST_TEST(all.cases.size() == hyperv_checks().all().size());
    for (const case_result& one : all.cases) {
        BOOST_TEST_CONTEXT(one.id << " " << one.title << ": " << one.found.actual) {
            BOOST_TEST((one.verdict == status::pass));
        }
    }
}

// The matrix: each fault, and all that catch it.
BOOST_AUTO_TEST_CASE(every_daemons_fault_is_caught_by_its_check) {
    for (const fault_info& one : hyperv_builtin_faults()) {
        const auto daemon = make_hyperv_builtin(one.name);
        std::string caught;
        bool named = false;
        for (const case_result& each : run_all(*daemon).cases) {
            if (each.deviates()) {
                caught += ' ' + each.id;
                named = named || each.id == one.caught_by;
            }
        }
        BOOST_TEST_MESSAGE(
            fmt::format("{:<28} {:<8} caught by{}", one.name, one.caught_by, caught));
        BOOST_TEST(named,
                   one.name << " is not caught by " << one.caught_by << ", but by" << caught);
    }
}

BOOST_AUTO_TEST_CASE(the_played_guest_freezes_as_a_kernel_does) {
    played_guest guest;
    guest.reset();
    const int first = guest.open("/srv");
    BOOST_TEST(guest.open("/nowhere") == -ENOENT);
    BOOST_TEST(guest.call(first, true) == 0);
    BOOST_TEST(guest.call(first, true) == EBUSY);
    guest.mounts.push_back({"/dev/vdd1", "/srv"});
    const int over = guest.open("/srv");
    BOOST_TEST(guest.call(over, false) == EINVAL);
    BOOST_TEST(guest.is_frozen("/dev/vdb1"));
    BOOST_TEST(guest.call(first, false) == 0);
    BOOST_TEST(guest.frozen().empty());
    guest.freeze_fails["/dev/vdb1"] = EIO;
    BOOST_TEST(guest.call(first, true) == EIO);
    BOOST_TEST(guest.call(99, true) == EBADF);
    BOOST_TEST(guest.call(guest.open("/proc"), true) == EOPNOTSUPP);
    BOOST_TEST(guest.table().ends_with("/dev/vdd1 /srv ext4 rw,relatime 0 0\n"));
}

// The checks of effect judge embedded daemons by this: it must show a freeze, and show none.
BOOST_AUTO_TEST_CASE(a_played_filesystem_shows_whether_it_is_held) {
    const auto daemon = make_hyperv_builtin("reference");
    freeze_target& seen = *daemon->freeze_targets().at(1);
    BOOST_TEST(seen.mount() == "/srv");
    const auto busy = *seen.start_writer();
    const duration span = std::chrono::milliseconds(100);
    BOOST_TEST(busy->moves_within(span));
    BOOST_TEST(!busy->blocked_for(span));
    const std::string before = *seen.device_digest();
    daemon->sleep_for(span);
    BOOST_TEST(*seen.device_digest() != before);
    BOOST_TEST(((*seen.examine_copy()).verdict == copy_verdict::needs_recovery));
    const auto left = *seen.leave_witness();
    BOOST_TEST(!*left->in_copy());

    BOOST_TEST(*seen.foreign_freeze());
    BOOST_TEST(*seen.is_frozen());
    const std::string held = *seen.device_digest();
    BOOST_TEST(busy->blocked_for(span));
    BOOST_TEST(!busy->moves_within(span));
    BOOST_TEST(*seen.device_digest() == held);
    BOOST_TEST(((*seen.examine_copy()).verdict == copy_verdict::clean));
    BOOST_TEST(*left->in_copy());

    BOOST_TEST(*seen.foreign_thaw());
    BOOST_TEST(!*seen.is_frozen());
    BOOST_TEST(busy->moves_within(span));
}

BOOST_AUTO_TEST_CASE(every_dialect_has_what_the_program_needs) {
    BOOST_TEST(dialects().size() == 4U);
    for (const dialect* one : dialects()) {
        BOOST_TEST_CONTEXT(one->name) {
            BOOST_TEST(!one->checks(role::agent).all().empty());
            BOOST_TEST(!one->faults(role::agent).empty());
            BOOST_TEST(!one->checks(role::orchestrator).all().empty());
            BOOST_TEST(!one->faults(role::orchestrator).empty());
            BOOST_TEST((one->embedded_orchestrator != nullptr));
            BOOST_TEST((one->make_orchestrator_trial != nullptr));
            BOOST_TEST(!one->orchestrator_page.empty());
            BOOST_TEST((one->attach != nullptr));
            BOOST_TEST(&find_dialect(std::string(one->name)) == one);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
