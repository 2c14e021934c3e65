// SPDX-License-Identifier: BSL-1.0
// SP 4: preparing, which holds nothing.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

constexpr feature without_implicit =
    feature::explicit_prepare | feature::completion | feature::hold_limit | feature::transactions;

// catches: an agent that answers Prepare without the participants, or in another order than it has
void prepared(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const prepared_report got = host.prepare(host.new_txn());
    run.require(got.participants.size() >= run.mounts().size(),
                "Prepared names every participant in scope",
                fmt::format("at least the {} filesystems of the scope", run.mounts().size()),
                words_of(got));
    for (const std::string& mount : run.mounts()) {
        const bool named =
            std::any_of(got.participants.begin(), got.participants.end(), [&](const auto& one) {
                return one.name == mount && one.kind == participant_kind::filesystem;
            });
        run.require(named, "each filesystem of the scope is named", mount, "it is missing");
    }
}

// catches: an agent that prepares in another order, or names others than it prepares
void in_list_order(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    (void)host.begin();
    const prepared_report got = host.prepare(host.new_txn());
    std::string names;
    for (const participant_summary& one : got.participants) {
        names += (names.empty() ? "" : " ") + one.name;
    }
    run.require(names == all.asked("prepare"), "participants are prepared in the order of the list",
                names, all.asked("prepare"));
}

// catches: an agent that freezes when it prepares
void holds_nothing(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.must_be_thawed("preparing holds nothing");
    const status_report got = host.status();
    run.require(got.held == 0, "Status says that nothing is held", "held 0", words_of(got));
    (void)host.must_answer<aborted_report>("an Abort ends it", txn, abort_request{},
                                           native_host::step_wait);
}

// catches: an agent that begins its preparation again
void repeated(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const prepared_report first = host.prepare(txn);
    const prepared_report second = host.prepare(txn);
    run.require(first.participants == second.participants,
                "a Prepare repeated in READY gets the same Prepared", words_of(first),
                words_of(second));
    host.must_be_in(agent_phase::ready, "and has no other effect");
}

// catches: an agent that takes a late Prepare for a new one
void while_frozen(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    const nak got = host.must_refuse(nak_code::bad_state, "a Prepare while frozen is refused", txn,
                                     host.preparation());
    run.require(got.phase == agent_phase::frozen, "the refusal states the state", "frozen",
                to_string(got.phase));
    host.must_be_frozen("a refusal releases nothing");
    host.finish(txn);
}

// catches: an agent that goes on without a participant, or does not tell the others
void veto(run_context& run) {
    native_host host(run);
    host.participants().get("10-quiesce").refuses_prepare = true;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const error_report got = host.must_answer<error_report>(
        "a participant that refuses ends the transaction", txn, host.preparation());
    run.require(got.reason == verdict::veto && got.participant == participant_index{1},
                "Error says veto and names the participant", "veto, participant 1", words_of(got));
    host.must_be_in(agent_phase::idle, "the transaction is over");
    run.require(host.participants().history("ledger") == "prepare finish",
                "who was prepared is finished", "prepare finish",
                host.participants().history("ledger"));
    run.require(host.participants().history("/srv").empty(), "who was never asked is told nothing",
                "nothing", host.participants().history("/srv"));
}

// catches: an agent that waits for a participant without end
void too_long(run_context& run) {
    native_host host(run);
    host.participants().get("ledger").prepare_takes = 24h;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    host.ask(txn, host.preparation());
    const error_report got = host.must_get<error_report>(
        "a preparation that exceeds its limit ends the transaction", 300s);
    run.require(got.reason == verdict::expired, "as expired", "expired", words_of(got));
    host.must_be_in(agent_phase::idle, "the transaction is over");
}

// catches: an agent that needs a Prepare although it was agreed that it needs none
void implicit(run_context& run) {
    native_host host(run);
    (void)host.begin(feature::implicit_prepare | feature::hold_limit | feature::transactions);
    host.require_granted(feature::implicit_prepare);
    const txn_id txn = host.new_txn();
    freeze_request request;
    request.scope = host.scope();
    (void)host.must_answer<frozen_report>("a Freeze while idle prepares first", txn, request,
                                          native_host::step_wait);
    host.must_be_frozen("and freezes");
    host.finish(txn);
    host.must_be_quiet("the one request has one terminal answer");
}

// catches: an agent that prepares unasked although that was not agreed on
void no_implicit(run_context& run) {
    native_host host(run);
    (void)host.begin(without_implicit);
    const txn_id txn = host.new_txn();
    freeze_request request;
    request.scope = host.scope();
    host.must_refuse(nak_code::bad_state, "without implicit prepare a Freeze while idle is refused",
                     txn, request);
    host.must_be_thawed("nothing is held");
    host.must_be_in(agent_phase::idle, "nothing is prepared");
}

// catches: an agent that freezes before everybody is prepared
void freeze_meets_prepare(run_context& run) {
    native_host host(run);
    host.participants().get("ledger").prepare_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    host.ask(txn, host.preparation());
    run.sleep_for(100ms);
    host.must_refuse(nak_code::bad_state, "a Freeze before Prepared is refused", txn,
                     freeze_request{});
    (void)host.must_get<prepared_report>("the preparation goes on");
    run.require(host.participants().asked("hold").empty(), "nothing was held", "nothing",
                host.participants().asked("hold"));
}

// catches: an agent that stays prepared for an orchestrator that has died
void nobody_continues(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    const error_report got =
        host.must_get<error_report>("a prepared transaction that nobody continues expires", 400s);
    run.require(got.reason == verdict::expired, "as expired", "expired", words_of(got));
    host.must_be_in(agent_phase::idle, "the transaction is over");
}

// catches: an agent that makes a scope smaller and says nothing
void unknown_mount(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::explicit_prepare);
    prepare_request request = host.preparation();
    request.scope.mounts->push_back("/no/such/mount");
    const txn_id txn = host.new_txn();
    host.ask(txn, request);
    const native_said got = host.answer(native_host::step_wait);
    const error_report* const error = got.as<error_report>();
    run.require(error != nullptr && error->reason == verdict::veto,
                "a scope that names something the agent does not have is refused", "error veto",
                got.words());
    host.must_be_in(agent_phase::idle, "the transaction is over");
}

// catches: an agent that says application and brings no application to rest
void filesystems_only(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::explicit_prepare);
    prepare_request request = host.preparation();
    request.level = quiesce_level::filesystem;
    const txn_id txn = host.new_txn();
    const prepared_report got = host.must_answer<prepared_report>(
        "a Prepare of the level filesystem is answered", txn, request, native_host::step_wait);
    const bool any = std::any_of(
        got.participants.begin(), got.participants.end(),
        [](const participant_summary& one) { return one.kind == participant_kind::writer; });
    run.require(!any, "what Prepared names says which level is reached",
                "no writer, as none was asked for", words_of(got));
}

} // namespace

void native_4_prepare(registry& checks) {
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
    add(sec<4, 2>::value, 1, "Prepared names the filesystems of the scope", prepared,
        {freeze_target});
    add(sec<4, 2>::value, 2, "participants are prepared in the order of the list", in_list_order);
    add(sec<4, 3>::value, 1, "preparing holds nothing", holds_nothing, {freeze_target});
    add(sec<4, 5>::value, 1, "a Prepare repeated in READY gets the same Prepared", repeated,
        {freeze_target});
    add(sec<4, 6>::value, 1, "a Prepare while frozen is refused", while_frozen, {freeze_target});
    add(sec<4, 7>::value, 1, "a participant that refuses to prepare ends the transaction", veto);
    add(sec<4, 8>::value, 1, "a preparation has a limit", too_long, {}, 400s);
    add(sec<4, 9>::value, 1, "with implicit prepare a Freeze while idle does both", implicit,
        {freeze_target});
    add(sec<4, 10>::value, 1, "without implicit prepare a Freeze while idle is refused",
        no_implicit, {freeze_target});
    add(sec<4, 11>::value, 1, "a Freeze before Prepared is refused", freeze_meets_prepare);
    add(sec<4, 12>::value, 1, "a prepared transaction expires", nobody_continues,
        {freeze_target, virtual_time}, 600s);
    add(sec<4, 13>::value, 1, "a scope that is not known whole is refused", unknown_mount,
        {freeze_target});
    add(sec<4, 14>::value, 1, "no application is named that does not take part", filesystems_only,
        {freeze_target});
}

} // namespace snapproto::conformance::clauses
