// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/scores.hpp"

#include "conformance/builtin/builtin.hpp"
#include "conformance/check.hpp"
#include "conformance/orchestrator/run_checks.hpp"
#include "conformance/runner.hpp"
#include "conformance/suites/generated.hpp"
#include "conformance/suites/machine_faults.hpp"

#include <algorithm>

namespace snapproto::conformance::suites {
namespace {

constexpr std::size_t sessions = 100;

template <class Target>
bool deviates(Target& judged, const registry& checks, std::string_view id) {
    const check* const named = checks.find(id);
    return named != nullptr && run_checks(judged, {named}, {}).cases.front().deviates();
}

scored of_generated(const run_result& run) {
    const case_result& only = run.cases.front();
    if (!only.deviates()) {
        return {};
    }
    // The replay command ends with the sequence that was left, in quotes.
    const auto begin = only.replay.find('\'');
    const auto end = only.replay.find('\'', begin + 1);
    if (end == std::string::npos) {
        return {true, only.found.requirement, 0};
    }
    scored made{true, only.replay.substr(begin + 1, end - begin - 1), 1};
    made.inputs +=
        static_cast<std::size_t>(std::count(made.sequence.begin(), made.sequence.end(), ' '));
    return made;
}

} // namespace

scored score_complete(target& agent, std::size_t extra) {
    return of_generated(run_complete(agent, extra, {}));
}

scored score_sessions(target& agent) {
    return of_generated(run_sessions(agent, sessions, {}));
}

scores measure_scores() {
    scores all;
    for (const machine_fault& one : single_machine_faults()) {
        all.machine_faults.push_back(
            {one.name(), false, score_complete(*make_faulty(one), one.extra_states())});
    }
    for (const fault_info& one : builtin_faults()) {
        const auto agent = make_builtin(one.name, 1);
        const bool named = deviates(*agent, qga_checks(), one.caught_by);
        all.agents.push_back(
            {std::string{one.name}, named, score_complete(*make_builtin(one.name, 1), 0)});
    }
    for (const fault_info& one : builtin_orchestrator_faults()) {
        const auto judged = make_builtin_orchestrator(one.name, 1);
        all.orchestrators.push_back({std::string{one.name},
                                     deviates(*judged, qga_orchestrator_checks(), one.caught_by),
                                     {}});
    }
    return all;
}

} // namespace snapproto::conformance::suites
