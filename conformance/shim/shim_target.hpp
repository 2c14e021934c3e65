// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SHIM_SHIM_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_SHIM_SHIM_TARGET_HPP

// An agent behind an adapter, on a virtual clock: --shim.

#include "conformance/attach/target.hpp"

#include <memory>
#include <string>

namespace snapproto::conformance {

/// Starts the adapter and resets its agent.
///
/// @param command given to /bin/sh.
/// @throws unreachable
[[nodiscard]] std::unique_ptr<target> make_shim(std::string command, double timeout_scale);

/// Does nothing but for an agent of make_shim() whose adapter broke the protocol of the shim: what
/// was judged from then on says nothing about the agent. @throws unreachable
void require_sound_shim(const target& agent);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SHIM_SHIM_TARGET_HPP
