// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/scores.hpp"

#include "conformance/builtin/builtin.hpp"
#include "conformance/builtin/fault_notes.hpp"
#include "conformance/check.hpp"
#include "conformance/orchestrator/run_checks.hpp"
#include "conformance/runner.hpp"
#include "conformance/suites/generated.hpp"
#include "conformance/suites/machine_faults.hpp"

#include <algorithm>

namespace snapproto::conformance::suites {
namespace {

constexpr std::size_t sessions = 100;

/// The id of the check if it fails or warns.
template <class Target>
std::string caught_by(Target& judged, const check* named) {
    const bool caught =
        named != nullptr && run_checks(judged, {named}, {}).cases.front().deviates();
    return caught ? named->id() : std::string{};
}

/// Looks for a check that catches an agent, first among those that have caught one before.
class any_check {
  public:
    any_check() {
        for (const check& one : qga_checks().all()) {
            m_order.push_back(&one);
        }
    }

    std::string that_catches(target& agent) {
        for (auto at = m_order.begin(); at != m_order.end(); ++at) {
            if (std::string id = caught_by(agent, *at); !id.empty()) {
                std::rotate(m_order.begin(), at, at + 1);
                return id;
            }
        }
        return {};
    }

  private:
    std::vector<const check*> m_order;
};

scored of_generated(const run_result& run) {
    const case_result& only = run.cases.front();
    if (!only.deviates()) {
        return {};
    }
    // The replay command ends with the sequence that was left, in quotes.
    constexpr std::string_view flag = "--sequence '";
    const auto at = only.replay.find(flag);
    const auto end = only.replay.rfind('\'');
    if (at == std::string::npos) {
        return {true, only.found.requirement, 0};
    }
    const auto begin = at + flag.size();
    scored made{true, only.replay.substr(begin, end - begin), 1};
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

namespace {

/// The generated suites, each with an agent that nobody has asked anything yet.
template <class Make>
score_line score_generated(std::string fault, std::string check, std::size_t suites, Make make) {
    score_line line{std::move(fault), std::move(check), {}, {}};
    for (std::size_t extra = 0; extra < suites; ++extra) {
        line.complete[extra] = score_complete(*make(), extra);
    }
    line.sessions = score_sessions(*make());
    return line;
}

} // namespace

scores measure_scores(thoroughness how) {
    scores all;
    any_check checks;
    for (const machine_fault& one : single_machine_faults()) {
        const auto make = [&] { return make_faulty(one); };
        all.machine_faults.push_back(
            score_generated(one.name(), checks.that_catches(*make()), complete_suites, make));
    }
    for (const fault_info& one : builtin_faults()) {
        const auto make = [&] { return make_builtin(one.name, 1); };
        const auto why = why_unseen(one.name);
        const bool is_hopeless = !why.empty() && why != needs_more_states;
        const bool leave_out = is_hopeless && how == thoroughness::without_the_hopeless;
        all.agents.push_back(score_generated(
            std::string{one.name}, caught_by(*make(), qga_checks().find(one.caught_by)),
            leave_out ? complete_suites - 1 : complete_suites, make));
    }
    for (const fault_info& one : builtin_orchestrator_faults()) {
        const auto judged = make_builtin_orchestrator(one.name, 1);
        all.orchestrators.push_back(
            {std::string{one.name},
             caught_by(*judged, qga_orchestrator_checks().find(one.caught_by)),
             {},
             {}});
    }
    return all;
}

} // namespace snapproto::conformance::suites
