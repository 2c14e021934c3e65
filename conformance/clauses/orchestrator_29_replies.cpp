// SPDX-License-Identifier: BSL-1.0
// SP 29.9 to 29.11, 29.19, 29.21: which replies an orchestrator believes, and how it reads them.
#include "conformance/clauses/orchestrator_support.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: a freeze that is given up although there is time
void waits_for_a_slow_freeze(qga_trial& run) {
    run.guest().on(asked::freeze, [&run](const auto&, reaction& how) {
        how.after = run.target().hold_limit() / 2;
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_consistent(run, "a freeze that took half of the hold limit");
    expect_cuts_inside_the_hold(run);
    expect_thawed(run, "a freeze that took half of the hold limit");
}

/// A line that looks like the reply to the freeze comes a while before the reply does.
void does_not_take_it_for_the_reply(qga_trial& run, const std::string& line,
                                    std::string_view what) {
    const duration late = run.target().hold_limit() * 3 / 10;
    run.guest().on(asked::freeze, 1, [&run, line, late](const auto&, reaction& how) {
        how.after = late;
        run.at(50ms, [&run, line] { run.say(0, line); });
    });
    run.snapshot();
    const heard_request freeze = must_have_asked(run, asked::freeze);
    if (freeze.id.empty()) {
        run.inapplicable("it sends no ids");
    }
    expect_cuts_inside_the_hold(run);
    const auto thaw = first_of(run.guest(), asked::thaw);
    run.expect(!thaw || thaw->at >= freeze.at + late,
               fmt::format("{} is not taken for the reply to freeze", what),
               "a thaw after the reply to the freeze", words(run, thaw));
    expect_consistent(run, what);
}

// catches: replies matched by their shape
void checks_the_id(qga_trial& run) {
    does_not_take_it_for_the_reply(run, "{\"return\": 2, \"id\": \"of somebody else\"}\n",
                                   "a reply with another id");
}

// catches: the first line after a request is its reply
void wants_an_id(qga_trial& run) {
    does_not_take_it_for_the_reply(run, "{\"return\": 2}\n", "a reply without an id");
}

// catches: a channel that is one reply behind: a late answer is taken for the next command's
void believes_nothing_before_it_is_in_step(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [](const auto&, reaction& how) { how.answers = false; });
    run.guest().on(asked::sync, [](const heard_request& one, reaction& how) {
        if (one.nth > 1) {
            how.after = 1s;
            how.lead.insert(0, "{\"return\": \"thawed\"}\n{\"return\": 2}\n{\"return\": 2}\n");
        }
    });
    run.snapshot();
    const heard_request freeze = must_have_asked(run, asked::freeze);
    const auto sync = first_after(run.guest(), asked::sync, freeze.at);
    for (const heard_request& one : run.guest().heard()) {
        const bool out_of_step =
            one.what != asked::sync && one.at > freeze.at && (!sync || one.at < sync->at + 1s);
        run.expect(!out_of_step || one.on != freeze.on,
                   "after a time-out nothing is asked before the synchronisation is answered",
                   "a synchronisation, and its reply", words(run, one));
    }
    expect_no_cut(run, "the freeze was not answered");
    expect_thawed(run, "a freeze that was not answered");
}

// catches: a snapshot is cut on a reply that came after the freeze had been given up
void does_not_believe_a_late_freeze(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [&run](const auto&, reaction& how) {
        how.after = run.target().hold_limit() + 20s;
    });
    run.snapshot();
    require_freeze_sent(run);
    const instant given_up = run.begun() + run.limit(run.target().hold_limit() + 1s);
    for (const seen_cut& one : run.cuts()) {
        run.expect(one.begun < given_up, "a freeze beyond the hold limit is followed by no cut",
                   "no cut", fmt::format("a cut at {}", run.clock(one.begun)));
    }
    expect_not_consistent(run, "the freeze took longer than the hold may");
}

// catches: the reply to a thaw that had been given up makes the verdict clean
void does_not_believe_a_late_thaw(qga_trial& run) {
    run.guest().on(asked::thaw, 1, [](const auto&, reaction& how) { how.answers = false; });
    run.guest().on(asked::sync, [&run](const auto&, reaction& how) {
        if (run.guest().count(asked::thaw) == 1) {
            how.lead.insert(0, "{\"return\": 2}\n");
        }
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_end(run);
    expect_not_consistent(run, "the thaw was not answered in time");
    expect_thawed(run, "a thaw that was not answered");
}

// ---- replies of the wrong type ------------------------------------------------------------------

void fails_on_count(qga_trial& run, std::string_view count) {
    run.guest().on(asked::freeze, 1, [count](const auto&, reaction& how) {
        how.returns(count);
        how.step = hold_step::freeze; // whatever it says, it is frozen
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(run, fmt::format("freeze returned {}", count));
    expect_thawed(run, fmt::format("a freeze that returned {}", count));
    expect_end(run);
}

void fails_on_an_object(qga_trial& run) {
    fails_on_count(run, "{}");
}

void fails_on_a_string(qga_trial& run) {
    fails_on_count(run, "\"2\"");
}

void fails_on_a_fraction(qga_trial& run) {
    fails_on_count(run, "2.5");
}

void fails_on_a_negative_number(qga_trial& run) {
    fails_on_count(run, "-1");
}

void fails_on_null(qga_trial& run) {
    fails_on_count(run, "null");
}

void thaws_again_after_a_strange_thaw(qga_trial& run) {
    run.guest().on(asked::thaw, 1, [](const auto&, reaction& how) { how.returns("\"2\""); });
    run.snapshot();
    require_freeze_sent(run);
    run.expect(run.guest().count(asked::thaw) >= 2, "a thaw that returns a string is no thaw",
               "a second thaw", fmt::format("{} thaws", run.guest().count(asked::thaw)));
    expect_thawed(run, "a thaw that returned a string");
}

// catches: clients that met an object in the place of the status hung for good
void does_not_freeze_on_a_strange_status(qga_trial& run) {
    run.guest().on(asked::status,
                   [](const auto&, reaction& how) { how.returns("{\"status\": \"thawed\"}"); });
    run.snapshot();
    (void)must_have_asked(run, asked::status);
    expect_end(run);
    expect_not_consistent(run, "the status is no string");
    expect_thawed(run, "a status that is no string");
}

// ---- reading lines ------------------------------------------------------------------------------

void reads(qga_trial& run, const std::function<void(reaction&)>& shape, std::string_view what) {
    for (const asked one : {asked::sync, asked::info, asked::status, asked::freeze, asked::thaw}) {
        run.guest().on(one, [shape](const auto&, reaction& how) { shape(how); });
    }
    run.snapshot();
    require_freeze_sent(run);
    expect_consistent(run, what);
    expect_thawed(run, what);
}

void reads_carriage_returns(qga_trial& run) {
    reads(
        run, [](reaction& how) { how.more = " \t\r"; }, "replies with a carriage return");
}

void ignores_unknown_members(qga_trial& run) {
    reads(
        run, [](reaction& how) { how.more = ", \"timestamp\": {\"seconds\": 1}, \"x\": null"; },
        "replies with further members");
}

// catches: an event taken for the reply
void ignores_events(qga_trial& run) {
    reads(
        run,
        [](reaction& how) {
            how.lead.insert(0, "{\"event\": \"SOMETHING\", \"data\": {\"return\": 2}}\n"
                               "{\"QMP\": {\"version\": {}}}\n");
        },
        "events between the replies");
}

void reads_byte_by_byte(qga_trial& run) {
    // The long ones in larger pieces, lest they take too long for any orchestrator.
    reads(
        run, [](reaction& how) { how.piece = how.member.size() > 100 ? 16 : 1; },
        "replies that came byte by byte");
}

void reads_long_lines(qga_trial& run) {
    run.guest().pads_info(60000);
    run.snapshot();
    (void)must_have_asked(run, asked::info);
    expect_consistent(run, "a reply of 60 KiB");
}

// catches: memory without a bound, and a thaw that is forgotten over it
void survives_an_endless_line(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [](const auto&, reaction& how) {
        how.instead = "{\"return\": \"" + std::string(std::size_t{12} << 20, 'x');
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_end(run);
    expect_not_consistent(run, "the reply to freeze has no end");
    expect_thawed(run, "a reply without an end");
}

void survives_a_flood(qga_trial& run) {
    std::string flood;
    for (int i = 0; i < 10000; ++i) {
        flood += fmt::format("{{\"event\": \"NOISE\", \"data\": {{\"n\": {}}}}}\n", i);
    }
    run.guest().on(asked::freeze, 1,
                   [flood](const auto&, reaction& how) { how.lead.insert(0, flood); });
    run.snapshot();
    require_freeze_sent(run);
    expect_consistent(run, "a flood of events");
    expect_thawed(run, "a flood of events");
}

// catches: log lines of the guest on the same port leave it frozen for ever
void thaws_after_noise_while_frozen(qga_trial& run) {
    run.guest().on(asked::freeze, 1,
                   [](const auto&, reaction& how) { how.trail = "EXT4-fs (vda1): noise\n}{\n"; });
    run.snapshot();
    require_freeze_sent(run);
    expect_end(run);
    expect_thawed(run, "noise behind the reply to freeze");
}

} // namespace

void orchestrator_29_replies(registry& checks) {
    checks.add({.about = sec<29, 9>::value,
                .index = 1,
                .title = "a freeze that takes half of the hold limit is waited for",
                .judge = on<waits_for_a_slow_freeze>});
    checks.add({.about = sec<29, 10>::value,
                .index = 1,
                .title = "a reply with another id is not the reply to freeze",
                .needs = {capability::cut_seen},
                .judge = on<checks_the_id>});
    checks.add({.about = sec<29, 10>::value,
                .index = 2,
                .title = "where ids are echoed a reply without one is not the reply to freeze",
                .needs = {capability::cut_seen},
                .judge = on<wants_an_id>});
    checks.add({.about = sec<29, 11>::value,
                .index = 1,
                .title = "after a time-out no late reply is believed before the synchronisation",
                .judge = on<believes_nothing_before_it_is_in_step>});
    checks.add({.about = sec<29, 11>::value,
                .index = 2,
                .title = "a reply to a freeze that was given up is followed by no cut",
                .needs = {capability::cut_seen},
                .judge = on<does_not_believe_a_late_freeze>});
    checks.add({.about = sec<29, 11>::value,
                .index = 3,
                .title = "a late reply to thaw does not make the verdict clean",
                .judge = on<does_not_believe_a_late_thaw>});
    struct entry {
        snapproto::clause about;
        int index;
        std::string_view title;
        void (*judge)(trial&);
    };
    using types = sec<29, 19>;
    using lines = sec<29, 21>;
    for (const entry& one : {
             entry{types::value, 1, "a freeze that returns an object is a failure, and thawed",
                   on<fails_on_an_object>},
             {types::value, 2, "a freeze that returns a string is a failure, and thawed",
              on<fails_on_a_string>},
             {types::value, 3, "a freeze that returns a fraction is a failure, and thawed",
              on<fails_on_a_fraction>},
             {types::value, 4, "a freeze that returns a negative number is a failure, and thawed",
              on<fails_on_a_negative_number>},
             {types::value, 5, "a freeze that returns null is a failure, and thawed",
              on<fails_on_null>},
             {types::value, 6, "a thaw that returns a string is tried again",
              on<thaws_again_after_a_strange_thaw>},
             {types::value, 7, "a status that is no string ends in a failure",
              on<does_not_freeze_on_a_strange_status>},
             {lines::value, 1, "carriage returns in replies are ignored",
              on<reads_carriage_returns>},
             {lines::value, 2, "unknown members of replies are ignored",
              on<ignores_unknown_members>},
             {lines::value, 3, "events between the replies are ignored", on<ignores_events>},
             {lines::value, 4, "replies that come byte by byte are read", on<reads_byte_by_byte>},
             {lines::value, 5, "a reply of 60 KiB is read", on<reads_long_lines>},
             {lines::value, 6, "a reply without an end is a failure, and thawed",
              on<survives_an_endless_line>},
             {lines::value, 7, "a flood of events does no harm", on<survives_a_flood>},
             {lines::value, 8, "noise while the guest is frozen does not leave it frozen",
              on<thaws_after_noise_while_frozen>},
         }) {
        checks.add(
            {.about = one.about, .index = one.index, .title = one.title, .judge = one.judge});
    }
}

} // namespace snapproto::conformance::clauses
