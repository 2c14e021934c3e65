// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_CHART_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_CHART_HPP

// A run of the model as a sequence chart for people, and as a scenario file for `snapsim run`.

#include "simulator/explore/snapshot/run.hpp"

#include <string>
#include <string_view>

namespace snapproto::explore {

/// Lanes and arrows, one line a step, with the states that changed.
[[nodiscard]] std::string text_chart(const config& what, const run_of_model& run);

/// The same as a Mermaid sequence diagram.
[[nodiscard]] std::string mermaid_chart(const config& what, const run_of_model& run);

/// The same as a numbered list in Markdown: who does what to whom, and what changes.
[[nodiscard]] std::string step_list(const config& what, const run_of_model& run);

/// What was broken, in one line: property, clause, sentence.
[[nodiscard]] std::string name_of(property broken);

/// A scenario: configuration, actions and the property that breaks, as JSON.
[[nodiscard]] std::string to_scenario(const config& what, const run_of_model& run);

/// What a scenario file says.
struct scenario {
    config what;
    std::vector<action> actions;
    property broken = property::none;
};

/// Errors: throws std::invalid_argument with what is wrong.
[[nodiscard]] scenario scenario_from(std::string_view json);

/// The command line options that name a configuration.
[[nodiscard]] std::string command_options(const config& what);

/// `loss,timeout`, `all`, `none`.
[[nodiscard]] std::string to_text(fault_set faults);
/// Errors: throws std::invalid_argument for a word that is no fault.
[[nodiscard]] fault_set faults_from(std::string_view words);

/// `18.1,18.12`, by the clauses of the properties.
[[nodiscard]] std::string to_text_of_properties(property_set which);
/// Errors: throws std::invalid_argument for a clause that is no property's.
[[nodiscard]] property_set properties_from(std::string_view clauses);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_CHART_HPP
