// SPDX-License-Identifier: BSL-1.0
// SP 12 and 13: freeze, cut, thaw; one guest and several.
#include "conformance/clauses/orchestrator_support.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: a second freeze in one snapshot
void freezes_once(qga_trial& run) {
    run.snapshot();
    require_freeze_sent(run);
    run.expect(run.guest().count(asked::freeze) == 1, "a snapshot freezes a guest once",
               "one freeze", fmt::format("{}", run.guest().count(asked::freeze)));
}

void cuts_when_frozen(qga_trial& run) {
    run.guest().on(asked::freeze, [&run](const auto&, reaction& how) {
        how.after = run.target().hold_limit() * 3 / 10;
    });
    run.snapshot();
    require_freeze_sent(run);
    run.require(!run.cuts().empty(), "a snapshot of a frozen guest is cut", "a cut",
                "none; the snapshot ended with " + run.end_words());
    expect_cuts_inside_the_hold(run);
}

// catches: a cut at the first Frozen of a group
void cuts_when_all_are_frozen(qga_trial& run) {
    run.add_guest().on(asked::freeze, [&run](const auto&, reaction& how) {
        how.after = run.target().hold_limit() * 3 / 10;
    });
    run.snapshot();
    run.require(!run.cuts().empty(), "a snapshot of two frozen guests is cut", "a cut",
                "none; the snapshot ended with " + run.end_words());
    expect_cuts_inside_the_hold(run);
    expect_consistent(run, "a freeze of two guests, one of them slow");
}

// catches: a guest that is held while the copy is being written
void thaws_at_once(qga_trial& run) {
    run.snapshot();
    require_freeze_sent(run);
    for (const seen_cut& one : run.cuts()) {
        const auto thaw =
            one.over ? first_after(run.guest(), asked::thaw, *one.over) : std::nullopt;
        run.expect(thaw && thaw->at - *one.over <= run.limit(1s),
                   "the thaw is sent when the cut is done", "a thaw within 1 s of the cut",
                   fmt::format("{}, after a cut that ended at {}", words(run, thaw),
                               one.over ? run.clock(*one.over) : "no time"));
    }
}

void thaws_when_the_cut_fails(qga_trial& run) {
    run.cut().ends = cut_plan::end::fails;
    run.snapshot();
    require_freeze_sent(run);
    expect_thawed(run, "a cut that failed");
    expect_end(run);
}

void thaws_the_group_when_the_cut_fails(qga_trial& run) {
    (void)run.add_guest();
    thaws_when_the_cut_fails(run);
}

// catches: a guest that cannot be quiesced is cut all the same, and nobody is told
void does_not_claim_a_failed_freeze(qga_trial& run) {
    run.guest().on(asked::freeze,
                   [](const auto&, reaction& how) { how.fails("failed to freeze /a"); });
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(run, "the freeze failed");
    expect_thawed(run, "a freeze that failed");
}

void does_not_cut_after_a_failed_freeze(qga_trial& run) {
    run.guest().on(asked::freeze,
                   [](const auto&, reaction& how) { how.fails("failed to freeze /a"); });
    run.snapshot();
    require_freeze_sent(run);
    expect_no_cut(run, "the freeze failed");
}

// catches: the others of a group stay frozen when one fails
void thaws_the_group_when_one_fails(qga_trial& run) {
    run.add_guest().on(asked::freeze, [](const auto&, reaction& how) {
        how.after = 1s;
        how.fails("failed to freeze /b");
    });
    run.snapshot();
    expect_no_cut(run, "one of the group could not be frozen");
    expect_not_consistent(run, "one of the group could not be frozen");
    expect_thawed(run, "a group in which one freeze failed");
}

void thaws_the_group_when_one_is_lost_in_the_cut(qga_trial& run) {
    run.cut().takes = 2s;
    run.add_guest().on(asked::freeze, [&run](const auto&, reaction& how) {
        run.at(how.after + 500ms, [&run] { run.hang_up_all(1); });
    });
    run.snapshot();
    expect_not_consistent(run, "one of the group was lost during the cut");
    expect_thawed(run, "a group of which one was lost during the cut");
}

void does_not_claim_a_failed_cut(qga_trial& run) {
    run.cut().ends = cut_plan::end::fails;
    run.snapshot();
    require_freeze_sent(run);
    expect_not_consistent(run, "the cut failed");
}

void does_not_claim_a_group_with_one_early(qga_trial& run) {
    run.add_guest().on(asked::thaw, 1, [](const auto&, reaction& how) {
        how.returns("1");
        how.step = hold_step::thaw;
    });
    run.snapshot();
    expect_not_consistent(run, "one of the group had let go early");
}

// ---- every snapshot ends ------------------------------------------------------------------------

void ends_with_a_deaf_agent(qga_trial& run) {
    run.guest().go_deaf();
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the agent answers nothing");
}

// catches: an agent that falls silent while frozen
void ends_with_an_agent_that_falls_deaf(qga_trial& run) {
    run.guest().on(asked::freeze, 1, [&run](const auto&, reaction& how) {
        run.at(how.after + 1ms, [&run] { run.guest().go_deaf(); });
    });
    run.snapshot();
    require_freeze_sent(run);
    expect_end(run);
    expect_not_consistent(run, "the agent fell silent while frozen");
    expect_thawed_or_told(run, "an agent that fell silent");
}

void ends_with_noise_for_ever(qga_trial& run) {
    for (const asked one :
         {asked::sync, asked::info, asked::status, asked::freeze, asked::thaw, asked::other}) {
        run.guest().on(one, [](const auto&, reaction& how) {
            how.instead = "{\"return\": }\n\xFF{]\nnoise\n";
        });
    }
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the agent says nothing but noise");
}

void ends_with_an_agent_that_hangs_up(qga_trial& run) {
    for (const asked one : {asked::sync, asked::info, asked::status, asked::other}) {
        run.guest().on(one, [](const auto&, reaction& how) {
            how.answers = false;
            how.hangs_up = true;
        });
    }
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the agent hangs up on every request");
}

void cuts_inside_the_hold(qga_trial& run) {
    run.cut().takes = run.target().hold_limit() / 5; // only where it can be chosen
    run.snapshot();
    require_freeze_sent(run);
    run.require(!run.cuts().empty(), "a snapshot of a frozen guest is cut", "a cut",
                "none; the snapshot ended with " + run.end_words());
    expect_cuts_inside_the_hold(run);
}

} // namespace

void orchestrator_12_group(registry& checks) {
    const std::vector<capability> seen{capability::cut_seen};
    const std::vector<capability> made{capability::cut_control};
    const std::vector<capability> group{capability::group, capability::cut_seen};
    const std::vector<capability> group_made{capability::group, capability::cut_control};
    struct entry {
        snapproto::clause about;
        int index;
        std::string_view title;
        std::vector<capability> needs;
        void (*judge)(trial&);
    };
    for (const entry& one : {
             entry{sec<12, 5>::value,
                   1,
                   "a snapshot asks a guest to freeze once",
                   {},
                   on<freezes_once>},
             {sec<12, 8>::value, 1, "the cut begins after the reply to freeze", seen,
              on<cuts_when_frozen>},
             {sec<12, 8>::value, 2, "the cut of a group begins after the last reply to freeze",
              group, on<cuts_when_all_are_frozen>},
             {sec<12, 9>::value, 1, "the thaw is sent as soon as the cut is done", seen,
              on<thaws_at_once>},
             {sec<12, 10>::value, 1, "a guest is thawed when the cut fails", made,
              on<thaws_when_the_cut_fails>},
             {sec<12, 10>::value, 2, "every guest of a group is thawed when the cut fails",
              group_made, on<thaws_the_group_when_the_cut_fails>},
             {sec<12, 12>::value, 1, "nothing is cut when the freeze fails", seen,
              on<does_not_cut_after_a_failed_freeze>},
             {sec<12, 12>::value, 2, "a group is thawed and not cut when one freeze fails", group,
              on<thaws_the_group_when_one_fails>},
             {sec<12, 13>::value, 1, "a group is thawed when one is lost during the cut",
              group_made, on<thaws_the_group_when_one_is_lost_in_the_cut>},
             {sec<12, 27>::value,
              1,
              "a freeze that failed is no success",
              {},
              on<does_not_claim_a_failed_freeze>},
             {sec<12, 27>::value, 2, "a cut that failed is no success", made,
              on<does_not_claim_a_failed_cut>},
             {sec<12, 27>::value, 3, "a group in which one let go early is no success", group,
              on<does_not_claim_a_group_with_one_early>},
             {sec<12, 29>::value,
              1,
              "a snapshot of a deaf agent ends",
              {},
              on<ends_with_a_deaf_agent>},
             {sec<12, 29>::value,
              2,
              "a snapshot of an agent that falls deaf while frozen ends",
              {},
              on<ends_with_an_agent_that_falls_deaf>},
             {sec<12, 29>::value,
              3,
              "a snapshot of an agent that says nothing but noise ends",
              {},
              on<ends_with_noise_for_ever>},
             {sec<12, 29>::value,
              4,
              "a snapshot of an agent that hangs up on every request ends",
              {},
              on<ends_with_an_agent_that_hangs_up>},
             {sec<13, 11>::value, 1, "the cut lies inside the hold", seen,
              on<cuts_inside_the_hold>},
         }) {
        checks.add({.about = one.about,
                    .index = one.index,
                    .title = one.title,
                    .needs = one.needs,
                    .judge = one.judge});
    }
}

} // namespace snapproto::conformance::clauses
