// SPDX-License-Identifier: BSL-1.0
// SP 23: guest-info, what it promises, and what is refused while frozen.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_23_information(registry&) {}

} // namespace snapproto::conformance::clauses
