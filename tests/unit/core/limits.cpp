// SPDX-License-Identifier: BSL-1.0
#include <snapproto/core/limits.hpp>

#include <boost/test/unit_test.hpp>

using namespace snapproto;
using namespace std::chrono_literals;

// SP 15.6
BOOST_AUTO_TEST_CASE(the_timers_have_the_defaults_of_the_timer_table) {
    const timer_limits timers;
    BOOST_TEST((timers.negotiate == 5s));
    BOOST_TEST((timers.prepare == 180s));
    BOOST_TEST((timers.quiesce == 60s));
    BOOST_TEST((timers.freeze == 30s));
    BOOST_TEST((timers.thaw == 30s));
    BOOST_TEST((timers.resume == 60s));
    BOOST_TEST((timers.sequence_ready == 180s));
    BOOST_TEST((timers.sequence_await == 1800s));
    BOOST_TEST((timers.keep_alive == 2500ms));
    BOOST_TEST((timers.liveness == 15s));
    BOOST_TEST((timers.retry_first == 1s));
    BOOST_TEST((timers.retry_max == 30s)); // SP 15.7
    BOOST_TEST((timers.cut == 10s));
    BOOST_TEST(int{timers.abort_resends_max} == 2); // SP 12.20
}

BOOST_AUTO_TEST_CASE(the_hold_is_short_and_cannot_be_asked_to_be_long) {
    const timer_limits timers;
    BOOST_TEST((timers.hold == 10s)); // SP 15.5
    BOOST_TEST((timers.hold_max == 60s));
    BOOST_TEST((timers.hold < timers.freeze));
}

BOOST_AUTO_TEST_CASE(the_limits_fit_each_other) {
    const wire_limits wire;
    BOOST_TEST(wire.string_bytes_max < wire.frame_bytes_max);
    BOOST_TEST(wire.nesting_max >= 4U);
    const agent_limits agent;
    BOOST_TEST(agent.participants_max <= wire.list_entries_max);
    BOOST_TEST(agent.outputs_max >= agent.participants_max);
    BOOST_TEST(agent.participants_max - 1 <= 0xffffU); // participant_index has 16 bits
    static_assert(group_limits::agents_max <= 64);     // an agent_set has 64 bits
}
