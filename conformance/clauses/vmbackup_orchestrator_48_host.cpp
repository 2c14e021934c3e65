// SPDX-License-Identifier: BSL-1.0
// SP 40, 41, 47 and 48: what a host of vmbackup sends, and what it owes.
#include "conformance/clauses/trial_judgements.hpp"
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/orchestrator/played_tools.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

std::string words(const vmbackup_trial& run, const tools_command& one) {
    return fmt::format("{} at {}", name(one.what), run.clock(one.at));
}

tools_command must_hear(vmbackup_trial& run, tools_asked what) {
    const auto one = run.guest().first(what);
    run.require(one.has_value(), fmt::format("the guest is sent {}", name(what)),
                std::string{name(what)},
                fmt::format("{} commands, none of them that; the snapshot ended with {}",
                            run.guest().requests(), run.end_words()));
    return *one;
}

// ---- messages -----------------------------------------------------------------------------------

void sends_what_can_be_read(vmbackup_trial& run) {
    run.snapshot();
    require_hold(run);
    for (const tools_command& one : run.guest().heard()) {
        run.expect(one.wrong.empty(), "a strict reader reads every command", "a right command",
                   words(run, one) + ": " + one.wrong);
    }
}

// catches: a guest that waits for the answer to its event, and tells no more
void answers_every_event(vmbackup_trial& run) {
    run.snapshot();
    require_hold(run);
    for (const tools_event& one : run.guest().events()) {
        run.expect(one.taken.has_value(), "every request of the guest is answered", "1 or 0",
                   fmt::format("nothing to '{}' at {}", one.text, run.clock(one.at)));
    }
    run.expect(run.guest().answers_too_many() == 0, "no request of the guest is answered twice",
               "one answer each",
               fmt::format("{} answers to nothing", run.guest().answers_too_many()));
}

void sends_no_arguments(vmbackup_trial& run) {
    run.cut().ends = cut_plan::end::fails; // only where it can be chosen
    run.snapshot();
    for (const tools_command& one : run.guest().heard()) {
        const bool plain = one.what == tools_asked::reset || one.what == tools_asked::announce ||
                           one.what == tools_asked::abort;
        run.expect(!plain || one.text.find(' ') == std::string::npos,
                   "a plain command has no arguments", "its name alone", one.text);
    }
    (void)must_hear(run, tools_asked::start);
}

// ---- a channel that opens -----------------------------------------------------------------------

// catches: what a host that died has begun holds the guest for ever
void ends_what_runs_first(vmbackup_trial& run) {
    run.snapshot();
    const tools_command start = must_hear(run, tools_asked::start);
    const auto abort = run.guest().first(tools_asked::abort);
    run.expect(abort && abort->at < start.at,
               "on a channel that opens an abort is sent before a start", "abort, then start",
               abort ? words(run, *abort) : "no abort");
}

void waits_for_its_end(vmbackup_trial& run) {
    run.guest().has_been_started();
    run.guest().on(tools_asked::abort, 1,
                   [](const auto&, tools_reaction& how) { how.ends_after = 3s; });
    run.snapshot();
    const tools_command start = must_hear(run, tools_asked::start);
    run.expect(!start.while_runs, "a start waits for the req.done of what ran before",
               "a start after it", words(run, start));
    expect_consistent(run, "an operation of an earlier host that was ended");
}

// ---- answers that are missing or too many -------------------------------------------------------

/// The channel on which this was asked has ended, and nothing was asked on it afterwards.
void expect_channel_ended(vmbackup_trial& run, tools_asked after, std::string_view because) {
    const tools_command last = must_hear(run, after);
    for (const tools_command& one : run.guest().heard()) {
        run.expect(one.on != last.on || one.at <= last.at,
                   fmt::format("nothing more is asked on the channel when {}", because),
                   "the end of the channel", words(run, one));
    }
    for (const seen_connection& one : run.guest().connections()) {
        run.expect(one.on != last.on || (one.until && !one.ended_by_us),
                   fmt::format("the channel ends when {}", because), "the end of the channel",
                   "it is open");
    }
    expect_not_consistent(run, because);
    expect_thawed_or_told(run, because);
    expect_end(run);
}

// catches: a late answer is taken for that to the next command
void ends_the_channel_after_a_start_without_an_answer(vmbackup_trial& run) {
    run.guest().on(tools_asked::start, 1, [](const auto&, tools_reaction& how) { how.silent(); });
    run.snapshot();
    expect_channel_ended(run, tools_asked::start, "the start is not answered");
}

void ends_the_channel_after_a_done_without_an_answer(vmbackup_trial& run) {
    run.guest().on(tools_asked::done, 1, [](const auto&, tools_reaction& how) { how.silent(); });
    run.snapshot();
    expect_channel_ended(run, tools_asked::done, "snapshotDone is not answered");
}

// catches: a channel that is one answer behind
void ends_the_channel_after_an_answer_too_many(vmbackup_trial& run) {
    run.cut().takes = 1s;
    run.guest().on(tools_asked::start, 1, [&run](const auto&, tools_reaction& how) {
        run.at(how.after + how.commits_after.value_or(duration{}) + 300ms,
               [&run] { run.say(0, "OK "); });
    });
    run.snapshot();
    require_hold(run);
    expect_channel_ended(run, tools_asked::start, "an answer comes that no command waits for");
}

} // namespace

void vmbackup_orchestrator_48_host(registry& checks) {
    const std::vector<capability> made{capability::cut_control};
    add_all(
        checks,
        {
            {sec<40, 1>::value, 1, "every command can be read", {}, on<sends_what_can_be_read>},
            {sec<40, 3>::value, 1, "every event is answered once", {}, on<answers_every_event>},
            {sec<41, 4>::value, 1, "plain commands have no arguments", {}, on<sends_no_arguments>},
            {sec<48, 1>::value, 1, "a cut that hangs does not hold the guest", made,
             bounds_a_cut_that_hangs},
            {sec<48, 1>::value, 2, "a cut that outlasts the hold limit is no success", made,
             does_not_claim_a_slow_cut},
            {sec<48, 2>::value,
             1,
             "on a channel that opens an abort comes before a start",
             {},
             on<ends_what_runs_first>},
            {sec<48, 2>::value,
             2,
             "a start waits for the end of what ran before",
             {},
             on<waits_for_its_end>},
            {sec<48, 3>::value,
             1,
             "the channel ends after a start without an answer",
             {},
             on<ends_the_channel_after_a_start_without_an_answer>},
            {sec<48, 3>::value,
             2,
             "the channel ends after a snapshotDone without an answer",
             {},
             on<ends_the_channel_after_a_done_without_an_answer>},
            {sec<48, 3>::value, 3, "the channel ends after an answer too many", made,
             on<ends_the_channel_after_an_answer_too_many>},
        });
}

} // namespace snapproto::conformance::clauses
