// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_DETAIL_ORCHESTRATOR_PARTS_HPP
#define SNAPPROTO_ENDPOINT_DETAIL_ORCHESTRATOR_PARTS_HPP

// What the two halves of the orchestrator's endpoint share.

#include <snapproto/core/ids.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace snapproto::endpoint::detail {

/// How many given-up cuts are remembered for their late results. A provider has a limit for each
/// cut, so more than one at a time is rare.
inline constexpr std::size_t abandoned_cuts_max = 16;

/// A sentence's beginning about one agent.
[[nodiscard]] inline std::string about_agent(agent_index agent, std::string_view rest) {
    std::string text{"agent "};
    char digits[8];
    std::size_t count = 0;
    for (unsigned left = agent; count == 0 || left != 0; left /= 10) {
        digits[count++] = static_cast<char>('0' + left % 10);
    }
    while (count != 0) {
        text += digits[--count];
    }
    return text.append(" ").append(rest);
}

[[nodiscard]] inline std::string joined(std::string_view first, std::string_view second) {
    return std::string{first}.append(second);
}

} // namespace snapproto::endpoint::detail

#endif // SNAPPROTO_ENDPOINT_DETAIL_ORCHESTRATOR_PARTS_HPP
