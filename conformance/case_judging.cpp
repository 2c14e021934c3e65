// SPDX-License-Identifier: BSL-1.0
#include "conformance/case_judging.hpp"

#include "conformance/attach/target.hpp"
#include "conformance/clauses/words.hpp"
#include "conformance/spec/clauses.hpp"

#include <fmt/format.h>

#include <utility>

namespace snapproto::conformance {
namespace {

/// A capability of the transport: without it the clause has no meaning for this agent, while all
/// others are means of the suite, without which the clause is merely not judged.
bool belongs_to_transport(capability what) {
    return what == capability::connection_oriented || what == capability::half_close ||
           what == capability::second_client || what == capability::virtual_time ||
           what == capability::group;
}

void mark_failed(case_result& result, finding what) {
    result.verdict = result.strength == level::must ? status::fail : status::warn;
    result.found = std::move(what);
}

} // namespace

void mark_skipped(case_result& result, skip_kind kind, std::string reason) {
    result.verdict = status::skip;
    result.skipped = kind;
    result.reason = std::move(reason);
}

void name_clause(case_result& result, clause about) {
    result.clause = clause_id(about);
    if (const clause_info* info = find_clause(about)) {
        result.clause_title = info->title;
        result.clause_text = info->text;
    }
}

std::string replay_command(const std::string& attach, std::string_view what,
                           const run_options& options) {
    std::string command =
        fmt::format("{} {}{}", options.replay_head.empty() ? attach : options.replay_head, what,
                    options.replay_tail);
    if (options.timeout_scale != 1.0) {
        command += fmt::format(" --timeout-scale {}", options.timeout_scale);
    }
    return command;
}

case_result describe_case(const check& one, const std::string& attach, const run_options& options) {
    case_result result;
    result.id = one.id();
    name_clause(result, one.about);
    result.title = std::string(one.title);
    result.strength = level_of(one);
    if (const check_words* const words = find_words(result.id)) {
        result.mend = words->fix;
    }
    result.replay = replay_command(
        attach, fmt::format("--only {} --seed {}", result.id, options.seed), options);
    return result;
}

bool lacks_something(const check& one, case_result& result,
                     const std::function<support(capability)>& can) {
    for (const capability need : one.needs) {
        const support there = can(need);
        if (!there) {
            mark_skipped(result,
                         belongs_to_transport(need) ? skip_kind::inapplicable
                                                    : skip_kind::not_judged,
                         fmt::format("needs {}: {}", describe(need), there.why));
            return true;
        }
    }
    return false;
}

void judge_case(const judgement& context, const std::function<void()>& run, duration limit,
                case_result& result) {
    try {
        run();
        result.verdict = status::pass;
    } catch (const check_failed& failure) {
        mark_failed(result, failure.found());
    } catch (const check_skipped& skipped) {
        mark_skipped(result, skipped.kind(), skipped.what());
    } catch (const unreachable& failure) {
        mark_failed(result, {"the implementation can be reached", "a connection", failure.what()});
    } catch (const out_of_time& failure) {
        mark_failed(result, {"the check ends in time",
                             fmt::format("an end within {:.3g} s", milliseconds(limit) / 1e3),
                             failure.what()});
    } catch (const interrupted&) {
        mark_skipped(result, skip_kind::not_judged, "interrupted");
    } catch (const std::exception& failure) {
        mark_failed(result,
                    {"the check can do its work", "no error of the suite itself", failure.what()});
    }
    std::vector<finding> findings = context.findings();
    if (!findings.empty() && (result.verdict == status::pass || result.verdict == status::skip)) {
        mark_failed(result, findings.front());
        findings.erase(findings.begin());
    }
    result.further = std::move(findings);
}

std::uint64_t case_seed(std::uint64_t seed, std::string_view id) noexcept {
    std::uint64_t mixed = seed ^ 0xCBF2'9CE4'8422'2325U;
    for (const char c : id) {
        mixed = (mixed ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01B3U;
    }
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D0'49BB'1331'11EBU;
    return mixed ^ (mixed >> 31U);
}

} // namespace snapproto::conformance
