// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SUPPORT_SPEC_DOCUMENT_HPP
#define SNAPPROTO_TESTS_SUPPORT_SPEC_DOCUMENT_HPP

// docs/spec.md as the tests see it: which clauses there are, and which of them Appendix A names for
// each cell of the machines. Read from the text, never from the library's own tables.

#include "tests/support/tree.hpp"

#include <snapproto/core/clause.hpp>

#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::tests {

/// One table of Appendix A: (state, event), as the document spells them, to its clauses.
using cell_clauses = std::map<std::pair<std::string, std::string>, std::set<clause>>;

/// The parts of the document that tests compare with.
class spec_document {
  public:
    explicit spec_document(const std::string& path) {
        std::ifstream in{path, std::ios::binary};
        if (!in) {
            throw std::runtime_error{"cannot read " + path};
        }
        std::string section;
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("### SP ")) {
                read_clause(line);
            } else if (line.starts_with("### A.")) {
                section = line.substr(4, line.find(' ', 4) - 4);
            } else if (line.starts_with("## ")) {
                section.clear();
            } else if (!section.empty() && line.starts_with("|")) {
                read_line_of_table(section, line);
            }
        }
    }

    /// The levels by clause: "MUST", "SHOULD" or "MAY".
    [[nodiscard]] const std::map<clause, std::string>& clauses() const { return m_clauses; }
    [[nodiscard]] bool has(clause id) const { return m_clauses.count(id) != 0; }

    /// The clauses of each cell of a table of the appendix: `A.1`.
    [[nodiscard]] const cell_clauses& cells(const std::string& section) const {
        return m_cells.at(section);
    }

  private:
    static std::string trimmed(std::string_view text) {
        const auto first = text.find_first_not_of(" *");
        const auto last = text.find_last_not_of(" *");
        return first == text.npos ? std::string{}
                                  : std::string{text.substr(first, last - first + 1)};
    }

    static clause parse_clause(std::string_view text) {
        clause id;
        const auto* end = text.data() + text.size();
        const auto chapter = std::from_chars(text.data(), end, id.chapter);
        if (chapter.ec != std::errc{} || chapter.ptr == end || *chapter.ptr != '.') {
            throw std::runtime_error{"not a clause: " + std::string{text}};
        }
        const auto number = std::from_chars(chapter.ptr + 1, end, id.number);
        if (number.ec != std::errc{} || number.ptr != end) {
            throw std::runtime_error{"not a clause: " + std::string{text}};
        }
        return id;
    }

    void read_clause(std::string_view line) {
        line.remove_prefix(7);
        const auto space = line.find(' ');
        const auto colon = line.find(':');
        if (space == line.npos || colon == line.npos || colon < space) {
            throw std::runtime_error{"not a heading of a clause: " + std::string{line}};
        }
        const auto id = parse_clause(line.substr(0, space));
        if (!m_clauses.emplace(id, line.substr(space + 1, colon - space - 1)).second) {
            throw std::runtime_error{"a clause has two headings: " + std::string{line}};
        }
    }

    void read_line_of_table(const std::string& section, const std::string& line) {
        std::vector<std::string> columns;
        for (std::size_t at = 1; at < line.size();) {
            const auto bar = line.find('|', at);
            columns.push_back(trimmed(std::string_view{line}.substr(at, bar - at)));
            at = bar == line.npos ? line.size() : bar + 1;
        }
        if (columns.empty() || columns[0].starts_with("---")) {
            return;
        }
        if (columns[0].starts_with("event")) {
            m_states = columns;
            return;
        }
        if (m_states.size() != columns.size() || !m_states[0].starts_with("event")) {
            return; // a table of another form
        }
        for (std::size_t i = 1; i < columns.size(); ++i) {
            auto& cell = m_cells[section][{m_states[i], columns[0]}];
            for (std::size_t at = 0; at < columns[i].size();) {
                const auto end = std::min(columns[i].find(' ', at), columns[i].size());
                cell.insert(parse_clause(std::string_view{columns[i]}.substr(at, end - at)));
                at = end + 1;
            }
        }
    }

    std::map<clause, std::string> m_clauses;
    std::map<std::string, cell_clauses> m_cells;
    std::vector<std::string> m_states;
};

/// The document of this tree.
inline const spec_document& the_spec() {
    static const spec_document document{tests::source_path("docs/spec.md")};
    return document;
}

/// A clause as the document spells it.
[[nodiscard]] inline std::string spelled(clause id) {
    return "SP " + std::to_string(id.chapter) + "." + std::to_string(id.number);
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_SUPPORT_SPEC_DOCUMENT_HPP
