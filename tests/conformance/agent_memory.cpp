// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/agent_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

using snapproto::conformance::builtin::agent_memory;

BOOST_AUTO_TEST_SUITE(memory_of_agents)

BOOST_AUTO_TEST_CASE(a_block_counts_from_its_allocation_at_work_until_somebody_frees_it) {
    const agent_memory memory;
    std::vector<char> kept;
    BOOST_TEST(memory.bytes() == 0U);
    std::uint64_t during = 0; // compared outside, since a comparison may allocate too
    {
        const agent_memory::at_work here(memory);
        const std::vector<char> passing(5000);
        kept.resize(1000);
        during = memory.bytes();
    }
    BOOST_TEST(during == 6000U);
    BOOST_TEST(memory.bytes() == 1000U);
    const std::vector<char> of_somebody_else(3000);
    BOOST_TEST(memory.bytes() == 1000U);
    std::thread([&] { std::vector<char>().swap(kept); }).join();
    BOOST_TEST(memory.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(the_innermost_agent_at_work_is_charged) {
    const agent_memory outer;
    const agent_memory inner;
    std::uint64_t of_outer = 0;
    std::uint64_t of_inner = 0;
    {
        const agent_memory::at_work first(outer);
        const std::vector<char> one(10);
        {
            const agent_memory::at_work second(inner);
            const std::vector<char> other(20);
            of_inner = inner.bytes();
        }
        const std::vector<char> again(30);
        of_outer = outer.bytes();
    }
    BOOST_TEST(of_inner == 20U);
    BOOST_TEST(of_outer == 40U);
    BOOST_TEST(inner.bytes() + outer.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_block_may_outlive_its_agent) {
    std::string kept;
    {
        const agent_memory memory;
        const agent_memory::at_work here(memory);
        kept.assign(1000, 'x');
    }
    BOOST_TEST(kept == std::string(1000, 'x'));
}

BOOST_AUTO_TEST_SUITE_END()
