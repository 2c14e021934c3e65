// SPDX-License-Identifier: BSL-1.0
// SP 3: transactions, and which of them a message is about.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: an agent whose answers cannot be assigned
void answers_repeat(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::uint64_t txn : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
        (void)host.must_answer<status_report>("a Query is answered", {txn}, query{});
        (void)host.must_answer<pong>("a Ping is answered", {txn}, ping{});
    }
    host.must_refuse(nak_code::unknown_txn, "an unknown transaction is refused", host.new_txn(),
                     thaw_request{});
}

// catches: an agent that lets a second orchestrator into the transaction of the first
void busy(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report frozen = host.freeze(txn);
    const txn_id other{txn.value ^ 4U};
    host.must_refuse(nak_code::busy, "another Freeze is refused", other, freeze_request{});
    host.must_refuse(nak_code::busy, "another Prepare is refused", other, prepare_request{});
    const status_report got = host.status();
    run.require(got.phase == agent_phase::frozen && got.hold_deadline == frozen.hold_deadline,
                "the running transaction is not disturbed", "frozen, the same deadline",
                words_of(got));
    host.must_be_frozen("the running transaction is not disturbed");
    host.finish(txn);
}

// catches: an agent that thaws for whoever asks
void unknown(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const txn_id other{txn.value ^ 4U};
    host.must_refuse(nak_code::unknown_txn, "while idle a Thaw of any is refused", other,
                     thaw_request{});
    host.must_refuse(nak_code::unknown_txn, "while idle an Abort of any is refused", other,
                     abort_request{});
    (void)host.freeze(txn);
    host.must_refuse(nak_code::unknown_txn, "a Thaw of another is refused", other, thaw_request{});
    host.must_refuse(nak_code::unknown_txn, "a Thaw of none is refused", txn_id{}, thaw_request{});
    host.must_refuse(nak_code::unknown_txn, "an Abort of another is refused", other,
                     abort_request{});
    host.must_refuse(nak_code::unknown_txn, "a Complete of another is refused", other,
                     complete_request{});
    host.must_refuse(nak_code::unknown_txn, "a Recover of another is refused", other,
                     recover_request{});
    host.must_be_frozen("a refusal releases nothing");
    host.finish(txn);
}

// catches: an agent that an orchestrator without memory cannot clear
void abort_of_none(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn_id{}, abort_request{});
    (void)host.must_get<aborted_report>("an Abort of transaction 0 is answered",
                                        native_host::step_wait);
    host.must_be_thawed("it means whatever transaction is running");
    const status_report got = host.status();
    run.require(got.last_txn == txn && got.last_verdict == verdict::aborted,
                "the transaction was aborted", "aborted", words_of(got));
}

// catches: an agent that freezes for a request which comes too late
void stale(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.finish(txn);
    host.must_refuse(nak_code::stale, "a Freeze of the last transaction is refused", txn,
                     freeze_request{});
    host.must_refuse(nak_code::stale, "a Prepare of the last transaction is refused", txn,
                     prepare_request{});
    host.must_be_thawed("a refusal freezes nothing");
    host.must_be_in(agent_phase::idle, "and has no effect");
}

// catches: an agent that answers a request twice, or each repetition of it
void one_answer(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.must_be_quiet("a Freeze has one terminal answer");
    thaw_request request;
    host.ask(txn, request);
    (void)host.must_get<thawed_report>("a Thaw is answered", native_host::step_wait);
    host.must_be_quiet("a Thaw has one terminal answer");
}

// catches: an agent that answers each repetition while it works
void one_answer_for_all(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").hold_takes = 1s;
    host.participants().get("/srv").release_takes = 1s;
    (void)host.begin(native::capabilities);
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    for (int i = 0; i < 3; ++i) {
        host.ask(txn, freeze_request{});
    }
    (void)host.must_get<frozen_report>("the Freeze is answered");
    host.must_be_quiet("requests that arrive while their answer is owed are one");
    for (int i = 0; i < 3; ++i) {
        host.ask(txn, thaw_request{});
    }
    (void)host.must_get<thawed_report>("the Thaw is answered");
    host.must_be_quiet("requests that arrive while their answer is owed are one");
    run.require(host.participants().asked("hold", "done") == "ledger 10-quiesce /srv /",
                "and nothing is held twice", "ledger 10-quiesce /srv /",
                host.participants().asked("hold", "done"));
}

// catches: an agent that begins anew when it is asked again
void repeated_in_work(run_context& run) {
    native_host host(run);
    host.participants().get("ledger").prepare_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    host.ask(txn, host.preparation());
    run.sleep_for(100ms);
    host.ask(txn, host.preparation());
    const native_said got = host.read();
    run.require(got.as<progress_report>() != nullptr,
                "a request repeated while its step is in work is answered with Progress",
                "progress", got.words());
    (void)host.must_get<prepared_report>("the terminal answer comes once");
    host.must_be_quiet("the terminal answer comes once");
    run.require(host.participants().asked("prepare") == "ledger 10-quiesce /srv /",
                "each is prepared once", "ledger 10-quiesce /srv /",
                host.participants().asked("prepare"));
}

// catches: an agent that forgets a verdict with the channel on which it should have told it
void memory(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.hang_up();
    host.open();
    (void)host.begin();
    const status_report got = host.status();
    run.require(got.last_txn == txn && got.last_verdict == verdict::lost,
                "the last transaction is remembered in a new session", "lost", words_of(got));
    (void)host.thaw(txn, verdict::lost);
}

// catches: an agent that acts for a session that is over, or for none
void another_session(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report frozen = host.freeze(txn);
    const session_id other{host.session().value ^ 8U};
    thaw_request thaw;
    thaw.header = {other, txn, {1000}};
    host.send(thaw);
    abort_request give_up;
    give_up.header = {other, {}, {1001}};
    host.send(give_up);
    query ask;
    ask.header = {other, {}, {1002}};
    host.send(ask);
    host.must_be_quiet("messages of another session are dropped");
    const status_report got = host.status();
    run.require(got.phase == agent_phase::frozen && got.hold_deadline == frozen.hold_deadline,
                "and change no state", "frozen, the same deadline", words_of(got));
    host.finish(txn);
}

// catches: an agent that lets what is finished begin again before all is over
void busy_until_the_end(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::completion);
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    (void)host.thaw(txn);
    host.must_refuse(nak_code::busy, "in AWAIT a Freeze of the same is refused", txn,
                     freeze_request{});
    host.must_refuse(nak_code::busy, "in AWAIT a Prepare of another is refused",
                     txn_id{txn.value ^ 4U}, prepare_request{});
    host.must_be_thawed("a refusal freezes nothing");
    (void)host.must_answer<completed_report>("a Complete is answered", txn, complete_request{});
}

// catches: an agent that begins another snapshot while a filesystem is stuck
void stuck(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").failing_releases = 1000;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(1s);
    host.must_refuse(nak_code::stuck, "a stuck agent refuses a Prepare", txn, prepare_request{});
    host.must_refuse(nak_code::stuck, "a stuck agent refuses a Freeze", txn, freeze_request{});
    host.must_refuse(nak_code::stuck, "a stuck agent refuses a Complete", txn, complete_request{});
    host.must_refuse(nak_code::stuck, "a stuck agent refuses a Recover", txn, recover_request{});
}

// catches: an agent that holds what no Thaw can name
void transaction_zero(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.must_refuse(nak_code::malformed, "a Prepare of transaction 0 is refused", txn_id{},
                     prepare_request{});
    host.must_refuse(nak_code::malformed, "a Freeze of transaction 0 is refused", txn_id{},
                     freeze_request{});
    host.must_be_in(agent_phase::idle, "a refusal has no effect");
    host.must_be_thawed("a refusal has no effect");
}

} // namespace

void native_3_transactions(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = 30s,
                    .run = run});
    };
    using enum capability;
    add(sec<3, 1>::value, 1, "answers repeat transaction and number", answers_repeat);
    add(sec<3, 4>::value, 1, "another transaction is refused while one runs", busy,
        {freeze_target});
    add(sec<3, 5>::value, 1, "an unknown transaction is refused", unknown, {freeze_target});
    add(sec<3, 6>::value, 1, "an Abort of transaction 0 means the running one", abort_of_none,
        {freeze_target});
    add(sec<3, 7>::value, 1, "a late copy of a request is refused", stale, {freeze_target});
    add(sec<3, 8>::value, 1, "a request has one terminal answer", one_answer, {freeze_target});
    add(sec<3, 8>::value, 2, "repetitions that meet an answer owed get one", one_answer_for_all);
    add(sec<3, 10>::value, 1, "a repetition is answered with Progress", repeated_in_work);
    add(sec<3, 11>::value, 1, "the verdict is remembered in the next session", memory,
        {freeze_target, reconnect, connection_oriented});
    add(sec<3, 12>::value, 1, "a message of another session changes nothing", another_session,
        {freeze_target});
    add(sec<3, 15>::value, 1, "until its end a transaction keeps others out", busy_until_the_end,
        {freeze_target});
    add(sec<3, 16>::value, 1, "a stuck agent refuses work", stuck);
    add(sec<3, 18>::value, 1, "transaction 0 is refused", transaction_zero);
}

} // namespace snapproto::conformance::clauses
