// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_SCENARIO_HPP
#define SNAPPROTO_SIMULATOR_FLEET_SCENARIO_HPP

// Fleets as text: JSON files that people edit, and KEY=VALUE of a command line.

#include "simulator/fleet/options.hpp"
#include "simulator/settings/settings.hpp"

#include <string_view>
#include <vector>

namespace snapproto::fleet {

/// All that a fleet's scenario can say.
[[nodiscard]] std::vector<settings::field> fields_of(scenario& what);

/// Reads a scenario.
/// @param name what to call it.
/// Errors: settings::error: "line 12: ..."
[[nodiscard]] scenario scenario_from(std::string_view name, std::string_view text);

/// Changes one thing: "array.slots=64".
/// Errors: settings::error.
void set(scenario& what, std::string_view assignment);

/// Looks at what options have to do with each other.
/// Errors: settings::error.
void check(const scenario& what);

/// Whether a text says that it is a fleet's scenario: "kind" is "fleet".
[[nodiscard]] bool looks_like_fleet(std::string_view text);

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_SCENARIO_HPP
