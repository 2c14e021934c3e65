// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_VMBACKUP_GROUPS_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_VMBACKUP_GROUPS_HPP

// The checks of guests and hosts that speak vmbackup: one function per group, each in the file of
// its name.

#include "conformance/check.hpp"

namespace snapproto::conformance {

/// Every check of guests that speak vmbackup.
[[nodiscard]] const registry& vmbackup_checks();

/// Every check of hosts that speak vmbackup.
[[nodiscard]] const registry& vmbackup_orchestrator_checks();

namespace clauses {

void vmbackup_40_commands(registry& checks);
void vmbackup_45_operation(registry& checks);
void vmbackup_45_undo(registry& checks);
void vmbackup_46_effect(registry& checks);
void vmbackup_46_life(registry& checks);
void vmbackup_46_disks(registry& checks);

void vmbackup_orchestrator_12_course(registry& checks);
void vmbackup_orchestrator_48_host(registry& checks);

} // namespace clauses
} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_VMBACKUP_GROUPS_HPP
