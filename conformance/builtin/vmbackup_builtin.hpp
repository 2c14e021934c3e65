// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_VMBACKUP_BUILTIN_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_VMBACKUP_BUILTIN_HPP

// The embedded guest of vmbackup: the reference, and the faulty ones.

#include "conformance/attach/vmbackup_target.hpp"
#include "conformance/builtin/builtin.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace snapproto::conformance {

/// Makes the embedded guest, on a virtual clock.
///
/// @param fault_or_reference "reference", or the name of one of vmbackup_builtin_faults().
/// @throws std::invalid_argument for any other name.
[[nodiscard]] std::unique_ptr<vmbackup_target> make_vmbackup_builtin(
    std::string_view fault_or_reference);

/// Every fault of it, in order of name.
[[nodiscard]] std::span<const fault_info> vmbackup_builtin_faults();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_VMBACKUP_BUILTIN_HPP
