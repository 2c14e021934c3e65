// SPDX-License-Identifier: BSL-1.0
// SP 20: framing and parsing: what the agent does with bytes, before they mean anything.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance::clauses {

void qga_20_framing(registry&) {}

} // namespace snapproto::conformance::clauses
