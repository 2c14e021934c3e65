// SPDX-License-Identifier: BSL-1.0
// SP 28.4, 28.8, 28.9: floods of bytes and requests, the memory they take, the length of replies.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace snapproto::conformance::clauses {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

/// The agent's memory now; skips the check where it cannot be seen.
std::uint64_t memory(run_context& run) {
    const auto seen = run.agent().resources();
    if (!seen) {
        run.skip("the memory of the agent cannot be seen: " + seen.why);
    }
    return (*seen).memory_bytes;
}

std::string in_mebibytes(std::uint64_t bytes) {
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / static_cast<double>(mebibyte));
}

/// What a client may do to an agent's memory; each begins something that never ends.
std::array<std::string, 4> endless_beginnings() {
    return {R"({"execute": "guest-ping", "id": ")" + std::string(mebibyte, 's'),
            R"({"execute": "guest-ping", "id": [)" + repeated("0,", mebibyte / 16),
            repeated("[", mebibyte / 16), repeated(R"({"a":)", mebibyte / 64)};
}

// catches: an agent that falls over after the first, the second or the tenth of them.
void endless_beginnings_do_no_harm(run_context& run) {
    run.must_sync();
    for (int round = 0; round < 2; ++round) {
        for (const std::string& bytes : endless_beginnings()) {
            (void)answers_and_reset(run, bytes);
            require_usable(run, printable(bytes, 40));
        }
    }
    require_still_thawed(run, "requests without an end");
}

// catches: an agent that never frees what a 0xFF has dropped.
void dropped_input_is_freed(run_context& run) {
    run.must_sync();
    const auto beginnings = endless_beginnings();
    for (const std::string& bytes : beginnings) {
        (void)answers_and_reset(run, bytes);
    }
    const std::uint64_t before = memory(run);
    std::uint64_t sent = 0;
    for (int round = 0; round < 4; ++round) {
        for (const std::string& bytes : beginnings) {
            (void)answers_and_reset(run, bytes);
            sent += bytes.size();
        }
    }
    const std::uint64_t after = memory(run);
    run.note(fmt::format("{} before and {} after {} of dropped requests", in_mebibytes(before),
                         in_mebibytes(after), in_mebibytes(sent)));
    run.require(after < before + sent / 2, "what was dropped is freed",
                fmt::format("growth far below the {} sent", in_mebibytes(sent)),
                fmt::format("from {} to {}", in_mebibytes(before), in_mebibytes(after)));
}

// catches: an agent that needs many times the message limit for the tokens of one message.
void tokens_take_bounded_memory(run_context& run) {
    run.must_sync();
    const std::uint64_t before = memory(run);
    // Left open, so that all that the parser keeps of it is there when the memory is read.
    run.client().send(R"({"execute": "guest-ping", "id": [)" + repeated("0,", mebibyte / 2));
    // Nothing is answered before the end, so only time can tell that all of it has been read.
    run.sleep_for(std::chrono::milliseconds(300));
    const std::uint64_t during = memory(run);
    (void)answers_and_reset(run, "");
    constexpr std::uint64_t bound = 512 * mebibyte;
    run.note(fmt::format("{} before, {} with a message of {} tokens half read",
                         in_mebibytes(before), in_mebibytes(during), mebibyte));
    run.require(during < before + bound, "memory stays bounded while a message is half read",
                fmt::format("less than {} for 1 MiB of text", in_mebibytes(bound)),
                fmt::format("from {} to {}", in_mebibytes(before), in_mebibytes(during)));
}

// catches: an agent that slows down, leaks descriptors, or counts its requests in a byte.
void thousand_one_by_one(run_context& run) {
    run.must_sync();
    for (int i = 0; i < 1000; ++i) {
        const reply pong =
            run.client().call("guest-ping", nullptr, {.wait = std::chrono::seconds(5), .id = i});
        run.require(pong.is_value() && has_id(pong, i), "each of a thousand requests is answered",
                    fmt::format("return, with the id {}", i), pong.words());
    }
}

// catches: an agent whose queue has an end, or that mixes up what is in it.
void thousand_in_one_write(run_context& run) {
    run.must_sync();
    std::string bytes;
    for (int i = 0; i < 1000; ++i) {
        bytes += ping(fmt::format("{}", i));
    }
    const lines got = answers(run, bytes);
    run.require(got.size() == 1000, "each of a thousand requests is answered", "1000 replies",
                words_of(got));
    for (std::size_t i = 0; i < got.size(); ++i) {
        run.require(got[i].is_value() && has_id(got[i], i), "replies come in order",
                    fmt::format("return, with the id {}", i), got[i].words());
    }
}

// catches: an agent that never frees its requests, replies or errors.
void requests_are_freed(run_context& run) {
    run.must_sync();
    std::string bytes;
    for (int i = 0; i < 200; ++i) {
        bytes += ping(fmt::format("\"{}\"", i));
        bytes += R"({"execute": "snapproto-no-such-command", "arguments": {"a": [1, 2, 3]}})";
        bytes += R"({"execute": "guest-sync", "arguments": {"id": 1}})";
        bytes += R"({"execute": "guest-fsfreeze-status", "extra": "refused"})";
        bytes += "[{}]";
    }
    for (int round = 0; round < 2; ++round) {
        (void)answers(run, bytes);
    }
    const std::uint64_t before = memory(run);
    constexpr std::uint64_t rounds = 6;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        (void)answers(run, bytes);
    }
    const std::uint64_t after = memory(run);
    // Less than 100 bytes for each request; what an allocator keeps for itself is not per request.
    constexpr std::uint64_t allowed = rounds * 1000 * 100;
    run.note(fmt::format("{} before and {} after {} requests", in_mebibytes(before),
                         in_mebibytes(after), rounds * 1000));
    run.require(
        after <= before + allowed, "memory does not rise with the number of requests",
        fmt::format("growth of {} bytes at the most for {} requests", allowed, rounds * 1000),
        fmt::format("from {} to {} bytes", before, after));
}

// catches: an agent whose reply can be longer than its reader's bound.
void no_reply_beyond_ten_mebibytes(run_context& run) {
    run.must_sync();
    // Two bytes each, and six in a reply that escapes them.
    const std::string id = repeated("\xC3\xA9", 1'800'000);
    std::size_t longest = 0;
    for (const reply& line : answers_and_reset(run, ping('"' + id + '"'))) {
        longest = std::max(longest, line.raw.size());
    }
    run.note(fmt::format("the longest reply to a request of 3.4 MiB has {} bytes", longest));
    run.require(longest <= 10 * mebibyte, "no reply line is longer than 10 MiB",
                "at most 10485760 bytes", fmt::format("{} bytes", longest));
}

} // namespace

void qga_28_memory(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .bound = std::chrono::seconds(40),
                    .run = body});
    };
    add(sec<28, 4>::value, 1, "requests without an end do no harm", endless_beginnings_do_no_harm);
    add(sec<28, 4>::value, 2, "requests dropped by a 0xFF are freed", dropped_input_is_freed);
    add(sec<28, 4>::value, 3, "a million tokens of a half read request take bounded memory",
        tokens_take_bounded_memory);
    add(sec<28, 8>::value, 1, "a thousand requests one by one are answered", thousand_one_by_one);
    add(sec<28, 8>::value, 2, "a thousand requests in one write are answered in order",
        thousand_in_one_write);
    add(sec<28, 8>::value, 3, "six thousand requests leave no memory behind", requests_are_freed);
    add(sec<28, 9>::value, 1, "no reply line is longer than 10 MiB", no_reply_beyond_ten_mebibytes);
}

} // namespace snapproto::conformance::clauses
