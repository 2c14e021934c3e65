// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_BUILTIN_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_BUILTIN_HPP

// The embedded agent and the embedded orchestrator: the references, and the faulty ones that show
// what the suite can see.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/attach/target.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace snapproto::conformance {

/// One named fault of the embedded agent or orchestrator.
struct fault_info {
    std::string_view name;      ///< "thaw-forgets-hook"; what --builtin takes.
    std::string_view sentence;  ///< What is done wrong.
    std::string_view source;    ///< Where such a fault was met, or "single change of behaviour".
    std::string_view caught_by; ///< The id of the check that must catch it: "26.3/1".
};

/// Makes the embedded agent, on a virtual clock, with virtual filesystems and hook.
///
/// @param fault_or_reference "reference", or the name of one of builtin_faults().
/// @throws std::invalid_argument for any other name.
[[nodiscard]] std::unique_ptr<target> make_builtin(std::string_view fault_or_reference,
                                                   std::uint64_t seed);

/// Every fault of the agent, in order of name.
[[nodiscard]] std::span<const fault_info> builtin_faults();

/// Makes the embedded orchestrator, on a virtual clock, with a virtual provider.
///
/// @param fault_or_reference "reference", or the name of one of builtin_orchestrator_faults().
/// @throws std::invalid_argument for any other name.
[[nodiscard]] std::unique_ptr<orchestrator_target> make_builtin_orchestrator(
    std::string_view fault_or_reference, std::uint64_t seed);

/// Every fault of the orchestrator, in order of name.
[[nodiscard]] std::span<const fault_info> builtin_orchestrator_faults();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_BUILTIN_HPP
