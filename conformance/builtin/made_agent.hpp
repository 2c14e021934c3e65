// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_MADE_AGENT_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_MADE_AGENT_HPP

// Embedded agents with a fault that stands in no list.

#include "conformance/attach/target.hpp"
#include "conformance/builtin/fault.hpp"

#include <memory>
#include <string>

namespace snapproto::conformance::builtin {

/// An embedded agent with a fault of the caller's, whose `info` is not looked at.
[[nodiscard]] std::unique_ptr<target> make_embedded(fault with, std::string name);

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_MADE_AGENT_HPP
