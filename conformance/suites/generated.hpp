// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_GENERATED_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_GENERATED_HPP

// The generated suites, each as one case of a report, and a single word of inputs as another.

#include "conformance/attach/target.hpp"
#include "conformance/result.hpp"
#include "conformance/runner.hpp"
#include "conformance/suites/mealy.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace snapproto::conformance::suites {

/// A word of the alphabet of a target, from the names with blanks between them.
///
/// Errors: std::invalid_argument for a name that is none, or an input that the target cannot be
/// given.
[[nodiscard]] word word_from(std::string_view names, target& agent);

/// Asks the agent every word of the suite for `extra` states more than the specification has, and
/// stops at the first that it answers otherwise. That word is cut down, and asked once more before
/// it counts.
///
/// @param progress told after each word; may be empty.
[[nodiscard]] run_result run_complete(
    target& agent, std::size_t extra, const run_options& options,
    const std::function<void(std::size_t done, std::size_t of)>& progress = {});

/// Asks the agent so many random sessions; one that fails is shrunk and confirmed as above.
[[nodiscard]] run_result run_sessions(
    target& agent, std::size_t sessions, const run_options& options,
    const std::function<void(std::size_t done, std::size_t of)>& progress = {});

/// Asks the agent one word and compares.
[[nodiscard]] run_result run_sequence(target& agent, const word& inputs,
                                      const run_options& options);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_GENERATED_HPP
