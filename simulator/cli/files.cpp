// SPDX-License-Identifier: BSL-1.0
#include "simulator/cli/files.hpp"

#include "simulator/cli/commands.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace snapproto::simulator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".json";

/// As a shell takes it for one word.
std::string quoted(const std::string& word) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"-_./=:,+@%"}.find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) {
        return word;
    }
    std::string text{"'"};
    for (const char c : word) {
        text += c == '\'' ? std::string{"'\\''"} : std::string{c};
    }
    return text + "'";
}

} // namespace

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in || fs::is_directory(path)) {
        throw usage_error(fmt::format("cannot read {}", path.string()));
    }
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const fs::path& path, const std::string& text) {
    std::ofstream out{path, std::ios::binary};
    out << text;
    out.close();
    if (!out) {
        throw usage_error(fmt::format("cannot write {}", path.string()));
    }
}

std::string scenario_folder() {
    std::error_code unknown;
    const auto program = fs::read_symlink("/proc/self/exe", unknown);
    const auto installed = program.parent_path() / SNAPPROTO_SCENARIOS_FROM_PROGRAM;
    return !unknown && fs::is_directory(installed) ? installed.lexically_normal().string()
                                                   : SNAPPROTO_SCENARIO_DIR;
}

std::vector<fs::path> scenario_files(const std::string& folder) {
    std::vector<fs::path> found;
    if (fs::is_directory(folder)) {
        for (const auto& entry : fs::directory_iterator{folder}) {
            if (entry.path().extension() == extension) {
                found.push_back(entry.path());
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

fs::path find_scenario(const std::string& name, const std::string& folder) {
    if (fs::exists(name)) {
        return name;
    }
    const auto named = fs::path{folder} / (name + std::string{extension});
    if (!fs::exists(named)) {
        throw usage_error(fmt::format("there is no scenario '{}': neither a file nor one of {} "
                                      "('snapsim list' shows them)",
                                      name, folder));
    }
    return named;
}

world::scenario scenario_from_text(const fs::path& path, const std::string& text) {
    try {
        return world::scenario_from(path.stem().string(), text);
    } catch (const world::scenario_error& wrong) {
        throw usage_error(fmt::format("{}: {}", path.string(), wrong.what()));
    }
}

void adjust(world::scenario& what, const scenario_choice& wanted) {
    if (wanted.seed) {
        what.seed = *wanted.seed;
    }
    const auto set = [&](const std::string& option, const std::string& assignment) {
        try {
            world::set(what, assignment);
        } catch (const world::scenario_error& wrong) {
            throw usage_error(fmt::format("{}: {}", option, wrong.what()));
        }
    };
    for (const auto& one : wanted.settings) {
        set("--set " + one, one);
    }
    if (!wanted.faulty.empty()) {
        set("--faulty " + wanted.faulty, "faulty=" + wanted.faulty);
    }
    try {
        world::check_playable(what);
    } catch (const world::scenario_error& wrong) {
        throw usage_error(wrong.what());
    }
}

world::scenario load(const scenario_choice& wanted) {
    const auto path = find_scenario(wanted.scenario, wanted.folder);
    auto made = scenario_from_text(path, read_file(path));
    adjust(made, wanted);
    return made;
}

std::string words_of(const scenario_choice& wanted) {
    auto text = quoted(wanted.scenario);
    for (const auto& one : wanted.settings) {
        text += " --set " + quoted(one);
    }
    if (!wanted.faulty.empty()) {
        text += " --faulty " + wanted.faulty;
    }
    return text;
}

} // namespace snapproto::simulator
