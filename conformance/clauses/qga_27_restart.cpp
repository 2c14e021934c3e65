// SPDX-License-Identifier: BSL-1.0
// SP 27.9 to 27.12 and 27.16: an agent that was killed while frozen, and the one that follows it.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance::clauses {
namespace {

/// Kills the agent, and starts it again with its state directory or without.
void start_again(run_context& run, bool keep_state, bool state_on_target = false) {
    run.agent().kill();
    const auto ended = run.agent().wait_exit(run.limit(2s));
    run.require(ended.has_value(), "an agent that is killed while frozen ends", "an end within 2 s",
                "it still runs");
    start_options options;
    options.keep_state = keep_state;
    options.state_on_target = state_on_target;
    run.start(options);
    run.must_sync();
}

// catches: an agent that does not remember that it is frozen, or what
void with_its_record(run_context& run) {
    run.must_sync();
    require_freeze(run, {0, 1});
    start_again(run, true);
    require_status(run, "frozen", "after a restart while frozen");
    expect_held(run, 0, true, "until a thaw, although the agent was killed");
    expect_held(run, 1, true, "until a thaw, although the agent was killed");
    require_thaw(run, 2, "by the agent that was started again");
    require_freeze(run, {0});
    require_thaw(run, 1, "in the next round");
}

// catches: an agent that remembers the state, and forgets to restrict itself
void restricted_as_before(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    start_again(run, true);
    for (const auto& [command, enabled] : commands(run)) {
        const bool allowed =
            std::find(allow_list().begin(), allow_list().end(), command) != allow_list().end();
        run.expect(enabled == allowed,
                   fmt::format("guest-info shows {} as {} after a restart while frozen", command,
                               allowed ? "enabled" : "disabled"),
                   allowed ? "enabled: true" : "enabled: false",
                   enabled ? "enabled: true" : "enabled: false");
    }
    const reply again = run.freeze({run.filesystem().mount()});
    run.expect(again.is_error() || again.returns(1),
               "a freeze after a restart while frozen is refused, or returns the former count",
               "an error, or return is 1", again.words());
    require_thaw(run, 1, "by the agent that was started again");
}

// catches: an agent that thaws only what it remembers to have frozen
void without_its_record(run_context& run) {
    run.must_sync();
    require_freeze(run, {0, 1});
    start_again(run, false);
    run.require_number(run.thaw(), 2, "a thaw by an agent that lost its record");
    require_thawed(run, "after the thaw by an agent that lost its record");
}

// catches: an agent that believes its record more than the kernel, or cannot get rid of it
void with_a_stale_record(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    run.agent().kill();
    run.require(run.agent().wait_exit(run.limit(2s)).has_value(),
                "an agent that is killed while frozen ends", "an end within 2 s", "it still runs");
    const auto thawed = run.filesystem().foreign_thaw();
    if (!thawed || !*thawed) {
        run.skip("nobody else could thaw the filesystem: " + thawed.why);
    }
    start_options options;
    options.keep_state = true;
    run.start(options);
    run.must_sync();
    run.note("with a stale record the status is " + run.status().words());
    require_thaw(run, 0, "by an agent with a stale record");
    require_freeze(run, {0});
    require_thaw(run, 1, "in the next round");
}

// catches: an agent that writes its record, its log or its pid file after it froze them
void files_on_the_target(run_context& run) {
    start_options options;
    options.state_on_target = true;
    run.start(options);
    run.must_sync();
    for (int round = 0; round < 2; ++round) {
        require_freeze(run, {0});
        (void)run.client().call("guest-ping");
        require_status(run, "frozen", "with the agent's own files frozen");
        require_thaw(run, 1, "with the agent's own files frozen");
    }
}

// catches: an agent that opens its log or writes its pid file at the start, and waits for ever
void files_on_the_target_and_restart(run_context& run) {
    start_options options;
    options.state_on_target = true;
    run.start(options);
    run.must_sync();
    require_freeze(run, {0});
    start_again(run, true, true);
    require_status(run, "frozen", "after a restart with its own files frozen");
    require_thaw(run, 1, "after a restart with its own files frozen");
}

// catches: an agent that says thawed while the kernel holds its filesystem
void status_without_its_record(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    start_again(run, false);
    const reply status = run.status();
    const reply again = run.freeze({run.filesystem().mount()});
    const reply thawed = run.thaw();
    run.expect(status.returns("frozen"),
               "an agent that lost its record says frozen while a filesystem is frozen",
               "return is \"frozen\"",
               fmt::format("{}; a freeze then: {}; a thaw then: {}", status.words(), again.words(),
                           thawed.words()));
    require_thawed(run, "in the end");
}

} // namespace

void qga_27_restart(registry& checks) {
    using enum capability;
    checks.add({.about = sec<27, 9>::value,
                .index = 1,
                .title = "killed while frozen and started again, it says frozen and thaws n",
                .needs = {signal, restart, keep_state, two_freeze_targets},
                .run = with_its_record});
    checks.add({.about = sec<27, 9>::value,
                .index = 2,
                .title = "killed while frozen and started again, it is restricted as before",
                .needs = {signal, restart, keep_state, freeze_target},
                .run = restricted_as_before});
    checks.add({.about = sec<27, 10>::value,
                .index = 1,
                .title = "started again without its record, it still thaws everything",
                .needs = {signal, restart, keep_state, two_freeze_targets},
                .run = without_its_record});
    checks.add({.about = sec<27, 11>::value,
                .index = 1,
                .title = "started with a stale record, it thaws 0 and then works as usual",
                .needs = {signal, restart, keep_state, foreign_freeze},
                .run = with_a_stale_record});
    checks.add({.about = sec<27, 12>::value,
                .index = 1,
                .title = "with its own files on the frozen filesystem it freezes and thaws",
                .needs = {restart, freeze_target, state_on_target},
                .run = files_on_the_target});
    checks.add({.about = sec<27, 12>::value,
                .index = 2,
                .title = "with its own files on the frozen filesystem it can be started again",
                .needs = {signal, restart, freeze_target, keep_state, state_on_target},
                .run = files_on_the_target_and_restart});
    checks.add({.about = sec<27, 16>::value,
                .index = 1,
                .title = "started again without its record, it says frozen while frozen",
                .needs = {signal, restart, keep_state, freeze_target, kernel_truth},
                .run = status_without_its_record});
}

} // namespace snapproto::conformance::clauses
