// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_COMPLETE_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_COMPLETE_HPP

// Complete test suites by the H method (R. Dorofeeva, K. El-Fakih, N. Yevtushenko: An improved
// conformance testing method, FORTE 2005).
//
// An implementation that answers every word of `complete_suite(spec, k)` as the specification does
// is equivalent to it, provided that
//   - it is deterministic in these inputs and outputs,
//   - a reset brings it to its first state,
//   - it has at most k states more than the specification.
// Nothing is said of inputs outside of the alphabet, nor of time.

#include "conformance/suites/mealy.hpp"

#include <cstddef>
#include <vector>

namespace snapproto::conformance::suites {

/// The words to try, each from the first state, shortest first; none is the beginning of another.
///
/// @pre `spec` is minimal (`minimal()`): its states can be told apart, and all are reachable.
/// @param extra how many states more than the specification an implementation may have.
/// Bounds: about states * inputs^(extra + 1) words.
[[nodiscard]] std::vector<word> complete_suite(const mealy_machine& spec, std::size_t extra);

/// Inputs in a number of words.
[[nodiscard]] std::size_t total_length(const std::vector<word>& words) noexcept;

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_COMPLETE_HPP
