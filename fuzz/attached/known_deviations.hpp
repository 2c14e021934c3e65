// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_KNOWN_DEVIATIONS_HPP
#define SNAPPROTO_FUZZ_ATTACHED_KNOWN_DEVIATIONS_HPP

// What an agent is known to do otherwise than the clauses want: it is counted, and the hunt goes
// on.

#include <snapproto/fuzz/qga_judge.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace snapproto::fuzz {

class known_deviations {
  public:
    /// @param should_counts whether a broken SHOULD is a finding, or is passed over as well
    explicit known_deviations(bool should_counts) : m_should_counts(should_counts) {}

    /// "27.1", "SP 27.1" or the check "27.1/3". @throws std::invalid_argument for anything else,
    /// and for a clause that the specification does not have
    void add(std::string_view clause);

    /// What a baseline of snapcheck expects to fail. @param name for messages
    /// @throws std::invalid_argument
    void add_baseline(std::string_view text, const std::string& name);

    /// Whether the hunt goes on past this breach, which then is counted. Never past a crash.
    [[nodiscard]] bool pass(const breach& found);
    /// The same, and nothing is counted.
    [[nodiscard]] bool passes(const breach& found) const;

    /// From now on this clause is passed over: it was shown.
    void add_found(snapproto::clause which) { m_known[which].found = true; }

    [[nodiscard]] bool knows(snapproto::clause which) const {
        return m_known.find(which) != m_known.end();
    }

    /// One line for each clause that was met: how often, and what was seen the first time.
    [[nodiscard]] std::string summary() const;

  private:
    struct entry {
        bool found = false; ///< By this hunt, and not known before.
        std::size_t met = 0;
        std::string sentence{};
    };

    std::map<snapproto::clause, entry> m_known;
    std::map<snapproto::clause, entry> m_recommended; ///< SHOULD clauses.
    bool m_should_counts;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_KNOWN_DEVIATIONS_HPP
