// SPDX-License-Identifier: BSL-1.0
// SP 60: marks, which bring a stream back to order.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <limits>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace native_bytes;

// catches: an agent that waits for the rest of a frame behind a mark
void inside_a_frame(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.send_bytes(length(60'000) + "some of it" + mark(), "a frame that a mark cuts short");
    (void)host.must_pong("a mark ends a frame that has begun");
}

// catches: an agent for which the tenth byte begins something else
void a_longer_mark(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::size_t more : {1U, 5U, 9U, 100U}) {
        host.send_bytes(mark() + std::string(more, '\xff'), "a longer mark");
        (void)host.must_pong("more bytes 0xFF belong to the same mark");
    }
    host.must_be_quiet("a mark is not answered");
}

// catches: an agent that sees a mark in the largest number
void the_largest_number(run_context& run) {
    native_host host(run);
    (void)host.begin();
    ping with;
    with.cookie = std::numeric_limits<std::uint64_t>::max();
    const pong got =
        host.must_answer<pong>("eight bytes 0xFF in a message are no mark", {with.cookie}, with);
    run.require(got.cookie == with.cookie, "a Pong has the cookie of its Ping",
                std::to_string(with.cookie), std::to_string(got.cookie));
}

// catches: an agent that some beginning brings out of step for good
void any_bytes(run_context& run) {
    for (int i = 0; i < 8; ++i) {
        native_host host(run);
        std::string bytes;
        for (std::uint64_t size = run.below(300); size != 0; --size) {
            bytes += static_cast<char>(run.below(8) == 0 ? 0 : run.random()());
        }
        host.send_bytes(bytes, "any bytes");
        (void)host.begin();
        (void)host.must_pong("after any bytes a mark and a Hello are answered");
        host.hang_up();
    }
}

// catches: an agent that takes a Hello for the rest of a frame
void in_the_middle(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.send_bytes(length(65'536) + head(cbor_type::map, 5), "the beginning of a frame");
    (void)host.begin();
    (void)host.must_pong("in the new session");
}

// catches: an agent whose HelloAck is lost behind what its predecessor left half written
void behind_a_mark(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::string& came = host.peer().received();
    run.require(came.starts_with(mark()), "a HelloAck comes directly behind a mark",
                "nine bytes ff first", printable(came.substr(0, 40)));
    const std::size_t first = came.size();
    (void)host.begin();
    run.require(host.peer().received().substr(first).starts_with(mark()), "a further HelloAck too",
                "nine bytes ff first", printable(host.peer().received().substr(first, 40)));
}

// catches: an agent that refuses what its sender has taken back
void what_was_cut(run_context& run) {
    native_host host(run);
    (void)host.begin();
    // So much is missing that the mark does not complete it.
    const std::string bytes = framed(host.made(ping{}));
    host.send_bytes(bytes.substr(0, 6) + mark(), "a Ping that a mark cuts short");
    host.must_be_quiet("what a mark cut short is dropped and not answered",
                       std::chrono::seconds(1));
    (void)host.must_pong("afterwards the stream can be used");
}

// catches: an agent whose orchestrator waits for good for the rest of a frame of which bytes are
// missing
void answers_behind_a_mark(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.send_bytes(mark(), "a mark");
    const std::size_t before = host.peer().received().size();
    (void)host.must_pong("a Ping behind a mark is answered");
    run.require(host.peer().received().substr(before).starts_with(mark()),
                "the first message after a mark was read comes directly behind one",
                "nine bytes ff first", printable(host.peer().received().substr(before, 40)));
}

} // namespace

void native_60_marks(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .run = run});
    };
    add(sec<60, 6>::value, 1, "a mark ends a frame that has begun", inside_a_frame);
    add(sec<60, 6>::value, 2, "more than nine bytes are the same mark", a_longer_mark);
    add(sec<60, 6>::value, 3, "the largest number holds no mark", the_largest_number);
    add(sec<60, 7>::value, 1, "after any bytes a mark and a Hello are answered", any_bytes,
        {capability::reconnect});
    add(sec<60, 7>::value, 2, "a Hello in the middle of a frame is answered", in_the_middle);
    add(sec<60, 8>::value, 1, "a HelloAck comes directly behind a mark", behind_a_mark);
    add(sec<60, 9>::value, 1, "what a mark cut short is not answered", what_was_cut);
    add(sec<60, 13>::value, 1, "after a mark the next message comes behind one",
        answers_behind_a_mark);
}

} // namespace snapproto::conformance::clauses
