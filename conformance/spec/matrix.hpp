// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_MATRIX_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_MATRIX_HPP

// Traceability: where each clause is kept, and which clauses each place keeps.

#include "conformance/check.hpp"
#include "conformance/spec/citations.hpp"
#include "conformance/spec/clauses.hpp"
#include "conformance/spec/excuses.hpp"
#include "conformance/spec/machines.hpp"
#include "snapproto/monitor/all.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// A cell of a machine: a row, a refusal, or a refusal before the cell is looked up.
struct cell_reference {
    const machine_view* machine = nullptr;
    std::size_t state = 0;
    std::size_t event = 0;
    std::string_view guard;

    /// "FROZEN x Thaw", with the guard in brackets.
    [[nodiscard]] std::string text() const;
};

/// One clause and what keeps it.
struct matrix_line {
    const clause_info* about = nullptr;
    std::vector<cell_reference> rows;
    std::vector<cell_reference> refusals;
    /// The properties of SP chapter 18 that are this clause, or whose violations may name it.
    std::vector<const monitor::judged_property*> properties;
    std::vector<const check*> checks;
    std::vector<citation> tests;
    std::string_view excuse; ///< Why no check judges it; empty: none is stated.

    [[nodiscard]] bool is_kept() const {
        return !rows.empty() || !refusals.empty() || !properties.empty() || !checks.empty() ||
               !tests.empty();
    }
};

struct matrix {
    std::vector<matrix_line> lines; ///< All clauses, in order of the document.
    /// Sentences: a place that names a clause which does not exist, and an excuse that is not
    /// needed: for a clause of a dialect that has a check, or for an abstract one that anything
    /// keeps.
    std::vector<std::string> faults;
    bool has_tests = false; ///< A source tree was read.
};

/// What a matrix is made of.
struct matrix_sources {
    std::span<const clause_info> clauses;
    std::span<const machine_view* const> machines;
    std::span<const monitor::judged_property> properties;
    std::span<const check> checks;
    std::span<const clause_excuse> excuses;
    /// Without them it is not said that an excuse is not needed.
    std::optional<std::vector<citation>> tests;
};

[[nodiscard]] matrix make_matrix(const matrix_sources& from);

/// The matrix of this program, and of the source tree at `root` unless that is empty.
[[nodiscard]] matrix make_matrix_of_project(const std::string& root);

/// The page docs/matrix.md.
[[nodiscard]] std::string matrix_markdown(const matrix& all);
[[nodiscard]] boost::json::object matrix_json(const matrix& all);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_MATRIX_HPP
