// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_REPORT_REPORT_HPP
#define SNAPPROTO_CONFORMANCE_REPORT_REPORT_HPP

// The result of a run in each of its written forms. Every function returns the whole text.

#include "conformance/result.hpp"

#include <array>
#include <string>
#include <string_view>

namespace snapproto::conformance {

inline constexpr std::array<std::string_view, 5> report_kinds{"junit", "html", "json", "tap",
                                                              "markdown"};

/// One object: tool, version, dialect, target, seed, summary, cases.
///
/// The transcript of a case is an array of objects: `at_us`, `from`, `to`, `text`, and for bytes on
/// the wire `client` and `bytes`. Text that is no UTF-8 is written as \xNN.
[[nodiscard]] std::string json_report(const run_result& run);

/// JUnit's XML: one suite per chapter; a failed SHOULD is no failure there, but in system-out.
/// @param strict makes failures of them.
[[nodiscard]] std::string junit_report(const run_result& run, bool strict);

/// Test Anything Protocol, version 13; a failed SHOULD is "not ok … # TODO" unless strict.
[[nodiscard]] std::string tap_report(const run_result& run, bool strict);

/// A page for code hosting: claim, table, deviations with their transcripts.
[[nodiscard]] std::string markdown_report(const run_result& run);

/// One self-contained page: no script, style or image from elsewhere.
[[nodiscard]] std::string html_report(const run_result& run);

/// The sequence chart of one case as an SVG element, for html_report.
[[nodiscard]] std::string sequence_chart(const case_result& one);

/// The report of that kind. @throws std::invalid_argument for an unknown kind.
[[nodiscard]] std::string make_report(std::string_view kind, const run_result& run, bool strict);

/// Text for HTML and XML: & < > " escaped, control bytes that XML forbids replaced.
[[nodiscard]] std::string escaped(std::string_view text);

/// One line per transcript entry: "   12.3 ms  orchestrator -> agent  {…}".
[[nodiscard]] std::string transcript_lines(const case_result& one);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_REPORT_REPORT_HPP
