// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_HYPERV_GROUPS_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_HYPERV_GROUPS_HPP

// The checks of Hyper-V's daemons, and of who asks them: one function per group, each in the file
// of its name.

#include "conformance/check.hpp"

namespace snapproto::conformance {

/// Every check of daemons that speak form (b) of Hyper-V's dialect.
[[nodiscard]] const registry& hyperv_checks();

/// Every check of orchestrators that stand where host and kernel are, form (b).
[[nodiscard]] const registry& hyperv_orchestrator_checks();

namespace clauses {

void hyperv_33_messages(registry& checks);
void hyperv_33_registration(registry& checks);
void hyperv_36_freeze(registry& checks);
void hyperv_36_thaw(registry& checks);
void hyperv_36_requests(registry& checks);
void hyperv_36_life(registry& checks);
void hyperv_36_effect(registry& checks);

void hyperv_orchestrator_12_course(registry& checks);
void hyperv_orchestrator_37_host(registry& checks);

} // namespace clauses
} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_HYPERV_GROUPS_HPP
