// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_ORCHESTRATOR_SUPPORT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_ORCHESTRATOR_SUPPORT_HPP

// What checks of orchestrators that speak the native dialect have in common.

#include "conformance/clauses/native_groups.hpp"
#include "conformance/clauses/trial_support.hpp"
#include "conformance/orchestrator/played_native.hpp"

#include <optional>
#include <string>

namespace snapproto::conformance::clauses {

/// The first request of the kind, if there was one.
[[nodiscard]] std::optional<native_request> first_of(const played_native& guest, message_kind what);
/// The first Thaw or Abort.
[[nodiscard]] std::optional<native_request> first_release(const played_native& guest);
/// The first request of the kind; ends the check as failed when there was none.
native_request must_hear(native_trial& run, message_kind what);
/// Nothing of the kind was heard.
void expect_unheard(native_trial& run, message_kind what, std::string_view because);
/// "freeze at 0.123 s", or "nothing".
[[nodiscard]] std::string words(const native_trial& run, const std::optional<native_request>& one);

/// Before a request is answered as it should be, so much later, something else is said.
/// @param instead what is said, made of the right answer
void says_before(native_trial& run, message_kind asked, duration later,
                 std::function<any_message(any_message)> instead);

/// The same message with another header.
[[nodiscard]] any_message with_header(any_message message, const message_header& head);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_ORCHESTRATOR_SUPPORT_HPP
