// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/session_resources.hpp"

#include "conformance/attach/process.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

using namespace snapproto::conformance;

BOOST_AUTO_TEST_SUITE(conformance_session_resources)

BOOST_AUTO_TEST_CASE(a_child_and_its_own_children_are_counted) {
    process alone({"sleep", "30"});
    process parent({"sh", "-c", "sleep 30 & sleep 30 & wait"});
    resource_use one;
    resource_use three;
    // Until the shell has started its children.
    for (int i = 0; i < 200 && three.memory_bytes < 2 * one.memory_bytes + 1; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        const auto seen_one = resources_of_session(alone.id());
        const auto seen_three = resources_of_session(parent.id());
        BOOST_TEST_REQUIRE(bool(seen_one));
        BOOST_TEST_REQUIRE(bool(seen_three));
        one = *seen_one;
        three = *seen_three;
    }
    BOOST_TEST(one.memory_bytes > 0U);
    BOOST_TEST(three.memory_bytes > 2 * one.memory_bytes);
}

BOOST_AUTO_TEST_CASE(processor_time_rises_with_work_only) {
    process busy({"sh", "-c", "while :; do :; done"});
    process idle({"sleep", "30"});
    resource_use worked;
    for (int i = 0; i < 500 && worked.processor < std::chrono::milliseconds(50); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        const auto seen = resources_of_session(busy.id());
        BOOST_TEST_REQUIRE(bool(seen));
        worked = *seen;
    }
    BOOST_TEST(worked.processor.count() >= duration(std::chrono::milliseconds(50)).count());
    const auto rested = resources_of_session(idle.id());
    BOOST_TEST_REQUIRE(bool(rested));
    BOOST_TEST((*rested).processor.count() < duration(std::chrono::milliseconds(50)).count());
}

BOOST_AUTO_TEST_CASE(a_process_that_is_gone_is_unknown_and_not_nothing) {
    pid_t gone = 0;
    {
        process brief({"true"});
        gone = brief.id();
        (void)brief.wait_exit(std::chrono::seconds(5));
    }
    const auto seen = resources_of_session(gone);
    BOOST_TEST(!seen);
    BOOST_TEST(!seen.why.empty());
}

BOOST_AUTO_TEST_SUITE_END()
