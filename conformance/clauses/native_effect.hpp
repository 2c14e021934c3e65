// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_EFFECT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_EFFECT_HPP

// The checks of the native dialect that look at a real agent's surroundings: its disks, its hook,
// and its next life.

#include "conformance/check.hpp"

namespace snapproto::conformance::clauses {

/// What the disks show, whatever was said.
void native_effect(registry& checks);

/// What an agent makes of a hook that is slow, or fails.
void native_hooks(registry& checks);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_EFFECT_HPP
