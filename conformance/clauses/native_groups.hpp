// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_GROUPS_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_GROUPS_HPP

// The checks of agents and orchestrators that speak the native dialect: one function per group,
// each in the file of its name.

#include "conformance/check.hpp"

namespace snapproto::conformance {

/// Every check of agents that speak the native dialect.
[[nodiscard]] const registry& native_checks();

/// Every check of orchestrators that speak the native dialect.
[[nodiscard]] const registry& native_orchestrator_checks();

namespace clauses {

void native_2_session(registry& checks);
void native_3_transactions(registry& checks);
void native_4_prepare(registry& checks);
void native_5_freeze(registry& checks);
void native_6_hold(registry& checks);
void native_7_thaw(registry& checks);
void native_8_abort(registry& checks);
void native_9_complete(registry& checks);
void native_10_loss(registry& checks);
void native_16_safety(registry& checks);
void native_60_frames(registry& checks);
void native_60_marks(registry& checks);
void native_61_encoding(registry& checks);
void native_61_fields(registry& checks);
void native_62_limits(registry& checks);
void native_63_channel(registry& checks);

void native_orchestrator_2_session(registry& checks);
void native_orchestrator_12_freeze(registry& checks);
void native_orchestrator_12_thaw(registry& checks);

} // namespace clauses
} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_NATIVE_GROUPS_HPP
