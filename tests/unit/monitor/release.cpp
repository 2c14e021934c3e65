// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/release.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

namespace {

/// A Freeze whose second filesystem refuses; nothing is released yet.
script vetoed() {
    script s;
    s.open(0).start().prepare(0).asks(0, message_kind::freeze).state(0, agent_phase::quiesce);
    s.hold(0, 0).state(0, agent_phase::freeze).hold(0, 1);
    return s.part(0, record_kind::hold_begin, 2).part(0, record_kind::vetoed, 2);
}

script& give_up(script& s) {
    s.says(0, message_kind::error, saying(verdict::veto));
    return s.report(session_outcome::failed, consistency::none, verdict::veto);
}

/// After the freeze: Thaw arrives, and the filesystems are being released.
script thawing() {
    script s = good_frozen();
    return s.begin_cut()
        .end_cut()
        .asks(0, message_kind::thaw, cut(cut_outcome::ok))
        .state(0, agent_phase::thaw);
}

script& end_clean(script& s) {
    s.says(0, message_kind::thawed, saying(verdict::clean)).complete(0);
    return s.report(session_outcome::degraded, consistency::crash, verdict::early);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_rollback_before_the_answer_breaks_nothing) {
    script s = vetoed();
    s.state(0, agent_phase::thaw).release(0, 1).state(0, agent_phase::resume).release(0, 0);
    s.state(0, agent_phase::idle);
    expect_in_the_end(give_up(s), {});
}

BOOST_AUTO_TEST_CASE(a_failure_answered_before_the_rollback_is_found) {
    script s = vetoed();
    s.says(0, message_kind::error, saying(verdict::veto));
    s.state(0, agent_phase::thaw).release(0, 1).state(0, agent_phase::resume).release(0, 0);
    s.state(0, agent_phase::idle).report(session_outcome::failed, consistency::none, verdict::veto);
    expect(s, {7});
    BOOST_TEST((clauses_of(s, 7) == std::set<std::pair<int, int>>{{5, 12}}));
}

BOOST_AUTO_TEST_CASE(a_stuck_agent_may_say_so_while_it_holds) {
    script s = thawing();
    s.release(0, 2, record_kind::release_failed).state(0, agent_phase::stuck);
    s.says(0, message_kind::error, saying(verdict::stuck));
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(a_hold_that_begins_after_the_failure_was_answered_is_found) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).hold(0, 2).release(0, 2);
    s.says(0, message_kind::error, saying(verdict::veto)).hold(0, 1).release(0, 1);
    expect(s, {7, 9}); // what is held later is released earlier
}

BOOST_AUTO_TEST_CASE(a_status_that_shows_a_hold_after_the_failure_is_found_on_the_wire) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze);
    s.says(0, message_kind::error, saying(verdict::veto)).asks(0, message_kind::query);
    s.says(0, message_kind::status, [](record& r) {
        r.count = 1;
        r.phase = agent_phase::idle;
    });
    expect(s, {7});
}

BOOST_AUTO_TEST_CASE(a_refused_freeze_that_holds_all_the_same_is_found) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).hold(0, 1);
    s.says(0, message_kind::nak, refusing(nak_code::bad_state));
    expect(s, {7});
}

BOOST_AUTO_TEST_CASE(what_is_released_must_have_been_held_by_the_transaction) {
    script s = thawing();
    s.release(0, 2).release(0, 1).release(0, 7).state(0, agent_phase::resume).release(0, 0);
    end_clean(s.state(0, agent_phase::await));
    expect(s, {8});
    BOOST_TEST((clauses_of(s, 8) == std::set<std::pair<int, int>>{{7, 12}}));
}

BOOST_AUTO_TEST_CASE(a_filesystem_that_refused_belongs_to_somebody_else) {
    script s = vetoed();
    s.state(0, agent_phase::thaw).release(0, 2).release(0, 1).state(0, agent_phase::resume);
    s.release(0, 0).state(0, agent_phase::idle);
    expect(give_up(s), {8});

    script in_vain = vetoed();
    in_vain.state(0, agent_phase::thaw).release(0, 2, record_kind::not_held).release(0, 1);
    in_vain.state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::idle);
    expect(give_up(in_vain), {});
}

BOOST_AUTO_TEST_CASE(what_is_left_held_at_the_end_is_found) {
    script s = thawing();
    s.release(0, 2).state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::await);
    s.says(0, message_kind::thawed, saying(verdict::early)).state(0, agent_phase::idle);
    expect(s, {8, 9}); // an application was released before the last filesystem
    BOOST_TEST((clauses_of(s, 8) == std::set<std::pair<int, int>>{{1, 7}}));

    script writer = thawing();
    writer.release(0, 2).release(0, 1).state(0, agent_phase::resume).state(0, agent_phase::await);
    writer.says(0, message_kind::thawed, saying(verdict::early));
    expect(writer, {8});
}

BOOST_AUTO_TEST_CASE(applications_are_held_before_filesystems) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).hold(0, 1).hold(0, 0);
    expect(s, {9});
    BOOST_TEST((clauses_of(s, 9) == std::set<std::pair<int, int>>{{5, 2}}));
}

BOOST_AUTO_TEST_CASE(releases_come_in_the_reverse_order) {
    script s = thawing();
    s.release(0, 1).release(0, 2).state(0, agent_phase::resume).release(0, 0);
    end_clean(s.state(0, agent_phase::await));
    expect(s, {9});
    BOOST_TEST((clauses_of(s, 9) == std::set<std::pair<int, int>>{{7, 1}}));
}

BOOST_AUTO_TEST_CASE(a_cancelled_hold_that_ends_late_may_be_released_out_of_order_and_no_other) {
    const auto cancelled = [] { // an Abort comes while filesystem 2 is asked to hold
        script s;
        s.open(0).start().prepare(0).asks(0, message_kind::freeze).state(0, agent_phase::quiesce);
        s.hold(0, 0).state(0, agent_phase::freeze).hold(0, 1);
        s.part(0, record_kind::hold_begin, 2).asks(0, message_kind::abort);
        return s.state(0, agent_phase::thaw);
    };
    const auto end = [](script& s) {
        s.state(0, agent_phase::resume).release(0, 0).finish(0).state(0, agent_phase::idle);
        s.says(0, message_kind::aborted);
    };
    script late = cancelled();
    late.release(0, 1).part(0, record_kind::held, 2).release(0, 2);
    end(late);
    expect(late, {});

    // Just outside: it had ended before the first release.
    script in_time = cancelled();
    in_time.part(0, record_kind::held, 2).release(0, 1).release(0, 2);
    end(in_time);
    expect(in_time, {9});
    BOOST_TEST((clauses_of(in_time, 9) == std::set<std::pair<int, int>>{{7, 1}}));

    // Said once more, a hold does not become late.
    script again = cancelled();
    again.part(0, record_kind::held, 2).release(0, 1).part(0, record_kind::held, 2).release(0, 2);
    end(again);
    expect(again, {9});

    // Asked for after the first release, it is not late but forbidden.
    script forbidden = cancelled();
    forbidden.part(0, record_kind::held, 2).release(0, 2).release(0, 1).hold(0, 3).release(0, 3);
    end(forbidden);
    expect(forbidden, {9});
    BOOST_TEST((clauses_of(forbidden, 9) == std::set<std::pair<int, int>>{{5, 11}, {7, 1}}));

    // The others keep their order, and applications wait for it.
    script overtaken = cancelled();
    overtaken.release(0, 1).part(0, record_kind::release_begin, 0).part(0, record_kind::held, 2);
    overtaken.part(0, record_kind::released, 0).release(0, 2);
    overtaken.state(0, agent_phase::resume).finish(0).state(0, agent_phase::idle);
    overtaken.says(0, message_kind::aborted);
    expect(overtaken, {9});
    BOOST_TEST((clauses_of(overtaken, 9) == std::set<std::pair<int, int>>{{7, 2}}));
}

BOOST_AUTO_TEST_CASE(who_has_nothing_to_hold_needs_no_release) {
    script s;
    s.open(0).start(consistency::filesystem).prepare(0).asks(0, message_kind::freeze);
    s.part(0, record_kind::hold_begin, 1).part(0, record_kind::skipped, 1).hold(0, 2);
    s.asks(0, message_kind::abort);
    script released = s;
    released.part(0, record_kind::release_begin, 1).part(0, record_kind::released, 1);
    s.release(0, 2).state(0, agent_phase::idle).says(0, message_kind::aborted);
    expect(s, {});
    released.release(0, 2).state(0, agent_phase::idle).says(0, message_kind::aborted);
    expect(released, {8}); // it takes no further part
}

BOOST_AUTO_TEST_CASE(applications_are_released_after_filesystems) {
    script s = thawing();
    s.release(0, 2).part(0, record_kind::release_begin, 0).part(0, record_kind::released, 0);
    s.release(0, 1).state(0, agent_phase::resume);
    end_clean(s.state(0, agent_phase::await));
    expect(s, {9});
    BOOST_TEST((clauses_of(s, 9) == std::set<std::pair<int, int>>{{7, 1}, {7, 2}}));
}

BOOST_AUTO_TEST_CASE(nothing_is_released_twice) {
    script s = thawing();
    s.release(0, 2).release(0, 2, record_kind::not_held).release(0, 1);
    s.state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::await);
    s.says(0, message_kind::thawed, saying(verdict::early));
    expect(s, {9});
    BOOST_TEST((clauses_of(s, 9) == std::set<std::pair<int, int>>{{8, 9}}));
}

BOOST_AUTO_TEST_CASE(a_failing_or_interrupted_hook_is_released_like_the_others) {
    const auto hook = [](script& s, record_kind what) {
        s.add(role::participant, what, 0,
              [](record& r) { r.participant = participant_kind::hook; });
    };
    for (const bool answered : {true, false}) {
        script s;
        s.open(0).start().asks(0, message_kind::freeze);
        hook(s, record_kind::hold_begin);
        if (answered) {
            hook(s, record_kind::vetoed);
        }
        script forgotten = s;
        expect(give_up(forgotten.state(0, agent_phase::idle)), {9});
        hook(s, record_kind::release_begin);
        hook(s, record_kind::released);
        expect(give_up(s.state(0, agent_phase::idle)), {});
    }
}

// SP 7.11, 14.15
BOOST_AUTO_TEST_CASE(a_hold_without_an_end_is_waited_for_no_longer_than_the_limit_of_resume) {
    for (const bool waited : {false, true}) {
        script s;
        s.open(0).start().prepare(0).asks(0, message_kind::freeze).state(0, agent_phase::quiesce);
        s.part(0, record_kind::hold_begin, 0).after(60s).state(0, agent_phase::resume);
        if (waited) {
            s.after(60s).timer(record_kind::timer_fired, 0, timer_kind::phase);
        }
        s.state(0, agent_phase::idle).says(0, message_kind::error, saying(verdict::expired));
        s.report(session_outcome::failed, consistency::none, verdict::expired);
        if (!waited) {
            expect(s, {9});
            continue;
        }
        s.after(5s).part(0, record_kind::held, 0).state(0, agent_phase::idle);
        script kept = s;
        // The undo of the next transaction, which waits for it too, is given up likewise.
        s.txn(41).state(0, agent_phase::prep).state(0, agent_phase::resume).after(60s);
        s.timer(record_kind::timer_fired, 0, timer_kind::phase).state(0, agent_phase::idle);
        s.txn(40);
        expect(s.release(0, 0), {});
        expect_in_the_end(kept.after(1h), {22});
    }
}

BOOST_AUTO_TEST_CASE(a_retry_is_no_second_release) {
    script s = thawing();
    s.release(0, 2, record_kind::release_failed).release(0, 1).state(0, agent_phase::stuck);
    s.after(1s).state(0, agent_phase::thaw).release(0, 2).state(0, agent_phase::resume);
    s.release(0, 0).state(0, agent_phase::idle);
    s.says(0, message_kind::thawed, saying(verdict::stuck));
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(clean_is_said_only_after_real_releases) {
    script s = thawing();
    s.release(0, 2, record_kind::not_held).release(0, 1).state(0, agent_phase::resume);
    s.release(0, 0).state(0, agent_phase::await);
    expect(end_clean(s), {15});
    BOOST_TEST((clauses_of(s, 15) == std::set<std::pair<int, int>>{{7, 3}}));

    script early = thawing();
    early.part(0, record_kind::let_go_early, 1).release(0, 2).release(0, 1);
    early.state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::await);
    expect(end_clean(early), {15});

    script expired = thawing();
    expired.timer(record_kind::timer_fired, 0, timer_kind::hold).release(0, 2).release(0, 1);
    expired.state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::await);
    expect(end_clean(expired), {15});
    BOOST_TEST((clauses_of(expired, 15) == std::set<std::pair<int, int>>{{6, 3}}));

    script hung = thawing();
    hung.release(0, 2).release(0, 1).state(0, agent_phase::resume);
    hung.timer(record_kind::timer_fired, 0, timer_kind::phase);
    hung.release(0, 0, record_kind::release_failed).state(0, agent_phase::await);
    expect(end_clean(hung), {15});
    BOOST_TEST((clauses_of(hung, 15) == std::set<std::pair<int, int>>{{7, 11}}));

    script second_try = thawing();
    second_try.release(0, 2, record_kind::release_failed).release(0, 2).release(0, 1);
    second_try.state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::await);
    expect(end_clean(second_try), {15});
}

BOOST_AUTO_TEST_CASE(clean_while_something_is_held_breaks_two_properties) {
    script s = thawing();
    s.release(0, 2);
    expect(end_clean(s), {8, 15});
}

BOOST_AUTO_TEST_CASE(an_application_that_resumes_badly_is_a_warning) {
    script s = thawing();
    s.release(0, 2).release(0, 1).state(0, agent_phase::resume);
    s.release(0, 0, record_kind::release_failed).state(0, agent_phase::await);
    s.says(0, message_kind::thawed, saying(verdict::clean));
    s.complete(0).success();
    expect_in_the_end(s, {});
}

// SP 29.10: an agent that makes its transactions up begins anew with each process of its own. What
// its predecessor left held is still to be released.
BOOST_AUTO_TEST_CASE(a_new_process_may_use_a_transaction_id_again_and_inherits_what_is_held) {
    script s = thawing();
    s.release(0, 2).release(0, 1).state(0, agent_phase::resume).release(0, 0);
    s.state(0, agent_phase::idle).agent(record_kind::stop_requested, 0);
    s.agent(record_kind::stopped, 0).agent(record_kind::started, 0);
    s.hold(0, 0).state(0, agent_phase::freeze).hold(0, 1).hold(0, 2).release_all(0);
    expect(s.state(0, agent_phase::idle), {});

    script left = thawing();
    left.agent(record_kind::killed, 0).agent(record_kind::started, 0);
    left.state(0, agent_phase::thaw).release(0, 2).state(0, agent_phase::resume).release(0, 0);
    expect(left, {8, 9});
}
