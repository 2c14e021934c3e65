// SPDX-License-Identifier: BSL-1.0
// SP 60: frames, and what is none.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace native_bytes;

// catches: an agent that reads the length in another order, or counts it
void a_frame(run_context& run) {
    native_host host(run);
    (void)host.begin();
    (void)host.must_pong("a message in a frame is answered");
}

// catches: an agent that goes on reading messages inside a frame
void two_in_one(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::string one = body(host.made(ping{}));
    host.must_be_malformed(one + one, "two Pings in one frame", "a frame holds one message");
}

// catches: an agent that takes what one read gives for a message
void single_bytes(run_context& run) {
    native_host host(run);
    (void)host.begin();
    ping with;
    with.cookie = run.random()();
    for (const char c : framed(host.made(with))) {
        host.send_bytes({&c, 1}, "");
        run.sleep_for(std::chrono::milliseconds(1));
    }
    const pong got = host.must_get<pong>("a message that comes byte by byte is answered");
    run.require(got.cookie == with.cookie, "a Pong has the cookie of its Ping",
                std::to_string(with.cookie), std::to_string(got.cookie));
    host.must_be_quiet("pieces of a message are no messages");
}

// catches: an agent that wants a length whole
void a_cut_length(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::string bytes = framed(host.made(ping{}));
    host.send_bytes(bytes.substr(0, 2), "half a length");
    host.must_be_quiet("half a length is no message", std::chrono::seconds(1));
    host.send_bytes(bytes.substr(2), "the rest");
    (void)host.must_get<pong>("a message whose length was cut is answered");
}

// catches: an agent that drops what comes behind the first message of a read, or overtakes itself
void in_one_write(run_context& run) {
    native_host host(run);
    (void)host.begin();
    std::string bytes;
    std::vector<std::uint64_t> cookies;
    for (int i = 0; i < 5; ++i) {
        ping with;
        cookies.push_back(with.cookie = run.random()());
        bytes += framed(host.made(with));
    }
    host.send_bytes(bytes, "five Pings in one write");
    for (const std::uint64_t cookie : cookies) {
        const pong got = host.must_get<pong>("messages in one write are answered one by one");
        run.require(got.cookie == cookie, "in their order", std::to_string(cookie),
                    std::to_string(got.cookie));
    }
}

// catches: an agent that hangs up on, or waits behind, an empty frame
void an_empty_frame(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.must_be_malformed("", "an empty frame", "a length of 0 is refused once");
}

// catches: an agent that reads the inside of what it refuses as messages, or stores it
void too_long(run_context& run) {
    native_host host(run);
    (void)host.begin();
    std::string inside;
    while (inside.size() < native::limits{}.frame_bytes_max + 1) {
        inside += framed(host.made(ping{}));
    }
    host.send_bytes(length(inside.size()), "a length beyond the limit");
    (void)host.must_be_nak(nak_code::malformed, "a length beyond the limit is refused");
    host.send_bytes(inside, "so many bytes, which look like Pings");
    host.must_be_quiet("what a refused length covers is passed over");
    (void)host.must_pong("behind it the stream goes on");
}

// catches: an agent that looks for messages in what it cannot read
void no_length(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.send_bytes("GET / HTTP/1.1\r\n\r\n", "what begins no length");
    (void)host.must_be_nak(nak_code::malformed, "what begins no length is refused");
    for (int i = 0; i < 3; ++i) {
        host.send_bytes(framed(host.made(ping{})), "a Ping");
    }
    host.must_be_quiet("everything up to a mark is passed over, and refused once");
    host.send_bytes(mark(), "a mark");
    (void)host.must_pong("behind a mark the stream goes on");
}

// catches: an agent that counts what it passes over and sees no mark in it
void a_mark_ends_it(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.send_bytes(length(1U << 20U), "a length of 1 MiB");
    (void)host.must_be_nak(nak_code::malformed, "a length beyond the limit is refused");
    host.send_bytes(std::string(1000, 'x') + mark(), "a thousand bytes, and a mark");
    (void)host.must_pong("a mark ends what is passed over");
}

// catches: an agent that acts on what is not there yet
void half_a_frame(run_context& run) {
    native_host host(run);
    (void)host.begin();
    abort_request give_up;
    give_up.reason = "a reason that takes some bytes"; // more than those of a mark
    const std::string bytes = framed(host.made(give_up));
    for (const std::size_t size : {std::size_t{4}, std::size_t{9}, bytes.size() - 10}) {
        host.send_bytes(bytes.substr(0, size), "a part of a frame");
        host.must_be_quiet("a frame of which bytes are missing is neither message nor error",
                           std::chrono::seconds(1));
        host.send_bytes(mark(), "a mark");
        host.must_be_quiet("what a mark cut short is not answered");
    }
    (void)host.must_pong("afterwards the stream can be used");
}

// catches: an agent whose refusals cannot be told from the answers that are awaited
void a_refusal(run_context& run) {
    native_host host(run);
    (void)host.begin();
    (void)host.must_pong("a Ping is answered");
    const sequence_number before = host.latest();
    host.send_frame("\xff", "a frame that holds no message");
    const nak got = host.must_be_nak(nak_code::malformed, "a frame that is refused is answered");
    run.require(!got.header.txn && got.header.seq == before,
                "the Nak has transaction 0 and the number of the latest request that was read",
                std::to_string(before.value), std::to_string(got.header.seq.value));
}

} // namespace

void native_60_frames(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = run});
    };
    add(sec<60, 1>::value, 1, "a message in its frame is answered", a_frame);
    add(sec<60, 2>::value, 1, "two messages in one frame are refused", two_in_one);
    add(sec<60, 3>::value, 1, "a message that comes byte by byte is one message", single_bytes);
    add(sec<60, 3>::value, 2, "a length that comes in two pieces is one length", a_cut_length);
    add(sec<60, 4>::value, 1, "messages in one write are answered in their order", in_one_write);
    add(sec<60, 5>::value, 1, "an empty frame is refused once", an_empty_frame);
    add(sec<60, 5>::value, 2, "a frame beyond the limit is refused and passed over", too_long);
    add(sec<60, 5>::value, 3, "what begins no length is refused once, up to a mark", no_length);
    add(sec<60, 5>::value, 4, "a mark ends what is passed over", a_mark_ends_it);
    add(sec<60, 10>::value, 1, "a part of a frame is neither a message nor an error", half_a_frame);
    add(sec<60, 11>::value, 1, "a refusal names no transaction and the latest request", a_refusal);
}

} // namespace snapproto::conformance::clauses
