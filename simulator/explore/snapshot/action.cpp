// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/action.hpp"

#include <algorithm>
#include <charconv>

namespace snapproto::explore {

std::string to_text(const action& one) {
    std::string text{happening_names[static_cast<std::size_t>(one.what)]};
    for (const unsigned number : {one.agent, one.detail, one.txn}) {
        text += ' ';
        text += std::to_string(number);
    }
    while (text.ends_with(" 0")) {
        text.resize(text.size() - 2);
    }
    return text;
}

std::optional<action> action_from(std::string_view text) {
    const auto word = text.substr(0, text.find(' '));
    const auto* const known = std::find(happening_names.begin(), happening_names.end(), word);
    if (known == happening_names.end()) {
        return std::nullopt;
    }
    action made{static_cast<happening>(known - happening_names.begin())};
    text.remove_prefix(word.size());
    for (auto* number : {&made.agent, &made.detail, &made.txn}) {
        if (text.empty()) {
            break;
        }
        text.remove_prefix(1);
        const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), *number);
        if (wrong != std::errc{}) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return text.empty() ? std::optional{made} : std::nullopt;
}
} // namespace snapproto::explore
