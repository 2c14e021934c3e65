// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_CITATIONS_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_CITATIONS_HPP

// Which tests of the source tree name which clauses, read from their text.
//
// A test cites a clause by "SP 7.3" or "SP 7.3, 7.4": in a comment right above it or inside it, or
// in a text that it expects. Below tests/conformance/, where clauses are also sample data, only
// comments count. A test of the monitors cites property n by `expect(..., {n})`.

#include "snapproto/core/clause.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// One place that names a clause.
struct citation {
    snapproto::clause about{};
    std::string path; ///< From the root of the tree: "tests/unit/endpoint/agent.cpp".
    std::string name; ///< The test case; empty: the file as a whole.

    friend auto operator<=>(const citation&, const citation&) = default;
};

/// The citations of one test source, each once, in order.
[[nodiscard]] std::vector<citation> citations_of_test(std::string_view path, std::string_view text);

/// what() names the folder.
class no_source_tree : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Reads tests/ of a source tree, in order of the paths.
///
/// @throws no_source_tree when the folder is not there or a file cannot be read
[[nodiscard]] std::vector<citation> read_citations(const std::string& root);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_CITATIONS_HPP
