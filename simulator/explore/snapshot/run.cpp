// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/run.hpp"

#include "simulator/explore/cycles.hpp"
#include "simulator/explore/snapshot/model.hpp"

#include <algorithm>
#include <string_view>

namespace snapproto::explore {

snapshot_result explore_snapshot(const config& what, const options& how, bool look_for_cycles) {
    const snapshot_model model{what};
    explorer<snapshot_model> run{model, how};
    snapshot_result result;
    result.found = run.run();
    for (std::size_t table = 0; table < table_count; ++table) {
        result.taken[table].resize(rows_of(static_cast<table_kind>(table)).size());
    }
    run.for_each_worker([&](const snapshot_model::worker& one) {
        result.waits += one.waits();
        result.release_steps = std::max(result.release_steps, one.release_steps());
        for (std::size_t table = 0; table < table_count; ++table) {
            const auto& taken = one.tables().taken(static_cast<table_kind>(table));
            for (std::size_t row = 0; row < taken.size(); ++row) {
                result.taken[table][row] += taken[row];
            }
        }
    });
    for (const auto& found : result.found.violations) {
        const auto steps = run.trace(found);
        if (result.counterexample && result.counterexample->steps.size() <= steps.size()) {
            continue;
        }
        run_of_model& shown = result.counterexample.emplace();
        shown.first = model.unpack(model.initial());
        shown.broken = static_cast<property>(found.property);
        for (const auto& step : steps) {
            shown.steps.push_back({action::of(step.action), model.unpack(step.to)});
        }
    }
    if (look_for_cycles && !how.compact && result.found.end == ending::complete) {
        // Fair is what goes on by itself: what stays possible happens. Kinds do not tell agents
        // apart, so a cycle counts as fair a little too often and never too seldom.
        const auto fair = [](action_id id) {
            const auto happens = action::of(id).what;
            return happens <= happening::copy_ready ? static_cast<std::uint32_t>(happens) + 1 : 0U;
        };
        const auto cycles = find_unfulfilled_cycle(
            run, [](const auto&) { return false; }, fair);
        result.cycles = cycles.cyclic;
        result.endless = cycles.lasso != no_state;
    }
    return result;
}

run_of_model replay(const config& what, const std::vector<action>& actions) {
    const snapshot_model model{what};
    snapshot_model::worker worker{model};
    auto now = model.initial();
    run_of_model run;
    run.first = model.unpack(now);
    const auto judge_rest = [&] {
        const auto rest =
            worker.successors(now, [](const auto&, action_id, property_id) noexcept {});
        if (run.broken == property::none) {
            run.broken = static_cast<property>(rest);
        }
    };
    for (const action& wanted : actions) {
        if (run.broken != property::none) {
            return run;
        }
        std::optional<snapshot_model::state> next;
        worker.successors(now, [&](const auto& to, action_id id, property_id broken) {
            if (!next && id == wanted.id()) {
                next = to;
                run.broken = static_cast<property>(broken);
            }
        });
        if (!next) {
            return run;
        }
        now = *next;
        run.steps.push_back({wanted, model.unpack(now)});
    }
    judge_rest();
    return run;
}

namespace {

struct unreachable_row {
    table_kind table;
    std::string_view from;
    std::string_view event;
    std::string_view guard;
    std::string_view why;
};

// Rows that no configuration of the model takes.
constexpr auto never = std::to_array<unreachable_row>({
    {table_kind::agent, "prep", "freeze", "prepare is implicit",
     "QGA, which prepares by Freeze, gives each Freeze an id of its own"},
    {table_kind::agent, "frozen", "failed", "",
     "a participant that fails while held is reported as early (SP 6.6)"},
    {table_kind::agent, "quiesce", "early", "",
     "one application: held, it is no longer being quiesced"},
    {table_kind::agent, "await", "done", "no recovery in work",
     "a stale internal event: nothing is in work in AWAIT but a recovery"},
    {table_kind::agent, "await", "failed", "no recovery in work",
     "a stale internal event: nothing is in work in AWAIT but a recovery"},
    {table_kind::agent, "await", "failed", "recovery in work",
     "a recovery of the model does not fail"},
    {table_kind::agent, "await", "phase_expired", "no recovery in work",
     "a stale internal event: the timer is not armed"},
    {table_kind::orchestrator, "down", "start", "crash copy allowed",
     "the policy of the model is to fail"},
    {table_kind::participant, "vetoed", "not_held", "",
     "an application that refused its hold says that it was released"},
    {table_kind::participant, "early", "released", "",
     "who let go says that it was not held (SP 14.6)"},
    {table_kind::participant, "vetoed", "release_failed", "",
     "a release of the model fails only for who truly holds something"},
    {table_kind::participant, "early", "release_failed", "",
     "a release of the model fails only for who truly holds something"},
    {table_kind::provider, "idle", "discard", "", "every snapshot begins with a precommit"},
    {table_kind::provider, "discarded", "copy_ready", "",
     "a copy that was thrown away is not watched any more"},
});

} // namespace

std::string why_never(const config& what, table_kind table, const row_text& row) {
    for (const auto& one : never) {
        if (one.table == table && one.from == row.from && one.event == row.event &&
            one.guard == row.guard) {
            return std::string{one.why};
        }
    }
    const auto has = [&](std::string_view part) {
        return row.guard.find(part) != std::string::npos;
    };
    if (what.traits().prepares()) {
        return has("implicit") && !has("not agreed") && !has("explicit")
                   ? "native: prepare is a message of its own"
               : has("no completion") ? "native: agents await completion"
                                      : "";
    }
    return "";
}

} // namespace snapproto::explore
