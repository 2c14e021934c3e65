// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_CAMPAIGN_HPP
#define SNAPPROTO_FUZZ_ATTACHED_CAMPAIGN_HPP

// What the hunts of all dialects share: when they end, which breaches count, and what is shown.

#include "fuzz/attached/known_deviations.hpp"
#include "fuzz/attached/options.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// A finding in its smallest form.
struct shown_finding {
    std::string story{};     ///< Step by step, and the breach.
    std::string input{};     ///< For --replay.
    std::string recording{}; ///< For snapcheck trace; empty: there is none.
};

/// One hunt in one agent.
class campaign {
  public:
    /// @param asked must outlive it. @throws std::invalid_argument for what is known of the agent
    explicit campaign(const options& asked);

    [[nodiscard]] known_deviations& known() noexcept { return m_known; }
    [[nodiscard]] const known_deviations& known() const noexcept { return m_known; }

    /// Asked before each conversation; shows how far it is on standard error, if that is a
    /// terminal.
    [[nodiscard]] bool go_on(std::size_t runs, std::size_t messages, std::size_t reached);

    /// True while a finding may still be made smaller: neither too long nor interrupted.
    [[nodiscard]] bool may_minimise() const;

    /// A conversation shows a breach.
    ///
    /// @param again plays the same once more; what a real agent does not do three times in a row is
    ///        counted, and no finding: the machine may have been busy.
    /// @param small makes it small
    /// @return whether the hunt goes on
    [[nodiscard]] bool take(const breach& found,
                            const std::function<std::optional<breach>()>& again,
                            const std::function<shown_finding()>& small);

    /// Shows what it has come to. @param bounds what "reached" is out of; empty: not known
    /// @return the status of the program
    [[nodiscard]] int finish(const std::string& bounds);

  private:
    using steady = std::chrono::steady_clock;

    [[nodiscard]] double took() const;
    [[nodiscard]] std::string rates() const;

    const options& m_asked;
    known_deviations m_known;
    steady::time_point m_began = steady::now();
    steady::time_point m_told = m_began;
    steady::time_point m_minimises_from{};
    bool m_terminal;
    std::size_t m_runs = 0;
    std::size_t m_messages = 0;
    std::size_t m_reached = 0;
    std::size_t m_findings = 0;
    std::size_t m_unconfirmed = 0;
    std::string m_unconfirmed_first{};
    std::size_t m_crashes = 0;
};

// ---- catalogues ---------------------------------------------------------------------------------

/// An agent of which it is known whether something is to be found in it.
struct catalogue_entry {
    std::string name{};
    bool faulty = true;
};

/// What a hunt in one of them has come to.
struct catalogue_result {
    std::size_t runs = 0;
    std::optional<breach> found{};
};

/// Hunts in each, one line of a table for each, until all are done or somebody interrupts.
/// @param noun what one of them is called
/// @return the status of the program: 0 when all came to what they have to
[[nodiscard]] int hunt_in_each(
    std::string_view noun, const std::vector<catalogue_entry>& all,
    const std::function<catalogue_result(const catalogue_entry&)>& hunt_in_one);

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_CAMPAIGN_HPP
