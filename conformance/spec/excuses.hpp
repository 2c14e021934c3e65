// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_EXCUSES_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_EXCUSES_HPP

// The clauses of the QGA chapters that have no check, each with the reason. A clause without a
// check and without an excuse fails a test; so does an excuse that is needed no more.

#include "snapproto/core/clause.hpp"

#include <span>
#include <string_view>

namespace snapproto::conformance {

struct clause_excuse {
    snapproto::clause about{};
    std::string_view reason; ///< Why no check of `snapcheck agent` can judge it.
};

/// In order of the document.
[[nodiscard]] std::span<const clause_excuse> clause_excuses();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_EXCUSES_HPP
