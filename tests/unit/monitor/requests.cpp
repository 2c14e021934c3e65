// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/requests.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

BOOST_AUTO_TEST_CASE(every_request_of_a_good_round_has_one_answer) {
    script s = good_group();
    s.asks(0, message_kind::query).says(0, message_kind::status);
    s.asks(0, message_kind::ping).says(0, message_kind::pong);
    expect_in_the_end(s, {});
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_request_is_found) {
    script s;
    s.open(0).says(0, message_kind::thawed, saying(verdict::clean));
    expect(s, {19});

    script twice = good_frozen();
    twice.says(0, message_kind::frozen, until(10s));
    expect(twice, {19});

    script ack;
    ack.open(0).says(0, message_kind::hello_ack, granting(everything));
    expect(ack, {19});

    script pong;
    pong.open(0).asks(0, message_kind::ping);
    pong.says(0, message_kind::pong).says(0, message_kind::pong);
    expect(pong, {19});

    script refusal;
    refusal.open(0).says(0, message_kind::nak, refusing(nak_code::malformed));
    expect(refusal, {19});
}

// SP 16.1
BOOST_AUTO_TEST_CASE(a_message_that_only_agents_send_may_be_refused_as_malformed) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze);
    s.asks(0, message_kind::thawed, saying(verdict::clean));
    s.says(0, message_kind::nak, refusing(nak_code::malformed)).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)); // and the freeze still has its own answer
    expect(s, {});
    s.says(0, message_kind::nak, refusing(nak_code::malformed));
    expect(s, {19});
}

// SP 3.1: where an orchestrator uses a number twice, the refusal is of the younger request.
BOOST_AUTO_TEST_CASE(a_refusal_is_of_the_youngest_request_with_its_number) {
    const auto numbered = [](record& r) { r.seq.value = 7; };
    script s;
    s.open(0).start().asks(0, message_kind::freeze, numbered);
    s.asks(0, message_kind::recover, numbered);
    s.says(0, message_kind::nak, [&](record& r) {
        numbered(r);
        r.refusal = nak_code::bad_state;
    });
    s.hold(0, 1).says(0, message_kind::frozen, until(10s));
    expect(s, {});
}

// SP 3.18: also where something else came that is malformed and need not be refused.
BOOST_AUTO_TEST_CASE(a_request_of_transaction_0_is_answered_by_the_refusal_with_its_number) {
    const auto numbered = [](record& r) { r.seq.value = 7; };
    script s;
    s.open(0).asks(0, message_kind::thawed, saying(verdict::clean));
    s.txn(0).asks(0, message_kind::prepare, numbered);
    s.says(0, message_kind::nak, [&](record& r) {
        numbered(r);
        r.refusal = nak_code::malformed;
    });
    s.at(much_later);
    BOOST_TEST(clauses_of(s, 19).empty());
}

// SP 4.6; of two with one number, which SP 3.1 has none of, the younger one is refused.
BOOST_AUTO_TEST_CASE(a_refused_repetition_leaves_the_first_open) {
    const auto numbered = [](std::uint64_t n) { return [n](record& r) { r.seq.value = n; }; };
    for (const std::uint64_t number : {7U, 8U}) {
        script s;
        s.open(0).prepare(0).asks(0, message_kind::freeze, numbered(7));
        s.asks(0, message_kind::prepare, numbered(number));
        s.says(0, message_kind::nak, [&](record& r) {
            numbered(number)(r);
            r.refusal = nak_code::bad_state;
        });
        s.hold(0, 1).says(0, message_kind::frozen, until(10s));
        BOOST_TEST(clauses_of(s, 19).empty());
    }
}

// SP 3.8, SP 9.3
BOOST_AUTO_TEST_CASE(a_request_that_is_refused_interrupts_nothing) {
    script s;
    s.open(0).start().asks(0, message_kind::prepare).asks(0, message_kind::complete);
    s.says(0, message_kind::nak, refusing(nak_code::bad_state));
    s.asks(0, message_kind::prepare).says(0, message_kind::prepared); // answers both: SP 4.4
    s.asks(0, message_kind::freeze).hold(0, 1).says(0, message_kind::frozen, until(10s));
    BOOST_TEST(clauses_of(s, 19).empty());
    script undone;
    undone.open(0).start().asks(0, message_kind::freeze).asks(0, message_kind::abort);
    undone.asks(0, message_kind::complete)
        .says(0, message_kind::nak, refusing(nak_code::bad_state));
    undone.says(0, message_kind::aborted); // the answer of the Freeze too
    BOOST_TEST(clauses_of(undone, 19).empty());
}

// SP 3.8, SP 7.9
BOOST_AUTO_TEST_CASE(a_thaw_that_is_repeated_while_a_copy_is_repaired_interrupts_nothing) {
    script s = good_frozen();
    s.asks(0, message_kind::thaw).release_all(0);
    s.says(0, message_kind::thawed, saying(verdict::clean));
    s.asks(0, message_kind::recover).asks(0, message_kind::thaw);
    s.says(0, message_kind::thawed, saying(verdict::clean));
    script never = s;
    s.says(0, message_kind::recovered);
    BOOST_TEST(clauses_of(s.at(much_later), 19).empty());
    BOOST_TEST(!clauses_of(never.at(much_later), 19).empty());
}

// SP 4.4, SP 4.9
BOOST_AUTO_TEST_CASE(a_prepare_that_meets_the_preparation_of_a_freeze_is_served_by_its_answer) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).state(0, agent_phase::prep);
    s.asks(0, message_kind::prepare).says(0, message_kind::progress);
    s.hold(0, 1).says(0, message_kind::frozen, until(10s));
    script again = s;
    BOOST_TEST(clauses_of(s.at(much_later), 19).empty());
    again.says(0, message_kind::prepared);
    BOOST_TEST(!clauses_of(again, 19).empty()); // and there is no second answer
}

BOOST_AUTO_TEST_CASE(an_error_without_a_request_is_a_notice) {
    script s = good_frozen();
    s.timer(record_kind::timer_fired, 0, timer_kind::hold).release_all(0);
    s.state(0, agent_phase::idle).says(0, message_kind::error, saying(verdict::expired));
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed));
    s.says(0, message_kind::thawed, saying(verdict::expired));
    s.report(session_outcome::failed, consistency::none, verdict::expired);
    expect_in_the_end(s, {});
}

BOOST_AUTO_TEST_CASE(repeated_requests_share_one_answer_while_it_is_owed) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).asks(0, message_kind::freeze);
    s.says(0, message_kind::progress).hold(0, 1).says(0, message_kind::frozen, until(10s));
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed));
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    s.says(0, message_kind::thawed, saying(verdict::clean));
    script again = s;
    s.complete(0).report(session_outcome::failed, consistency::none, verdict::aborted);
    expect_in_the_end(s, {});
    again.says(0, message_kind::thawed, saying(verdict::clean));
    expect(again, {19});
}

BOOST_AUTO_TEST_CASE(answers_keep_the_order_of_requests) {
    script s = good_frozen();
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).asks(0, message_kind::abort);
    s.release_all(0).state(0, agent_phase::idle);
    script good = s;
    s.says(0, message_kind::aborted).says(0, message_kind::thawed, saying(verdict::aborted));
    expect(s, {19});
    good.says(0, message_kind::thawed, saying(verdict::aborted)).says(0, message_kind::aborted);
    expect(good, {});
}

BOOST_AUTO_TEST_CASE(query_ping_and_refusals_may_overtake) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze);
    s.asks(0, message_kind::query).says(0, message_kind::status);
    s.asks(0, message_kind::ping).says(0, message_kind::pong);
    s.asks(0, message_kind::recover).says(0, message_kind::nak, refusing(nak_code::bad_state));
    s.agent(record_kind::malformed, 0);
    s.says(0, message_kind::nak, refusing(nak_code::malformed)).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s));
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(a_thaw_or_abort_answers_what_it_interrupts) {
    for (const bool with_aborted : {false, true}) {
        script s;
        s.open(0).start().asks(0, message_kind::freeze);
        s.asks(0, message_kind::thaw, cut(cut_outcome::unknown)).after(1s);
        if (with_aborted) {
            s.says(0, message_kind::aborted);
        }
        s.says(0, message_kind::thawed, saying(verdict::aborted));
        s.report(session_outcome::failed, consistency::none, verdict::aborted);
        expect_in_the_end(s, {});
    }
    script s;
    s.open(0).start().asks(0, message_kind::prepare).asks(0, message_kind::abort, of_txn(0));
    s.says(0, message_kind::aborted);
    s.report(session_outcome::failed, consistency::none, verdict::aborted);
    expect_in_the_end(s, {});
}

BOOST_AUTO_TEST_CASE(a_request_that_is_never_answered_is_found) {
    for (const auto kind :
         {message_kind::query, message_kind::ping, message_kind::prepare, message_kind::thaw,
          message_kind::abort, message_kind::complete, message_kind::recover}) {
        script s;
        s.open(0).asks(0, kind);
        expect(s, {});
        expect_in_the_end(s, {19});
    }
}

BOOST_AUTO_TEST_CASE(a_query_is_answered_at_once) {
    script s;
    s.open(0).asks(0, message_kind::query).after(1001ms).says(0, message_kind::status);
    expect(s, {19});
    script in_time;
    in_time.open(0).asks(0, message_kind::query).after(1000ms).says(0, message_kind::status);
    expect(in_time, {});
}

BOOST_AUTO_TEST_CASE(a_session_that_ends_takes_its_requests_with_it) {
    script s;
    s.open(0).asks(0, message_kind::freeze).agent(record_kind::channel_lost, 0);
    expect_in_the_end(s, {});
    script again;
    again.open(0).asks(0, message_kind::freeze).after(1s).open(0);
    expect_in_the_end(again, {});
    script clone;
    clone.open(0).asks(0, message_kind::freeze).agent(record_kind::generation_changed, 0);
    clone.asks(0, message_kind::ping);
    expect_in_the_end(clone, {});
}

// SP 2.1
BOOST_AUTO_TEST_CASE(a_request_before_the_answer_to_hello_is_owed_none) {
    script s;
    s.open(0).agent(record_kind::channel_lost, 0).asks(0, message_kind::hello);
    s.asks(0, message_kind::freeze).after(1s);
    s.says(0, message_kind::hello_ack, granting(everything));
    expect_in_the_end(s, {13}); // its host's breach, and nothing of the agent
    for (const auto kind : {message_kind::ping, message_kind::query}) {
        const auto answer = kind == message_kind::ping ? message_kind::pong : message_kind::status;
        script before;
        before.open(0).agent(record_kind::channel_lost, 0).asks(0, kind);
        before.after(2s);
        expect(before, {});
        script waiting;
        waiting.open(0).agent(record_kind::channel_lost, 0).asks(0, message_kind::hello);
        waiting.asks(0, kind);
        script acknowledged = waiting;
        waiting.after(2s);
        expect(waiting, {13});
        // The next one is answered, and the first one has nothing to wait for.
        acknowledged.says(0, message_kind::hello_ack, granting(everything));
        acknowledged.asks(0, kind).says(0, answer).after(2s);
        expect(acknowledged, {13});
    }
}

// SP 4.9: it prepares on its own then, and has the time for it.
BOOST_AUTO_TEST_CASE(a_freeze_after_a_refused_prepare_has_the_time_to_prepare) {
    const auto t = monitor::rules{}.timers;
    for (const bool anew : {false, true}) {
        script s;
        s.open(0).start().asks(0, message_kind::prepare);
        if (anew) { // it went with its session
            s.open(0);
        } else {
            s.says(0, message_kind::nak, refusing(nak_code::busy));
        }
        s.asks(0, message_kind::freeze).after(t.prepare + t.quiesce).hold(0, 1);
        s.says(0, message_kind::frozen, until(10s));
        BOOST_TEST(clauses_of(s, 21).empty());
    }
}

BOOST_AUTO_TEST_CASE(a_freeze_ends_in_frozen_or_error_in_time) {
    script s;
    s.open(0).asks(0, message_kind::freeze);
    expect_in_the_end(s, {21});
    s.at(much_later);
    BOOST_TEST((clauses_of(s, 21) == std::set<std::pair<int, int>>{{5, 13}}));

    // 60 s + 30 s + 90 s + 1 s after an explicit prepare, 180 s more without
    const auto answered_after = [](duration span, bool prepared) {
        script late;
        late.open(0);
        if (prepared) {
            late.prepare(0);
        }
        return late.asks(0, message_kind::freeze)
            .state(0, agent_phase::quiesce)
            .after(span)
            .state(0, agent_phase::idle)
            .says(0, message_kind::error, saying(verdict::expired));
    };
    expect(answered_after(181s, true), {});
    expect(answered_after(182s, true), {21});
    expect(answered_after(361s, false), {});
    expect(answered_after(362s, false), {21});
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_stuck_release_waits_without_bound) {
    script s = good_frozen();
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).state(0, agent_phase::thaw);
    s.release(0, 2, record_kind::release_failed).state(0, agent_phase::stuck);
    for (int i = 0; i < 5; ++i) {
        s.after(30s).state(0, agent_phase::thaw).release(0, 2, record_kind::release_failed);
        s.state(0, agent_phase::stuck);
    }
    s.after(30s).state(0, agent_phase::thaw).release(0, 2).release(0, 1);
    s.state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::idle);
    s.says(0, message_kind::thawed, saying(verdict::stuck));
    monitor::rules measures;
    measures.timers.hold = 60s;
    const auto found = judge_all(s.done(), s.now().time_since_epoch(), measures);
    BOOST_TEST((broken(found) == std::set<int>{4})); // filesystem 1 was not even tried
}

BOOST_AUTO_TEST_CASE(a_hello_is_answered_within_the_undo_time) {
    const auto answered_after = [](duration span) {
        script s = good_frozen();
        s.begin_cut().end_cut().thaw(0).complete(0).success();
        s.asks(0, message_kind::hello, of_session(8)).after(span);
        s.says(0, message_kind::hello_ack, [](record& r) {
            r.session.value = 8;
            r.granted = everything;
        });
        return s;
    };
    expect(answered_after(91s), {});
    expect(answered_after(92s), {25});
    script s = answered_after(92s);
    BOOST_TEST((clauses_of(s, 25) == std::set<std::pair<int, int>>{{16, 6}}));

    script wedged;
    wedged.open(0).agent(record_kind::malformed, 0).agent(record_kind::malformed, 0);
    for (int i = 0; i < 20; ++i) {
        wedged.asks(0, message_kind::hello).after(10s);
    }
    expect(wedged, {25});
}

BOOST_AUTO_TEST_CASE(a_flood_of_open_requests_is_not_judged) {
    script s;
    s.open(0);
    for (int i = 0; i < 40; ++i) {
        s.asks(0, message_kind::query, [i](record& r) { r.seq.value = 100U + unsigned(i); });
    }
    monitor::requests_monitor judge{monitor::rules{}};
    for (const auto& r : s.done()) {
        judge.observe(r);
    }
    BOOST_TEST(judge.overflowed());
}
