// SPDX-License-Identifier: BSL-1.0
#include "conformance/runner.hpp"

#include "conformance/case_judging.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace snapproto::conformance {
namespace {

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

} // namespace

run_result run_checks(target& agent, const std::vector<const check*>& selected,
                      const run_options& options) {
    run_result run;
    run.target = options.target_name.empty() ? agent.description() : options.target_name;
    run.seed = options.seed;
    // Where a start costs nothing each check gets a fresh agent; elsewhere only if it needs one.
    const bool always_fresh = options.always_fresh || (agent.can(capability::virtual_time) &&
                                                       agent.can(capability::restart));
    restore_report state =
        restore(agent, options.timeout_scale, options.always_fresh, options.settle);
    if (!state.ready) {
        throw unreachable(fmt::format("{}: {}", run.target, state.trouble));
    }
    std::string spoiled_by;
    for (std::size_t i = 0; i < selected.size() && !run.interrupted; ++i) {
        const check& one = *selected[i];
        if (options.before) {
            options.before(one, i, selected.size());
        }
        case_result result = describe_case(one, "snapcheck agent " + agent.replay_flags(), options);
        if (stop_requested()) {
            run.interrupted = true;
            break;
        }
        if (!state.ready) {
            mark_skipped(result, skip_kind::not_judged,
                         fmt::format("the agent is in no state to be judged after {}: {}",
                                     spoiled_by, state.trouble));
        } else if (!lacks_something(one, result,
                                    [&](capability what) { return agent.can(what); })) {
            const instant begin = agent.now();
            bool started = false;
            {
                run_context context(agent, {.bound = one.bound,
                                            .timeout_scale = options.timeout_scale,
                                            .seed = case_seed(options.seed, result.id)});
                if (played_hook* hook = agent.hook()) {
                    hook->forget();
                }
                judge_case(
                    context, [&] { one.run(context); }, context.limit(one.bound), result);
                started = context.agent_was_started();
                context.disconnect();
                note_hook_calls(agent, context.log());
                result.notes = context.notes();
                result.transcript = context.log().entries();
            }
            result.took = agent.now() - begin;
            if (result.deviates()) {
                result.agent_output = printable_lines(agent.agent_output());
            }
            state = restore(agent, options.timeout_scale, started || always_fresh, options.settle);
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
