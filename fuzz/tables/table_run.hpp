// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_TABLES_TABLE_RUN_HPP
#define SNAPPROTO_FUZZ_TABLES_TABLE_RUN_HPP

// The machines beside an interpretation of their tables that knows nothing of Boost.MSM, driven by
// an input; and inputs that take every row.
//
// An input begins with the machine (0: agent, 1: orchestrator) and its policy; then each event is
// two bytes, its kind and its arguments. The machines are behind functions, so that they are
// compiled once.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// How often each row was taken, in the order of the tables.
struct rows_taken {
    rows_taken();

    std::vector<std::size_t> agent;
    std::vector<std::size_t> orchestrator;
};

/// Runs one input. Ends the process when machine and table disagree.
void run_tables(std::string_view input, rows_taken& taken);

/// The rows that no input took, as "agent: idle, freeze, [guard] (SP 5.1)".
[[nodiscard]] std::vector<std::string> rows_missing(const rows_taken& taken);

/// Inputs that together take every row which any sequence of events can take, found breadth first
/// in the machines themselves: a shortest way to each row, but for those that lie on another one.
[[nodiscard]] std::vector<std::string> transition_tour();

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_TABLES_TABLE_RUN_HPP
