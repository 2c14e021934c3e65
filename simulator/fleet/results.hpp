// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_RESULTS_HPP
#define SNAPPROTO_SIMULATOR_FLEET_RESULTS_HPP

// What came of a fleet: sums, greatest values and distributions, so that the results of arrays can
// be added in any order.

#include "simulator/fleet/histogram.hpp"

#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace snapproto::fleet {

using kernel::ticks;

struct results {
    // snapshots, retries among them
    std::uint64_t snapshots = 0;
    std::array<std::uint64_t, value_count<session_outcome>> outcomes{};
    std::array<std::uint64_t, value_count<consistency>> labels{};
    /// Why a snapshot was not what was wanted.
    std::map<std::string, std::uint64_t> reasons;
    std::uint64_t retries = 0;

    // what was to be snapshotted, in each round
    std::uint64_t planned = 0;
    std::uint64_t covered = 0; ///< Got what was wanted, in the end.
    std::uint64_t overrun = 0; ///< Left out: the round before had not ended.
    ticks last_end = 0;        ///< When the last snapshot ended, from the beginning.

    // guests
    histogram stopped; ///< How long applications stood still, for each guest.
    histogram held;    ///< How long filesystems were held.
    std::uint64_t holds_expired = 0;

    // surroundings
    std::uint64_t longest_queue = 0; ///< Of cuts, at one array.
    ticks longest_wait = 0;          ///< Of a cut, for a slot.
    std::uint64_t cuts_in_vain = 0;  ///< Made, and nobody wanted them any more.
    std::uint64_t messages_lost = 0;
    std::uint64_t host_crashes = 0;

    // the run
    std::uint64_t inputs = 0;          ///< What endpoints took: messages, answers, timers, orders.
    std::uint64_t events = 0;          ///< Of the kernel.
    std::uint64_t longest_at_once = 0; ///< Sessions.
    std::uint64_t monitored = 0;
    std::uint64_t violations = 0;
    std::vector<std::string> violated; ///< The first of them.
    std::uint64_t digest = 0;          ///< Of every outcome of every session, in any order.

    static constexpr std::size_t violated_max = 10;

    /// Adds those of another array.
    void add(const results& other);

    /// Notes that something is not as it must be.
    void violate(std::string what);

    [[nodiscard]] double whole_percent() const noexcept;
};

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_RESULTS_HPP
