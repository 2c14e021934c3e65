// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VSS_CODES_HPP
#define SNAPPROTO_DIALECT_VSS_CODES_HPP

// The words of Windows' Volume Shadow Copy Service (VSS) with the names and numbers that its
// documentation gives them (SP chapter 50), and nothing about what they do.
//
// Source: Microsoft's pages of the VSS interface (vss.h, vswriter.h, vsbackup.h).

#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace snapproto::vss {

/// The state of a writer, VSS_WRITER_STATE. Values count up from zero.
enum class writer_state : std::uint8_t {
    unknown,
    stable,
    waiting_for_freeze,
    waiting_for_thaw,
    waiting_for_post_snapshot,
    waiting_for_backup_complete,
    failed_at_identify,
    failed_at_prepare_backup,
    failed_at_prepare_snapshot,
    failed_at_freeze,
    failed_at_thaw,
    failed_at_post_snapshot,
    failed_at_backup_complete,
    failed_at_pre_restore,
    failed_at_post_restore,
    failed_at_backup_shutdown
};

/// True for the states in which a writer stays until the next session.
[[nodiscard]] constexpr bool is_failed(writer_state state) noexcept {
    return state >= writer_state::failed_at_identify;
}

/// The state of a snapshot with its provider, VSS_SNAPSHOT_STATE. Values count up from zero.
enum class snapshot_state : std::uint8_t {
    unknown,
    preparing,
    processing_prepare,
    prepared,
    processing_precommit,
    precommitted,
    processing_commit,
    committed,
    processing_postcommit,
    processing_prefinalcommit,
    prefinalcommitted,
    processing_postfinalcommit,
    created,
    aborted,
    deleted,
    postcommitted
};

/// What the copy is for, VSS_BACKUP_TYPE. Values count up from zero.
enum class backup_type : std::uint8_t {
    undefined,
    full,
    incremental,
    differential,
    log,
    copy,
    other
};

/// True when a writer may truncate its logs after BackupComplete (SP 50.5).
[[nodiscard]] constexpr bool may_truncate_logs(backup_type type) noexcept {
    return type == backup_type::full;
}

/// What a call or a writer reports: the HRESULTs that a requester has to tell apart.
enum class status : std::uint32_t {
    ok = 0,
    bad_state = 0x80042301,             ///< The call is out of order.
    provider_veto = 0x80042306,         ///< The provider does not want to.
    not_found = 0x80042308,             ///< There is no such object.
    not_supported = 0x8004230c,         ///< The volume cannot be copied.
    already_exists = 0x8004230d,        ///< The object is there already.
    provider_error = 0x8004230f,        ///< The provider has failed.
    flush_timed_out = 0x80042313,       ///< Volumes could not be flushed in time.
    hold_timed_out = 0x80042314,        ///< Writes were held for too long.
    set_in_progress = 0x80042316,       ///< Another set is being created.
    unsupported_context = 0x8004231b,   ///< There is no such context.
    inconsistent_snapshot = 0x800423f0, ///< Of a writer: the copy is not what it needs.
    out_of_resources = 0x800423f1,      ///< Of a writer.
    writer_timed_out = 0x800423f2,      ///< Of a writer: too long between Freeze and Thaw.
    retryable = 0x800423f3,             ///< Of a writer: it may work another time.
    not_retryable = 0x800423f4,         ///< Of a writer: it will not.
    recovery_failed = 0x800423f5        ///< Of a writer: the copy could not be repaired.
};

/// True for the codes that a writer reports.
[[nodiscard]] constexpr bool is_writer_error(status code) noexcept {
    return code >= status::inconsistent_snapshot && code <= status::recovery_failed;
}

/// True when VSS's documentation advises to wait and try again.
[[nodiscard]] constexpr bool is_worth_a_retry(status code) noexcept {
    return code == status::writer_timed_out || code == status::retryable ||
           code == status::out_of_resources || code == status::set_in_progress ||
           code == status::flush_timed_out || code == status::hold_timed_out;
}

/// The bits of a context, VSS_VOLUME_SNAPSHOT_ATTRIBUTES.
namespace attribute {
inline constexpr std::uint32_t persistent = 0x1;
inline constexpr std::uint32_t no_auto_recovery = 0x2;
inline constexpr std::uint32_t client_accessible = 0x4;
inline constexpr std::uint32_t no_auto_release = 0x8;
inline constexpr std::uint32_t no_writers = 0x10;
inline constexpr std::uint32_t transportable = 0x20;
inline constexpr std::uint32_t auto_recover = 0x400000;
inline constexpr std::uint32_t rollback_recovery = 0x800000;
inline constexpr std::uint32_t delayed_post_snapshot = 0x1000000;
inline constexpr std::uint32_t file_share = 0x4000000;

/// Those that a caller may add to a context.
inline constexpr std::uint32_t optional = no_auto_recovery | transportable | auto_recover |
                                          rollback_recovery | delayed_post_snapshot | file_share;
} // namespace attribute

/// What a snapshot is for, VSS_SNAPSHOT_CONTEXT.
enum class context : std::uint32_t {
    backup = 0,
    app_rollback = 0x9,
    client_accessible_writers = 0xd,
    file_share_backup = 0x10,
    nas_rollback = 0x19,
    client_accessible = 0x1d,
    all = 0xffffffff ///< For queries alone.
};

/// The contexts in which a snapshot can be made.
inline constexpr std::array<context, 6> contexts{context::backup,
                                                 context::app_rollback,
                                                 context::client_accessible_writers,
                                                 context::file_share_backup,
                                                 context::nas_rollback,
                                                 context::client_accessible};

/// The context of a number in which a snapshot can be made, without the bits that a caller may add.
/// @return nothing when there is none (SP 50.4).
[[nodiscard]] constexpr std::optional<context> context_of(std::uint32_t number) noexcept {
    const auto base = static_cast<context>(number & ~attribute::optional);
    for (const context one : contexts) {
        if (one == base) {
            return one;
        }
    }
    return std::nullopt;
}

/// True when writers take part.
[[nodiscard]] constexpr bool has_writers(std::uint32_t number) noexcept {
    return (number & attribute::no_writers) == 0;
}

/// True when writers may repair what is theirs in the copy before it is sealed (SP 50.6).
[[nodiscard]] constexpr bool allows_recovery(std::uint32_t number) noexcept {
    return (number & attribute::auto_recover) != 0 && (number & attribute::no_auto_recovery) == 0;
}

} // namespace snapproto::vss

namespace snapproto::detail {
template <>
struct spelling<vss::writer_state> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"VSS_WS_UNKNOWN", "VSS_WS_STABLE", "VSS_WS_WAITING_FOR_FREEZE", "VSS_WS_WAITING_FOR_THAW",
         "VSS_WS_WAITING_FOR_POST_SNAPSHOT", "VSS_WS_WAITING_FOR_BACKUP_COMPLETE",
         "VSS_WS_FAILED_AT_IDENTIFY", "VSS_WS_FAILED_AT_PREPARE_BACKUP",
         "VSS_WS_FAILED_AT_PREPARE_SNAPSHOT", "VSS_WS_FAILED_AT_FREEZE", "VSS_WS_FAILED_AT_THAW",
         "VSS_WS_FAILED_AT_POST_SNAPSHOT", "VSS_WS_FAILED_AT_BACKUP_COMPLETE",
         "VSS_WS_FAILED_AT_PRE_RESTORE", "VSS_WS_FAILED_AT_POST_RESTORE",
         "VSS_WS_FAILED_AT_BACKUPSHUTDOWN"});
};
template <>
struct spelling<vss::snapshot_state> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"VSS_SS_UNKNOWN", "VSS_SS_PREPARING", "VSS_SS_PROCESSING_PREPARE", "VSS_SS_PREPARED",
         "VSS_SS_PROCESSING_PRECOMMIT", "VSS_SS_PRECOMMITTED", "VSS_SS_PROCESSING_COMMIT",
         "VSS_SS_COMMITTED", "VSS_SS_PROCESSING_POSTCOMMIT", "VSS_SS_PROCESSING_PREFINALCOMMIT",
         "VSS_SS_PREFINALCOMMITTED", "VSS_SS_PROCESSING_POSTFINALCOMMIT", "VSS_SS_CREATED",
         "VSS_SS_ABORTED", "VSS_SS_DELETED", "VSS_SS_POSTCOMMITTED"});
};
template <>
struct spelling<vss::backup_type> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"VSS_BT_UNDEFINED", "VSS_BT_FULL", "VSS_BT_INCREMENTAL", "VSS_BT_DIFFERENTIAL",
         "VSS_BT_LOG", "VSS_BT_COPY", "VSS_BT_OTHER"});
};
} // namespace snapproto::detail

namespace snapproto::vss {

/// The name of a status as VSS's documentation spells it; empty for another number.
[[nodiscard]] constexpr std::string_view name_of(status code) noexcept {
    switch (code) {
    case status::ok:
        return "S_OK";
    case status::bad_state:
        return "VSS_E_BAD_STATE";
    case status::provider_veto:
        return "VSS_E_PROVIDER_VETO";
    case status::not_found:
        return "VSS_E_OBJECT_NOT_FOUND";
    case status::not_supported:
        return "VSS_E_VOLUME_NOT_SUPPORTED";
    case status::already_exists:
        return "VSS_E_OBJECT_ALREADY_EXISTS";
    case status::provider_error:
        return "VSS_E_UNEXPECTED_PROVIDER_ERROR";
    case status::flush_timed_out:
        return "VSS_E_FLUSH_WRITES_TIMEOUT";
    case status::hold_timed_out:
        return "VSS_E_HOLD_WRITES_TIMEOUT";
    case status::set_in_progress:
        return "VSS_E_SNAPSHOT_SET_IN_PROGRESS";
    case status::unsupported_context:
        return "VSS_E_UNSUPPORTED_CONTEXT";
    case status::inconsistent_snapshot:
        return "VSS_E_WRITERERROR_INCONSISTENTSNAPSHOT";
    case status::out_of_resources:
        return "VSS_E_WRITERERROR_OUTOFRESOURCES";
    case status::writer_timed_out:
        return "VSS_E_WRITERERROR_TIMEOUT";
    case status::retryable:
        return "VSS_E_WRITERERROR_RETRYABLE";
    case status::not_retryable:
        return "VSS_E_WRITERERROR_NONRETRYABLE";
    case status::recovery_failed:
        return "VSS_E_WRITERERROR_RECOVERY_FAILED";
    }
    return {};
}

} // namespace snapproto::vss

#endif // SNAPPROTO_DIALECT_VSS_CODES_HPP
