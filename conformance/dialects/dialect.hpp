// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_DIALECTS_DIALECT_HPP
#define SNAPPROTO_CONFORMANCE_DIALECTS_DIALECT_HPP

// The dialects that implementations are judged in. A new one is a file beside this that fills in a
// `dialect`, and a line in all.cpp.

#include "conformance/attach/target.hpp"
#include "conformance/builtin/builtin.hpp"
#include "conformance/check.hpp"
#include "conformance/orchestrator/trial.hpp"
#include "conformance/restore.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace snapproto::conformance {

struct agent_options;

/// What is different between the dialects.
struct dialect {
    std::string_view name; ///< What --dialect takes.

    const registry& (*agent_checks)() = nullptr;
    const registry& (*orchestrator_checks)() = nullptr; ///< Null: none.

    std::span<const fault_info> (*agent_faults)() = nullptr;
    std::span<const fault_info> (*orchestrator_faults)() = nullptr; ///< Null: none.

    /// Makes the embedded orchestrator: "reference", or the name of a fault. Null: there is none.
    /// @throws std::invalid_argument for any other name
    std::unique_ptr<orchestrator_target> (*embedded_orchestrator)(std::string_view,
                                                                  std::uint64_t) = nullptr;

    /// Makes what its checks of orchestrators take.
    trial_maker make_orchestrator_trial = nullptr;

    /// Why an orchestrator of this dialect cannot connect to where we listen; empty: it can.
    std::string_view no_listening = {};

    /// Makes the target that the options name. @throws usage_error, unreachable,
    /// std::invalid_argument with words for the user
    std::unique_ptr<target> (*attach)(const agent_options&) = nullptr;

    /// Makes sure that such an agent answers there, or throws unreachable. Null: attaching has
    /// shown it.
    void (*greet)(target&, const agent_options&) = nullptr;

    /// How an agent that is not started anew is brought back between two checks.
    settle_function settle = settle_by_qga;

    /// Agents have no question by which a used one is known to be as new, so that each check begins
    /// with another.
    bool always_fresh = false;

    /// Whether the generated suites have inputs for its agents (suites/attached_system.hpp).
    bool has_inputs = false;

    std::string_view agent_page = {}; ///< How each check of docs/checks/ begins.
    std::string_view orchestrator_page = {};

    /// The checks of a role; empty where there are none.
    [[nodiscard]] const registry& checks(role who) const;
    [[nodiscard]] std::span<const fault_info> faults(role who) const;
};

[[nodiscard]] const dialect& qga_dialect();
[[nodiscard]] const dialect& hyperv_dialect();
[[nodiscard]] const dialect& vmbackup_dialect();
[[nodiscard]] const dialect& native_dialect();

/// All of them, in the order of their chapters.
[[nodiscard]] std::span<const dialect* const> dialects();

/// @throws usage_error with the nearest, or with those that there are
[[nodiscard]] const dialect& find_dialect(const std::string& name);

/// The checks of all dialects and roles, in order of id.
[[nodiscard]] const registry& every_check();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_DIALECTS_DIALECT_HPP
