// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/outcome.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

namespace {

/// One agent whose snapshot goes well up to the report.
script until_the_report() {
    script s = good_frozen();
    s.begin_cut().after(1ms).end_cut().thaw(0).complete(0);
    return s;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_success_with_clean_verdicts_is_believed) {
    expect(until_the_report().success(), {});
}

BOOST_AUTO_TEST_CASE(a_verdict_that_is_not_clean_is_no_success) {
    script s = good_frozen();
    s.begin_cut().after(1ms).end_cut().asks(0, message_kind::thaw, cut(cut_outcome::ok));
    s.state(0, agent_phase::thaw).release(0, 2, record_kind::not_held).release(0, 1);
    s.state(0, agent_phase::resume).release(0, 0).state(0, agent_phase::idle);
    s.says(0, message_kind::thawed, saying(verdict::early));
    script honest = s;
    s.success();
    expect(s, {2, 3}); // the label goes with it
    honest.report(session_outcome::degraded, consistency::crash, verdict::early);
    expect(honest, {});
    // to report the wanted label under another name is a success as well
    script veiled = honest;
    veiled = good_frozen();
    veiled.begin_cut().end_cut().asks(0, message_kind::thaw, cut(cut_outcome::ok)).release_all(0);
    veiled.state(0, agent_phase::idle).says(0, message_kind::thawed, saying(verdict::expired));
    veiled.report(session_outcome::degraded, consistency::application, verdict::expired);
    expect(veiled, {2, 3});
}

BOOST_AUTO_TEST_CASE(each_kind_of_failure_before_the_verdict_spoils_a_success) {
    const auto spoiled = [](const std::function<void(script&)>& how) {
        script s = good_frozen();
        s.begin_cut().after(1ms).end_cut();
        how(s);
        s.report(session_outcome::success, consistency::crash, verdict::lost);
        monitor::outcome_monitor judge{monitor::rules{}};
        for (const auto& r : s.done()) {
            judge.observe(r);
        }
        judge.finish(s.now());
        for (const auto& found : judge.violations()) {
            if (found.property == 2) {
                return found.sentence;
            }
        }
        return std::string("nothing");
    };
    const std::string but = "a success is reported, but ";
    BOOST_TEST(spoiled([](script& s) { s.part(0, record_kind::vetoed, 1); }) ==
               but + "filesystem 1 of agent 0 refused");
    BOOST_TEST(spoiled([](script& s) { s.part(0, record_kind::let_go_early, 0); }) ==
               but + "writer 0 of agent 0 let go early");
    BOOST_TEST(spoiled([](script& s) { s.part(0, record_kind::not_held, 2); }) ==
               but + "filesystem 2 of agent 0 was not held when it was released");
    BOOST_TEST(spoiled([](script& s) { s.timer(record_kind::timer_fired, 0, timer_kind::hold); }) ==
               but + "agent 0 came to its hold limit");
    BOOST_TEST(spoiled([](script& s) {
                   s.add(role::orchestrator, record_kind::channel_lost, 0);
               }) == but + "agent 0 lost its channel");
    BOOST_TEST(spoiled([](script& s) { s.says(0, message_kind::error, saying(verdict::early)); }) ==
               but + "agent 0 answered error");
    BOOST_TEST(spoiled([](script& s) {
                   s.says(0, message_kind::thawed, saying(verdict::expired));
               }) == but + "agent 0 gave the verdict expired");
    BOOST_TEST(spoiled([](script&) {}) == but + "agent 0 gave no verdict");
    BOOST_TEST(spoiled([](script& s) {
                   s.thaw(0).add(role::provider, record_kind::discarded, trace::no_agent);
               }) == but + "its copy was discarded");
    BOOST_TEST(spoiled([](script& s) { s.thaw(0).begin_cut(1); }) ==
               but + "not every cut ended well");
}

BOOST_AUTO_TEST_CASE(what_happens_after_the_verdict_spoils_nothing) {
    script s = good_frozen();
    s.begin_cut().after(1ms).end_cut().thaw(0);
    s.add(role::orchestrator, record_kind::channel_lost, 0);
    s.add(role::agent, record_kind::channel_lost, 0).finish(0).state(0, agent_phase::off);
    s.success();
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(a_verdict_of_another_session_is_no_verdict) {
    script s = good_frozen();
    s.begin_cut().after(1ms).end_cut().asks(0, message_kind::thaw, cut(cut_outcome::ok));
    s.release_all(0).state(0, agent_phase::await);
    const auto stale = [](record& r) {
        r.outcome = verdict::clean;
        r.session.value = 3;
    };
    s.says(0, message_kind::thawed, stale).success();
    expect(s, {2, 3, 12});
}

// SP 17.2
BOOST_AUTO_TEST_CASE(a_label_needs_its_evidence) {
    // nothing but filesystems
    script s;
    s.open(0).start(consistency::filesystem).prepare(0).asks(0, message_kind::freeze);
    s.state(0, agent_phase::quiesce).state(0, agent_phase::freeze).hold(0, 1);
    s.state(0, agent_phase::frozen).says(0, message_kind::frozen, [](record& r) { r.count = 1; });
    s.begin_cut().end_cut().asks(0, message_kind::thaw, cut(cut_outcome::ok));
    s.state(0, agent_phase::thaw).release(0, 1).state(0, agent_phase::resume);
    s.state(0, agent_phase::await).says(0, message_kind::thawed, saying(verdict::clean));
    s.complete(0);
    script too_much = s;
    s.report(session_outcome::success, consistency::filesystem);
    expect(s, {});
    too_much.success();
    expect(too_much, {3});
    BOOST_TEST((clauses_of(too_much, 3) == std::set<std::pair<int, int>>{{17, 5}}));
}

BOOST_AUTO_TEST_CASE(a_hold_of_nothing_supports_crash_at_most) {
    script s;
    s.open(0).start(consistency::filesystem).prepare(0).asks(0, message_kind::freeze);
    s.says(0, message_kind::frozen, [](record& r) { r.count = 0; });
    s.begin_cut().end_cut().asks(0, message_kind::thaw, cut(cut_outcome::ok));
    s.says(0, message_kind::thawed, saying(verdict::clean)).complete(0);
    script honest = s;
    s.report(session_outcome::success, consistency::filesystem);
    expect(s, {3});
    BOOST_TEST((clauses_of(s, 3) == std::set<std::pair<int, int>>{{17, 4}}));
    honest.report(session_outcome::degraded, consistency::crash, verdict::none);
    expect(honest, {3}); // lower, and no reason given
    BOOST_TEST((clauses_of(honest, 3) == std::set<std::pair<int, int>>{{17, 3}}));
}

BOOST_AUTO_TEST_CASE(without_a_cut_there_is_nothing_to_label) {
    script s = good_frozen();
    s.begin_cut().after(1ms).end_cut(cut_outcome::failed).thaw(0, cut_outcome::failed).complete(0);
    script honest = s;
    s.report(session_outcome::failed, consistency::crash, verdict::aborted);
    expect(s, {3});
    honest.report(session_outcome::failed, consistency::none, verdict::aborted);
    expect(honest, {});
}

BOOST_AUTO_TEST_CASE(a_copy_without_any_agent_is_a_crash_copy) {
    script s;
    s.start(consistency::crash).begin_cut().end_cut();
    s.report(session_outcome::success, consistency::crash);
    expect(s, {});
    script bold;
    bold.start(consistency::filesystem).begin_cut().end_cut();
    bold.report(session_outcome::success, consistency::filesystem);
    expect(bold, {3});
}

BOOST_AUTO_TEST_CASE(every_start_has_one_outcome) {
    script s = until_the_report();
    expect_in_the_end(s, {24});
    s.success();
    expect_in_the_end(s, {});
    s.after(1s).success();
    expect(s, {24});

    script slow = until_the_report();
    slow.after(1000s).success();
    expect(slow, {24});
}
