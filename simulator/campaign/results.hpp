// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_RESULTS_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_RESULTS_HPP

// Results of campaigns as files, and what many of them say together.
//
// A file has a line that says what was to be played, and a line for each seed, in order of seeds.
// Nothing in it depends on when, where or with how many threads it was made: a shard that is
// counted twice, or that overlaps with another, changes nothing, and one that is lost is missed.

#include "simulator/campaign/seed_result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::campaign {

inline constexpr std::uint64_t results_version = 1;

/// Seeds from `first` to `last`, that included, of which a shard plays each `shards`-th.
struct seed_range {
    std::uint64_t first = 1;
    std::uint64_t last = 1;
    std::uint64_t shard = 0; ///< From 0.
    std::uint64_t shards = 1;

    /// How many seeds the shard has.
    [[nodiscard]] std::uint64_t size() const noexcept;
    /// @pre index < size()
    [[nodiscard]] std::uint64_t at(std::uint64_t index) const noexcept {
        return first + shard + index * shards;
    }

    friend bool operator==(const seed_range&, const seed_range&) = default;
};

/// What a results file is about.
struct results_header {
    std::string scenario; ///< What repeats one: "90-swarm --faulty host-naive".
    std::uint64_t scenario_hash = 0;
    seed_range seeds;

    friend bool operator==(const results_header&, const results_header&) = default;
};

[[nodiscard]] std::string to_line(const results_header& what);

/// What a file holds. A last line that was cut off is no error: somebody was interrupted.
struct results_file {
    results_header header;
    std::vector<seed_result> results;
    std::size_t whole_bytes = 0; ///< Of the text, without what was cut off.
};

/// Errors: std::invalid_argument: "line 3: ..."
[[nodiscard]] results_file results_from(std::string_view text);

/// Results of the same campaign together.
class merged_results {
  public:
    /// Errors: std::invalid_argument: the results are of another campaign.
    void add(const results_file& file, std::string_view name);

    [[nodiscard]] const std::string& scenario() const noexcept { return m_scenario; }
    [[nodiscard]] const std::map<std::uint64_t, seed_result>& seeds() const noexcept {
        return m_seeds;
    }
    /// Seeds of the ranges that no file has, as "12-40 77".
    [[nodiscard]] std::string missing() const;
    /// What two files say differently of a seed: a sentence for each.
    [[nodiscard]] const std::vector<std::string>& contradictions() const noexcept {
        return m_contradictions;
    }

  private:
    bool m_empty = true;
    std::string m_scenario;
    std::uint64_t m_hash = 0;
    std::map<std::uint64_t, std::uint64_t> m_ranges; // first to last
    std::map<std::uint64_t, seed_result> m_seeds;
    std::vector<std::string> m_contradictions;
};

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_RESULTS_HPP
