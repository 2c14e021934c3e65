// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_HYPERV_GROUPS_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_HYPERV_GROUPS_HPP

// The checks of Hyper-V's daemons: one function per group, each in the file of its name.

#include "conformance/check.hpp"

namespace snapproto::conformance {

/// Every check of daemons that speak form (b) of Hyper-V's dialect.
[[nodiscard]] const registry& hyperv_checks();

namespace clauses {

void hyperv_33_messages(registry& checks);
void hyperv_33_registration(registry& checks);
void hyperv_36_freeze(registry& checks);
void hyperv_36_thaw(registry& checks);
void hyperv_36_requests(registry& checks);
void hyperv_36_life(registry& checks);
void hyperv_36_effect(registry& checks);

} // namespace clauses
} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_HYPERV_GROUPS_HPP
