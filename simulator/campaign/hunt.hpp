// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_HUNT_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_HUNT_HPP

// How good campaigns are at finding what is wrong: each faulty endpoint is played until something
// is found, from several seeds on, and one of the runs is shrunk.

#include "simulator/world/options.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::campaign {

struct hunt_options {
    std::size_t starts = 5;             ///< From so many seeds on,
    std::uint64_t seeds_max = 1000;     ///< so many are played at most.
    std::uint64_t distance = 1'000'000; ///< From one start to the next.
};

/// One chase: from a seed on until something was found.
struct chase {
    bool found = false;
    std::uint64_t seeds = 0; ///< Played, the one that failed included.
    double seconds = 0;
};

/// What became of one faulty endpoint.
struct hunted {
    std::string name;
    std::string meaning;
    std::vector<chase> chases;
    std::string kind; ///< As what it was found first.
    std::uint64_t seed = 0;
    std::size_t decisions = 0; ///< That are left after shrinking,
    std::size_t decisions_before = 0;

    [[nodiscard]] std::size_t times_found() const noexcept;
};

/// Hunts one.
/// @param base is played with `faulty` set to the name.
[[nodiscard]] hunted hunt(const world::scenario& base, std::string_view name,
                          const hunt_options& how);

/// A table in Markdown. Numbers are of the chases that found something.
[[nodiscard]] std::string hunt_table(std::span<const hunted> all);

/// The page with the table between its marks, instead of the one that was there.
/// Errors: std::invalid_argument: the page has no marks.
[[nodiscard]] std::string with_hunt_table(const std::string& page, std::span<const hunted> all);

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_HUNT_HPP
