// SPDX-License-Identifier: BSL-1.0
// Does the suite bite? Every fault of the embedded agent is caught by the check that is named for
// it, and the reference agent by none.
#include "conformance/builtin/builtin.hpp"
#include "conformance/builtin/made_agent.hpp"
#include "conformance/builtin/unusual.hpp"
#include "conformance/check.hpp"
#include "conformance/runner.hpp"

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::conformance {
namespace {

run_result run_all(target& agent) {
    std::vector<const check*> every;
    for (const check& one : qga_checks().all()) {
        every.push_back(&one);
    }
    return run_checks(agent, every, {});
}

} // namespace

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(there_are_at_least_forty_with_a_source_and_a_check_each) {
    BOOST_TEST(builtin_faults().size() >= 40U);
    std::set<std::string_view> names;
    for (const fault_info& one : builtin_faults()) {
        BOOST_TEST_CONTEXT(one.name) {
            BOOST_TEST(names.insert(one.name).second);
            BOOST_TEST(!one.sentence.empty());
            BOOST_TEST(!one.source.empty());
            BOOST_TEST(qga_checks().find(one.caught_by) != nullptr);
        }
    }
    BOOST_CHECK_THROW((void)make_builtin("no-such-fault", 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_reference_agent_is_caught_by_no_check) {
    const auto agent = make_builtin("reference", 1);
    const run_result all = run_all(*agent);
    BOOST_TEST(all.cases.size() == qga_checks().all().size());
    for (const case_result& one : all.cases) {
        BOOST_TEST_CONTEXT(one.id << " " << one.title) {
            BOOST_TEST(!one.deviates());
        }
    }
}

BOOST_AUTO_TEST_CASE(no_check_is_held_against_an_agent_that_is_only_unusual) {
    BOOST_TEST(builtin_unusual_agents().size() >= 12U);
    for (const fault_info& agent : builtin_unusual_agents()) {
        const run_result all = run_all(*make_builtin(agent.name, 1));
        for (const case_result& one : all.cases) {
            BOOST_TEST_CONTEXT(agent.name << ", " << one.id << " " << one.found.actual) {
                BOOST_TEST(!one.deviates());
            }
        }
    }
}

// Within the bounds of SP 28.6 and SP 28.7.
BOOST_AUTO_TEST_CASE(no_check_is_held_against_an_agent_that_freezes_slowly) {
    builtin::fault slow;
    slow.settings = [](builtin::agent_settings& set) {
        set.freeze_takes = std::chrono::milliseconds(200);
    };
    const auto agent = builtin::make_embedded(std::move(slow), "freezes-slowly");
    for (const case_result& one : run_all(*agent).cases) {
        BOOST_TEST_CONTEXT(one.id << " " << one.found.actual) {
            BOOST_TEST(!one.deviates());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_fault_is_caught_by_its_check_which_the_reference_passes) {
    const auto reference = make_builtin("reference", 1);
    std::size_t caught = 0;
    for (const fault_info& one : builtin_faults()) {
        const check* const named = qga_checks().find(one.caught_by);
        BOOST_REQUIRE(named != nullptr);
        const auto agent = make_builtin(one.name, 1);
        const run_result got = run_checks(*agent, {named}, {});
        const run_result good = run_checks(*reference, {named}, {});
        const bool bites = got.cases.size() == 1 && got.cases.front().deviates();
        caught += bites ? 1 : 0;
        BOOST_TEST_MESSAGE(fmt::format("{:<34} {:<8} {}", one.name, one.caught_by,
                                       bites ? "caught" : "NOT CAUGHT"));
        BOOST_TEST_CONTEXT(one.name << " by " << one.caught_by) {
            BOOST_TEST(bites);
            BOOST_TEST((good.cases.front().verdict == status::pass));
        }
    }
    BOOST_TEST_MESSAGE(fmt::format("{} of {} faults caught", caught, builtin_faults().size()));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_verdicts) {
    const auto verdicts = [] {
        const auto agent = make_builtin("lets-go-in-silence", 7);
        std::string all;
        for (const case_result& one : run_all(*agent).cases) {
            all +=
                fmt::format("{} {} {}\n", one.id, static_cast<int>(one.verdict), one.found.actual);
        }
        return all;
    };
    BOOST_TEST(verdicts() == verdicts());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
