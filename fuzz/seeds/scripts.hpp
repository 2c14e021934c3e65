// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SEEDS_SCRIPTS_HPP
#define SNAPPROTO_FUZZ_SEEDS_SCRIPTS_HPP

// Conversations for the targets whose input is a list of decisions.

#include "fuzz/seeds/seeds.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace snapproto::fuzz {

/// A conversation as decisions, each a string of bytes, and what may come between two of them.
struct script {
    std::string_view name;
    std::string head;
    std::vector<std::string> steps;
    std::vector<std::string> disturbances;
};

[[nodiscard]] inline std::string bytes(std::initializer_list<int> values) {
    std::string made;
    for (const int value : values) {
        made += static_cast<char>(value);
    }
    return made;
}

/// The conversation alone, and with each disturbance at each place.
inline void add_script(tree& to, std::string_view target, const script& which) {
    const std::string folder = "corpus/" + std::string{target} + "/";
    std::size_t number = 0;
    const auto add = [&](std::size_t place, const std::string& disturbance) {
        std::string input = which.head;
        for (std::size_t i = 0; i < which.steps.size(); ++i) {
            input += i == place ? disturbance : std::string{};
            input += which.steps[i];
        }
        to[folder + numbered(which.name, number++)] = input;
    };
    add(0, "");
    for (const auto& disturbance : which.disturbances) {
        for (std::size_t place = 1; place < which.steps.size(); ++place) {
            add(place, disturbance);
        }
    }
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SEEDS_SCRIPTS_HPP
