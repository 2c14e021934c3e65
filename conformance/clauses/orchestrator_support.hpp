// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_ORCHESTRATOR_SUPPORT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_ORCHESTRATOR_SUPPORT_HPP

// What checks of orchestrators that speak QGA have in common: who asked what, and when.

#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/trial_support.hpp"
#include "conformance/orchestrator/qga_trial.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance::clauses {

/// Without a freeze there is nothing to judge: fails the check unless one was sent.
void require_freeze_sent(qga_trial& run);

/// The first request of the kind, if there was one.
[[nodiscard]] std::optional<heard_request> first_of(const played_agent& guest, asked what);
/// The first request of the kind that came after that moment.
[[nodiscard]] std::optional<heard_request> first_after(const played_agent& guest, asked what,
                                                       instant when);
/// Marks the check as inapplicable unless such a request was sent.
heard_request must_have_asked(qga_trial& run, asked what);
/// The request that came next on the same connection, if there was one.
[[nodiscard]] std::optional<heard_request> next_after(const played_agent& guest,
                                                      const heard_request& one);

/// "freeze at 0.123 s".
[[nodiscard]] std::string words(const qga_trial& run, const std::optional<heard_request>& one);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_ORCHESTRATOR_SUPPORT_HPP
