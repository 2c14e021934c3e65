// SPDX-License-Identifier: BSL-1.0
// The traceability matrix as Markdown and as JSON.
#include "conformance/spec/matrix.hpp"
#include "conformance/spec/views/views.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace snapproto::conformance {
namespace {

namespace json = boost::json;

constexpr std::size_t cells_max = 4; ///< More cells of one machine than these are counted only.

using names = std::vector<std::string>;

void add_once(names& all, std::string next) {
    if (std::find(all.begin(), all.end(), next) == all.end()) {
        all.push_back(std::move(next));
    }
}

/// "agent PREP x Done, READY x Freeze; provider 12".
std::string cells_text(const std::vector<cell_reference>& cells) {
    names parts;
    for (std::size_t at = 0; at < cells.size();) {
        const machine_view* machine = cells[at].machine;
        names listed;
        for (; at < cells.size() && cells[at].machine == machine; ++at) {
            add_once(listed, cells[at].text());
        }
        parts.push_back(listed.size() > cells_max
                            ? fmt::format("{} {}", machine->name, listed.size())
                            : fmt::format("{} {}", machine->name, fmt::join(listed, ", ")));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string short_path(std::string_view path) {
    for (const std::string_view folder : {"tests/unit/", "tests/"}) {
        if (path.starts_with(folder)) {
            return std::string{path.substr(folder.size())};
        }
    }
    return std::string{path};
}

/// "machine/agent.cpp: first_case, second_case; endpoint/qga.cpp".
std::string tests_text(const std::vector<citation>& tests) {
    names parts;
    for (std::size_t at = 0; at < tests.size();) {
        const std::string& path = tests[at].path;
        names cases;
        for (; at < tests.size() && tests[at].path == path; ++at) {
            if (!tests[at].name.empty()) {
                add_once(cases, tests[at].name);
            }
        }
        parts.push_back(cases.empty()
                            ? short_path(path)
                            : fmt::format("{}: {}", short_path(path), fmt::join(cases, ", ")));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

/// "18.1 (window)".
names properties_of(const matrix_line& line) {
    names out;
    for (const monitor::judged_property* one : line.properties) {
        out.push_back(fmt::format("18.{} ({})", one->property, one->monitor));
    }
    return out;
}

names ids_of(const std::vector<const check*>& checks) {
    names out;
    for (const check* one : checks) {
        out.push_back(one->id());
    }
    return out;
}

std::string kept_by(const matrix_line& line) {
    names parts;
    const auto add = [&](const char* what, const std::string& words) {
        if (!words.empty()) {
            parts.push_back(fmt::format("**{}** {}", what, words));
        }
    };
    add("rows", cells_text(line.rows));
    add("refusals", cells_text(line.refusals));
    add("properties", fmt::format("{}", fmt::join(properties_of(line), ", ")));
    add("checks", fmt::format("{}", fmt::join(ids_of(line.checks), ", ")));
    add("tests", tests_text(line.tests));
    add("excuse", std::string{line.excuse});
    return fmt::format("{}", fmt::join(parts, "<br>"));
}

std::string totals(const matrix& all) {
    const auto count = [&](auto holds) {
        return std::count_if(all.lines.begin(), all.lines.end(), holds);
    };
    std::string out = fmt::format(
        "{} clauses: {} in rows or refusals of the machines, ", all.lines.size(),
        count([](const auto& one) { return !one.rows.empty() || !one.refusals.empty(); }));
    out += fmt::format("{} judged by monitors, ",
                       count([](const auto& one) { return !one.properties.empty(); }));
    out += fmt::format("{} by checks of snapcheck, ",
                       count([](const auto& one) { return !one.checks.empty(); }));
    if (all.has_tests) {
        out += fmt::format("{} named by tests, ",
                           count([](const auto& one) { return !one.tests.empty(); }));
    }
    return out +
           fmt::format("{} excused.\n", count([](const auto& one) { return !one.excuse.empty(); }));
}

/// From places back to clauses: path, name, clauses.
using places = std::map<std::pair<std::string, std::string>, std::vector<snapproto::clause>>;

places places_of_tests(const matrix& all) {
    places out;
    for (const matrix_line& line : all.lines) {
        for (const citation& one : line.tests) {
            out[{one.path, one.name}].push_back(one.about);
        }
    }
    return out;
}

std::string tests_back(const matrix& all, clause_links& links) {
    std::string out = "| test | clauses |\n|---|---|\n";
    for (const auto& [place, clauses] : places_of_tests(all)) {
        names ids;
        for (const snapproto::clause one : clauses) {
            ids.push_back(links(one));
        }
        out += fmt::format("| {}{}{} | {} |\n", short_path(place.first),
                           place.second.empty() ? "" : ": ", place.second, fmt::join(ids, ", "));
    }
    return out;
}

std::string properties_back(const matrix& all, clause_links& links) {
    std::map<std::uint8_t, std::pair<std::string_view, names>> found;
    for (const matrix_line& line : all.lines) {
        for (const monitor::judged_property* one : line.properties) {
            auto& [who, ids] = found[one->property];
            who = one->monitor;
            ids.push_back(links(line.about->number));
        }
    }
    std::string out = "| property | monitor | clauses |\n|---|---|---|\n";
    for (const auto& [property, place] : found) {
        out += fmt::format("| 18.{} | {} | {} |\n", property, place.first,
                           fmt::join(place.second, ", "));
    }
    return out;
}

std::string checks_back(const matrix& all, clause_links& links) {
    std::string out = "| check | clause | title |\n|---|---|---|\n";
    for (const matrix_line& line : all.lines) {
        for (const check* one : line.checks) {
            out += fmt::format("| {} | {} | {} |\n", one->id(), links(one->about), one->title);
        }
    }
    return out;
}

json::array cells_json(const std::vector<cell_reference>& cells) {
    json::array out;
    for (const cell_reference& one : cells) {
        json::object cell{{"machine", json::string(one.machine->name)},
                          {"state", json::string(one.machine->states[one.state].name)},
                          {"event", json::string(one.machine->events[one.event].name)}};
        if (!one.guard.empty()) {
            cell["guard"] = json::string(one.guard);
        }
        out.push_back(std::move(cell));
    }
    return out;
}

json::array strings(const names& all) {
    return json::array(all.begin(), all.end());
}

json::object line_json(const matrix_line& line, bool has_tests) {
    json::object out{{"clause", line.about->id()},
                     {"level", json::string(name(line.about->strength))},
                     {"title", line.about->title},
                     {"rows", cells_json(line.rows)},
                     {"refusals", cells_json(line.refusals)},
                     {"properties", strings(properties_of(line))},
                     {"checks", strings(ids_of(line.checks))}};
    if (has_tests) {
        json::array tests;
        for (const citation& one : line.tests) {
            tests.push_back(json::object{{"file", one.path}, {"case", one.name}});
        }
        out["tests"] = std::move(tests);
    }
    if (!line.excuse.empty()) {
        out["excuse"] = json::string(line.excuse);
    }
    return out;
}

json::array tests_json(const matrix& all) {
    json::array out;
    for (const auto& [place, clauses] : places_of_tests(all)) {
        names ids;
        for (const snapproto::clause one : clauses) {
            ids.push_back(clause_id(one));
        }
        out.push_back(
            json::object{{"file", place.first}, {"case", place.second}, {"clauses", strings(ids)}});
    }
    return out;
}

} // namespace

std::string matrix_markdown(const matrix& all) {
    clause_links links("spec.md");
    std::string out =
        "<!-- Generated by scripts/generate_docs.sh. Do not edit. -->\n\n# Traceability\n\nWhat "
        "keeps each clause of [the specification](spec.md), and back. A cell is written STATE x\n"
        "Event; where a machine has more than four of them for a clause they are counted, and\n"
        "its page ([agent](machines/agent.md), [orchestrator](machines/orchestrator.md),\n"
        "[participant](machines/participant.md), [provider](machines/provider.md), of VSS\n"
        "[writer](machines/vss_writer.md), [coordinator](machines/vss_coordinator.md),\n"
        "[provider](machines/vss_provider.md), [requester](machines/vss_requester.md), and\n"
        "[FSRVP server](machines/fsrvp_server.md)) lists them. Every row and refusal is tested by\n"
        "machine/agent_table.cpp, orchestrator_table.cpp, small_machines.cpp, vss_writer.cpp,\n"
        "vss_service.cpp and fsrvp_server.cpp; tests are listed where they name the clause.\n\n";
    if (!all.has_tests) {
        out += "Tests were not read: `--source DIR` names the source tree.\n\n";
    }
    out += totals(all);
    std::uint16_t chapter = 0;
    for (const matrix_line& line : all.lines) {
        if (line.about->number.chapter != chapter) {
            chapter = line.about->number.chapter;
            out += fmt::format("\n## Chapter {}\n\n| clause | level | kept by |\n|---|---|---|\n",
                               chapter);
        }
        out += fmt::format("| {} | {} | {} |\n", links(line.about->number),
                           name(line.about->strength), kept_by(line));
    }
    out += "\n## From properties\n\n" + properties_back(all, links);
    out += "\n## From checks\n\n" + checks_back(all, links);
    if (all.has_tests) {
        out += "\n## From tests\n\n" + tests_back(all, links);
    }
    return out + '\n' + links.definitions();
}

json::object matrix_json(const matrix& all) {
    json::array lines;
    for (const matrix_line& line : all.lines) {
        lines.push_back(line_json(line, all.has_tests));
    }
    json::array checks;
    for (const matrix_line& line : all.lines) {
        for (const check* one : line.checks) {
            checks.push_back(json::object{{"check", one->id()}, {"clause", clause_id(one->about)}});
        }
    }
    json::object out{{"clauses", std::move(lines)}, {"checks", std::move(checks)}};
    if (all.has_tests) {
        out["tests"] = tests_json(all);
    }
    return out;
}

} // namespace snapproto::conformance
