// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/transaction.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

namespace {

/// One agent thawed clean and completed, transaction 40.
script completed() {
    script s = good_frozen();
    return s.begin_cut().end_cut().thaw(0).complete(0).success().after(1s);
}

} // namespace

BOOST_AUTO_TEST_CASE(one_transaction_after_another_breaks_nothing) {
    script s = completed();
    s.txn(41).start().prepare(0).freeze(0).begin_cut().end_cut().thaw(0).complete(0).success();
    expect_in_the_end(s, {});
}

BOOST_AUTO_TEST_CASE(a_second_transaction_is_refused_without_side_effects) {
    script s = good_frozen();
    s.asks(0, message_kind::freeze, of_txn(41));
    s.says(0, message_kind::nak, [](record& r) {
        r.txn.value = 41;
        r.refusal = nak_code::busy;
    });
    s.begin_cut().end_cut().thaw(0).complete(0).success();
    expect_in_the_end(s, {});
}

BOOST_AUTO_TEST_CASE(work_for_a_second_transaction_is_found) {
    script s = good_frozen();
    s.asks(0, message_kind::prepare, of_txn(41)).says(0, message_kind::prepared, of_txn(41));
    expect(s, {6});
    BOOST_TEST((clauses_of(s, 6) == std::set<std::pair<int, int>>{{3, 3}}));

    script progress = good_frozen();
    progress.says(0, message_kind::progress, of_txn(41));
    expect(progress, {6});

    script holding = good_frozen();
    holding.asks(0, message_kind::freeze, of_txn(41)).txn(41);
    holding.part(0, record_kind::hold_begin, 5);
    expect(holding, {6, 12, 14}); // on account of a foreign request, and of no accepted Freeze
}

BOOST_AUTO_TEST_CASE(a_transaction_that_waits_for_complete_is_still_running) {
    script s = good_frozen();
    s.begin_cut().end_cut().thaw(0).asks(0, message_kind::prepare, of_txn(41));
    s.says(0, message_kind::prepared, of_txn(41));
    expect(s, {6});

    script without = script{};
    without.open(0, capability::explicit_prepare).start().prepare(0).freeze(0);
    without.asks(0, message_kind::thaw, cut(cut_outcome::failed)).release_all(0);
    without.state(0, agent_phase::idle).says(0, message_kind::thawed, saying(verdict::clean));
    without.txn(41).prepare(0);
    expect(without, {});
}

BOOST_AUTO_TEST_CASE(a_repeated_thaw_gets_the_same_verdict) {
    script s = completed();
    for (int i = 0; i < 3; ++i) {
        s.asks(0, message_kind::thaw, cut(cut_outcome::ok));
        s.says(0, message_kind::thawed, saying(verdict::clean));
    }
    s.asks(0, message_kind::abort).says(0, message_kind::aborted);
    expect(s, {});
    s.asks(0, message_kind::thaw, cut(cut_outcome::ok));
    s.says(0, message_kind::thawed, saying(verdict::none));
    expect(s, {11});
    BOOST_TEST((clauses_of(s, 11) == std::set<std::pair<int, int>>{{7, 9}}));
}

BOOST_AUTO_TEST_CASE(a_repeated_thaw_releases_nothing) {
    script s = completed();
    s.asks(0, message_kind::thaw, cut(cut_outcome::ok)).release(0, 2, record_kind::not_held);
    s.says(0, message_kind::thawed, saying(verdict::clean));
    expect(s, {9, 11}); // it is a second release as well
    BOOST_TEST((clauses_of(s, 11) == std::set<std::pair<int, int>>{{8, 10}}));
}

BOOST_AUTO_TEST_CASE(a_participant_learns_the_result_once) {
    script s = completed();
    s.asks(0, message_kind::complete).part(0, record_kind::finished, 0);
    s.says(0, message_kind::completed);
    expect(s, {11});
    BOOST_TEST((clauses_of(s, 11) == std::set<std::pair<int, int>>{{9, 8}}));
}

BOOST_AUTO_TEST_CASE(a_message_of_another_session_changes_no_state) {
    script s = good_frozen();
    s.asks(0, message_kind::thaw, of_session(3));
    script ignored = s;
    ignored.begin_cut().end_cut().thaw(0).complete(0).success();
    ignored.asks(0, message_kind::thaw, of_session(3)); // and again in IDLE
    ignored.says(0, message_kind::nak, [](record& r) { r.session.value = 3; });
    expect_in_the_end(ignored, {});

    s.state(0, agent_phase::thaw).release(0, 2).release(0, 1).state(0, agent_phase::resume);
    s.release(0, 0).state(0, agent_phase::idle);
    expect(s, {12});
    BOOST_TEST((clauses_of(s, 12) == std::set<std::pair<int, int>>{{3, 12}}));
}

BOOST_AUTO_TEST_CASE(a_release_on_account_of_a_foreign_thaw_is_found_without_states) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)).after(1s);
    s.asks(0, message_kind::thaw, of_txn(39)).release(0, 1);
    expect(s, {12});
    BOOST_TEST((clauses_of(s, 12) == std::set<std::pair<int, int>>{{3, 5}}));
}

BOOST_AUTO_TEST_CASE(a_late_freeze_of_an_ended_transaction_begins_nothing) {
    script s = completed();
    s.asks(0, message_kind::freeze);
    script refused = s;
    refused.says(0, message_kind::nak, refusing(nak_code::stale));
    expect(refused, {});
    s.state(0, agent_phase::prep);
    expect(s, {12});
    BOOST_TEST((clauses_of(s, 12) == std::set<std::pair<int, int>>{{3, 7}}));
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_before_may_begin_after_a_stale_message) {
    const auto stale_prepare = [](bool asked_before) {
        script s;
        s.open(0).start();
        if (asked_before) {
            s.asks(0, message_kind::prepare).state(0, agent_phase::prep);
        }
        s.asks(0, message_kind::prepare, of_session(9));
        return s.part(0, record_kind::prepare_begin, 0);
    };
    BOOST_TEST(clauses_of(stale_prepare(true), 12).empty());
    BOOST_TEST(!clauses_of(stale_prepare(false), 12).empty());
}

BOOST_AUTO_TEST_CASE(a_step_of_nobody_may_end_after_a_stale_message) {
    const auto changed = [](const char* because) {
        script s;
        s.open(0).start().asks(0, message_kind::prepare).state(0, agent_phase::prep);
        s.asks(0, message_kind::ping, of_session(9));
        return s.add(role::agent, record_kind::state_changed, 0, [=](record& r) {
            r.phase = agent_phase::ready;
            r.note = because;
        });
    };
    BOOST_TEST(clauses_of(changed("done"), 12).empty());
    BOOST_TEST(clauses_of(changed("failed"), 12).empty());
    BOOST_TEST(!clauses_of(changed("ping"), 12).empty());
}

BOOST_AUTO_TEST_CASE(a_step_that_was_done_before_may_change_the_state_after_a_stale_message) {
    script s;
    s.open(0).start().prepare(0).asks(0, message_kind::freeze).state(0, agent_phase::quiesce);
    s.hold(0, 0).asks(0, message_kind::thaw, of_session(3)).state(0, agent_phase::freeze);
    s.hold(0, 1).asks(0, message_kind::thaw, of_session(3)).after(1ms).hold(0, 2);
    s.state(0, agent_phase::frozen);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(an_answer_in_another_session_is_found) {
    script s = good_frozen();
    s.asks(0, message_kind::query).says(0, message_kind::status, of_session(3));
    expect(s, {12});
    BOOST_TEST((clauses_of(s, 12) == std::set<std::pair<int, int>>{{2, 10}}));
}

BOOST_AUTO_TEST_CASE(a_cut_on_account_of_a_late_frozen_is_found) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze);
    s.add(role::orchestrator, record_kind::received, 0, [](record& r) {
        r.message = message_kind::frozen;
        r.txn.value = 39;
        r.session.value = 7;
    });
    script patient = s;
    s.begin_cut();
    expect(s, {12});
    BOOST_TEST((clauses_of(s, 12) == std::set<std::pair<int, int>>{{3, 13}}));

    patient.hold(0, 1).says(0, message_kind::frozen, until(10s)).begin_cut();
    expect(patient, {});
}

BOOST_AUTO_TEST_CASE(a_hold_without_a_freeze_is_found) {
    script s;
    s.open(0).start().prepare(0).state(0, agent_phase::quiesce).hold(0, 0).hold(0, 1);
    expect(s, {14});
    BOOST_TEST(judge_all(s.done(), 1s).size() == 1U);
}

BOOST_AUTO_TEST_CASE(requests_refused_as_busy_do_not_hide_the_one_in_work) {
    script s;
    s.open(0).start().asks(0, message_kind::freeze).state(0, agent_phase::prep);
    for (std::uint64_t other = 41; other < 80; ++other) {
        s.txn(other).asks(0, message_kind::freeze);
        s.says(0, message_kind::nak, refusing(nak_code::busy));
    }
    script another = s;
    s.txn(40).state(0, agent_phase::quiesce).hold(0, 0);
    BOOST_TEST(clauses_of(s, 14).empty());
    another.hold(0, 0); // of the last one refused
    BOOST_TEST(!clauses_of(another, 14).empty());
}

BOOST_AUTO_TEST_CASE(malformed_input_changes_nothing) {
    script s = good_frozen();
    s.agent(record_kind::malformed, 0);
    script refused = s;
    refused.says(0, message_kind::nak, [](record& r) {
        r.txn = {};
        r.refusal = nak_code::malformed;
    });
    refused.begin_cut().end_cut().thaw(0).complete(0).success();
    expect(refused, {});
    s.state(0, agent_phase::idle);
    expect(s, {8, 14}); // what it held is forgotten
}

BOOST_AUTO_TEST_CASE(an_agent_does_not_end_unasked) {
    script s;
    s.open(0).agent(record_kind::stopped, 0);
    expect(s, {14});

    script asked;
    asked.open(0).agent(record_kind::stop_requested, 0).agent(record_kind::stopped, 0);
    expect(asked, {});

    script killed;
    killed.open(0).agent(record_kind::killed, 0).agent(record_kind::started, 0);
    expect(killed, {});
}

BOOST_AUTO_TEST_CASE(a_row_that_stays_in_its_state_is_no_change) {
    script s = good_frozen();
    s.asks(0, message_kind::thaw, of_session(3)).state(0, agent_phase::frozen);
    s.begin_cut().end_cut().thaw(0).complete(0).success();
    expect_in_the_end(s, {});
}
