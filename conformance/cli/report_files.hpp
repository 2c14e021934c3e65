// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLI_REPORT_FILES_HPP
#define SNAPPROTO_CONFORMANCE_CLI_REPORT_FILES_HPP

// The option --report: what is wrong in it is found before anything runs.

#include "conformance/result.hpp"

#include <string>
#include <vector>

namespace snapproto::conformance {

struct report_request {
    std::string kind;
    std::string file; ///< "-" is standard output.
};

struct report_requests {
    std::vector<report_request> all;
    bool on_stdout = false; ///< One of them goes to standard output.
};

/// Reads the values of --report: KIND=FILE. @throws usage_error
[[nodiscard]] report_requests read_reports(const std::vector<std::string>& values);

/// Refuses a file in a directory that does not exist: that it cannot be written should not be
/// learned after a long run. @throws usage_error
void require_directory_of(const std::string& flag, const std::string& file);

/// Writes every report asked for. @throws std::runtime_error when a file cannot be written
void write_reports(const report_requests& wanted, const run_result& run, bool strict);

/// @throws std::runtime_error
void write_file(const std::string& path, const std::string& text);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLI_REPORT_FILES_HPP
