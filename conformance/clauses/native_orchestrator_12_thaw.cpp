// SPDX-License-Identifier: BSL-1.0
// SP 12, 60 and 61: from the end of the cut on, and the bytes. What an orchestrator of native
// agents tells them, what it claims, and what it reads.
#include "conformance/clauses/native_orchestrator_support.hpp"
#include "conformance/clauses/trial_judgements.hpp"
#include "conformance/native_bytes.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

void expect_outcome(native_trial& run, cut_outcome expected, std::string_view because) {
    const auto thaw = must_hear(run, message_kind::thaw);
    const cut_outcome told = thaw.as<thaw_request>().outcome;
    run.expect(told == expected, fmt::format("Thaw says what became of the cut when {}", because),
               std::string{to_string(expected)}, std::string{to_string(told)});
}

void says_that_the_cut_is_good(native_trial& run) {
    run.snapshot();
    require_hold(run);
    expect_outcome(run, cut_outcome::ok, "it has succeeded");
}

// catches: applications that truncate their logs for a copy that there is not
void says_that_the_cut_failed(native_trial& run) {
    run.cut().ends = cut_plan::end::fails;
    run.snapshot();
    require_hold(run);
    expect_outcome(run, cut_outcome::failed, "it has failed");
}

void does_not_take_a_nak_for_thawed(native_trial& run) {
    run.guest().on(message_kind::thaw, [](const auto&, native_reaction& how) {
        how.refuses(nak_code::unknown_txn);
        how.step = hold_step::thaw;
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "the Thaw was refused");
    expect_end(run);
}

void judge_verdict(native_trial& run, verdict told) {
    run.guest().on(message_kind::thaw, [told](const auto&, native_reaction& how) {
        how.answer<thawed_report>().outcome = told;
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, fmt::format("the verdict is {}", to_string(told)));
}

// catches: a verdict that nobody looks at
void looks_at_an_early_verdict(native_trial& run) {
    judge_verdict(run, verdict::early);
}

void looks_at_an_expired_verdict(native_trial& run) {
    judge_verdict(run, verdict::expired);
}

void looks_at_the_verdict_of_each(native_trial& run) {
    run.add_guest().on(message_kind::thaw, [](const auto&, native_reaction& how) {
        how.answer<thawed_report>().outcome = verdict::early;
    });
    run.snapshot();
    require_hold(run);
    expect_not_consistent(run, "one of the group let go early");
}

copy_result result_told(native_trial& run) {
    const auto opening = must_hear(run, message_kind::hello);
    if ((opening.as<hello>().wanted & feature::completion) == feature::none) {
        run.inapplicable("it does not offer completion");
    }
    return must_hear(run, message_kind::complete).as<complete_request>().result;
}

void completes_what_is_kept(native_trial& run) {
    run.snapshot();
    require_hold(run);
    const copy_result told = result_told(run);
    run.expect(!run.claims_consistent() || told == copy_result::kept,
               "Complete says that the copy is kept when it is", "kept",
               std::string{to_string(told)});
    expect_consistent(run, "a conversation without any failure");
}

void completes_what_is_not_kept(native_trial& run) {
    run.cut().ends = cut_plan::end::fails;
    run.snapshot();
    require_hold(run);
    const copy_result told = result_told(run);
    run.expect(told != copy_result::kept, "Complete says that a cut has failed",
               "discarded or unknown", std::string{to_string(told)});
}

void waits_not_for_a_completed(native_trial& run) {
    run.guest().on(message_kind::complete, [](const auto&, native_reaction& how) { how.silent(); });
    run.snapshot();
    require_hold(run);
    (void)result_told(run);
    expect_end(run);
    expect_consistent(run, "a Complete that was not answered");
}

// ---- every snapshot ends ------------------------------------------------------------------------

void ends_with_noise_for_ever(native_trial& run) {
    run.guest().on_any([](const auto&, native_reaction& how) {
        how.instead = std::string("\0\0\0\0", 4) + native_bytes::frame("noise") + "noise";
        how.step = hold_step::none;
    });
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the agent says nothing but noise");
}

void ends_with_an_agent_that_hangs_up(native_trial& run) {
    run.guest().on_any([](const auto&, native_reaction& how) {
        how.silent();
        how.hangs_up = true;
    });
    run.snapshot();
    expect_end(run);
    expect_not_consistent(run, "the agent hangs up on every request");
}

// ---- bytes --------------------------------------------------------------------------------------

void reads_pieces(native_trial& run) {
    run.guest().on_any([](const auto&, native_reaction& how) { how.piece = 1; });
    run.snapshot();
    expect_consistent(run, "answers that come byte by byte");
}

// catches: a byte that was lost leaves the agent waiting for the rest of a frame
void marks_what_time_makes_it_send(native_trial& run) {
    run.guest().sends_progress(false);
    run.guest().on(message_kind::freeze, [](const auto&, native_reaction& how) { how.silent(); });
    run.snapshot();
    const native_request freeze = must_hear(run, message_kind::freeze);
    for (const native_request& one : run.guest().heard()) {
        run.expect(one.at <= freeze.at || one.behind_mark,
                   "what is sent because no answer has come stands directly behind a mark",
                   "nine bytes 0xFF before it", words(run, one));
    }
}

void opens_behind_a_mark(native_trial& run) {
    run.snapshot();
    (void)must_hear(run, message_kind::hello);
    for (const native_request& one : run.guest().heard(message_kind::hello)) {
        run.expect(one.behind_mark, "a Hello comes directly behind a mark", "nine bytes 0xFF",
                   "a " + words(run, one) + " without them");
    }
}

// catches: nonsense from the guest is answered, or taken for a failure
void passes_over_nonsense(native_trial& run) {
    run.guest().on(message_kind::freeze, [](const auto&, native_reaction& how) {
        how.lead = native_bytes::frame("\xa1") + std::string("\0\0\0\0", 4) +
                   native_bytes::frame("\xa4\x00\x18\x63\x01\x01\x02\x01\x03\x01");
    });
    run.snapshot();
    require_hold(run);
    run.expect(run.guest().refused().empty(), "a frame that is no message is not answered",
               "nothing but requests",
               run.guest().refused().empty() ? "" : run.guest().refused().front());
    expect_consistent(run, "frames that are no message before the Frozen");
}

void sends_what_can_be_read(native_trial& run) {
    run.snapshot();
    require_hold(run);
    run.expect(run.guest().refused().empty(), "a strict reader reads all that is sent",
               "no frame that is refused",
               run.guest().refused().empty() ? "" : run.guest().refused().front());
}

// catches: a reader that breaks with the next minor version
void passes_over_unknown_fields(native_trial& run) {
    run.guest().on(message_kind::freeze, [](const auto&, native_reaction& how) {
        auto& report = how.answer<frozen_report>();
        report.held_since = snapproto::instant{5000s};
        report.hold_deadline = report.held_since + 10s;
        how.instead = native_bytes::frame(native_bytes::map_of(how.answers.front())
                                              .set(64, native_bytes::number(7))
                                              .set(1000, native_bytes::text("more"))
                                              .bytes());
    });
    run.snapshot();
    require_hold(run);
    expect_consistent(run, "a Frozen with fields that are to be ignored");
}

} // namespace

void native_orchestrator_12_thaw(registry& checks) {
    const std::vector<capability> seen{capability::cut_seen};
    const std::vector<capability> made{capability::cut_control};
    const std::vector<capability> group{capability::group};
    add_all(
        checks,
        {
            {sec<12, 9>::value, 2, "the guest is thawed as soon as the cut is done", seen,
             thaws_when_the_cut_is_done},
            {sec<12, 9>::value,
             3,
             "Thaw says that the cut has succeeded",
             {},
             on<says_that_the_cut_is_good>},
            {sec<12, 10>::value, 3, "the guest is thawed when the cut fails", made,
             thaws_when_the_cut_fails},
            {sec<12, 10>::value, 4, "Thaw says that the cut has failed", made,
             on<says_that_the_cut_failed>},
            {sec<12, 14>::value,
             1,
             "a Thaw that is refused leaves no verdict",
             {},
             on<does_not_take_a_nak_for_thawed>},
            {sec<12, 19>::value,
             1,
             "a Completed that is missing does not hold up the report",
             {},
             on<waits_not_for_a_completed>},
            {sec<12, 27>::value, 4, "a cut that failed is no success", made,
             does_not_claim_a_failed_cut},
            {sec<12, 27>::value,
             5,
             "a verdict early is no success",
             {},
             on<looks_at_an_early_verdict>},
            {sec<12, 27>::value,
             6,
             "a verdict expired is no success",
             {},
             on<looks_at_an_expired_verdict>},
            {sec<12, 27>::value, 7, "one verdict early spoils the group", group,
             on<looks_at_the_verdict_of_each>},
            {sec<12, 27>::value,
             8,
             "a conversation without any failure is a success",
             {},
             succeeds},
            {sec<12, 28>::value,
             1,
             "Complete says that the copy is kept",
             {},
             on<completes_what_is_kept>},
            {sec<12, 28>::value, 2, "Complete does not call a failed cut kept", made,
             on<completes_what_is_not_kept>},
            {sec<12, 29>::value, 5, "a snapshot of a deaf agent ends", {}, ends_with_a_deaf_guest},
            {sec<12, 29>::value,
             6,
             "a snapshot of an agent that falls deaf while frozen ends",
             {},
             ends_with_a_guest_that_falls_deaf},
            {sec<12, 29>::value,
             7,
             "a snapshot of an agent that says nothing but noise ends",
             {},
             on<ends_with_noise_for_ever>},
            {sec<12, 29>::value,
             8,
             "a snapshot of an agent that hangs up on everything ends",
             {},
             on<ends_with_an_agent_that_hangs_up>},
            {sec<60, 3>::value, 3, "answers are read byte by byte", {}, on<reads_pieces>},
            {sec<60, 8>::value, 2, "a Hello comes behind a mark", {}, on<opens_behind_a_mark>},
            {sec<60, 12>::value,
             1,
             "what is sent because nothing came stands behind a mark",
             {},
             on<marks_what_time_makes_it_send>},
            {sec<60, 11>::value,
             2,
             "a frame that is no message is no answer, and gets none",
             {},
             on<passes_over_nonsense>},
            {sec<61, 2>::value,
             6,
             "all that the orchestrator sends can be read",
             {},
             on<sends_what_can_be_read>},
            {sec<61, 6>::value,
             3,
             "fields that are to be ignored are",
             {},
             on<passes_over_unknown_fields>},
        });
}

} // namespace snapproto::conformance::clauses
