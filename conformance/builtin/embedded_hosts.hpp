// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_EMBEDDED_HOSTS_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_EMBEDDED_HOSTS_HPP

// The embedded orchestrators of the dialects beside QGA: the references, and the faulty ones. Each
// is the library's endpoint on a virtual clock, with a virtual provider.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/builtin/builtin.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace snapproto::conformance {

/// Makes the embedded orchestrator of native agents.
///
/// @param fault_or_reference "reference", or the name of one of native_orchestrator_faults().
/// @throws std::invalid_argument for any other name.
[[nodiscard]] std::unique_ptr<orchestrator_target> make_native_orchestrator(
    std::string_view fault_or_reference, std::uint64_t seed);

/// Every fault of it, in order of name.
[[nodiscard]] std::span<const fault_info> native_orchestrator_faults();

/// The same for Hyper-V's daemons.
[[nodiscard]] std::unique_ptr<orchestrator_target> make_hyperv_orchestrator(
    std::string_view fault_or_reference, std::uint64_t seed);
[[nodiscard]] std::span<const fault_info> hyperv_orchestrator_faults();

/// The same for guests of vmbackup.
[[nodiscard]] std::unique_ptr<orchestrator_target> make_vmbackup_orchestrator(
    std::string_view fault_or_reference, std::uint64_t seed);
[[nodiscard]] std::span<const fault_info> vmbackup_orchestrator_faults();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_EMBEDDED_HOSTS_HPP
