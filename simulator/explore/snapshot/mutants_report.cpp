// SPDX-License-Identifier: BSL-1.0
// What became of the mutants, as text.
#include "simulator/explore/snapshot/mutants.hpp"

#include "simulator/explore/snapshot/chart.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

namespace snapproto::explore {
namespace {

constexpr auto fates = std::to_array<std::string_view>({"killed", "equivalent", "surviving"});

std::string clause_text(property number) {
    const auto& info = info_of(number);
    return fmt::format("{}.{}", info.governed_by.chapter, info.governed_by.number);
}

property property_with(std::string_view clause) {
    for (const auto& one : properties()) {
        if (clause_text(one.number) == clause) {
            return one.number;
        }
    }
    throw std::invalid_argument(fmt::format("no property is SP {}", clause));
}

// ---- the ledger -------------------------------------------------------------------------------

std::string line_of(const mutant& one) {
    const auto text = to_text(one.change);
    switch (one.end) {
    case mutant::fate::killed:
        return fmt::format("{}\tkilled\t{}\t{}\t{}\n", text, clause_text(one.killer), one.rung,
                           one.steps);
    case mutant::fate::equivalent:
        return fmt::format("{}\t{}\n", text, one.reached ? "equivalent" : "unreached");
    case mutant::fate::surviving:
        return fmt::format("{}\tsurviving\t{}\t{}\n", text, one.rung, one.steps);
    }
    return {};
}

std::string_view cut_off(std::string_view& text, char by) {
    const auto at = std::min(text.find(by), text.size());
    const auto head = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return head;
}

std::size_t number_in(std::string_view& line) {
    const auto word = cut_off(line, '\t');
    std::size_t number = 0;
    const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (wrong != std::errc{} || end != word.data() + word.size()) {
        throw std::invalid_argument(fmt::format("'{}' is no number", word));
    }
    return number;
}

mutant mutant_from(std::string_view line) {
    mutant made;
    made.change = mutation_from(cut_off(line, '\t'));
    const auto end = cut_off(line, '\t');
    if (end == "killed") {
        made.end = mutant::fate::killed;
        made.killer = property_with(cut_off(line, '\t'));
    } else if (end == "equivalent" || end == "unreached") {
        made.end = mutant::fate::equivalent;
        made.reached = end == "equivalent";
        return made;
    } else if (end != "surviving") {
        throw std::invalid_argument(fmt::format("'{}' is no end of a mutant", end));
    }
    made.rung = number_in(line);
    made.steps = number_in(line);
    return made;
}

// ---- sums -------------------------------------------------------------------------------------

struct sums {
    std::size_t mutants = 0;
    std::array<std::size_t, fates.size()> ends{};
    std::size_t unreached = 0;
    std::map<property, std::size_t> killers;

    void add(const mutant& one) {
        ++mutants;
        ++ends[static_cast<std::size_t>(one.end)];
        unreached += one.reached ? 0U : 1U;
        if (one.end == mutant::fate::killed) {
            ++killers[one.killer];
        }
    }
    [[nodiscard]] std::size_t count(mutant::fate end) const {
        return ends[static_cast<std::size_t>(end)];
    }
};

std::string row_of(std::string_view table, std::string_view group, const sums& of) {
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", table, group, of.mutants,
                       of.count(mutant::fate::killed),
                       of.count(mutant::fate::equivalent) - of.unreached, of.unreached,
                       of.count(mutant::fate::surviving));
}

} // namespace

std::string to_ledger(const std::vector<mutant>& mutants) {
    std::string text;
    for (const auto& one : mutants) {
        text += line_of(one);
    }
    return text;
}

std::vector<mutant> ledger_from(std::string_view text) {
    std::vector<mutant> made;
    while (!text.empty()) {
        try {
            made.push_back(mutant_from(cut_off(text, '\n')));
        } catch (const std::invalid_argument& wrong) {
            throw std::invalid_argument(
                fmt::format("line {} of the ledger: {}", made.size() + 1, wrong.what()));
        }
    }
    return made;
}

std::string mutants_report(const std::vector<mutant>& mutants) {
    std::array<std::array<sums, mutation_groups.size()>, table_count> of{};
    sums all;
    for (const auto& one : mutants) {
        of[static_cast<std::size_t>(one.change.table)]
          [static_cast<std::size_t>(group_of(one.change))]
              .add(one);
        all.add(one);
    }
    std::string text = "| table | mutation | mutants | killed | equivalent | never taken | "
                       "surviving |\n|---|---|---|---|---|---|---|\n";
    for (std::size_t table = 0; table < table_count; ++table) {
        for (std::size_t group = 0; group < mutation_groups.size(); ++group) {
            if (of[table][group].mutants != 0) {
                text += row_of(table_names[table], mutation_groups[group], of[table][group]);
            }
        }
    }
    text += row_of("all", "", all);
    text += "\n| killed by | mutants | property |\n|---|---|---|\n";
    for (const auto& [killer, count] : all.killers) {
        text +=
            fmt::format("| SP {} | {} | {} |\n", clause_text(killer), count, info_of(killer).title);
    }
    for (const auto& one : mutants) {
        if (one.end == mutant::fate::surviving) {
            text += fmt::format("\nSurviving: `{}`, seen by a run of {} steps of `{}`.\n",
                                to_text(one.change), one.steps,
                                command_options(mutation_ladder()[one.rung]));
        }
    }
    return text;
}

std::string with_report(const std::string& page, const std::vector<mutant>& mutants) {
    constexpr std::string_view begin = "<!-- mutants -->\n";
    constexpr std::string_view end = "<!-- end of mutants -->\n";
    const auto from = page.find(begin);
    const auto to = page.find(end);
    if (from == std::string::npos || to == std::string::npos || to < from) {
        throw std::invalid_argument("the page has no place for the mutants");
    }
    return page.substr(0, from + begin.size()) + "\n" + mutants_report(mutants) + "\n" +
           page.substr(to);
}

std::string mutants_json(const std::vector<mutant>& mutants) {
    namespace json = boost::json;
    json::array rungs;
    for (const auto& rung : mutation_ladder()) {
        rungs.emplace_back(command_options(rung));
    }
    json::array list;
    for (const auto& one : mutants) {
        json::object entry;
        entry["mutant"] = to_text(one.change);
        entry["table"] = table_names[static_cast<std::size_t>(one.change.table)];
        entry["kind"] = mutation_groups[static_cast<std::size_t>(group_of(one.change))];
        entry["verdict"] = fates[static_cast<std::size_t>(one.end)];
        entry["reached"] = one.reached;
        if (one.end == mutant::fate::killed) {
            entry["property"] = "SP " + clause_text(one.killer);
        }
        if (one.end != mutant::fate::equivalent) {
            entry["configuration"] = rungs[one.rung];
            entry["steps"] = one.steps;
        }
        list.push_back(std::move(entry));
    }
    json::object made;
    made["configurations"] = std::move(rungs);
    made["mutants"] = std::move(list);
    return json::serialize(made) + "\n";
}

} // namespace snapproto::explore
