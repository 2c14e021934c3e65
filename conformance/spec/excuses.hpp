// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_EXCUSES_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_EXCUSES_HPP

// Clauses that nothing judges, each with the reason: of the QGA chapters those that have no check,
// of the abstract chapters those that neither a row nor a monitor nor a test keeps. A clause without
// the one and the other fails a test; so does an excuse that is needed no more.

#include "snapproto/core/clause.hpp"

#include <span>
#include <string_view>

namespace snapproto::conformance {

struct clause_excuse {
    snapproto::clause about{};
    std::string_view reason; ///< Why nothing can judge it.
};

/// In order of the document.
[[nodiscard]] std::span<const clause_excuse> clause_excuses();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_EXCUSES_HPP
