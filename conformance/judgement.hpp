// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_JUDGEMENT_HPP
#define SNAPPROTO_CONFORMANCE_JUDGEMENT_HPP

// What every check has, whoever is judged: expectations, notes, the record, a random source.

#include "conformance/outcome.hpp"
#include "conformance/time_source.hpp"
#include "conformance/transcript.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// The judging half of one run of one check.
///
/// Expectations come in two strengths: require() ends the check at once, expect() notes the failure
/// and goes on (the check fails at its end with the first one; the later ones become notes).
class judgement {
  public:
    judgement(const judgement&) = delete;
    judgement& operator=(const judgement&) = delete;

    [[nodiscard]] instant now() const { return m_clock.now(); }

    /// Ends the check as failed unless `holds`.
    void require(bool holds, std::string_view requirement, std::string_view expected,
                 std::string_view actual);
    /// Notes a failure unless `holds`, and goes on. @return holds
    bool expect(bool holds, std::string_view requirement, std::string_view expected,
                std::string_view actual);
    [[noreturn]] void fail(std::string_view requirement, std::string_view expected,
                           std::string_view actual);
    /// Ends the check as skipped because it cannot be judged here; a MUST that is not judged stands
    /// in the way of the claim "conforms".
    [[noreturn]] void skip(const std::string& reason);
    /// Ends the check as skipped because the clause does not apply to this implementation (it does
    /// not announce an optional feature, say); this does not touch the claim.
    [[noreturn]] void inapplicable(const std::string& reason);
    /// Records a fact or a variant for the report, whatever the verdict.
    void note(std::string_view text);

    [[nodiscard]] transcript& log() noexcept { return m_log; }
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return m_notes; }
    [[nodiscard]] const std::vector<finding>& findings() const noexcept { return m_findings; }

    /// The case's random source; the same seed gives the same case. Use below(), since the
    /// standard distributions differ between libraries.
    [[nodiscard]] std::mt19937_64& random() noexcept { return m_random; }
    /// A number in [0, bound). @pre bound > 0
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return m_random() % bound; }

  protected:
    /// @param ours the lane of the side that the suite plays.
    judgement(const time_source& clock, lane ours, std::uint64_t seed)
        : m_clock(clock), m_ours(ours), m_random(seed) {}
    ~judgement() = default;

  private:
    const time_source& m_clock;
    lane m_ours;
    transcript m_log;
    std::mt19937_64 m_random;
    std::vector<std::string> m_notes;
    std::vector<finding> m_findings;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_JUDGEMENT_HPP
