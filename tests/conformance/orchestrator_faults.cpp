// SPDX-License-Identifier: BSL-1.0
// Does the suite bite orchestrators? Every fault of the embedded one is caught by the check that is
// named for it, and the reference by none.
#include "conformance/builtin/builtin.hpp"
#include "conformance/check.hpp"
#include "conformance/orchestrator/run_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

run_result run_all(orchestrator_target& judged) {
    std::vector<const check*> every;
    for (const check& one : qga_orchestrator_checks().all()) {
        every.push_back(&one);
    }
    return run_checks(judged, every, {});
}

} // namespace

BOOST_AUTO_TEST_SUITE(orchestrator_faults)

BOOST_AUTO_TEST_CASE(there_are_forty_checks_and_as_many_faults_each_with_a_source) {
    BOOST_TEST(qga_orchestrator_checks().all().size() >= 40U);
    BOOST_TEST(builtin_orchestrator_faults().size() >= 40U);
    std::set<std::string_view> names;
    for (const fault_info& one : builtin_orchestrator_faults()) {
        BOOST_TEST_CONTEXT(one.name) {
            BOOST_TEST(names.insert(one.name).second);
            BOOST_TEST(!one.sentence.empty());
            BOOST_TEST(!one.source.empty());
            BOOST_TEST(qga_orchestrator_checks().find(one.caught_by) != nullptr);
        }
    }
    BOOST_CHECK_THROW((void)make_builtin_orchestrator("no-such-fault", 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(no_id_is_given_to_a_check_of_agents_and_one_of_orchestrators) {
    BOOST_TEST(all_qga_checks().all().size() ==
               qga_checks().all().size() + qga_orchestrator_checks().all().size());
    for (const check& one : qga_orchestrator_checks().all()) {
        BOOST_TEST((one.judged() == role::orchestrator));
    }
}

BOOST_AUTO_TEST_CASE(the_reference_passes_every_check_of_orchestrators) {
    const auto judged = make_builtin_orchestrator("reference", 1);
    const run_result all = run_all(*judged);
    BOOST_TEST(all.cases.size() == qga_orchestrator_checks().all().size());
    for (const case_result& one : all.cases) {
        BOOST_TEST_CONTEXT(one.id << " " << one.title) {
            BOOST_TEST((one.verdict == status::pass), one.found.actual << one.reason);
        }
    }
    BOOST_TEST(claim_of(all).conforms);
    BOOST_TEST(claim_of(all).words.starts_with("conforms as orchestrator, qga, MUST and SHOULD"),
               claim_of(all).words);
}

BOOST_AUTO_TEST_CASE(every_fault_is_caught_by_its_check_which_the_reference_passes) {
    std::size_t caught = 0;
    for (const fault_info& one : builtin_orchestrator_faults()) {
        const auto judged = make_builtin_orchestrator(one.name, 1);
        const run_result got = run_all(*judged);
        std::string by;
        bool bites = false;
        for (const case_result& found : got.cases) {
            if (found.deviates()) {
                by += " " + found.id;
                bites = bites || found.id == one.caught_by;
            }
        }
        caught += bites ? 1 : 0;
        BOOST_TEST_MESSAGE(fmt::format("{:<42} {:<8} {} by{}", one.name, one.caught_by,
                                       bites ? "caught" : "NOT CAUGHT", by));
        BOOST_TEST(bites, one.name << " by " << one.caught_by << ", only by" << by);
    }
    BOOST_TEST_MESSAGE(
        fmt::format("{} of {} faults caught", caught, builtin_orchestrator_faults().size()));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_orchestrator) {
    const auto record = [] {
        const auto judged = make_builtin_orchestrator("thaws-once", 7);
        std::string all;
        for (const case_result& one : run_all(*judged).cases) {
            all += fmt::format("{} {} {}\n", one.id, name(one.verdict), one.found.actual);
            for (const transcript_entry& entry : one.transcript) {
                all += entry.text;
            }
        }
        return all;
    };
    BOOST_TEST((record() == record()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
