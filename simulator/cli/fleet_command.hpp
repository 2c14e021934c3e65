// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CLI_FLEET_COMMAND_HPP
#define SNAPPROTO_SIMULATOR_CLI_FLEET_COMMAND_HPP

// snapsim run, where the scenario is a fleet's.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::simulator {

/// What only a fleet can be asked for.
struct fleet_work {
    unsigned jobs = 0;                ///< Threads; 0: all processors.
    std::string sweep;                ///< KEY=VALUE,VALUE,...; empty: none.
    std::vector<std::string> reports; ///< json=FILE

    [[nodiscard]] bool asked_for() const noexcept {
        return jobs != 0 || !sweep.empty() || !reports.empty();
    }
};

/// A fleet to be played.
struct fleet_run {
    std::string name;     ///< Of the scenario.
    std::string text;     ///< Of its file.
    std::string shown_as; ///< How it was named on the command line.
    std::optional<std::uint64_t> seed;
    std::vector<std::string> settings; ///< KEY=VALUE
    fleet_work work;
};

/// @return an exit status. Errors: throws usage_error.
int run_fleet(const fleet_run& wanted);

/// What the scenario of a fleet says that it is about.
/// Errors: throws usage_error.
[[nodiscard]] std::string title_of_fleet(const std::string& name, const std::string& text);

} // namespace snapproto::simulator

#endif // SNAPPROTO_SIMULATOR_CLI_FLEET_COMMAND_HPP
