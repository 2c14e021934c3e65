// SPDX-License-Identifier: BSL-1.0
// SP 29.12 to 29.18, 29.20, 29.22, 29.23: what an orchestrator owes a guest that it freezes.
#include "conformance/clauses/orchestrator_support.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// ---- the verdict --------------------------------------------------------------------------------

// catches: an orchestrator that never succeeds, which nothing else here would notice
void succeeds(qga_trial& run) {
    run.snapshot();
    require_freeze_sent(run);
    expect_consistent(run, "a conversation without any failure");
    expect_cuts_inside_the_hold(run);
    expect_thawed(run, "a conversation without any failure");
}

void judges_thaw_count(qga_trial& run, std::string_view count) {
    run.guest().on(asked::thaw, 1, [count](const auto&, reaction& how) {
        how.returns(count);
        how.step = hold_step::thaw;
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(
        run, fmt::format("freeze returned {} and thaw {}", played_agent::filesystems, count));
}

// catches: a count that nobody looks at
void notices_that_some_were_thawed_before(qga_trial& run) {
    judges_thaw_count(run, "1");
}

void notices_that_all_were_thawed_before(qga_trial& run) {
    judges_thaw_count(run, "0");
}

void notices_somebody_elses_freeze(qga_trial& run) {
    judges_thaw_count(run, "3");
}

// catches: a snapshot of a running guest that is called quiesced
void freezing_nothing_is_no_success(qga_trial& run) {
    run.guest().on(asked::freeze, [](const auto&, reaction& how) { how.returns("0"); });
    run.guest().on(asked::thaw, [](const auto&, reaction& how) { how.returns("0"); });
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(run, "freeze returned 0");
}

// ---- the hold -----------------------------------------------------------------------------------

/// The guest was told to thaw before its hold had become too long.
void expect_timely_thaw(qga_trial& run) {
    const auto freeze = first_of(run.guest(), asked::freeze);
    const duration most = run.limit(run.target().hold_limit() + 1s);
    const auto thaw = freeze ? first_after(run.guest(), asked::thaw, freeze->at) : std::nullopt;
    run.expect(thaw && thaw->at - freeze->at <= most,
               "the hold is bounded by a timer that is set when freeze is sent",
               fmt::format("a thaw at most {:.3g} s after the freeze", milliseconds(most) / 1e3),
               fmt::format("{}, after {}", words(run, thaw), words(run, freeze)));
}

// catches: a provider that hangs, and the guest with it
void bounds_a_cut_that_hangs(qga_trial& run) {
    run.cut().ends = cut_plan::end::never;
    run.snapshot();
    require_freeze_sent(run);
    expect_timely_thaw(run);
    expect_not_consistent(run, "the cut was never done");
    expect_thawed(run, "a cut that hangs");
    expect_end(run);
}

// catches: a copy that was cut after the thaw and is called good
void bounds_a_slow_cut(qga_trial& run) {
    run.cut().takes = run.target().hold_limit() + 5s;
    run.snapshot();
    require_freeze_sent(run);
    expect_timely_thaw(run);
    expect_not_consistent(run, "the cut took longer than the hold may");
    expect_thawed(run, "a slow cut");
}

// catches: ten minutes for the reply, and no timer for the guest
void bounds_a_freeze_without_a_reply(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [](const auto&, reaction& how) { how.answers = false; });
    run.snapshot();
    require_freeze_sent(run);
    expect_timely_thaw(run);
    expect_not_consistent(run, "the freeze was not answered");
    expect_end(run);
}

// catches: a freeze that was given up is forgotten, and the guest stays frozen when it completes
void thaws_a_freeze_that_came_late(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [&run](const auto&, reaction& how) {
        how.after = run.target().hold_limit() + 20s;
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed_or_told(run, "a freeze that was answered late");
    expect_end(run);
}

void thaws_a_freeze_without_a_reply(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [](const auto&, reaction& how) { how.answers = false; });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed_or_told(run, "a freeze that was never answered");
}

// ---- somebody else's freeze ---------------------------------------------------------------------

/// Somebody else holds the guest; it must still be held in the end.
void expect_left_alone(qga_trial& run) {
    run.expect(run.guest().count(asked::thaw) == 0 && run.guest().frozen(),
               "a freeze that somebody else made is not thawed", "no thaw",
               words(run, first_of(run.guest(), asked::thaw)));
    expect_not_consistent(run, "the guest was frozen by somebody else");
}

// catches: thaw to be on the safe side
void leaves_a_frozen_guest_alone(qga_trial& run) {
    run.guest().freeze_now();
    run.snapshot();
    expect_left_alone(run);
}

// catches: thaw on every failure of a freeze
void leaves_a_guest_alone_that_was_frozen_meanwhile(qga_trial& run) {
    run.guest().on(asked::status, [&run](const auto&, reaction& how) {
        how.returns("\"thawed\"");
        run.at(how.after, [&run] { run.guest().freeze_now(); });
    });
    run.snapshot();
    (void)must_have_asked(run, asked::status);
    require_freeze_sent(run);
    expect_left_alone(run);
}

// ---- a thaw that fails --------------------------------------------------------------------------

// catches: one attempt, whatever comes of it
void tries_a_failed_thaw_again(qga_trial& run) {
    run.guest().on(asked::thaw, 1,
                   [](const auto&, reaction& how) { how.fails("failed to thaw /a"); });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed_or_told(run, "a thaw that failed once");
    run.expect(run.guest().count(asked::thaw) >= 2, "a thaw that fails is tried again",
               "a second thaw", fmt::format("{} thaws", run.guest().count(asked::thaw)));
}

void tries_a_silent_thaw_again(qga_trial& run) {
    run.guest().on(asked::thaw, 1, [](const auto&, reaction& how) {
        how.answers = false;
        how.step = hold_step::none;
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed(run, "a thaw that was not answered once");
    expect_end(run);
}

// catches: an endless wait, and a success that hides a frozen guest
void reports_a_guest_that_cannot_be_thawed(qga_trial& run) {
    run.guest().on(asked::thaw, [](const auto&, reaction& how) { how.fails("failed to thaw /a"); });
    run.snapshot();
    require_freeze_sent(run);
    expect_end(run);
    expect_not_consistent(run, "the guest cannot be thawed");
}

// catches: the status of the agent is not asked after a thaw that failed
void goes_on_until_the_status_is_thawed(qga_trial& run) {
    run.guest().on(asked::thaw, [](const heard_request& one, reaction& how) {
        if (one.nth <= 3) {
            how.fails("failed to thaw /a");
        }
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed_or_told(run, "a thaw that failed three times");
}

// ---- lost channels ------------------------------------------------------------------------------

// catches: a lost connection taken for a thaw
void settles_after_a_lost_connection(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [](const auto&, reaction& how) { how.hangs_up = true; });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed_or_told(run, "a connection that ended after the freeze");
    expect_end(run);
}

void settles_after_a_connection_lost_in_the_freeze(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [&run](const auto&, reaction& how) {
        how.after = 2s;
        run.at(500ms, [&run] { run.hang_up_all(0); });
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed_or_told(run, "a connection that ended during the freeze");
    expect_end(run);
}

void settles_after_a_connection_lost_at_the_thaw(qga_trial& run) {
    run.guest().on(asked::thaw, 1, [](const auto&, reaction& how) {
        how.answers = false;
        how.step = hold_step::none;
        how.hangs_up = true;
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed_or_told(run, "a connection that ended at the thaw");
    expect_not_consistent(run, "the connection ended at the thaw");
    expect_end(run);
}

// catches: success because the count was right in the end
void a_lost_channel_is_no_success(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [](const auto&, reaction& how) { how.hangs_up = true; });
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(run, "the channel ended after the reply to freeze");
}

// catches: an agent that was told to stop replies, thaws and goes
void an_agent_that_stops_is_no_success(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [&run](const auto&, reaction& how) {
        how.hangs_up = true;
        run.at(how.after + 1ms, [&run] { run.guest().thaw_now(); });
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(run, "the agent went away and thawed");
    expect_end(run);
}

// ---- what is looked up --------------------------------------------------------------------------

void looks_the_commands_up(qga_trial& run) {
    run.snapshot();
    require_freeze_sent(run);
    const auto freeze = first_of(run.guest(), asked::freeze);
    const auto info = first_of(run.guest(), asked::info);
    run.expect(info && info->at < freeze->at, "guest-info is asked before the first freeze",
               "guest-info", words(run, info));
}

void expect_no_freeze(qga_trial& run, std::string_view when) {
    run.expect(run.guest().count(asked::freeze) == 0,
               fmt::format("a guest is not frozen when {}", when), "no freeze",
               words(run, first_of(run.guest(), asked::freeze)));
    expect_not_consistent(run, when);
}

// catches: a guest that can be frozen and never thawed
void does_not_freeze_without_an_enabled_thaw(qga_trial& run) {
    run.guest().disables("guest-fsfreeze-thaw");
    run.snapshot();
    expect_no_freeze(run, "its thaw is disabled");
}

void does_not_freeze_without_a_thaw(qga_trial& run) {
    run.guest().lacks("guest-fsfreeze-thaw");
    run.snapshot();
    expect_no_freeze(run, "it has no thaw");
}

// catches: "thawed" afterwards hides that Windows had let go
void a_hold_that_was_too_long_is_no_success(qga_trial& run) {
    run.guest().on(asked::thaw, [&run](const auto&, reaction& how) {
        how.fails("couldn't hold writes: fsfreeze is limited up to 10 seconds");
        run.guest().thaw_now();
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(run, "the thaw says that the hold was too long");
    expect_end(run);
}

struct entry {
    snapproto::clause about;
    int index;
    std::string_view title;
    void (*judge)(trial&);
};

} // namespace

void orchestrator_29_hold(registry& checks) {
    using verdict = sec<29, 12>;
    using timer = sec<29, 14>;
    using back = sec<29, 15>;
    using again = sec<29, 18>;
    for (const entry& one : {
             entry{verdict::value, 1, "a thaw that returns less than the freeze is no success",
                   on<notices_that_some_were_thawed_before>},
             {verdict::value, 2, "a thaw that returns 0 is no success",
              on<notices_that_all_were_thawed_before>},
             {verdict::value, 3, "a thaw that returns more than the freeze is no success",
              on<notices_somebody_elses_freeze>},
             {verdict::value, 4, "equal and positive counts are a success", on<succeeds>},
             {sec<29, 13>::value, 1, "a freeze that returns 0 is no success",
              on<freezing_nothing_is_no_success>},
             {timer::value, 3, "a freeze without a reply is followed by a thaw within the limit",
              on<bounds_a_freeze_without_a_reply>},
             {back::value, 1, "a connection that ends after the freeze does not leave it frozen",
              on<settles_after_a_lost_connection>},
             {back::value, 2, "neither does one that ends during the freeze",
              on<settles_after_a_connection_lost_in_the_freeze>},
             {sec<29, 16>::value, 1, "a freeze that is answered late is thawed",
              on<thaws_a_freeze_that_came_late>},
             {sec<29, 16>::value, 2, "a freeze that is never answered is thawed",
              on<thaws_a_freeze_without_a_reply>},
             {sec<29, 17>::value, 1, "a guest that is frozen already is left alone",
              on<leaves_a_frozen_guest_alone>},
             {sec<29, 17>::value, 2, "a freeze refused for another freeze is not thawed",
              on<leaves_a_guest_alone_that_was_frozen_meanwhile>},
             {again::value, 1, "a thaw that fails is tried again", on<tries_a_failed_thaw_again>},
             {again::value, 2, "a thaw without a reply is tried again",
              on<tries_a_silent_thaw_again>},
             {again::value, 3, "a guest that cannot be thawed is reported in bounded time",
              on<reports_a_guest_that_cannot_be_thawed>},
             {again::value, 4, "a connection that ends at the thaw does not leave it frozen",
              on<settles_after_a_connection_lost_at_the_thaw>},
             {again::value, 5, "a thaw is tried until the status says thawed",
              on<goes_on_until_the_status_is_thawed>},
             {sec<29, 20>::value, 1, "a channel that ends after the freeze makes no success",
              on<a_lost_channel_is_no_success>},
             {sec<29, 20>::value, 2, "neither does an agent that stops after its reply",
              on<an_agent_that_stops_is_no_success>},
             {sec<29, 22>::value, 1, "the commands are looked up before the first freeze",
              on<looks_the_commands_up>},
             {sec<29, 22>::value, 2, "a guest whose thaw is disabled is not frozen",
              on<does_not_freeze_without_an_enabled_thaw>},
             {sec<29, 22>::value, 3, "a guest without a thaw is not frozen",
              on<does_not_freeze_without_a_thaw>},
             {sec<29, 23>::value, 1, "a thaw that says the hold was too long is no success",
              on<a_hold_that_was_too_long_is_no_success>},
         }) {
        checks.add(
            {.about = one.about, .index = one.index, .title = one.title, .judge = one.judge});
    }
    checks.add({.about = timer::value,
                .index = 1,
                .title = "a cut that hangs is followed by a thaw within the limit of the hold",
                .needs = {capability::cut_control},
                .judge = on<bounds_a_cut_that_hangs>});
    checks.add({.about = timer::value,
                .index = 2,
                .title = "so is a cut that takes too long, and it is no success",
                .needs = {capability::cut_control},
                .judge = on<bounds_a_slow_cut>});
}

} // namespace snapproto::conformance::clauses
