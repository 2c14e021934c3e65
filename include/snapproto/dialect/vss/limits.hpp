// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VSS_LIMITS_HPP
#define SNAPPROTO_DIALECT_VSS_LIMITS_HPP

// How long Windows waits: the limits of VSS and of MS-FSRVP, each with its reason (SP 50.7, SP
// 56.5). All are lengths of time; what ends with its limit is in time (SP 50.8).

#include <snapproto/core/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace snapproto::vss {

/// Bounds of a snapshot inside one machine.
struct limits {
    /// From a writer's Freeze to its Thaw. An application that answers nobody for longer looks
    /// dead; a writer may choose another length.
    duration freeze_to_thaw = std::chrono::seconds{60};

    /// Flush and hold of the volumes, the cut in it. Everything that writes waits, Windows itself
    /// too, so that nobody can change this one.
    duration flush_and_hold = std::chrono::seconds{10};

    /// What a provider should need for the cut, so that the rest is left for flushing.
    duration commit_wanted = std::chrono::seconds{1};

    /// What a requester waits for before it tries again, as the documentation advises.
    duration retry_after = std::chrono::minutes{10};

    /// How often it does.
    std::uint8_t retries_max = 3;

    /// Writers and volumes of one machine. VSS takes 64 volumes into a set; servers with more than
    /// some dozens of writers were not heard of.
    std::size_t writers_max = 128;
    std::size_t volumes_max = 64;
};

inline constexpr limits default_limits{};

} // namespace snapproto::vss

namespace snapproto::fsrvp {

/// Bounds of a file server's sequence.
struct limits {
    /// The Message Sequence Timer after most operations: the client's next call is near.
    duration sequence_short = std::chrono::seconds{180};

    /// The same where the client has much to do before it: it asks applications, or saves the copy.
    duration sequence_long = std::chrono::seconds{1800};

    /// How often one client may set its context anew. Servers before 2012 R2 have no bound.
    std::uint8_t context_retries_max = 5;

    /// The longest time for which a server waits for its provider, whatever a client asks for: as
    /// long as the sequence itself may be silent.
    duration wait_max = std::chrono::seconds{1800};

    /// Recovered sets that are remembered until their mappings are deleted.
    std::size_t recovered_sets_max = 64;

    /// Volumes of one set, as in VSS.
    std::size_t volumes_max = 64;
};

inline constexpr limits default_limits{};

/// What a Windows client asks for. The call that carries them is given up after `call`, so that a
/// preparation never lasts as long as it may.
struct client_limits {
    duration prepare = std::chrono::milliseconds{1'800'000};
    duration commit = std::chrono::milliseconds{60'000};
    duration expose = std::chrono::milliseconds{1'800'000};
    duration call = std::chrono::milliseconds{180'000};
};

inline constexpr client_limits default_client_limits{};

} // namespace snapproto::fsrvp

#endif // SNAPPROTO_DIALECT_VSS_LIMITS_HPP
