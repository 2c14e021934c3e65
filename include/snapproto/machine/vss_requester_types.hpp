// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_REQUESTER_TYPES_HPP
#define SNAPPROTO_MACHINE_VSS_REQUESTER_TYPES_HPP

// What goes into the machine of a VSS requester and what comes out of it.

#include <snapproto/machine/table.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// Which call of the service is in work.
enum class vss_requester_phase : std::uint8_t {
    idle,
    setting,    ///< SetContext.
    gathering,  ///< GatherWriterMetadata.
    starting,   ///< StartSnapshotSet.
    adding,     ///< AddToSnapshotSet, once for each volume.
    preparing,  ///< PrepareForBackup.
    creating,   ///< DoSnapshotSet.
    judging,    ///< GatherWriterStatus.
    copying,    ///< None: the copy is being saved.
    completing, ///< BackupComplete.
    aborting,   ///< AbortBackup.
    waiting     ///< None: it tries again later.
};

/// What can happen.
enum class vss_requester_event : std::uint8_t {
    begin,         ///< Somebody wants a backup.
    call_done,     ///< The call that is in work has succeeded.
    call_failed,   ///< It has failed.
    writers_well,  ///< No writer has failed.
    writer_failed, ///< One has.
    copied,        ///< The copy was saved.
    copy_failed,   ///< It could not be.
    cancel,        ///< Nobody wants it any more.
    retry_due      ///< The time before another attempt has passed.
};

/// One event.
struct vss_requester_input {
    vss_requester_event kind = vss_requester_event::cancel;
    /// Of call_failed and writer_failed: another attempt may succeed.
    bool retryable = false;
};

/// What the state does not say.
struct vss_requester_data {
    /// Attempts after the one that runs.
    std::uint8_t retries_left = 0;
    /// Another attempt follows the abort.
    bool retries = false;
    /// A copy with a failed writer is taken for what it is. Set once, by the owner.
    bool takes_partial = false;
    /// Attempts after the first one. Set once, by the owner.
    std::uint8_t retries_max = 3;

    friend constexpr bool operator==(const vss_requester_data&,
                                     const vss_requester_data&) noexcept = default;
};

/// What the machine asks for.
enum class vss_requester_effect : std::uint8_t {
    set_context,
    gather_metadata,
    start_set,
    add_volumes,
    prepare_backup,
    create_set,
    gather_status,
    save_copy,
    backup_complete,
    abort_backup,
    wait, ///< Until retry_due.
    report_success,
    report_failure
};

/// How a cell refuses an event.
enum class vss_requester_refusal : std::uint8_t {
    ignore, ///< It means nothing here.
    busy    ///< A backup runs.
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::vss_requester_phase> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"idle", "setting", "gathering", "starting", "adding", "preparing", "creating", "judging",
         "copying", "completing", "aborting", "waiting"});
};
template <>
struct spelling<machine::vss_requester_event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"begin", "call_done", "call_failed", "writers_well", "writer_failed", "copied",
         "copy_failed", "cancel", "retry_due"});
};
template <>
struct spelling<machine::vss_requester_effect> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"set_context", "gather_metadata", "start_set", "add_volumes", "prepare_backup",
         "create_set", "gather_status", "save_copy", "backup_complete", "abort_backup", "wait",
         "report_success", "report_failure"});
};
template <>
struct spelling<machine::vss_requester_refusal> {
    static constexpr auto names = std::to_array<std::string_view>({"ignore", "busy"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 1.
using vss_requester_outbox = effect_list<vss_requester_effect, 1>;

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_REQUESTER_TYPES_HPP
