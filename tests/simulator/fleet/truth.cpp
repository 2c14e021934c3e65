// SPDX-License-Identifier: BSL-1.0
// The checks of every session can fail.
#include "simulator/fleet/truth.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace snapproto;
using namespace snapproto::fleet;

namespace {

// One application held from 100 to 400, two filesystems from 150 and 200 to 300.
guest_truth quiet_guest() {
    guest_truth made{{.count = 1}, {.count = 2}};
    made.applications.hold(100);
    made.filesystems.hold(150);
    made.filesystems.hold(200);
    made.filesystems.ask_to_release(300);
    made.filesystems.release(310);
    made.filesystems.ask_to_release(310);
    made.filesystems.release(330);
    made.applications.ask_to_release(330);
    made.applications.release(400);
    return made;
}

std::string claim(consistency label, ticks from, ticks to, bool done = true) {
    const std::array guests{quiet_guest()};
    return untrue_claim(label, {from, to, done}, guests);
}

} // namespace

BOOST_AUTO_TEST_SUITE(fleet_truth)

BOOST_AUTO_TEST_CASE(times_are_counted_from_the_first_hold_to_the_last_release) {
    const auto guest = quiet_guest();
    BOOST_TEST(guest.stopped() == 300);
    BOOST_TEST(guest.held() == 180);
    BOOST_TEST(!guest.holds_something());
    BOOST_TEST(guest_truth{}.stopped() == 0);
    BOOST_TEST(guest_truth{}.held() == 0);
}

BOOST_AUTO_TEST_CASE(a_claim_is_true_for_a_cut_within_the_hold_and_for_no_other) {
    for (const auto label : {consistency::filesystem, consistency::application}) {
        BOOST_TEST(claim(label, 200, 300) == "");
        BOOST_TEST(claim(label, 199, 300) != "");
        BOOST_TEST(claim(label, 200, 301) != "");
    }
    BOOST_TEST(claim(consistency::crash, 10, 20) == "");
    BOOST_TEST(claim(consistency::none, 10, 20) == "");
}

BOOST_AUTO_TEST_CASE(an_application_that_ran_spoils_the_higher_claim_only) {
    auto guest = quiet_guest();
    guest.applications = {.count = 1};
    const std::array guests{guest};
    BOOST_TEST(untrue_claim(consistency::filesystem, {200, 300, true}, guests) == "");
    BOOST_TEST(untrue_claim(consistency::application, {200, 300, true}, guests) ==
               "application is claimed, and guest 0 was not quiet during the cut");
}

BOOST_AUTO_TEST_CASE(one_guest_of_a_group_that_was_not_frozen_spoils_the_claim) {
    const std::array guests{quiet_guest(), guest_truth{{.count = 1}, {.count = 2}}};
    BOOST_TEST(untrue_claim(consistency::filesystem, {200, 300, true}, guests) ==
               "filesystem is claimed, and guest 1 was not frozen during the cut");
}

BOOST_AUTO_TEST_CASE(nothing_can_be_claimed_of_a_copy_that_does_not_exist) {
    BOOST_TEST(claim(consistency::crash, 200, 300, false) ==
               "crash is claimed of a copy that was never cut");
    BOOST_TEST(claim(consistency::none, 200, 300, false) == "");
}

BOOST_AUTO_TEST_CASE(the_hold_limit_counts_from_the_first_filesystem_to_the_first_release) {
    BOOST_TEST(broken_limit(quiet_guest(), 150) == "");
    BOOST_TEST(broken_limit(quiet_guest(), 149) != "");
    guest_truth forgotten{{.count = 0}, {.count = 1}};
    forgotten.filesystems.hold(10);
    BOOST_TEST(broken_limit(forgotten, 1'000'000) ==
               "a filesystem is held and was never asked to go on");
    BOOST_TEST(forgotten.holds_something());
    BOOST_TEST(broken_limit(guest_truth{}, 0) == "");
}

BOOST_AUTO_TEST_CASE(a_machine_that_is_off_holds_nothing_and_was_quiet_until_then) {
    guest_truth guest{{.count = 1}, {.count = 1}};
    guest.applications.hold(10);
    guest.filesystems.hold(20);
    guest.applications.vanish(50);
    guest.filesystems.vanish(50);
    BOOST_TEST(!guest.holds_something());
    BOOST_TEST(guest.stopped() == 40);
    BOOST_TEST(guest.held() == 30);
    const std::array guests{guest};
    BOOST_TEST(untrue_claim(consistency::application, {20, 50, true}, guests) == "");
    BOOST_TEST(untrue_claim(consistency::application, {20, 51, true}, guests) != "");
}

BOOST_AUTO_TEST_SUITE_END()
