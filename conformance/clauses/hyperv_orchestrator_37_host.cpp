// SPDX-License-Identifier: BSL-1.0
// SP 32, 33, 35 and 37: what a host and the guest's kernel owe to the daemon.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/clauses/trial_judgements.hpp"
#include "conformance/orchestrator/played_daemon.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

void fails(const daemon_request&, daemon_reaction& how) {
    how.fails();
}

void is_silent(const daemon_request&, daemon_reaction& how) {
    how.silent();
}

std::string words(const hyperv_trial& run, const daemon_request& one) {
    return fmt::format("{} at {}", name(one.what), run.clock(one.at));
}

daemon_request must_hear(hyperv_trial& run, daemon_asked what) {
    const auto one = run.guest().first(what);
    run.require(one.has_value(), fmt::format("the daemon is asked for {}", name(what)),
                std::string{name(what)},
                fmt::format("{} requests, none of them that; the snapshot ended with {}",
                            run.guest().requests(), run.end_words()));
    return *one;
}

// ---- records ------------------------------------------------------------------------------------

// catches: an operation of an agent of another system
void sends_operations_that_there_are(hyperv_trial& run) {
    run.snapshot();
    require_hold(run);
    for (const daemon_request& one : run.guest().heard()) {
        const auto op = static_cast<unsigned char>(one.record.front());
        run.expect(op <= 8, "no operation above 8 is sent", "0 to 8", fmt::format("{}", op));
    }
}

void sends_right_records(hyperv_trial& run) {
    run.snapshot();
    const auto& refused = run.guest().refused();
    run.expect(refused.empty(), "a request has 12 bytes, the version 4, and what is reserved is 0",
               "no other record", refused.empty() ? "" : refused.front());
    (void)must_hear(run, daemon_asked::freeze);
}

// catches: a reply that is taken for the answer to the next request
void asks_one_thing_at_a_time(hyperv_trial& run) {
    run.guest().on_any([](const auto&, daemon_reaction& how) { how.after = 500ms; });
    run.snapshot();
    require_hold(run);
    for (const daemon_request& one : run.guest().heard()) {
        run.expect(!one.while_in_work, "nothing is asked while a request is with the daemon",
                   "a request after the reply", words(run, one));
    }
    expect_consistent(run, "a daemon that takes half a second for everything");
}

void answers_a_registration(hyperv_trial& run) {
    run.guest().registers_after(500ms);
    run.snapshot();
    run.require(!run.guest().heard().empty(), "the daemon is asked something", "a request",
                "nothing; the snapshot ended with " + run.end_words());
    const daemon_request& first = run.guest().heard().front();
    run.expect(first.at - run.guest().connections().front().from >= 500ms,
               "nothing is asked before the registration",
               "no request for 500 ms, when it registers", words(run, first));
    run.expect(!first.before_version, "a registration is answered with the version",
               "the version, then the first request", words(run, first) + " without it");
}

// catches: a reply that was cut short is taken for success
void takes_whole_replies_only(hyperv_trial& run) {
    run.guest().on(daemon_asked::freeze, 1, [](const auto&, daemon_reaction& how) {
        how.instead = std::string(11, '\0');
        how.step = hold_step::none;
    });
    run.snapshot();
    (void)must_hear(run, daemon_asked::freeze);
    expect_no_cut(run, "the reply to freeze has 11 bytes");
    expect_not_consistent(run, "the reply to freeze has 11 bytes");
    expect_end(run);
}

// ---- the hold -----------------------------------------------------------------------------------

// catches: 900 s of the kernel's timer
void gives_up_a_slow_freeze(hyperv_trial& run) {
    run.guest().on(daemon_asked::freeze, 1, [&run](const auto&, daemon_reaction& how) {
        how.after = run.target().hold_limit() + 5s;
    });
    run.snapshot();
    (void)must_hear(run, daemon_asked::freeze);
    expect_no_cut(run, "the freeze took longer than the hold may");
    expect_not_consistent(run, "the freeze took longer than the hold may");
    expect_thawed(run, "a freeze that was answered late");
    expect_end(run);
}

void judges_a_failed_thaw(hyperv_trial& run) {
    run.guest().on(daemon_asked::thaw, 1, [](const auto&, daemon_reaction& how) {
        how.fails();
        how.step = hold_step::thaw;
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "the thaw is answered with failure");
}

void repeats_a_failed_thaw(hyperv_trial& run) {
    run.guest().on(daemon_asked::thaw, 1, fails);
    run.guest().on(daemon_asked::thaw, 2, fails);
    run.guest().on(daemon_asked::thaw, 3, fails);
    run.snapshot();
    require_hold(run);
    expect_thawed(run, "three thaws that failed");
    expect_end(run);
}

void ends_when_no_thaw_succeeds(hyperv_trial& run) {
    run.guest().dies_with_the_device();
    run.guest().on(daemon_asked::thaw, fails);
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "every thaw is answered with failure");
    expect_thawed_or_told(run, "thaws that all failed");
    expect_end(run);
}

void notices_the_end_of_the_device(hyperv_trial& run) {
    run.cut().takes = 2s;
    run.guest().on(daemon_asked::freeze, 1, [&run](const auto&, daemon_reaction& how) {
        run.at(how.after + 500ms, [&run] { run.hang_up_all(0); });
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "the device ended during the cut");
    expect_end(run);
}

// ---- replies that are missing or too many -------------------------------------------------------

/// The first device has ended, and nothing was asked on it after this request.
void expect_device_ended(hyperv_trial& run, daemon_asked after, std::string_view because) {
    const daemon_request last = must_hear(run, after);
    for (const daemon_request& one : run.guest().heard()) {
        const bool later = one.on == last.on && one.at > last.at;
        run.expect(!later, fmt::format("nothing more is asked on the device when {}", because),
                   "the end of the device", words(run, one));
    }
    for (const seen_connection& one : run.guest().connections()) {
        run.expect(one.on != last.on || (one.until && !one.ended_by_us),
                   fmt::format("the device ends for the daemon when {}", because),
                   "the end of the device", "it is open");
    }
}

// catches: a late reply to freeze is taken for the answer to thaw
void ends_the_device_after_a_freeze_without_a_reply(hyperv_trial& run) {
    run.guest().on(daemon_asked::freeze, 1, is_silent);
    run.snapshot();
    expect_device_ended(run, daemon_asked::freeze, "the freeze is not answered");
    expect_not_consistent(run, "the freeze is not answered");
    expect_end(run);
}

void ends_the_device_after_a_thaw_without_a_reply(hyperv_trial& run) {
    run.guest().on(daemon_asked::thaw, 1, [](const auto&, daemon_reaction& how) {
        how.silent();
        how.step = hold_step::none;
    });
    run.snapshot();
    require_hold(run);
    expect_device_ended(run, daemon_asked::thaw, "the thaw is not answered");
    expect_not_consistent(run, "the thaw is not answered");
    expect_thawed(run, "a thaw that was not answered");
    expect_end(run);
}

void ends_the_device_after_a_check_without_a_reply(hyperv_trial& run) {
    run.guest().on(daemon_asked::check, 1, is_silent);
    run.snapshot();
    if (run.guest().count(daemon_asked::check) == 0) {
        run.inapplicable("it does not ask hot_backup");
    }
    expect_device_ended(run, daemon_asked::check, "hot_backup is not answered");
    expect_not_consistent(run, "hot_backup is not answered");
    expect_end(run);
}

// catches: a channel that is one reply behind
void ends_the_device_after_a_reply_too_many(hyperv_trial& run) {
    run.cut().takes = 2s;
    run.guest().on(daemon_asked::freeze, 1, [&run](const auto&, daemon_reaction& how) {
        run.at(how.after + 500ms, [&run] { run.say(0, played_daemon::reply(0)); });
    });
    run.snapshot();
    require_hold(run);
    expect_device_ended(run, daemon_asked::freeze, "a reply comes that nobody waits for");
    expect_not_consistent(run, "a reply came that nobody waits for");
    expect_end(run);
}

// ---- what a daemon leaves behind ----------------------------------------------------------------

void expect_thaw_first(hyperv_trial& run) {
    const auto freeze = must_hear(run, daemon_asked::freeze);
    for (const daemon_request& one : run.guest().heard()) {
        if (one.on != freeze.on) {
            run.expect(one.what == daemon_asked::thaw,
                       "a daemon that registers while a freeze may be in force is sent a thaw "
                       "before anything else",
                       "thaw", words(run, one));
            break;
        }
    }
    expect_thawed_or_told(run, "a daemon that was killed");
    expect_not_consistent(run, "the daemon was killed");
    expect_end(run);
}

// catches: what a daemon that was killed has left frozen stays frozen
void thaws_after_a_daemon_that_was_killed(hyperv_trial& run) {
    run.cut().takes = 2s;
    run.guest().dies_with_the_device();
    run.guest().on(daemon_asked::freeze, 1, [&run](const auto&, daemon_reaction& how) {
        run.at(how.after + 500ms, [&run] { run.hang_up_all(0); });
    });
    run.snapshot();
    require_hold(run);
    expect_thaw_first(run);
}

void thaws_after_a_daemon_that_was_killed_in_the_freeze(hyperv_trial& run) {
    run.guest().dies_with_the_device();
    run.guest().on(daemon_asked::freeze, 1, [](const auto&, daemon_reaction& how) {
        how.silent();
        how.hangs_up = true;
    });
    run.snapshot();
    require_hold(run);
    expect_thaw_first(run);
}

// catches: a thaw that would release what somebody else has frozen
void does_not_thaw_a_failed_freeze(hyperv_trial& run) {
    run.guest().freeze_now();
    run.guest().on(daemon_asked::freeze, fails);
    run.snapshot();
    (void)must_hear(run, daemon_asked::freeze);
    const auto thaw = run.guest().first(daemon_asked::thaw);
    run.expect(!thaw, "a freeze that was answered with failure is not thawed", "no thaw",
               thaw ? words(run, *thaw) : "");
    run.expect(run.guest().frozen(), "what somebody else froze stays frozen", "a frozen guest",
               "it is thawed");
}

void thaws_a_freeze_without_a_reply(hyperv_trial& run) {
    run.guest().on(daemon_asked::freeze, 1, is_silent);
    run.snapshot();
    require_hold(run);
    expect_thawed_or_told(run, "a freeze that was never answered");
}

} // namespace

void hyperv_orchestrator_37_host(registry& checks) {
    const std::vector<capability> seen{capability::cut_seen};
    const std::vector<capability> made{capability::cut_control};
    add_all(checks, {
                        {sec<32, 5>::value,
                         1,
                         "no operation above 8 is sent",
                         {},
                         on<sends_operations_that_there_are>},
                        {sec<33, 1>::value,
                         3,
                         "records have their sizes, and reserved bytes of 0",
                         {},
                         on<sends_right_records>},
                        {sec<35, 1>::value,
                         1,
                         "nothing is asked while a request is with the daemon",
                         {},
                         on<asks_one_thing_at_a_time>},
                        {sec<35, 7>::value,
                         1,
                         "a registration is answered with the version",
                         {},
                         on<answers_a_registration>},
                        {sec<35, 12>::value, 1, "a reply of another length is no answer", seen,
                         on<takes_whole_replies_only>},
                        {sec<37, 1>::value, 1, "a cut that hangs does not hold the guest", made,
                         bounds_a_cut_that_hangs},
                        {sec<37, 1>::value, 2, "a freeze that outlasts the hold limit is given up",
                         seen, on<gives_up_a_slow_freeze>},
                        {sec<37, 1>::value, 3, "a cut that outlasts the hold limit is no success",
                         made, does_not_claim_a_slow_cut},
                        {sec<37, 2>::value,
                         1,
                         "a thaw that failed is no success",
                         {},
                         on<judges_a_failed_thaw>},
                        {sec<37, 2>::value,
                         2,
                         "a thaw that failed is sent again",
                         {},
                         on<repeats_a_failed_thaw>},
                        {sec<37, 2>::value, 3, "a device that ended during the cut is no success",
                         made, on<notices_the_end_of_the_device>},
                        {sec<37, 2>::value,
                         4,
                         "a snapshot ends when no thaw succeeds",
                         {},
                         on<ends_when_no_thaw_succeeds>},
                        {sec<37, 3>::value,
                         1,
                         "the device ends after a freeze without a reply",
                         {},
                         on<ends_the_device_after_a_freeze_without_a_reply>},
                        {sec<37, 3>::value,
                         2,
                         "the device ends after a thaw without a reply",
                         {},
                         on<ends_the_device_after_a_thaw_without_a_reply>},
                        {sec<37, 3>::value,
                         3,
                         "the device ends after a hot_backup without a reply",
                         {},
                         on<ends_the_device_after_a_check_without_a_reply>},
                        {sec<37, 3>::value, 4, "the device ends after a reply too many", made,
                         on<ends_the_device_after_a_reply_too_many>},
                        {sec<37, 4>::value, 1, "what a killed daemon left frozen is thawed", made,
                         on<thaws_after_a_daemon_that_was_killed>},
                        {sec<37, 4>::value,
                         2,
                         "what a daemon left that was killed in the freeze is thawed",
                         {},
                         on<thaws_after_a_daemon_that_was_killed_in_the_freeze>},
                        {sec<37, 5>::value,
                         1,
                         "a freeze that failed is not thawed",
                         {},
                         on<does_not_thaw_a_failed_freeze>},
                        {sec<37, 5>::value,
                         2,
                         "a freeze without a reply is thawed",
                         {},
                         on<thaws_a_freeze_without_a_reply>},
                    });
}

} // namespace snapproto::conformance::clauses
