// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/matrix.hpp"

#include "conformance/dialects/dialect.hpp"

#include <fmt/format.h>

#include <map>

namespace snapproto::conformance {
namespace {

constexpr std::uint16_t first_dialect_chapter = 20;

/// Fills in the lines of a matrix.
class filler {
  public:
    filler(matrix& out, std::span<const clause_info> clauses) : m_out(out) {
        out.lines.reserve(clauses.size());
        for (const clause_info& one : clauses) {
            m_index.emplace(one.number, out.lines.size());
            out.lines.emplace_back().about = &one;
        }
    }

    /// The line of a clause, or null and a fault that says who named it.
    matrix_line* line(snapproto::clause number, const std::string& named_by) {
        const auto found = m_index.find(number);
        if (found == m_index.end()) {
            m_out.faults.push_back(
                fmt::format("{} names {}, which there is not", named_by, clause_id(number)));
            return nullptr;
        }
        return &m_out.lines[found->second];
    }

    template <class Cells>
    void add_cells(const machine_view& machine, const Cells& cells,
                   std::vector<cell_reference> matrix_line::*where) {
        for (const auto& one : cells) {
            cell_reference cell{&machine, one.from, one.event, {}};
            if constexpr (requires { one.guard; }) {
                cell.guard = one.guard;
            }
            auto* found =
                line(one.governed_by, fmt::format("the {}'s {}", machine.name, cell.text()));
            if (found != nullptr) {
                (found->*where).push_back(cell);
            }
        }
    }

    void add_property(const monitor::judged_property& one) {
        const auto named_by = fmt::format("property 18.{}", one.property);
        if (auto* found = line({18, one.property}, named_by)) {
            found->properties.push_back(&one);
        }
        for (const snapproto::clause exact : one.clauses) {
            if (!exact) {
                break; // the rest is empty
            }
            if (auto* found = line(exact, named_by)) {
                found->properties.push_back(&one);
            }
        }
    }

  private:
    matrix& m_out;
    std::map<snapproto::clause, std::size_t> m_index;
};

} // namespace

std::string cell_reference::text() const {
    const auto cell =
        fmt::format("{} x {}", machine->states[state].title, machine->events[event].title);
    return guard.empty() ? cell : fmt::format("{} [{}]", cell, guard);
}

matrix make_matrix(const matrix_sources& from) {
    matrix out;
    out.has_tests = from.tests.has_value();
    filler fill(out, from.clauses);
    for (const machine_view* machine : from.machines) {
        fill.add_cells(*machine, machine->rows, &matrix_line::rows);
        fill.add_cells(*machine, machine->refusals, &matrix_line::refusals);
        fill.add_cells(*machine, machine->before, &matrix_line::refusals);
    }
    for (const monitor::judged_property& one : from.properties) {
        fill.add_property(one);
    }
    for (const check& one : from.checks) {
        if (auto* found = fill.line(one.about, "check " + one.id())) {
            found->checks.push_back(&one);
        }
    }
    for (const citation& one : from.tests.value_or(std::vector<citation>{})) {
        if (auto* found = fill.line(one.about, one.path)) {
            found->tests.push_back(one);
        }
    }
    for (const clause_excuse& one : from.excuses) {
        auto* found = fill.line(one.about, "an excuse");
        if (found == nullptr) {
            continue;
        }
        if (!found->excuse.empty()) {
            out.faults.push_back(fmt::format("{} has two excuses", clause_id(one.about)));
        }
        found->excuse = one.reason;
        // The chapters of a dialect are what checks are for; what else keeps a clause of them does
        // not excuse that.
        const bool is_needed =
            one.about.chapter >= first_dialect_chapter ? found->checks.empty() : !found->is_kept();
        if (from.tests && !is_needed) {
            out.faults.push_back(fmt::format("{} needs no excuse any more", clause_id(one.about)));
        }
    }
    return out;
}

matrix make_matrix_of_project(const std::string& root) {
    return make_matrix(
        {.clauses = clauses_of_spec(),
         .machines = machines(),
         .properties = monitor::judged_properties,
         .checks = every_check().all(),
         .excuses = clause_excuses(),
         .tests = root.empty() ? std::nullopt : std::optional{read_citations(root)}});
}

} // namespace snapproto::conformance
