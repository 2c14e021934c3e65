// SPDX-License-Identifier: BSL-1.0
// SP 7: a thaw, and whether its verdict is true.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: an agent that releases in the order in which it holds
void reverse_order(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    (void)host.thaw(txn);
    run.require(all.asked("release", "done") == "/ /srv 10-quiesce ledger",
                "filesystems are released in reverse order, and applications after the last",
                "/ /srv 10-quiesce ledger", all.asked("release", "done"));
}

// catches: an agent that lets an application write to what is still frozen
void applications_last(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/srv").release_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(1s);
    run.require(all.held() == "ledger 10-quiesce /srv",
                "while a filesystem is frozen no application is released",
                "held: ledger 10-quiesce /srv", "held: " + all.held());
    (void)host.must_get<thawed_report>("the Thaw is answered");
}

// catches: an agent for which a release that finds nothing is as good as any
void behind_its_back(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    const auto done = run.filesystem().foreign_thaw();
    if (!done) {
        run.skip("nobody can thaw behind the agent's back: " + done.why);
    }
    (void)host.thaw(txn, verdict::early);
    host.must_be_thawed("everything is released");
}

// catches: an agent that says thawed while it thaws
void thawed_is_true(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report frozen = host.freeze(txn);
    run.sleep_for(1s);
    const thawed_report got = host.thaw(txn);
    host.must_be_thawed("Thawed is sent after the last participant was released");
    run.require(got.held_for >= run.limit(900ms) && got.held_for <= 60s,
                "Thawed states how long the hold lasted", "about 1 s", words_of(got));
    run.require(got.released == frozen.held, "and how many were released",
                std::to_string(frozen.held), std::to_string(got.released));
    run.require(got.warnings.empty(), "after an ordinary snapshot there is no warning", "none",
                fmt::format("{}", got.warnings.size()));
}

// catches: an agent that waits for a Complete that was never agreed on, or does not wait
void after_a_clean_thaw(run_context& run) {
    native_host host(run);
    (void)host.begin(native::capabilities);
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    (void)host.thaw(txn);
    if (host.granted(feature::completion)) {
        host.must_be_in(agent_phase::await, "with completion agreed the agent waits for Complete");
        (void)host.must_answer<completed_report>("a Complete is answered", txn, complete_request{});
    }
    (void)host.begin(feature::explicit_prepare | feature::implicit_prepare | feature::transactions);
    const txn_id second{txn.value ^ 4U};
    (void)host.freeze(second);
    (void)host.thaw(second);
    host.must_be_in(agent_phase::idle, "without completion the agent is idle");
}

// catches: an agent that freezes on, or says clean, when it is thawed too soon
void before_frozen(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    (void)host.thaw(txn, verdict::aborted);
    host.must_be_in(agent_phase::idle, "a Thaw before Frozen undoes the transaction");
    host.must_be_thawed("nothing is held");
}

// catches: an agent that answers a Freeze which it has undone as if it had succeeded
void while_freezing(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/").hold_takes = 5s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.ask(txn, freeze_request{});
    run.sleep_for(1s);
    host.ask(txn, thaw_request{});
    native_said got = host.answer();
    if (got.as<aborted_report>() != nullptr) {
        got = host.answer(); // for the Freeze that was interrupted
    }
    const thawed_report* const thawed = got.as<thawed_report>();
    run.require(thawed != nullptr && thawed->outcome == verdict::aborted,
                "a Thaw that interrupts a Freeze gets the verdict aborted", "thawed: aborted",
                got.words());
    run.require(all.held() == "nothing", "and nothing is held", "held: nothing",
                "held: " + all.held());
    host.must_be_quiet("the Freeze gets no other answer");
}

// catches: an agent that makes up another verdict, or counts on, when it is asked again
void repeated(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    const thawed_report first = host.thaw(txn);
    run.sleep_for(500ms);
    const auto again = [&](std::string_view requirement) {
        const thawed_report got = host.thaw(txn);
        run.require(first.held_for == got.held_for && first.released == got.released &&
                        first.warnings == got.warnings,
                    requirement, words_of(first), words_of(got)); // the verdict: host.thaw()
    };
    again("a Thaw repeated after the end gets the same answer");
    if (host.granted(feature::completion)) {
        (void)host.must_answer<completed_report>("a Complete is answered", txn, complete_request{});
        again("also when the transaction is over");
    }
}

// catches: an agent that says nothing of a filesystem which it cannot thaw
void stuck(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").failing_releases = 1000;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn, 2s); // it expires: nobody's answer is owed
    const error_report got =
        host.must_get<error_report>("a filesystem that cannot be released is reported", 10s);
    run.require(got.reason == verdict::stuck || got.reason == verdict::expired,
                "the Error says stuck, or why the release had begun", "stuck or expired",
                words_of(got));
    const status_report status = host.status();
    run.require(status.phase == agent_phase::stuck && status.held > 0,
                "Status says so and counts what is held", "stuck, held 1", words_of(status));
    run.require(host.participants().get("/srv").held && !host.participants().get("/").held,
                "the others are released", "held: /srv and the applications",
                "held: " + host.participants().held());
}

// catches: an agent that fails a thaw because of an application
void warning(run_context& run) {
    native_host host(run);
    host.participants().get("10-quiesce").failing_releases = 1;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    const thawed_report got = host.thaw(txn);
    run.require(!got.warnings.empty(), "an application that fails to resume is a warning",
                "at least one warning", "none");
    run.require(!host.participants().get("ledger").held, "and the remaining ones are released",
                "ledger is released", "it is held");
}

// catches: an agent that ends other people's freezes
void of_others(run_context& run) {
    native_host host(run);
    const auto done = run.filesystem().foreign_freeze();
    if (!done || !*done) {
        run.skip("nobody can freeze behind the agent's back: " + done.why);
    }
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.ask(txn, freeze_request{});
    const native_said frozen = host.answer(native_host::step_wait);
    if (frozen.as<frozen_report>() != nullptr) {
        host.ask(txn, thaw_request{});
        (void)host.must_get<thawed_report>("a Thaw is answered", native_host::step_wait);
    }
    const auto seen = run.filesystem().is_frozen();
    run.require(seen && *seen, "what somebody else froze stays frozen", "it is frozen",
                seen ? "it is not frozen" : seen.why);
    (void)run.filesystem().foreign_thaw();
}

// catches: an agent that reports the last thing that went wrong
void the_first_reason(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").release_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.guest().let_go("/", true);
    run.sleep_for(1s);
    host.ask(txn, abort_request{});
    (void)host.must_get<aborted_report>("the Abort is answered");
    const status_report got = host.status();
    run.require(got.last_verdict == verdict::early, "the first reason is the one reported", "early",
                to_string(got.last_verdict));
}

// catches: an agent that waits although somebody has come to help
void thaw_while_stuck(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").failing_releases = 1000;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(20s); // until the retries have become rare
    host.participants().get("/srv").failing_releases = 0;
    host.ask(txn, thaw_request{});
    const thawed_report got =
        host.must_get<thawed_report>("a Thaw that arrives in STUCK tries again at once", 500ms);
    run.require(got.outcome == verdict::stuck, "and the verdict keeps the reason", "stuck",
                words_of(got));
    run.require(host.participants().held() == "nothing", "everything is released", "held: nothing",
                "held: " + host.participants().held());
}

} // namespace

void native_7_thaw(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = 60s,
                    .run = run});
    };
    using enum capability;
    add(sec<7, 1>::value, 1, "releases are in the reverse order of holding", reverse_order);
    add(sec<7, 2>::value, 1, "applications are released after every filesystem", applications_last);
    add(sec<7, 3>::value, 1, "a release that finds nothing held counts as early", behind_its_back,
        {freeze_target, foreign_freeze});
    add(sec<7, 4>::value, 1, "Thawed comes after the last release", thawed_is_true,
        {freeze_target});
    add(sec<7, 6>::value, 1, "after a clean thaw the agent waits, or is idle", after_a_clean_thaw,
        {freeze_target});
    add(sec<7, 8>::value, 1, "a Thaw before Frozen undoes the transaction", before_frozen,
        {freeze_target});
    add(sec<7, 8>::value, 2, "a Thaw that interrupts a Freeze undoes it", while_freezing);
    add(sec<7, 9>::value, 1, "a Thaw repeated gets the same answer", repeated, {freeze_target});
    add(sec<7, 10>::value, 1, "a filesystem that cannot be released is reported", stuck);
    add(sec<7, 11>::value, 1, "an application that fails to resume is a warning", warning);
    add(sec<7, 12>::value, 1, "what somebody else froze stays frozen", of_others,
        {freeze_target, kernel_truth, foreign_freeze});
    add(sec<7, 13>::value, 1, "the first reason is the one reported", the_first_reason);
    add(sec<7, 14>::value, 1, "a Thaw while stuck tries again at once", thaw_while_stuck);
}

} // namespace snapproto::conformance::clauses
