// SPDX-License-Identifier: BSL-1.0
// SP 36.21 to 36.24: what the disks show, whatever was said.
#include "conformance/clauses/effect_support.hpp"
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/hyperv_kernel.hpp"

#include <utility>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using hyperv::vss_op;

/// The hold between the replies to a freeze and to a thaw.
hold from_freeze_to_thaw(hyperv_kernel& kernel) {
    return {[&kernel] { kernel.freeze(); },
            [&kernel] { kernel.must_succeed(vss_op::thaw, "a thaw of what is held succeeds"); }};
}

// catches: an agent that answers with success and freezes nothing, or lets go early
void first_device(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    device_stands_still(run, 0, from_freeze_to_thaw(kernel));
}

// catches: an agent that freezes the first filesystem only
void second_device(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    device_stands_still(run, 1, from_freeze_to_thaw(kernel));
}

// catches: an agent that flushes and does not freeze
void every_writer_blocks(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    writers_block(run, from_freeze_to_thaw(kernel));
}

// catches: an agent that reports success for a filesystem which stayed frozen, or kills writers
void writer_goes_on(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    a_writer_goes_on(run, from_freeze_to_thaw(kernel));
}

// catches: an agent that keeps writers blocked for a host that is gone
void writers_go_on_at_the_end(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    writers_go_on_without_a_request(
        run, from_freeze_to_thaw(kernel), [&] { kernel.close(); }, "after the end of the device");
}

// catches: an agent that leaves writers blocked when it is told to end
void writers_go_on_when_it_ends(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    writers_go_on_without_a_request(
        run, from_freeze_to_thaw(kernel),
        [&] {
            kernel.daemon().terminate();
            (void)kernel.daemon().wait_exit(run.limit(hyperv_kernel::reply_wait));
        },
        "after the daemon was told to end");
}

// catches: an agent that blocks writers without bringing the filesystem to rest
void first_copy(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    copy_is_clean(run, 0, from_freeze_to_thaw(kernel));
}

// catches: an agent that does so to the first filesystem only
void second_copy(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    copy_is_clean(run, 1, from_freeze_to_thaw(kernel));
}

// catches: an agent that stops the device under the filesystem instead of freezing it
void unflushed(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    unflushed_is_in_the_copy(run, from_freeze_to_thaw(kernel));
}

} // namespace

void hyperv_36_effect(registry& checks) {
    using enum capability;
    const auto add = [&](clause about, int index, std::string_view title,
                         std::vector<capability> needs, void (*run)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .run = run});
    };
    add(sec<36, 21>::value, 1, "with a writer at work the device does not change while held",
        {freeze_target, writer, device_digest}, first_device);
    add(sec<36, 21>::value, 2, "neither does the device of the second filesystem",
        {two_freeze_targets, writer, device_digest}, second_device);
    add(sec<36, 22>::value, 1, "on every filesystem a writer blocks until the thaw",
        {freeze_target, writer, kernel_truth}, every_writer_blocks);
    add(sec<36, 22>::value, 2, "a blocked writer goes on after the thaw, in every round",
        {freeze_target, writer}, writer_goes_on);
    add(sec<36, 22>::value, 3, "writers go on after the end of the device",
        {restart, signal, freeze_target, writer}, writers_go_on_at_the_end);
    add(sec<36, 22>::value, 4, "writers go on after a daemon that is told to end",
        {restart, signal, freeze_target, writer}, writers_go_on_when_it_ends);
    add(sec<36, 23>::value, 1, "a copy that is taken while held needs no recovery",
        {freeze_target, writer, window_copy}, first_copy);
    add(sec<36, 23>::value, 2, "neither does one of the second filesystem",
        {two_freeze_targets, writer, window_copy}, second_copy);
    add(sec<36, 24>::value, 1, "what was written and not flushed before the freeze is in the copy",
        {freeze_target, window_copy}, unflushed);
}

} // namespace snapproto::conformance::clauses
