// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_TRIAL_JUDGEMENTS_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_TRIAL_JUDGEMENTS_HPP

// Judgements of an orchestrator that are the same in every dialect: a right guest, and a cut that
// goes well, fails or takes too long.

#include "conformance/clauses/trial_support.hpp"

namespace snapproto::conformance::clauses {

void succeeds(trial& run);
void cuts_inside_the_hold(trial& run);
void thaws_when_the_cut_is_done(trial& run);
void thaws_when_the_cut_fails(trial& run);
void does_not_claim_a_failed_cut(trial& run);
void bounds_a_cut_that_hangs(trial& run);
void does_not_claim_a_slow_cut(trial& run);
void ends_with_a_deaf_guest(trial& run);
void ends_with_a_guest_that_falls_deaf(trial& run);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_TRIAL_JUDGEMENTS_HPP
