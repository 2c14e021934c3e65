// SPDX-License-Identifier: BSL-1.0
// SP 10 and SP 11: an agent that is left, told to end, stuck, or copied.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: an agent that waits for its limits although nobody can thaw it any more
void lost_before_the_release(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/").hold_takes = 5s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.ask(txn, freeze_request{});
    run.sleep_for(1s);
    host.hang_up();
    run.sleep_for(100ms);
    run.require(all.held() == "nothing", "a channel lost while freezing undoes it at once",
                "held: nothing", "held: " + all.held());
    host.open();
    (void)host.begin();
    const status_report got = host.status();
    run.require(got.last_txn == txn && got.last_verdict == verdict::lost, "as lost", "lost",
                words_of(got));
}

// catches: an agent that stays prepared for whom it cannot hear
void lost_when_prepared(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.hang_up();
    host.open();
    (void)host.begin();
    const status_report got = host.status();
    run.require(got.phase == agent_phase::idle && got.last_txn == txn &&
                    got.last_verdict == verdict::lost,
                "a channel lost when prepared undoes the transaction", "idle, lost", words_of(got));
}

// catches: an agent that calls a hold lost which had ended before the loss
void lost_during_the_release(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/srv").release_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(1s);
    host.hang_up();
    run.sleep_for(5s);
    run.require(all.held() == "nothing", "a loss does not stop the release", "held: nothing",
                "held: " + all.held());
    host.open();
    (void)host.begin();
    (void)host.thaw(txn, verdict::clean);
}

// catches: an agent that leaves filesystems frozen when it ends
void stopped(run_context& run) {
    native_host host(run);
    (void)host.begin();
    (void)host.freeze(host.new_txn());
    run.agent().terminate();
    const auto ended = run.agent().wait_exit(run.limit(native_host::step_wait));
    run.require(ended.has_value(), "an agent that is told to end, ends", "an end", "it still runs");
    host.must_be_thawed("and exits when nothing is held");
}

// catches: an agent that says on its way out what its orchestrator takes for success
void nothing_like_success(run_context& run) {
    native_host host(run);
    (void)host.begin();
    (void)host.freeze(host.new_txn());
    run.agent().terminate();
    host.must_close("an exit emits nothing that looks like success", native_host::step_wait);
}

// catches: an agent that cannot be ended
void stopped_while_idle(run_context& run) {
    native_host host(run);
    (void)host.begin();
    run.agent().terminate();
    const auto ended = run.agent().wait_exit(run.limit(native_host::reply_wait));
    run.require(ended.has_value(), "an agent that holds nothing exits at once", "an end",
                "it still runs");
}

// catches: an agent that gives up what it could not thaw once
void tries_again(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/srv").failing_releases = 4;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    const thawed_report got = host.must_get<thawed_report>(
        "a stuck agent tries the release again until it succeeds", 60s);
    run.require(got.outcome == verdict::stuck, "and the verdict tells of it", "stuck",
                words_of(got));
    run.require(all.held() == "nothing", "everything is released", "held: nothing",
                "held: " + all.held());
}

// catches: an agent that retries without end and without rest
void at_a_growing_distance(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/srv").failing_releases = 1'000'000;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(180s);
    std::vector<instant> tries;
    for (const participant_call& one : all.calls) {
        if (one.participant == "/srv" && one.what == "release") {
            tries.push_back(one.at);
        }
    }
    run.require(tries.size() >= 5 && tries.size() <= 15, "retries are at a growing distance",
                "5 to 15 within three minutes", std::to_string(tries.size()));
    for (std::size_t i = 1; i < tries.size(); ++i) {
        run.require(tries[i] - tries[i - 1] <= 31s, "which is at most 30 s", "at most 30 s",
                    fmt::format("{:.0f} ms", milliseconds(tries[i] - tries[i - 1])));
    }
}

// catches: an agent that hides that a filesystem is stuck
void says_stuck(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    all.get("/srv").failing_releases = 1000;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(1500ms);
    const status_report got = host.status();
    run.require(got.phase == agent_phase::stuck && got.held > 0,
                "a stuck agent says so and counts what is held", "stuck, held 1", words_of(got));
    all.get("/srv").failing_releases = 0;
    (void)host.must_get<thawed_report>("STUCK is left as soon as one try releases everything", 35s);
}

// catches: an agent that goes on in a copy with what it was asked for in the original
void copied_while_frozen(run_context& run) {
    native_host host(run);
    played_surroundings& guest = host.guest();
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    guest.change_generation();
    host.must_close("a generation change closes the channel");
    host.must_be_thawed("and undoes the transaction");
    host.open();
    (void)host.begin();
    (void)host.thaw(txn, verdict::clone);
}

// catches: an agent that serves two orchestrators from two guests with one session
void copied_while_idle(run_context& run) {
    native_host host(run);
    played_surroundings& guest = host.guest();
    (void)host.begin();
    guest.change_generation();
    host.must_close("a generation change ends the session");
}

} // namespace

void native_10_loss(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}, duration bound = 60s) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = bound,
                    .run = run});
    };
    using enum capability;
    add(sec<10, 2>::value, 1, "a channel lost while freezing undoes it", lost_before_the_release);
    add(sec<10, 2>::value, 2, "a channel lost when prepared undoes it", lost_when_prepared,
        {freeze_target, reconnect, connection_oriented});
    add(sec<10, 3>::value, 1, "a channel lost during the release changes no verdict",
        lost_during_the_release);
    add(sec<10, 5>::value, 1, "an idle agent that is told to end, ends", stopped_while_idle,
        {signal});
    add(sec<10, 6>::value, 1, "an agent that is told to end while frozen thaws first", stopped,
        {freeze_target, kernel_truth, signal});
    add(sec<10, 10>::value, 1, "a stuck agent tries again", tries_again, {}, 100s);
    add(sec<10, 12>::value, 1, "a stuck agent says so", says_stuck, {}, 100s);
    add(sec<10, 13>::value, 1, "an exit looks like no success", nothing_like_success,
        {freeze_target, signal});
    add(sec<11, 1>::value, 1, "a copy of an idle guest has no session", copied_while_idle);
    add(sec<11, 2>::value, 1, "a copy of a frozen guest thaws and closes", copied_while_frozen);
    add(sec<15, 7>::value, 1, "retries come at a growing distance, 30 s at the most",
        at_a_growing_distance, {}, 300s);
}

} // namespace snapproto::conformance::clauses
