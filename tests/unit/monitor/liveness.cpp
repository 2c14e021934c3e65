// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/liveness.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

namespace {

constexpr capability lively = everything | capability::keep_alive;

script ready() {
    script s;
    return s.open(0).prepare(0);
}

} // namespace

BOOST_AUTO_TEST_CASE(an_agent_at_rest_may_rest_for_ever) {
    script s;
    s.open(0);
    expect_in_the_end(s, {});
    script done = good_frozen();
    done.begin_cut().end_cut().thaw(0).complete(0).success();
    expect_in_the_end(done, {});
}

BOOST_AUTO_TEST_CASE(a_state_that_is_never_left_is_found) {
    script s;
    s.open(0).asks(0, message_kind::prepare).state(0, agent_phase::prep);
    s.says(0, message_kind::error, saying(verdict::veto)); // and yet it stays in PREP
    expect_in_the_end(s, {23});
    s.at(much_later);
    BOOST_TEST((clauses_of(s, 23) == std::set<std::pair<int, int>>{{15, 9}}));
}

BOOST_AUTO_TEST_CASE(ready_expires_with_the_sequence_timer) {
    script s = ready();
    s.after(181s).state(0, agent_phase::resume).state(0, agent_phase::idle);
    expect(s, {});
    script late = ready();
    late.after(182s).state(0, agent_phase::resume).state(0, agent_phase::idle);
    expect(late, {23});
    BOOST_TEST((clauses_of(late, 23) == std::set<std::pair<int, int>>{{15, 3}}));
}

BOOST_AUTO_TEST_CASE(a_ping_restarts_the_sequence_timer) {
    script s = ready();
    s.after(100s).asks(0, message_kind::ping).says(0, message_kind::pong);
    s.after(100s).state(0, agent_phase::resume).state(0, agent_phase::idle);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(a_transaction_that_nobody_completes_is_ended_by_the_agent) {
    script s = good_frozen();
    s.begin_cut().end_cut().thaw(0).success();
    script late = s;
    s.after(1801s).finish(0).state(0, agent_phase::idle);
    s.says(0, message_kind::error, saying(verdict::expired));
    expect_in_the_end(s, {});
    late.after(1802s).finish(0).state(0, agent_phase::idle);
    expect(late, {23});
}

BOOST_AUTO_TEST_CASE(stuck_ends_with_the_release_that_succeeds) {
    script s = good_frozen();
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).state(0, agent_phase::thaw);
    s.release(0, 2, record_kind::release_failed).release(0, 1).state(0, agent_phase::stuck);
    s.after(5s).release(0, 2).after(2s);
    s.state(0, agent_phase::thaw).state(0, agent_phase::resume).release(0, 0);
    s.state(0, agent_phase::idle).says(0, message_kind::thawed, saying(verdict::stuck));
    expect(s, {23});
    BOOST_TEST((clauses_of(s, 23) == std::set<std::pair<int, int>>{{10, 12}}));
}

BOOST_AUTO_TEST_CASE(a_busy_agent_gives_signs_of_life) {
    script s;
    s.open(0, lively).asks(0, message_kind::prepare).state(0, agent_phase::prep);
    for (int i = 0; i < 10; ++i) {
        s.after(2500ms).says(0, message_kind::progress);
    }
    s.after(6s).state(0, agent_phase::ready).says(0, message_kind::prepared).after(60s);
    expect(s, {}); // READY is not busy
    script silent;
    silent.open(0, lively).asks(0, message_kind::prepare).state(0, agent_phase::prep);
    silent.after(6001ms).says(0, message_kind::prepared);
    expect(silent, {26});
    BOOST_TEST((clauses_of(silent, 26) == std::set<std::pair<int, int>>{{6, 11}}));
}

BOOST_AUTO_TEST_CASE(an_agent_whose_session_ends_owes_no_sign_of_life_until_the_next) {
    for (const record_kind end : {record_kind::generation_changed, record_kind::stop_requested}) {
        script s;
        s.open(0, lively).asks(0, message_kind::freeze).hold(0, 1).agent(end, 0);
        s.after(9s).release(0, 1);
        expect(s, {});
    }
    script anew; // SP 2.6
    anew.open(0, lively).asks(0, message_kind::prepare).state(0, agent_phase::prep);
    anew.asks(0, message_kind::hello).state(0, agent_phase::resume).after(9s);
    anew.state(0, agent_phase::idle);
    anew.says(0, message_kind::hello_ack, granting(lively));
    expect(anew, {});
    anew.asks(0, message_kind::prepare).state(0, agent_phase::prep).after(7s);
    anew.says(0, message_kind::prepared);
    expect(anew, {26});
}

BOOST_AUTO_TEST_CASE(without_agreed_keep_alive_silence_is_allowed) {
    script s;
    s.open(0, everything).asks(0, message_kind::prepare).state(0, agent_phase::prep);
    s.after(100s).state(0, agent_phase::ready).says(0, message_kind::prepared);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(signs_of_life_are_expected_without_recorded_states_too) {
    script s;
    s.open(0, lively).asks(0, message_kind::freeze).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)).after(7s);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release(0, 1);
    s.says(0, message_kind::thawed, saying(verdict::clean)).complete(0);
    expect(s, {26});
}

BOOST_AUTO_TEST_CASE(the_orchestrator_acts_on_a_breach_within_three_periods) {
    const auto silent_for = [](duration span) {
        script s;
        s.open(0, lively);
        s.add(role::orchestrator, record_kind::sent, 0, [](record& r) {
            r.message = message_kind::prepare;
            r.session.value = 7;
        });
        s.after(span).asks(0, message_kind::abort).says(0, message_kind::aborted);
        return s;
    };
    expect(silent_for(16s), {});
    expect(silent_for(16001ms), {26});
    script s = silent_for(17s);
    BOOST_TEST((clauses_of(s, 26) == std::set<std::pair<int, int>>{{15, 8}}));

    // The orchestrator of a clone talks to the original: nobody is to act (SP 11.2).
    const auto forsaken = [](bool is_clone) {
        script told;
        told.open(0, lively).asks(0, message_kind::prepare).state(0, agent_phase::prep);
        if (is_clone) {
            told.agent(record_kind::generation_changed, 0);
        }
        told.state(0, agent_phase::resume).state(0, agent_phase::off);
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        return clauses_of(told.after(60s), 26, measures).empty();
    };
    BOOST_TEST(forsaken(true));
    BOOST_TEST(!forsaken(false));
}

BOOST_AUTO_TEST_CASE(to_notice_silence_is_enough_after_thaw_and_only_then_and_in_time) {
    // A request that never reaches the agent; the timer fires; nothing more happens.
    const auto noticed = [](message_kind asked, duration when, role who) {
        script s;
        s.open(0, lively);
        s.add(role::orchestrator, record_kind::sent, 0, [&](record& r) {
            r.message = asked;
            r.session.value = 7;
            r.cut = cut_outcome::failed;
        });
        s.after(when).add(who, record_kind::timer_fired, 0,
                          [](record& r) { r.timer = timer_kind::liveness; });
        return s.after(60s);
    };
    expect(noticed(message_kind::thaw, 15s, role::orchestrator), {});
    expect(noticed(message_kind::thaw, 16s, role::orchestrator), {});
    expect(noticed(message_kind::thaw, 16001ms, role::orchestrator), {26}); // too late
    expect(noticed(message_kind::thaw, 15s, role::agent), {26});            // by somebody else
    expect(noticed(message_kind::prepare, 15s, role::orchestrator), {26});  // an Abort is due
    expect(noticed(message_kind::freeze, 15s, role::orchestrator), {26});
}
