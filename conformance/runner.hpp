// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RUNNER_HPP
#define SNAPPROTO_CONFORMANCE_RUNNER_HPP

// Runs checks against a target, one after another, and keeps the target fit for the next.

#include "conformance/check.hpp"
#include "conformance/restore.hpp"
#include "conformance/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace snapproto::conformance {

struct run_options {
    std::uint64_t seed = 1;
    double timeout_scale = 1.0;
    /// What reports call the target, where its own description does not help people.
    std::string target_name;
    /// The beginning of every replay command, where that is not "snapcheck agent" and the attach
    /// flags: an agent in a sandbox is reached again by the script that made the sandbox.
    std::string replay_head;
    /// Flags for the end of every replay command, with a leading blank: " --freeze-target /mnt".
    std::string replay_tail;
    /// Every check begins with an agent that was started anew, the first one too.
    bool always_fresh = false;
    /// How an agent that is not started anew is brought back between two checks.
    settle_function settle = settle_by_qga;
    /// Called before and after each case, for progress; may be empty.
    std::function<void(const check&, std::size_t index, std::size_t total)> before;
    std::function<void(const case_result&)> after;
};

/// Runs these checks in the order given.
///
/// Never throws for what the implementation does once it runs, and ends within the sum of the
/// checks' bounds (scaled) and of the restores between them. On Ctrl-C it thaws and returns what it
/// has.
/// @throws unreachable when the agent cannot be brought to the starting state before the first.
[[nodiscard]] run_result run_checks(target& agent, const std::vector<const check*>& selected,
                                    const run_options& options);

/// The seed of one case: the run's seed mixed with the id, so that selecting checks changes none.
[[nodiscard]] std::uint64_t case_seed(std::uint64_t seed, std::string_view id) noexcept;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_RUNNER_HPP
