// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/scenario.hpp"

#include "simulator/world/dialect.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace snapproto::world {
namespace {

constexpr std::string_view fault_prefix = "fault.";

[[noreturn]] void refuse(const std::string& why) {
    throw scenario_error(why);
}

/// The faults of a scenario, entry by entry.
settings::list faults_of(scenario& what) {
    return {"faults", [&what] { return fields_of(what.faults.emplace_back()); },
            [&what] {
                if (what.faults.back().when.empty() || what.faults.back().what.empty()) {
                    refuse("a fault has 'when' and 'what'");
                }
            }};
}

void check_whole(const scenario& what) {
    for (const auto& [name, text] :
         {std::pair{"title", &what.title}, std::pair{"teaches", &what.teaches}}) {
        if (text->empty()) {
            refuse(fmt::format("line 1: '{}' is missing", name));
        }
    }
    for (const auto& one : what.faults) {
        if (one.guest > what.guests) {
            refuse(fmt::format("line 1: a fault is of guest {}, and there are {}", one.guest,
                               what.guests));
        }
    }
    check_playable(what);
}

/// The fault that "2.for_ms" is about, and what follows its number.
std::pair<fault*, std::string_view> fault_named(scenario& what, std::string_view rest) {
    const auto point = rest.find('.');
    const auto digits = rest.substr(0, point);
    std::size_t number = 0;
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (point == std::string_view::npos || number == 0 || number > what.faults.size()) {
        refuse(fmt::format("'{}{}': the scenario has {} faults", fault_prefix,
                           rest.substr(0, rest.find('=')), what.faults.size()));
    }
    return {&what.faults[number - 1], rest.substr(point + 1)};
}

} // namespace

scenario scenario_from(std::string_view name, std::string_view text) {
    scenario made;
    made.name = name;
    settings::read(text, fields_of(made), std::array{faults_of(made)});
    check_whole(made);
    return made;
}

void set(scenario& what, std::string_view assignment) {
    if (assignment.starts_with(fault_prefix)) { // fault.2.for_ms=5
        const auto [one, rest] = fault_named(what, assignment.substr(fault_prefix.size()));
        settings::assign(rest, fields_of(*one));
    } else {
        settings::assign(assignment, fields_of(what));
    }
}

void check_playable(const scenario& what) {
    if (const auto why = unplayable(what); !why.empty()) {
        refuse(why);
    }
}

std::string to_words(const fault& what) {
    auto text = fmt::format("{} at {}", what.what, what.when);
    if (what.occurrence != 1) {
        text += fmt::format(" ({})", what.occurrence);
    }
    if (what.after_ms != 0) {
        text += fmt::format(" after {} ms", what.after_ms);
    }
    if (what.for_ms != 0) {
        text += fmt::format(" for {} ms", what.for_ms);
    }
    if (what.by_ms != 0) {
        text += fmt::format(" by {} ms", what.by_ms);
    }
    if (what.ppm != 0) {
        text += fmt::format(", {} in a million", what.ppm);
    }
    return text + (what.times != 1 ? fmt::format(", {} times", what.times) : "");
}

bool looks_like_scenario(std::string_view text) {
    return text.find("\"snapsim\"") == std::string_view::npos;
}

} // namespace snapproto::world
