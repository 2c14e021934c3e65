// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_BUILTIN_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_BUILTIN_HPP

// The embedded agent of the native dialect: the reference, and the faulty ones.

#include "conformance/attach/played_participants.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/builtin/builtin.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace snapproto::conformance {

/// An embedded agent of the native dialect, and the guest around it.
class native_builtin : public target, public played_surroundings {};

/// Makes the embedded agent, on a virtual clock, with played participants.
///
/// @param fault_or_reference "reference", or the name of one of native_builtin_faults().
/// @throws std::invalid_argument for any other name.
[[nodiscard]] std::unique_ptr<native_builtin> make_native_builtin(
    std::string_view fault_or_reference);

/// Every fault of it, in order of name.
[[nodiscard]] std::span<const fault_info> native_builtin_faults();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_BUILTIN_HPP
