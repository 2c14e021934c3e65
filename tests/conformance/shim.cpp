// SPDX-License-Identifier: BSL-1.0
// Agents behind adapters: the same verdicts as elsewhere, again and again, and an end with words
// for every adapter that breaks the protocol of docs/shim.md.
#include "conformance/shim/shim_target.hpp"

#include "conformance/builtin/builtin.hpp"
#include "conformance/check.hpp"
#include "conformance/report/report.hpp"
#include "conformance/runner.hpp"
#include "conformance/shim/adapter.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

using test::program_result;
using test::read_all;
using test::says;
using test::scratch;
using test::snapcheck;

const std::string python_adapter = "python3 " + tests::source_path("examples/shim_agent.py");

run_result run_all(target& agent) {
    std::vector<const check*> every;
    for (const check& one : qga_checks().all()) {
        every.push_back(&one);
    }
    return run_checks(agent, every, {});
}

boost::json::value schema() {
    return boost::json::parse(read_all(tests::source_path("docs/shim.schema.json")));
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_shim)

#ifdef SNAPPROTO_HAS_EXAMPLES // where the examples are built
BOOST_AUTO_TEST_CASE(the_librarys_agent_gets_the_verdicts_that_the_embedded_one_gets) {
    const run_result adapted =
        run_all(*make_shim(tests::program_path("shim_agent") + " --adapter", 3));
    const run_result embedded = run_all(*make_builtin("reference", 1));
    BOOST_TEST_REQUIRE(adapted.cases.size() == embedded.cases.size());
    for (std::size_t i = 0; i < adapted.cases.size(); ++i) {
        const case_result& one = adapted.cases[i];
        BOOST_TEST_CONTEXT(one.id << " " << one.title << " " << one.found.actual) {
            BOOST_TEST((one.verdict == status::skip || one.verdict == embedded.cases[i].verdict));
        }
    }
    BOOST_TEST(adapted.sum().pass >= 205U);
}
#endif

BOOST_AUTO_TEST_CASE(the_small_agent_in_python_fails_nothing) {
    const run_result run = run_all(*make_shim(python_adapter, 3));
    for (const case_result& one : run.cases) {
        BOOST_TEST(!one.deviates(), one.id << " " << one.title << " " << one.found.actual);
    }
    BOOST_TEST(run.sum().pass >= 150U);
    const std::string text = read_all(tests::source_path("examples/shim_agent.py"));
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') < 60);
}

BOOST_AUTO_TEST_CASE(a_fault_behind_a_shim_is_seen) {
    const scratch place;
    const program_result run = snapcheck(
        place, "agent --only 25.3/1 --shim \"python3 -c \\\"\nimport sys\nsource = open('" +
                   tests::source_path("examples/shim_agent.py") +
                   "').read()\nexec(source.replace('return before', "
                   "'return 7'))\n\\\"\"");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "fail  25.3/1"), run.out << run.err);
}

BOOST_AUTO_TEST_CASE(ten_runs_of_either_kind_give_the_same_report_byte_for_byte) {
    const auto reports = [](const std::function<std::unique_ptr<target>()>& make) {
        const std::string first = json_report(run_all(*make()));
        for (int round = 0; round < 9; ++round) {
            BOOST_TEST((json_report(run_all(*make())) == first));
        }
    };
    reports([] { return make_builtin("thaw-of-thawed-fails", 1); });
    const auto some = [] {
        const check* const one = qga_checks().find("28.2/1");
        return json_report(run_checks(*make_shim(python_adapter, 3), {one}, {}));
    };
    const std::string first = some();
    for (int round = 0; round < 9; ++round) {
        BOOST_TEST(some() == first);
    }
}

BOOST_AUTO_TEST_CASE(an_adapter_that_breaks_the_protocol_ends_the_run_with_status_3) {
    const scratch place;
    const auto ends = [&](const std::string& adapter, std::string_view words,
                          const std::string& more = {}) {
        const program_result run =
            snapcheck(place, "agent -q --only 21.1/1 " + more + " --shim '" + adapter + "'");
        BOOST_TEST(run.status == 3, adapter << ": " << run.out << run.err);
        BOOST_TEST(says(run.err, words), adapter << ": " << run.err);
    };
    ends("no-such-adapter", "has ended; it wrote:");
    ends("exit 3", "has ended");
    ends("read l; echo hello; sleep 9", "it is not JSON");
    ends("read l; echo []; sleep 9", "it is not an object");
    ends("read l; echo \"{\\\"bogus\\\": 1}\"; sleep 9", "is no member of an answer");
    ends("read l; echo \"{\\\"due\\\": -1}\"; sleep 9", "'due' is not a number of 0 or more");
    ends("while read l; do printf \"{}\\n{}\\n\"; done", "spoke without being asked");
    ends("read l; head -c 20000000 /dev/zero | tr \"\\0\" x; sleep 9", "a line of more than");
    ends("read l; echo {}; read l; exit 1", "has ended");
    ends("while read l; do echo \"{\\\"due\\\": 0}\"; done", "to be woken at once");
    ends("sleep 9", "did not answer within 0.5 s", "--timeout-scale 0.05");
    ends("while read l; do echo {}; done", "nothing answered");
    ends("read l; echo \"{\\\"unsupported\\\": \\\"no\\\"}\"; sleep 9", "does not support 'reset'");
}

BOOST_AUTO_TEST_CASE(the_schema_says_what_is_accepted) {
    const auto all = schema();
    const auto& members = all.at_pointer("/$defs/answer/properties").as_object();
    BOOST_TEST(members.size() == 10U);
    for (const auto& [name, rule] : members) {
        for (const auto& example : rule.at("examples").as_array()) {
            const std::string line = boost::json::serialize(boost::json::object{{name, example}});
            BOOST_CHECK_NO_THROW((void)shim::parse_answer(line));
            const std::string wrong =
                boost::json::serialize(boost::json::object{{name, boost::json::object{}}});
            BOOST_CHECK_THROW((void)shim::parse_answer(wrong), std::invalid_argument);
        }
    }
    const std::string page = read_all(tests::source_path("docs/shim.md"));
    for (const auto& command : all.at_pointer("/$defs/command/oneOf").as_array()) {
        const std::string name(command.at_pointer("/properties/do/const").as_string());
        BOOST_TEST(says(page, "`" + name + "`"), name);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
