// SPDX-License-Identifier: BSL-1.0
// SP 20.12 to 20.15: nesting, length and number of tokens.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

/// A ping whose id is so many nested arrays that the whole request has `depth` brackets open.
std::string nested_ping(std::size_t depth) {
    return ping(repeated("[", depth - 1) + repeated("]", depth - 1));
}

json::value nested_arrays(std::size_t depth) {
    json::value inner = json::array{};
    for (std::size_t i = 1; i < depth; ++i) {
        json::array outer;
        outer.push_back(std::move(inner));
        inner = std::move(outer);
    }
    return inner;
}

/// qga's own bound on the tokens of one message, and a little more.
constexpr std::size_t tokens_too_many = 2'097'152 + 64;

/// A ping whose id is a flat array of at least so many tokens, commas counted.
std::string flat_ping(std::size_t tokens) {
    return ping("[" + repeated("0,", tokens / 2) + "0]");
}

/// Sends the bytes and a reset; requires the end of it, and returns how many lines came before.
///
/// An agent may answer what it refuses with very many error lines (SP 20.15), more than are worth
/// being kept.
struct flood {
    std::size_t errors = 0;
    std::size_t values = 0;
    std::size_t others = 0;
};

flood count_answers(run_context& run, std::string_view bytes) {
    qga_client& client = run.client();
    const std::int64_t id = client.fresh_id();
    client.send(bytes, std::chrono::seconds(15));
    client.send('\xFF' + qga_client::request("guest-sync-delimited", json::object{{"id", id}}));
    flood seen;
    for (;;) {
        const reply line = client.read(std::chrono::seconds(10));
        if (line.returns(id) && line.sentinels > 0) {
            return seen;
        }
        run.require(line.kind != reply_kind::none && line.kind != reply_kind::closed,
                    "after any request 0xFF and guest-sync-delimited are answered",
                    "0xFF and the id of the synchronisation", line.words());
        seen.errors += line.is_error() ? 1U : 0U;
        seen.values += line.is_value() ? 1U : 0U;
        seen.others += line.kind == reply_kind::unreadable ? 1U : 0U;
    }
}

void expect_only_errors(run_context& run, const flood& seen, std::string_view what) {
    run.expect(seen.errors > 0 && seen.values == 0 && seen.others == 0,
               fmt::format("{} is refused", what), "at least one error, and nothing else",
               fmt::format("{} error(s), {} success(es), {} other line(s)", seen.errors,
                           seen.values, seen.others));
    run.note(fmt::format("{}: {} error line(s), with the 0xFF behind it", what, seen.errors));
}

// catches: an agent without a bound on nesting, which a longer request brings down.
void too_deep(run_context& run) {
    run.must_sync();
    expect_only_errors(run, count_answers(run, nested_ping(1025)), "a request 1025 brackets deep");
    require_usable(run, "a request 1025 brackets deep");
    const std::string braces = ping(repeated(R"({"a":)", 1100) + "1" + repeated("}", 1100));
    expect_only_errors(run, count_answers(run, braces), "a request 1101 braces deep");
    require_usable(run, "a request 1101 braces deep");
}

// catches: an agent that parses by recursion and runs out of stack.
void very_deep_and_open(run_context& run) {
    run.must_sync();
    for (const std::string_view opening : {"[", R"({"a":)"}) {
        const std::string bytes = repeated(opening, 200'000);
        expect_only_errors(run, count_answers(run, bytes),
                           fmt::format("{} 200000 times and no end", opening));
        require_usable(run, "brackets that never close");
    }
}

// catches: an agent whose bound on nesting is too low for what clients send.
void deep_enough(run_context& run) {
    run.must_sync();
    constexpr std::size_t owed = 32;
    const lines got = answers(run, nested_ping(owed));
    run.require(got.size() == 1 && got.front().is_value() &&
                    has_id(got.front(), nested_arrays(owed - 1)),
                "a request 32 brackets deep is accepted", "return, with the id of 31 nested arrays",
                words_of(got));
    std::size_t accepted = owed;
    for (const std::size_t depth : {std::size_t{64}, std::size_t{256}, std::size_t{1024}}) {
        const lines deeper = answers_and_reset(run, nested_ping(depth));
        if (!something_succeeded(deeper)) {
            break;
        }
        run.expect(deeper.front().is_value() && has_id(deeper.front(), nested_arrays(depth - 1)),
                   "an id that is accepted is returned unchanged",
                   fmt::format("the id of {} nested arrays", depth - 1), words_of(deeper));
        accepted = depth;
    }
    run.note(fmt::format("of 32, 64, 256 and 1024 brackets, {} are accepted", accepted));
}

// catches: an agent with a buffer of fixed size that it overruns, or that stays full.
void long_token(run_context& run) {
    run.must_sync();
    const std::string text = repeated("0123456789abcdef", std::size_t{1} << 16U);
    const lines got = answers_and_reset(run, ping('"' + text + '"'));
    if (something_succeeded(got)) {
        run.expect(got.front().is_value() && has_text_id(got.front(), text),
                   "an id that is accepted is returned unchanged", "the id of 1 MiB",
                   words_of(got));
    } else {
        expect_refused(run, got, "an id of 1 MiB, not accepted");
    }
    require_usable(run, "an id of 1 MiB");
    run.note(something_succeeded(got) ? "an id of 1 MiB is accepted" : "an id of 1 MiB is refused");
}

// catches: an agent that never gives up a string whose end does not come.
void endless_token(run_context& run) {
    run.must_sync();
    for (const std::string_view head : {R"({"execute": "guest-ping", "id": ")", "", "-"}) {
        const std::string bytes = std::string(head) + std::string(std::size_t{1} << 20U, '7');
        const flood seen = count_answers(run, bytes);
        run.expect(seen.values == 0 && seen.others == 0,
                   "a token without an end is never taken for one with an end",
                   "no success, and only replies of the protocol",
                   fmt::format("{} success(es), {} other line(s)", seen.values, seen.others));
        require_usable(run, "a token of 1 MiB without an end");
    }
}

// catches: an agent whose memory or time goes with the square of the number of tokens.
void too_many_tokens(run_context& run) {
    run.must_sync();
    const flood seen = count_answers(run, flat_ping(tokens_too_many));
    expect_only_errors(run, seen, "a request of more than 2097152 tokens");
    require_usable(run, "a request of more than 2097152 tokens");
}

// catches: an agent that reads the rest of a request it has refused as further requests.
void one_error_for_depth(run_context& run) {
    run.must_sync();
    const std::size_t for_sentinel = count_answers(run, "").errors;
    for (const std::size_t depth : {std::size_t{1025}, std::size_t{5000}}) {
        const flood seen = count_answers(run, nested_ping(depth));
        run.expect(seen.errors <= 1 + for_sentinel,
                   "one request refused for its nesting gets one error reply",
                   fmt::format("1 error line, and {} for the 0xFF behind it", for_sentinel),
                   fmt::format("{} error lines, for {} brackets", seen.errors, depth));
    }
}

// catches: an agent that reads the rest of a request it has refused as further requests.
void one_error_for_tokens(run_context& run) {
    run.must_sync();
    const std::size_t for_sentinel = count_answers(run, "").errors;
    const flood seen = count_answers(run, flat_ping(tokens_too_many));
    run.expect(seen.errors <= 1 + for_sentinel,
               "one request refused for its length gets one error reply",
               fmt::format("1 error line, and {} for the 0xFF behind it", for_sentinel),
               fmt::format("{} error lines", seen.errors));
}

} // namespace

void qga_20_limits(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .bound = std::chrono::seconds(40),
                    .run = body});
    };
    add(sec<20, 12>::value, 1, "a request more than 1024 brackets deep is refused", too_deep);
    add(sec<20, 12>::value, 2, "200000 brackets that never close do no harm", very_deep_and_open);
    add(sec<20, 13>::value, 1, "a request 32 brackets deep is accepted", deep_enough);
    add(sec<20, 14>::value, 1, "a request with an id of 1 MiB does no harm", long_token);
    add(sec<20, 14>::value, 2, "a token of 1 MiB without an end does no harm", endless_token);
    add(sec<20, 14>::value, 3, "a request of more than two million tokens is refused",
        too_many_tokens);
    add(sec<20, 15>::value, 1, "one error for a request that is too deep", one_error_for_depth);
    add(sec<20, 15>::value, 2, "one error for a request of too many tokens", one_error_for_tokens);
}

} // namespace snapproto::conformance::clauses
