// SPDX-License-Identifier: BSL-1.0
// SP 45: the way of an operation that goes well, and commands that come at the wrong time.
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/vmbackup_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using vmbackup::event;
using vmbackup::refusal;
using namespace std::chrono_literals;

// catches: a guest that answers a start before it has reported it, or does not report it
void reset_comes_first(run_context& run) {
    vmbackup_host host(run);
    host.must_accept("vmbackup.start 0", "a start while nothing runs is accepted");
    run.require(!host.events().empty() && host.events().front().what == event::reset,
                "reset is reported before the answer", "reset", host.event_words());
    host.must_see(event::commit, "the operation goes on");
    run.require(host.count(event::reset) == 1, "reset is reported once", "one reset",
                host.event_words());
    host.finish();
}

// catches: a guest that begins anew while it is frozen
void a_second_start(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.forget_events();
    host.must_refuse("vmbackup.start 0", refusal::busy, "a second start is refused");
    host.wait(vmbackup_host::quiet);
    run.require(host.find(event::reset) == nullptr && host.find(event::commit) == nullptr,
                "a start that is refused reports nothing", "no event", host.event_words());
    host.finish();
}

// catches: a guest that lets go when a second start comes
void a_second_start_changes_nothing(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    (void)host.command("vmbackup.start 0");
    host.must_hold(host.everything(), "a second start changes nothing");
    host.finish();
}

// catches: a guest that says frozen before it is
void commit_when_all_is_held(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    const seen_event* const commit = host.find(event::commit);
    run.require(commit->held == host.everything(), "at the commit everything is held",
                "held: " + host.everything(), "held: " + commit->held);
    host.finish();
}

// catches: a guest that says frozen twice
void one_commit(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.wait(3s);
    host.finish();
    run.require(host.count(event::commit) == 1, "the commit is sent once", "one commit",
                host.event_words());
}

// catches: a guest that says done and leaves a filesystem frozen
void snapshot_done_releases(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_accept("vmbackup.snapshotDone", "snapshotDone while frozen is accepted");
    host.must_end("snapshotDone releases everything");
    run.require(!host.told_of_failure(), "a good operation reports no failure",
                "neither req.error nor req.aborted", host.event_words());
}

// catches: a guest that accepts the end of what never began
void snapshot_done_while_nothing_runs(run_context& run) {
    vmbackup_host host(run);
    host.must_refuse("vmbackup.snapshotDone", refusal::idle,
                     "snapshotDone while nothing runs is refused");
    host.freeze();
    host.finish();
    host.must_refuse("vmbackup.snapshotDone", refusal::idle,
                     "snapshotDone after an operation is refused");
}

// catches: a guest that accepts a second snapshotDone
void a_second_snapshot_done(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_accept("vmbackup.snapshotDone", "snapshotDone while frozen is accepted");
    const guest_answer answer = host.command("vmbackup.snapshotDone");
    run.require(answer.refuses(), "a second snapshotDone is refused", "'ERROR ' and why",
                answer.words());
    host.must_end("it changes nothing");
}

// catches: a guest that is done twice, or goes on after that
void one_done_and_nothing_after_it(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.finish();
    host.wait(4s);
    run.require(host.count(event::done) == 1 && host.events().back().what == event::done,
                "done is sent once and last", "one done, at the end", host.event_words());
}

// catches: a guest that is done before it has let go
void nothing_is_held_at_done(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.finish();
    const seen_event* const done = host.find(event::done);
    run.require(done->held == "nothing", "at done nothing is held any more", "held: nothing",
                "held: " + done->held);
}

// catches: a guest that accepts snapshotCompleted though it does not wait for it
void completed_while_nothing_runs(run_context& run) {
    vmbackup_host host(run);
    const guest_answer answer = host.command("vmbackup.snapshotCompleted");
    run.require(answer.refuses(), "snapshotCompleted while nothing runs is refused",
                "'ERROR ' and why", answer.words());
}

// catches: a guest that takes snapshotCompleted for the end of the hold
void completed_while_frozen(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    const guest_answer answer = host.command("vmbackup.snapshotCompleted");
    run.require(answer.refuses(), "snapshotCompleted while frozen is refused", "'ERROR ' and why",
                answer.words());
    host.must_hold(host.everything(), "it changes nothing");
    host.finish();
}

// catches: a guest that gives no sign of life
void signs_of_life(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    instant last = run.now();
    duration longest{0};
    for (int i = 0; i < 120; ++i) {
        const std::size_t before = host.events().size();
        host.wait(100ms);
        if (host.events().size() != before) {
            last = host.events().back().at;
        }
        longest = std::max(longest, run.now() - last);
    }
    run.require(
        longest <= run.limit(6s), "a frozen guest is silent for 5 s at most",
        "an event every 5 s, and one second late at most",
        fmt::format("silence for {} ms",
                    std::chrono::duration_cast<std::chrono::milliseconds>(longest).count()));
    host.finish();
}

} // namespace

void vmbackup_45_operation(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         duration bound = 20s) {
        checks.add({.about = about, .index = index, .title = title, .bound = bound, .run = run});
    };
    add(sec<45, 1>::value, 1, "a start is reported by reset, and then answered", reset_comes_first);
    add(sec<45, 2>::value, 1, "a second start is refused", a_second_start);
    add(sec<45, 2>::value, 2, "a second start changes nothing", a_second_start_changes_nothing);
    add(sec<45, 4>::value, 1, "at the commit everything is held", commit_when_all_is_held);
    add(sec<45, 4>::value, 2, "the commit is sent once", one_commit);
    add(sec<45, 5>::value, 1, "snapshotDone releases everything", snapshot_done_releases);
    add(sec<45, 6>::value, 1, "snapshotDone while nothing runs is refused",
        snapshot_done_while_nothing_runs);
    add(sec<45, 6>::value, 2, "a second snapshotDone is refused", a_second_snapshot_done);
    add(sec<45, 12>::value, 1, "done is sent once and last", one_done_and_nothing_after_it);
    add(sec<45, 12>::value, 2, "at done nothing is held", nothing_is_held_at_done);
    add(sec<45, 13>::value, 1, "snapshotCompleted while nothing runs is refused",
        completed_while_nothing_runs);
    add(sec<45, 13>::value, 2, "snapshotCompleted while frozen is refused", completed_while_frozen);
    add(sec<46, 7>::value, 1, "a frozen guest gives signs of life", signs_of_life, 40s);
}

} // namespace snapproto::conformance::clauses
