// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/hyperv/profile.hpp>

#include <snapproto/dialect/hyperv/wire.hpp>
#include <snapproto/dialect/qga/profile.hpp>

#include <tests/support/spec_document.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string_view>

using namespace snapproto;

BOOST_AUTO_TEST_SUITE(hyperv_profile)

// SP 1.8, SP 39.1
BOOST_AUTO_TEST_CASE(every_clause_of_the_profile_is_in_the_specification) {
    std::set<std::string_view> features;
    for (const hyperv::capability& entry : hyperv::capabilities) {
        BOOST_TEST(tests::the_spec().has(entry.governed_by), entry.feature);
        BOOST_TEST(features.insert(entry.feature).second, entry.feature);
        BOOST_TEST(hyperv::find_capability(entry.feature) == &entry);
    }
    BOOST_TEST(hyperv::find_capability("no such thing") == nullptr);
    for (const hyperv::deviation& entry : hyperv::deviations) {
        BOOST_TEST(tests::the_spec().has(entry.governed_by), entry.observed);
        BOOST_TEST(!entry.expected.empty());
        BOOST_TEST(!entry.consequence.empty());
    }
    // What two dialects can be compared by.
    for (const qga::capability& entry : qga::capabilities) {
        BOOST_TEST(features.contains(entry.feature), entry.feature);
    }
}

// SP 32.6: the flags as the profile of the host side has them.
BOOST_AUTO_TEST_CASE(a_backup_that_needs_no_recovery_is_told_by_two_bits) {
    BOOST_TEST(hyperv::hot_backup_flags == 0b101U);
}

// SP 34.5, SP 35.16
BOOST_AUTO_TEST_CASE(freeze_has_a_quarter_of_an_hour_and_old_kernels_had_ten_seconds) {
    using namespace std::chrono_literals;
    BOOST_TEST((hyperv::default_timers.freeze == 15min));
    BOOST_TEST((hyperv::default_timers.others == 30s));
    BOOST_TEST((hyperv::default_timers.freebsd == 15s));
    BOOST_TEST((hyperv::old_linux_timers.freeze == 10s));
    BOOST_TEST((hyperv::old_linux_timers.others == 10s));
}

BOOST_AUTO_TEST_SUITE_END()
