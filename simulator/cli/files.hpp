// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CLI_FILES_HPP
#define SNAPPROTO_SIMULATOR_CLI_FILES_HPP

// Files, with complaints for the user.

#include "simulator/world/options.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::simulator {

/// Errors, of all functions here: throws usage_error.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

/// Where the scenarios are that come with the program.
[[nodiscard]] std::string scenario_folder();

/// The scenarios of a folder, in order of their names.
[[nodiscard]] std::vector<std::filesystem::path> scenario_files(const std::string& folder);

/// A file, or the name of one of the scenarios that come with the program.
[[nodiscard]] std::filesystem::path find_scenario(const std::string& name,
                                                  const std::string& folder);

/// Which scenario is meant, as the command line says it.
struct scenario_choice {
    std::string scenario; ///< A file, or the name of one in the folder.
    std::string folder;   ///< Where the scenarios are.
    std::optional<std::uint64_t> seed;
    std::vector<std::string> settings; ///< KEY=VALUE
    std::string faulty;                ///< The endpoint that is wrong on purpose; empty: none.
};

[[nodiscard]] world::scenario scenario_from_text(const std::filesystem::path& path,
                                                 const std::string& text);

/// Reads the scenario and changes in it what the choice says.
[[nodiscard]] world::scenario load(const scenario_choice& wanted);
void adjust(world::scenario& what, const scenario_choice& wanted);

/// The words that make the same choice again, but for the seed.
[[nodiscard]] std::string words_of(const scenario_choice& wanted);

} // namespace snapproto::simulator

#endif // SNAPPROTO_SIMULATOR_CLI_FILES_HPP
