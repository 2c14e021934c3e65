// SPDX-License-Identifier: BSL-1.0
// SP 33: what the messages of a daemon are made of.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/hyperv_kernel.hpp"

#include "snapproto/dialect/hyperv/daemon.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using hyperv::vss_op;

constexpr std::array asked{vss_op::hot_backup, vss_op::freeze, vss_op::thaw};

/// A request as it lies on the wire.
std::string request(vss_op op, std::string_view flags = std::string_view("\0\0\0\0", 4)) {
    return std::string(1, static_cast<char>(op)) + std::string(7, '\0') + std::string(flags);
}

// catches: an agent that writes its internal structure, of another size
void replies_have_twelve_bytes(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const vss_op op : asked) {
        const daemon_said said = kernel.call(op);
        run.expect(said.bytes.size() == hyperv::daemon_message_bytes,
                   fmt::format("the reply to {} is one message", to_string(op)), "12 bytes",
                   said.words());
    }
}

// catches: an agent that takes what is queued for one message
void queued_messages_are_taken_one_by_one(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const vss_op op : asked) {
        kernel.ask(op);
    }
    for (const vss_op op : asked) {
        const daemon_said said = kernel.read();
        run.require(said.succeeded(),
                    fmt::format("{}, queued with others, is served", to_string(op)),
                    "a reply with error 0", said.words());
    }
    run.require(places_of(kernel.guest(), true) != "", "the freeze among them froze",
                "calls of FIFREEZE", "none");
    kernel.must_hold("nothing", "the thaw came after the freeze");
}

// catches: an agent that sends the operation back with its success
void a_success_is_zero_and_nothing_of_the_operation(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const vss_op op : asked) {
        const daemon_said said = kernel.call(op);
        run.expect(said.bytes.starts_with(std::string(4, '\0')),
                   fmt::format("the reply to {} begins with the error 0", to_string(op)),
                   "00 00 00 00", said.words());
    }
    run.note("a reply does not say what it answers: these look like operation 0, create");
}

// catches: an agent that answers a failure with a number of its own kind, as an errno
void a_failure_is_an_error_below_zero(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.guest().freeze_fails["/dev/vdb1"] = EIO;
    const daemon_said said = kernel.call(vss_op::freeze);
    run.require(said.error().value_or(0) < 0, "a failure is told as an HRESULT of a failure",
                "a signed error below 0, as 0x80004005", said.words());
    if (said.error() == hyperv::daemon_failed) {
        run.note("its lowest byte is 5: read as an operation it is freeze");
    }
}

void bytes_come_back(run_context& run, bool fails) {
    hyperv_kernel kernel(run);
    kernel.begin();
    if (fails) {
        kernel.guest().freeze_fails["/dev/vdb1"] = EIO;
    }
    const std::string asked_for = request(vss_op::freeze, "\x05\x01\x80\xfe");
    kernel.send(asked_for, "freeze with flags");
    const daemon_said said = kernel.read();
    run.require(fails ? said.failed() : said.succeeded(), "the freeze is answered",
                fails ? "a failure" : "a success", said.words());
    run.require(said.bytes.substr(4) == asked_for.substr(4),
                "bytes 4 to 11 of the reply are those of the request",
                hex(std::string_view(asked_for).substr(4)),
                hex(std::string_view(said.bytes).substr(4)));
}

// catches: an agent that clears the flags of the request in its reply
void success_repeats_the_rest(run_context& run) {
    bytes_come_back(run, false);
}

// catches: an agent that writes a failure over the whole message
void failure_repeats_the_rest(run_context& run) {
    bytes_come_back(run, true);
}

// catches: an agent that takes the errno of the call for the error
void no_error_looks_like_a_registration(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    for (const int code : {128, 129}) { // ENOKEY - 2 and 1 more: any driver may return them
        kernel.guest().freeze_fails["/dev/vdb1"] = code;
        const daemon_said said = kernel.call(vss_op::freeze);
        run.require(!said.is_registration(),
                    fmt::format("a freeze that fails with errno {} is answered by a failure", code),
                    "an error whose lowest byte is neither 128 nor 129", said.words());
        run.require(said.failed(), "a freeze that fails is answered with failure", "an error",
                    said.words());
    }
}

// catches: an agent that reads as much as there is and takes it for the version
void version_and_request_in_one_piece(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin_on_stream();
    kernel.send(std::string("\x81\0\0\0", 4) + request(vss_op::hot_backup),
                "the version and hot_backup, in one piece");
    const daemon_said said = kernel.read();
    run.require(said.succeeded(), "a request that came in one piece with the version is served",
                "a reply with error 0", said.words());
}

// catches: an agent that drops the second of two requests
void two_requests_in_one_piece(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin_on_stream();
    kernel.send_version();
    kernel.send(request(vss_op::freeze) + request(vss_op::thaw), "freeze and thaw, in one piece");
    // Replies may run together as well.
    std::string got;
    while (got.size() < 2 * hyperv::daemon_message_bytes) {
        const daemon_said said = kernel.read();
        run.require(said.status == receive_status::data, "both requests are answered", "24 bytes",
                    fmt::format("{} bytes, then {}", got.size(), said.words()));
        got += said.bytes;
    }
    run.require(got == std::string(24, '\0'), "both are answered with success",
                "24 bytes that are 0", hex(got));
    kernel.must_hold("nothing", "the thaw came after the freeze");
}

// catches: an agent that takes a piece of a message for a message
void a_request_in_two_pieces(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin_on_stream();
    kernel.send_version();
    kernel.must_succeed(vss_op::hot_backup, "a request in one piece is served");
    const std::string whole = request(vss_op::hot_backup);
    kernel.send(whole.substr(0, 5), "the first 5 bytes of hot_backup");
    kernel.must_be_quiet("5 bytes of 12 are no message yet");
    kernel.send(whole.substr(5), "the other 7");
    const daemon_said said = kernel.read();
    run.require(said.succeeded(), "a request in two pieces is served", "a reply with error 0",
                said.words());
}

} // namespace

void hyperv_33_messages(registry& checks) {
    checks.add({.about = sec<33, 1>::value,
                .index = 1,
                .title = "every reply has 12 bytes",
                .run = replies_have_twelve_bytes});
    checks.add({.about = sec<33, 2>::value,
                .index = 1,
                .title = "requests that are queued are taken one by one",
                .run = queued_messages_are_taken_one_by_one});
    checks.add({.about = sec<33, 3>::value,
                .index = 1,
                .title = "a success is the error 0 and has nothing of the operation",
                .run = a_success_is_zero_and_nothing_of_the_operation});
    checks.add({.about = sec<33, 3>::value,
                .index = 2,
                .title = "a failure is an error below 0",
                .run = a_failure_is_an_error_below_zero});
    checks.add({.about = sec<33, 4>::value,
                .index = 1,
                .title = "a success repeats bytes 4 to 11 of the request",
                .run = success_repeats_the_rest});
    checks.add({.about = sec<33, 4>::value,
                .index = 2,
                .title = "a failure repeats bytes 4 to 11 of the request",
                .run = failure_repeats_the_rest});
    checks.add({.about = sec<33, 7>::value,
                .index = 1,
                .title = "no failure looks like a registration, whatever the errno was",
                .run = no_error_looks_like_a_registration});
    checks.add({.about = sec<33, 8>::value,
                .index = 1,
                .title = "without boundaries: the version and a request in one piece",
                .run = version_and_request_in_one_piece});
    checks.add({.about = sec<33, 8>::value,
                .index = 2,
                .title = "without boundaries: two requests in one piece",
                .run = two_requests_in_one_piece});
    checks.add({.about = sec<33, 8>::value,
                .index = 3,
                .title = "without boundaries: a request in two pieces",
                .run = a_request_in_two_pieces});
}

} // namespace snapproto::conformance::clauses
