// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_NATIVE_PROFILE_HPP
#define SNAPPROTO_DIALECT_NATIVE_PROFILE_HPP

// The numbers of the native dialect (SP chapters 60 to 62): its version, its frames, its limits and
// what it has of the abstract protocol, which is all of it.

#include <snapproto/core/limits.hpp>
#include <snapproto/message/negotiate.hpp>

#include <cstddef>
#include <cstdint>

namespace snapproto::native {

/// The version that this codec writes and reads (SP 61.13).
inline constexpr protocol_version version{1, 0};

/// The bytes of the length before a message, the most significant one first (SP 60.1).
inline constexpr std::size_t prefix_bytes = 4;

/// A run of so many bytes 0xFF is the mark that ends whatever came before it (SP 60.6). The longest
/// run inside of frames has eight: a number of 64 bits, all of them set.
inline constexpr std::size_t mark_bytes = 9;
inline constexpr unsigned char mark_byte = 0xff;

/// Keys from here on may be ignored by who does not know them (SP 61.6).
inline constexpr std::uint64_t optional_key_min = 64;

/// Bounds of messages (SP 62.1). Sizes are maxima.
struct limits {
    /// Bytes of one message without its length. The largest one that makes sense is a Prepare with
    /// a mount point of some hundred bytes for each participant that an agent may have.
    std::size_t frame_bytes_max = 64 * 1024;

    /// Lists in lists of one message, the message itself counted. Version 1 needs three; what
    /// comes later in keys that may be ignored has room.
    std::size_t nesting_max = 8;

    /// Versions of a Hello: nobody speaks more.
    std::size_t versions_max = 16;

    /// Mount points of a scope, participants of a manifest: agent_limits::participants_max.
    std::size_t participants_max = 256;

    /// Bytes of the name of a participant in a manifest: 256 of them fit into a frame, always.
    std::size_t name_bytes_max = 128;

    /// Warnings of a Thawed and the bytes of each: what a person reads. They always fit.
    std::size_t warnings_max = 16;
    std::size_t warning_bytes_max = 256;

    /// Bytes of every other text: PATH_MAX of Linux, for mount points.
    std::size_t text_bytes_max = 4096;
};
inline constexpr limits default_limits{};

/// What the dialect can carry: every capability that there is.
inline constexpr capability capabilities = capability::explicit_prepare |
                                           capability::implicit_prepare | capability::completion |
                                           capability::recovery | capability::hold_limit |
                                           capability::keep_alive | capability::transactions;

} // namespace snapproto::native

#endif // SNAPPROTO_DIALECT_NATIVE_PROFILE_HPP
