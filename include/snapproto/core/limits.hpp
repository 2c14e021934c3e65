// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_LIMITS_HPP
#define SNAPPROTO_CORE_LIMITS_HPP

// Every limit of the library, with its default and its reason. Sizes are maxima: a value equal to
// the limit is accepted, one more is refused.

#include <snapproto/core/time.hpp>

#include <cstddef>
#include <cstdint>

namespace snapproto {

/// Bounds of the wire formats.
struct wire_limits {
    /// Bytes of one message. 64 KiB holds every message of every dialect with its largest
    /// lists several times over, and is small enough for a guest that must not allocate.
    std::size_t frame_bytes_max = 64 * 1024;

    /// Open brackets of one JSON message. The deepest legal request has four; qemu-ga allows
    /// 1024. An arbitrary `id` is echoed, so a little room is left for callers' own. Every message
    /// is an object, so 0 counts as 1.
    std::size_t nesting_max = 64;

    /// Entries of one list in a message (mount points, participants, versions).
    std::size_t list_entries_max = 256;

    /// Bytes of one string that the library keeps: PATH_MAX of Linux, for mount points.
    std::size_t string_bytes_max = 4096;
};

/// Bounds of what an agent holds in memory.
struct agent_limits {
    /// Participants of one agent. Guests with more mounted filesystems than this exist (container
    /// hosts), and must raise it on purpose.
    std::size_t participants_max = 256;

    /// Outputs waiting to be drained by `poll()`. One input causes at most a handful of outputs
    /// for each participant.
    std::size_t outputs_max = 1024;
};

/// Bounds of an orchestrator's group.
struct group_limits {
    /// Agents of one group; the machine keeps one bit set for each.
    static constexpr std::size_t agents_max = 64;
};

/// The timers of SP chapter 15, with the defaults of the native dialect.
///
/// All are lengths; deadlines are computed once when a timer is armed and never move later.
struct timer_limits {
    /// Longest negotiation before the channel is closed.
    duration negotiate = std::chrono::seconds{5};
    /// Longest prepare phase: writers may flush caches for minutes.
    duration prepare = std::chrono::seconds{180};
    /// Longest quiesce of one set of applications.
    duration quiesce = std::chrono::seconds{60};
    /// Longest freeze of all filesystems in scope.
    duration freeze = std::chrono::seconds{30};
    /// The hold limit: longest time anything stays held. Windows releases volumes after 10 s.
    duration hold = std::chrono::seconds{10};
    /// What a request may ask for at most instead.
    duration hold_max = std::chrono::seconds{60};
    /// Longest thaw of all filesystems.
    duration thaw = std::chrono::seconds{30};
    /// Longest resume of all applications.
    duration resume = std::chrono::seconds{60};
    /// Silence of the host after which a prepared transaction is undone.
    duration sequence_ready = std::chrono::seconds{180};
    /// Silence of the host after which a transaction waiting for its completion is closed.
    duration sequence_await = std::chrono::seconds{1800};
    /// Distance of keep-alive messages while busy or held (contract: 5 s; dead after 15 s).
    duration keep_alive = std::chrono::milliseconds{2500};
    /// Silence after which the orchestrator gives an agent up.
    duration liveness = std::chrono::seconds{15};
    /// First and longest distance of attempts to release a stuck filesystem; doubles in between.
    duration retry_first = std::chrono::seconds{1};
    duration retry_max = std::chrono::seconds{30};
    /// How long the orchestrator waits for any one reply.
    duration reply = std::chrono::seconds{60};
    /// The provider's limit for a cut.
    duration cut = std::chrono::seconds{10};
    /// How often an abort is sent again before the channel is closed.
    std::uint8_t abort_resends_max = 2;
};

} // namespace snapproto

#endif // SNAPPROTO_CORE_LIMITS_HPP
