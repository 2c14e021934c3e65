// SPDX-License-Identifier: BSL-1.0
// SP 26.4 to 26.7, 26.9 to 26.12 and 26.15: hooks that fail, hang, or misbehave.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <fmt/format.h>

namespace snapproto::conformance::clauses {
namespace {

/// A freeze whose hook is this one fails, and nothing is frozen.
void failing_freeze_hook(run_context& run, const hook_script& script, std::string_view what) {
    start_with_hook(run, script);
    run.require_error(run.freeze({run.filesystem().mount()}), "GenericError",
                      fmt::format("a freeze with {}", what));
    require_thawed(run, "after a freeze whose hook failed");
    run.hook().play({});
    require_freeze(run, {0});
    require_thaw(run, 1, "in the next round, with a good hook");
}

// catches: an agent that ignores the end of its hook, or stays half frozen after it
void exit_status(run_context& run) {
    failing_freeze_hook(run, {.file = {}, .on_freeze = {.exit_status = 1}, .on_thaw = {}},
                        "a hook that ends with status 1");
}

// catches: an agent that looks at the last bits of the status only, or takes 255 for -1 for success
void high_exit_status(run_context& run) {
    failing_freeze_hook(run, {.file = {}, .on_freeze = {.exit_status = 255}, .on_thaw = {}},
                        "a hook that ends with status 255");
}

// catches: an agent that skips a hook that it cannot find
void missing(run_context& run) {
    failing_freeze_hook(run, {.file = hook_file::missing, .on_freeze = {}, .on_thaw = {}},
                        "a hook that is not there");
}

// catches: an agent that skips a hook that it may not execute
void not_executable(run_context& run) {
    failing_freeze_hook(run, {.file = hook_file::not_executable, .on_freeze = {}, .on_thaw = {}},
                        "a hook without the permission to execute");
}

// catches: an agent that looks at the exit status of a program that never exited
void killed(run_context& run) {
    failing_freeze_hook(run, {.file = {}, .on_freeze = {.dies_by_signal = true}, .on_thaw = {}},
                        "a hook that dies of a signal");
}

// catches: an agent that leaves applications at rest which its failed hook had stopped already
void thaw_hook_after_failure(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.exit_status = 1}, .on_thaw = {}});
    run.require_error(run.freeze({run.filesystem().mount()}), "GenericError",
                      "a freeze with a hook that fails");
    expect_calls(run, "freeze thaw", "of a freeze whose hook failed");
}

/// A thaw whose hook fails is an error, with everything released.
void failing_thaw_hook(run_context& run, const hook_behaviour& on_thaw, std::string_view what) {
    start_with_hook(run, {.file = {}, .on_freeze = {}, .on_thaw = on_thaw});
    require_freeze(run, {0, 1});
    run.require_error(run.thaw(), "GenericError", fmt::format("a thaw with {}", what));
    require_thawed(run, "after a thaw whose hook failed");
    run.hook().play({});
    require_freeze(run, {0, 1});
    require_thaw(run, 2, "in the next round, with a good hook");
}

// catches: an agent that stays frozen, or says frozen, when its thaw hook fails
void thaw_hook_fails(run_context& run) {
    failing_thaw_hook(run, {.exit_status = 3}, "a hook that ends with status 3");
}

// catches: an agent that takes a thaw hook that was killed for one that succeeded
void thaw_hook_killed(run_context& run) {
    failing_thaw_hook(run, {.dies_by_signal = true}, "a hook that dies of a signal");
}

// catches: an agent that calls the freeze hook for nothing and never the thaw hook
void hook_of_an_empty_freeze(run_context& run) {
    start_with_hook(run);
    run.require_number(run.freeze({}), 0, "a freeze of an empty list");
    const std::string calls = calls_so_far(run);
    run.expect(calls.empty() || calls == "freeze thaw",
               "a freeze hook that ran is followed by the thaw hook, also if nothing was frozen",
               "the calls: freeze thaw, or none", "the calls: " + calls);
}

// catches: an agent that is deaf for as long as a hook likes
void endless_hook(run_context& run) {
    const bool virtual_clock = run.agent().can(capability::virtual_time).present;
    const duration watch = virtual_clock ? duration(1h) : duration(2s);
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = watch + 1s}, .on_thaw = {}});
    run.client().send(freeze_request({run.filesystem().mount()}));
    const reply got = run.client().read(watch);
    const bool bounded = got.is_error();
    if (!bounded) {
        (void)run.client().read(3s);
        (void)run.thaw();
    }
    run.require(bounded, "a hook that does not end is given up within a bound",
                fmt::format("an error while the hook runs (watched for {} s; a longer bound cannot "
                            "be told from none)",
                            std::chrono::duration_cast<std::chrono::seconds>(watch).count()),
                got.words());
    require_thawed(run, "after a hook was given up");
}

// catches: an agent that waits for the end of its hook's output instead of the hook's end
void child_left_behind(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.background_child = 3s}, .on_thaw = {}});
    const reply got = run.freeze({run.filesystem().mount()});
    const reply thawed = run.thaw();
    run.require_number(got, 1, "a freeze whose hook leaves a child behind");
    run.expect(got.latency <= run.limit(1500ms), "a child left behind does not hold up the freeze",
               "the reply within 1.5 s, while the child lives for 3 s",
               fmt::format("the reply after {:.2f} s", milliseconds(got.latency) / 1e3));
    run.require_number(thawed, 1, "the thaw afterwards");
}

// catches: an agent that quotes the output of its hook whole
void talkative_failure(run_context& run) {
    start_with_hook(run, {.file = {},
                          .on_freeze = {.print_bytes = std::size_t{1} << 20, .exit_status = 1},
                          .on_thaw = {}});
    const reply got = run.freeze({run.filesystem().mount()});
    run.require_error(got, "GenericError", "a freeze with a hook that prints 1 MiB and fails");
    run.expect(got.raw.size() <= (std::size_t{64} << 10),
               "the error of a failing hook is not longer than 64 KiB", "65536 bytes at the most",
               fmt::format("{} bytes", got.raw.size()));
    require_thawed(run, "after a freeze whose hook failed");
}

// catches: an agent that rolls back and forgets to tell the applications
void thaw_hook_after_a_mount_failed(run_context& run) {
    start_options options;
    options.hook = hook_script{};
    options.failing_mount = true;
    run.start(options);
    run.must_sync();
    const reply got = freeze_all(run);
    if (got.is_value()) {
        (void)run.thaw();
        run.skip("a freeze of everything succeeds in spite of the mount that should fail it");
    }
    run.require_error(got, "GenericError", "a freeze that fails on a mount");
    const auto calls = run.hook().calls();
    expect_calls(run, "freeze thaw", "of a freeze that failed on a mount");
    if (calls.size() == 2) {
        run.expect(!calls[1].frozen_at_start || !*calls[1].frozen_at_start,
                   "the thaw hook runs after everything is released", "the kernel holds nothing",
                   "the kernel still holds the first filesystem");
    }
    require_thawed(run, "after a freeze that failed on a mount");
}

} // namespace

void qga_26_hook_failures(registry& checks) {
    using enum capability;
    checks.add(
        {.about = sec<26, 4>::value,
         .index = 1,
         .title = "a freeze hook that ends with status 1 fails the freeze; nothing is frozen",
         .needs = {hook, restart, freeze_target},
         .run = exit_status});
    checks.add({.about = sec<26, 4>::value,
                .index = 2,
                .title = "so does one that ends with status 255",
                .needs = {hook, restart, freeze_target},
                .run = high_exit_status});
    checks.add({.about = sec<26, 5>::value,
                .index = 1,
                .title = "after a freeze hook that failed the thaw hook runs",
                .needs = {hook, restart, freeze_target},
                .run = thaw_hook_after_failure});
    checks.add({.about = sec<26, 6>::value,
                .index = 1,
                .title = "a thaw hook that fails is an error, with everything released",
                .needs = {hook, restart, two_freeze_targets},
                .run = thaw_hook_fails});
    checks.add({.about = sec<26, 7>::value,
                .index = 1,
                .title = "after a freeze of nothing the thaw hook runs if the freeze hook did",
                .needs = {hook, restart},
                .run = hook_of_an_empty_freeze});
    checks.add({.about = sec<26, 9>::value,
                .index = 1,
                .title = "a hook that does not end is given up",
                .needs = {hook, restart, freeze_target},
                .bound = 90min,
                .run = endless_hook});
    checks.add({.about = sec<26, 10>::value,
                .index = 1,
                .title = "a child that a hook leaves behind does not hold up the freeze",
                .needs = {hook, restart, freeze_target},
                .run = child_left_behind});
    checks.add({.about = sec<26, 11>::value,
                .index = 1,
                .title = "a failing hook that prints a mebibyte makes no error of more than 64 KiB",
                .needs = {hook, restart, freeze_target},
                .run = talkative_failure});
    checks.add({.about = sec<26, 12>::value,
                .index = 1,
                .title = "a freeze that fails on a mount runs the thaw hook, after the release",
                .needs = {hook, restart, freeze_everything, failing_mount},
                .run = thaw_hook_after_a_mount_failed});
    checks.add({.about = sec<26, 15>::value,
                .index = 1,
                .title = "a hook that is not there counts as failed",
                .needs = {hook, restart, freeze_target},
                .run = missing});
    checks.add({.about = sec<26, 15>::value,
                .index = 2,
                .title = "a hook that cannot be executed counts as failed",
                .needs = {hook, restart, freeze_target},
                .run = not_executable});
    checks.add({.about = sec<26, 15>::value,
                .index = 3,
                .title = "a freeze hook that dies of a signal counts as failed",
                .needs = {hook, restart, freeze_target},
                .run = killed});
    checks.add({.about = sec<26, 15>::value,
                .index = 4,
                .title = "a thaw hook that dies of a signal counts as failed",
                .needs = {hook, restart, two_freeze_targets},
                .run = thaw_hook_killed});
}

} // namespace snapproto::conformance::clauses
