// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/trial_judgements.hpp"

#include <fmt/format.h>

#include <chrono>

namespace snapproto::conformance::clauses {

using namespace std::chrono_literals;

// catches: an orchestrator that never succeeds, which nothing else would notice
void succeeds(trial& run) {
    run.snapshot();
    require_hold(run);
    expect_consistent(run, "a conversation without any failure");
    expect_thawed(run, "a conversation without any failure");
    expect_end(run);
}

void cuts_inside_the_hold(trial& run) {
    run.snapshot();
    require_hold(run);
    run.require(!run.cuts().empty(), "a snapshot of a frozen guest is cut", "a cut",
                "none; the snapshot ended with " + run.end_words());
    expect_cuts_inside_the_hold(run);
}

// catches: a guest that is held while the copy is being written
void thaws_when_the_cut_is_done(trial& run) {
    run.snapshot();
    require_hold(run);
    for (const seen_cut& one : run.cuts()) {
        const auto until = run.side(0).holds().back().until;
        run.expect(one.over && until && *until - *one.over <= run.limit(1s),
                   "the thaw is sent when the cut is done", "a guest thawed within 1 s of the cut",
                   fmt::format("thawed at {}, after a cut that ended at {}",
                               until ? run.clock(*until) : "no time",
                               one.over ? run.clock(*one.over) : "no time"));
    }
}

void thaws_when_the_cut_fails(trial& run) {
    run.cut().ends = cut_plan::end::fails;
    run.snapshot();
    require_hold(run);
    expect_thawed(run, "a cut that failed");
    expect_end(run);
}

void does_not_claim_a_failed_cut(trial& run) {
    run.cut().ends = cut_plan::end::fails;
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "the cut failed");
}

// catches: a provider that hangs, and the guest with it
void bounds_a_cut_that_hangs(trial& run) {
    run.cut().ends = cut_plan::end::never;
    run.snapshot();
    require_hold(run);
    expect_bounded_holds(run);
    expect_not_consistent(run, "the cut was never done");
    expect_thawed(run, "a cut that hangs");
    expect_end(run);
}

// catches: a copy that was cut after the thaw and is called good
void does_not_claim_a_slow_cut(trial& run) {
    run.cut().takes = run.target().hold_limit() + 5s;
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "the cut took longer than the hold may");
    expect_thawed(run, "a slow cut");
}

void ends_with_a_deaf_guest(trial& run) {
    run.side(0).go_deaf();
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the guest answers nothing");
}

// catches: a guest that falls silent while frozen
void ends_with_a_guest_that_falls_deaf(trial& run) {
    run.cut().takes = run.target().hold_limit() / 5; // only where it can be chosen
    run.side(0).when_frozen([&run] { run.at(1ms, [&run] { run.side(0).go_deaf(); }); });
    run.snapshot();
    require_hold(run);
    expect_end(run);
    expect_not_consistent(run, "the guest fell silent while frozen");
}

} // namespace snapproto::conformance::clauses
