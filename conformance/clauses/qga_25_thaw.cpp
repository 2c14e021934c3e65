// SPDX-License-Identifier: BSL-1.0
// SP 25: the thaw command in each state.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_25_thaw(registry&) {}

} // namespace snapproto::conformance::clauses
