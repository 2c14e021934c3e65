// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_CONFIG_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_CONFIG_HPP

// What is explored: how many of everything, which dialect's profile, which faults.

#include "simulator/explore/machines.hpp"
#include "simulator/explore/snapshot/dialects.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::explore {

/// What an environment can do to a conversation. Each occurrence costs one of the budget.
enum class fault : std::uint8_t {
    loss,       ///< A channel breaks; what was on the way is gone.
    duplicate,  ///< The message at the head of a queue arrives twice.
    stale,      ///< A message of an earlier transaction arrives.
    timeout,    ///< A timer fires although something else could still happen before.
    veto,       ///< A participant refuses to prepare or to hold.
    early,      ///< A held participant lets go.
    release,    ///< A release fails.
    stop,       ///< An agent is told to end.
    crash,      ///< An agent dies.
    host_crash, ///< The orchestrator dies.
    clone,      ///< A guest's generation changes.
    cancel,     ///< The caller cancels.
    cut,        ///< The provider cannot cut.
    silence,    ///< An agent breaks the keep-alive contract.
    noise       ///< A message that nobody expects: garbage, questions, a void Hello.
};

inline constexpr auto fault_names = std::to_array<std::string_view>(
    {"loss", "duplicate", "stale", "timeout", "veto", "early", "release", "stop", "crash",
     "host_crash", "clone", "cancel", "cut", "silence", "noise"});
inline constexpr std::size_t fault_count = fault_names.size();

/// Faults as a set of bits.
using fault_set = std::uint32_t;
inline constexpr fault_set all_faults = (1U << fault_count) - 1;
[[nodiscard]] constexpr fault_set bit_of(fault one) noexcept {
    return 1U << static_cast<unsigned>(one);
}

/// Where runs begin: at a point of an undisturbed snapshot. What leads there is not explored, so a
/// counterexample that needs no more is short.
enum class beginning : std::uint8_t {
    cold,  ///< Nothing is connected.
    open,  ///< Sessions are open.
    ready, ///< All are prepared, and Freeze is on its way.
    frozen ///< All are frozen, and the cut has begun.
};
inline constexpr auto beginning_names =
    std::to_array<std::string_view>({"cold", "open", "ready", "frozen"});

/// Behaviour that is wrong on purpose and is no change of one row: what the properties are tested
/// with.
enum class flaw : std::uint8_t {
    none,
    not_held_is_clean,      ///< A release that found nothing held counts as a real one.
    cut_at_first,           ///< The cut begins at the first Frozen of a group.
    no_hold_timer,          ///< The hold limit is never armed.
    no_transaction_ids,     ///< Native without ids: any answer of the right kind is believed.
    late_hold_is_kept,      ///< A hold that ends after its transaction is over is left as it is.
    thaw_counts_all,        ///< QGA: a thaw counts also what was released before it came.
    requests_outlive_close, ///< QGA: a session that ends does not end its requests.
    no_resync, ///< QGA, Hyper-V: after a time-out the channel is used as if nothing had happened.
    done_is_success ///< vmbackup: req.done counts as a success, whatever came before it.
};
inline constexpr auto flaw_names =
    std::to_array<std::string_view>({"none", "not_held_is_clean", "cut_at_first", "no_hold_timer",
                                     "no_transaction_ids", "late_hold_is_kept", "thaw_counts_all",
                                     "requests_outlive_close", "no_resync", "done_is_success"});

/// Bounds of the model.
inline constexpr std::size_t agents_max = 3;
inline constexpr std::size_t participants_max = 3;
inline constexpr std::size_t sessions_max = 3;
inline constexpr std::size_t fault_budget_max = 7;
inline constexpr std::size_t queue_max = 3;

/// One configuration of the model.
struct config {
    profile dialect = profile::native;
    std::size_t agents = 1;       ///< 1 to agents_max.
    std::size_t participants = 2; ///< Of each agent: one application, if more than 1; filesystems.
    std::size_t sessions = 1;     ///< How many snapshots the caller starts, 1 to sessions_max.
    std::size_t fault_budget = 1; ///< 0 to fault_budget_max.
    fault_set faults = all_faults;
    beginning from = beginning::cold;
    flaw wrong = flaw::none;
    std::optional<row_mutation> mutation{};
    /// Excuse nothing that the dialect cannot keep.
    bool strict = false;
    /// Which properties are judged, of those that are not excused.
    property_set judged = every_property;

    [[nodiscard]] const dialect_traits& traits() const noexcept { return traits_of(dialect); }
    [[nodiscard]] bool judges(property one) const noexcept {
        return ((strict ? judged : judged & ~excused_of(dialect)) & bit_of(one)) != 0;
    }
    [[nodiscard]] bool has_application() const noexcept { return participants > 1; }
    /// Participants are numbered in the order of holding: the application first.
    [[nodiscard]] bool is_filesystem(std::size_t participant) const noexcept {
        return !has_application() || participant > 0;
    }
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_CONFIG_HPP
