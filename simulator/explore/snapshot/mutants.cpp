// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/mutants.hpp"

#include "simulator/explore/snapshot/chart.hpp"
#include "simulator/explore/snapshot/equivalence.hpp"

#include <atomic>
#include <mutex>
#include <thread>

namespace snapproto::explore {
namespace {

// Most pairs of states that a comparison may take: more than any rung of the ladder has.
constexpr std::size_t pairs_max = 3'000'000;

// Endless runs show in small configurations or not at all; to look for them costs twice the time.
[[nodiscard]] bool looks_for_cycles(const config& rung) noexcept {
    return rung.agents == 1 && rung.fault_budget == 1;
}

} // namespace

const std::vector<config>& mutation_ladder() {
    static const std::vector<config> rungs{
        {},
        {.dialect = profile::qga},
        {.sessions = 2},
        {.dialect = profile::qga, .sessions = 2, .fault_budget = 2},
        {.participants = 3},
        {.agents = 2},
        {.dialect = profile::qga, .agents = 2},
        {.fault_budget = 2},
        {.participants = 3, .fault_budget = 2},
        {.fault_budget = 3,
         .faults = faults_from("timeout,duplicate,cancel,release,stale,silence")},
        {.sessions = 2, .fault_budget = 2},
    };
    return rungs;
}

mutant_judge::mutant_judge() {
    for (const auto& rung : mutation_ladder()) {
        m_taken.push_back(explore_snapshot(rung, {}, false).taken);
    }
}

bool mutant_judge::reaches(const row_mutation& change, std::size_t rung) const {
    const auto& taken = m_taken[rung][static_cast<std::size_t>(change.table)];
    for (const auto row : rows_concerned(change)) {
        if (taken[row] != 0) {
            return true;
        }
    }
    return false;
}

mutant mutant_judge::judge(const row_mutation& change) const {
    mutant found{.change = change, .reached = false};
    const auto mutated = [&](std::size_t rung) {
        config what = mutation_ladder()[rung];
        what.mutation = change;
        return what;
    };
    const std::size_t rungs = mutation_ladder().size();
    for (std::size_t rung = 0; rung < rungs; ++rung) {
        if (!reaches(change, rung)) {
            continue;
        }
        found.reached = true;
        const auto result = explore_snapshot(mutated(rung), {}, looks_for_cycles(mutated(rung)));
        if (result.counterexample || result.endless) {
            found.end = mutant::fate::killed;
            found.rung = rung;
            found.killer =
                result.counterexample ? result.counterexample->broken : property::returns;
            found.steps = result.counterexample ? result.counterexample->steps.size() : 0;
            return found;
        }
    }
    for (std::size_t rung = 0; rung < rungs; ++rung) {
        if (!reaches(change, rung)) {
            continue;
        }
        const auto seen = compare_with_original(mutated(rung), pairs_max);
        if (seen.found != likeness::verdict::same) {
            found.rung = rung;
            found.steps = seen.steps;
            return found;
        }
    }
    found.end = mutant::fate::equivalent;
    return found;
}

std::vector<row_mutation> all_mutations() {
    std::vector<row_mutation> made;
    for (std::size_t table = 0; table < table_count; ++table) {
        const auto of_table = all_mutations(static_cast<table_kind>(table));
        made.insert(made.end(), of_table.begin(), of_table.end());
    }
    return made;
}

std::vector<mutant> judge_all(const std::vector<row_mutation>& changes, unsigned jobs,
                              const std::function<void(std::size_t)>& on_progress) {
    const mutant_judge judge;
    std::vector<mutant> found(changes.size());
    std::atomic<std::size_t> next = 0;
    std::mutex telling;
    std::size_t done = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < changes.size(); i = next++) {
            found[i] = judge.judge(changes[i]);
            const std::lock_guard lock{telling};
            on_progress(++done);
        }
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < jobs; ++i) {
        others.emplace_back(work);
    }
    work();
    for (auto& one : others) {
        one.join();
    }
    return found;
}

} // namespace snapproto::explore
