// SPDX-License-Identifier: BSL-1.0
// The machines as diagrams: Mermaid, Graphviz DOT, PlantUML.
#include "conformance/spec/views/views.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace snapproto::conformance {
namespace {

constexpr std::size_t label_width = 30;

void add_row(diagram& out, const machine_view& machine, const machine_row& row) {
    const std::string_view event = machine.events[row.event].title;
    if (row.is_internal) {
        auto& events = out.stays[row.from];
        if (std::find(events.begin(), events.end(), event) == events.end()) {
            events.push_back(event);
        }
        return;
    }
    auto edge = std::find_if(out.edges.begin(), out.edges.end(), [&](const diagram_edge& one) {
        return one.from == row.from && one.to == row.to;
    });
    if (edge == out.edges.end()) {
        edge = out.edges.insert(out.edges.end(), {row.from, row.to, {}});
    }
    auto label = std::find_if(edge->labels.begin(), edge->labels.end(),
                              [&](const auto& one) { return one.guard == row.guard; });
    if (label == edge->labels.end()) {
        label = edge->labels.insert(edge->labels.end(), {{}, row.guard});
    }
    label->events.push_back(event);
}

/// "stays on" and the events that leave the state as it is; nothing where there are none.
std::vector<std::string> stay_lines(const diagram& drawn, std::size_t state) {
    if (drawn.stays[state].empty()) {
        return {};
    }
    auto lines = wrapped(drawn.stays[state], label_width);
    lines.front().insert(0, "stays on ");
    return lines;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        switch (letter) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += letter;
        }
    }
    return out;
}

} // namespace

diagram diagram_of(const machine_view& machine) {
    diagram out;
    out.stays.resize(machine.states.size());
    for (const machine_row& row : machine.rows) {
        add_row(out, machine, row);
    }
    return out;
}

std::vector<std::string> wrapped(std::span<const std::string_view> words, std::size_t width) {
    std::vector<std::string> lines{""};
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string word{words[i]};
        if (i + 1 < words.size()) {
            word += ',';
        }
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) {
            lines.emplace_back();
        }
        if (!lines.back().empty()) {
            lines.back() += ' ';
        }
        lines.back() += word;
    }
    return lines;
}

std::vector<std::string> lines_of(const diagram_edge& edge, std::size_t width) {
    std::vector<std::string> lines;
    for (const auto& label : edge.labels) {
        for (auto& line : wrapped(label.events, width)) {
            lines.push_back(std::move(line));
        }
        if (!label.guard.empty()) {
            // Never on a line of its own: it would seem to speak of the events above, too.
            lines.back() += fmt::format(" [{}]", label.guard);
        }
    }
    return lines;
}

std::string mermaid(const machine_view& machine) {
    const diagram drawn = diagram_of(machine);
    std::string out = "stateDiagram-v2\n";
    for (std::size_t i = 0; i < machine.states.size(); ++i) {
        const std::string_view name = machine.states[i].title;
        out += fmt::format("    state \"{0}\" as {0}\n", name);
        for (const std::string& line : stay_lines(drawn, i)) {
            out += fmt::format("    {}: {}\n", name, line);
        }
    }
    out += fmt::format("    [*] --> {}\n", machine.states[machine.initial].title);
    for (const diagram_edge& edge : drawn.edges) {
        out += fmt::format("    {} --> {}: {}\n", machine.states[edge.from].title,
                           machine.states[edge.to].title,
                           fmt::join(lines_of(edge, label_width), "<br/>"));
    }
    return out;
}

std::string dot(const machine_view& machine) {
    const diagram drawn = diagram_of(machine);
    std::string out = fmt::format("digraph {} {{\n"
                                  "    graph [rankdir=TB, nodesep=0.6, ranksep=0.7, "
                                  "fontname=\"Helvetica\", label=\"{}\", labelloc=t]\n"
                                  "    node [shape=box, style=\"rounded,filled\", "
                                  "fillcolor=\"#f4f6fa\", fontname=\"Helvetica\", fontsize=13]\n"
                                  "    edge [fontname=\"Helvetica\", fontsize=10, "
                                  "arrowsize=0.8]\n\n"
                                  "    start [shape=point, width=0.15, fillcolor=black]\n",
                                  machine.name, machine.title);
    for (std::size_t i = 0; i < machine.states.size(); ++i) {
        const std::string_view name = machine.states[i].title;
        if (drawn.stays[i].empty()) {
            out += fmt::format("    {}\n", name);
        } else {
            out +=
                fmt::format("    {} [label=<{}<br/><font point-size=\"9\">stays on {}</font>>]\n",
                            name, name, fmt::join(wrapped(drawn.stays[i], label_width), "<br/>"));
        }
    }
    out += fmt::format("\n    start -> {}\n", machine.states[machine.initial].title);
    for (const diagram_edge& edge : drawn.edges) {
        std::string label;
        for (const std::string& line : lines_of(edge, label_width)) {
            label += "&nbsp;" + escaped(line) + "<br align=\"left\"/>"; // the end of a line
        }
        out += fmt::format("    {} -> {} [label=<{}>]\n", machine.states[edge.from].title,
                           machine.states[edge.to].title, label);
    }
    return out + "}\n";
}

std::string plantuml(const machine_view& machine) {
    const diagram drawn = diagram_of(machine);
    std::string out = fmt::format("@startuml {}\ntitle {}\nhide empty description\n\n",
                                  machine.name, machine.title);
    for (std::size_t i = 0; i < machine.states.size(); ++i) {
        const std::string_view name = machine.states[i].title;
        out += fmt::format("state {}\n", name);
        for (const std::string& line : stay_lines(drawn, i)) {
            out += fmt::format("{} : {}\n", name, line);
        }
    }
    out += fmt::format("\n[*] --> {}\n", machine.states[machine.initial].title);
    for (const diagram_edge& edge : drawn.edges) {
        out += fmt::format("{} --> {} : {}\n", machine.states[edge.from].title,
                           machine.states[edge.to].title,
                           fmt::join(lines_of(edge, label_width), "\\n"));
    }
    return out + "@enduml\n";
}

} // namespace snapproto::conformance
