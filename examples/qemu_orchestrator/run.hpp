// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RUN_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RUN_HPP

#include "result.hpp"
#include "settings.hpp"

namespace snaptake {

/// Takes one snapshot. What goes wrong is in the result.
///
/// Whatever happens, and whenever a signal comes: every guest that may be frozen is thawed before
/// this ends, or named, and every file that was made is told of.
[[nodiscard]] snapshot_result take_snapshot(const settings& how);

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RUN_HPP
