// SPDX-License-Identifier: BSL-1.0
// SP 12 and 13 for orchestrators of Hyper-V's daemons: freeze, cut, thaw, report.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/clauses/trial_judgements.hpp"
#include "conformance/orchestrator/played_daemon.hpp"

#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

void fails(const daemon_request&, daemon_reaction& how) {
    how.fails();
}

// ---- the cut ------------------------------------------------------------------------------------

void cuts_when_frozen(hyperv_trial& run) {
    run.guest().on(daemon_asked::freeze, [&run](const auto&, daemon_reaction& how) {
        how.after = run.target().hold_limit() * 3 / 10;
    });
    cuts_inside_the_hold(run);
}

// catches: a cut at the first reply of a group
void cuts_when_all_are_frozen(hyperv_trial& run) {
    run.add_guest().on(daemon_asked::freeze, [&run](const auto&, daemon_reaction& how) {
        how.after = run.target().hold_limit() * 3 / 10;
    });
    cuts_inside_the_hold(run);
    expect_consistent(run, "a freeze of two guests, one of them slow");
}

// ---- failures before the cut --------------------------------------------------------------------

// catches: a daemon that says that it cannot, and is frozen all the same
void does_not_freeze_what_cannot_be_backed_up(hyperv_trial& run) {
    run.guest().on(daemon_asked::check, fails);
    run.snapshot();
    if (run.guest().count(daemon_asked::check) == 0) {
        run.inapplicable("it does not ask hot_backup");
    }
    expect_never_held(run, "hot_backup is answered with failure");
    expect_no_cut(run, "hot_backup is answered with failure");
    expect_not_consistent(run, "hot_backup is answered with failure");
    expect_end(run);
}

void does_not_cut_after_a_failed_freeze(hyperv_trial& run) {
    run.guest().on(daemon_asked::freeze, fails);
    run.snapshot();
    expect_no_cut(run, "the freeze failed");
    expect_end(run);
}

// catches: the others of a group stay frozen when one fails
void thaws_the_group_when_one_fails(hyperv_trial& run) {
    run.add_guest().on(daemon_asked::freeze, [](const auto&, daemon_reaction& how) {
        how.after = 1s;
        how.fails();
    });
    run.snapshot();
    expect_no_cut(run, "one of the group could not be frozen");
    expect_not_consistent(run, "one of the group could not be frozen");
    expect_thawed(run, "a group in which one freeze failed");
}

void does_not_claim_a_failed_freeze(hyperv_trial& run) {
    run.guest().on(daemon_asked::freeze, fails);
    run.snapshot();
    expect_not_consistent(run, "the freeze failed");
    expect_end(run);
}

// ---- every snapshot ends ------------------------------------------------------------------------

void ends_with_noise_for_ever(hyperv_trial& run) {
    run.guest().on_any([](const auto&, daemon_reaction& how) {
        how.instead = "noise";
        how.step = hold_step::none;
    });
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the daemon says nothing but noise");
}

void ends_with_a_daemon_that_closes(hyperv_trial& run) {
    run.guest().on_any([](const auto&, daemon_reaction& how) {
        how.silent();
        how.step = hold_step::none;
        how.hangs_up = true;
    });
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the daemon closes its device on every request");
}

} // namespace

void hyperv_orchestrator_12_course(registry& checks) {
    const std::vector<capability> seen{capability::cut_seen};
    const std::vector<capability> made{capability::cut_control};
    const std::vector<capability> group{capability::group, capability::cut_seen};
    add_all(
        checks,
        {
            {sec<12, 8>::value, 5, "the cut begins after the reply to freeze", seen,
             on<cuts_when_frozen>},
            {sec<12, 8>::value, 6, "the cut of a group begins after the last reply to freeze",
             group, on<cuts_when_all_are_frozen>},
            {sec<12, 9>::value, 4, "the guest is thawed as soon as the cut is done", seen,
             thaws_when_the_cut_is_done},
            {sec<12, 10>::value, 5, "the guest is thawed when the cut fails", made,
             thaws_when_the_cut_fails},
            {sec<12, 12>::value, 7, "what cannot be backed up is not frozen", seen,
             on<does_not_freeze_what_cannot_be_backed_up>},
            {sec<12, 12>::value, 8, "nothing is cut when the freeze fails", seen,
             on<does_not_cut_after_a_failed_freeze>},
            {sec<12, 12>::value, 9, "a group is thawed and not cut when one freeze fails", group,
             on<thaws_the_group_when_one_fails>},
            {sec<12, 27>::value, 9, "a cut that failed is no success", made,
             does_not_claim_a_failed_cut},
            {sec<12, 27>::value,
             10,
             "a freeze that failed is no success",
             {},
             on<does_not_claim_a_failed_freeze>},
            {sec<12, 27>::value,
             11,
             "a conversation without any failure is a success",
             {},
             succeeds},
            {sec<12, 29>::value, 9, "a snapshot of a deaf daemon ends", {}, ends_with_a_deaf_guest},
            {sec<12, 29>::value,
             10,
             "a snapshot of a daemon that falls deaf while frozen ends",
             {},
             ends_with_a_guest_that_falls_deaf},
            {sec<12, 29>::value,
             11,
             "a snapshot of a daemon that says nothing but noise ends",
             {},
             on<ends_with_noise_for_ever>},
            {sec<12, 29>::value,
             12,
             "a snapshot of a daemon that closes on everything ends",
             {},
             on<ends_with_a_daemon_that_closes>},
            {sec<13, 11>::value, 3, "the cut lies inside the hold", seen, cuts_inside_the_hold},
        });
}

} // namespace snapproto::conformance::clauses
