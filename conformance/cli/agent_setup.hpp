// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLI_AGENT_SETUP_HPP
#define SNAPPROTO_CONFORMANCE_CLI_AGENT_SETUP_HPP

// From the options of `snapcheck agent` to a plan: everything that can be wrong in them is found
// before anything is attached to.

#include "conformance/attach/real_target.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/judging.hpp"

#include <memory>

namespace snapproto::conformance {

struct agent_plan : judging_plan {
    bool embedded = false; ///< The target is the embedded agent.
};

/// @throws usage_error
[[nodiscard]] agent_plan make_plan(const agent_options& options);

/// The filesystems of --freeze-target. @throws usage_error for one that must not be frozen
[[nodiscard]] freeze_target_list make_freeze_targets(const agent_options& options);

/// Makes the target that the options name. @throws usage_error, unreachable
[[nodiscard]] std::unique_ptr<target> attach(const agent_options& options);

/// The same for the dialect qga. @throws std::invalid_argument too
[[nodiscard]] std::unique_ptr<target> attach_qga(const agent_options& options);

/// What --freeze-target names. @throws usage_error
[[nodiscard]] freeze_target_list make_freeze_targets(const agent_options& options);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLI_AGENT_SETUP_HPP
