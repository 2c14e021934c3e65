// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_FREEZE_SUPPORT_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_FREEZE_SUPPORT_HPP

// What the checks about freezing share: conversations around a freeze, and how its effect is seen.
//
// Where an effect cannot be seen (a filesystem inside a guest, say) the expectations about it are
// left out; checks that are about the effect itself list the capability among their needs.

#include "conformance/run_context.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::clauses {

using namespace std::chrono_literals;

// Conversation.

/// guest-fsfreeze-freeze-list with these arguments, whatever they are; a null means none.
reply freeze_with(run_context& run, const boost::json::value& arguments, duration wait = 10s);

/// guest-fsfreeze-freeze. Only for checks that need capability::freeze_everything.
reply freeze_all(run_context& run, duration wait = 10s);

/// The request of a freeze of these mount points, as text.
[[nodiscard]] std::string freeze_request(const std::vector<std::string>& mount_points);

/// Freezes these freeze targets and requires the count; @pre each is there.
void require_freeze(run_context& run, const std::vector<std::size_t>& which);

/// The status is this one. `when`: "after a freeze of nothing".
void require_status(run_context& run, std::string_view status, std::string_view when);

/// The status is thawed, and the kernel holds none of the freeze targets.
void require_thawed(run_context& run, std::string_view when);

/// A thaw returns this count, and everything is thawed afterwards.
void require_thaw(run_context& run, std::int64_t count, std::string_view when);

/// The commands that guest-info lists, and whether each is enabled.
[[nodiscard]] std::map<std::string, bool> commands(run_context& run);

/// The commands that stay enabled while frozen.
[[nodiscard]] const std::vector<std::string>& allow_list();

// Effect.

/// Whether the kernel holds this freeze target; absent where that cannot be seen.
[[nodiscard]] std::optional<bool> held(run_context& run, std::size_t which);

/// The kernel holds this freeze target, or does not; true also where that cannot be seen.
bool expect_held(run_context& run, std::size_t which, bool wanted, std::string_view when);

/// The kernel holds none of the freeze targets.
bool expect_all_released(run_context& run, std::string_view when);

/// Thaws every freeze target from outside, for checks that may leave an agent which cannot.
void release_from_outside(run_context& run);

/// A writer on this freeze target that has been seen to work; skips the check without one.
[[nodiscard]] std::shared_ptr<writer> moving_writer(run_context& run, std::size_t which = 0);

/// The writer makes no step from now on.
bool expect_blocked(run_context& run, writer& busy, std::string_view when);

/// The writer makes a step soon.
bool expect_moving(run_context& run, writer& busy, std::string_view when);

// Hooks.

/// Starts the agent afresh with a hook that behaves so, and synchronises.
void start_with_hook(run_context& run, const hook_script& script = {});

/// Waits until the hook has been called with this argument. @return false after the wait
bool wait_for_hook(run_context& run, std::string_view argument, duration wait = 2s);

/// The first arguments of the calls so far, in order: "freeze thaw".
[[nodiscard]] std::string calls_so_far(run_context& run);

/// The hook was called with these first arguments, in this order, and not otherwise.
bool expect_calls(run_context& run, std::string_view wanted, std::string_view when);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_FREEZE_SUPPORT_HPP
