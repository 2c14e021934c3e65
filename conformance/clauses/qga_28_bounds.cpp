// SPDX-License-Identifier: BSL-1.0
// SP 28: bounds of time and size.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_28_bounds(registry&) {}

} // namespace snapproto::conformance::clauses
