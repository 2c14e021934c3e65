// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_TRACE_HASH_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_TRACE_HASH_HPP

// A number that stands for everything that happened in a run: two runs with the same number are
// the same run, on any compiler.

#include "simulator/world/history.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::campaign {

/// FNV-1a with 64 bits: not against malice, only against chance.
class text_hash {
  public:
    constexpr void add(std::string_view text) noexcept {
        for (const char c : text) {
            m_state = (m_state ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
        }
    }
    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return m_state; }

  private:
    std::uint64_t m_state = 0xcbf29ce484222325ULL;
};

/// Everything that happened, a line for each thing, with instants in nanoseconds.
[[nodiscard]] std::vector<std::string> trace_lines(const world::history& run);

/// The hash of those lines.
[[nodiscard]] std::uint64_t trace_hash(const world::history& run);

/// As it is written: 16 digits.
[[nodiscard]] std::string to_hex(std::uint64_t hash);

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_TRACE_HASH_HPP
