// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SELECTION_HPP
#define SNAPPROTO_CONFORMANCE_SELECTION_HPP

// Which checks run: --only and --skip, and the nearest right word for a wrong one.

#include "conformance/check.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

struct selection {
    std::vector<std::string> only; ///< Empty: all.
    std::vector<std::string> skip; ///< Wins over `only`.
};

/// Whether a glob (*, ?, [set]) matches the check: its id "24.3/1", its clause "24.3" or "SP 24.3",
/// or its title, each as a whole.
[[nodiscard]] bool matches(const std::string& glob, const check& one);

/// The checks selected, in the order given.
///
/// Errors: std::invalid_argument for a glob that matches no check, since a misspelt selection must
/// not look like a success.
[[nodiscard]] std::vector<const check*> select(std::span<const check> all, const selection& wanted);

/// The word of the list that is nearest to `word`, or an empty view if none is near.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string> known);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SELECTION_HPP
