// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_SUMMARY_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_SUMMARY_HPP

// What many seeds say together.

#include "simulator/campaign/seed_result.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace snapproto::campaign {

/// Sums over seeds. The same for the same seeds in any order.
class summary {
  public:
    void add(const seed_result& one);

    [[nodiscard]] std::uint64_t seeds() const noexcept { return m_seeds; }
    [[nodiscard]] std::uint64_t violating() const noexcept { return m_violating; }

    /// For people.
    /// @param scenario what `snapsim run` is to be given besides the seed.
    [[nodiscard]] std::string text(const std::string& scenario) const;

  private:
    struct kind_of_finding {
        std::uint64_t seeds = 0;
        std::uint64_t first = 0;
        std::string what;
    };

    std::uint64_t m_seeds = 0;
    std::uint64_t m_violating = 0;
    std::uint64_t m_events = 0;
    std::uint64_t m_hash = 0;
    outcome_counts m_outcomes;
    std::map<std::string, kind_of_finding> m_kinds;
};

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_SUMMARY_HPP
