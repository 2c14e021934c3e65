// SPDX-License-Identifier: BSL-1.0
// SP 36: which filesystems a freeze holds, in which order, and what a failure leaves.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/hyperv_kernel.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using hyperv::vss_op;

// catches: an agent that says frozen and leaves out a filesystem
void all_are_held(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.must_hold(kernel.everything(), "a freeze holds every filesystem on a device");
}

// catches: an agent that reads the mount table once, at its start
void the_table_of_now_counts(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.must_succeed(vss_op::thaw, "a thaw succeeds");
    kernel.guest().mounts.push_back({"/dev/vdd1", "/mnt/new"});
    kernel.freeze();
    kernel.must_hold("/dev/vda1 /dev/vdb1 /dev/vdc1 /dev/vdd1",
                     "a freeze holds what is mounted when it is asked for");
}

void one_fails(run_context& run, const std::string& source, int code) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().freeze_fails[source] = code;
    kernel.must_fail(vss_op::freeze, "a freeze of which one filesystem fails is a failure");
    kernel.must_hold("nothing", "a freeze that failed leaves nothing held");
}

// catches: an agent that leaves the first filesystems frozen when a later one fails
void the_last_but_root_fails(run_context& run) {
    one_fails(run, "/dev/vdc1", EIO);
}

// catches: an agent that leaves all others frozen when the root filesystem fails
void root_fails(run_context& run) {
    one_fails(run, "/dev/vda1", EIO);
}

// catches: an agent that passes over a filesystem that knows no freeze, and calls that success
void one_knows_no_freeze(run_context& run) {
    one_fails(run, "/dev/vdb1", EOPNOTSUPP);
}

// catches: an agent that cannot freeze any more after a freeze that failed
void a_freeze_after_a_failure(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().freeze_fails["/dev/vdc1"] = EIO;
    kernel.must_fail(vss_op::freeze, "a freeze of which one filesystem fails is a failure");
    kernel.guest().freeze_fails.clear();
    kernel.freeze();
    kernel.must_hold(kernel.everything(), "the next freeze holds everything");
}

// catches: an agent that freezes in the order of the mount table
void root_is_last(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    const auto& calls = kernel.guest().calls();
    run.require(!calls.empty() && calls.back().place == "/", "the root filesystem is frozen last",
                "/ at the end", places_of(kernel.guest(), true));
}

void mounted_twice(run_context& run, const std::string& source, const std::string& place) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().mounts.push_back({source, place});
    kernel.freeze();
    kernel.must_hold(kernel.everything(), "a freeze holds every filesystem on a device");
    kernel.must_succeed(vss_op::thaw, "a thaw succeeds");
    kernel.must_hold("nothing", "a thaw releases what is mounted twice");
}

// catches: an agent for which EBUSY of the second mount is a failure
void a_second_mount(run_context& run) {
    mounted_twice(run, "/dev/vdb1", "/mnt/again");
}

// catches: the same with a second mount of the root filesystem, which comes before it
void a_second_mount_of_root(run_context& run) {
    mounted_twice(run, "/dev/vda1", "/mnt/root");
}

void left_alone(run_context& run, const guest_mount& extra) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().mounts.push_back(extra);
    kernel.freeze();
    const auto& calls = kernel.guest().calls();
    run.require(std::none_of(calls.begin(), calls.end(),
                             [&](const guest_call& one) { return one.place == extra.place; }),
                "nothing is asked of a filesystem that cannot change by a guest's writes",
                "no FIFREEZE of " + extra.place, places_of(kernel.guest(), true));
}

// catches: an agent that freezes what nobody can write to
void read_only_mounts(run_context& run) {
    left_alone(run, {"/dev/vdd1", "/media/disc", "ext4", "ro,relatime"});
}

// catches: an agent that freezes memory filesystems
void mounts_without_device(run_context& run) {
    left_alone(run, {"tmpfs", "/tmp", "tmpfs"});
}

// catches: an agent that takes "errors=remount-ro" for a read-only mount
void words_with_ro_in_them(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().mounts.push_back({"/dev/vdd1", "/home", "ext4", "rw,errors=remount-ro"});
    kernel.freeze();
    kernel.must_hold("/dev/vda1 /dev/vdb1 /dev/vdc1 /dev/vdd1",
                     "a mount that is writable is frozen, whatever its other options are");
}

// catches: an agent that says success when everything was left out
void nothing_to_hold(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().mounts = {{"proc", "/proc", "proc"}, {"/dev/loop0", "/"}};
    const daemon_said said = kernel.call(vss_op::freeze);
    if (!kernel.guest().frozen().empty()) {
        run.inapplicable("this daemon freezes filesystems on loop devices");
    }
    run.require(said.failed(), "a freeze that holds nothing is answered with failure", "a failure",
                said.words());
}

// catches: an agent that says success when the table has nothing for it
void an_empty_table(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().mounts = {{"proc", "/proc", "proc"}};
    const daemon_said said = kernel.call(vss_op::freeze);
    run.require(said.failed(), "a freeze that finds nothing is answered with failure", "a failure",
                said.words());
}

// catches: an agent for which a second freeze is an error, or which then thaws
void freeze_while_frozen(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.must_succeed(vss_op::freeze, "a freeze while frozen is a success");
    kernel.must_hold(kernel.everything(), "a freeze while frozen changes nothing");
    kernel.must_succeed(vss_op::thaw, "one thaw is enough for two freezes");
    kernel.must_hold("nothing", "one thaw is enough for two freezes");
}

// catches: an agent whose second freeze loses what the first has held
void freeze_of_more_while_frozen(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.guest().mounts.push_back({"/dev/vdd1", "/mnt/bad"});
    kernel.guest().freeze_fails["/dev/vdd1"] = EIO;
    const daemon_said said = kernel.call(vss_op::freeze);
    // Unchanged and success, or undone and failure: what is said must be what is.
    run.require(said.succeeded() || said.failed(), "a freeze while frozen is answered", "a reply",
                said.words());
    kernel.must_hold(said.succeeded() ? kernel.everything() : "nothing",
                     "after a freeze while frozen, all is held or nothing, as the reply says");
}

} // namespace

void hyperv_36_freeze(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = run});
    };
    add(sec<36, 1>::value, 1, "a freeze holds every filesystem on a device", all_are_held);
    add(sec<36, 1>::value, 2, "a filesystem that was mounted meanwhile is frozen too",
        the_table_of_now_counts);
    add(sec<36, 1>::value, 3, "a writable mount with 'ro' within another option is frozen",
        words_with_ro_in_them);
    add(sec<36, 2>::value, 1, "one that fails undoes those before it", the_last_but_root_fails);
    add(sec<36, 2>::value, 2, "a root filesystem that fails undoes all others", root_fails);
    add(sec<36, 2>::value, 3, "a filesystem on a device that knows no freeze is a failure",
        one_knows_no_freeze);
    add(sec<36, 2>::value, 4, "after a freeze that failed the next one holds everything",
        a_freeze_after_a_failure);
    add(sec<36, 3>::value, 1, "the root filesystem is frozen last", root_is_last);
    add(sec<36, 4>::value, 1, "a filesystem that is mounted twice is no failure", a_second_mount);
    add(sec<36, 4>::value, 2, "a second mount of the root filesystem is no failure",
        a_second_mount_of_root);
    add(sec<36, 5>::value, 1, "what is mounted read-only is not frozen", read_only_mounts);
    add(sec<36, 5>::value, 2, "what is on no device is not frozen", mounts_without_device);
    add(sec<36, 6>::value, 1, "a freeze of nothing but loop devices is no success",
        nothing_to_hold);
    add(sec<36, 6>::value, 2, "a freeze of nothing is no success", an_empty_table);
    add(sec<36, 7>::value, 1, "a freeze while frozen is a success and changes nothing",
        freeze_while_frozen);
    add(sec<36, 7>::value, 2, "a freeze while frozen that meets a failure leaves all or nothing",
        freeze_of_more_while_frozen);
}

} // namespace snapproto::conformance::clauses
