// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_HYPERV_BUILTIN_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_HYPERV_BUILTIN_HPP

// The embedded daemon of Hyper-V's dialect: the reference, and the faulty ones.

#include "conformance/attach/hyperv_target.hpp"
#include "conformance/builtin/builtin.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace snapproto::conformance {

/// Makes the embedded daemon, on a virtual clock, in a played guest.
///
/// @param fault_or_reference "reference", or the name of one of hyperv_builtin_faults().
/// @throws std::invalid_argument for any other name.
[[nodiscard]] std::unique_ptr<hyperv_target> make_hyperv_builtin(
    std::string_view fault_or_reference);

/// Every fault of it, in order of name.
[[nodiscard]] std::span<const fault_info> hyperv_builtin_faults();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_HYPERV_BUILTIN_HPP
