// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_COURSE_SUPPORT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_COURSE_SUPPORT_HPP

// What checks of orchestrators of all dialects have in common: expectations on the outcome, the
// hold and the cut, whole judgements that no dialect changes, and the table of a group.

#include "conformance/check.hpp"
#include "conformance/orchestrator/course.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::clauses {

// ---- expectations -------------------------------------------------------------------------------

/// The snapshot ended within the orchestrator's patience.
void expect_end(course& run);

/// The snapshot is claimed to be consistent: the guest gave no reason for less.
void expect_consistent(course& run, std::string_view after);
/// It is not: `because` says what stands against it.
void expect_not_consistent(course& run, std::string_view because);

/// No guest is frozen any more.
void expect_thawed(course& run, std::string_view after);
/// The same, unless the orchestrator's output says that a guest may be frozen.
void expect_thawed_or_told(course& run, std::string_view after);

/// No cut was seen to begin while a guest was not held, or to end after one was released.
void expect_cuts_inside_the_hold(course& run);
void expect_no_cut(course& run, std::string_view because);

/// No guest was held for longer than the orchestrator's hold limit and a tolerance of 1 s.
void expect_bounded_holds(course& run);

/// Without a hold there is nothing to judge: fails the check unless the first guest was frozen.
void require_hold(course& run);

/// The first guest was never frozen.
void expect_never_held(course& run, std::string_view because);

/// The orchestrator has ended every connection to the first guest that we have not.
void expect_channels_closed(course& run, std::string_view because);

// ---- judgements of a snapshot in which nothing is wrong but what is named ------------------------

void succeeds(course& run);
void cuts_inside_the_hold(course& run);
void thaws_when_the_cut_is_done(course& run);
void thaws_when_the_cut_fails(course& run);
void does_not_claim_a_failed_cut(course& run);
void bounds_a_cut_that_hangs(course& run);
void does_not_claim_a_slow_cut(course& run);
void ends_with_a_deaf_guest(course& run);
void ends_with_a_guest_that_falls_deaf(course& run);

// ---- tables -------------------------------------------------------------------------------------

/// A line of a group's table.
template <class Course>
struct judged_clause {
    snapproto::clause about;
    int index;
    std::string_view title;
    std::vector<capability> needs;
    void (*judge)(Course&);
};

template <class Course>
void add_all(registry& checks, std::initializer_list<judged_clause<Course>> all) {
    for (const judged_clause<Course>& one : all) {
        checks.add({.about = one.about,
                    .index = one.index,
                    .title = one.title,
                    .needs = one.needs,
                    .judge = one.judge});
    }
}

/// A judgement of this header for the course of a dialect.
template <class Course, void (*Judge)(course&)>
void any(Course& run) {
    Judge(run);
}

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_COURSE_SUPPORT_HPP
