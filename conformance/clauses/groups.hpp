// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_GROUPS_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_GROUPS_HPP

// One function per clause group, each in the file of its name. They are called by name from
// all.cpp: objects of a static library that nobody names would be dropped by the linker.

namespace snapproto::conformance {

class registry;

namespace clauses {

void qga_20_framing(registry& checks);
void qga_20_limits(registry& checks);
void qga_20_parsing(registry& checks);
void qga_20_recovery(registry& checks);
void qga_21_refusals(registry& checks);
void qga_21_requests(registry& checks);
void qga_22_sync(registry& checks);
void qga_23_information(registry& checks);
void qga_24_freeze(registry& checks);
void qga_24_freeze_list(registry& checks);
void qga_24_allow_list(registry& checks);
void qga_24_mounts(registry& checks);
void qga_25_thaw(registry& checks);
void qga_26_hooks(registry& checks);
void qga_26_hook_failures(registry& checks);
void qga_27_connections(registry& checks);
void qga_27_process(registry& checks);
void qga_27_restart(registry& checks);
void qga_28_idle(registry& checks);
void qga_28_memory(registry& checks);
void qga_28_time(registry& checks);
void qga_29_effect(registry& checks);

void orchestrator_12_group(registry& checks);
void orchestrator_22_sync(registry& checks);
void orchestrator_29_hold(registry& checks);
void orchestrator_29_replies(registry& checks);

} // namespace clauses
} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_GROUPS_HPP
