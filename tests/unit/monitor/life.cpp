// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/life.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

BOOST_AUTO_TEST_CASE(a_stop_that_releases_first_breaks_nothing) {
    script s = good_frozen();
    s.agent(record_kind::stop_requested, 0).release_all(0).finish(0).state(0, agent_phase::off);
    s.agent(record_kind::channel_lost, 0).agent(record_kind::stopped, 0);
    s.report(session_outcome::failed, consistency::none, verdict::stopped);
    expect_in_the_end(s, {});
}

BOOST_AUTO_TEST_CASE(an_agent_that_ends_while_it_holds_is_found) {
    script s = good_frozen();
    s.agent(record_kind::stop_requested, 0).agent(record_kind::stopped, 0);
    expect(s, {16});
    BOOST_TEST((clauses_of(s, 16) == std::set<std::pair<int, int>>{{10, 9}}));
    BOOST_TEST(judge_all(s.done(), 200ms).size() == 3U); // one for each participant
}

BOOST_AUTO_TEST_CASE(a_watchdog_that_has_taken_over_excuses_the_end) {
    script s = good_frozen();
    s.agent(record_kind::stop_requested, 0);
    s.add(role::watchdog, record_kind::handed_over, 0).agent(record_kind::stopped, 0);
    s.after(1s).release(0, 2).release(0, 1).release(0, 0);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_killed_did_not_end_of_its_own_accord) {
    script s = good_frozen();
    s.agent(record_kind::killed, 0).after(1s).release(0, 2).release(0, 1).release(0, 0);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(nothing_that_looks_like_success_is_sent_on_the_way_out) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).part(0, record_kind::hold_begin, 0);
    s.agent(record_kind::stop_requested, 0).part(0, record_kind::held, 0).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s));
    s.release(0, 1).release(0, 0).agent(record_kind::stopped, 0);
    expect(s, {16});
    BOOST_TEST((clauses_of(s, 16) == std::set<std::pair<int, int>>{{10, 13}}));

    script thawed = good_frozen();
    thawed.asks(0, message_kind::thaw, cut(cut_outcome::failed));
    thawed.agent(record_kind::stop_requested, 0).release_all(0).state(0, agent_phase::off);
    thawed.says(0, message_kind::thawed, saying(verdict::clean)).agent(record_kind::stopped, 0);
    expect(thawed, {16});
}

BOOST_AUTO_TEST_CASE(a_copy_releases_and_agrees_anew) {
    script s = good_frozen();
    s.agent(record_kind::generation_changed, 0).agent(record_kind::reseeded, 0);
    s.release_all(0).finish(0).state(0, agent_phase::off);
    s.agent(record_kind::channel_lost, 0).after(1s).open(0);
    s.report(session_outcome::failed, consistency::none, verdict::clone);
    expect_in_the_end(s, {});
}

BOOST_AUTO_TEST_CASE(an_application_that_resumes_before_identities_are_renewed_is_found) {
    script s = good_frozen();
    s.agent(record_kind::generation_changed, 0).release_all(0).agent(record_kind::reseeded, 0);
    s.state(0, agent_phase::off);
    expect(s, {18});
    BOOST_TEST((clauses_of(s, 18) == std::set<std::pair<int, int>>{{11, 6}}));
}

BOOST_AUTO_TEST_CASE(a_copy_that_goes_on_in_the_old_session_is_found) {
    script s = good_frozen();
    s.agent(record_kind::generation_changed, 0).agent(record_kind::reseeded, 0);
    s.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release_all(0);
    s.state(0, agent_phase::idle).says(0, message_kind::thawed, saying(verdict::clone));
    expect(s, {18});
    BOOST_TEST((clauses_of(s, 18) == std::set<std::pair<int, int>>{{11, 1}}));
}

// SP 2.14, SP 2.15
BOOST_AUTO_TEST_CASE(a_copy_that_undoes_may_say_where_it_stands) {
    script s = good_frozen();
    s.agent(record_kind::generation_changed, 0).agent(record_kind::reseeded, 0);
    s.asks(0, message_kind::ping).says(0, message_kind::pong);
    s.asks(0, message_kind::query).says(0, message_kind::status).release_all(0);
    BOOST_TEST(clauses_of(s, 18).empty());
}

// SP 7.11
BOOST_AUTO_TEST_CASE(a_copy_whose_application_fails_to_resume_may_be_frozen_anew) {
    script s = good_frozen();
    s.agent(record_kind::generation_changed, 0).agent(record_kind::reseeded, 0);
    s.release(0, 2).release(0, 1).release(0, 0, record_kind::release_failed).after(90s);
    s.hold(0, 0).after(5s);
    BOOST_TEST(clauses_of(s, 18).empty());
}

BOOST_AUTO_TEST_CASE(a_copy_that_stays_frozen_is_found) {
    monitor::rules patient; // so that only the copy's own bound is in question
    patient.timers.hold = patient.timers.hold_max = 1h;
    script s;
    s.open(0, everything).start().asks(0, message_kind::freeze).hold(0, 1);
    s.agent(record_kind::generation_changed, 0).agent(record_kind::reseeded, 0).after(92s);
    const auto found = judge_all(s.done(), s.now().time_since_epoch(), patient);
    BOOST_TEST((broken(found) == std::set<int>{4, 18})); // the agent had announced 10 s
    BOOST_TEST((clauses_of(s, 18, patient) == std::set<std::pair<int, int>>{{11, 2}}));
}
