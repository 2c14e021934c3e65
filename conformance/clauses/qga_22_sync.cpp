// SPDX-License-Identifier: BSL-1.0
// SP 22: synchronisation: guest-sync, guest-sync-delimited and the 0xFF sentinel.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_22_sync(registry&) {}

} // namespace snapproto::conformance::clauses
