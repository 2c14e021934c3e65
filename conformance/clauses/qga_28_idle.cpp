// SPDX-License-Identifier: BSL-1.0
// SP 28.10: what an agent with nothing to do uses of the processor.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/run_context.hpp"

#include <fmt/format.h>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

duration processor(run_context& run) {
    const auto seen = run.agent().resources();
    if (!seen) {
        run.skip("the processor time of the agent cannot be seen: " + seen.why);
    }
    return (*seen).processor;
}

void stays_idle(run_context& run, std::string_view when) {
    run.sleep_for(200ms); // What the conversation before has left to do is not idleness.
    const duration used_before = processor(run);
    const instant start = run.now();
    run.sleep_for(2s);
    const duration used = processor(run) - used_before;
    const duration passed = run.now() - start;
    const std::string seen =
        fmt::format("{:.0f} ms in {:.2f} s", milliseconds(used), milliseconds(passed) / 1e3);
    run.note("used of the processor: " + seen);
    run.require(used * 100 < passed, fmt::format("an idle agent {} rests", when),
                "less than 1 % of the processor", seen);
}

// catches: an agent that looks for work in a loop instead of waiting for it
void idle_without_a_client(run_context& run) {
    run.must_sync();
    run.disconnect();
    stays_idle(run, "without a client");
}

// catches: an agent whose read returns at once and is tried again at once
void idle_with_a_silent_client(run_context& run) {
    run.must_sync();
    stays_idle(run, "with a client that says nothing");
}

} // namespace

void qga_28_idle(registry& checks) {
    checks.add({.about = sec<28, 10>::value,
                .index = 1,
                .title = "without a client an agent uses no processor time",
                .needs = {capability::reconnect},
                .run = idle_without_a_client});
    checks.add({.about = sec<28, 10>::value,
                .index = 2,
                .title = "with a client that says nothing an agent uses no processor time",
                .run = idle_with_a_silent_client});
}

} // namespace snapproto::conformance::clauses
