// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_PROFILE_HPP
#define SNAPPROTO_DIALECT_QGA_PROFILE_HPP

// What the dialect has of the abstract protocol, its limits and timers, and where this codec
// differs from qemu-ga on purpose: all as data.

#include <snapproto/core/clause.hpp>
#include <snapproto/core/limits.hpp>

namespace snapproto::qga {

/// Bounds of requests. An id of 64 KiB must be echoed (SP 21.20), so a message may be twice that.
inline constexpr wire_limits request_limits{.frame_bytes_max = 128 * 1024};

/// Bounds of replies. Larger than for requests: a reply has the id again, with up to six bytes for
/// one, and lists what the agent has.
inline constexpr wire_limits reply_limits{.frame_bytes_max = 1024 * 1024, .list_entries_max = 1024};

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_PROFILE_HPP
