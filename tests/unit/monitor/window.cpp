// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/window.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

BOOST_AUTO_TEST_CASE(a_group_that_succeeds_breaks_nothing) {
    expect_in_the_end(good_group(), {});
}

// SP 17.6
BOOST_AUTO_TEST_CASE(a_cut_at_the_first_frozen_of_a_group_is_outside_the_window) {
    script s;
    s.open(0).open(1).start().prepare(0).prepare(1).freeze(0).after(1ms);
    s.begin_cut().after(1ms).freeze(1).after(1ms).end_cut().thaw(0).thaw(1);
    s.complete(0).complete(1).success();
    expect(s, {1});
    // said of the agent and of each of its three participants
    BOOST_TEST(judge_all(s.done(), 1h).size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_participant_released_before_the_end_of_the_cut_spoils_a_success) {
    script s = good_frozen();
    s.begin_cut().after(1ms).asks(0, message_kind::thaw, cut(cut_outcome::unknown));
    s.release_all(0).state(0, agent_phase::await);
    s.says(0, message_kind::thawed, saying(verdict::clean)).after(1ms).end_cut().complete(0);
    s.success();
    expect(s, {1});
    BOOST_TEST((clauses_of(s, 1) == std::set<std::pair<int, int>>{{13, 11}}));
}

BOOST_AUTO_TEST_CASE(the_same_cut_is_no_violation_when_no_success_is_reported) {
    script s = good_frozen();
    s.begin_cut().after(1ms).asks(0, message_kind::thaw, cut(cut_outcome::unknown));
    s.release_all(0).state(0, agent_phase::await);
    s.says(0, message_kind::thawed, saying(verdict::clean)).after(1ms).end_cut().complete(0);
    s.report(session_outcome::degraded, consistency::crash, verdict::expired);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(no_agent_is_told_cut_ok_before_all_cuts_are_done) {
    script s = good_frozen();
    s.begin_cut(0).begin_cut(1).after(1ms).end_cut(cut_outcome::ok, 0).thaw(0);
    s.after(1ms).end_cut(cut_outcome::ok, 1).complete(0);
    s.report(session_outcome::degraded, consistency::crash, verdict::expired);
    expect(s, {17});

    script without_any = good_frozen();
    without_any.add(role::provider, record_kind::discarded, trace::no_agent, of_txn(1));
    without_any.thaw(0).complete(0);
    without_any.report(session_outcome::failed, consistency::none, verdict::aborted);
    expect(without_any, {17});
}

BOOST_AUTO_TEST_CASE(no_agent_is_told_cut_ok_after_one_of_the_group_has_failed) {
    script s;
    s.open(0).open(1).start().prepare(0).prepare(1).freeze(0).freeze(1).begin_cut().after(1ms);
    s.part(1, record_kind::let_go_early, 2)
        .state(1, agent_phase::thaw)
        .release(1, 2, record_kind::not_held);
    s.release(1, 1).state(1, agent_phase::resume).release(1, 0).state(1, agent_phase::idle);
    s.says(1, message_kind::error, saying(verdict::early)).after(1ms).end_cut();
    script told_failed = s;
    s.thaw(0).complete(0).report(session_outcome::degraded, consistency::crash, verdict::early);
    s.asks(1, message_kind::thaw, cut(cut_outcome::failed));
    s.says(1, message_kind::thawed, saying(verdict::early));
    expect(s, {17});

    told_failed.thaw(0, cut_outcome::failed).complete(0);
    told_failed.asks(1, message_kind::thaw, cut(cut_outcome::failed));
    told_failed.says(1, message_kind::thawed, saying(verdict::early));
    told_failed.report(session_outcome::degraded, consistency::crash, verdict::early);
    expect(told_failed, {});
}

BOOST_AUTO_TEST_CASE(thaw_that_waits_for_ready_is_late) {
    script s = good_frozen();
    s.begin_cut().after(1ms).end_cut().after(2s);
    s.add(role::provider, record_kind::ready, trace::no_agent).thaw(0).complete(0).success();
    expect(s, {20});
    BOOST_TEST((clauses_of(s, 20) == std::set<std::pair<int, int>>{{13, 7}}));

    script in_time = good_frozen();
    in_time.begin_cut().after(1ms).end_cut().after(1s).thaw(0).complete(0).success();
    expect(in_time, {});
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_lost_need_not_be_thawed) {
    script s = good_frozen();
    s.begin_cut().after(1ms).end_cut();
    s.add(role::orchestrator, record_kind::channel_lost, 0);
    s.add(role::agent, record_kind::channel_lost, 0);
    s.release_all(0).state(0, agent_phase::off).after(3s);
    s.report(session_outcome::degraded, consistency::crash, verdict::lost);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(the_window_is_judged_at_the_orchestrators_end_alone_as_well) {
    monitor::rules at_the_wire;
    at_the_wire.seen_from = monitor::viewpoint::orchestrator_end;
    records kept;
    script s;
    s.open(0).open(1).start().prepare(0).prepare(1).freeze(0).after(1ms);
    s.begin_cut().after(1ms).freeze(1).after(1ms).end_cut().thaw(0).thaw(1);
    s.complete(0).complete(1).success();
    for (const auto& r : s.done()) {
        if (r.who == role::orchestrator || r.who == role::provider) {
            kept.push_back(r);
        }
    }
    const auto found = judge_all(kept, 1h, at_the_wire);
    BOOST_TEST((broken(found) == std::set<int>{1}));
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].agent == 1U);
    BOOST_TEST(found[0].sentence == "a success, but agent 1 had not reported Frozen when the cut "
                                    "of volume 0 began");
}
