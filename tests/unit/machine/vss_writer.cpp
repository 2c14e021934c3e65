// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/vss_writer.hpp>

#include <tests/support/vocabulary.hpp>
#include <tests/unit/machine/guest_table.hpp>
#include <tests/unit/machine/input_walk.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <vector>

using namespace snapproto;
using namespace snapproto::machine;

namespace {

using e = vss_writer_event;
using f = vss_writer_effect;
using p = vss_writer_phase;
using refusal = vss_writer_failure;

const std::vector<std::string> states{"STABLE", "READY",  "FREEZING", "FROZEN",
                                      "THAWED", "COPIED", "FAILED"};
const std::vector<std::string> events{
    "Identify",     "PrepareBackup",  "PrepareSnapshot", "Freeze", "Frozen", "Thaw",
    "PostSnapshot", "BackupComplete", "BackupShutdown",  "Abort",  "Tfreeze"};

std::vector<vss_writer_input> all_inputs() {
    std::vector<vss_writer_input> made;
    for (std::size_t i = 0; i < value_count<e>; ++i) {
        for (std::size_t j = 0; j < value_count<refusal>; ++j) {
            made.push_back({static_cast<e>(i), static_cast<refusal>(j)});
        }
    }
    return made;
}

template <class Look>
void for_each_step(Look&& look) {
    // Failed at each of eight events in each of the five ways that an application has; the limit is
    // one of them.
    const auto reached = tests::walk<vss_writer_outbox>(vss_writer_machine{}, all_inputs(), look);
    BOOST_TEST(reached == 6U + 8U * 5U);
}

std::string done(vss_writer_machine& machine, e kind, refusal how = refusal::none) {
    return tests::effects_of<vss_writer_outbox>(machine, vss_writer_input{kind, how});
}

vss_writer_machine after(std::initializer_list<e> all) {
    vss_writer_machine machine;
    for (const auto event : all) {
        done(machine, event);
    }
    return machine;
}

bool is_held(const vss_writer_state& state) {
    return state.phase == p::freezing || state.phase == p::frozen;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vss_writer_)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(p::failed);
    tests::check_vocabulary(e::limit_passed);
    tests::check_vocabulary(vss_writer_step::backup_shutdown);
    tests::check_vocabulary(refusal::not_retryable);
    tests::check_vocabulary(f::say_let_go);
    tests::check_vocabulary(vss_writer_refusal::failed);
}

BOOST_AUTO_TEST_CASE(every_cell_names_a_clause_that_the_appendix_gives_it) {
    tests::check_cells<vss_writer_machine>("A.7", states, events);
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_and_refusals_change_nothing) {
    tests::check_rows<vss_writer_machine>([](auto&& look) { for_each_step(look); });
}

// SP 51.5, 51.7, 51.10, 51.11, 51.13: the application is held from Freeze on, and whatever ends
// that releases it in the same step.
BOOST_AUTO_TEST_CASE(an_application_is_released_in_the_step_that_leaves_the_hold) {
    for_each_step([](const vss_writer_state& before, const vss_writer_input& input, const auto&,
                     const vss_writer_outbox& out, const vss_writer_state& next) {
        const bool begins = !is_held(before) && is_held(next);
        const bool ends = is_held(before) && !is_held(next);
        BOOST_TEST(tests::asks_for(out, f::hold) == begins);
        BOOST_TEST(tests::asks_for(out, f::arm_limit) == begins);
        // An application that refuses Freeze holds nothing.
        const bool refused = input.kind == e::frozen && input.failure != refusal::none;
        if (ends) {
            BOOST_TEST(tests::asks_for(out, f::release) == !refused);
        }
        BOOST_TEST(tests::asks_for(out, f::say_let_go) ==
                   (is_held(before) && input.kind == e::limit_passed));
    });
}

// SP 51.10
BOOST_AUTO_TEST_CASE(no_state_outlasts_the_limit_with_an_application_held) {
    for_each_step([](const vss_writer_state&, const vss_writer_input& input, const auto&,
                     const vss_writer_outbox&, const vss_writer_state& next) {
        BOOST_TEST((input.kind != e::limit_passed || !is_held(next)));
    });
}

// SP 51.1, 51.2, 51.15: a law over all states, not an example.
BOOST_AUTO_TEST_CASE(no_writer_is_stable_after_a_failure_until_it_is_identified_anew) {
    for_each_step([](const vss_writer_state& before, const vss_writer_input& input, const auto&,
                     const vss_writer_outbox&, const vss_writer_state& next) {
        if (before.phase == p::failed && next.phase != p::failed) {
            BOOST_TEST((input.kind == e::identify && input.failure == refusal::none));
        }
        // And what it failed at is told exactly while it is failed.
        BOOST_TEST((next.phase == p::failed) == (next.data.failed_at != vss_writer_step::none));
        BOOST_TEST((next.phase == p::failed) == (next.data.failure != refusal::none));
    });
}

// SP 51.1, 51.3, 51.4, 51.5, 51.6, 51.7, 51.8, 51.9
BOOST_AUTO_TEST_CASE(the_way_of_a_success) {
    vss_writer_machine machine;
    BOOST_TEST(done(machine, e::identify) == "");
    BOOST_TEST(done(machine, e::prepare_backup) == "");
    BOOST_TEST(done(machine, e::prepare_snapshot) == "");
    BOOST_TEST(done(machine, e::freeze) == "hold, arm_limit");
    BOOST_TEST(done(machine, e::identify) == "- busy"); // SP 51.16
    BOOST_TEST(done(machine, e::frozen) == "");
    BOOST_TEST(done(machine, e::thaw) == "cancel_limit, release");
    BOOST_TEST(done(machine, e::post_snapshot) == "");
    BOOST_TEST(done(machine, e::backup_complete) == "");
    BOOST_TEST((machine.phase() == p::stable));
    BOOST_TEST(done(machine, e::backup_shutdown) == "");
}

// SP 51.14
BOOST_AUTO_TEST_CASE(an_event_out_of_order_is_refused) {
    vss_writer_machine machine;
    for (const e event : {e::freeze, e::thaw, e::post_snapshot, e::backup_complete}) {
        BOOST_TEST(done(machine, event) == "- bad_state");
    }
    machine = after({e::prepare_snapshot, e::freeze, e::frozen});
    BOOST_TEST(done(machine, e::freeze) == "- bad_state");
    BOOST_TEST(done(machine, e::backup_shutdown) == "- bad_state");
    BOOST_TEST((machine.phase() == p::frozen));
}

// SP 51.10, 51.15
BOOST_AUTO_TEST_CASE(a_writer_whose_limit_passes_has_failed_at_freeze) {
    auto machine = after({e::prepare_snapshot, e::freeze, e::frozen});
    BOOST_TEST(done(machine, e::limit_passed) == "release, say_let_go");
    BOOST_TEST((machine.data().failed_at == vss_writer_step::freeze));
    BOOST_TEST((machine.data().failure == refusal::timed_out));
    BOOST_TEST(done(machine, e::thaw) == "- failed");
    BOOST_TEST(done(machine, e::abort) == "- ignore");
}

// SP 51.12: the worker of the limit could come late (KB 915331).
BOOST_AUTO_TEST_CASE(a_limit_that_fires_after_thaw_changes_nothing) {
    auto machine = after({e::prepare_snapshot, e::freeze, e::frozen, e::thaw});
    BOOST_TEST(done(machine, e::limit_passed) == "- ignore");
    BOOST_TEST(done(machine, e::post_snapshot) == "");
    BOOST_TEST(done(machine, e::limit_passed) == "- ignore");
    BOOST_TEST((machine.phase() == p::copied));
}

// SP 51.13
BOOST_AUTO_TEST_CASE(a_consent_that_comes_too_late_is_released) {
    auto machine = after({e::prepare_snapshot, e::freeze});
    BOOST_TEST(done(machine, e::limit_passed) == "release, say_let_go");
    BOOST_TEST(done(machine, e::frozen) == "release");
    machine = after({e::prepare_snapshot, e::freeze, e::abort});
    BOOST_TEST(done(machine, e::frozen) == "release");
    BOOST_TEST((machine.phase() == p::stable));
}

// SP 51.7
BOOST_AUTO_TEST_CASE(an_application_that_refuses_thaw_goes_on_all_the_same) {
    auto machine = after({e::prepare_snapshot, e::freeze, e::frozen});
    BOOST_TEST(done(machine, e::thaw, refusal::not_retryable) == "cancel_limit, release");
    BOOST_TEST((machine.data().failed_at == vss_writer_step::thaw));
}

BOOST_AUTO_TEST_SUITE_END()
