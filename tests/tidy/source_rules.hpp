// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_TIDY_SOURCE_RULES_HPP
#define SNAPPROTO_TESTS_TIDY_SOURCE_RULES_HPP

// The rules that hold the shape of the tree, as functions from text to findings.
//
// They see text and paths only, so the same code judges the tree and the small offending snippets
// that show each rule bites.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::tidy {

/// One breach of a rule.
struct finding {
    std::string path;
    std::size_t line = 0;
    std::string text;
};

/// One line of the form `#include <x>` or `#include "x"`.
struct include_line {
    std::size_t line = 0;
    std::string target;
};

/// Source files by their path from the root of the tree, with `/` between folders.
using source_tree = std::map<std::string, std::string>;

/// The include lines of a source text, in order.
[[nodiscard]] std::vector<include_line> includes_of(std::string_view text);

/// The layer of a library header: the folder below include/snapproto/, "root" for a header in that
/// folder itself, and empty for any other file.
[[nodiscard]] std::string layer_of(std::string_view path);

/// Licence line, include guard, length of lines and files, tabs, and words that mean "not done".
[[nodiscard]] std::vector<finding> check_text(std::string_view path, std::string_view text);

/// The allowed edges between layers of the library, and who may see Boost.MSM, the outside world,
/// the machines and the endpoints. Each include line is judged for itself.
[[nodiscard]] std::vector<finding> check_includes(std::string_view path, std::string_view text);

/// No judge reaches the machines, not even through other files of the project.
///
/// The embedded agent is made of the library's endpoints and so of its machines; the way ends
/// there.
[[nodiscard]] std::vector<finding> check_judges(const source_tree& files);

} // namespace snapproto::tidy

#endif // SNAPPROTO_TESTS_TIDY_SOURCE_RULES_HPP
