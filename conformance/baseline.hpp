// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BASELINE_HPP
#define SNAPPROTO_CONFORMANCE_BASELINE_HPP

// The list of expected deviations: a text that people edit, one deviation a line.
//
//     # comment
//     24.9/1   warn   holds without any limit, by design of this agent
//
// Every case that does not pass belongs in it, skipped ones too: a check that is suddenly skipped
// must not go unnoticed.

#include "conformance/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

struct baseline_entry {
    std::string id;
    status expected = status::fail; ///< Never pass.
    std::string reason;
};

struct baseline {
    std::vector<std::string>
        head; ///< The comment lines before the first entry, kept by the writer.
    std::vector<baseline_entry> entries;

    [[nodiscard]] const baseline_entry* find(std::string_view id) const;
};

/// Reads the text. @throws std::invalid_argument with the line's number and what is wrong there.
[[nodiscard]] baseline read_baseline(std::string_view text);

/// The text for a run: its deviations with the reasons of `before`; entries of checks that did not
/// run (left out by the selection, but existing) are kept.
[[nodiscard]] std::string write_baseline(const run_result& run, const baseline& before,
                                         std::span<const std::string> existing_ids);

/// One line for each difference between what was expected and what was found; none: met exactly.
///
/// @param existing_ids the ids of all checks there are, selected or not; an entry for any other is
///        a difference.
[[nodiscard]] std::vector<std::string> compare(const run_result& run, const baseline& expected,
                                               std::span<const std::string> existing_ids);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BASELINE_HPP
