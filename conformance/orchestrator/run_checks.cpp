// SPDX-License-Identifier: BSL-1.0
#include "conformance/orchestrator/run_checks.hpp"

#include "conformance/case_judging.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/orchestrator/qga_trial.hpp"

#include <utility>

namespace snapproto::conformance {
namespace {

case_result run_one(orchestrator_target& judged, const check& one, const run_options& options,
                    trial_maker make) {
    case_result result =
        describe_case(one, "snapcheck orchestrator " + judged.replay_flags(), options);
    if (lacks_something(one, result, [&](capability what) { return judged.can(what); })) {
        return result;
    }
    const instant begin = judged.now();
    const auto run = make(judged, {.bound = judged.patience() + judged.aftermath(),
                                   .timeout_scale = options.timeout_scale,
                                   .seed = case_seed(options.seed, result.id)});
    judge_case(
        *run, [&] { one.judge(*run); }, judged.patience(), result);
    result.notes = run->notes();
    result.transcript = run->log().entries();
    if (result.deviates() && run->end()) {
        result.agent_output = printable_lines(run->end()->output);
    }
    result.took = judged.now() - begin;
    return result;
}

} // namespace

run_result run_checks(orchestrator_target& judged, const std::vector<const check*>& selected,
                      const run_options& options) {
    return run_checks(judged, selected, options, make_trial<qga_trial>);
}

run_result run_checks(orchestrator_target& judged, const std::vector<const check*>& selected,
                      const run_options& options, trial_maker make) {
    run_result run;
    run.judged = role::orchestrator;
    run.target = options.target_name.empty() ? judged.description() : options.target_name;
    run.seed = options.seed;
    for (std::size_t i = 0; i < selected.size(); ++i) {
        if (options.before) {
            options.before(*selected[i], i, selected.size());
        }
        if (stop_requested()) {
            run.interrupted = true;
            break;
        }
        case_result result = run_one(judged, *selected[i], options, make);
        if (options.after) {
            options.after(result);
        }
        run.cases.push_back(std::move(result));
        run.interrupted = stop_requested();
    }
    return run;
}

} // namespace snapproto::conformance
