// SPDX-License-Identifier: BSL-1.0
#include "tests/unit/endpoint/agent_bench.hpp"

#include <algorithm>

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace snapproto::test;

// SP 9.8: each participant learns the result once.
BOOST_AUTO_TEST_CASE(applications_are_held_first_and_released_last_in_reverse_order) {
    bench b{2, 2};
    // The list's own order does not matter between the kinds: SP 5.2.
    std::swap(b.list[1], b.list[2]); // application, filesystem, application, filesystem
    b.open();
    b.ask(prepare_request{}, {7});
    BOOST_TEST(spelled(b.done_all()) == "prepare0 prepare1 prepare2 prepare3 ");
    BOOST_TEST((b.last<prepared_report>() != nullptr));
    BOOST_TEST(b.last<prepared_report>()->participants.size() == 4U);
    b.ask(freeze_request{}, {7});
    BOOST_TEST(spelled(b.done_all()) == "hold0 hold2 hold1 hold3 ");
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST(b.last<frozen_report>()->held == 2U);
    BOOST_TEST((b.last<frozen_report>()->hold_deadline == b.now + seconds{10}));
    b.ask(thaw_request{}, {7});
    BOOST_TEST(spelled(b.done_all()) == "release3 release1 release2 release0 ");
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::clean));
    BOOST_TEST(b.last<thawed_report>()->released == 2U);
    complete_request complete;
    complete.result = copy_result::kept;
    b.ask(complete, {7});
    BOOST_TEST((b.last<completed_report>() != nullptr));
    BOOST_TEST((b.finished == std::vector<copy_result>(4, copy_result::kept)));
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
}

BOOST_AUTO_TEST_CASE(a_participant_that_refuses_to_be_held_undoes_what_is_held) {
    bench b{2, 2};
    b.open();
    b.ask(prepare_request{}, {7});
    b.done_all();
    b.ask(freeze_request{}, {7});
    b.done(answer::held);
    b.done(answer::held);
    b.done(answer::held);
    b.messages.clear();
    b.done(answer::vetoed);         // the second filesystem
    BOOST_TEST(b.messages.empty()); // not before everything is released: SP 5.12
    BOOST_TEST(spelled(b.done_all()) == "release2 release1 release0 ");
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::veto));
    BOOST_TEST(b.agent.held_filesystems() == 0U);
}

BOOST_AUTO_TEST_CASE(an_application_that_refused_is_released_and_a_filesystem_is_not) {
    bench b{2, 1};
    b.open();
    b.ask(prepare_request{}, {7});
    b.done_all();
    b.ask(freeze_request{}, {7});
    b.done(answer::held);
    b.done(answer::vetoed);
    BOOST_TEST(spelled(b.done_all()) == "release1 release0 ");
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::veto));
}

BOOST_AUTO_TEST_CASE(a_refusal_to_prepare_ends_without_any_hold) {
    bench b{2, 1};
    b.open();
    b.ask(prepare_request{}, {7});
    b.found();
    b.done(answer::prepared);
    b.done(answer::vetoed);
    BOOST_TEST(b.done_all().empty());
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::veto));
}

// SP 5.11
BOOST_AUTO_TEST_CASE(a_hold_that_ends_after_its_cancellation_is_released_too) {
    bench b{1, 2};
    b.open();
    b.ask(prepare_request{}, {7});
    b.done_all();
    b.ask(freeze_request{}, {7});
    b.done(answer::held); // the application
    b.done(answer::held); // the first filesystem; the second is in work
    b.messages.clear();
    b.ask(abort_request{}, {7});
    BOOST_TEST((b.cancelled == std::vector<participant_index>{2}));
    // What is held already is released while the cancelled hold has still to end.
    BOOST_REQUIRE(b.work.size() == 2U);
    BOOST_TEST((b.work[0] == operate{2, operation::hold, {}}));
    BOOST_TEST((b.work[1] == operate{1, operation::release, {}}));
    BOOST_TEST(b.messages.empty());
    std::swap(b.work[0], b.work[1]);
    b.done(answer::released);
    BOOST_TEST(b.messages.empty());
    b.done(answer::held);
    BOOST_TEST(spelled(b.done_all()) == "release2 release0 ");
    BOOST_TEST((b.last<aborted_report>() != nullptr));
    BOOST_TEST(b.agent.held_filesystems() == 0U);
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
}

BOOST_AUTO_TEST_CASE(a_hold_that_ends_after_the_whole_undo_is_released_even_then) {
    bench b{1, 1};
    b.exempt = 9; // asked to hold, it has no release until its hold has ended
    b.open();
    b.ask(prepare_request{}, {7});
    b.done_all();
    b.ask(freeze_request{}, {7});
    b.ask(abort_request{}, {7});
    b.pass(seconds{60});
    BOOST_TEST((b.last<aborted_report>() != nullptr));
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
    b.done(answer::held);
    BOOST_TEST(spelled(b.done_all()) == "release0 ");
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
}

// SP 5.5, 6.1, 6.2, 6.4, 15.1, 15.2
BOOST_AUTO_TEST_CASE(the_hold_limit_counts_from_the_first_filesystem_and_only_ever_falls) {
    bench b{1, 2};
    b.open();
    prepare_request prepare;
    prepare.hold_limit = seconds{8};
    b.ask(prepare, {7});
    b.done_all();
    freeze_request freeze;
    freeze.hold_limit = seconds{20}; // more than agreed: the lower one stays (SP 6.5)
    b.ask(freeze, {7});
    b.now += seconds{3};
    b.done(answer::held); // an application does not start the clock
    b.now += seconds{2};
    b.done(answer::held);
    const instant first = b.now;
    b.now += seconds{1};
    b.done(answer::held);
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST((b.last<frozen_report>()->held_since == first));
    BOOST_TEST((b.last<frozen_report>()->hold_deadline == first + seconds{8}));
    b.messages.clear();
    b.ask(freeze, {7}); // a repetition gets the same answer and the same deadline (SP 5.7)
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST((b.last<frozen_report>()->hold_deadline == first + seconds{8}));
    b.pass(first + seconds{8} - b.now - milliseconds{1});
    BOOST_TEST((b.agent.phase() == agent_phase::frozen));
    b.pass(milliseconds{1});
    BOOST_TEST((b.agent.phase() == agent_phase::thaw));
    b.done_all();
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::expired));
    b.ask(thaw_request{}, {7});
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::expired));
}

// SP 6.5
BOOST_AUTO_TEST_CASE(a_hold_limit_above_the_largest_is_cut_down_to_it) {
    for (const auto& [asked, granted] : {std::pair{59, 59}, {60, 60}, {61, 60}}) {
        bench b{0, 1};
        b.open();
        b.freeze_all({7}, seconds{asked});
        BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
        BOOST_TEST((b.last<frozen_report>()->hold_deadline == b.now + seconds{granted}));
    }
}

// SP 10.10, 10.14: the process has begun no round of its own that would have set the distance.
BOOST_AUTO_TEST_CASE(
    what_is_adopted_and_refuses_to_be_released_is_tried_again_at_growing_distances) {
    bench b{0, 1};
    b.exempt = 8;
    b.agent.adopt({3}, {7}, everything, b.list, b.now);
    b.drain();
    b.ask(thaw_request{}, {7});
    b.done(answer::release_failed);
    for (const auto distance : {1, 2, 4}) {
        BOOST_TEST((b.agent.phase() == agent_phase::stuck));
        BOOST_TEST((b.due == b.now + seconds{distance}));
        b.pass(seconds{distance});
        BOOST_TEST((b.agent.phase() == agent_phase::thaw));
        b.done(answer::release_failed);
    }
}

// SP 3.12
BOOST_AUTO_TEST_CASE(a_message_of_another_session_changes_nothing) {
    bench b;
    b.open();
    b.freeze_all();
    b.messages.clear();
    const auto before = b.agent.machine().save();
    b.session = {2};
    b.ask(thaw_request{}, {7});
    b.ask(abort_request{}, {7});
    b.ask(query{}, {});
    BOOST_TEST((b.agent.machine().save() == before));
    BOOST_TEST(b.messages.empty());
    BOOST_TEST(b.work.empty());
}

BOOST_AUTO_TEST_CASE(transaction_0_is_none_and_nothing_begins_with_it) {
    bench b;
    b.open();
    const auto before = b.agent.machine().save();
    const auto refused = [&](nak_code code) {
        BOOST_REQUIRE((b.last<nak>() != nullptr));
        BOOST_TEST((b.last<nak>()->code == code));
        BOOST_TEST((b.agent.machine().save() == before));
        BOOST_TEST(!b.finding);
    };
    b.ask(prepare_request{}, {0});
    refused(nak_code::malformed); // SP 3.18
    b.ask(freeze_request{}, {0});
    refused(nak_code::malformed);
    b.ask(thaw_request{}, {0});
    refused(nak_code::unknown_txn); // SP 3.5
    b.ask(abort_request{}, {0});
    BOOST_TEST((b.last<aborted_report>() != nullptr)); // SP 3.6
}

BOOST_AUTO_TEST_CASE(a_refused_request_moves_no_limit_and_takes_no_answer) {
    bench b{1, 1};
    b.open();
    b.ask(prepare_request{}, {7});
    b.done_all();
    freeze_request foreign;
    foreign.hold_limit = seconds{1};
    b.ask(foreign, {9}); // refused with Busy: SP 3.4, 1.5
    BOOST_REQUIRE((b.last<nak>() != nullptr));
    BOOST_TEST((b.last<nak>()->header.seq == sequence_number{b.seq}));
    b.ask(freeze_request{}, {7});
    const sequence_number asked{b.seq};
    b.ask(freeze_request{}, {9}); // the answer to come is not that of this one: SP 3.1
    BOOST_TEST((b.last<nak>()->code == nak_code::busy));
    b.done_all();
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST((b.last<frozen_report>()->hold_deadline == b.now + seconds{10}));
    BOOST_TEST((b.last<frozen_report>()->header.seq == asked));
}

BOOST_AUTO_TEST_CASE(who_was_never_asked_to_prepare_is_told_nothing) {
    bench b{2, 1};
    b.open();
    b.ask(prepare_request{}, {7});
    b.found();
    b.done(answer::vetoed); // the first of three
    BOOST_TEST((b.last<error_report>() != nullptr));
    BOOST_TEST((b.finished == std::vector{copy_result::discarded})); // SP 14.11

    bench cut_short{2, 1};
    cut_short.open();
    cut_short.ask(prepare_request{}, {7});
    cut_short.found();
    cut_short.ask(abort_request{}, {7});
    BOOST_TEST(cut_short.finished.empty()); // its preparation has still to end
    cut_short.pass(seconds{60});
    BOOST_TEST((cut_short.last<aborted_report>() != nullptr));
    BOOST_TEST(cut_short.finished.size() == 1U);
}

// SP 16.3
BOOST_AUTO_TEST_CASE(participants_are_accepted_up_to_their_limit) {
    for (const std::size_t count : {3U, 4U, 5U}) {
        agent_options options;
        options.limits.participants_max = 4;
        bench b{0, static_cast<int>(count), options};
        b.open();
        b.ask(prepare_request{}, {7});
        b.done_all();
        if (count <= 4) {
            BOOST_REQUIRE((b.last<prepared_report>() != nullptr));
            BOOST_TEST(b.last<prepared_report>()->participants.size() == count);
        } else {
            BOOST_REQUIRE((b.last<error_report>() != nullptr));
            BOOST_TEST((b.last<error_report>()->reason == verdict::veto));
        }
    }
}

// SP 6.11
BOOST_AUTO_TEST_CASE(a_busy_agent_shows_that_it_is_alive_where_that_is_agreed) {
    agent_options options;
    options.capabilities = everything;
    bench b{1, 1, options};
    b.open();
    b.ask(prepare_request{}, {7});
    b.messages.clear();
    for (int i = 0; i < 4; ++i) {
        b.pass(milliseconds{2500});
    }
    BOOST_TEST(b.messages.size() == 4U);
    BOOST_TEST((b.last<progress_report>() != nullptr));
    bench quiet{1, 1};
    quiet.open(capability::explicit_prepare);
    quiet.ask(prepare_request{}, {7});
    quiet.messages.clear();
    quiet.pass(seconds{10});
    BOOST_TEST(quiet.messages.empty());
}

BOOST_AUTO_TEST_CASE(nobody_is_shown_progress_whose_session_ends) {
    agent_options options;
    options.capabilities = everything;
    for (const bool cloned : {false, true}) {
        bench b{1, 1, options};
        b.open();
        b.freeze_all();
        if (cloned) {
            b.agent.generation_changed({99}, b.now);
            b.drain();
        }
        b.session = {2};
        b.messages.clear();
        hello opening; // waits for the end of the undo (SP 2.6, 2.7)
        opening.versions = {{1, 0}};
        opening.wanted = everything;
        b.ask(opening);
        b.pass(seconds{10});
        BOOST_TEST(b.messages.empty());
        b.done_all();
        BOOST_TEST((b.last<hello_ack>() != nullptr));
    }
}

BOOST_AUTO_TEST_CASE(a_skipped_filesystem_takes_no_further_part) {
    bench b{0, 2};
    b.open();
    b.ask(prepare_request{}, {7});
    b.done_all();
    b.ask(freeze_request{}, {7});
    const auto skipped = b.work.front();
    b.work.pop_front();
    b.agent.participant_skipped(skipped.participant, b.now);
    b.drain();
    b.done_all();
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST(b.last<frozen_report>()->held == 1U);
    b.ask(thaw_request{}, {7});
    BOOST_TEST(spelled(b.done_all()) == "release1 ");
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::clean));
}
