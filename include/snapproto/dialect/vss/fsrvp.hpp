// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VSS_FSRVP_HPP
#define SNAPPROTO_DIALECT_VSS_FSRVP_HPP

// The calls of the File Server Remote VSS Protocol (MS-FSRVP) as values, with the names and numbers
// of its specification (SP chapter 56). Their bytes, DCE/RPC over a named pipe, are nobody's
// business here.
//
// Source: [MS-FSRVP], revision of 2018-09-12.

#include <snapproto/dialect/vss/codes.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace snapproto::fsrvp {

/// Where the calls go: pipe and interface.
inline constexpr std::string_view pipe_name = "FssagentRpc";
inline constexpr std::string_view interface_uuid = "a8e0653c-2744-4389-a61d-7373df8b2292";

/// The one version of the protocol (SP 56.3).
inline constexpr std::uint32_t version = 1;

/// The calls, by their numbers.
enum class opnum : std::uint8_t {
    get_supported_version,
    set_context,
    start_set,
    add_to_set,
    commit_set,
    expose_set,
    recovery_complete,
    abort_set,
    is_path_supported,
    is_path_copied,
    get_mapping,
    delete_mapping,
    prepare_set
};

/// What a server answers.
enum class status : std::uint32_t {
    ok = 0,
    wait_timeout = 0x00000102,        ///< Prepare or Expose took too long.
    bad_state = 0x80042301,           ///< Not now.
    not_found = 0x80042308,           ///< There is no such object.
    not_supported = 0x8004230c,       ///< The share cannot be copied.
    already_exists = 0x8004230d,      ///< The share is in the set.
    set_in_progress = 0x80042316,     ///< Another set is being made.
    unsupported_context = 0x8004231b, ///< There is no such context.
    commit_timeout = 0x80042500,      ///< Commit took too long.
    set_id_mismatch = 0x80042501,     ///< The call names another set.
    access_denied = 0x80070005,       ///< The caller is no backup operator.
    invalid_argument = 0x80070057,    ///< The call does not say what it must.
    wait_failed = 0xffffffff          ///< Waiting was not possible.
};

/// The number of a set, a copy or a call's caller: a GUID in the order of its bytes.
struct guid {
    std::array<std::uint8_t, 16> bytes{};

    friend constexpr bool operator==(const guid&, const guid&) noexcept = default;
};

/// The number as text: eight, four, four, four and twelve digits.
[[nodiscard]] inline std::string to_text(const guid& number) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < number.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += digits[number.bytes[i] >> 4U];
        text += digits[number.bytes[i] & 0xfU];
    }
    return text;
}

/// The name under which the copy of a share is shared (SP 56.6).
[[nodiscard]] inline std::string exposed_share(std::string_view share, const guid& copy) {
    std::string name{share};
    name += "@{";
    name += to_text(copy);
    name += '}';
    return name;
}

/// True for a context that a file server has (SP 56.4), whatever bits of VSS come with it.
[[nodiscard]] constexpr bool is_usable_context(std::uint32_t number) noexcept {
    const auto base = vss::context_of(number);
    return base == vss::context::backup || base == vss::context::app_rollback ||
           base == vss::context::file_share_backup || base == vss::context::nas_rollback;
}

// ---- calls --------------------------------------------------------------------------------------

struct get_supported_version_request {};
struct set_context_request {
    std::uint32_t context = 0;
};
struct start_set_request {
    guid client_set; ///< As the client calls it; the server gives it a number of its own.
};
struct add_to_set_request {
    guid set;
    std::string share;
};
struct prepare_set_request {
    guid set;
    std::uint32_t timeout_ms = 1'800'000;
};
struct commit_set_request {
    guid set;
    std::uint32_t timeout_ms = 60'000;
};
struct expose_set_request {
    guid set;
    std::uint32_t timeout_ms = 1'800'000;
};
struct get_mapping_request {
    guid set;
    std::string share;
};
struct recovery_complete_request {
    guid set;
};
struct abort_set_request {
    guid set;
};
struct delete_mapping_request {
    guid set;
    std::string share;
};
struct is_path_supported_request {
    std::string share;
};
struct is_path_copied_request {
    std::string share;
};

/// A call.
using request = std::variant<get_supported_version_request, set_context_request, start_set_request,
                             add_to_set_request, commit_set_request, expose_set_request,
                             recovery_complete_request, abort_set_request,
                             is_path_supported_request, is_path_copied_request, get_mapping_request,
                             delete_mapping_request, prepare_set_request>;

/// The number of a call.
[[nodiscard]] constexpr opnum opnum_of(const request& call) noexcept {
    return static_cast<opnum>(call.index()); // the variant is in the order of the numbers
}

/// An answer. What there is beside the status depends on the call.
struct response {
    opnum call = opnum::get_supported_version;
    status code = status::ok;
    std::uint32_t version_min = 0; ///< Of get_supported_version.
    std::uint32_t version_max = 0; ///< The same.
    guid id{};           ///< Of start_set the set; of add_to_set and get_mapping the copy.
    std::string share{}; ///< Of get_mapping: where the copy is shared.
    bool yes = false;    ///< Of is_path_supported and is_path_copied.
};

/// The name of a status as the specification spells it; empty for another number.
[[nodiscard]] constexpr std::string_view name_of(status code) noexcept {
    switch (code) {
    case status::ok:
        return "ZERO";
    case status::wait_timeout:
        return "FSRVP_E_WAIT_TIMEOUT";
    case status::bad_state:
        return "FSRVP_E_BAD_STATE";
    case status::not_found:
        return "FSRVP_E_OBJECT_NOT_FOUND";
    case status::not_supported:
        return "FSRVP_E_NOT_SUPPORTED";
    case status::already_exists:
        return "FSRVP_E_OBJECT_ALREADY_EXISTS";
    case status::set_in_progress:
        return "FSRVP_E_SHADOW_COPY_SET_IN_PROGRESS";
    case status::unsupported_context:
        return "FSRVP_E_UNSUPPORTED_CONTEXT";
    case status::commit_timeout:
        return "FSRVP_E_SHADOW_COPY_COMMIT_TIMEOUT";
    case status::set_id_mismatch:
        return "FSRVP_E_SHADOWCOPYSET_ID_MISMATCH";
    case status::access_denied:
        return "E_ACCESSDENIED";
    case status::invalid_argument:
        return "E_INVALIDARG";
    case status::wait_failed:
        return "FSRVP_E_WAIT_FAILED";
    }
    return {};
}

} // namespace snapproto::fsrvp

namespace snapproto::detail {
template <>
struct spelling<fsrvp::opnum> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"GetSupportedVersion", "SetContext", "StartShadowCopySet", "AddToShadowCopySet",
         "CommitShadowCopySet", "ExposeShadowCopySet", "RecoveryCompleteShadowCopySet",
         "AbortShadowCopySet", "IsPathSupported", "IsPathShadowCopied", "GetShareMapping",
         "DeleteShareMapping", "PrepareShadowCopySet"});
};
} // namespace snapproto::detail

#endif // SNAPPROTO_DIALECT_VSS_FSRVP_HPP
