// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_TRIAL_SUPPORT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_TRIAL_SUPPORT_HPP

// What checks of orchestrators of all dialects have in common: expectations on the outcome, the
// hold and the cut, and the table of a group.

#include "conformance/check.hpp"
#include "conformance/orchestrator/trial.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::clauses {

// ---- expectations -------------------------------------------------------------------------------

/// The snapshot ended within the orchestrator's patience.
void expect_end(trial& run);

/// The snapshot is claimed to be consistent: the guest gave no reason for less.
void expect_consistent(trial& run, std::string_view after);
/// It is not: `because` says what stands against it.
void expect_not_consistent(trial& run, std::string_view because);

/// No guest is frozen any more.
void expect_thawed(trial& run, std::string_view after);
/// The same, unless the orchestrator's output says that a guest may be frozen.
void expect_thawed_or_told(trial& run, std::string_view after);

/// No cut was seen to begin while a guest was not held, or to end after one was released.
void expect_cuts_inside_the_hold(trial& run);
void expect_no_cut(trial& run, std::string_view because);

/// No guest was held for longer than the orchestrator's hold limit and a tolerance of 1 s.
void expect_bounded_holds(trial& run);

/// Without a hold there is nothing to judge: fails the check unless the first guest was frozen.
void require_hold(trial& run);

/// The first guest was never frozen.
void expect_never_held(trial& run, std::string_view because);

/// The orchestrator has ended every connection to the first guest that we have not.
void expect_channels_closed(trial& run, std::string_view because);

// ---- tables -------------------------------------------------------------------------------------

/// A line of a group's table.
struct judged_clause {
    snapproto::clause about;
    int index;
    std::string_view title;
    std::vector<capability> needs;
    void (*judge)(trial&);
};

void add_all(registry& checks, std::initializer_list<judged_clause> all);

/// The trial of a dialect, as a function takes it. @throws std::bad_cast for that of another one
template <class Trial>
[[nodiscard]] Trial& trial_for(trial& run, void (*)(Trial&)) {
    return dynamic_cast<Trial&>(run);
}

/// A judgement of one dialect, in the form in which a check has it.
template <auto Judge>
void on(trial& run) {
    Judge(trial_for(run, Judge));
}

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_TRIAL_SUPPORT_HPP
