// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_COORDINATOR_TYPES_HPP
#define SNAPPROTO_MACHINE_VSS_COORDINATOR_TYPES_HPP

// What goes into the machine of VSS's coordinator and what comes out of it.

#include <snapproto/machine/table.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// How far a session is.
enum class vss_coordinator_phase : std::uint8_t {
    idle,       ///< There is none.
    context,    ///< It has a context.
    gathering,  ///< Writers say what they have.
    gathered,   ///< They have.
    started,    ///< A set was begun.
    added,      ///< It has a volume.
    preparing,  ///< Writers prepare for a backup.
    prepared,   ///< They are.
    readying,   ///< They are told that a snapshot is near; the provider ends its preparation.
    freezing,   ///< They are held, one level after the other.
    flushing,   ///< Volumes are being flushed and held.
    committing, ///< Volumes are held; the provider cuts.
    thawing,    ///< Volumes go on; writers are released.
    finishing,  ///< Writers learn of the copy; the provider completes it.
    created,    ///< The copy is there.
    completing  ///< Writers learn that it was saved.
};

/// What can happen: the requester's calls, what writers and provider have done, and the limit.
enum class vss_coordinator_event : std::uint8_t {
    set_context,
    gather_metadata,
    start_set,
    add_volume,
    prepare_backup,
    create_set,
    backup_complete,
    abort_backup,
    requester_gone,  ///< It has ended, or died.
    answered,        ///< All who were asked in this step have answered.
    flushed,         ///< The volumes are held.
    committed,       ///< The provider has cut.
    provider_failed, ///< It has failed at what it was asked for.
    limit_passed     ///< Flush-and-hold takes too long.
};

/// One event.
struct vss_coordinator_input {
    vss_coordinator_event kind = vss_coordinator_event::requester_gone;
    /// Of set_context: VSS has it.
    bool known_context = true;
};

/// The levels in which writers are held: front-end applications, what they live on, and the system.
inline constexpr std::uint8_t vss_levels = 3;

/// What the state does not say.
struct vss_coordinator_data {
    /// The level that is being held, while freezing.
    std::uint8_t level = 0;

    friend constexpr bool operator==(const vss_coordinator_data&,
                                     const vss_coordinator_data&) noexcept = default;
};

/// What the machine asks for.
enum class vss_coordinator_effect : std::uint8_t {
    answer_ok,
    answer_unsupported,   ///< There is no such context.
    answer_flush_expired, ///< The volumes could not be flushed in time.
    answer_hold_expired,  ///< They were held for too long.
    answer_provider_error,
    ask_identify,         ///< All writers.
    ask_prepare_backup,   ///< All writers.
    ask_prepare_snapshot, ///< All writers.
    ask_freeze,           ///< The writers of the level.
    ask_thaw,             ///< All that are held.
    ask_post_snapshot,    ///< All that were.
    ask_backup_complete,  ///< The same.
    tell_abort,           ///< All writers.
    tell_shutdown,        ///< All writers.
    provider_add,         ///< One volume more.
    provider_prepare,     ///< The provider ends its preparation.
    provider_pre_commit,  ///< It prepares the cut.
    provider_commit,      ///< It cuts.
    provider_post_commit, ///< It does what follows the cut.
    provider_finish,      ///< It completes the copy.
    provider_abort,       ///< It throws away what it has.
    hold_volumes,         ///< They are flushed and held; the limit begins to run.
    release_volumes,      ///< They go on; the limit ends.
    forget_set            ///< The set is none any more.
};

/// How a cell refuses an event.
enum class vss_coordinator_refusal : std::uint8_t {
    ignore,     ///< It means nothing here.
    bad_state,  ///< Not now.
    in_progress ///< A set is being created.
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::vss_coordinator_phase> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"idle", "context", "gathering", "gathered", "started", "added", "preparing", "prepared",
         "readying", "freezing", "flushing", "committing", "thawing", "finishing", "created",
         "completing"});
};
template <>
struct spelling<machine::vss_coordinator_event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"set_context", "gather_metadata", "start_set", "add_volume", "prepare_backup",
         "create_set", "backup_complete", "abort_backup", "requester_gone", "answered", "flushed",
         "committed", "provider_failed", "limit_passed"});
};
template <>
struct spelling<machine::vss_coordinator_effect> {
    static constexpr auto names = std::to_array<std::string_view>({"answer_ok",
                                                                   "answer_unsupported",
                                                                   "answer_flush_expired",
                                                                   "answer_hold_expired",
                                                                   "answer_provider_error",
                                                                   "ask_identify",
                                                                   "ask_prepare_backup",
                                                                   "ask_prepare_snapshot",
                                                                   "ask_freeze",
                                                                   "ask_thaw",
                                                                   "ask_post_snapshot",
                                                                   "ask_backup_complete",
                                                                   "tell_abort",
                                                                   "tell_shutdown",
                                                                   "provider_add",
                                                                   "provider_prepare",
                                                                   "provider_pre_commit",
                                                                   "provider_commit",
                                                                   "provider_post_commit",
                                                                   "provider_finish",
                                                                   "provider_abort",
                                                                   "hold_volumes",
                                                                   "release_volumes",
                                                                   "forget_set"});
};
template <>
struct spelling<machine::vss_coordinator_refusal> {
    static constexpr auto names =
        std::to_array<std::string_view>({"ignore", "bad_state", "in_progress"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 5.
using vss_coordinator_outbox = effect_list<vss_coordinator_effect, 5>;

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_COORDINATOR_TYPES_HPP
