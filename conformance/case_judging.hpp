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

namespace snapproto::conformance {

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
