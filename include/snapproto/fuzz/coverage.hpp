// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_COVERAGE_HPP
#define SNAPPROTO_FUZZ_COVERAGE_HPP

// Which events of the specification met which of its states, and how they ended: coverage that
// needs no instrumentation of the agent.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace snapproto::fuzz {

/// Counters, one byte for each state, event and outcome, as fuzzing engines take them.
class coverage {
  public:
    static constexpr std::size_t states = 3;   ///< of qga_state
    static constexpr std::size_t events = 32;  ///< below
    static constexpr std::size_t outcomes = 8; ///< below
    static constexpr std::size_t size = states * events * outcomes;

    // Events: the verbs of qga::verb as they are; then
    static constexpr std::size_t refused = 16;   ///< an object that is no good request
    static constexpr std::size_t malformed = 17; ///< bytes that are no JSON
    static constexpr std::size_t cut = 18;       ///< 0xFF
    static constexpr std::size_t list = 19;      ///< a freeze with a list of mount points
    static constexpr std::size_t passing = 20;   ///< time
    static constexpr std::size_t deed = 24;      ///< and those behind it: of action

    // Outcomes.
    static constexpr std::size_t none = 0;
    static constexpr std::size_t returned = 1;
    static constexpr std::size_t returned_nothing = 2; ///< the number 0
    static constexpr std::size_t not_found = 3;
    static constexpr std::size_t failed = 4;

    void count(std::size_t state, std::size_t event, std::size_t outcome) noexcept {
        std::uint8_t& counter =
            m_counters[(state % states * events + event % events) * outcomes + outcome % outcomes];
        counter = static_cast<std::uint8_t>(std::min(counter + 1, 255));
    }

    void clear() noexcept { m_counters.fill(0); }

    /// Takes over what another one has counted. @return whether some of it is new here
    bool merge(const coverage& other) noexcept {
        bool fresh = false;
        for (std::size_t i = 0; i < size; ++i) {
            fresh = fresh || bucket(other.m_counters[i]) > bucket(m_counters[i]);
            m_counters[i] = std::max(m_counters[i], other.m_counters[i]);
        }
        return fresh;
    }

    /// How many of them have counted something.
    [[nodiscard]] std::size_t reached() const noexcept {
        return static_cast<std::size_t>(
            std::count_if(m_counters.begin(), m_counters.end(), [](auto c) { return c != 0; }));
    }

    [[nodiscard]] const std::array<std::uint8_t, size>& counters() const noexcept {
        return m_counters;
    }

  private:
    /// 0, 1, 2, 3, a few, many, very many: what makes an input worth keeping.
    static constexpr int bucket(std::uint8_t count) noexcept {
        return count < 4 ? count : count < 16 ? 4 : count < 128 ? 5 : 6;
    }

    std::array<std::uint8_t, size> m_counters{};
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_COVERAGE_HPP
