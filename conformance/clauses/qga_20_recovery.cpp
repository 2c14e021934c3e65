// SPDX-License-Identifier: BSL-1.0
// SP 20.8, 20.10, 20.11, 20.23 to 20.25, 20.27, 20.28: how a stream finds its feet again.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::conformance::clauses {
namespace {

// catches: an agent that ends, or stays deaf, after what it could not read.
void usable_after_malformed(run_context& run) {
    run.must_sync();
    constexpr std::array<std::string_view, 8> malformed{
        "nonsense",
        R"({"execute": })",
        R"({"execute": "guest-ping", "id": ["a)",
        R"({"execute": "guest-ping"]]]]}}}})",
        R"({"a": {"b": {"c": [[[)",
        "\x01\x02\x03",
        "\"\xC3\x28\"",
        "POST /guest-ping HTTP/1.1\r\nContent-Length: 25\r\n\r\n{\"execute\": \"guest-ping\"",
    };
    for (const std::string_view bytes : malformed) {
        (void)answers_and_reset(run, bytes);
        require_usable(run, printable(bytes));
        require_still_thawed(run, printable(bytes));
    }
}

/// Has no object inside it, so that no piece of it is a request.
constexpr std::string_view cuttable =
    R"({"execute": "guest-ping", "id": ["never", 1234567, "\u00e9)"
    "\xF0\x9F\x98\x80"
    R"(", -1.5e3, true, null]})";

// catches: an agent that drops the 0xFF and puts the two pieces together.
void cut_by_sentinel(run_context& run) {
    run.must_sync();
    for (std::size_t cut = 1; cut < cuttable.size(); ++cut) {
        const std::string bytes =
            fmt::format("{}\xFF{}", cuttable.substr(0, cut), cuttable.substr(cut));
        run.expect(!something_succeeded(answers_and_reset(run, bytes)),
                   "a request with a 0xFF inside is never executed",
                   fmt::format("no success, with 0xFF after byte {}", cut), "a success");
    }
}

// catches: an agent that executes what it had, or loses what follows the 0xFF.
void new_stream_after_sentinel(run_context& run) {
    run.must_sync();
    for (std::size_t cut = 1; cut < cuttable.size(); ++cut) {
        const std::string id = fmt::format("\"after-{}\"", cut);
        const lines got = answers(run, fmt::format("{}\xFF{}", cuttable.substr(0, cut), ping(id)));
        const bool right = !got.empty() && got.back().is_value() &&
                           has_text_id(got.back(), fmt::format("after-{}", cut)) &&
                           count(got, reply_kind::value) == 1 &&
                           count(got, reply_kind::error) == got.size() - 1;
        run.expect(right, "after a 0xFF a new stream begins",
                   fmt::format("errors at the most, then the reply with the id {}", id),
                   words_of(got));
    }
}

// catches: an agent that is brought down, or made deaf, by some bytes.
void random_bytes(run_context& run) {
    run.must_sync();
    for (int round = 0; round < 30; ++round) {
        std::string bytes(1 + run.below(1024), '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(run.below(256));
        }
        (void)answers_and_reset(run, bytes);
    }
    require_usable(run, "random bytes");
}

// catches: an agent that is brought down, or made deaf, by some order of JSON's own tokens.
void random_tokens(run_context& run) {
    run.must_sync();
    constexpr std::array<std::string_view, 22> tokens{
        "{",     "}", "[", "]",    ":",    ",",     "\"",
        "\\",    "'", "-", "0",    "1e",   "true",  "null",
        "\n",    " ", "%", "\x80", "\xC3", "\\u00", "\"guest-ping\"",
        "\"id\""};
    for (int round = 0; round < 60; ++round) {
        std::string bytes;
        for (std::uint64_t left = 1 + run.below(100); left > 0; --left) {
            bytes += tokens[run.below(tokens.size())];
        }
        (void)answers_and_reset(run, bytes);
    }
    require_usable(run, "random tokens");
}

// catches: an agent that is brought down by a request that is almost right.
void damaged_requests(run_context& run) {
    run.must_sync();
    const std::string whole =
        R"({"execute": "guest-sync", "arguments": {"id": 81}, "id": "a\u0041"})";
    for (int round = 0; round < 60; ++round) {
        std::string bytes = whole;
        for (std::uint64_t left = 1 + run.below(3); left > 0; --left) {
            const std::size_t at = run.below(bytes.size());
            switch (run.below(3)) {
            case 0:
                bytes[at] = static_cast<char>(run.below(256));
                break;
            case 1:
                bytes.erase(at, 1);
                break;
            default:
                bytes.insert(at, 1, static_cast<char>(run.below(256)));
                break;
            }
        }
        (void)answers_and_reset(run, bytes);
    }
    require_usable(run, "damaged requests");
}

constexpr std::array<std::string_view, 8> unbalanced{
    "{",          "[",
    "[[[[[[[[",   R"({"a":)",
    R"({"a": [)", R"({"a": {"b": {)",
    R"([1, 2, )", R"({"execute": "guest-sync", "arguments": )"};

// catches: an agent that only a new start brings back.
void sentinel_cures_prefix(run_context& run) {
    run.must_sync();
    for (const std::string_view prefix : unbalanced) {
        std::string bytes(prefix);
        for (int i = 0; i < 3; ++i) {
            bytes += qga_client::request("guest-ping");
        }
        (void)answers_and_reset(run, bytes);
        require_usable(run, fmt::format("the prefix {} and 0xFF", prefix));
    }
}

// catches: an agent that answers what it has swallowed after the 0xFF, as if it were new.
void swallowed_stays_swallowed(run_context& run) {
    run.must_sync();
    std::size_t silent = 0;
    for (const std::string_view prefix : unbalanced) {
        const std::int64_t id = run.client().fresh_id();
        const std::string bytes =
            fmt::format("{}\n{}{}", prefix, ping("\"behind\""),
                        qga_client::request("guest-sync", boost::json::object{{"id", id}}));
        // The reset's 0xFF comes behind all of it: a request is answered before it or never.
        const lines got = answers_and_reset(run, bytes);
        const auto synced = std::find_if(got.begin(), got.end(),
                                         [&](const reply& line) { return line.returns(id); });
        silent += synced == got.end() ? 1U : 0U;
        for (const reply& line : got) {
            run.expect(line.is_error() || line.returns(id) || has_text_id(line, "behind"),
                       "nothing succeeds that was not asked for",
                       "errors, and replies to the requests behind the prefix", line.words());
        }
        if (synced == got.end()) {
            run.expect(!something_succeeded(got),
                       "requests behind an unbalanced prefix are all served or all swallowed",
                       "no success, as the last request was swallowed", words_of(got));
        }
    }
    run.note(fmt::format("after {} of {} unbalanced prefixes later requests are swallowed until "
                         "a 0xFF",
                         silent, unbalanced.size()));
}

// catches: an agent that keeps its parser when its client goes.
void partial_dies_with_client(run_context& run) {
    constexpr std::array<std::string_view, 3> firsts{
        R"({"execute": "guest-ping", "id": "first")", R"({"execute": "guest-ping", "id": "first)",
        R"({"execute": "guest-ping", "id": ["first", )"};
    constexpr std::array<std::string_view, 3> seconds{"}", R"("})", R"(1]})"};
    for (std::size_t i = 0; i < firsts.size(); ++i) {
        run.must_sync();
        // The reply to the ping shows that the agent serves this client, so it reads the rest too.
        run.client().send(ping("0"));
        (void)run.client().read();
        run.client().send(firsts[i]);
        run.reconnect();
        const lines got = answers_and_reset(run, seconds[i]);
        run.expect(!something_succeeded(got), "a partial request dies with its client",
                   "no success for a client that completes the request of the one before it",
                   words_of(got));
    }
}

// catches: an agent that takes some of the lines of another protocol for requests, or for nothing.
void another_protocol(run_context& run) {
    run.must_sync();
    const lines got = answers_and_reset(
        run, "GET /info HTTP/1.1\r\nHost: guest\r\nAccept: */*\r\nUser-Agent: a/1.0\r\n\r\n");
    expect_malformed(run, got, "a request of another protocol");
    run.note(fmt::format("a request of another protocol gets {} error line(s), with the 0xFF "
                         "behind it",
                         got.size()));
}

// catches: an agent that quotes what it could not read without a bound.
void short_error_texts(run_context& run) {
    run.must_sync();
    constexpr std::size_t many = 65536;
    const std::array<std::pair<std::string_view, std::string>, 5> samples{{
        {"a long bare word", R"({"execute": )" + std::string(many, 'a') + "}"},
        {"a long number", R"({"execute": 01)" + std::string(many, '1') + "}"},
        {"a long string without an end", R"({"execute": ")" + std::string(many, 'b')},
        {"a long string that is no UTF-8", R"({"execute": ")" + std::string(many, '\xE9') + "\"}"},
        {"a long name without a value", R"({")" + std::string(many, 'c') + "\"}"},
    }};
    for (const auto& [name, bytes] : samples) {
        std::size_t longest = 0;
        for (const reply& line : answers_and_reset(run, bytes)) {
            longest = std::max(longest, line.raw.size());
        }
        run.expect(longest <= 4096,
                   fmt::format("an error reply does not quote without a bound: {}", name),
                   "lines of 4096 bytes at the most", fmt::format("one of {} bytes", longest));
    }
}

} // namespace

void qga_20_recovery(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = body});
    };
    add(sec<20, 8>::value, 1, "after malformed input and 0xFF the agent answers, unchanged",
        usable_after_malformed);
    add(sec<20, 10>::value, 1, "a request with a 0xFF anywhere inside is never executed",
        cut_by_sentinel);
    add(sec<20, 10>::value, 2, "what follows a 0xFF is read as a new stream",
        new_stream_after_sentinel);
    add(sec<20, 11>::value, 1, "random bytes, then 0xFF and a synchronisation", random_bytes);
    add(sec<20, 11>::value, 2, "random JSON tokens, then 0xFF and a synchronisation",
        random_tokens);
    add(sec<20, 11>::value, 3, "damaged requests, then 0xFF and a synchronisation",
        damaged_requests);
    add(sec<20, 23>::value, 1, "a 0xFF cures what an unbalanced prefix has done",
        sentinel_cures_prefix);
    add(sec<20, 24>::value, 1, "requests behind an unbalanced prefix are served or swallowed",
        swallowed_stays_swallowed);
    checks.add({.about = sec<20, 25>::value,
                .index = 1,
                .title = "a client cannot complete the request of the one before it",
                .needs = {capability::reconnect, capability::connection_oriented},
                .run = partial_dies_with_client});
    add(sec<20, 27>::value, 1, "another protocol's request is answered with errors only",
        another_protocol);
    add(sec<20, 28>::value, 1, "errors about long tokens are short", short_error_texts);
}

} // namespace snapproto::conformance::clauses
