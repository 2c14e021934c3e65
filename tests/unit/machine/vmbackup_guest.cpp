// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/vmbackup_guest.hpp>

#include <tests/support/vocabulary.hpp>
#include <tests/unit/machine/guest_table.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

using namespace snapproto;
using namespace snapproto::machine;

namespace {

using e = guest_event;
using f = guest_effect;

const std::vector<std::string> states{"IDLE",     "QUIESCING",  "FREEZING",   "FROZEN",   "THAWING",
                                      "RESUMING", "COMPLETING", "UNFREEZING", "UNWINDING"};
const std::vector<std::string> events{
    "Start",    "SnapshotDone", "SnapshotCompleted", "Abort",       "Quiesced",    "Held", "Failed",
    "Released", "Resumed",      "KeepAliveDue",      "LimitPassed", "Undelivered", "Lost", "Stop"};

std::string done(vmbackup_guest_machine& machine, guest_event event) {
    return tests::done<guest_outbox>(machine, event);
}

vmbackup_guest_machine after(std::initializer_list<guest_event> all, bool completes = false) {
    vmbackup_guest_machine machine{completes};
    for (const auto event : all) {
        done(machine, event);
    }
    return machine;
}

/// Every state that can be reached, with what it is reached by.
template <class Look>
void for_each_step(Look&& look) {
    std::size_t reached = 0;
    for (const bool completes : {false, true}) {
        reached += tests::for_each_step_from<guest_outbox, guest_event>(
            vmbackup_guest_machine{completes}, look);
    }
    BOOST_TEST(reached == 8U + 9U); // COMPLETING only where it is waited for
}

bool has(const guest_outbox& out, guest_effect one) {
    return std::find(out.begin(), out.end(), one) != out.end();
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_guest_)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(guest_phase::unwinding);
    tests::check_vocabulary(guest_event::stop);
    tests::check_vocabulary(guest_effect::end_agent);
    tests::check_vocabulary(guest_refusal::nothing_awaited);
}

BOOST_AUTO_TEST_CASE(every_cell_names_a_clause_that_the_appendix_gives_it) {
    tests::check_cells<vmbackup_guest_machine>("A.6", states, events);
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_and_refusals_change_nothing) {
    tests::check_rows<vmbackup_guest_machine>([](auto&& look) { for_each_step(look); });
}

// SP 40.2: one answer to each command. SP 45.2, 45.6, 45.7, 45.13: refusals change nothing.
BOOST_AUTO_TEST_CASE(each_command_is_answered_once_and_nothing_else_is) {
    for_each_step([](const guest_state&, guest_event event, const auto& step,
                     const guest_outbox& out, const guest_state&) {
        const bool is_command = event <= e::abort;
        const auto answers = std::count(out.begin(), out.end(), f::answer_ok);
        if (step) {
            BOOST_TEST(answers == (is_command ? 1 : 0));
        } else {
            BOOST_TEST((step.refusal != guest_refusal::ignore) == is_command);
        }
    });
}

// SP 45.1, 45.4, 45.12
BOOST_AUTO_TEST_CASE(an_operation_is_reported_from_reset_to_done_with_at_most_one_commit) {
    for_each_step([](const guest_state& before, guest_event, const auto&, const guest_outbox& out,
                     const guest_state& next) {
        const bool was_idle = before.phase == guest_phase::idle;
        const bool is_idle = next.phase == guest_phase::idle;
        BOOST_TEST(has(out, f::say_reset) == (was_idle && !is_idle));
        BOOST_TEST(has(out, f::hold) == (was_idle && !is_idle));
        BOOST_TEST(has(out, f::say_done) == (!was_idle && is_idle));
        BOOST_TEST(has(out, f::say_commit) ==
                   (before.phase == guest_phase::freezing && next.phase == guest_phase::frozen));
        // FROZEN is entered with the commit alone, and never from behind.
        BOOST_TEST((next.phase != guest_phase::frozen || before.phase == guest_phase::frozen ||
                    has(out, f::say_commit)));
    });
}

// SP 45.7, 45.8, 45.9, 45.11, 45.15, 45.16: the way to an undo is taken once, and told.
BOOST_AUTO_TEST_CASE(whatever_spoils_an_operation_is_told_once_and_undoes_it) {
    const auto undoes = [](guest_phase at) {
        return at == guest_phase::unfreezing || at == guest_phase::unwinding;
    };
    for_each_step([&](const guest_state& before, guest_event event, const auto& step,
                      const guest_outbox& out, const guest_state& next) {
        const bool told =
            has(out, f::say_error) || has(out, f::say_aborted) || has(out, f::say_expired);
        BOOST_TEST(told == (!undoes(before.phase) && undoes(next.phase)));
        if (told) {
            BOOST_TEST((has(out, f::undo) || has(out, f::end_session) || has(out, f::end_agent)));
        }
        // An undo goes on to the end, whatever comes.
        BOOST_TEST((!undoes(before.phase) || undoes(next.phase) ||
                    (event == e::resumed && next.phase == guest_phase::idle)));
        const bool spoils =
            event == e::failed || event == e::limit_passed || event == e::undelivered;
        const bool runs_well = before.phase != guest_phase::idle && !undoes(before.phase);
        BOOST_TEST((!spoils || static_cast<bool>(step) == runs_well));
        if (event == e::lost) {
            BOOST_TEST(has(out, f::end_session));
        }
        if (event == e::stop) {
            BOOST_TEST(has(out, f::end_agent));
        }
    });
}

// SP 45.17
BOOST_AUTO_TEST_CASE(a_sign_of_life_is_sent_in_every_state_but_idle) {
    for_each_step([](const guest_state& before, guest_event event, const auto&,
                     const guest_outbox& out, const guest_state&) {
        BOOST_TEST(has(out, f::say_keep_alive) ==
                   (event == e::keep_alive_due && before.phase != guest_phase::idle));
    });
}

// SP 45.1, 45.4, 45.5, 45.12
BOOST_AUTO_TEST_CASE(the_way_of_a_success) {
    vmbackup_guest_machine machine{false};
    BOOST_TEST(done(machine, e::start) == "say_reset, answer_ok, hold");
    BOOST_TEST(done(machine, e::snapshot_done) == "- not_frozen");
    BOOST_TEST(done(machine, e::quiesced) == "");
    BOOST_TEST(done(machine, e::held) == "say_commit");
    BOOST_TEST(done(machine, e::start) == "- busy");
    BOOST_TEST(done(machine, e::keep_alive_due) == "say_keep_alive");
    BOOST_TEST(done(machine, e::snapshot_done) == "answer_ok, release");
    BOOST_TEST(done(machine, e::snapshot_done) == "- not_frozen");
    BOOST_TEST(done(machine, e::released) == "say_manifest");
    BOOST_TEST(done(machine, e::resumed) == "say_done");
    BOOST_TEST(done(machine, e::snapshot_done) == "- idle");
    BOOST_TEST(done(machine, e::abort) == "- idle");
    BOOST_TEST(done(machine, e::snapshot_completed) == "- nothing_awaited");
}

// SP 45.13, 45.14
BOOST_AUTO_TEST_CASE(who_waits_for_the_host_is_told_that_it_is_done) {
    auto machine = after({e::start, e::quiesced, e::held, e::snapshot_done, e::released}, true);
    BOOST_TEST(done(machine, e::snapshot_completed) == "- nothing_awaited");
    BOOST_TEST(done(machine, e::resumed) == "");
    BOOST_TEST((machine.phase() == guest_phase::completing));
    BOOST_TEST(done(machine, e::snapshot_completed) == "answer_ok, complete, say_done");
}

// SP 45.7
BOOST_AUTO_TEST_CASE(a_second_abort_is_answered_and_has_no_effect) {
    auto machine = after({e::start, e::quiesced, e::held});
    BOOST_TEST(done(machine, e::abort) == "say_aborted, answer_ok, undo");
    BOOST_TEST(done(machine, e::abort) == "- answer_ok");
    BOOST_TEST(done(machine, e::released) == "");
    BOOST_TEST(done(machine, e::abort) == "- answer_ok");
    BOOST_TEST(done(machine, e::resumed) == "say_done");
}

// SP 45.8, 45.15
BOOST_AUTO_TEST_CASE(a_host_that_does_not_listen_or_is_gone_gets_no_frozen_guest) {
    auto machine = after({e::start, e::quiesced, e::held});
    BOOST_TEST(done(machine, e::undelivered) == "say_aborted, undo");
    BOOST_TEST(done(machine, e::undelivered) == "- ignore");
    machine = after({e::start, e::quiesced, e::held});
    BOOST_TEST(done(machine, e::lost) == "say_aborted, end_session");
    BOOST_TEST(done(machine, e::stop) == "end_agent");
}

BOOST_AUTO_TEST_SUITE_END()
