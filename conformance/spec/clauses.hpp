// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_CLAUSES_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_CLAUSES_HPP

// The clauses of the specification, read from its text. Headings look like
// "### SP 4.2 MUST: Title sentence without full stop".

#include "conformance/check.hpp"
#include "snapproto/core/clause.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

struct clause_info {
    snapproto::clause number{};
    level strength = level::must;
    std::string title;
    std::string text; ///< The paragraphs below the heading, in the document's own markup.

    /// "SP 4.2".
    [[nodiscard]] std::string id() const;
};

/// "SP 4.2".
[[nodiscard]] std::string clause_id(snapproto::clause number);

/// Reads the clauses of a specification, in order of the document.
///
/// Errors: a heading that begins with "### SP" and has another form, and a clause that appears
/// twice, are std::invalid_argument with the line's number.
[[nodiscard]] std::vector<clause_info> read_clauses(std::string_view text);

/// The clauses of the embedded specification.
[[nodiscard]] const std::vector<clause_info>& clauses_of_spec();

/// The clause of the embedded specification with that number, or null.
[[nodiscard]] const clause_info* find_clause(snapproto::clause number);

/// The level of a check: its clause's, or the lower one that the check asks for. A clause that the
/// specification does not have counts as MUST.
[[nodiscard]] level level_of(const check& one);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_CLAUSES_HPP
