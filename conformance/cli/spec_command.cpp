// SPDX-License-Identifier: BSL-1.0
// snapcheck spec: the specification itself, in various forms.
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/spec/check_pages.hpp"
#include "conformance/spec/matrix.hpp"
#include "conformance/spec/promela/promela.hpp"
#include "conformance/spec/spec_text.hpp"
#include "conformance/spec/views/views.hpp"
#include "conformance/suites/scores.hpp"

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

/// What a form is made from.
struct spec_request {
    std::string format;
    chosen_machines machines;
    std::string source; ///< The source tree; empty: none.
    promela_options model;
};

/// The flags that a form takes beside --format and --output.
enum class spec_flag { none, machine, source, model };

/// One form of the specification: what it is called, how it can be written, and how it is made.
struct spec_form {
    std::string name;
    std::vector<std::string> formats; ///< The first one is the default.
    spec_flag takes;
    std::string (*make)(const spec_request& asked);
};

std::vector<std::string> machine_names() {
    std::vector<std::string> names;
    for (const machine_view* one : machines()) {
        names.emplace_back(one->name);
    }
    return names;
}

const machine_view& the_one(const spec_request& asked, const std::string& what) {
    if (asked.machines.size() != 1) {
        throw usage_error(fmt::format("{} shows one machine; add --machine {}", what,
                                      fmt::join(machine_names(), "|")));
    }
    return *asked.machines.front();
}

std::string make_text(const spec_request&) {
    return std::string{spec_text()};
}

std::string make_clauses(const spec_request& asked) {
    if (asked.format == "json") {
        return pretty(clauses_json(clauses_of_spec()));
    }
    if (asked.format == "markdown") {
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

std::string make_table(const spec_request& asked) {
    if (asked.format == "json") {
        return pretty(tables_json(asked.machines));
    }
    std::string out;
    for (const machine_view* one : asked.machines) {
        clause_links plain;
        out += (out.empty() ? "" : "\n") + table_markdown(*one, plain);
    }
    return out;
}

std::string make_diagram(const spec_request& asked) {
    if (asked.format == "mermaid") {
        return mermaid(the_one(asked, "a Mermaid diagram"));
    }
    std::string out;
    for (const machine_view* one : asked.machines) {
        out += out.empty() ? "" : "\n";
        out += asked.format == "dot" ? dot(*one)
               : asked.format == "plantuml"
                   ? plantuml(*one)
                   : fmt::format("# {}\n\n```mermaid\n{}```\n", one->title, mermaid(*one));
    }
    return out;
}

std::string make_page(const spec_request& asked) {
    return machine_page(the_one(asked, "a page"));
}

std::string make_json(const spec_request& asked) {
    return pretty(json::object{{"clauses", clauses_json(clauses_of_spec())},
                               {"machines", tables_json(asked.machines)}});
}

std::string make_matrix_form(const spec_request& asked) {
    const matrix all = make_matrix_of_project(asked.source);
    return asked.format == "json" ? pretty(matrix_json(all)) : matrix_markdown(all);
}

std::string make_promela(const spec_request& asked) {
    try {
        return promela_model(asked.model);
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
}

/// All pages of docs/checks/ in one text, each behind a line that names its file.
std::string make_checks(const spec_request&) {
    std::string out = "<!-- file: README.md -->\n" + check_index();
    for (const check_group& one : check_groups()) {
        out += fmt::format("<!-- file: {}.md -->\n{}", one.name(), check_page(one));
    }
    return out;
}

std::string make_scores(const spec_request&) {
    return suites::scores_markdown(suites::measure_scores());
}

const std::vector<spec_form>& forms() {
    static const std::vector<spec_form> all{
        {"clauses", {"text", "markdown", "json"}, spec_flag::none, make_clauses},
        {"table", {"markdown", "json"}, spec_flag::machine, make_table},
        {"diagram", {"mermaid", "dot", "plantuml", "markdown"}, spec_flag::machine, make_diagram},
        {"page", {"markdown"}, spec_flag::machine, make_page},
        {"matrix", {"markdown", "json"}, spec_flag::source, make_matrix_form},
        {"json", {"json"}, spec_flag::machine, make_json},
        {"text", {"markdown"}, spec_flag::none, make_text},
        {"promela", {"promela"}, spec_flag::model, make_promela},
        {"checks", {"markdown"}, spec_flag::none, make_checks},
        {"scores", {"markdown"}, spec_flag::none, make_scores},
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
    return *std::find_if(forms().begin(), forms().end(),
                         [&](const auto& one) { return one.name == name; });
}

/// The configuration of a model.
promela_options model_of(const spec_options& options) {
    const promela_options made;
    return {options.dialect.value_or(made.dialect),
            options.agents.value_or(made.agents),
            options.participants.value_or(made.participants),
            options.sessions.value_or(made.sessions),
            options.fault_budget.value_or(made.fault_budget),
            options.faults.value_or(made.faults),
            options.flaw.value_or(made.flaw),
            options.mutation.value_or(made.mutation),
            options.liveness};
}

bool asks_for_a_model(const spec_options& o) {
    return o.dialect || o.agents || o.participants || o.sessions || o.fault_budget || o.faults ||
           o.flaw || o.mutation || o.liveness;
}

} // namespace

int run_spec(const spec_options& options) {
    const spec_form& form = find_form(options.form);
    spec_request asked{form.formats.front(),
                       {machines().begin(), machines().end()},
                       options.source,
                       model_of(options)};
    if (!options.format.empty()) {
        asked.format =
            choose(fmt::format("format of 'spec {}'", form.name), options.format, form.formats);
    }
    if (!options.machine.empty()) {
        if (form.takes != spec_flag::machine) {
            throw usage_error(fmt::format("'spec {}' is not about one machine", form.name));
        }
        asked.machines = {find_machine(choose("machine", options.machine, machine_names()))};
    }
    if (!options.source.empty() && form.takes != spec_flag::source) {
        throw usage_error(fmt::format("'spec {}' reads no source tree", form.name));
    }
    if (asks_for_a_model(options) && form.takes != spec_flag::model) {
        throw usage_error(
            fmt::format("'spec {}' is no model: its options are for 'spec promela'", form.name));
    }
    const std::string text = [&] {
        try {
            return form.make(asked);
        } catch (const no_source_tree& failure) {
            throw usage_error(fmt::format("--source {}", failure.what()));
        }
    }();
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
