// SPDX-License-Identifier: BSL-1.0
// SP 36: what a thaw releases, and what it says.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/hyperv_kernel.hpp"

#include <cerrno>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using hyperv::vss_op;

// catches: an agent that says thawed and leaves a filesystem frozen
void all_are_released(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.must_succeed(vss_op::thaw, "a thaw of what is held succeeds");
    kernel.must_hold("nothing", "a thaw that succeeded has released everything");
}

/// After a change of the mount table a thaw says what it did.
void thaw_is_true(run_context& run, hyperv_kernel& kernel, std::string_view requirement) {
    const daemon_said said = kernel.call(vss_op::thaw);
    run.require(said.succeeded() || said.failed(), "the thaw is answered", "a reply", said.words());
    if (said.succeeded()) {
        kernel.must_hold("nothing", requirement);
    } else {
        run.note("the thaw was answered with failure");
    }
}

// catches: an agent that thaws what it finds at the mount point now
void mounted_over(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.guest().mounts.push_back({"tmpfs2", "/srv", "tmpfs"});
    kernel.guest().mounts.push_back({"/dev/vdd1", "/srv"});
    thaw_is_true(run, kernel, "a thaw that succeeded has released what was mounted over");
}

// catches: an agent that thaws by the mount table alone
void not_in_the_table(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    std::erase_if(kernel.guest().mounts, [](const auto& one) { return one.place == "/srv"; });
    thaw_is_true(run, kernel, "a thaw that succeeded has released what left the mount table");
}

// catches: an agent that passes over what has become read-only
void read_only_meanwhile(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    for (guest_mount& one : kernel.guest().mounts) {
        if (one.place == "/srv") {
            one.options = "ro";
        }
    }
    thaw_is_true(run, kernel, "a thaw that succeeded has released what became read-only");
}

// catches: an agent for which a thaw while thawed is an error
void thaw_while_thawed(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.must_succeed(vss_op::thaw, "a thaw before any freeze is a success");
    kernel.freeze();
    kernel.must_succeed(vss_op::thaw, "a thaw of what is held succeeds");
    kernel.must_succeed(vss_op::thaw, "a second thaw is a success");
}

// catches: an agent for which a filesystem that somebody else thawed is a failure for ever
void thawed_by_other(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.thaw_by_other();
    (void)kernel.call(vss_op::thaw); // the early end may be told, or not
    kernel.must_hold("nothing", "a thaw releases the others too");
    kernel.must_succeed(vss_op::thaw, "when nothing is held a thaw is a success");
}

// catches: an agent that ends its thaw at the first failure, or calls it success
void one_refuses(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.guest().thaw_fails["/dev/vdb1"] = EIO;
    kernel.must_fail(vss_op::thaw, "a thaw that leaves a filesystem held is a failure");
    kernel.must_hold("/dev/vdb1", "one that refuses hinders no other");
}

// catches: an agent that gives up what it could not thaw once
void a_later_thaw_tries_again(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.guest().thaw_fails["/dev/vdb1"] = EIO;
    (void)kernel.call(vss_op::thaw);
    kernel.guest().thaw_fails.clear();
    kernel.must_succeed(vss_op::thaw, "a later thaw, which nothing refuses, succeeds");
    kernel.must_hold("nothing", "a later thaw releases what refused before");
}

// catches: an agent that ends other people's freezes
void others_freezes_stay(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    const std::string frozen = kernel.freeze_by_other();
    (void)kernel.call(vss_op::thaw);
    kernel.must_hold(frozen, "a thaw while thawed leaves somebody else's freeze alone");
}

} // namespace

void hyperv_36_thaw(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = run});
    };
    add(sec<36, 8>::value, 1, "a thaw releases everything", all_are_released);
    add(sec<36, 8>::value, 2, "a filesystem that was mounted over is released, or told",
        mounted_over);
    add(sec<36, 8>::value, 3, "a filesystem that left the mount table is released, or told",
        not_in_the_table);
    add(sec<36, 8>::value, 4, "a filesystem that became read-only is released, or told",
        read_only_meanwhile);
    add(sec<36, 9>::value, 1, "a thaw while thawed is a success", thaw_while_thawed);
    add(sec<36, 9>::value, 2, "what somebody else thawed is no lasting failure", thawed_by_other);
    add(sec<36, 10>::value, 1, "one that refuses is told, and the others are released",
        one_refuses);
    add(sec<36, 10>::value, 2, "a later thaw tries again", a_later_thaw_tries_again);
    add(sec<36, 11>::value, 1, "a thaw leaves somebody else's freeze alone", others_freezes_stay);
}

} // namespace snapproto::conformance::clauses
