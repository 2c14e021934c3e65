// SPDX-License-Identifier: BSL-1.0
// SP 33: how a daemon registers, and registers again.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/hyperv_kernel.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using hyperv::vss_op;

// catches: an agent that begins with another size
void registration_has_twelve_bytes(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.open();
    const daemon_said first = kernel.read();
    run.require(first.bytes.size() == 12, "the first message is one of 12 bytes", "12 bytes",
                first.words());
}

// catches: an agent that registers in the old form, which the kernel does not count
void it_begins_with_129(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.open();
    const daemon_said first = kernel.read();
    run.require(first.is_registration(), "a daemon begins with a registration",
                "12 bytes that begin with 81", first.words());
    run.require(static_cast<unsigned char>(first.bytes[0]) == hyperv::op_register_versioned,
                "it registers in the form that has an answer", "operation 129", first.words());
}

// catches: an agent that does not wait for the version
void nothing_is_sent_before_the_version(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.open();
    (void)kernel.read();
    kernel.must_be_quiet("between the registration and the version nothing is sent");
    kernel.send_version();
    kernel.must_be_quiet("the version is not answered");
    kernel.must_succeed(vss_op::hot_backup, "after the version requests are served");
}

// catches: an agent that insists on the version it knows
void any_version_is_taken(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.open();
    (void)kernel.read();
    kernel.send_version(0xfffffffe);
    kernel.must_succeed(vss_op::hot_backup, "a daemon serves under any version of 4 bytes");
}

// catches: an agent that takes whatever comes first for the version
void twelve_bytes_are_no_version(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.open();
    (void)kernel.read();
    kernel.ask(vss_op::freeze);
    const daemon_said said = kernel.read(kernel.quiet);
    run.require(!said.succeeded(), "a message before the version is not served",
                "no reply: an end, or another registration", said.words());
    kernel.must_hold("nothing", "a message before the version freezes nothing");
}

// catches: an agent that registers with whatever lies in its buffer
void rest_of_the_first_registration(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.open();
    const daemon_said first = kernel.read();
    run.require(first.bytes.substr(1) == std::string(11, '\0'),
                "the registration has zeros behind the operation", "81 and 11 bytes of 00",
                first.words());
}

// catches: an agent that registers anew with the remains of a request
void rest_of_the_second_registration(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    const daemon_said reply =
        kernel.call(static_cast<std::uint8_t>(vss_op::hot_backup), 0x01020304);
    run.require(reply.succeeded(), "hot_backup succeeds", "error 0", reply.words());
    kernel.close();
    const daemon_said again = kernel.must_come_back("after the end of the device it comes back");
    run.require(again.bytes.substr(1) == std::string(11, '\0'),
                "a later registration has zeros behind the operation", "81 and 11 bytes of 00",
                again.words());
}

// catches: an agent that is useless after the first registration
void a_second_registration_serves(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.close();
    (void)kernel.must_come_back("after the end of the device it comes back");
    kernel.send_version();
    kernel.freeze();
    kernel.must_succeed(vss_op::thaw, "a thaw succeeds after another registration");
}

} // namespace

void hyperv_33_registration(registry& checks) {
    checks.add({.about = sec<33, 1>::value,
                .index = 2,
                .title = "the registration has 12 bytes",
                .run = registration_has_twelve_bytes});
    checks.add({.about = sec<33, 5>::value,
                .index = 1,
                .title = "a daemon begins with operation 129",
                .run = it_begins_with_129});
    checks.add({.about = sec<33, 5>::value,
                .index = 2,
                .title = "nothing is sent between the registration and the first request",
                .run = nothing_is_sent_before_the_version});
    checks.add({.about = sec<33, 5>::value,
                .index = 3,
                .title = "any version is taken",
                .run = any_version_is_taken});
    checks.add({.about = sec<33, 5>::value,
                .index = 4,
                .title = "a request in the place of the version is not served",
                .run = twelve_bytes_are_no_version});
    checks.add({.about = sec<33, 5>::value,
                .index = 5,
                .title = "after another registration requests are served as before",
                .run = a_second_registration_serves});
    checks.add({.about = sec<33, 6>::value,
                .index = 1,
                .title = "the first registration has zeros behind the operation",
                .run = rest_of_the_first_registration});
    checks.add({.about = sec<33, 6>::value,
                .index = 2,
                .title = "a later registration has zeros behind the operation",
                .run = rest_of_the_second_registration});
}

} // namespace snapproto::conformance::clauses
