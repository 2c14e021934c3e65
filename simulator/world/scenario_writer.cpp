// SPDX-License-Identifier: BSL-1.0
// A scenario as a file: only what differs from the defaults, a line for each part.
#include "simulator/world/scenario.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace snapproto::world {
namespace {

std::string json_of(const field& from) {
    if (const auto* const flag = std::get_if<bool*>(&from.where)) {
        return **flag ? "true" : "false";
    }
    if (const auto* const number = std::get_if<std::uint64_t*>(&from.where)) {
        return std::to_string(**number);
    }
    return boost::json::serialize(boost::json::string{**std::get_if<std::string*>(&from.where)});
}

std::string member(std::string_view name, const std::string& value) {
    return fmt::format("\"{}\": {}", name, value);
}

/// Members of one object, on one line.
std::string object(const std::vector<std::string>& members) {
    return fmt::format("{{{}}}", fmt::join(members, ", "));
}

template <class Described>
std::vector<field> changed_fields(Described& what, Described& usual) {
    std::vector<field> changed;
    const auto fields = fields_of(what);
    const auto defaults = fields_of(usual);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (json_of(fields[i]) != json_of(defaults[i])) {
            changed.push_back(fields[i]);
        }
    }
    return changed;
}

std::string fault_text(fault what) {
    fault usual;
    std::vector<std::string> members;
    for (const auto& one : changed_fields(what, usual)) {
        members.push_back(member(one.name, json_of(one)));
    }
    return object(members);
}

} // namespace

std::string to_text(const scenario& from) {
    scenario what = from;
    scenario usual;
    std::vector<std::string> lines;
    std::string open; // the part whose members are gathered
    std::vector<std::string> members;
    const auto close = [&] {
        if (!members.empty()) {
            lines.push_back(member(open, object(members)));
            members.clear();
        }
    };
    for (const auto& one : changed_fields(what, usual)) {
        const auto point = one.name.find('.');
        const auto part = point == std::string_view::npos ? "" : one.name.substr(0, point);
        if (part != open) {
            close();
            open = part;
        }
        if (part.empty()) {
            lines.push_back(member(one.name, json_of(one)));
        } else {
            members.push_back(member(one.name.substr(point + 1), json_of(one)));
        }
    }
    close();
    if (!what.faults.empty()) {
        std::vector<std::string> faults;
        for (const auto& one : what.faults) {
            faults.push_back("        " + fault_text(one));
        }
        lines.push_back(fmt::format("\"faults\": [\n{}\n    ]", fmt::join(faults, ",\n")));
    }
    return fmt::format("{{\n    {}\n}}\n", fmt::join(lines, ",\n    "));
}

} // namespace snapproto::world
