// SPDX-License-Identifier: BSL-1.0
// SP 46: what is held and released, in which order, by hooks and filesystems.
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/vmbackup_host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using vmbackup::event;

// catches: a guest that chooses filesystems by their type
void every_filesystem_is_held(run_context& run) {
    vmbackup_host host(run);
    host.guest().mounts.push_back({"/dev/vdd1", "/opt", "btrfs"});
    host.freeze();
    host.must_hold("/dev/vda1 /dev/vdb1 /dev/vdc1 /dev/vdd1",
                   "at the commit every filesystem is held that is mounted writable");
    host.finish();
}

// catches: a guest that freezes what nobody can write to
void read_only_is_left_alone(run_context& run) {
    vmbackup_host host(run);
    host.guest().mounts.push_back({"/dev/vdd1", "/opt", "ext4", "ro"});
    host.freeze();
    host.must_hold("/dev/vda1 /dev/vdb1 /dev/vdc1", "what is mounted read-only is not held");
    host.finish();
}

// catches: a guest that calls a freeze of nothing a success
void nothing_to_hold(run_context& run) {
    vmbackup_host host(run);
    std::erase_if(host.guest().mounts,
                  [](const guest_mount& one) { return one.source.starts_with("/dev/"); });
    host.must_accept("vmbackup.start 0", "a start is accepted");
    host.must_see(event::done, "the operation ends by itself");
    run.require(host.told_of_failure() && host.find(event::commit) == nullptr,
                "an operation that holds no filesystem fails", "req.error, and no commit",
                host.event_words());
}

// catches: a guest that freezes filesystems under its hooks
void hooks_first(run_context& run) {
    vmbackup_host host(run);
    host.scripts().failing.insert("20-second");
    (void)host.command("vmbackup.start 0");
    host.must_see(event::done, "a hook that fails ends the operation");
    const std::string frozen = places_of(host.guest(), true);
    run.require(frozen.empty(), "no filesystem is frozen before the hooks are held", "no FIFREEZE",
                "FIFREEZE of " + frozen);
}

// catches: a guest that releases its hooks in the order in which they were held
void hooks_in_the_reverse_order(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.finish();
    const std::string held = host.scripts().run_with("freeze");
    const std::string released = host.scripts().run_with("thaw");
    run.require(held == "10-first 20-second" && released == "20-second 10-first",
                "hooks are held by name and released in the reverse order",
                "10-first 20-second, then 20-second 10-first", held + ", then " + released);
}

// catches: a guest that does not tell a hook which has failed to undo
void the_hook_that_failed_is_told(run_context& run) {
    vmbackup_host host(run);
    host.scripts().failing.insert("20-second");
    (void)host.command("vmbackup.start 0");
    host.must_see(event::done, "a hook that fails ends the operation");
    const std::string told = host.scripts().run_with("freezeFail");
    run.require(told.find("20-second") != std::string::npos,
                "a hook that failed is told to undo as well", "freezeFail for 20-second",
                "freezeFail for " + (told.empty() ? "none" : told));
}

// catches: a guest that forgets its hooks when an operation is given up
void hooks_are_told_of_an_abort(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    (void)host.command("vmbackup.abort");
    host.must_see(event::done, "an abort ends the operation");
    const std::string told = host.scripts().run_with("freezeFail");
    run.require(told == "20-second 10-first", "every hook that was held is told to undo",
                "freezeFail for 20-second 10-first",
                "freezeFail for " + (told.empty() ? "none" : told));
}

// catches: a guest that runs hooks after one has failed
void no_hook_after_one_that_failed(run_context& run) {
    vmbackup_host host(run);
    host.scripts().failing.insert("10-first");
    (void)host.command("vmbackup.start 0");
    host.must_see(event::done, "a hook that fails ends the operation");
    const std::string held = host.scripts().run_with("freeze");
    run.require(held == "10-first", "after a hook that failed none other is run",
                "freeze for 10-first", "freeze for " + held);
}

// catches: a guest that thaws in the order of its freezes
void filesystems_in_the_reverse_order(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.finish();
    std::vector<std::string> held;
    std::vector<std::string> released;
    for (const guest_call& one : host.guest().calls()) {
        if (one.result == 0) {
            (one.freezes ? held : released).push_back(one.place);
        }
    }
    std::reverse(released.begin(), released.end());
    run.require(held == released, "filesystems are thawed in the reverse order of their freeze",
                fmt::format("the reverse of {}", fmt::join(held, " ")),
                fmt::format("the reverse of {}", fmt::join(released, " ")));
}

// catches: a guest that thaws what it finds at the mount point now
void mounted_over(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.guest().mounts.push_back({"/dev/vdd1", "/srv"});
    (void)host.command("vmbackup.snapshotDone");
    host.must_see(event::done, "the operation ends");
    host.must_hold("nothing", "what was mounted over is released");
}

// catches: a guest that ends other people's freezes
void others_freezes_stay(run_context& run) {
    vmbackup_host host(run);
    host.guest().mounts.push_back({"/dev/vdd1", "/opt", "ext4", "ro"});
    host.guest().freeze_by_other("/dev/vdd1");
    host.freeze();
    (void)host.command("vmbackup.snapshotDone");
    host.must_see(event::done, "the operation ends");
    host.must_hold("/dev/vdd1", "what somebody else froze stays frozen");
}

// catches: a guest that ends its thaw at the first failure, or calls it success
void one_refuses_to_be_thawed(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.guest().thaw_fails["/dev/vdb1"] = EIO;
    (void)host.command("vmbackup.snapshotDone");
    host.wait(std::chrono::seconds(2));
    host.must_hold("/dev/vdb1", "one that refuses hinders no other");
    run.require(host.told_of_failure(), "one that refuses is told", "req.error",
                host.event_words());
}

// catches: a guest that gives up what it could not thaw once
void it_is_tried_again(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.guest().thaw_fails["/dev/vdb1"] = EIO;
    (void)host.command("vmbackup.snapshotDone");
    host.wait(std::chrono::seconds(1));
    host.guest().thaw_fails.clear();
    host.wait(std::chrono::seconds(10));
    host.must_hold("nothing", "one that refused is tried again");
}

} // namespace

void vmbackup_46_effect(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .bound = std::chrono::seconds(30),
                    .run = run});
    };
    add(sec<46, 1>::value, 1, "every writable filesystem is held", every_filesystem_is_held);
    add(sec<46, 1>::value, 2, "what is read-only is left alone", read_only_is_left_alone);
    add(sec<46, 2>::value, 1, "an operation that holds nothing fails", nothing_to_hold);
    add(sec<46, 3>::value, 1, "hooks are held before filesystems", hooks_first);
    add(sec<46, 3>::value, 2, "hooks are released in the reverse order",
        hooks_in_the_reverse_order);
    add(sec<46, 4>::value, 1, "a hook that failed is told to undo", the_hook_that_failed_is_told);
    add(sec<46, 4>::value, 2, "hooks are told of an abort", hooks_are_told_of_an_abort);
    add(sec<46, 5>::value, 1, "filesystems are released in the reverse order",
        filesystems_in_the_reverse_order);
    add(sec<46, 5>::value, 2, "what was mounted over is released", mounted_over);
    add(sec<46, 5>::value, 3, "somebody else's freeze is left alone", others_freezes_stay);
    add(sec<46, 6>::value, 1, "after a hook that failed none other is run",
        no_hook_after_one_that_failed);
    add(sec<46, 10>::value, 1, "one that refuses to be thawed hinders no other",
        one_refuses_to_be_thawed);
    add(sec<46, 10>::value, 2, "one that refuses to be thawed is tried again", it_is_tried_again);
}

} // namespace snapproto::conformance::clauses
