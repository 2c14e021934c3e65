// SPDX-License-Identifier: BSL-1.0
// The machines and the clauses as JSON.
#include "conformance/spec/views/views.hpp"

#include <boost/json/serialize.hpp>

#include <string>

namespace snapproto::conformance {
namespace {

namespace json = boost::json;

constexpr std::size_t line_max = 96;

json::value text(std::string_view words) {
    return json::string(words);
}

json::array words_json(std::span<const machine_word> words) {
    json::array out;
    for (const machine_word& one : words) {
        out.push_back(json::object{
            {"name", text(one.name)}, {"title", text(one.title)}, {"meaning", text(one.meaning)}});
    }
    return out;
}

json::object row_json(const machine_view& machine, const machine_row& row) {
    return {{"guard", text(row.guard)},
            {"action", text(row.action)},
            {"target", text(machine.states[row.to].name)},
            {"internal", row.is_internal},
            {"clause", clause_id(row.governed_by)}};
}

json::object cell_json(const machine_view& machine, std::size_t state, std::size_t event) {
    json::object out{{"state", text(machine.states[state].name)},
                     {"event", text(machine.events[event].name)}};
    json::array rows;
    for (const machine_row& row : machine.rows) {
        if (row.from == state && row.event == event) {
            rows.push_back(row_json(machine, row));
        }
    }
    if (!rows.empty()) {
        out["rows"] = std::move(rows);
    }
    for (const machine_refusal& cell : machine.refusals) {
        if (cell.from == state && cell.event == event) {
            out["refusal"] = text(machine.answers[cell.how].name);
            out["clause"] = clause_id(cell.governed_by);
        }
    }
    return out;
}

void write(std::string& out, const json::value& value, std::size_t indent) {
    const std::string flat = json::serialize(value);
    const bool is_open = value.is_object() || value.is_array();
    if (!is_open || indent + flat.size() <= line_max) {
        out += flat;
        return;
    }
    const std::string blanks(indent + 2, ' ');
    const char* separator = "\n";
    const auto next = [&] {
        out += separator;
        out += blanks;
        separator = ",\n";
    };
    if (const auto* object = value.if_object()) {
        out += '{';
        for (const auto& member : *object) {
            next();
            out += json::serialize(json::string(member.key())) + ": ";
            write(out, member.value(), indent + 2);
        }
    } else {
        out += '[';
        for (const auto& element : value.get_array()) {
            next();
            write(out, element, indent + 2);
        }
    }
    out += '\n' + std::string(indent, ' ') + (value.is_object() ? '}' : ']');
}

} // namespace

json::object machine_json(const machine_view& machine) {
    json::array cells;
    for (std::size_t state = 0; state < machine.states.size(); ++state) {
        for (std::size_t event = 0; event < machine.events.size(); ++event) {
            cells.push_back(cell_json(machine, state, event));
        }
    }
    json::array before;
    for (const machine_precedence& one : machine.before) {
        before.push_back(json::object{{"state", text(machine.states[one.from].name)},
                                      {"event", text(machine.events[one.event].name)},
                                      {"transaction", one.condition},
                                      {"refusal", text(machine.answers[one.how].name)},
                                      {"clause", clause_id(one.governed_by)}});
    }
    return {{"machine", text(machine.name)},
            {"about", text(machine.about)},
            {"initial", text(machine.states[machine.initial].name)},
            {"states", words_json(machine.states)},
            {"events", words_json(machine.events)},
            {"refusals", words_json(machine.answers)},
            {"before", std::move(before)},
            {"cells", std::move(cells)}};
}

json::array clauses_json(std::span<const clause_info> clauses) {
    json::array out;
    for (const clause_info& one : clauses) {
        out.push_back(json::object{{"clause", one.id()},
                                   {"level", text(name(one.strength))},
                                   {"title", one.title},
                                   {"text", one.text}});
    }
    return out;
}

std::string pretty(const json::value& value) {
    std::string out;
    write(out, value, 0);
    return out + '\n';
}

} // namespace snapproto::conformance
