// SPDX-License-Identifier: BSL-1.0
// SP 5: a freeze, what it says, and what is left when it fails.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: an agent that freezes what an application still has to write to
void applications_first(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    (void)host.begin();
    (void)host.freeze(host.new_txn());
    run.require(all.asked("hold", "done") == "ledger 10-quiesce /srv /",
                "applications are held in list order, and filesystems after the last of them",
                "ledger 10-quiesce /srv /", all.asked("hold", "done"));
}

// catches: an agent that says frozen and is not
void frozen_is_true(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.must_be_frozen("when Frozen has come everything in scope is held");
    run.sleep_for(500ms);
    host.must_be_frozen("and stays so");
    host.finish(txn);
    host.must_be_thawed("when Thawed has come nothing is held");
}

// catches: an agent that says frozen when the first filesystem is
void frozen_at_the_last(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/srv").hold_takes = 1s;
    all.get("/").hold_takes = 1s;
    (void)host.begin();
    (void)host.freeze(host.new_txn());
    run.require(all.held() == "ledger 10-quiesce /srv /",
                "Frozen is sent when everything in scope is held, and not before",
                "held: ledger 10-quiesce /srv /", "held: " + all.held());
}

// catches: an agent that does not say how much is held, or until when
void what_frozen_states(run_context& run) {
    native_host host(run);
    const hello_ack ack = host.begin();
    const txn_id txn = host.new_txn();
    std::size_t named = 0;
    if (host.granted(feature::explicit_prepare)) {
        named = host.prepare(txn).participants.size();
    }
    const frozen_report got = host.freeze(txn);
    run.require(
        got.held >= run.mounts().size() && (named == 0 || got.held <= named),
        "Frozen states the count of what is really held",
        fmt::format("{} filesystems, or with the applications {}", run.mounts().size(), named),
        words_of(got));
    run.require(got.hold_deadline > got.held_since &&
                    got.hold_deadline - got.held_since <= ack.hold_max,
                "the deadline lies behind the first hold, by at most what was announced",
                "within hold_max", words_of(got));
    host.finish(txn);
}

// catches: an agent that begins again, or says nothing
void repeated_in_work(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").hold_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.ask(txn, freeze_request{});
    run.sleep_for(1s);
    host.ask(txn, freeze_request{});
    const native_said got = host.read();
    run.require(got.as<progress_report>() != nullptr,
                "a Freeze repeated while the hold is built is answered with Progress", "progress",
                got.words());
    const frozen_report frozen = host.must_get<frozen_report>("the hold is built");
    host.must_be_quiet("one answer serves both");
    run.require(frozen.hold_deadline - frozen.held_since <= 10s, "the hold limit is not restarted",
                "10 s from the first hold", words_of(frozen));
}

// catches: an agent that a repetition keeps frozen for longer
void repeated_while_frozen(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report first = host.freeze(txn);
    run.sleep_for(700ms);
    const frozen_report second = host.must_answer<frozen_report>(
        "a Freeze repeated while frozen is answered", txn, freeze_request{});
    run.require(first.held == second.held && first.held_since == second.held_since &&
                    first.hold_deadline == second.hold_deadline,
                "by the same Frozen, with the same deadline", words_of(first), words_of(second));
    host.finish(txn);
}

// catches: an agent that leaves a part frozen when another refuses
void veto(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/").refuses_hold = true;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    const error_report got = host.must_answer<error_report>(
        "a participant that refuses to be held ends the transaction", txn, freeze_request{});
    run.require(got.reason == verdict::veto && got.participant == participant_index{3},
                "Error says veto and names the participant", "veto, participant 3", words_of(got));
    run.require(all.held() == "nothing", "what was held already is released", "held: nothing",
                "held: " + all.held());
    run.require(all.asked("release") == "/srv 10-quiesce ledger",
                "in the reverse order, and not the filesystem that refused",
                "/srv 10-quiesce ledger", all.asked("release"));
}

// catches: an agent that freezes filesystems although an application has refused
void veto_of_an_application(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("ledger").refuses_hold = true;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    const error_report got = host.must_answer<error_report>(
        "an application that refuses to be held ends the transaction", txn, freeze_request{});
    run.require(got.reason == verdict::veto, "as veto", "veto", words_of(got));
    run.require(all.asked("hold") == "ledger", "nobody is asked to hold afterwards", "ledger",
                all.asked("hold"));
    run.require(all.asked("release") == "ledger",
                "an application that was asked is released, also when it refused", "ledger",
                all.asked("release"));
}

// catches: an agent that waits for a filesystem without end
void too_long(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/").hold_takes = 1h;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    const error_report got = host.must_answer<error_report>(
        "a hold that is not complete in time ends the transaction", txn, freeze_request{}, 60s);
    run.require(got.reason == verdict::expired, "as expired", "expired", words_of(got));
    run.require(all.held() == "nothing", "and everything is released", "held: nothing",
                "held: " + all.held());
}

// catches: an agent that builds on what is not held any more
void early(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/").hold_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.ask(txn, freeze_request{});
    run.sleep_for(1s);
    host.guest().let_go("ledger", true);
    const error_report got =
        host.must_get<error_report>("who lets go while the hold is built ends the transaction");
    run.require(got.reason == verdict::early, "as early", "early", words_of(got));
    run.require(all.held() == "nothing", "and everything is released", "held: nothing",
                "held: " + all.held());
}

// catches: an agent whose orchestrator goes away while the guest is still frozen
void error_comes_last(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/").refuses_hold = true;
    all.get("/srv").release_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    (void)host.must_answer<error_report>("a participant that refuses ends the transaction", txn,
                                         freeze_request{});
    run.require(all.held() == "nothing",
                "the failure of a Freeze is reported when nothing is held any more",
                "held: nothing", "held: " + all.held());
}

} // namespace

void native_5_freeze(registry& checks) {
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
    add(sec<5, 2>::value, 1, "applications are held first, in list order", applications_first);
    add(sec<5, 4>::value, 1, "between Frozen and Thaw everything is held", frozen_is_true,
        {freeze_target, kernel_truth});
    add(sec<5, 4>::value, 2, "Frozen is sent when the last is held", frozen_at_the_last);
    add(sec<5, 5>::value, 1, "Frozen states count and deadline", what_frozen_states,
        {freeze_target});
    add(sec<5, 6>::value, 1, "a Freeze repeated in work is answered with Progress",
        repeated_in_work);
    add(sec<5, 7>::value, 1, "a Freeze repeated while frozen gets the same Frozen",
        repeated_while_frozen, {freeze_target});
    add(sec<5, 8>::value, 1, "a filesystem that refuses undoes the freeze", veto);
    add(sec<5, 8>::value, 2, "an application that refuses undoes the freeze",
        veto_of_an_application);
    add(sec<5, 9>::value, 1, "a freeze has a limit", too_long, {}, 120s);
    add(sec<5, 10>::value, 1, "who lets go while the hold is built ends it", early);
    add(sec<5, 12>::value, 1, "the Error comes when nothing is held any more", error_comes_last);
}

} // namespace snapproto::conformance::clauses
