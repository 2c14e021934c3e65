// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_JUDGE_CONTENTS_HPP
#define SNAPPROTO_SIMULATOR_JUDGE_CONTENTS_HPP

// What a copy is worth: it is booted, and what is in it is compared with what really happened.

#include "simulator/world/host.hpp"
#include "simulator/world/witness.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace snapproto::judge {

/// From best to worst.
enum class worth : std::uint8_t {
    none,  ///< There is no copy.
    whole, ///< Everything acknowledged is there, nothing is half there.
    lost,  ///< Something acknowledged is missing.
    torn   ///< Something is half there.
};

[[nodiscard]] std::string_view to_string(worth what) noexcept;

/// What was found in a copy.
struct contents {
    worth is = worth::none;
    bool filesystem_clean = false; ///< Nothing was left to recover for the filesystem.
    std::uint64_t inodes_replayed = 0;
    std::uint64_t transactions_replayed = 0;
    std::uint64_t pages_restored = 0;
    std::uint64_t lost_transactions = 0;
    std::uint64_t torn_transactions = 0;
    std::vector<std::string> evidence; ///< Sentences, the worst first.
};

/// Boots a copy and judges it.
[[nodiscard]] contents examine(const world::copy& what, const world::witness& seen,
                               bool publications);

/// Judges two copies that are to be restored together: what the sender's says of the queue between
/// them, and what the receiver's does. Adds to what was found in the receiver's.
void examine_queue(contents& found, const world::copy& sender, const world::copy& receiver);

} // namespace snapproto::judge

#endif // SNAPPROTO_SIMULATOR_JUDGE_CONTENTS_HPP
