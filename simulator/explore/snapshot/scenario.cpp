// SPDX-License-Identifier: BSL-1.0
// Configurations, mutations and scenarios as text.
#include "simulator/explore/snapshot/chart.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace snapproto::explore {
namespace {

namespace json = boost::json;

constexpr auto table_names =
    std::to_array<std::string_view>({"agent", "orchestrator", "participant", "provider"});
constexpr auto mutation_names =
    std::to_array<std::string_view>({"deletion", "target", "no_effects", "no_sends", "data_only"});

// The number of a word in a list.
template <class Names>
std::size_t number_of(std::string_view word, const Names& names, std::string_view what) {
    const auto at = std::find(names.begin(), names.end(), word);
    if (at == names.end()) {
        throw std::invalid_argument(
            fmt::format("'{}' is no {}; there are: {}", word, what, fmt::join(names, ", ")));
    }
    return static_cast<std::size_t>(at - names.begin());
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(by);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(at + 1);
    }
}

std::uint8_t phase_from(table_kind table, std::string_view word) {
    if (table == table_kind::agent) {
        if (const auto phase = from_string<agent_phase>(word)) {
            return static_cast<std::uint8_t>(*phase);
        }
    } else if (const auto phase = from_string<orchestrator_phase>(word)) {
        return static_cast<std::uint8_t>(*phase);
    }
    throw std::invalid_argument(fmt::format("'{}' is no state", word));
}

std::string phase_text(table_kind table, std::uint8_t phase) {
    return std::string{table == table_kind::agent
                           ? to_string(static_cast<agent_phase>(phase))
                           : to_string(static_cast<orchestrator_phase>(phase))};
}

} // namespace

std::string to_text(fault_set faults) {
    if (faults == all_faults) {
        return "all";
    }
    std::string text;
    for (std::size_t i = 0; i < fault_count; ++i) {
        if ((faults >> i & 1U) != 0) {
            text += text.empty() ? "" : ",";
            text += fault_names[i];
        }
    }
    return text.empty() ? "none" : text;
}

fault_set faults_from(std::string_view words) {
    fault_set made = 0;
    for (const auto word : split(words, ',')) {
        if (word == "all") {
            made = all_faults;
        } else if (word.starts_with('-')) {
            made &= ~(1U << number_of(word.substr(1), fault_names, "fault"));
        } else if (word != "none") {
            made |= 1U << number_of(word, fault_names, "fault");
        }
    }
    return made;
}

std::string to_text(const row_mutation& mutation) {
    const auto row = rows_of(mutation.table).at(static_cast<std::size_t>(mutation.row));
    auto text = fmt::format("{}:{}:{}:{}:{}", table_names[static_cast<std::size_t>(mutation.table)],
                            row.from, row.event, row.guard,
                            mutation_names[static_cast<std::size_t>(mutation.what)]);
    if (mutation.what == row_mutation::kind::target) {
        text += '=';
        text += phase_text(mutation.table, mutation.to);
    }
    return text;
}

row_mutation mutation_from(std::string_view text) {
    const auto parts = split(text, ':');
    if (parts.size() != 5) {
        throw std::invalid_argument(
            "a mutation is TABLE:STATE:EVENT:GUARD:KIND, GUARD may be empty");
    }
    row_mutation made;
    made.table = static_cast<table_kind>(number_of(parts[0], table_names, "table"));
    if (made.table != table_kind::agent && made.table != table_kind::orchestrator) {
        throw std::invalid_argument("rows of agent and orchestrator can be mutated");
    }
    made.row =
        find_row(made.table, std::string{parts[1]}, std::string{parts[2]}, std::string{parts[3]});
    if (made.row < 0) {
        throw std::invalid_argument(
            fmt::format("there is no row {}:{}:{}:{}", parts[0], parts[1], parts[2], parts[3]));
    }
    const auto kind = split(parts[4], '=');
    made.what =
        static_cast<row_mutation::kind>(number_of(kind[0], mutation_names, "kind of mutation"));
    if (made.what == row_mutation::kind::target) {
        made.to = phase_from(made.table, kind.size() == 2 ? kind[1] : "");
    }
    return made;
}

std::string command_options(const config& what) {
    auto text =
        fmt::format("--dialect {} --agents {} --participants {} --sessions {} "
                    "--fault-budget {} --faults {}",
                    what.dialect == profile::native ? "native" : "qga", what.agents,
                    what.participants, what.sessions, what.fault_budget, to_text(what.faults));
    if (what.from != beginning::cold) {
        text += fmt::format(" --from {}", beginning_names[static_cast<std::size_t>(what.from)]);
    }
    if (what.wrong != flaw::none) {
        text += fmt::format(" --flaw {}", flaw_names[static_cast<std::size_t>(what.wrong)]);
    }
    if (what.mutation) {
        text += fmt::format(" --mutate '{}'", to_text(*what.mutation));
    }
    return text;
}

std::string to_scenario(const config& what, const run_of_model& run) {
    json::object made;
    made["snapsim"] = "explore";
    made["dialect"] = what.dialect == profile::native ? "native" : "qga";
    made["agents"] = what.agents;
    made["participants"] = what.participants;
    made["sessions"] = what.sessions;
    made["fault_budget"] = what.fault_budget;
    made["faults"] = to_text(what.faults);
    made["from"] = beginning_names[static_cast<std::size_t>(what.from)];
    if (what.wrong != flaw::none) {
        made["flaw"] = flaw_names[static_cast<std::size_t>(what.wrong)];
    }
    if (what.mutation) {
        made["mutation"] = to_text(*what.mutation);
    }
    json::array steps;
    for (const auto& step : run.steps) {
        steps.emplace_back(to_text(step.what));
    }
    made["steps"] = std::move(steps);
    made["breaks"] = static_cast<std::uint64_t>(run.broken);
    return json::serialize(made) + "\n";
}

scenario scenario_from(std::string_view text) {
    const auto fail = [](std::string_view why) -> void {
        throw std::invalid_argument(fmt::format("not a scenario: {}", why));
    };
    boost::system::error_code wrong;
    const json::value read = json::parse(json::string_view{text.data(), text.size()}, wrong);
    if (wrong || !read.is_object()) {
        fail("it is no JSON object");
    }
    const json::object& from = read.get_object();
    scenario made;
    const auto word = [&](const char* name) -> std::string_view {
        const auto* value = from.if_contains(name);
        if (value == nullptr || !value->is_string()) {
            return {};
        }
        return {value->get_string().data(), value->get_string().size()};
    };
    const auto number = [&](const char* name) -> std::size_t {
        const auto* value = from.if_contains(name);
        if (value == nullptr || !value->is_number()) {
            fail(fmt::format("'{}' is missing", name));
        }
        boost::system::error_code not_whole;
        const auto whole = value->to_number<std::uint32_t>(not_whole);
        if (not_whole) {
            fail(fmt::format("'{}' is out of range", name));
        }
        return whole;
    };
    made.what.dialect = static_cast<profile>(
        number_of(word("dialect"), std::to_array<std::string_view>({"native", "qga"}), "dialect"));
    made.what.agents = number("agents");
    made.what.participants = number("participants");
    made.what.sessions = number("sessions");
    made.what.fault_budget = number("fault_budget");
    made.what.faults = faults_from(word("faults"));
    made.what.from = static_cast<beginning>(number_of(word("from"), beginning_names, "beginning"));
    if (!word("flaw").empty()) {
        made.what.wrong = static_cast<flaw>(number_of(word("flaw"), flaw_names, "flaw"));
    }
    if (!word("mutation").empty()) {
        made.what.mutation = mutation_from(word("mutation"));
    }
    made.broken = static_cast<property>(number("breaks"));
    const auto* steps = from.if_contains("steps");
    if (steps == nullptr || !steps->is_array()) {
        fail("'steps' is missing");
    }
    for (const auto& step : steps->get_array()) {
        const auto read_step =
            step.is_string() ? action_from({step.get_string().data(), step.get_string().size()})
                             : std::nullopt;
        if (!read_step) {
            fail(fmt::format("step {} is none", made.actions.size() + 1));
        }
        made.actions.push_back(*read_step);
    }
    return made;
}

} // namespace snapproto::explore
