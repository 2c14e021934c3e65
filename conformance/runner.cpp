// SPDX-License-Identifier: BSL-1.0
#include "conformance/runner.hpp"

#include "conformance/interrupt.hpp"
#include "conformance/restore.hpp"
#include "conformance/spec/clauses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace snapproto::conformance {
namespace {

/// A capability of the transport: without it the clause has no meaning for this agent, while all
/// others are means of the suite, without which the clause is merely not judged.
bool belongs_to_transport(capability what) {
    return what == capability::connection_oriented || what == capability::half_close ||
           what == capability::second_client || what == capability::virtual_time;
}

void mark_failed(case_result& result, finding what) {
    result.verdict = result.strength == level::must ? status::fail : status::warn;
    result.found = std::move(what);
}

void mark_skipped(case_result& result, skip_kind kind, std::string reason) {
    result.verdict = status::skip;
    result.skipped = kind;
    result.reason = std::move(reason);
}

case_result describe_case(const check& one, target& agent, const run_options& options) {
    case_result result;
    result.id = one.id();
    result.clause = clause_id(one.about);
    if (const clause_info* info = find_clause(one.about)) {
        result.clause_title = info->title;
        result.clause_text = info->text;
    }
    result.title = std::string(one.title);
    result.strength = level_of(one);
    result.replay =
        fmt::format("{} --only {} --seed {}{}",
                    options.replay_head.empty() ? "snapcheck agent " + agent.replay_flags()
                                                : options.replay_head,
                    result.id, options.seed, options.replay_tail);
    if (options.timeout_scale != 1.0) {
        result.replay += fmt::format(" --timeout-scale {}", options.timeout_scale);
    }
    return result;
}

/// Marks the case as skipped if something that it needs is missing.
bool lacks_something(const check& one, target& agent, case_result& result) {
    for (const capability need : one.needs) {
        const support can = agent.can(need);
        if (!can) {
            mark_skipped(result,
                         belongs_to_transport(need) ? skip_kind::inapplicable
                                                    : skip_kind::not_judged,
                         fmt::format("needs {}: {}", describe(need), can.why));
            return true;
        }
    }
    return false;
}

void note_hook_calls(target& agent, transcript& log) {
    const played_hook* hook = agent.hook();
    if (hook == nullptr) {
        return;
    }
    for (const hook_call& call : hook->calls()) {
        std::string words = "hook";
        for (const auto& argument : call.arguments) {
            words += ' ' + printable(argument, 60);
        }
        if (call.frozen_at_start) {
            words += *call.frozen_at_start ? " (filesystem frozen)" : " (filesystem not frozen)";
        }
        log.event(call.started, lane::agent, lane::hook, words);
        if (call.ended) {
            log.event(*call.ended, lane::hook, lane::agent, "ends");
        }
    }
}

/// Runs the function of the check. @return true if the agent was started with options by it.
bool judge(const check& one, run_context& context, case_result& result) {
    try {
        one.run(context);
        result.verdict = status::pass;
    } catch (const check_failed& failure) {
        mark_failed(result, failure.found());
    } catch (const check_skipped& skipped) {
        mark_skipped(result, skipped.kind(), skipped.what());
    } catch (const unreachable& failure) {
        mark_failed(result, {"the agent can be reached", "a connection", failure.what()});
    } catch (const out_of_time& failure) {
        mark_failed(result, {"the check ends in time",
                             fmt::format("an end within {:.3g} s",
                                         milliseconds(context.limit(one.bound)) / 1e3),
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
    return context.agent_was_started();
}

} // namespace

std::uint64_t case_seed(std::uint64_t seed, std::string_view id) noexcept {
    std::uint64_t mixed = seed ^ 0xCBF2'9CE4'8422'2325U;
    for (const char c : id) {
        mixed = (mixed ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01B3U;
    }
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D0'49BB'1331'11EBU;
    return mixed ^ (mixed >> 31U);
}

run_result run_checks(target& agent, const std::vector<const check*>& selected,
                      const run_options& options) {
    run_result run;
    run.target = options.target_name.empty() ? agent.description() : options.target_name;
    run.seed = options.seed;
    // Where a start costs nothing each check gets a fresh agent; elsewhere only if it needs one.
    const bool always_fresh = agent.can(capability::virtual_time) && agent.can(capability::restart);
    restore_report state = restore(agent, options.timeout_scale, false);
    if (!state.ready) {
        throw unreachable(fmt::format("{}: {}", run.target, state.trouble));
    }
    std::string spoiled_by;
    for (std::size_t i = 0; i < selected.size() && !run.interrupted; ++i) {
        const check& one = *selected[i];
        if (options.before) {
            options.before(one, i, selected.size());
        }
        case_result result = describe_case(one, agent, options);
        if (stop_requested()) {
            run.interrupted = true;
            break;
        }
        if (!state.ready) {
            mark_skipped(result, skip_kind::not_judged,
                         fmt::format("the agent is in no state to be judged after {}: {}",
                                     spoiled_by, state.trouble));
        } else if (!lacks_something(one, agent, result)) {
            const instant begin = agent.now();
            bool started = false;
            {
                run_context context(agent, {.bound = one.bound,
                                            .timeout_scale = options.timeout_scale,
                                            .seed = case_seed(options.seed, result.id)});
                if (played_hook* hook = agent.hook()) {
                    hook->forget();
                }
                started = judge(one, context, result);
                context.disconnect();
                note_hook_calls(agent, context.log());
                result.notes = context.notes();
                result.transcript = context.log().entries();
            }
            result.took = agent.now() - begin;
            if (result.deviates()) {
                result.agent_output = printable_lines(agent.agent_output());
            }
            state = restore(agent, options.timeout_scale, started || always_fresh);
            spoiled_by = result.id;
            if (!state.trouble.empty()) {
                result.notes.push_back("afterwards: " + state.trouble);
            }
            run.interrupted = stop_requested();
        }
        if (options.after) {
            options.after(result);
        }
        run.cases.push_back(std::move(result));
    }
    return run;
}

} // namespace snapproto::conformance
