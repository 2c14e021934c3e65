// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_REPORT_HPP
#define SNAPPROTO_SIMULATOR_FLEET_REPORT_HPP

// What came of a fleet, told: for people, and for machines.

#include "simulator/fleet/options.hpp"
#include "simulator/fleet/results.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fleet {

/// A fleet and what came of it.
struct outcome_of_run {
    scenario played;
    results found;
};

/// One fleet, for people.
[[nodiscard]] std::string to_text(const outcome_of_run& run);

/// The same fleet with one option set to one value after the other: a line for each.
/// @param option its name, as "session.hold_limit_ms".
[[nodiscard]] std::string to_table(std::string_view option, std::span<const outcome_of_run> runs);

/// One or more fleets as a JSON object: what was played, and all figures.
[[nodiscard]] std::string to_json(std::span<const outcome_of_run> runs);

/// In what it is not as its scenario expects; empty: in nothing.
[[nodiscard]] std::vector<std::string> surprises(const outcome_of_run& run);

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_REPORT_HPP
