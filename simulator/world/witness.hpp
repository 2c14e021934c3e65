// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_WITNESS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_WITNESS_HPP

// What really happened: written down as it happens, outside of the guest, so that a copy can be
// compared with it.

#include "simulator/world/environment.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace snapproto::world {

/// One transaction of the database, in the order in which they were carried out.
struct transfer {
    std::uint64_t number = 0; ///< From 1, without gaps.
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t amount = 0;
    std::optional<ticks> acknowledged;
};

/// Something secret that was given to somebody.
struct token {
    ticks at = 0;
    std::uint64_t value = 0;
};

/// All transactions and publications.
struct witness {
    std::vector<transfer> transfers;
    std::vector<ticks> publications; ///< When edition i + 1 was acknowledged.
    std::vector<token> tokens;
    ticks longest_wait = 0; ///< Of a client, for the end of a transfer.
    std::uint64_t completed = 0;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_WITNESS_HPP
