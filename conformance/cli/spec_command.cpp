// SPDX-License-Identifier: BSL-1.0
// snapcheck spec: the specification itself, in various forms.
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/spec/spec_text.hpp"
#include "conformance/spec/views/views.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

namespace json = boost::json;

using chosen_machines = std::vector<const machine_view*>;

/// One form of the specification: what it is called, how it can be written, and how it is made.
struct spec_form {
    std::string name;
    std::vector<std::string> formats; ///< The first one is the default; empty: not available yet.
    bool of_machines;                 ///< It takes --machine.
    std::string (*make)(const std::string& format, const chosen_machines& chosen);
};

std::vector<std::string> machine_names() {
    std::vector<std::string> names;
    for (const machine_view* one : machines()) {
        names.emplace_back(one->name);
    }
    return names;
}

const machine_view& the_one(const chosen_machines& chosen, const std::string& what) {
    if (chosen.size() != 1) {
        throw usage_error(fmt::format("{} shows one machine; add --machine {}", what,
                                      fmt::join(machine_names(), "|")));
    }
    return *chosen.front();
}

std::string make_text(const std::string&, const chosen_machines&) {
    return std::string{spec_text()};
}

std::string make_clauses(const std::string& format, const chosen_machines&) {
    if (format == "json") {
        return pretty(clauses_json(clauses_of_spec()));
    }
    if (format == "markdown") {
        return clauses_markdown(clauses_of_spec());
    }
    std::string out;
    for (const clause_info& one : clauses_of_spec()) {
        out += fmt::format("{:<9} {:<7} {}\n", one.id(), name(one.strength), one.title);
    }
    return out;
}

json::array tables_json(const chosen_machines& chosen) {
    json::array all;
    for (const machine_view* one : chosen) {
        all.push_back(machine_json(*one));
    }
    return all;
}

std::string make_table(const std::string& format, const chosen_machines& chosen) {
    if (format == "json") {
        return pretty(tables_json(chosen));
    }
    std::string out;
    for (const machine_view* one : chosen) {
        clause_links plain;
        out += (out.empty() ? "" : "\n") + table_markdown(*one, plain);
    }
    return out;
}

std::string make_diagram(const std::string& format, const chosen_machines& chosen) {
    if (format == "mermaid") {
        return mermaid(the_one(chosen, "a Mermaid diagram"));
    }
    std::string out;
    for (const machine_view* one : chosen) {
        out += out.empty() ? "" : "\n";
        out += format == "dot" ? dot(*one)
               : format == "plantuml"
                   ? plantuml(*one)
                   : fmt::format("# {}\n\n```mermaid\n{}```\n", one->title, mermaid(*one));
    }
    return out;
}

std::string make_page(const std::string&, const chosen_machines& chosen) {
    return machine_page(the_one(chosen, "a page"));
}

std::string make_json(const std::string&, const chosen_machines& chosen) {
    return pretty(json::object{{"clauses", clauses_json(clauses_of_spec())},
                               {"machines", tables_json(chosen)}});
}

const std::vector<spec_form>& forms() {
    static const std::vector<spec_form> all{
        {"clauses", {"text", "markdown", "json"}, false, make_clauses},
        {"table", {"markdown", "json"}, true, make_table},
        {"diagram", {"mermaid", "dot", "plantuml", "markdown"}, true, make_diagram},
        {"page", {"markdown"}, true, make_page},
        {"json", {"json"}, true, make_json},
        {"text", {"markdown"}, false, make_text},
        {"promela", {}, true, nullptr},
        {"matrix", {}, false, nullptr},
    };
    return all;
}

std::string choose(const std::string& what, const std::string& word,
                   std::span<const std::string> known) {
    if (std::find(known.begin(), known.end(), word) != known.end()) {
        return word;
    }
    const std::string_view near = nearest(word, known);
    throw usage_error(fmt::format(
        "unknown {} '{}'; {}", what, word,
        near.empty()
            ? fmt::format("there {}: {}", known.size() == 1 ? "is" : "are", fmt::join(known, ", "))
            : fmt::format("did you mean {}?", near)));
}

const spec_form& find_form(const std::string& name) {
    std::vector<std::string> names;
    for (const spec_form& one : forms()) {
        names.push_back(one.name);
    }
    choose("form", name, names);
    const spec_form& found = *std::find_if(forms().begin(), forms().end(),
                                           [&](const auto& one) { return one.name == name; });
    if (found.formats.empty()) {
        throw usage_error(fmt::format("'spec {}' is not available in this version", name));
    }
    return found;
}

} // namespace

int run_spec(const spec_options& options) {
    const spec_form& form = find_form(options.form);
    const std::string format =
        options.format.empty()
            ? form.formats.front()
            : choose(fmt::format("format of 'spec {}'", form.name), options.format, form.formats);
    chosen_machines chosen(machines().begin(), machines().end());
    if (!options.machine.empty()) {
        if (!form.of_machines) {
            throw usage_error(fmt::format("'spec {}' is not about one machine", form.name));
        }
        chosen = {find_machine(choose("machine", options.machine, machine_names()))};
    }
    const std::string text = form.make(format, chosen);
    if (options.output.empty() || options.output == "-") {
        std::fwrite(text.data(), 1, text.size(), stdout);
        return exit_good;
    }
    try {
        write_file(options.output, text);
    } catch (const std::runtime_error& failure) {
        throw usage_error(fmt::format("--output {}", failure.what()));
    }
    return exit_good;
}

} // namespace snapproto::conformance
