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

namespace {

std::string clause_text(const property_info& one) {
    return fmt::format("{}.{}", one.governed_by.chapter, one.governed_by.number);
}

} // namespace

std::string to_text_of_properties(property_set which) {
    std::string text;
    for (const auto& one : properties()) {
        if (one.checked_here && (which & bit_of(one.number)) != 0) {
            text += (text.empty() ? "" : ",") + clause_text(one);
        }
    }
    return text;
}

property_set properties_from(std::string_view clauses) {
    property_set made = 0;
    for (const auto word : split(clauses, ',')) {
        const auto known = properties();
        const auto at = std::find_if(known.begin(), known.end(), [&](const auto& one) {
            return one.checked_here && clause_text(one) == word;
        });
        if (at == known.end()) {
            throw std::invalid_argument(
                fmt::format("'{}' is the clause of no property that is checked here; there are: {}",
                            word, to_text_of_properties(every_property)));
        }
        made |= bit_of(at->number);
    }
    return made;
}

std::string command_options(const config& what) {
    auto text = fmt::format("--dialect {} --agents {} --participants {} --sessions {} "
                            "--fault-budget {} --faults {}",
                            what.traits().name, what.agents, what.participants, what.sessions,
                            what.fault_budget, to_text(what.faults));
    if (what.from != beginning::cold) {
        text += fmt::format(" --from {}", beginning_names[static_cast<std::size_t>(what.from)]);
    }
    if (what.wrong != flaw::none) {
        text += fmt::format(" --flaw {}", flaw_names[static_cast<std::size_t>(what.wrong)]);
    }
    if (what.mutation) {
        text += fmt::format(" --mutate '{}'", to_text(*what.mutation));
    }
    if (what.strict) {
        text += " --strict";
    }
    if (what.judged != every_property) {
        text += " --only " + to_text_of_properties(what.judged);
    }
    return text;
}

std::string to_scenario(const config& what, const run_of_model& run) {
    json::object made;
    made["snapsim"] = "explore";
    made["dialect"] = what.traits().name;
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
    if (what.strict) {
        made["strict"] = true;
    }
    if (what.judged != every_property) {
        made["only"] = to_text_of_properties(what.judged);
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
    made.what.dialect =
        static_cast<profile>(number_of(word("dialect"), dialect_names(), "dialect"));
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
    if (const auto* strict = from.if_contains("strict"); strict != nullptr && strict->is_bool()) {
        made.what.strict = strict->get_bool();
    }
    if (!word("only").empty()) {
        made.what.judged = properties_from(word("only"));
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
