// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_NOTES_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_NOTES_HPP

// What is to be said of hand-written faults beside what they do: what they do again of the world,
// and why a generated suite does not see them. docs/scores.md is made with it.

#include <string_view>

namespace snapproto::conformance {

/// What a real implementation did that this fault does again; empty: nothing that we know of.
[[nodiscard]] std::string_view incident_of(std::string_view fault);

/// Why the complete suite for no additional state does not tell this agent from a right one; empty:
/// it does.
[[nodiscard]] std::string_view why_unseen(std::string_view fault);

/// The reason of those that a suite for more states finds.
inline constexpr std::string_view needs_more_states =
    "it remembers what a right agent forgets, and so has more states than this suite is for; the "
    "one "
    "for two states more finds it";

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_NOTES_HPP
