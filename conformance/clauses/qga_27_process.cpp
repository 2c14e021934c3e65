// SPDX-License-Identifier: BSL-1.0
// SP 27.6 to 27.8 and 27.13: requests to terminate.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

std::string words(const std::optional<exit_report>& ended) {
    return !ended ? std::string("it still runs")
                  : fmt::format("it ended {} {}", ended->by_signal ? "by signal" : "with status",
                                ended->code);
}

// catches: an agent that dies of SIGTERM and leaves the filesystems frozen
void terminated_while_frozen(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    run.agent().terminate();
    const auto ended = run.agent().wait_exit(run.limit(500ms));
    run.note("asked to terminate while frozen: " + words(ended));
    if (ended) {
        const bool released = expect_all_released(run, "when the agent has gone");
        if (!released) {
            release_from_outside(run);
        }
        return;
    }
    const reply status = run.status();
    const bool frozen = status.returns("frozen");
    run.require(frozen || status.returns("thawed"), "an agent that stays answers",
                "frozen or thawed", status.words());
    expect_held(run, 0, frozen, "as the status says");
    require_thaw(run, frozen ? 1 : 0, "by an agent that was asked to terminate while frozen");
}

// catches: an agent that ignores the request, or forgets it
void terminated_and_obeys(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    run.agent().terminate();
    const auto at_once = run.agent().wait_exit(run.limit(2s));
    if (at_once) {
        expect_all_released(run, "when the agent has gone");
        release_from_outside(run);
        return;
    }
    const reply thawed = run.thaw();
    const auto later = run.agent().wait_exit(run.limit(500ms));
    run.fail("an agent that is asked to terminate while frozen thaws and goes",
             "everything released, and the process ended, within 2 s",
             fmt::format("{} after 2 s; thaw: {}; 0.5 s after that: {}", words(at_once),
                         thawed.words(), words(later)));
}

// catches: an agent that answers a freeze with success and undoes it on its way out
void terminated_during_hook(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = 500ms}, .on_thaw = {}});
    run.client().send(freeze_request({run.filesystem().mount()}));
    run.require(wait_for_hook(run, "freeze"), "a freeze calls the hook", "a call with freeze",
                "none within 2 s");
    run.agent().terminate();
    const reply got = run.client().read(5s);
    const bool success = got.number().value_or(0) > 0;
    const auto ended = run.agent().wait_exit(run.limit(500ms));
    run.note(fmt::format("asked to terminate during the hook: {}; 0.5 s later: {}", got.words(),
                         words(ended)));
    if (success) {
        run.expect(!ended, "a freeze that succeeded is not undone by an earlier request to end",
                   "the agent stays, frozen", words(ended));
        expect_held(run, 0, true, "after a freeze that succeeded, until a thaw");
        if (!ended) {
            require_thaw(run, 1, "by an agent that was asked to terminate");
        }
    } else {
        expect_all_released(run, "after a freeze that did not succeed");
    }
    release_from_outside(run);
}

// catches: an agent that can be ended by force only
void terminated_while_thawed(run_context& run) {
    run.must_sync();
    run.agent().terminate();
    const auto ended = run.agent().wait_exit(run.limit(5s));
    run.require(ended.has_value(), "an agent that is asked to terminate while thawed ends",
                "an end within 5 s", words(ended));
    run.note("asked to terminate while thawed: " + words(ended));
}

// catches: an agent that keeps its restriction against ending after a freeze is over
void terminated_after_a_round(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    require_thaw(run, 1, "after a freeze that returned 1");
    run.agent().terminate();
    const auto ended = run.agent().wait_exit(run.limit(5s));
    run.require(ended.has_value(), "an agent that is asked to terminate after a round ends",
                "an end within 5 s", words(ended));
}

} // namespace

void qga_27_process(registry& checks) {
    using enum capability;
    checks.add({.about = sec<27, 6>::value,
                .index = 1,
                .title = "asked to terminate while frozen, it stays and thaws, or thaws and goes",
                .needs = {signal, restart, freeze_target, kernel_truth},
                .run = terminated_while_frozen});
    checks.add({.about = sec<27, 7>::value,
                .index = 1,
                .title = "asked to terminate while frozen, it releases everything and goes",
                .needs = {signal, restart, freeze_target},
                .run = terminated_and_obeys});
    checks.add({.about = sec<27, 8>::value,
                .index = 1,
                .title = "asked to terminate during the hook, it undoes no freeze that succeeded",
                .needs = {signal, restart, hook, freeze_target},
                .run = terminated_during_hook});
    checks.add({.about = sec<27, 13>::value,
                .index = 1,
                .title = "asked to terminate while thawed, it ends within 5 s",
                .needs = {signal, restart},
                .run = terminated_while_thawed});
    checks.add({.about = sec<27, 13>::value,
                .index = 2,
                .title = "so it does after a round of freeze and thaw",
                .needs = {signal, restart, freeze_target},
                .run = terminated_after_a_round});
}

} // namespace snapproto::conformance::clauses
