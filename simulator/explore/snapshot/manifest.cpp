// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/manifest.hpp"

#include "simulator/explore/snapshot/chart.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace snapproto::explore {

namespace json = boost::json;

std::vector<manifest_entry> manifest_from(std::string_view text) {
    boost::system::error_code wrong;
    const json::value read = json::parse(json::string_view{text.data(), text.size()}, wrong);
    if (wrong || !read.is_array()) {
        throw std::invalid_argument("the manifest is no JSON array");
    }
    std::vector<manifest_entry> made;
    for (const auto& item : read.get_array()) {
        try {
            const json::object& from = item.as_object();
            manifest_entry& entry = made.emplace_back();
            const auto number = [&](const char* name) {
                return from.at(name).to_number<std::size_t>();
            };
            const auto name = from.at("dialect").as_string();
            const auto dialect = dialect_from({name.data(), name.size()});
            if (!dialect) {
                throw std::invalid_argument("an unknown dialect");
            }
            entry.what.dialect = *dialect;
            entry.what.agents = number("agents");
            entry.what.participants = number("participants");
            entry.what.sessions = number("sessions");
            entry.what.fault_budget = number("fault_budget");
            const auto faults = from.at("faults").as_string();
            entry.what.faults = faults_from({faults.data(), faults.size()});
            entry.states = number("states");
            entry.transitions = number("transitions");
            entry.depth = number("depth");
            entry.states_without_symmetry = number("states_without_symmetry");
            entry.transitions_without_symmetry = number("transitions_without_symmetry");
        } catch (const std::exception& failure) {
            throw std::invalid_argument(
                fmt::format("entry {} of the manifest: {}", made.size(), failure.what()));
        }
    }
    return made;
}

std::string to_text(const std::vector<manifest_entry>& manifest) {
    std::string text = "[\n";
    for (std::size_t i = 0; i < manifest.size(); ++i) {
        const manifest_entry& one = manifest[i];
        text += fmt::format(
            R"(  {{"dialect": "{}", "agents": {}, "participants": {}, "sessions": {}, )"
            R"("fault_budget": {}, "faults": "{}", "states": {}, "transitions": {}, "depth": {}, )"
            R"("states_without_symmetry": {}, "transitions_without_symmetry": {}}})",
            one.what.traits().name, one.what.agents, one.what.participants, one.what.sessions,
            one.what.fault_budget, to_text(one.what.faults), one.states, one.transitions, one.depth,
            one.states_without_symmetry, one.transitions_without_symmetry);
        text += i + 1 < manifest.size() ? ",\n" : "\n";
    }
    return text + "]\n";
}

std::string compare(const manifest_entry& expected, const outcome& found, bool symmetry) {
    const std::string options = command_options(expected.what) + (symmetry ? "" : " --no-symmetry");
    if (found.end != ending::complete) {
        return fmt::format("{}: the exploration is not complete", options);
    }
    const std::size_t states = symmetry ? expected.states : expected.states_without_symmetry;
    const std::size_t transitions =
        symmetry ? expected.transitions : expected.transitions_without_symmetry;
    if (found.seen.states == states && found.seen.transitions == transitions &&
        found.seen.depth == expected.depth) {
        return {};
    }
    return fmt::format("the protocol changed: {} has {} states, {} transitions, depth {}; the "
                       "manifest says {}, {}, {}",
                       options, found.seen.states, found.seen.transitions, found.seen.depth, states,
                       transitions, expected.depth);
}

} // namespace snapproto::explore
