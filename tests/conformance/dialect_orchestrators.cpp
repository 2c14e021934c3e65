// SPDX-License-Identifier: BSL-1.0
// Does the suite bite orchestrators of the dialects beside QGA? Every fault of an embedded one is
// caught by the check that is named for it, and the reference by none.
#include "conformance/dialects/dialect.hpp"
#include "conformance/orchestrator/run_checks.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

using test::program_result;
using test::says;
using test::scratch;
using test::snapcheck;

/// Those with checks of orchestrators, but for QGA, which has a test of its own.
std::vector<const dialect*> judged_dialects() {
    std::vector<const dialect*> all;
    for (const dialect* one : dialects()) {
        if (one->embedded_orchestrator != nullptr && one->name != "qga") {
            all.push_back(one);
        }
    }
    return all;
}

run_result run_all(const dialect& of, orchestrator_target& judged) {
    std::vector<const check*> every;
    for (const check& one : of.checks(role::orchestrator).all()) {
        every.push_back(&one);
    }
    run_result run = run_checks(judged, every, {}, of.make_orchestrator_trial);
    run.dialect = of.name;
    return run;
}

std::string record(const dialect& of, std::string_view name) {
    const auto judged = of.embedded_orchestrator(name, 7);
    std::string all;
    for (const case_result& one : run_all(of, *judged).cases) {
        all += fmt::format("{} {} {}\n", one.id, conformance::name(one.verdict), one.found.actual);
        for (const transcript_entry& entry : one.transcript) {
            all += entry.text;
        }
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialect_orchestrators)

BOOST_AUTO_TEST_CASE(there_are_enough_checks_and_faults_each_with_a_source_and_a_check) {
    BOOST_TEST(judged_dialects().size() == dialects().size() - 1);
    for (const dialect* of : judged_dialects()) {
        BOOST_TEST_CONTEXT(of->name) {
            BOOST_TEST(of->checks(role::orchestrator).all().size() >= 12U);
            BOOST_TEST(of->faults(role::orchestrator).size() >= 15U);
            std::set<std::string_view> names;
            for (const fault_info& one : of->faults(role::orchestrator)) {
                BOOST_TEST_CONTEXT(one.name) {
                    BOOST_TEST(names.insert(one.name).second);
                    BOOST_TEST(!one.sentence.empty());
                    BOOST_TEST(!one.source.empty());
                    BOOST_TEST(of->checks(role::orchestrator).find(one.caught_by) != nullptr);
                }
            }
            BOOST_CHECK_THROW((void)of->embedded_orchestrator("no-such-fault", 1),
                              std::invalid_argument);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_references_pass_every_check) {
    for (const dialect* of : judged_dialects()) {
        const auto judged = of->embedded_orchestrator("reference", 1);
        const run_result all = run_all(*of, *judged);
        BOOST_TEST(all.cases.size() == of->checks(role::orchestrator).all().size());
        for (const case_result& one : all.cases) {
            BOOST_TEST_CONTEXT(of->name << " " << one.id << " " << one.title) {
                BOOST_TEST((one.verdict == status::pass),
                           one.found.requirement << ": " << one.found.actual << one.reason);
            }
        }
        BOOST_TEST(claim_of(all).conforms);
        BOOST_TEST(claim_of(all).words.starts_with(
                       fmt::format("conforms as orchestrator, {}, MUST", of->name)),
                   claim_of(all).words);
    }
}

BOOST_AUTO_TEST_CASE(every_fault_is_caught_by_the_check_that_is_named_for_it) {
    for (const dialect* of : judged_dialects()) {
        for (const fault_info& one : of->faults(role::orchestrator)) {
            const auto judged = of->embedded_orchestrator(one.name, 1);
            const run_result got = run_all(*of, *judged);
            std::string by;
            bool bites = false;
            for (const case_result& found : got.cases) {
                if (found.deviates()) {
                    by += " " + found.id;
                    bites = bites || found.id == one.caught_by;
                }
            }
            BOOST_TEST_MESSAGE(fmt::format("{:<9} {:<36} {:<8} {} by{}", of->name, one.name,
                                           one.caught_by, bites ? "caught" : "NOT CAUGHT", by));
            BOOST_TEST(bites,
                       of->name << " " << one.name << " by " << one.caught_by << ", only by" << by);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_orchestrator) {
    for (const dialect* of : judged_dialects()) {
        BOOST_TEST((record(*of, "claims-what-failed") == record(*of, "claims-what-failed")),
                   of->name);
    }
}

BOOST_AUTO_TEST_CASE(the_command_judges_lists_and_refuses) {
    const scratch place;
    for (const dialect* of : judged_dialects()) {
        const std::string flag = fmt::format("--dialect {} ", of->name);
        const program_result good = snapcheck(place, "orchestrator " + flag + "--quiet");
        BOOST_TEST(good.status == 0, good.out << good.err);
        BOOST_TEST(says(good.out, fmt::format("conforms as orchestrator, {}, MUST", of->name)),
                   good.out);
        const program_result bad =
            snapcheck(place, "orchestrator " + flag + "--builtin claims-what-failed");
        BOOST_TEST(bad.status == 1, bad.out << bad.err);
        BOOST_TEST(says(bad.out, "replay      snapcheck orchestrator " + flag +
                                     "--builtin claims-what-failed --only 12.27/"),
                   bad.out);
        const program_result typo =
            snapcheck(place, "orchestrator " + flag + "--builtin claims-what-faild");
        BOOST_TEST(typo.status == 2, typo.out << typo.err);
        BOOST_TEST(says(typo.err, "did you mean claims-what-failed?"), typo.err);
        const program_result list = snapcheck(place, "list --role orchestrator " + flag);
        BOOST_TEST(
            says(list.out, fmt::format("{} checks for dialect {}",
                                       of->checks(role::orchestrator).all().size(), of->name)),
            list.out);
        const program_result faults = snapcheck(place, "list --faults --role orchestrator " + flag);
        BOOST_TEST(says(faults.out, "claims-what-failed"), faults.out);
    }
}

BOOST_AUTO_TEST_CASE(a_native_orchestrator_of_its_own_process_is_judged) {
    const scratch place;
    const auto judged = [&](const std::string& more, const std::string& only) {
        return snapcheck(place,
                         "orchestrator --dialect native --listen unix:" + place.file("agent") +
                             " --cut-marker " + place.file("mark") +
                             " --patience 20 --trigger 'python3 " +
                             tests::source_path("tests/conformance/small_native_orchestrator.py") +
                             " --socket {socket} --marker {marker}" + more + "' " + only);
    };
    const program_result right = judged(
        "", "--only '2.18/2' --only '3.1/2' --only '3.2/1' --only '3.13/[13]' --only '12.9/2' "
            "--only '12.12/3' --only '12.27/[58]' --only '60.*' --only '61.6/3'");
    BOOST_TEST(right.status == 0, right.out << right.err);
    BOOST_TEST(says(right.out, "no claim: only a selection"));
    BOOST_TEST(!says(right.out, "skip  "), right.out);
    const program_result gullible =
        judged(" --fault any-verdict", "--only '12.27/5' --only '12.27/8'");
    BOOST_TEST(gullible.status == 1, gullible.out << gullible.err);
    BOOST_TEST(says(gullible.out, "fail  12.27/5"), gullible.out);
    BOOST_TEST(says(gullible.out, "pass  12.27/8"), gullible.out);
    const program_result hasty = judged(" --fault any-answer", "--only '3.13/1'");
    BOOST_TEST(hasty.status == 1, hasty.out << hasty.err);
    BOOST_TEST(says(hasty.out, "a cut begins while guest 1 is held"), hasty.out);
    BOOST_TEST(says(hasty.out, "hears freeze"), hasty.out);
}

BOOST_AUTO_TEST_CASE(who_connects_is_judged_where_there_is_a_stream) {
    const scratch place;
    const std::string flags = "--listen unix:" + place.file("s") + " --only '12.29/5' ";
    const program_result honest =
        snapcheck(place, "orchestrator --dialect native " + flags + "--trigger 'exit 1'");
    BOOST_TEST(honest.status == 0, honest.out << honest.err);
    BOOST_TEST(says(honest.out, "pass  12.29/5"), honest.out);
    const program_result boastful =
        snapcheck(place, "orchestrator --dialect native " + flags + "--trigger 'exit 0'");
    BOOST_TEST(boastful.status == 1, boastful.out << boastful.err);
    BOOST_TEST(says(boastful.out, "snapcheck orchestrator --dialect native --listen unix:"),
               boastful.out);
    for (const std::string dialect : {"hyperv", "vmbackup"}) {
        const program_result refused = snapcheck(place, "orchestrator --dialect " + dialect +
                                                            " --listen unix:/x --trigger true");
        BOOST_TEST(refused.status == 2, refused.out << refused.err);
        BOOST_TEST(says(refused.err, "--listen is not for the dialect " + dialect), refused.err);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
