// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CASE_JUDGING_HPP
#define SNAPPROTO_CONFORMANCE_CASE_JUDGING_HPP

// From a check that ran to the result of its case: the same for agents and for orchestrators.

#include "conformance/attach/capability.hpp"
#include "conformance/judgement.hpp"
#include "conformance/result.hpp"
#include "conformance/runner.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace snapproto::conformance {

/// Fills in what the specification says of the clause that a case is about.
void name_clause(case_result& result, clause about);

/// The command that repeats a case. @param what selects it: "--only 24.3/1 --seed 1".
[[nodiscard]] std::string replay_command(const std::string& attach, std::string_view what,
                                         const run_options& options);

/// The result before anything has run. @param attach the command with its attach flags:
/// "snapcheck agent --builtin reference".
[[nodiscard]] case_result describe_case(const check& one, const std::string& attach,
                                        const run_options& options);

void mark_skipped(case_result& result, skip_kind kind, std::string reason);

/// Marks the case as skipped if something that it needs is missing.
[[nodiscard]] bool lacks_something(const check& one, case_result& result,
                                   const std::function<support(capability)>& can);

/// Runs the function of the check and makes a verdict of how it ended.
/// @param limit the time bound, for the words when it was exceeded
void judge_case(const judgement& context, const std::function<void()>& run, duration limit,
                case_result& result);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CASE_JUDGING_HPP
