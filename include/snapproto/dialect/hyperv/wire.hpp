// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_WIRE_HPP
#define SNAPPROTO_DIALECT_HYPERV_WIRE_HPP

// The words of Hyper-V's snapshot integration in its three wire forms, and nothing about what they
// do: (a) the messages of the integration component (IC) on VMBus, (b) those between the Linux
// kernel and its daemon, (c) FreeBSD's records.
//
// Source: the Linux kernel (include/linux/hyperv.h, include/uapi/linux/hyperv.h), OpenVMM's
// definitions of the host side, FreeBSD's hv_snapshot.

#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snapproto::hyperv {

/// A version as it is negotiated, of the framework and of the messages.
struct version {
    std::uint16_t major = 0;
    std::uint16_t minor = 0;

    friend constexpr auto operator<=>(const version&, const version&) noexcept = default;
};

/// The framework of every host since Windows Server 2012.
inline constexpr version framework_version{3, 0};

/// The version of the snapshot messages that Linux offers; hosts know 4.0 to 7.0.
inline constexpr version vss_version{5, 0};

/// A GUID in the order of its bytes on the wire.
using guid = std::array<std::uint8_t, 16>;

/// What an IC message is about.
enum class ic_type : std::uint16_t {
    negotiate,
    heartbeat,
    kvp,
    shutdown,
    time_sync,
    vss,
    rdv,
    file_copy,
    vm_session
};

/// Which way an IC message goes: the host asks, the guest answers.
enum class direction : std::uint8_t { request, response };

/// The operations of the snapshot service, as the host numbers them.
enum class vss_op : std::uint8_t {
    create,          ///< A snapshot set begins.
    remove,          ///< It is deleted.
    hot_backup,      ///< May the guest be backed up while it runs?
    get_dm_info,     ///< Which devices does the host not see?
    backup_complete, ///< The backup has ended.
    freeze,          ///< Hold everything.
    thaw,            ///< Release it.
    auto_recover,    ///< Repair the copy.
    cluster_info     ///< Which cluster has the disks? Linux takes the number for a count.
};

/// What the daemon says instead of a reply: here I am. The first form gets no answer.
inline constexpr std::uint8_t op_register = 128;
inline constexpr std::uint8_t op_register_versioned = 129;

/// The status words that are known. Others are possible.
enum class hresult : std::uint32_t {
    ok = 0,
    fail = 0x80004005,
    not_supported = 0x80070032,
    already_exists = 0x80070050,
    invalid_argument = 0x80070057,
    disk_full = 0x80070070,
    no_more_items = 0x80070103,
    machine_locked = 0x800704f7,
    not_connected = 0x8007048f,
    not_found = 0x80041002
};

/// What a guest answers to hot_backup: it can be done, and the copy needs no recovery.
inline constexpr std::uint32_t hot_backup_flags = 5;

/// The sizes of form (a), in bytes.
inline constexpr std::size_t pipe_header_bytes = 8;
inline constexpr std::size_t ic_header_bytes = 20;
inline constexpr std::size_t ic_headers_bytes = pipe_header_bytes + ic_header_bytes;
inline constexpr std::size_t vss_header_bytes = 8;
inline constexpr std::size_t lun_bytes = 24;
inline constexpr std::size_t luns_max = 260; ///< Records of a list; all are sent, used or not.
inline constexpr std::size_t lun_list_bytes = luns_max * lun_bytes;

/// A packet of VMBus is filled up to a multiple of this.
inline constexpr std::size_t packet_alignment = 8;

/// The bits of the IC header's flags.
inline constexpr std::uint8_t flag_transaction = 1;
inline constexpr std::uint8_t flag_request = 2;
inline constexpr std::uint8_t flag_response = 4;

/// The flags that a message has, by the way it goes (SP 30.5).
[[nodiscard]] constexpr std::uint8_t flags_of(direction way) noexcept {
    return flag_transaction | (way == direction::request ? flag_request : flag_response);
}

/// The sizes of forms (b) and (c).
inline constexpr std::size_t daemon_message_bytes = 12;
inline constexpr std::size_t version_reply_bytes = 4;
inline constexpr std::size_t freebsd_record_bytes = 64;

/// Bounds of form (a). Sizes are maxima.
struct ic_limits {
    /// Bytes of one packet. Hosts send no more; Linux has room for 8192 and loses what is longer.
    std::size_t packet_bytes_max = 13312;

    /// Versions of each of the two lists of a negotiation, as Linux bounds them.
    std::size_t versions_max = 100;
};

/// The message version from which on hosts have the operation; 0.0: from the first on.
[[nodiscard]] constexpr version first_version_of(vss_op op) noexcept {
    switch (op) {
    case vss_op::backup_complete:
        return {4, 0};
    case vss_op::freeze:
    case vss_op::thaw:
    case vss_op::auto_recover:
        return {5, 0};
    case vss_op::cluster_info:
        return {6, 0};
    default:
        return {};
    }
}

} // namespace snapproto::hyperv

namespace snapproto::detail {
template <>
struct spelling<hyperv::ic_type> {
    static constexpr auto names =
        std::to_array<std::string_view>({"negotiate", "heartbeat", "kvp", "shutdown", "time_sync",
                                         "vss", "rdv", "file_copy", "vm_session"});
};
template <>
struct spelling<hyperv::direction> {
    static constexpr auto names = std::to_array<std::string_view>({"request", "response"});
};
template <>
struct spelling<hyperv::vss_op> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"create", "remove", "hot_backup", "get_dm_info", "backup_complete", "freeze", "thaw",
         "auto_recover", "cluster_info"});
};
} // namespace snapproto::detail

#endif // SNAPPROTO_DIALECT_HYPERV_WIRE_HPP
