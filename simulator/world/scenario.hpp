// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_SCENARIO_HPP
#define SNAPPROTO_SIMULATOR_WORLD_SCENARIO_HPP

// Scenarios as text: JSON files that people edit, and KEY=VALUE of a command line.

#include "simulator/world/options.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snapproto::world {

/// A text is no scenario, or a setting none: where and why.
struct scenario_error : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// One thing that a scenario says: its name, as "database.full_page_writes", and where it is kept.
struct field {
    std::string_view name;
    std::variant<std::uint64_t*, bool*, std::string*> where;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    std::vector<std::string_view> words; ///< What a text may be; empty: anything.
};

/// All fields of a scenario but its faults.
[[nodiscard]] std::vector<field> fields_of(scenario& what);
[[nodiscard]] std::vector<field> fields_of(fault& what);

/// Reads a scenario.
/// @param name what to call it.
/// Errors: scenario_error: "line 12: ..."
[[nodiscard]] scenario scenario_from(std::string_view name, std::string_view text);

/// Writes a scenario as a file that `scenario_from` reads: what differs from the defaults.
[[nodiscard]] std::string to_text(const scenario& what);

/// Changes one thing: "database.full_page_writes=true".
/// Errors: scenario_error.
void set(scenario& what, std::string_view assignment);

/// Whether a text is one of these scenarios, and not a counterexample of the explorer, which is
/// JSON too.
[[nodiscard]] bool looks_like_scenario(std::string_view text);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_SCENARIO_HPP
