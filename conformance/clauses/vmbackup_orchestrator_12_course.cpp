// SPDX-License-Identifier: BSL-1.0
// SP 12, 47 and 48 for hosts of vmbackup: when the copy is cut, and what a host may conclude.
#include "conformance/clauses/trial_judgements.hpp"
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/orchestrator/played_tools.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;
using vmbackup::event;
using vmbackup::event_code;

// ---- the cut ------------------------------------------------------------------------------------

void cuts_at_the_commit(vmbackup_trial& run) {
    run.guest().on(tools_asked::start, [&run](const auto&, tools_reaction& how) {
        how.commits_after = run.target().hold_limit() * 3 / 10;
    });
    cuts_inside_the_hold(run);
}

// catches: a cut at the first commit of a group
void cuts_when_all_have_committed(vmbackup_trial& run) {
    run.add_guest().on(tools_asked::start, [&run](const auto&, tools_reaction& how) {
        how.commits_after = run.target().hold_limit() * 3 / 10;
    });
    cuts_inside_the_hold(run);
    expect_consistent(run, "operations of two guests, one of them slow");
}

void gives_up_a_refused_start(vmbackup_trial& run) {
    run.guest().on(tools_asked::start, [](const auto&, tools_reaction& how) {
        how.refuses(vmbackup::refusal::cannot_begin);
    });
    run.snapshot();
    run.require(run.guest().count(tools_asked::start) > 0, "an operation is started",
                "vmbackup.start or startWithOpts", "neither");
    expect_no_cut(run, "the start is refused");
    expect_not_consistent(run, "the start is refused");
    expect_end(run);
}

// catches: the guest is told that there is a copy
void aborts_what_cannot_be_cut(vmbackup_trial& run) {
    run.cut().ends = cut_plan::end::fails;
    run.snapshot();
    require_hold(run);
    const auto done = run.guest().first(tools_asked::done);
    run.expect(!done, "an operation whose copy failed is not ended by snapshotDone", "no such",
               done ? fmt::format("one at {}", run.clock(done->at)) : "");
    run.expect(run.guest().count(tools_asked::abort) > 0,
               "an operation whose copy failed is ended by abort", "vmbackup.abort", "none");
}

// ---- conclusions from the events ----------------------------------------------------------------

/// While everything is held and the copy is cut, the guest reports this; it holds all the same.
void judge_event(vmbackup_trial& run, event what, event_code code) {
    run.cut().takes = 1s;
    run.guest().on(tools_asked::start, [&run, what, code](const auto&, tools_reaction& how) {
        run.at(how.after + how.commits_after.value_or(duration{}) + 300ms, [&run, what, code] {
            run.guest().report(event_bytes(what, code, "something is wrong"));
        });
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, fmt::format("the guest reports {}", vmbackup::wire_name(what)));
    expect_end(run);
}

// catches: an operation that has ended by itself looks like any other in the end
void notices_an_early_end(vmbackup_trial& run) {
    run.cut().takes = 1s;
    run.guest().on(tools_asked::start, [&run](const auto&, tools_reaction& how) {
        run.at(how.after + how.commits_after.value_or(duration{}) + 300ms,
               [&run] { run.guest().end_now(); });
    });
    run.guest().on(tools_asked::done, [](const auto&, tools_reaction& how) {
        how.reply = "OK "; // so that req.done alone tells
        how.behind = {event_bytes(event::done)};
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "req.done came before snapshotDone");
    expect_end(run);
}

void notices_an_error(vmbackup_trial& run) {
    judge_event(run, event::error, event_code::sync_error);
}

void notices_a_writer_error(vmbackup_trial& run) {
    judge_event(run, event::writer_error, event_code::unexpected_error);
}

void notices_an_abort(vmbackup_trial& run) {
    judge_event(run, event::aborted, event_code::remote_abort);
}

void notices_a_refused_done(vmbackup_trial& run) {
    run.guest().on(tools_asked::done, 1, [](const auto&, tools_reaction& how) {
        how.refuses(vmbackup::refusal::not_frozen);
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "snapshotDone is refused");
    expect_thawed(run, "a snapshotDone that was refused");
    expect_end(run);
}

// catches: a guest that has died while it was held
void suspects_who_is_silent(vmbackup_trial& run) {
    run.cut().takes = 7s;
    run.guest().keeps_alive(false);
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "the guest was silent for 7 s");
}

// catches: a commit that a former host's operation has left behind
void passes_over_events_of_nothing(vmbackup_trial& run) {
    run.guest().on(tools_asked::announce, [](const auto&, tools_reaction& how) {
        how.behind = {event_bytes(event::commit), event_bytes(event::done)};
    });
    run.guest().on(tools_asked::start,
                   [](const auto&, tools_reaction& how) { how.commits_after = 2s; });
    run.snapshot();
    require_hold(run);
    expect_cuts_inside_the_hold(run);
    expect_consistent(run, "events while no operation ran");
}

// ---- every snapshot ends ------------------------------------------------------------------------

void ends_with_noise_for_ever(vmbackup_trial& run) {
    run.guest().on_any([](const auto&, tools_reaction& how) {
        how.silent();
        how.behind = {"noise", "OK", "vmbackup.eventSet nothing 9"};
    });
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the guest says nothing but noise");
}

void ends_with_a_guest_that_hangs_up(vmbackup_trial& run) {
    run.guest().on_any([](const auto&, tools_reaction& how) {
        how.silent();
        how.hangs_up = true;
    });
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the guest closes its channel on every command");
}

} // namespace

void vmbackup_orchestrator_12_course(registry& checks) {
    const std::vector<capability> seen{capability::cut_seen};
    const std::vector<capability> made{capability::cut_control};
    const std::vector<capability> group{capability::group, capability::cut_seen};
    add_all(
        checks,
        {
            {sec<12, 8>::value, 7, "the cut begins after the commit", seen, on<cuts_at_the_commit>},
            {sec<12, 8>::value, 8, "the cut of a group begins after the last commit", group,
             on<cuts_when_all_have_committed>},
            {sec<12, 9>::value, 5, "the guest is released as soon as the cut is done", seen,
             thaws_when_the_cut_is_done},
            {sec<12, 10>::value, 6, "the guest is released when the cut fails", made,
             thaws_when_the_cut_fails},
            {sec<12, 12>::value, 10, "nothing is cut when the start is refused", seen,
             on<gives_up_a_refused_start>},
            {sec<12, 27>::value, 12, "a cut that failed is no success", made,
             does_not_claim_a_failed_cut},
            {sec<12, 27>::value,
             13,
             "a conversation without any failure is a success",
             {},
             succeeds},
            {sec<12, 29>::value, 13, "a snapshot of a deaf guest ends", {}, ends_with_a_deaf_guest},
            {sec<12, 29>::value,
             14,
             "a snapshot of a guest that falls deaf while frozen ends",
             {},
             ends_with_a_guest_that_falls_deaf},
            {sec<12, 29>::value,
             15,
             "a snapshot of a guest that says nothing but noise ends",
             {},
             on<ends_with_noise_for_ever>},
            {sec<12, 29>::value,
             16,
             "a snapshot of a guest that closes on everything ends",
             {},
             on<ends_with_a_guest_that_hangs_up>},
            {sec<47, 1>::value, 1, "req.done before snapshotDone is no success", made,
             on<notices_an_early_end>},
            {sec<47, 1>::value, 2, "an operation with req.error is no success", made,
             on<notices_an_error>},
            {sec<47, 1>::value, 3, "an operation with req.writerError is no success", made,
             on<notices_a_writer_error>},
            {sec<47, 1>::value, 4, "an operation with req.aborted is no success", made,
             on<notices_an_abort>},
            {sec<47, 1>::value,
             5,
             "a snapshotDone that was refused is no success",
             {},
             on<notices_a_refused_done>},
            {sec<47, 3>::value, 1, "the cut lies between the commit and snapshotDone", seen,
             cuts_inside_the_hold},
            {sec<47, 4>::value, 1, "a host that could not cut sends abort", made,
             on<aborts_what_cannot_be_cut>},
            {sec<47, 5>::value, 1, "a guest that was silent is no success", made,
             on<suspects_who_is_silent>},
            {sec<47, 6>::value, 1, "events while no operation runs change nothing", seen,
             on<passes_over_events_of_nothing>},
        });
}

} // namespace snapproto::conformance::clauses
