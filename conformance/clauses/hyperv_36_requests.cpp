// SPDX-License-Identifier: BSL-1.0
// SP 36: hot_backup, operations that a daemon does not do, and one reply for each request.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/hyperv_kernel.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using hyperv::vss_op;

/// Those that a host may send and a daemon does not do, and some that nobody has.
constexpr std::array<std::uint8_t, 8> not_done{0, 1, 3, 4, 7, 8, 9, 127};

// catches: an agent that freezes to find out whether it could
void hot_backup_while_thawed(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.must_succeed(vss_op::hot_backup, "hot_backup is answered with success");
    run.require(kernel.guest().calls().empty(), "hot_backup freezes nothing", "no call",
                places_of(kernel.guest(), true));
}

// catches: an agent for which a new backup begins with a thaw
void hot_backup_while_frozen(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.must_succeed(vss_op::hot_backup, "hot_backup while frozen is answered with success");
    kernel.must_hold(kernel.everything(), "hot_backup thaws nothing");
}

// catches: an agent whose answer depends on mounts that it will not freeze
void hot_backup_with_mounts_that_are_left_out(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().mounts.push_back({"/dev/vdd1", "/boot/efi", "vfat"});
    kernel.guest().mounts.push_back({"tmpfs", "/tmp", "tmpfs"});
    kernel.must_succeed(vss_op::hot_backup, "hot_backup is answered with success");
    run.require(kernel.guest().calls().empty(), "hot_backup freezes nothing", "no call",
                places_of(kernel.guest(), true));
}

// catches: an agent that answers everything with success
void unknown_operations_fail(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const std::uint8_t op : not_done) {
        const daemon_said said = kernel.call(op);
        run.expect(said.failed(), fmt::format("operation {} is answered with failure", op),
                   "a failure: nothing was done", said.words());
    }
}

// catches: an agent that takes an operation that it does not know for another one
void unknown_operations_while_thawed(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const std::uint8_t op : not_done) {
        (void)kernel.call(op);
        const std::string held = kernel.held();
        run.expect(held == "nothing", fmt::format("operation {} freezes nothing", op),
                   "held: nothing", "held: " + held);
    }
}

// catches: an agent that thaws when it is asked for something else
void unknown_operations_while_frozen(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    for (const std::uint8_t op : not_done) {
        (void)kernel.call(op);
        kernel.must_hold(kernel.everything(), fmt::format("operation {} thaws nothing", op));
    }
}

// catches: an agent that answers a request twice, or tells that it is frozen
void one_reply_each(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const vss_op op : {vss_op::hot_backup, vss_op::freeze, vss_op::thaw}) {
        kernel.must_succeed(op, fmt::format("{} succeeds", to_string(op)));
        kernel.must_be_quiet(fmt::format("{} is answered once", to_string(op)));
    }
}

// catches: an agent that leaves a request without an answer when it does not know it
void every_operation_is_answered(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const std::uint8_t op : not_done) {
        const daemon_said said = kernel.call(op);
        run.require(said.error().has_value(), fmt::format("operation {} is answered", op),
                    "a reply", said.words());
    }
    kernel.must_succeed(vss_op::hot_backup, "and so is the next request");
}

// catches: an agent that wears out
void many_sessions(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (int i = 0; i < 50; ++i) {
        kernel.must_succeed(vss_op::hot_backup, "hot_backup succeeds, fifty times");
        kernel.freeze();
        kernel.must_succeed(vss_op::thaw, "a thaw succeeds, fifty times");
        kernel.must_hold("nothing", "nothing is left held, fifty times");
    }
}

} // namespace

void hyperv_36_requests(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = run});
    };
    add(sec<36, 12>::value, 1, "hot_backup succeeds and freezes nothing", hot_backup_while_thawed);
    add(sec<36, 12>::value, 2, "hot_backup while frozen thaws nothing", hot_backup_while_frozen);
    add(sec<36, 12>::value, 3, "hot_backup does not mind mounts that a freeze leaves out",
        hot_backup_with_mounts_that_are_left_out);
    add(sec<36, 13>::value, 1, "an operation that is not done is answered with failure",
        unknown_operations_fail);
    add(sec<36, 14>::value, 1, "an operation that is not done freezes nothing",
        unknown_operations_while_thawed);
    add(sec<36, 14>::value, 2, "an operation that is not done thaws nothing",
        unknown_operations_while_frozen);
    add(sec<36, 15>::value, 1, "a request is answered once", one_reply_each);
    add(sec<36, 15>::value, 2, "every operation is answered", every_operation_is_answered);
    add(sec<36, 15>::value, 3, "fifty sessions are answered like the first", many_sessions);
}

} // namespace snapproto::conformance::clauses
