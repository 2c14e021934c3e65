// SPDX-License-Identifier: BSL-1.0
// SP 27: the process: terminated, killed, restarted, with and without its marker.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_27_process(registry&) {}

} // namespace snapproto::conformance::clauses
