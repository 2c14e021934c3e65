// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_SCENARIO_HPP
#define SNAPPROTO_SIMULATOR_WORLD_SCENARIO_HPP

// Scenarios as text: JSON files that people edit, and KEY=VALUE of a command line.

#include "simulator/settings/settings.hpp"
#include "simulator/world/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace snapproto::world {

/// A text is no scenario, or a setting none: where and why.
using scenario_error = settings::error;
using settings::field;

/// All fields of a scenario but its faults.
[[nodiscard]] std::vector<field> fields_of(scenario& what);
[[nodiscard]] std::vector<field> fields_of(fault& what);

/// Reads a scenario.
/// @param name what to call it.
/// Errors: scenario_error: "line 12: ..."
[[nodiscard]] scenario scenario_from(std::string_view name, std::string_view text);

/// Writes a scenario as a file that `scenario_from` reads: what differs from the defaults.
[[nodiscard]] std::string to_text(const scenario& what);

/// A fault in words: "channel_lost at filesystem.frozen (2) after 30 ms for 500 ms".
[[nodiscard]] std::string to_words(const fault& what);

/// Changes one thing: "database.full_page_writes=true".
/// Errors: scenario_error.
void set(scenario& what, std::string_view assignment);

/// Refuses what cannot be played in the scenario's dialect.
/// Errors: scenario_error: what, and why.
void check_playable(const scenario& what);

/// Whether a text is one of these scenarios, and not a counterexample of the explorer, which is
/// JSON too.
[[nodiscard]] bool looks_like_scenario(std::string_view text);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_SCENARIO_HPP
