// SPDX-License-Identifier: BSL-1.0
// What an agent lets go of, and when: undo, evidence, failures, the end of a session.
#include "tests/unit/endpoint/agent_bench.hpp"

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace snapproto::test;

namespace {

/// Transaction 7 has ended, the release of its application is still in work, and 8 is asked for.
void prepare_behind_a_hanging_release(bench& b) {
    b.open();
    b.freeze_all();
    b.ask(thaw_request{}, {7});
    b.done(answer::released); // the filesystem
    b.pass(seconds{60});      // the limit of RESUME
    b.ask(complete_request{}, {7});
    b.ask(prepare_request{}, {8});
}

} // namespace

// SP 6.6
BOOST_AUTO_TEST_CASE(a_participant_that_lets_go_in_the_window_ends_the_transaction_as_early) {
    bench b;
    b.open();
    b.freeze_all();
    b.messages.clear();
    b.agent.participant_let_go(1, b.now);
    b.drain();
    BOOST_TEST(b.messages.empty());
    while (!b.work.empty()) {
        const bool gone = b.work.front().participant == 1;
        b.done(gone ? answer::not_held : answer::released);
    }
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::early));
    // A host that thaws too late learns that it was too late: SP 7.9.
    b.ask(thaw_request{}, {7});
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::early));
}

// SP 7.3
BOOST_AUTO_TEST_CASE(a_release_that_finds_nothing_held_makes_the_verdict_early) {
    bench b;
    b.open();
    b.freeze_all();
    b.ask(thaw_request{}, {7});
    b.done(answer::not_held);
    b.done_all();
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::early));
    BOOST_TEST(b.last<thawed_report>()->released == 1U);
}

BOOST_AUTO_TEST_CASE(an_application_found_to_have_let_go_while_others_resume_makes_it_early) {
    for (const bool by_report : {true, false}) {
        bench b{2, 1};
        b.open();
        b.freeze_all();
        b.ask(thaw_request{}, {7});
        b.done(answer::released); // the filesystem
        BOOST_TEST((b.agent.phase() == agent_phase::resume));
        if (by_report) {
            b.agent.participant_let_go(0, b.now);
            b.drain();
        }
        BOOST_TEST(b.done(answer::released).participant == 1U);
        BOOST_TEST(b.done(answer::not_held).participant == 0U);
        BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
        BOOST_TEST((b.last<thawed_report>()->outcome == verdict::early)); // SP 6.7, 7.3
        BOOST_TEST((b.agent.phase() == agent_phase::idle));
    }
}

// SP 7.10, 10.10, 15.7
BOOST_AUTO_TEST_CASE(a_stuck_filesystem_is_tried_again_at_growing_distances) {
    bench b{1, 1};
    b.open();
    b.freeze_all();
    b.ask(thaw_request{}, {7});
    b.messages.clear();
    b.done(answer::release_failed);
    BOOST_TEST((b.agent.phase() == agent_phase::stuck));
    for (const auto distance : {1, 2, 4, 8, 16, 30, 30}) {
        b.pass(seconds{distance} - milliseconds{1});
        BOOST_TEST((b.agent.phase() == agent_phase::stuck));
        b.pass(milliseconds{1});
        BOOST_TEST((b.agent.phase() == agent_phase::thaw));
        BOOST_TEST(b.agent.held_filesystems() == 1U);
        b.done(answer::release_failed);
    }
    b.pass(seconds{30});
    b.done_all();
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::stuck));
    BOOST_TEST(b.agent.held_filesystems() == 0U);
}

BOOST_AUTO_TEST_CASE(applications_alone_are_released_by_the_hold_limit_too) {
    bench b{2, 0};
    b.open();
    b.freeze_all();
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST((b.last<frozen_report>()->hold_deadline == b.now + seconds{10}));
    b.pass(seconds{10});
    BOOST_TEST(spelled(b.done_all()) == "release1 release0 ");
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::expired));
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
}

// SP 10.14
BOOST_AUTO_TEST_CASE(what_a_predecessor_left_held_is_adopted_and_released) {
    bench b{0, 2};
    b.exempt = 8; // its holds are in the recording of the predecessor
    b.agent.adopt({3}, {7}, everything, b.list, b.now);
    b.drain();
    BOOST_TEST(b.agent.held_filesystems() == 2U);
    BOOST_TEST((b.due == b.now + seconds{10}));
    b.ask(thaw_request{}, {7});
    BOOST_TEST(spelled(b.done_all()) == "release1 release0 ");
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::lost));
    BOOST_TEST(b.last<thawed_report>()->released == 2U);
}

// SP 11.6
BOOST_AUTO_TEST_CASE(a_generation_change_renews_identities_before_anything_is_released) {
    bench b;
    b.open();
    b.freeze_all();
    b.messages.clear();
    b.agent.generation_changed({99}, b.now);
    const auto first = b.agent.poll();
    BOOST_TEST(std::holds_alternative<reseed>(first));
    b.drain();
    b.done_all();
    BOOST_TEST(b.closed);
    BOOST_TEST(b.messages.empty()); // SP 8.8
    BOOST_TEST((b.agent.phase() == agent_phase::off));
    BOOST_TEST(b.agent.held_filesystems() == 0U);
}

BOOST_AUTO_TEST_CASE(a_stop_releases_everything_and_then_ends_the_process) {
    bench b;
    b.open();
    b.freeze_all();
    b.messages.clear();
    b.agent.stop(b.now);
    b.drain();
    BOOST_TEST(!b.exited);
    BOOST_TEST(spelled(b.done_all()) == "release2 release1 release0 ");
    BOOST_TEST(b.exited);
    BOOST_TEST(b.messages.empty()); // nothing that looks like success: SP 10.13
    bench idle;
    idle.open();
    idle.agent.stop(idle.now);
    idle.drain();
    BOOST_TEST(idle.exited);
}

// SP 3.11, 10.2
BOOST_AUTO_TEST_CASE(a_lost_channel_releases_and_the_verdict_can_be_asked_for_afterwards) {
    bench b;
    b.open();
    b.freeze_all();
    b.agent.handle_channel_lost(b.now);
    b.drain();
    BOOST_TEST(spelled(b.done_all()) == "release2 release1 release0 ");
    BOOST_TEST((b.agent.phase() == agent_phase::off));
    b.session = {4};
    b.open();
    b.ask(thaw_request{}, {7});
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::lost));
}

BOOST_AUTO_TEST_CASE(an_application_that_fails_to_resume_is_a_warning) {
    bench b{2, 1};
    b.open();
    b.freeze_all();
    b.ask(thaw_request{}, {7});
    b.done(answer::released);
    b.done(answer::release_failed);
    BOOST_TEST(spelled(b.done_all()) == "release0 ");
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::clean)); // SP 7.5
    BOOST_TEST(b.agent.resume_failed());
    complete_request complete;
    complete.result = copy_result::kept;
    b.ask(complete, {7}); // it learns the result all the same
    BOOST_TEST((b.finished == std::vector<copy_result>(3, copy_result::kept))); // SP 9.8
}

BOOST_AUTO_TEST_CASE(when_the_limit_of_resume_passes_what_is_left_is_released_without_waiting) {
    bench b{3, 1};
    b.open(capability::explicit_prepare | capability::completion);
    b.freeze_all();
    b.ask(thaw_request{}, {7});
    b.done(answer::released); // the filesystem; application 2 hangs
    b.messages.clear();
    b.cancelled.clear();
    b.pass(seconds{60});
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    // Whether application 2 was held until now is not known (SP 7.11).
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::expired));
    BOOST_TEST(b.agent.resume_failed());
    const std::vector<operate> asked(b.work.begin(), b.work.end());
    BOOST_TEST(spelled(asked) == "release2 release1 release0 "); // SP 7.11, 8.9
    BOOST_TEST(b.cancelled.empty());                             // they are to be released
    b.ask(complete_request{}, {7});
    BOOST_TEST(b.finished.size() == 4U);
    b.done_all(); // late, and of no effect any more
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
    b.freeze_all({8});
    BOOST_TEST((b.last<frozen_report>() != nullptr));
}

// SP 14.15
BOOST_AUTO_TEST_CASE(a_repair_left_in_work_ends_before_the_next_transaction_looks_for_anybody) {
    agent_options options;
    options.capabilities = everything | capability::recovery;
    bench b{1, 1, options};
    b.open(options.capabilities);
    b.freeze_all();
    b.ask(thaw_request{}, {7});
    b.done_all();
    b.ask(recover_request{{}, "copy"}, {7});
    b.ask(complete_request{}, {7});
    b.ask(prepare_request{}, {8});
    BOOST_TEST((b.agent.phase() == agent_phase::prep));
    BOOST_TEST(!b.finding);
    BOOST_TEST((b.done(answer::vetoed).what == operation::recover));
    BOOST_TEST(b.finding);
    b.done_all();
    BOOST_TEST((b.last<prepared_report>() != nullptr)); // that veto was none of this Prepare's
}

BOOST_AUTO_TEST_CASE(a_release_that_fails_too_late_is_no_warning_of_the_next_transaction) {
    bench b{1, 1};
    prepare_behind_a_hanging_release(b);
    BOOST_TEST(!b.finding);
    b.done(answer::release_failed);
    b.agent.participant_let_go(0, b.now); // while nobody knows yet who takes part
    b.done_all();
    b.ask(freeze_request{}, {8});
    b.done_all();
    b.ask(thaw_request{}, {8});
    b.done_all();
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::clean));
    BOOST_TEST(b.last<thawed_report>()->warnings.empty());
    BOOST_TEST(!b.agent.resume_failed());
}

BOOST_AUTO_TEST_CASE(a_hold_that_comes_too_late_is_released_before_the_next_transaction) {
    bench b{1, 1};
    b.open();
    b.ask(prepare_request{}, {7});
    b.done_all();
    b.ask(freeze_request{}, {7});
    b.pass(seconds{60}); // the limit of QUIESCE, then that of the undo
    BOOST_TEST(b.cancelled.size() == 1U);
    b.pass(seconds{60});
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    b.ask(prepare_request{}, {8});
    BOOST_TEST((b.done(answer::held).what == operation::hold));
    BOOST_TEST(!b.finding);
    BOOST_TEST((b.done(answer::released).what == operation::release));
    BOOST_TEST(b.finding);
    b.done_all();
    BOOST_TEST((b.last<prepared_report>() != nullptr));
}

BOOST_AUTO_TEST_CASE(a_preparation_that_waits_for_what_never_ends_expires) {
    bench b{1, 1};
    prepare_behind_a_hanging_release(b);
    b.pass(seconds{180}); // SP 4.8
    b.pass(seconds{60});  // the undo waits for what is in work as well
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::expired));
    BOOST_TEST(b.work.size() == 1U);
    BOOST_TEST(!b.finding);
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
}

BOOST_AUTO_TEST_CASE(a_release_that_fails_on_what_had_let_go_is_tried_again_later_and_not_at_once) {
    bench b{0, 1};
    b.open();
    b.freeze_all();
    b.agent.participant_let_go(0, b.now);
    b.drain();
    b.done(answer::release_failed);
    BOOST_TEST((b.agent.phase() == agent_phase::stuck));
    BOOST_TEST(b.work.empty());
    BOOST_TEST(b.agent.held_filesystems() == 1U); // not known, so said to be held: SP 14.7
    b.pass(seconds{1});
    b.done(answer::not_held);
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::early));
    BOOST_TEST(b.agent.held_filesystems() == 0U);
}

BOOST_AUTO_TEST_CASE(a_copy_is_repaired_before_anybody_learns_the_result) {
    for (const answer said : {answer::finished, answer::vetoed}) {
        agent_options options;
        options.capabilities = everything | capability::recovery;
        bench b{1, 2, options};
        b.open(options.capabilities);
        b.freeze_all();
        b.ask(thaw_request{}, {7});
        b.done_all();
        b.ask(recover_request{{}, "copy"}, {7});
        BOOST_TEST((b.done(said).what == operation::recover));
        BOOST_TEST((b.last<recovered_report>() != nullptr) == (said == answer::finished));
        BOOST_TEST(b.finished.empty());
        b.ask(complete_request{}, {7});
        BOOST_TEST(b.finished.size() == 3U); // the judges have an eye on the recording (SP 9.8)
    }
}

// SP 3.9, SP 7.9
BOOST_AUTO_TEST_CASE(how_long_was_held_does_not_grow_with_the_time_of_the_question) {
    for (const int filesystems : {0, 2}) {
        bench b{1, filesystems};
        b.open();
        b.freeze_all();
        b.pass(seconds{3});
        b.ask(thaw_request{}, {7});
        b.done_all();
        BOOST_TEST((b.last<thawed_report>()->held_for == seconds{3}));
        b.pass(seconds{50});
        b.ask(thaw_request{}, {7});
        BOOST_TEST((b.last<thawed_report>()->held_for == seconds{3}));
        b.ask(complete_request{}, {7});
        b.freeze_all({8}, seconds{2});
        b.pass(seconds{2});
        b.done_all();
        b.pass(seconds{50});
        b.ask(thaw_request{}, {8});
        BOOST_TEST((b.last<thawed_report>()->outcome == verdict::expired));
        BOOST_TEST((b.last<thawed_report>()->held_for == seconds{2}));
    }
}
