// SPDX-License-Identifier: BSL-1.0
// SP 9 and SP 14: what became of the copy, and who learns of it.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

/// An agent in AWAIT.
txn_id await(native_host& host) {
    (void)host.begin();
    host.require_granted(feature::completion);
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    (void)host.thaw(txn);
    return txn;
}

// catches: an agent that answers Complete and stays where it was
void completed(run_context& run) {
    native_host host(run);
    const txn_id txn = await(host);
    complete_request request;
    request.result = copy_result::kept;
    (void)host.must_answer<completed_report>("a Complete is answered by Completed", txn, request);
    const status_report got = host.status();
    run.require(got.phase == agent_phase::idle && got.last_txn == txn, "the transaction is over",
                "idle", words_of(got));
}

// catches: an agent that refuses a Complete whose answer was lost
void repeated(run_context& run) {
    native_host host(run);
    const txn_id txn = await(host);
    (void)host.must_answer<completed_report>("a Complete is answered", txn, complete_request{});
    (void)host.must_answer<completed_report>("so is its repetition", txn, complete_request{});
    host.must_refuse(nak_code::bad_state, "in IDLE the Complete of another is refused",
                     txn_id{txn.value ^ 4U}, complete_request{});
}

// catches: an agent that completes what is not over
void too_soon(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::completion);
    const txn_id txn = host.new_txn();
    if (host.granted(feature::explicit_prepare)) {
        (void)host.prepare(txn);
        host.must_refuse(nak_code::bad_state, "a Complete when prepared is refused", txn,
                         complete_request{});
    }
    (void)host.freeze(txn);
    host.must_refuse(nak_code::bad_state, "a Complete while frozen is refused", txn,
                     complete_request{});
    host.must_be_frozen("a refusal releases nothing");
    host.finish(txn);
}

// catches: an agent that waits for a Complete without end
void nobody_completes(run_context& run) {
    native_host host(run);
    const txn_id txn = await(host);
    const error_report got =
        host.must_get<error_report>("a transaction that nobody completes ends", 2000s);
    run.require(got.reason == verdict::expired, "with the Error expired", "expired", words_of(got));
    const status_report status = host.status();
    run.require(status.phase == agent_phase::idle && status.last_txn == txn &&
                    status.last_verdict == verdict::clean,
                "the verdict stays clean", "idle, clean", words_of(status));
}

// catches: an agent that cannot be completed after a recovery
void recovered(run_context& run) {
    native_host host(run);
    const txn_id txn = await(host);
    host.require_granted(feature::recovery);
    recover_request request;
    request.copy = "pool/disk@7";
    (void)host.must_answer<recovered_report>("a Recover in AWAIT is answered by Recovered", txn,
                                             request, native_host::step_wait);
    host.must_be_in(agent_phase::await, "the agent stays in AWAIT");
    host.must_be_thawed("a recovery touches the copy only");
    (void)host.must_answer<completed_report>("and can be completed", txn, complete_request{});
}

// catches: an agent that recovers a copy which does not exist yet
void recover_elsewhere(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::recovery);
    const txn_id txn = host.new_txn();
    host.must_refuse(nak_code::bad_state, "a Recover while idle is refused", txn,
                     recover_request{});
    (void)host.freeze(txn);
    host.must_refuse(nak_code::bad_state, "a Recover while frozen is refused", txn,
                     recover_request{});
    host.must_be_frozen("a refusal releases nothing");
    host.finish(txn);
}

// catches: an agent whose participants never learn what became of the copy
void everybody_learns(run_context& run) {
    for (const copy_result result :
         {copy_result::kept, copy_result::discarded, copy_result::unknown}) {
        native_host host(run);
        played_participants& all = host.participants();
        all.calls.clear();
        const txn_id txn = await(host);
        complete_request request;
        request.result = result;
        (void)host.must_answer<completed_report>("a Complete is answered", txn, request);
        (void)host.must_answer<completed_report>("also a second time", txn, request);
        for (const std::string_view who : {"ledger", "10-quiesce", "/srv", "/"}) {
            run.require(all.history(who) == "prepare hold release finish",
                        "every participant learns the result once, after its release",
                        fmt::format("{}: prepare hold release finish", who),
                        fmt::format("{}: {}", who, all.history(who)));
        }
        run.require(all.asked("finish", to_string(result)) == all.asked("finish"),
                    "and the one that was sent", to_string(result), "another one");
        host.hang_up();
    }
}

// catches: an agent that runs a thaw hook without its freeze hook
void never_asked_to_hold(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    (void)host.must_answer<aborted_report>("an Abort is answered", txn, abort_request{});
    for (const std::string_view who : {"ledger", "10-quiesce", "/srv", "/"}) {
        run.require(all.history(who) == "prepare finish",
                    "who was never asked to hold is finished without a release",
                    fmt::format("{}: prepare finish", who),
                    fmt::format("{}: {}", who, all.history(who)));
    }
}

} // namespace

void native_9_complete(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}, duration bound = 30s) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = bound,
                    .run = run});
    };
    using enum capability;
    add(sec<9, 1>::value, 1, "a Complete ends the transaction", completed, {freeze_target});
    add(sec<9, 2>::value, 1, "a Complete repeated is answered again", repeated, {freeze_target});
    add(sec<9, 3>::value, 1, "a Complete before the release is refused", too_soon, {freeze_target});
    add(sec<9, 4>::value, 1, "what nobody completes ends by itself", nobody_completes,
        {freeze_target, virtual_time}, 2500s);
    add(sec<9, 5>::value, 1, "a Recover in AWAIT is answered", recovered, {freeze_target});
    add(sec<9, 7>::value, 1, "a Recover elsewhere is refused", recover_elsewhere, {freeze_target});
    add(sec<9, 8>::value, 1, "every participant learns the result once", everybody_learns);
    add(sec<14, 11>::value, 1, "who was never asked to hold is not released", never_asked_to_hold);
}

} // namespace snapproto::conformance::clauses
