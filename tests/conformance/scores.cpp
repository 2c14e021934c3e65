// SPDX-License-Identifier: BSL-1.0
// What the suites can see: each survivor has a reason, and docs/scores.md is what is measured.
#include "conformance/suites/scores.hpp"
#include "conformance/builtin/builtin.hpp"
#include "conformance/builtin/fault_notes.hpp"
#include "conformance/runner.hpp"
#include "conformance/suites/machine_faults.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

using namespace suites;

constexpr std::size_t inputs_max = 8;

const scores& measured() {
    // The page is made with all of them.
    static const scores all = measure_scores(thoroughness::without_the_hopeless);
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(scores_of_the_suites)

BOOST_AUTO_TEST_CASE(every_single_fault_has_a_name_of_its_own) {
    const auto faults = single_machine_faults();
    BOOST_TEST(faults.size() >= 250U);
    std::set<std::string> names;
    for (const machine_fault& one : faults) {
        BOOST_TEST(names.insert(one.name()).second, one.name());
        BOOST_TEST((one.answer.has_value() != one.held_then.has_value()), one.name());
        BOOST_TEST((!one.answer || *one.answer != one.right), one.name());
    }
}

// Otherwise what is caught would be the way in which faults are put in.
BOOST_AUTO_TEST_CASE(an_agent_whose_fault_never_comes_is_right) {
    machine_fault never;
    never.on = qga_input::limit;
    never.held = 1000;
    never.held_then = 0;
    const auto agent = make_faulty(never);
    BOOST_TEST(!score_complete(*agent, 0).caught);
    std::vector<const check*> every;
    for (const check& one : qga_checks().all()) {
        every.push_back(&one);
    }
    for (const case_result& one : run_checks(*agent, every, {}).cases) {
        BOOST_TEST(!one.deviates(), one.id << " " << one.found.actual);
    }
}

BOOST_AUTO_TEST_CASE(every_survivor_is_explained_and_nothing_else) {
    for (const std::string& wrong : wrong_explanations(measured())) {
        BOOST_ERROR(wrong);
    }
    scores all;
    score_line line{std::string{builtin_faults()[0].name}, "1.1/1", {}, {}};
    const bool seen = why_unseen(line.fault).empty();
    line.complete[0].caught = line.complete[2].caught = line.sessions.caught = seen;
    all.agents.push_back(line);
    BOOST_TEST(wrong_explanations(all).empty());
    all.agents[0].complete[0].caught = !seen;
    all.agents[0].sessions.caught = !seen;
    all.agents[0].check.clear();
    BOOST_TEST(wrong_explanations(all).size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_fails_is_cut_down_to_eight_inputs_at_the_most) {
    for (const auto* lines : {&measured().machine_faults, &measured().agents}) {
        for (const score_line& one : *lines) {
            BOOST_TEST(one.sessions.inputs <= inputs_max,
                       one.fault << ": " << one.sessions.sequence);
            for (const scored& of : one.complete) {
                BOOST_TEST(of.inputs <= inputs_max, one.fault << ": " << of.sequence);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(there_are_enough_faults_and_some_of_them_happened) {
    BOOST_TEST(builtin_faults().size() >= 60U);
    std::size_t happened = 0;
    for (const fault_info& one : builtin_faults()) {
        happened += incident_of(one.name).empty() ? 0U : 1U;
    }
    BOOST_TEST(happened >= 10U);
}

BOOST_AUTO_TEST_CASE(the_page_is_up_to_date) {
    BOOST_TEST(
        (test::read_all(tests::source_path("docs/scores.md")) == scores_markdown(measured())),
        "docs/scores.md is out of date; run scripts/generate_docs.sh");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
