// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_UNUSUAL_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_UNUSUAL_HPP

// Embedded agents that keep every clause, each in a way of its own: what no check may hold against
// an implementation.

#include "conformance/builtin/fault.hpp"

#include <span>
#include <vector>

namespace snapproto::conformance {

namespace builtin {

/// In order of name. Written as faults are, but nothing is wrong with them.
[[nodiscard]] const std::vector<fault>& unusual_agents();

} // namespace builtin

/// What --builtin takes too; `source` is the clause that leaves it free, `caught_by` is empty.
[[nodiscard]] std::span<const fault_info> builtin_unusual_agents();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_UNUSUAL_HPP
