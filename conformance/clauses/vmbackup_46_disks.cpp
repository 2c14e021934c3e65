// SPDX-License-Identifier: BSL-1.0
// SP 46.12 to 46.15: what the disks show, whatever was said.
#include "conformance/clauses/effect_support.hpp"
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/vmbackup_host.hpp"

#include <utility>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using vmbackup::event;

/// The hold between the commit and the answer to snapshotDone.
hold from_commit_to_done(vmbackup_host& host) {
    return {[&host] { host.freeze(); }, [&host] { host.finish(); }};
}

// catches: a guest that sends the commit and freezes nothing, or lets go early
void first_device(run_context& run) {
    vmbackup_host host(run);
    device_stands_still(run, 0, from_commit_to_done(host));
}

// catches: a guest that freezes the first filesystem only
void second_device(run_context& run) {
    vmbackup_host host(run);
    device_stands_still(run, 1, from_commit_to_done(host));
}

// catches: a guest that flushes and does not freeze, as a null provider does
void every_writer_blocks(run_context& run) {
    vmbackup_host host(run);
    writers_block(run, from_commit_to_done(host));
}

// catches: a guest that is done while a filesystem stays frozen, or kills writers
void writer_goes_on(run_context& run) {
    vmbackup_host host(run);
    a_writer_goes_on(run, from_commit_to_done(host));
}

// catches: a guest that keeps writers blocked for a copy that will not be taken
void writers_go_on_after_an_abort(run_context& run) {
    vmbackup_host host(run);
    writers_go_on_without_a_request(
        run, from_commit_to_done(host),
        [&] {
            host.must_accept("vmbackup.abort", "an abort while frozen is accepted");
            host.must_see(event::done, "an abort ends the operation");
        },
        "after an abort");
}

// catches: a guest that leaves writers blocked when it is told to end
void writers_go_on_when_it_ends(run_context& run) {
    vmbackup_host host(run);
    writers_go_on_without_a_request(
        run, from_commit_to_done(host),
        [&] {
            host.target().terminate();
            host.wait(std::chrono::seconds(1));
            (void)host.target().wait_exit(run.limit(vmbackup_host::reply_wait));
        },
        "after the guest was told to end");
}

// catches: a guest that blocks writers without bringing the filesystem to rest
void first_copy(run_context& run) {
    vmbackup_host host(run);
    copy_is_clean(run, 0, from_commit_to_done(host));
}

// catches: a guest that does so to the first filesystem only
void second_copy(run_context& run) {
    vmbackup_host host(run);
    copy_is_clean(run, 1, from_commit_to_done(host));
}

// catches: a guest that stops the device under the filesystem instead of freezing it
void unflushed(run_context& run) {
    vmbackup_host host(run);
    unflushed_is_in_the_copy(run, from_commit_to_done(host));
}

} // namespace

void vmbackup_46_disks(registry& checks) {
    using enum capability;
    const auto add = [&](clause about, int index, std::string_view title,
                         std::vector<capability> needs, void (*run)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = std::chrono::seconds(60),
                    .run = run});
    };
    add(sec<46, 12>::value, 1, "with a writer at work the device does not change while held",
        {freeze_target, writer, device_digest}, first_device);
    add(sec<46, 12>::value, 2, "neither does the device of the second filesystem",
        {two_freeze_targets, writer, device_digest}, second_device);
    add(sec<46, 13>::value, 1, "on every filesystem a writer blocks until snapshotDone",
        {freeze_target, writer, kernel_truth}, every_writer_blocks);
    add(sec<46, 13>::value, 2, "a blocked writer goes on after every operation",
        {freeze_target, writer}, writer_goes_on);
    add(sec<46, 13>::value, 3, "writers go on after an abort", {freeze_target, writer},
        writers_go_on_after_an_abort);
    add(sec<46, 13>::value, 4, "writers go on after a guest that is told to end",
        {restart, signal, freeze_target, writer}, writers_go_on_when_it_ends);
    add(sec<46, 14>::value, 1, "a copy that is taken while held needs no recovery",
        {freeze_target, writer, window_copy}, first_copy);
    add(sec<46, 14>::value, 2, "neither does one of the second filesystem",
        {two_freeze_targets, writer, window_copy}, second_copy);
    add(sec<46, 15>::value, 1, "what was written and not flushed before the commit is in the copy",
        {freeze_target, window_copy}, unflushed);
}

} // namespace snapproto::conformance::clauses
