// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vmbackup/profile.hpp>

#include <snapproto/dialect/qga/profile.hpp>
#include <snapproto/dialect/vmbackup/history.hpp>

#include <tests/support/spec_document.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string_view>

using namespace snapproto;

BOOST_AUTO_TEST_SUITE(vmbackup_profile)

// SP 1.8, SP 49.1
BOOST_AUTO_TEST_CASE(every_clause_of_the_profile_is_in_the_specification) {
    std::set<std::string_view> features;
    for (const vmbackup::capability& entry : vmbackup::capabilities) {
        BOOST_TEST(tests::the_spec().has(entry.governed_by), entry.feature);
        BOOST_TEST(features.insert(entry.feature).second, entry.feature);
        BOOST_TEST(vmbackup::find_capability(entry.feature) == &entry);
    }
    BOOST_TEST(vmbackup::find_capability("no such thing") == nullptr);
    for (const vmbackup::deviation& entry : vmbackup::deviations) {
        BOOST_TEST(tests::the_spec().has(entry.governed_by), entry.observed);
        BOOST_TEST(!entry.expected.empty());
        BOOST_TEST(!entry.consequence.empty());
    }
    // What two dialects can be compared by.
    for (const qga::capability& entry : qga::capabilities) {
        BOOST_TEST(features.contains(entry.feature), entry.feature);
    }
}

// SP 45.9, SP 45.17, SP 46.7
BOOST_AUTO_TEST_CASE(an_operation_has_a_quarter_of_an_hour_and_gives_a_sign_twice_in_five_seconds) {
    using namespace std::chrono_literals;
    BOOST_TEST((vmbackup::default_timers.operation == 15min));
    constexpr vmbackup::keep_alive_limits signs;
    BOOST_TEST((2 * signs.send_after == signs.contract));
    BOOST_TEST((signs.send_after + vmbackup::default_timers.poll < signs.contract));
    BOOST_TEST((signs.tolerance == vmbackup::default_timers.poll));
}

// SP 40.2, SP 40.3: the ports on which a host listens for the two directions.
BOOST_AUTO_TEST_CASE(each_direction_has_a_port_of_its_own) {
    BOOST_TEST(vmbackup::tclo_port == 975U);
    BOOST_TEST(vmbackup::rpci_port == 976U);
}

BOOST_AUTO_TEST_SUITE_END()
