// SPDX-License-Identifier: BSL-1.0
#include <snapproto/trace/of_message.hpp>

#include <boost/test/unit_test.hpp>

using namespace snapproto;
using namespace snapproto::trace;
using namespace std::chrono_literals;

namespace {

record seen(const any_message& message) {
    return of_message(instant{3s}, record_kind::received, role::agent, 4, message);
}

constexpr message_header header{session_id{7}, txn_id{8}, sequence_number{9}};

} // namespace

BOOST_AUTO_TEST_CASE(a_message_record_has_the_header_and_the_kind) {
    for (const any_message& message :
         {any_message{query{header}}, any_message{completed_report{header}},
          any_message{recover_request{header, "copy"}}}) {
        const record r = seen(message);
        record expected;
        expected.at = instant{3s};
        expected.who = role::agent;
        expected.what = record_kind::received;
        expected.agent = 4;
        expected.session.value = 7;
        expected.txn.value = 8;
        expected.seq.value = 9;
        expected.message = kind_of(message);
        BOOST_TEST((r == expected));
    }
}

BOOST_AUTO_TEST_CASE(the_fields_that_judges_need_are_kept) {
    hello_ack ack;
    ack.granted = capability::completion;
    ack.hold_max = 20s;
    BOOST_TEST(!seen(ack).granted);
    ack.selected = protocol_version{1, 0};
    ack.stuck = true;
    BOOST_TEST((seen(ack).granted == capability::completion));
    BOOST_TEST((seen(ack).span == duration{20s}));
    BOOST_TEST((seen(ack).phase == agent_phase::stuck));

    status_report report;
    report.phase = agent_phase::frozen;
    report.held = 3;
    report.hold_deadline = instant{9s};
    report.last_verdict = verdict::early;
    const record status = seen(report);
    BOOST_TEST((status.phase == agent_phase::frozen));
    BOOST_TEST((status.count == 3U));
    BOOST_TEST((status.deadline == instant{9s}));
    BOOST_TEST((status.outcome == verdict::early));

    BOOST_TEST((seen(pong{header, 1, agent_phase::ready}).phase == agent_phase::ready));
    prepare_request prepare;
    BOOST_TEST(!seen(prepare).span);
    prepare.hold_limit = 5s;
    BOOST_TEST((seen(prepare).span == duration{5s}));
    prepared_report prepared;
    prepared.participants.resize(2);
    BOOST_TEST((seen(prepared).count == 2U));
    freeze_request freeze;
    BOOST_TEST(!seen(freeze).span);
    freeze.hold_limit = 4s;
    BOOST_TEST((seen(freeze).span == duration{4s}));

    const record frozen = seen(frozen_report{header, 2, instant{1s}, instant{11s}});
    BOOST_TEST((frozen.count == 2U));
    BOOST_TEST((frozen.deadline == instant{11s}));

    BOOST_TEST((seen(thaw_request{header, cut_outcome::failed}).cut == cut_outcome::failed));
    const record thawed = seen(thawed_report{header, verdict::clean, 2s, 2, {}});
    BOOST_TEST((thawed.outcome == verdict::clean));
    BOOST_TEST((thawed.span == duration{2s}));
    BOOST_TEST((thawed.count == 2U));
    BOOST_TEST((seen(complete_request{header, copy_result::kept}).copy == copy_result::kept));
    BOOST_TEST(
        (seen(progress_report{header, agent_phase::quiesce, 1}).phase == agent_phase::quiesce));

    const record error =
        seen(error_report{header, agent_phase::freeze, verdict::veto, participant_index{5}, false});
    BOOST_TEST((error.outcome == verdict::veto));
    BOOST_TEST(error.item == 5U);
    const record refusal = seen(nak{header, nak_code::busy, agent_phase::thaw});
    BOOST_TEST((refusal.refusal == nak_code::busy));
    BOOST_TEST((refusal.phase == agent_phase::thaw));
}
