// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_DETAIL_ORCHESTRATOR_WORDS_HPP
#define SNAPPROTO_ENDPOINT_DETAIL_ORCHESTRATOR_WORDS_HPP

// The sentences of an orchestrator's outcome, put together.

#include <snapproto/core/ids.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace snapproto::endpoint::detail {

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

#endif // SNAPPROTO_ENDPOINT_DETAIL_ORCHESTRATOR_WORDS_HPP
