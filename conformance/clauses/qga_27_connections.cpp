// SPDX-License-Identifier: BSL-1.0
// SP 27: connections: a client that goes, comes back, or is not alone.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_27_connections(registry&) {}

} // namespace snapproto::conformance::clauses
