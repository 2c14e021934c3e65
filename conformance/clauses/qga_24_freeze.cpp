// SPDX-License-Identifier: BSL-1.0
// SP 24: the freeze commands in each state.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_24_freeze(registry&) {}

} // namespace snapproto::conformance::clauses
