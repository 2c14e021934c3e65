// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/hold.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

namespace {

script thawed_after(duration span) {
    script s = good_frozen();
    s.after(span).begin_cut().end_cut().thaw(0).complete(0).success();
    return s;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_hold_up_to_its_limit_and_the_tolerance_is_in_time) {
    expect(thawed_after(9s), {});
    expect(thawed_after(10950ms), {}); // 50 ms were over already
    expect(thawed_after(10951ms), {4});
}

BOOST_AUTO_TEST_CASE(a_lower_limit_in_prepare_or_freeze_counts) {
    script s;
    s.open(0).start().asks(0, message_kind::prepare, spanning(8s)).state(0, agent_phase::prep);
    s.state(0, agent_phase::ready).says(0, message_kind::prepared);
    s.asks(0, message_kind::freeze, spanning(5s)).hold(0, 1);
    s.says(0, message_kind::frozen, until(5s)).after(6500ms);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    s.says(0, message_kind::thawed, saying(verdict::clean)).complete(0);
    s.report(session_outcome::failed, consistency::none, verdict::expired);
    expect(s, {4});
    BOOST_TEST((clauses_of(s, 4) == std::set<std::pair<int, int>>{{6, 8}}));
}

// SP 6.5
BOOST_AUTO_TEST_CASE(a_limit_of_zero_asks_for_nothing) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze, spanning(0s)).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)).after(8s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    BOOST_TEST(clauses_of(s, 4).empty());
}

// SP 3.12
BOOST_AUTO_TEST_CASE(what_another_session_says_of_the_limit_does_not_count) {
    script s;
    s.open(0).start().asks(0, message_kind::prepare, [](record& r) {
        of_session(9)(r);
        r.span = duration{4s};
    });
    s.asks(0, message_kind::freeze).hold(0, 1).says(0, message_kind::frozen, until(10s)).after(8s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    BOOST_TEST(clauses_of(s, 4).empty());
}

// SP 3.10
BOOST_AUTO_TEST_CASE(what_a_repeated_prepare_says_of_the_limit_does_not_count) {
    script s;
    s.open(0).start().asks(0, message_kind::prepare).state(0, agent_phase::prep);
    s.asks(0, message_kind::prepare, spanning(2s)).state(0, agent_phase::ready);
    s.says(0, message_kind::prepared).asks(0, message_kind::freeze).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)).after(8s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    BOOST_TEST(clauses_of(s, 4).empty());
}

BOOST_AUTO_TEST_CASE(what_a_refused_request_says_of_the_limit_does_not_count) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).txn(2);
    s.asks(0, message_kind::prepare, spanning(1s));
    s.says(0, message_kind::nak, refusing(nak_code::busy)).txn(1).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)).after(8s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    BOOST_TEST(clauses_of(s, 4).empty());
}

// SP 60.11: that Nak has the number of the last request. What had been asked before a new
// transaction began does not come back with it.
BOOST_AUTO_TEST_CASE(a_nak_of_what_is_no_message_refuses_no_request) {
    for (const bool bytes : {true, false}) { // or another request with the number of the Freeze
        script s;
        s.open(0)
            .start()
            .asks(0, message_kind::prepare, spanning(2s))
            .says(0, message_kind::prepared);
        s.asks(0, message_kind::abort).says(0, message_kind::aborted).txn(2);
        const edit numbered = [](record& r) { r.seq.value = 9; };
        s.asks(0, message_kind::freeze, numbered);
        if (bytes) {
            s.agent(record_kind::malformed, 0);
        } else {
            s.asks(0, message_kind::recover, numbered);
        }
        s.says(0, message_kind::nak, [&](record& r) {
            numbered(r);
            r.refusal = bytes ? nak_code::malformed : nak_code::bad_state;
        });
        s.hold(0, 1).says(0, message_kind::frozen, until(10s)).after(8s);
        s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
        BOOST_TEST(clauses_of(s, 4).empty());
    }
}

// SP 2.12, SP 3.18
BOOST_AUTO_TEST_CASE(a_nak_malformed_refuses_a_prepare_of_transaction_0_whatever_came_before) {
    const edit numbered = [](record& r) {
        r.seq.value = 9;
        r.span = duration{r.message == message_kind::prepare ? 2s : 0s};
    };
    script s;
    s.open(0).agent(record_kind::malformed, 0).start().asks(0, message_kind::freeze, numbered);
    s.txn(0).asks(0, message_kind::prepare, numbered).says(0, message_kind::nak, [](record& r) {
        r.seq.value = 9;
        r.refusal = nak_code::malformed;
    });
    s.txn(40).hold(0, 1).says(0, message_kind::frozen, until(10s)).after(8s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    BOOST_TEST(clauses_of(s, 4).empty());
}

BOOST_AUTO_TEST_CASE(what_a_repeated_freeze_says_of_the_limit_does_not_count) {
    const auto held_for_eight_seconds = [](bool refused) {
        script s;
        s.open(0).start().asks(0, message_kind::freeze).state(0, agent_phase::prep);
        s.says(0, message_kind::progress);
        if (refused) {
            s.says(0, message_kind::nak, refusing(nak_code::bad_state));
        }
        s.asks(0, message_kind::freeze, spanning(5s)).hold(0, 1);
        s.says(0, message_kind::frozen, until(10s)).after(8s);
        return s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    };
    BOOST_TEST(clauses_of(held_for_eight_seconds(false), 4).empty());
    BOOST_TEST(!clauses_of(held_for_eight_seconds(true), 4).empty()); // then it is the first one
}

BOOST_AUTO_TEST_CASE(a_longer_hold_than_announced_counts_even_if_the_request_wanted_it) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze, spanning(40s)).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)).after(12s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    s.says(0, message_kind::thawed, saying(verdict::clean)).complete(0);
    s.report(session_outcome::failed, consistency::none, verdict::expired);
    expect(s, {4});
}

BOOST_AUTO_TEST_CASE(a_filesystem_that_was_tried_in_vain_is_exempt_while_retries_go_on) {
    script s = good_frozen();
    s.timer(record_kind::timer_fired, 0, timer_kind::hold).state(0, agent_phase::thaw);
    s.release(0, 2, record_kind::release_failed).release(0, 1).state(0, agent_phase::stuck);
    s.says(0, message_kind::error, saying(verdict::stuck));
    for (int i = 0; i < 10; ++i) {
        s.after(30s).state(0, agent_phase::thaw).release(0, 2, record_kind::release_failed);
        s.state(0, agent_phase::stuck);
    }
    script forgotten = s;
    s.after(30s).state(0, agent_phase::thaw).release(0, 2).state(0, agent_phase::resume);
    s.release(0, 0).state(0, agent_phase::idle);
    s.says(0, message_kind::error, saying(verdict::stuck));
    s.report(session_outcome::failed, consistency::none, verdict::stuck);
    expect(s, {});
    forgotten.report(session_outcome::failed, consistency::none, verdict::stuck);
    expect_in_the_end(forgotten, {22});
    forgotten.at(much_later);
    BOOST_TEST((clauses_of(forgotten, 22) ==
                std::set<std::pair<int, int>>{{6, 8}, {10, 10}})); // the writer is held as well
}

BOOST_AUTO_TEST_CASE(a_hold_that_never_ends_is_found_by_both_bounds) {
    script s = good_frozen();
    s.report(session_outcome::failed, consistency::none, verdict::aborted);
    expect_in_the_end(s, {4, 22, 23}); // and the agent does not come to rest
}

BOOST_AUTO_TEST_CASE(an_application_that_is_never_released_is_found) {
    script s = good_frozen();
    s.begin_cut().end_cut().asks(0, message_kind::thaw, cut(cut_outcome::ok));
    s.state(0, agent_phase::thaw).release(0, 2).release(0, 1).state(0, agent_phase::resume);
    s.report(session_outcome::failed, consistency::none, verdict::aborted);
    expect_in_the_end(s, {19, 22, 23}); // Thaw is not answered, and RESUME not left
}

BOOST_AUTO_TEST_CASE(the_length_of_the_hold_in_thawed_counts_where_no_participant_is_recorded) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze);
    s.says(0, message_kind::frozen, until(10s)).after(1s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed));
    s.says(0, message_kind::thawed, [](record& r) {
        r.outcome = verdict::clean;
        r.span = duration{11500ms};
    });
    s.complete(0).report(session_outcome::failed, consistency::none, verdict::aborted);
    expect(s, {4});
}

BOOST_AUTO_TEST_CASE(no_statement_of_the_hold_deadline_is_later_than_one_before) {
    script s = good_frozen();
    const auto status = [](duration deadline) {
        return [deadline](record& r) {
            r.txn.value = 40;
            r.phase = agent_phase::frozen;
            r.deadline = instant{deadline};
        };
    };
    s.asks(0, message_kind::query).says(0, message_kind::status, status(9s));
    expect(s, {});
    s.asks(0, message_kind::query).says(0, message_kind::status, status(9001ms));
    expect(s, {5});
    BOOST_TEST((clauses_of(s, 5) == std::set<std::pair<int, int>>{{6, 4}}));
}

BOOST_AUTO_TEST_CASE(a_repeated_freeze_does_not_prolong_the_hold) {
    script s = good_frozen();
    s.asks(0, message_kind::freeze).says(0, message_kind::frozen, until(12s));
    expect(s, {5});

    script timers = good_frozen();
    timers.timer(record_kind::timer_armed, 0, timer_kind::hold, 10110ms).after(1s);
    timers.timer(record_kind::timer_armed, 0, timer_kind::hold, 11s);
    expect(timers, {5});
}

// SP 3.1: a Status has the transaction of its question.
BOOST_AUTO_TEST_CASE(a_deadline_in_status_is_that_of_what_is_held) {
    script s = good_frozen(); // until 10.16 s, transaction 40
    s.txn(41).asks(0, message_kind::query).says(0, message_kind::status, until(10s)).txn(40);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1).txn(41);
    s.says(0, message_kind::frozen, until(12s));
    BOOST_TEST(clauses_of(s, 5).empty());
    script moved = good_frozen();
    moved.txn(41).asks(0, message_kind::query).says(0, message_kind::status, until(20s));
    BOOST_TEST(!clauses_of(moved, 5).empty());
}

BOOST_AUTO_TEST_CASE(another_transaction_has_a_deadline_of_its_own) {
    script s = thawed_after(1s);
    s.after(1s).txn(41).start().prepare(0).freeze(0).begin_cut().end_cut().thaw(0).complete(0);
    s.success();
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(the_limit_of_a_phase_moves_only_with_the_phase) {
    script s;
    s.open(0).start().asks(0, message_kind::prepare);
    s.timer(record_kind::timer_armed, 0, timer_kind::phase, 180s).state(0, agent_phase::prep);
    s.after(1s).timer(record_kind::timer_armed, 0, timer_kind::phase, 90s);
    s.state(0, agent_phase::quiesce).after(1s); // armed just before its state: in order
    script good = s;
    expect(good, {});
    s.timer(record_kind::timer_armed, 0, timer_kind::phase, 80s).after(1s);
    s.timer(record_kind::timer_armed, 0, timer_kind::phase, 100s).after(1s);
    expect(s, {5});
    BOOST_TEST((clauses_of(s, 5) == std::set<std::pair<int, int>>{{15, 2}}));

    // the same instant, but disarmed before
    good.timer(record_kind::timer_armed, 0, timer_kind::phase, 80s).after(1s);
    good.timer(record_kind::timer_disarmed, 0, timer_kind::phase);
    good.timer(record_kind::timer_armed, 0, timer_kind::phase, 200s).after(1s);
    expect(good, {});
}

BOOST_AUTO_TEST_CASE(the_window_is_only_ever_set_earlier) {
    const auto window = [](duration deadline) {
        return [deadline](record& r) {
            r.timer = timer_kind::window;
            r.deadline = instant{deadline};
        };
    };
    script s = good_frozen();
    s.add(role::orchestrator, record_kind::timer_armed, trace::no_agent, window(8s));
    s.add(role::orchestrator, record_kind::timer_armed, trace::no_agent, window(7s));
    expect(s, {});
    s.add(role::orchestrator, record_kind::timer_armed, trace::no_agent, window(8s));
    expect(s, {5});
    BOOST_TEST((clauses_of(s, 5) == std::set<std::pair<int, int>>{{12, 21}}));
}
