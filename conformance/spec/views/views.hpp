// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_VIEWS_VIEWS_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_VIEWS_VIEWS_HPP

// The specification in the forms that people and programs read. Each is a function from the data
// of spec/machines.hpp and spec/clauses.hpp to text that ends with a line end.

#include "conformance/spec/clauses.hpp"
#include "conformance/spec/machines.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// How Markdown names clauses: as plain text, or as links into docs/spec.md.
class clause_links {
  public:
    /// Plain text.
    clause_links() = default;
    /// @param document the path of docs/spec.md from the page: "../spec.md".
    explicit clause_links(std::string document) : m_document(std::move(document)) {}

    /// "SP 4.2", or a reference to a link of that name.
    std::string operator()(snapproto::clause number);

    /// The definitions of the links used so far, in order of the clauses; empty for plain text.
    [[nodiscard]] std::string definitions() const;

  private:
    std::string m_document;
    std::set<snapproto::clause> m_used;
};

/// The part of a link to a clause's heading behind the '#', as GitHub and others make it.
[[nodiscard]] std::string anchor_of(const clause_info& one);

/// An edge of a diagram: all rows from one state to another, parallel ones joined.
struct diagram_edge {
    std::size_t from = 0;
    std::size_t to = 0;
    /// One entry for each guard: the events, in order of the table, and the guard.
    struct label {
        std::vector<std::string_view> events;
        std::string_view guard; ///< Empty: always.
    };
    std::vector<label> labels;
};

/// What a diagram draws: the changes of state. Rows that stay are a list for each state; refusals
/// are not drawn.
struct diagram {
    std::vector<diagram_edge> edges;
    std::vector<std::vector<std::string_view>> stays; ///< By state: events that leave it as it is.
};

[[nodiscard]] diagram diagram_of(const machine_view& machine);

/// The labels of an edge: events in lines of about `width` characters, each label's last one with
/// the guard in brackets.
[[nodiscard]] std::vector<std::string> lines_of(const diagram_edge& edge, std::size_t width);

/// The words with commas between them, in lines of about `width` characters; one empty line for
/// no words.
[[nodiscard]] std::vector<std::string> wrapped(std::span<const std::string_view> words,
                                               std::size_t width);

[[nodiscard]] std::string mermaid(const machine_view& machine);
[[nodiscard]] std::string dot(const machine_view& machine);
[[nodiscard]] std::string plantuml(const machine_view& machine);

/// The cells at a glance, the rows by state, and the refusals.
[[nodiscard]] std::string table_markdown(const machine_view& machine, clause_links& links);

/// The page docs/machines/<name>.md: words, diagram, tables, links to the clauses.
[[nodiscard]] std::string machine_page(const machine_view& machine);

/// Every clause with its level and its sentence.
[[nodiscard]] std::string clauses_markdown(std::span<const clause_info> clauses);

[[nodiscard]] boost::json::object machine_json(const machine_view& machine);
[[nodiscard]] boost::json::array clauses_json(std::span<const clause_info> clauses);

/// JSON with one member or element a line where that fits, indented by two blanks.
[[nodiscard]] std::string pretty(const boost::json::value& value);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_VIEWS_VIEWS_HPP
