// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_WIRE_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_WIRE_HPP

// The words of VMware's quiesced snapshots: what the host and the guest's plug-in vmbackup say to
// each other over the two directions of GuestRPC. TCLO goes from the host to the guest, RPCI from
// the guest to the host. Nothing here about what the words do.
//
// Source: open-vm-tools (services/plugins/vmbackup, lib/dataMap).

#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace snapproto::vmbackup {

/// What a host asks for over TCLO.
enum class command : std::uint8_t {
    ping,
    reset,              ///< The channel begins anew; the answer names the guest's application.
    capabilities,       ///< The guest shall announce what it can do.
    set_option,         ///< A setting of the guest's tools.
    start,              ///< Hold everything.
    start_with_options, ///< The same, with the options of SP chapter 42.
    snapshot_done,      ///< The copy is taken: release.
    snapshot_completed, ///< What follows the release is over too; only where somebody waits for it.
    abort               ///< Undo.
};

/// What a guest reports while an operation runs.
enum class event : std::uint8_t {
    reset,            ///< The operation has begun.
    keep_alive,       ///< Still at it.
    prepare,          ///< The provider prepares; not sent by Linux.
    commit,           ///< Everything is held: take the copy now.
    provider_abort,   ///< The provider undoes; not sent by Linux.
    manifest,         ///< Where the manifest of the participants is.
    generic_manifest, ///< The same, of a provider without participants.
    writer_error,     ///< An application writer has failed.
    error,            ///< Something else has failed; the text says what.
    aborted,          ///< The operation is being undone.
    done              ///< The operation is over. Says nothing about how it went.
};

/// The number in an event.
enum class event_code : std::uint8_t {
    success,
    invalid_state,
    script_error,
    sync_error,
    remote_abort,
    unexpected_error
};

/// Why a guest refuses a command. Each has its text on the wire.
enum class refusal : std::uint8_t {
    busy,                ///< An operation runs already.
    cannot_begin,        ///< The operation could not be begun.
    version,             ///< Options of a version that this guest does not have.
    idle,                ///< No operation runs.
    not_frozen,          ///< snapshotDone before the commit, or a second one.
    nothing_to_complete, ///< This guest does not wait for snapshotCompleted.
    not_completing,      ///< It does, but not now.
    unknown_command
};

/// The two ports of a host on vsock.
inline constexpr std::uint32_t tclo_port = 975;
inline constexpr std::uint32_t rpci_port = 976;

/// Bounds of the dialect. Sizes are maxima.
struct limits {
    /// Bytes of one message, as the backdoor bounds them.
    std::size_t message_bytes_max = 65536;

    /// Bytes of the argument for the hooks, and of the list of disks (64 of 50 bytes each).
    std::size_t script_argument_bytes_max = 256;
    std::size_t disks_bytes_max = 3200;

    /// Fields of one packet on vsock. Three are known; later ones are passed over.
    std::size_t packet_fields_max = 16;

    /// Bytes of a packet's fields: the longest message, and room for its fields.
    std::size_t packet_bytes_max = 65536 + 1024;
};
inline constexpr limits default_limits{};

namespace detail {

inline constexpr std::array<std::string_view, 9> command_names{"ping",
                                                               "reset",
                                                               "Capabilities_Register",
                                                               "Set_Option",
                                                               "vmbackup.start",
                                                               "vmbackup.startWithOpts",
                                                               "vmbackup.snapshotDone",
                                                               "vmbackup.snapshotCompleted",
                                                               "vmbackup.abort"};

inline constexpr std::array<std::string_view, 11> event_names{"reset",
                                                              "req.keepAlive",
                                                              "prov.snapshotPrepare",
                                                              "prov.snapshotCommit",
                                                              "prov.snapshotAbort",
                                                              "req.manifest",
                                                              "req.genericManifest",
                                                              "req.writerError",
                                                              "req.error",
                                                              "req.aborted",
                                                              "req.done"};

inline constexpr std::array<std::string_view, 8> refusal_texts{
    "Quiesce operation already in progress.",
    "Error initializing quiesce operation.",
    "Incompatible quiesce parameter version",
    "Error: no quiesce operation in progress",
    "Error: unexpected state for quiesce done message.",
    "Error: no quiesce complete in progress",
    "Error: unexpected state for complete message.",
    "Unknown Command"};

template <class Enum, std::size_t Count>
[[nodiscard]] constexpr std::optional<Enum> find_name(
    const std::array<std::string_view, Count>& names, std::string_view name) noexcept {
    for (std::size_t i = 0; i < Count; ++i) {
        if (names[i] == name) {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

} // namespace detail

/// The word on the wire.
[[nodiscard]] constexpr std::string_view wire_name(command what) noexcept {
    return detail::command_names[static_cast<std::size_t>(what)];
}
[[nodiscard]] constexpr std::string_view wire_name(event what) noexcept {
    return detail::event_names[static_cast<std::size_t>(what)];
}

/// The text that follows "ERROR ".
[[nodiscard]] constexpr std::string_view wire_text(refusal what) noexcept {
    return detail::refusal_texts[static_cast<std::size_t>(what)];
}

/// What a word on the wire means; nothing when it is none.
[[nodiscard]] constexpr std::optional<command> find_command(std::string_view name) noexcept {
    return detail::find_name<command>(detail::command_names, name);
}
[[nodiscard]] constexpr std::optional<event> find_event(std::string_view name) noexcept {
    return detail::find_name<event>(detail::event_names, name);
}
[[nodiscard]] constexpr std::optional<refusal> find_refusal(std::string_view text) noexcept {
    return detail::find_name<refusal>(detail::refusal_texts, text);
}

} // namespace snapproto::vmbackup

namespace snapproto::detail {
template <>
struct spelling<vmbackup::command> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"ping", "reset", "capabilities", "set_option", "start", "start_with_options",
         "snapshot_done", "snapshot_completed", "abort"});
};
template <>
struct spelling<vmbackup::event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"reset", "keep_alive", "prepare", "commit", "provider_abort", "manifest",
         "generic_manifest", "writer_error", "error", "aborted", "done"});
};
template <>
struct spelling<vmbackup::event_code> {
    static constexpr auto names =
        std::to_array<std::string_view>({"success", "invalid_state", "script_error", "sync_error",
                                         "remote_abort", "unexpected_error"});
};
template <>
struct spelling<vmbackup::refusal> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"busy", "cannot_begin", "version", "idle", "not_frozen", "nothing_to_complete",
         "not_completing", "unknown_command"});
};
} // namespace snapproto::detail

#endif // SNAPPROTO_DIALECT_VMBACKUP_WIRE_HPP
