// SPDX-License-Identifier: BSL-1.0
// SP 26: the hook: order, failure, output, time.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_26_hooks(registry&) {}

} // namespace snapproto::conformance::clauses
