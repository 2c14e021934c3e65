// SPDX-License-Identifier: BSL-1.0
// SP 29: effect: what the disk shows between frozen and thawed.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_29_effect(registry&) {}

} // namespace snapproto::conformance::clauses
