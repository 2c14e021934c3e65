// SPDX-License-Identifier: BSL-1.0
// The generated suites and learning, for Hyper-V daemons.
#include "conformance/builtin/hyperv_builtin.hpp"
#include "conformance/suites/attached_system.hpp"
#include "conformance/suites/complete.hpp"
#include "conformance/suites/generated.hpp"
#include "conformance/suites/hyperv_specification.hpp"
#include "conformance/suites/learner.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace {

using namespace snapproto::conformance;
using namespace snapproto::conformance::suites;

BOOST_AUTO_TEST_SUITE(hyperv_suites)

// SP 36.1, 36.2, 36.6 to 36.10, 36.12 to 36.20: what the table comes to behind the adapter, by the
// clauses and not by the table.
BOOST_AUTO_TEST_CASE(the_machine_behind_form_b_is_what_the_clauses_say) {
    const auto spec = hyperv_specification(hyperv_alphabet());
    BOOST_TEST(spec.states() == 3U);
    const auto run = [&](std::initializer_list<hyperv_input> inputs) {
        word made;
        for (const auto one : inputs) {
            made.push_back(static_cast<input_index>(one));
        }
        return spec.run(made);
    };
    using enum hyperv_input;
    const auto same = boost::test_tools::per_element();
    BOOST_TEST(run({freeze, freeze, check, thaw, thaw}) ==
                   (answers{"success, 3 held", "success, 3 held", "success, 3 held",
                            "success, nothing held", "success, nothing held"}),
               same);
    BOOST_TEST(run({freeze_fails, freeze_none, freeze, freeze_fails, freeze_none}) ==
                   (answers{"failure, nothing held", "failure, nothing held", "success, 3 held",
                            "success, 3 held", "success, 3 held"}),
               same);
    BOOST_TEST(run({freeze, thaw_fails, unknown, thaw_fails, thaw}) ==
                   (answers{"success, 3 held", "failure, 1 held", "failure, 1 held",
                            "failure, 1 held", "success, nothing held"}),
               same);
    BOOST_TEST(run({freeze, thaw_fails, check, freeze, thaw_hidden}) ==
                   (answers{"success, 3 held", "failure, 1 held", "success, 1 held",
                            "failure, 1 held", "success, nothing held"}),
               same);
    BOOST_TEST(run({freeze, reopen, freeze, wrong_length, freeze, terminate}) ==
                   (answers{"success, 3 held", "registers, nothing held", "success, 3 held",
                            "registers, nothing held", "success, 3 held", "ends, nothing held"}),
               same);
    const auto other =
        hyperv_specification(hyperv_alphabet(), {.empty_succeeds = true, .unknown_succeeds = true});
    const auto index = [](hyperv_input of) { return static_cast<input_index>(of); };
    BOOST_TEST(other.run({index(freeze_none)}).back() == "success, nothing held");
    BOOST_TEST(other.run({index(unknown)}).back() == "success, nothing held");
    BOOST_TEST(other.run({index(freeze), index(thaw_fails), index(freeze_none)}).back() ==
               "failure, 1 held");
}

BOOST_AUTO_TEST_CASE(the_reference_daemon_is_equivalent_to_the_specification) {
    const auto daemon = make_hyperv_builtin("reference");
    for (const std::size_t extra : {0U, 1U}) {
        const auto run = run_complete(*daemon, extra, {});
        BOOST_TEST((run.cases.at(0).verdict == status::pass),
                   run.cases.at(0).found.requirement << ": " << run.cases.at(0).found.actual);
    }
    const auto sessions = run_sessions(*daemon, 50, {});
    BOOST_TEST((sessions.cases.at(0).verdict == status::pass));
}

BOOST_AUTO_TEST_CASE(the_reference_daemon_is_learned) {
    const auto daemon = make_hyperv_builtin("reference");
    const auto system = make_system(*daemon, {});
    remembering_system memory{*system, system->input_names()};
    const auto specified = system->specify(memory);
    const auto learned = learn(system->input_names(), memory, {.extra = 1, .states_max = 10});
    BOOST_TEST(learned.states() == 3U);
    BOOST_TEST(compare(specified.machine, learned).equal());
}

// What of the faulty daemons shows in these inputs, and by which shortest sequence; each follows
// from what the fault is said to do. The others are about bytes, the order of calls, odd mount
// tables, or about choices.
BOOST_AUTO_TEST_CASE(faulty_daemons_are_found_by_short_sequences) {
    const std::map<std::string_view, std::string_view> found_by{
        {"answers-twice", "freeze-none freeze"}, // the second answer meets the next request
        {"ends-with-the-device", "reopen"},
        // Without an errno yet it calls a failure a success, with one it does not.
        {"errno-as-error", "freeze-fails freeze-none"},
        {"forgets-its-hold", "freeze freeze-none reopen"},
        {"forgets-to-undo", "freeze-fails"},
        {"hot-backup-freezes", "freeze check"},
        {"keeps-frozen-at-the-end", "freeze reopen"},
        {"leaves-out-xfs", "freeze"},
        {"passes-over-short-messages", "wrong-length"},
        {"reply-has-the-operation", "freeze"}, // which makes an error of a success
        {"short-reply", "freeze-none"},
        {"terminates-frozen", "freeze terminate"},
        {"thaws-by-place", "freeze thaw-fails"}, // and takes it for a success
        {"thaws-others", "freeze thaw"},         // its own hold is gone when it thaws
    };
    for (const fault_info& one : hyperv_builtin_faults()) {
        BOOST_TEST_CONTEXT(one.name) {
            const auto daemon = make_hyperv_builtin(one.name);
            const auto run = run_complete(*daemon, 1, {});
            const auto& only = run.cases.at(0);
            const auto expected = found_by.find(one.name);
            BOOST_TEST((only.verdict == status::fail) == (expected != found_by.end()));
            if (expected != found_by.end()) {
                BOOST_TEST(only.replay == "snapcheck agent --dialect hyperv --builtin " +
                                              std::string(one.name) + " --sequence '" +
                                              std::string(expected->second) + "'");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_sequence_is_asked_again_by_its_names) {
    const auto daemon = make_hyperv_builtin("terminates-frozen");
    const auto run = run_sequence(*daemon, word_from("freeze terminate", *daemon), {});
    BOOST_TEST((run.cases.at(0).verdict == status::fail));
    BOOST_TEST(run.cases.at(0).found.expected == "ends, nothing held");
    BOOST_TEST(run.cases.at(0).found.actual == "ends, 3 held");
    BOOST_CHECK_EXCEPTION(
        static_cast<void>(word_from("freeze terminat", *daemon)), std::invalid_argument,
        [](const std::invalid_argument& why) {
            return std::string{why.what()} ==
                   "'terminat' is no input of this agent; did you mean terminate?";
        });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
