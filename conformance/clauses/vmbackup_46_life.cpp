// SPDX-License-Identifier: BSL-1.0
// SP 46: a host that goes, a guest that is told to end, and the next operation.
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/vmbackup_host.hpp"

#include <cerrno>

namespace snapproto::conformance::clauses {
namespace {

using vmbackup::event;
using namespace std::chrono_literals;

// catches: a guest that stays frozen for a host that is gone
void the_command_channel_ends(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.hang_up();
    host.wait_for(event::done, 8s);
    host.must_hold("nothing", "when the command channel ends everything is thawed");
}

// catches: a guest that leaves filesystems frozen when it ends
void told_to_end_while_frozen(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.target().terminate();
    host.wait(1s);
    (void)host.target().wait_exit(run.limit(vmbackup_host::reply_wait));
    host.must_hold("nothing", "a guest that is told to end thaws first");
}

// catches: a guest that says that all is over while it leaves filesystems frozen
void done_is_true_at_the_end(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.target().terminate();
    host.wait(1s);
    const seen_event* const done = host.find(event::done);
    if (done == nullptr) {
        run.inapplicable("a guest that is told to end says nothing");
    }
    run.require(done->held == "nothing", "req.done is sent when nothing is held any more",
                "held: nothing", "held: " + done->held);
}

// catches: a guest that cannot be ended
void told_to_end_while_nothing_runs(run_context& run) {
    vmbackup_host host(run);
    host.must_accept("ping", "ping is accepted");
    host.target().terminate();
    const auto ended = host.target().wait_exit(run.limit(vmbackup_host::reply_wait));
    run.require(ended.has_value(), "a guest that is told to end, ends", "an end", "it still runs");
}

// catches: a guest that takes no operation after one that failed
void another_after_a_failure(run_context& run) {
    vmbackup_host host(run);
    host.guest().freeze_fails["/dev/vdb1"] = EIO;
    (void)host.command("vmbackup.start 0");
    host.must_see(event::done, "an operation that fails ends");
    host.guest().freeze_fails.clear();
    host.freeze();
    host.finish();
}

// catches: a guest that is worn out by operations
void many_operations(run_context& run) {
    vmbackup_host host(run);
    for (int i = 0; i < 20; ++i) {
        host.freeze();
        if (i % 4 == 3) {
            host.must_accept("vmbackup.abort", "an abort while frozen is accepted");
            host.must_see(event::done, "an abort ends the operation");
        } else {
            host.finish();
        }
        host.must_hold("nothing", "after each operation nothing is held");
    }
}

} // namespace

void vmbackup_46_life(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         duration bound = 20s) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = {capability::restart, capability::signal},
                    .bound = bound,
                    .run = run});
    };
    add(sec<46, 8>::value, 1, "when the command channel ends everything is thawed",
        the_command_channel_ends);
    add(sec<46, 9>::value, 1, "a guest that is told to end while frozen thaws first",
        told_to_end_while_frozen);
    add(sec<46, 9>::value, 2, "done is true also at the end", done_is_true_at_the_end);
    add(sec<46, 9>::value, 3, "a guest that is told to end, ends", told_to_end_while_nothing_runs);
    add(sec<46, 11>::value, 1, "after a failure another operation can be begun",
        another_after_a_failure);
    add(sec<46, 11>::value, 2, "operations wear nothing out", many_operations, 240s);
}

} // namespace snapproto::conformance::clauses
