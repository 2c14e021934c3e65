// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_ORCHESTRATOR_SUPPORT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_ORCHESTRATOR_SUPPORT_HPP

// What checks of orchestrators have in common: expectations on the outcome, the hold and the cut.

#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/orchestrator/trial.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance::clauses {

/// Without a freeze there is nothing to judge: fails the check unless one was sent.
void require_freeze_sent(trial& run);

/// The snapshot ended within the orchestrator's patience.
void expect_end(trial& run);

/// The snapshot is claimed to be consistent: the agent gave no reason for less.
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

/// The first request of the kind, if there was one.
[[nodiscard]] std::optional<heard_request> first_of(const played_agent& guest, asked what);
/// The first request of the kind that came after that moment.
[[nodiscard]] std::optional<heard_request> first_after(const played_agent& guest, asked what,
                                                       instant when);
/// Marks the check as inapplicable unless such a request was sent.
heard_request must_have_asked(trial& run, asked what);
/// The request that came next on the same connection, if there was one.
[[nodiscard]] std::optional<heard_request> next_after(const played_agent& guest,
                                                      const heard_request& one);

/// "freeze at 0.123 s".
[[nodiscard]] std::string words(const trial& run, const std::optional<heard_request>& one);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_ORCHESTRATOR_SUPPORT_HPP
