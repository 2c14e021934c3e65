// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_CITATIONS_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_CITATIONS_HPP

// Which tests and monitors of the source tree name which clauses, read from their text.
//
// A test cites a clause by "SP 7.3" or "SP 7.3, 7.4": in a comment right above it or inside it, or
// in a text that it expects. Below tests/conformance/, where clauses are also sample data, only
// comments count. A test of the monitors cites property n by `expect(..., {n})`. A monitor cites
// the properties that its file names, and each clause that it gives to a violation.

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
    std::string name; ///< The test case or the monitor; empty: the file as a whole.

    friend auto operator<=>(const citation&, const citation&) = default;
};

/// The citations of one test source, each once, in order.
[[nodiscard]] std::vector<citation> citations_of_test(std::string_view path, std::string_view text);

/// The citations of one header of monitor/, each once, in order; none where no monitor is defined.
[[nodiscard]] std::vector<citation> citations_of_monitor(std::string_view path,
                                                         std::string_view text);

/// what() names the folder.
class no_source_tree : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct citations {
    std::vector<citation> tests;
    std::vector<citation> monitors;
};

/// Reads tests/ and include/snapproto/monitor/ of a source tree, in order of the paths.
///
/// @throws no_source_tree when one of the folders is not there or a file cannot be read
[[nodiscard]] citations read_citations(const std::string& root);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_CITATIONS_HPP
