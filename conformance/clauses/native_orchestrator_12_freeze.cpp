// SPDX-License-Identifier: BSL-1.0
// SP 12, 13, 15, 61 and 63: up to the end of the cut. What an orchestrator of native agents waits
// for, and when it gives up.
#include "conformance/clauses/native_orchestrator_support.hpp"
#include "conformance/clauses/trial_judgements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// ---- the cut ------------------------------------------------------------------------------------

void cuts_when_frozen(native_trial& run) {
    run.guest().on(message_kind::freeze, [&run](const auto&, native_reaction& how) {
        how.after = run.target().hold_limit() * 3 / 10;
    });
    cuts_inside_the_hold(run);
}

// catches: a cut at the first Frozen of a group
void cuts_when_all_are_frozen(native_trial& run) {
    run.add_guest().on(message_kind::freeze, [&run](const auto&, native_reaction& how) {
        how.after = run.target().hold_limit() * 3 / 10;
    });
    cuts_inside_the_hold(run);
    expect_consistent(run, "a freeze of two guests, one of them slow");
}

// ---- failures before the cut --------------------------------------------------------------------

void expect_given_up(native_trial& run, std::string_view because) {
    expect_no_cut(run, because);
    expect_not_consistent(run, because);
    expect_thawed(run, because);
    expect_end(run);
}

void expect_aborted(native_trial& run, std::size_t guest, std::string_view because) {
    run.expect(run.guest(guest).count(message_kind::abort) > 0,
               fmt::format("guest {} is sent Abort when {}", guest + 1, because), "an abort",
               "none");
}

void aborts_on_an_error(native_trial& run) {
    run.guest().on(message_kind::freeze,
                   [](const auto&, native_reaction& how) { how.fails(verdict::veto); });
    run.snapshot();
    (void)must_hear(run, message_kind::freeze);
    expect_aborted(run, 0, "the freeze fails");
    expect_given_up(run, "the freeze fails");
}

void aborts_on_a_nak(native_trial& run) {
    run.guest().on(message_kind::freeze,
                   [](const auto&, native_reaction& how) { how.refuses(nak_code::bad_state); });
    run.snapshot();
    (void)must_hear(run, message_kind::freeze);
    expect_aborted(run, 0, "the freeze is refused");
    expect_given_up(run, "the freeze is refused");
}

// catches: applications that are frozen although they have said no
void does_not_freeze_what_did_not_prepare(native_trial& run) {
    run.guest().on(message_kind::prepare,
                   [](const auto&, native_reaction& how) { how.fails(verdict::veto); });
    run.snapshot();
    if (run.guest().count(message_kind::prepare) == 0) {
        run.inapplicable("it sends no Prepare");
    }
    expect_unheard(run, message_kind::freeze, "an agent refuses to prepare");
    expect_given_up(run, "an agent refuses to prepare");
}

// catches: the others of a group stay frozen when one fails
void aborts_the_group_when_one_fails(native_trial& run) {
    run.add_guest().on(message_kind::freeze, [](const auto&, native_reaction& how) {
        how.after = 1s;
        how.fails(verdict::veto);
    });
    run.snapshot();
    expect_aborted(run, 0, "another one of the group fails");
    expect_given_up(run, "one of the group could not be frozen");
}

// catches: a freeze that is waited for without end
void aborts_when_a_reply_is_missing(native_trial& run) {
    run.guest().on(message_kind::freeze, [](const auto&, native_reaction& how) {
        how.silent();
        how.step = hold_step::freeze;
    });
    run.snapshot();
    (void)must_hear(run, message_kind::freeze);
    expect_aborted(run, 0, "the freeze is not answered");
    expect_given_up(run, "the freeze is not answered");
}

void repeats_an_abort(native_trial& run) {
    run.guest().on(message_kind::freeze,
                   [](const auto&, native_reaction& how) { how.fails(verdict::veto); });
    run.guest().on(message_kind::abort, [](const auto&, native_reaction& how) { how.silent(); });
    run.snapshot();
    (void)must_hear(run, message_kind::freeze);
    const std::size_t sent = run.guest().count(message_kind::abort);
    run.expect(sent > 1, "an Abort that is not answered is sent again", "more than one abort",
               fmt::format("{}", sent));
    expect_channels_closed(run, "no Abort is answered");
    expect_end(run);
}

// catches: an Aborted, or a Frozen that was on its way, makes the failure good
void stays_with_a_bad_fate(native_trial& run) {
    run.guest().on(message_kind::freeze, [&run](const native_request& asked, native_reaction& how) {
        frozen_report late;
        late.held = 2;
        late.held_since = snapproto::instant{5000s};
        late.hold_deadline = late.held_since + 10s;
        const auto bytes = bytes_of(with_header(any_message{late}, asked.header()));
        run.at(200ms, [&run, bytes] { run.say(0, bytes); });
        how.fails(verdict::veto);
    });
    run.guest().on(message_kind::abort, [](const auto&, native_reaction& how) { how.after = 1s; });
    run.snapshot();
    (void)must_hear(run, message_kind::freeze);
    expect_given_up(run, "a Frozen comes after the Error");
}

// ---- signs of life ------------------------------------------------------------------------------

void falls_silent_in_prepare(native_trial& run) {
    run.guest().sends_progress(false);
    run.guest().on(message_kind::ping, [](const auto&, native_reaction& how) { how.silent(); });
    run.guest().on(message_kind::prepare, [](const auto&, native_reaction& how) {
        how.after = 100s;
        how.stubborn = true;
    });
    run.snapshot();
    const auto opening = must_hear(run, message_kind::hello);
    if ((opening.as<hello>().wanted & feature::keep_alive) == feature::none) {
        run.inapplicable("it does not offer keep-alive");
    }
    (void)must_hear(run, message_kind::prepare);
}

void gives_up_who_is_silent(native_trial& run) {
    falls_silent_in_prepare(run);
    expect_unheard(run, message_kind::freeze, "the agent has broken the keep-alive contract");
    expect_given_up(run, "the agent has broken the keep-alive contract");
}

void notices_silence_within_three_periods(native_trial& run) {
    falls_silent_in_prepare(run);
    const instant asked = must_hear(run, message_kind::prepare).at;
    const auto release = first_release(run.guest());
    const auto closed = run.guest().connections().front();
    const bool was_closed = closed.until && !closed.ended_by_us;
    const instant noticed = release      ? release->at
                            : was_closed ? *closed.until
                                         : asked + std::chrono::hours(24);
    run.expect(noticed - asked <= 15s + run.limit(1s),
               "a missed keep-alive contract is detected within three periods",
               "an Abort, or the end of the channel, at most 15 s after the last sign of life",
               fmt::format("{}, {:.3g} s after it", release ? words(run, release) : "no Abort",
                           milliseconds(noticed - asked) / 1e3));
}

// catches: an agent at rest, which sends nothing by itself, is given up
void asks_who_says_nothing(native_trial& run) {
    run.guest().sends_progress(false);
    run.guest().on(message_kind::prepare,
                   [](const auto&, native_reaction& how) { how.after = 40s; });
    run.snapshot();
    const auto opening = must_hear(run, message_kind::hello);
    if ((opening.as<hello>().wanted & feature::keep_alive) == feature::none ||
        run.guest().count(message_kind::prepare) == 0) {
        run.inapplicable("it does not offer keep-alive, or has no Prepare");
    }
    run.expect(run.guest().count(message_kind::ping) > 0, "an agent that says nothing is sent Ping",
               "a ping", fmt::format("{} requests, none of them that", run.guest().requests()));
    expect_consistent(run, "a preparation of 40 s, with an answer to each Ping");
}

// ---- the window ---------------------------------------------------------------------------------

void expect_released_before(native_trial& run, duration after_hold, std::string_view why) {
    require_hold(run);
    const instant held = run.guest().holds().front().from;
    const auto release = first_release(run.guest());
    run.expect(
        release && release->at - held <= after_hold + run.limit(250ms),
        "the window closes before the earliest hold deadline by the margin",
        fmt::format("a Thaw or Abort within {:.3g} s of the hold: {}",
                    milliseconds(after_hold) / 1e3, why),
        fmt::format("{}, after a hold that began at {}", words(run, release), run.clock(held)));
}

// catches: a fixed window, whatever the agent says
void closes_the_window_in_time(native_trial& run) {
    run.cut().ends = cut_plan::end::never;
    run.guest().holds_for(3s);
    run.snapshot();
    expect_released_before(run, 2s, "the hold limit is 3 s, the margin 1 s");
    expect_not_consistent(run, "the window has closed in the cut");
}

void closes_the_window_of_a_group_in_time(native_trial& run) {
    run.cut().ends = cut_plan::end::never;
    run.add_guest().holds_for(3s);
    run.snapshot();
    expect_released_before(run, 2s, "the hold limit of the second guest is 3 s, the margin 1 s");
    expect_not_consistent(run, "the window has closed in the cut");
}

// catches: a window that begins with the reply, however long it took
void counts_the_window_from_the_freeze(native_trial& run) {
    run.guest().holds_for(5s);
    run.guest().on(message_kind::freeze,
                   [](const auto&, native_reaction& how) { how.after = 4500ms; });
    run.snapshot();
    (void)must_hear(run, message_kind::freeze);
    expect_no_cut(run, "the Frozen came 4.5 s after the Freeze, with a hold limit of 5 s");
    expect_not_consistent(run, "the window has closed before the Frozen came");
    expect_thawed(run, "a Frozen that came too late");
}

// catches: an agent that lets go during the cut, and a copy that is called good
void spoils_the_cut_on_an_error(native_trial& run) {
    run.cut().takes = 2s;
    run.guest().on(message_kind::freeze, [&run](const auto&, native_reaction& how) {
        run.at(how.after + 500ms, [&run] {
            run.guest().thaw_now();
            error_report report;
            report.phase = agent_phase::frozen;
            report.reason = verdict::early;
            run.guest().announce(std::move(report));
        });
    });
    run.guest().on(message_kind::thaw, [](const auto&, native_reaction& how) {
        how.answer<thawed_report>().outcome = verdict::clean; // so that the Error alone tells
    });
    run.snapshot();
    require_hold(run);
    const auto thaw = must_hear(run, message_kind::thaw);
    run.expect(thaw.as<thaw_request>().outcome != cut_outcome::ok,
               "a cut during which an agent failed is not called good", "failed or unknown", "ok");
    expect_not_consistent(run, "an agent let go during the cut");
}

void notices_a_loss_during_the_cut(native_trial& run) {
    run.cut().takes = 2s;
    run.guest().on(message_kind::freeze, [&run](const auto&, native_reaction& how) {
        run.at(how.after + 500ms, [&run] { run.hang_up_all(0); });
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "the channel was lost during the cut");
    expect_end(run);
}

} // namespace

void native_orchestrator_12_freeze(registry& checks) {
    const std::vector<capability> seen{capability::cut_seen};
    const std::vector<capability> made{capability::cut_control};
    const std::vector<capability> group{capability::group, capability::cut_seen};
    const std::vector<capability> group_made{capability::group, capability::cut_control};
    add_all(
        checks,
        {
            {sec<12, 8>::value, 3, "the cut begins after the Frozen", seen, on<cuts_when_frozen>},
            {sec<12, 8>::value, 4, "the cut of a group begins after the last Frozen", group,
             on<cuts_when_all_are_frozen>},
            {sec<12, 12>::value, 3, "an Error on Freeze is followed by Abort and no cut", seen,
             on<aborts_on_an_error>},
            {sec<12, 12>::value, 4, "a Nak on Freeze is followed by Abort and no cut", seen,
             on<aborts_on_a_nak>},
            {sec<12, 12>::value, 5, "what did not prepare is not frozen", seen,
             on<does_not_freeze_what_did_not_prepare>},
            {sec<12, 12>::value, 6, "the whole group is aborted when one freeze fails", group,
             on<aborts_the_group_when_one_fails>},
            {sec<12, 13>::value, 2, "an Error during the cut makes it bad", made,
             on<spoils_the_cut_on_an_error>},
            {sec<12, 13>::value, 3, "a loss during the cut makes it bad", made,
             on<notices_a_loss_during_the_cut>},
            {sec<12, 18>::value, 1, "a Freeze without an answer is followed by Abort", seen,
             on<aborts_when_a_reply_is_missing>},
            {sec<12, 20>::value,
             1,
             "an Abort without an answer is repeated, then the channel ends",
             {},
             on<repeats_an_abort>},
            {sec<12, 21>::value, 1, "the window closes before the hold deadline", made,
             on<closes_the_window_in_time>},
            {sec<12, 21>::value, 2, "the window of a group closes before the earliest deadline",
             group_made, on<closes_the_window_of_a_group_in_time>},
            {sec<12, 22>::value, 1, "a cut that hangs is given up, and the guest released", made,
             bounds_a_cut_that_hangs},
            {sec<12, 22>::value, 2, "a cut that outlasts the window is no success", made,
             does_not_claim_a_slow_cut},
            {sec<12, 23>::value, 1, "an agent that falls silent is given up", seen,
             on<gives_up_who_is_silent>},
            {sec<12, 32>::value, 1, "a Frozen after an Error changes nothing", seen,
             on<stays_with_a_bad_fate>},
            {sec<13, 11>::value, 2, "the cut lies inside the hold", seen, cuts_inside_the_hold},
            {sec<15, 8>::value,
             1,
             "silence is noticed within three periods",
             {},
             on<notices_silence_within_three_periods>},
            {sec<61, 11>::value, 2, "the window is counted from the Freeze", seen,
             on<counts_the_window_from_the_freeze>},
            {sec<63, 4>::value,
             2,
             "an agent that says nothing is asked",
             {},
             on<asks_who_says_nothing>},
        });
}

} // namespace snapproto::conformance::clauses
