// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/session.hpp>

#include "script.hpp"

using namespace snapproto;
using namespace snapproto::monitor::testing;

namespace {

script channel_up() {
    script s;
    s.add(role::orchestrator, record_kind::channel_up, 0);
    return s.add(role::agent, record_kind::channel_up, 0);
}

void refused_query(record& r) {
    r.txn = {};
    r.refusal = nak_code::no_session;
}

} // namespace

BOOST_AUTO_TEST_CASE(after_agreement_everything_agreed_may_be_sent) {
    script s;
    s.open(0).asks(0, message_kind::query).says(0, message_kind::status);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(the_orchestrator_sends_hello_only_before_agreement) {
    script s = channel_up();
    s.asks(0, message_kind::query);
    s.says(0, message_kind::nak, refused_query);
    expect(s, {13});
    BOOST_TEST((clauses_of(s, 13) == std::set<std::pair<int, int>>{{2, 1}}));

    script none_selected = channel_up();
    none_selected.asks(0, message_kind::hello).says(0, message_kind::hello_ack);
    expect(none_selected, {});
    none_selected.asks(0, message_kind::query);
    none_selected.says(0, message_kind::nak, refused_query);
    expect(none_selected, {13});
}

BOOST_AUTO_TEST_CASE(after_a_further_hello_the_orchestrator_waits_for_its_answer) {
    script s;
    s.open(0).asks(0, message_kind::hello, of_session(8)).asks(0, message_kind::ping);
    s.says(0, message_kind::pong).says(0, message_kind::hello_ack, granting(everything));
    expect(s, {13});
}

BOOST_AUTO_TEST_CASE(an_agent_says_and_does_nothing_before_agreement) {
    script s = channel_up();
    s.add(role::agent, record_kind::sent, 0, [](record& r) { r.message = message_kind::progress; });
    expect(s, {13});
    BOOST_TEST((clauses_of(s, 13) == std::set<std::pair<int, int>>{{2, 13}}));

    script eager = channel_up();
    eager.add(role::agent, record_kind::received, 0,
              [](record& r) { r.message = message_kind::freeze; });
    eager.part(0, record_kind::hold_begin, 1);
    expect(eager, {13});

    script preparing = channel_up();
    preparing.part(0, record_kind::prepare_begin, 1);
    expect(preparing, {13});
}

BOOST_AUTO_TEST_CASE(what_was_not_agreed_is_not_sent) {
    script s;
    s.open(0, capability::implicit_prepare).asks(0, message_kind::freeze).hold(0, 1);
    s.says(0, message_kind::frozen, until(10s)).asks(0, message_kind::thaw).release(0, 1);
    s.says(0, message_kind::thawed, saying(verdict::clean));
    expect(s, {});
    s.asks(0, message_kind::complete).says(0, message_kind::nak, refusing(nak_code::unsupported));
    expect(s, {13});
    s.asks(0, message_kind::recover).says(0, message_kind::nak, refusing(nak_code::unsupported));
    BOOST_TEST(judge_all(s.done(), 1s).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_recording_that_begins_in_the_middle_is_not_judged_before_a_hello) {
    script s;
    s.asks(0, message_kind::query).says(0, message_kind::status);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(a_dialect_without_hello_is_not_judged) {
    monitor::rules measures;
    measures.negotiates = false;
    script s = channel_up();
    s.asks(0, message_kind::freeze).hold(0, 1).says(0, message_kind::frozen, until(10s));
    expect(s, {}, measures);
}
