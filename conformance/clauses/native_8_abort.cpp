// SPDX-License-Identifier: BSL-1.0
// SP 8: an abort at every phase.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

/// Aborts, and requires that the transaction is over as aborted.
void must_abort(native_host& host, txn_id txn) {
    (void)host.must_answer<aborted_report>("an Abort is answered by Aborted", txn, abort_request{},
                                           native_host::step_wait);
    host.must_be_thawed("when Aborted has come nothing is held");
    const status_report got = host.status();
    host.context().require(got.phase == agent_phase::idle && got.held == 0 && got.last_txn == txn &&
                               got.last_verdict == verdict::aborted,
                           "the transaction is over, as aborted", "idle, aborted", words_of(got));
}

// catches: an agent that stays prepared
void when_ready(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    must_abort(host, txn);
}

// catches: an agent that stays frozen
void when_frozen(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    must_abort(host, txn);
    host.must_be_quiet("nothing else is sent");
}

/// An Abort one second into the work of one participant.
void in_the_middle(run_context& run, std::string_view who, duration played_participant::*takes) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get(who).*takes = 5s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    if (takes == &played_participant::prepare_takes) {
        host.ask(txn, host.preparation());
    } else {
        (void)host.prepare(txn);
        host.ask(txn, freeze_request{});
    }
    run.sleep_for(1s);
    host.ask(txn, abort_request{});
    const native_said got = host.answer();
    run.require(got.as<aborted_report>() != nullptr, "an Abort is answered by Aborted", "aborted",
                got.words());
    run.require(all.held() == "nothing", "when Aborted has come nothing is held", "held: nothing",
                "held: " + all.held());
    host.must_be_quiet("the request that it interrupts is answered by the same Aborted");
    host.must_be_in(agent_phase::idle, "the transaction is over");
}

// catches: an agent that prepares to the end before it listens
void when_preparing(run_context& run) {
    in_the_middle(run, "ledger", &played_participant::prepare_takes);
}

// catches: an agent that quiesces to the end before it listens
void when_quiescing(run_context& run) {
    in_the_middle(run, "10-quiesce", &played_participant::hold_takes);
}

// catches: an agent that freezes to the end before it listens
void when_freezing(run_context& run) {
    in_the_middle(run, "/", &played_participant::hold_takes);
}

// catches: an agent that calls a release clean which an Abort has met
void when_thawing(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").release_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(1s);
    host.ask(txn, abort_request{});
    bool thawed = false;
    bool aborted = false;
    for (int i = 0; i < 2; ++i) {
        const native_said got = host.answer();
        if (const auto* report = got.as<thawed_report>()) {
            run.require(report->outcome == verdict::aborted, "the verdict is aborted", "aborted",
                        got.words());
            thawed = true;
        }
        aborted = aborted || got.as<aborted_report>() != nullptr;
    }
    run.require(thawed && aborted, "each answer that is owed is sent once", "thawed and aborted",
                thawed ? "thawed only" : "no thawed");
    run.require(host.participants().held() == "nothing", "when the release has ended",
                "held: nothing", "held: " + host.participants().held());
}

// catches: an agent that completes what was aborted
void when_awaiting(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::completion);
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    (void)host.thaw(txn);
    (void)host.must_answer<aborted_report>("an Abort in AWAIT is answered by Aborted", txn,
                                           abort_request{});
    host.must_be_in(agent_phase::idle, "the transaction is over");
}

// catches: an agent that refuses to be cleared, or forgets its last verdict
void when_idle(run_context& run) {
    native_host host(run);
    (void)host.begin();
    (void)host.must_answer<aborted_report>("an Abort of transaction 0 is answered by Aborted",
                                           txn_id{}, abort_request{});
    host.must_be_in(agent_phase::idle, "and changes nothing");
}

// catches: an agent that answers an Abort of what is over with a refusal
void of_the_last(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.finish(txn);
    (void)host.must_answer<aborted_report>("an Abort of the last transaction is answered", txn,
                                           abort_request{});
    const status_report got = host.status();
    run.require(got.last_verdict == verdict::clean, "and changes nothing", "clean",
                to_string(got.last_verdict));
}

// catches: an agent that releases whom it never asked, or twice, or not at all
void released_once(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/srv").refuses_hold = true;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    (void)host.must_answer<error_report>("a participant that refuses ends the transaction", txn,
                                         freeze_request{});
    const auto must_have = [&](std::string_view who, std::string_view history) {
        run.require(all.history(who) == history, "each is undone as far as it was asked",
                    fmt::format("{}: {}", who, history),
                    fmt::format("{}: {}", who, all.history(who)));
    };
    must_have("ledger", "prepare hold release finish");
    must_have("10-quiesce", "prepare hold release finish");
    must_have("/srv", "prepare hold finish"); // to release it could undo somebody else's freeze
    must_have("/", "prepare finish");
}

// catches: an agent that a repetition has release or finish twice
void many_times(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    for (int i = 0; i < 5; ++i) {
        (void)host.must_answer<aborted_report>("each Abort is answered", txn, abort_request{});
    }
    for (const std::string_view who : {"ledger", "10-quiesce", "/srv", "/"}) {
        run.require(all.history(who) == "prepare hold release finish",
                    "Abort sent n times has the effect of one",
                    fmt::format("{}: prepare hold release finish", who),
                    fmt::format("{}: {}", who, all.history(who)));
    }
    (void)host.thaw(txn, verdict::aborted);
}

// catches: an agent that is worn out by transactions that come to nothing
void begin_again(run_context& run) {
    native_host host(run);
    (void)host.begin();
    std::uint64_t number = host.new_txn().value;
    for (int i = 0; i < 20; ++i, number += 2) {
        (void)host.freeze({number});
        if (i % 3 == 0) {
            must_abort(host, {number});
        } else {
            host.finish({number});
        }
        host.must_be_thawed("after each transaction nothing is held");
    }
}

} // namespace

void native_8_abort(registry& checks) {
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
    add(sec<8, 1>::value, 1, "an Abort when prepared", when_ready, {freeze_target});
    add(sec<8, 1>::value, 2, "an Abort when frozen", when_frozen, {freeze_target});
    add(sec<8, 1>::value, 3, "an Abort while participants prepare", when_preparing);
    add(sec<8, 1>::value, 4, "an Abort while applications are being held", when_quiescing);
    add(sec<8, 1>::value, 5, "an Abort while filesystems are being held", when_freezing);
    add(sec<8, 2>::value, 1, "an Abort during the release", when_thawing);
    add(sec<8, 3>::value, 1, "an Abort in AWAIT", when_awaiting, {freeze_target});
    add(sec<8, 4>::value, 1, "an Abort while nothing runs", when_idle);
    add(sec<8, 4>::value, 2, "an Abort of the last transaction", of_the_last, {freeze_target});
    add(sec<8, 7>::value, 1, "one transaction after another, aborted or not", begin_again,
        {freeze_target}, 200s);
    add(sec<8, 9>::value, 1, "each is released once, as far as it was asked", released_once);
    add(sec<8, 10>::value, 1, "Abort sent n times has the effect of one", many_times);
}

} // namespace snapproto::conformance::clauses
