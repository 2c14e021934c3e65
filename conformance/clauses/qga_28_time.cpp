// SPDX-License-Identifier: BSL-1.0
// SP 28.1 to 28.3 and 28.5 to 28.7: how long things may take, and how long a freeze may last.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

double seconds(duration d) {
    return milliseconds(d) / 1e3;
}

// catches: an agent that is slow while frozen (it writes a log, looks up names, waits for a disk)
void allowed_in_time(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    for (int round = 0; round < 3; ++round) {
        for (const auto& command : allow_list()) {
            if (command == "guest-fsfreeze-thaw") {
                continue; // SP 28.7
            }
            const bool takes_id = command.starts_with("guest-sync");
            const reply got = run.client().call(
                command, takes_id ? json::value(json::object{{"id", round}}) : json::value(nullptr),
                {.wait = 3s, .id = {}});
            run.require_value(got, command + " while frozen");
            run.expect(got.latency <= run.limit(1s),
                       fmt::format("{} is answered within 1 s while frozen", command), "1 s",
                       fmt::format("{:.3f} s", seconds(got.latency)));
        }
    }
    require_thaw(run, 1, "after commands of the allow-list");
}

/// Watches a freeze that nobody thaws. @return how long it lasted; absent if it outlasted the watch
std::optional<duration> watch_release(run_context& run, duration watch) {
    const instant start = run.now();
    const duration step = std::max<duration>(watch / 200, 50ms);
    while (run.now() - start < run.limit(watch)) {
        const auto frozen = held(run, 0);
        if (frozen && !*frozen) {
            return run.now() - start;
        }
        run.sleep_for(step);
    }
    return std::nullopt;
}

/// Long where waiting costs nothing; on the real clock a look, which --timeout-scale lengthens.
duration watch_time(run_context& run) {
    return run.agent().can(capability::virtual_time) ? duration(2h) : duration(2s);
}

std::string not_released(run_context& run, duration watch) {
    return fmt::format("still frozen after {:.0f} s of watching{}", seconds(run.limit(watch)),
                       run.agent().can(capability::virtual_time)
                           ? ""
                           : " (a longer limit cannot be told from none; --timeout-scale "
                             "watches longer)");
}

// catches: an agent that holds a freeze for ever, or lets go and keeps saying frozen
void hold_limit(run_context& run) {
    const duration watch = watch_time(run);
    run.must_sync();
    require_freeze(run, {0});
    const auto lasted = watch_release(run, watch);
    if (!lasted) {
        (void)run.thaw();
        run.fail("a freeze that nobody thaws ends by itself", "released by the agent",
                 not_released(run, watch));
    }
    run.note(fmt::format("the freeze ended by itself after {:.1f} s", seconds(*lasted)));
    run.reconnect();
    run.must_sync();
    require_status(run, "thawed", "after the hold limit");
    run.require_number(run.thaw(), 0, "a thaw after the hold limit");
    require_freeze(run, {0});
    require_thaw(run, 1, "in the next round");
}

// catches: an agent whose hold limit dies with it
void hold_limit_of_a_dead_agent(run_context& run) {
    const duration watch = watch_time(run);
    run.must_sync();
    require_freeze(run, {0});
    run.agent().kill();
    run.require(run.agent().wait_exit(run.limit(2s)).has_value(),
                "an agent that is killed while frozen ends", "an end within 2 s", "it still runs");
    const auto lasted = watch_release(run, watch);
    release_from_outside(run);
    run.require(lasted.has_value(), "a freeze ends by itself also when its agent has died",
                "released without the agent", not_released(run, watch));
    run.note(fmt::format("the freeze ended {:.1f} s after its agent", seconds(*lasted)));
}

// catches: an agent that does one thing at a time, and is deaf while it waits for its hook
void status_while_freezing(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = 1500ms}, .on_thaw = {}});
    const auto second = run.connect("second");
    run.client().send(freeze_request({run.filesystem().mount()}));
    run.require(wait_for_hook(run, "freeze"), "a freeze calls the hook", "a call with freeze",
                "none within 2 s");
    const reply status = second->call("guest-fsfreeze-status", nullptr, {.wait = 1s, .id = {}});
    const reply frozen = run.client().read(5s);
    (void)run.thaw();
    run.require(status.is_value(), "the status is told within 1 s while a freeze is in work",
                "return", status.words());
    run.require_number(frozen, 1, "the freeze meanwhile");
}

// catches: an agent that waits for something else than the filesystem
void freeze_in_time(run_context& run) {
    run.must_sync();
    const reply got = run.freeze({run.filesystem().mount()}, 35s);
    run.require_number(got, 1, "a freeze of an idle filesystem");
    run.expect(got.latency <= run.limit(30s), "a freeze without hooks is answered within 30 s",
               "30 s", fmt::format("{:.3f} s", seconds(got.latency)));
    run.note(fmt::format("freeze: {:.1f} ms", milliseconds(got.latency)));
    require_thaw(run, 1, "after a freeze that returned 1");
}

// catches: an agent that waits a fixed time before it answers a thaw
void thaw_in_time(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    const reply got = run.thaw(35s);
    run.require_number(got, 1, "a thaw");
    run.expect(got.latency <= run.limit(30s), "a thaw without hooks is answered within 30 s",
               "30 s", fmt::format("{:.3f} s", seconds(got.latency)));
    run.note(fmt::format("thaw: {:.1f} ms", milliseconds(got.latency)));
    require_thawed(run, "after the thaw");
}

} // namespace

void qga_28_time(registry& checks) {
    using enum capability;
    checks.add({.about = sec<28, 1>::value,
                .index = 1,
                .title = "while frozen the commands of the allow-list are answered within 1 s",
                .needs = {freeze_target},
                .bound = 60s,
                .run = allowed_in_time});
    checks.add({.about = sec<28, 2>::value,
                .index = 1,
                .title = "a freeze that nobody thaws ends by itself, and the status says so",
                .needs = {freeze_target, kernel_truth, reconnect},
                .bound = 3h,
                .run = hold_limit});
    checks.add({.about = sec<28, 3>::value,
                .index = 1,
                .title = "a freeze whose agent has died ends by itself",
                .needs = {signal, restart, freeze_target, kernel_truth, foreign_freeze},
                .bound = 3h,
                .run = hold_limit_of_a_dead_agent});
    checks.add({.about = sec<28, 5>::value,
                .index = 1,
                .title = "the status is told within 1 s while a freeze is in work",
                .needs = {hook, restart, freeze_target, second_client},
                .run = status_while_freezing});
    checks.add({.about = sec<28, 6>::value,
                .index = 1,
                .title = "a freeze of an idle filesystem is answered within 30 s",
                .needs = {freeze_target},
                .bound = 90s,
                .run = freeze_in_time});
    checks.add({.about = sec<28, 7>::value,
                .index = 1,
                .title = "a thaw is answered within 30 s",
                .needs = {freeze_target},
                .bound = 90s,
                .run = thaw_in_time});
}

} // namespace snapproto::conformance::clauses
