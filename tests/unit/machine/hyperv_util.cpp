// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/hyperv_util.hpp>

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

using e = util_event;
using f = util_effect;

const std::vector<std::string> states{"NODAEMON", "READY", "WAITING", "DYING"};
const std::vector<std::string> events{
    "Negotiate",   "Freeze", "Thaw",  "HotBackup", "GetDmInfo", "OtherOp",  "Noise",   "Register",
    "RegisterOld", "Read",   "Reply", "BadWrite",  "Close",     "Trequest", "Suspend", "Remove"};

hyperv_util_machine after(std::initializer_list<util_event> all) {
    hyperv_util_machine machine;
    for (const auto event : all) {
        util_outbox out;
        machine.process(event, out);
    }
    return machine;
}

std::string done(hyperv_util_machine& machine, util_event event) {
    return tests::done<util_outbox>(machine, event);
}

hyperv_util_machine with_daemon() {
    return after({e::registered, e::read});
}

/// Every state that can be reached, with what it is reached by.
template <class Look>
void for_each_step(Look&& look) {
    // For each request that was the last one, or none: a version or nothing queued without a
    // daemon; anything when ready or dying. While waiting, for each one: it is read or not.
    const auto reached =
        tests::for_each_step_from<util_outbox, util_event>(hyperv_util_machine{}, look);
    BOOST_TEST(reached == 4U * (2 + 3 + 3) + 3U * 2);
}

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_util_)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(util_phase::dying);
    tests::check_vocabulary(util_event::removed);
    tests::check_vocabulary(util_effect::hang_up);
    tests::check_vocabulary(util_refusal::gone);
}

BOOST_AUTO_TEST_CASE(every_cell_names_a_clause_that_the_appendix_gives_it) {
    tests::check_cells<hyperv_util_machine>("A.5", states, events);
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_and_refusals_change_nothing) {
    tests::check_rows<hyperv_util_machine>([](auto&& look) { for_each_step(look); });
}

// SP 35.1, SP 35.9, SP 35.11
BOOST_AUTO_TEST_CASE(
    each_request_that_is_taken_up_gets_one_answer_unless_the_guest_sleeps_or_ends) {
    const auto count = [](const util_outbox& out, std::initializer_list<util_effect> which) {
        return std::count_if(out.begin(), out.end(), [&](util_effect one) {
            return std::find(which.begin(), which.end(), one) != which.end();
        });
    };
    for_each_step([&](const util_state& before, util_event event, const auto& step,
                      const util_outbox& out, const util_state& next) {
        const auto answers = count(out, {f::answer_versions, f::answer_ok, f::answer_no_flags,
                                         f::answer_failed, f::answer_reply});
        const bool from_host = event <= e::other_op;
        const bool was_waiting = before.phase == util_phase::waiting;
        const bool is_waiting = next.phase == util_phase::waiting;
        if (from_host && step) {
            BOOST_TEST(answers == (is_waiting ? 0 : 1));
        } else if (was_waiting && !is_waiting) {
            const bool in_silence = event == e::suspended || event == e::removed;
            BOOST_TEST(answers == (in_silence ? 0 : 1));
        } else {
            BOOST_TEST(answers == 0);
        }
        // The timer runs exactly while a request is with the daemon.
        BOOST_TEST(count(out, {f::arm_timer}) == (!was_waiting && is_waiting ? 1 : 0));
        BOOST_TEST(count(out, {f::cancel_timer}) ==
                   (was_waiting && !is_waiting && event != e::expired ? 1 : 0));
        // One place for a message: nothing is queued where something lies.
        if (count(out, {f::queue_version, f::queue_request, f::queue_thaw}) != 0) {
            BOOST_TEST((before.data.queue == util_queue::empty));
            BOOST_TEST((next.data.queue != util_queue::empty));
        }
    });
}

// SP 35.3, SP 35.7
BOOST_AUTO_TEST_CASE(a_daemon_counts_when_it_has_read_the_version) {
    hyperv_util_machine machine;
    BOOST_TEST(done(machine, e::freeze) == "answer_failed");
    BOOST_TEST(done(machine, e::registered) == "queue_version");
    BOOST_TEST(done(machine, e::freeze) == "answer_failed");
    BOOST_TEST(done(machine, e::registered) == "refuse_write");
    BOOST_TEST(done(machine, e::read) == "deliver");
    BOOST_TEST((machine.phase() == util_phase::ready));
    BOOST_TEST(done(machine, e::read) == "wait_for_data");
    BOOST_TEST(done(machine, e::freeze) == "queue_request, arm_timer");
    BOOST_TEST((machine.save().data.pending == e::freeze));
    BOOST_TEST(done(machine, e::registered) == "- invalid");
}

// SP 35.2, SP 35.4, SP 35.6
BOOST_AUTO_TEST_CASE(the_kernel_answers_for_itself_what_no_daemon_is_needed_for) {
    auto machine = with_daemon();
    BOOST_TEST(done(machine, e::negotiate) == "answer_versions");
    BOOST_TEST(done(machine, e::dm_info) == "answer_no_flags");
    BOOST_TEST(done(machine, e::other_op) == "answer_ok");
    BOOST_TEST(done(machine, e::noise) == "- drop");
    BOOST_TEST((machine.phase() == util_phase::ready));
}

// SP 35.5, SP 35.13
BOOST_AUTO_TEST_CASE(an_answer_before_any_daemon_makes_the_next_freeze_wait_for_its_timer) {
    hyperv_util_machine machine;
    BOOST_TEST(done(machine, e::dm_info) == "answer_no_flags");
    BOOST_TEST(done(machine, e::freeze) == "queue_request, arm_timer");
    BOOST_TEST(done(machine, e::expired) == "answer_failed, look_at_ring");
    // The daemon that comes now reads a freeze that was given up, and learns of it by its reply.
    BOOST_TEST(done(machine, e::read) == "deliver");
    BOOST_TEST(done(machine, e::reply) == "- invalid");
}

// SP 35.8
BOOST_AUTO_TEST_CASE(a_registration_of_the_old_form_does_not_count) {
    hyperv_util_machine machine;
    BOOST_TEST(done(machine, e::registered_old) == "note_old");
    BOOST_TEST(done(machine, e::freeze) == "answer_failed");
}

// SP 35.1, SP 35.11, SP 35.12
BOOST_AUTO_TEST_CASE(the_first_reply_is_the_answer_and_what_the_host_sends_meanwhile_stays) {
    auto machine = with_daemon();
    BOOST_TEST(done(machine, e::reply) == "- invalid");
    BOOST_TEST(done(machine, e::thaw) == "queue_request, arm_timer");
    BOOST_TEST(done(machine, e::freeze) == "- stay_in_ring");
    BOOST_TEST(done(machine, e::negotiate) == "- stay_in_ring");
    BOOST_TEST(done(machine, e::bad_write) == "- invalid");
    BOOST_TEST(done(machine, e::read) == "deliver");
    BOOST_TEST(done(machine, e::reply) == "cancel_timer, answer_reply, look_at_ring");
    BOOST_TEST(done(machine, e::reply) == "- invalid");
}

// SP 35.10
BOOST_AUTO_TEST_CASE(a_reply_to_what_was_not_read_leaves_the_next_request_without_a_place) {
    auto machine = with_daemon();
    BOOST_TEST(done(machine, e::freeze) == "queue_request, arm_timer");
    BOOST_TEST(done(machine, e::reply) == "cancel_timer, answer_reply, look_at_ring");
    BOOST_TEST(done(machine, e::thaw) == "answer_failed");
    BOOST_TEST(done(machine, e::read) == "deliver");
    BOOST_TEST(done(machine, e::thaw) == "queue_request, arm_timer");
}

// SP 35.14
BOOST_AUTO_TEST_CASE(a_daemon_that_goes_takes_its_request_with_it) {
    auto machine = with_daemon();
    done(machine, e::freeze);
    BOOST_TEST(done(machine, e::closed) == "cancel_timer, answer_failed, forget_queue");
    BOOST_TEST((machine.phase() == util_phase::no_daemon));
    BOOST_TEST(done(machine, e::registered) == "queue_version");
}

// SP 35.15
BOOST_AUTO_TEST_CASE(before_hibernation_a_thaw_is_queued_where_there_is_a_place) {
    auto machine = with_daemon();
    BOOST_TEST(done(machine, e::suspended) == "queue_thaw, pause_channel");
    BOOST_TEST(done(machine, e::suspended) == "pause_channel");
    machine = with_daemon();
    done(machine, e::freeze);
    BOOST_TEST(done(machine, e::suspended) == "cancel_timer, pause_channel");
    machine = with_daemon();
    done(machine, e::freeze);
    done(machine, e::read);
    BOOST_TEST(done(machine, e::suspended) == "cancel_timer, queue_thaw, pause_channel");
    BOOST_TEST((machine.phase() == util_phase::ready));
}

// SP 35.17, SP 35.18
BOOST_AUTO_TEST_CASE(when_the_channel_is_gone_so_is_the_device) {
    auto machine = with_daemon();
    done(machine, e::freeze);
    BOOST_TEST(done(machine, e::removed) == "cancel_timer, hang_up");
    for (const auto call : {e::read, e::reply, e::bad_write, e::registered, e::registered_old}) {
        BOOST_TEST(done(machine, call) == "- gone");
    }
    BOOST_TEST(done(machine, e::thaw) == "- drop");
    BOOST_TEST(done(machine, e::closed) == "- ignore");
}

BOOST_AUTO_TEST_SUITE_END()
