// SPDX-License-Identifier: BSL-1.0
// SP 20.1 to 20.6, 20.21, 20.22, 20.26: framing: where requests end, and what replies look like.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <array>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

/// The ids of the lines, to be compared with what is owed.
json::array ids_of(const lines& got) {
    json::array ids;
    for (const reply& one : got) {
        ids.push_back(one.is_value() && one.id ? *one.id : json::value(nullptr));
    }
    return ids;
}

void expect_ids(run_context& run, const lines& got, const json::array& owed,
                std::string_view requirement) {
    run.expect(ids_of(got) == owed, requirement,
               fmt::format("{} successes in the order of the requests", owed.size()),
               words_of(got));
}

// catches: an agent that reads lines and waits for the newline.
void no_newline_needed(run_context& run) {
    run.must_sync();
    run.client().send(ping("1"));
    const reply pong = run.client().read();
    run.require(pong.is_value() && has_id(pong, 1), "a request without a newline is answered",
                "return, with the id 1", pong.words());
}

// catches: an agent that acts on a prefix, as one does that completes what is missing.
void not_before_the_bracket(run_context& run) {
    run.must_sync();
    const std::string whole = R"({"execute": "guest-ping", "arguments": {}, "id": [1, {"a": 2}]})";
    run.client().send(whole.substr(0, whole.size() - 1));
    run.require(run.client().silent_for(std::chrono::milliseconds(100)),
                "nothing is answered before the outermost bracket has closed", "no byte",
                printable(run.client().unread()));
    run.client().send("}");
    const reply pong = run.client().read();
    run.require(pong.is_value() && has_id(pong, json::parse(R"([1, {"a": 2}])")),
                "the request is answered when its outermost bracket closes",
                R"(return, with the id [1, {"a": 2}])", pong.words());
}

/// Has everything in it that can be cut: escapes, a surrogate pair, UTF-8 of each length, numbers.
constexpr std::string_view cuttable =
    R"({"execute": "guest-ping", "arguments" : {}, "id": ["é€😀 \n\"\u00e9\ud83d\ude00", )"
    R"(-9007199254740993, true, null]})";

json::value cuttable_id() {
    return json::parse(cuttable).at("id");
}

// catches: an agent that parses each read on its own.
void byte_by_byte(run_context& run) {
    run.must_sync();
    run.client().send_split(cuttable);
    expect_ids(run, answers(run, ""), {cuttable_id()},
               "a request sent byte by byte is answered once");
}

// catches: an agent that loses its place when a read ends inside a character, escape or number.
void cut_anywhere(run_context& run) {
    run.must_sync();
    for (std::size_t cut = 1; cut < cuttable.size(); ++cut) {
        run.client().send(cuttable.substr(0, cut));
        // Long enough for most cuts to reach the agent as two reads; the verdict does not need it.
        run.sleep_for(std::chrono::milliseconds(1));
        run.client().send(cuttable.substr(cut));
        const reply pong = run.client().read();
        run.require(pong.is_value() && has_id(pong, cuttable_id()),
                    "a request cut into two pieces is answered as if it were whole",
                    fmt::format("return with the id, for the cut after byte {}", cut),
                    pong.words());
    }
    run.require(answers(run, "").empty(), "a request cut into pieces is answered once",
                "as many replies as requests", "more");
}

// catches: an agent that takes one request from each read, or forgets the rest of its buffer.
void several_in_one_write(run_context& run) {
    run.must_sync();
    constexpr std::array<std::string_view, 4> between{"\n", "", " \t", "\r\n"};
    for (const std::string_view gap : between) {
        std::string bytes;
        json::array owed;
        for (int i = 0; i < 20; ++i) {
            bytes += ping(fmt::format("{}", i));
            bytes += gap;
            owed.emplace_back(i);
        }
        expect_ids(run, answers(run, bytes), owed,
                   fmt::format("requests in one write are answered one by one, with \"{}\" "
                               "between them",
                               printable(gap)));
    }
}

// catches: an agent that throws an incomplete request away when it has answered those before it.
void incomplete_last_waits(run_context& run) {
    run.must_sync();
    const std::string third = ping("3");
    run.client().send(ping("1") + ping("2") + third.substr(0, 15));
    const lines first{run.client().read(), run.client().read()};
    expect_ids(run, first, {1, 2}, "complete requests are answered while another is incomplete");
    expect_ids(run, answers(run, third.substr(15)), {3},
               "an incomplete request waits for its rest");
}

// catches: an agent that answers an empty line, with an error or with an empty reply.
void white_space_is_silent(run_context& run) {
    run.must_sync();
    std::string blank;
    for (int i = 0; i < 4096; ++i) {
        blank += " \t\r\n"[run.below(4)];
    }
    for (const std::string& bytes :
         {std::string("\n"), std::string("\r\n"), std::string(" "), std::string("\t"), blank}) {
        const lines got = answers(run, bytes);
        run.expect(got.empty(), "white space alone is answered by nothing",
                   fmt::format("no line for {} bytes of white space", bytes.size()), words_of(got));
    }
}

/// Requests that lead to replies of every kind, each followed by a reset.
constexpr std::array<sample, 8> of_every_kind{{
    {"a success", R"({"execute": "guest-ping"})"},
    {"a success with an id", "{\"execute\": \"guest-ping\", \"id\": \"a\\nb\\r\\u2028 \xC3\xA9\"}"},
    {"a long success", R"({"execute": "guest-info"})"},
    {"an unknown command", "{\"execute\": \"no\\nsuch\\r\\ncommand\xE2\x82\xAC\"}"},
    {"an unexpected member", R"({"execute": "guest-ping", "new\nline": 1, "id": {"a": "\n"}})"},
    {"an unknown argument", R"({"execute": "guest-ping", "arguments": {"new\nline": 1}})"},
    {"malformed input", "{\"execute\": nonsense\n}\n"},
    {"a value that is no object", "[\n1\n]\n"},
}};

// catches: an agent that pretty-prints, ends lines with CR LF, or quotes line feeds unescaped.
void one_line_each(run_context& run) {
    run.must_sync();
    for (const sample& one : of_every_kind) {
        const lines got = answers_and_reset(run, one.bytes);
        run.expect(!got.empty(), fmt::format("there is a reply: {}", one.name), "a line",
                   "no line");
        for (const reply& line : got) {
            const bool right = (line.is_value() || line.is_error()) && line.raw.front() == '{' &&
                               line.raw.back() == '}' && line.sentinels == 0 &&
                               line.raw.find('\r') == std::string::npos;
            run.expect(right,
                       fmt::format("a reply is one JSON object and one line feed: {}", one.name),
                       "a line from { to }, with no carriage return", line.words());
        }
    }
}

// catches: an agent that writes text into its replies without escaping it.
void valid_json_for_any_text(run_context& run) {
    run.must_sync();
    constexpr std::array<std::string_view, 6> ids{
        R"("\u0001\u001f\u007f\u0080\u009f")",
        R"("\"\\\/\b\f\n\r\t")",
        "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xEF\xBF\xBD\"",
        R"("\ud83d\ude00\u2028\ufeff")",
        R"({"\"\\\n": "\u0000"})",
        R"("</script> %s %n ' `")"};
    for (const std::string_view id : ids) {
        const lines got = answers(run, ping(id));
        run.expect(got.size() == 1 && got.front().is_value() &&
                       has_id(got.front(), json::parse(id)),
                   "a reply is valid JSON whatever text it repeats",
                   fmt::format("one reply, with an id equal to {}", printable(id)), words_of(got));
    }
}

// catches: an agent that quotes the offending bytes of a request in its error text as they are.
void valid_utf8_for_any_bytes(run_context& run) {
    run.must_sync();
    constexpr std::array<sample, 6> bytes{{
        {"a stray continuation byte", "{\"execute\": \"\x80\"}"},
        {"a lead byte at the end", "{\"execute\": \"x\xE2\x82\"}"},
        {"Latin-1 in a member's name", "{\"execute\": \"guest-ping\", \"\xE9t\xE9\": 1}"},
        {"bytes outside strings", "{\"execute\": \xC3\x28 }"},
        {"an encoded surrogate", "{\"execute\": \"\xED\xA0\x80\"}"},
        {"control bytes outside strings", "\x01\x02\x7F {\"execute\": \x1B[31m }"},
    }};
    for (const sample& one : bytes) {
        const lines got = answers_and_reset(run, one.bytes);
        run.expect(count(got, reply_kind::error) == got.size(),
                   fmt::format("replies are valid UTF-8 whatever was sent: {}", one.name),
                   "error replies, each valid JSON in valid UTF-8", words_of(got));
    }
}

// catches: an agent that splits its input at line feeds.
void white_space_between_tokens(run_context& run) {
    run.must_sync();
    constexpr std::array<std::string_view, 4> gaps{"\r\n", "\n\n", "\t ", " \r\n\t"};
    constexpr std::array<std::string_view, 13> tokens{"{",       R"("execute")",
                                                      ":",       R"("guest-ping")",
                                                      ",",       R"("arguments")",
                                                      ":",       "{",
                                                      "}",       ",",
                                                      R"("id")", ":",
                                                      "7"};
    for (const std::string_view gap : gaps) {
        std::string bytes;
        for (const std::string_view token : tokens) {
            bytes += token;
            bytes += gap;
        }
        bytes += '}';
        expect_ids(run, answers(run, bytes + std::string(gap)), {7},
                   fmt::format("\"{}\" between tokens is insignificant", printable(gap)));
    }
}

// catches: an agent that compares strings before it has decoded their escapes.
void escapes_are_decoded(run_context& run) {
    run.must_sync();
    constexpr std::array<std::string_view, 3> spellings{
        R"({"execute": "guest\u002dping", "id": 5})",
        R"({"\u0065xecute": "guest-ping", "i\u0064": 5})",
        R"({"execute": "\u0067\u0075\u0065\u0073\u0074\u002D\u0070\u0069\u006E\u0067", "id": 5})"};
    for (const std::string_view request : spellings) {
        expect_ids(run, answers(run, request), {5}, "an escaped name is the name");
    }
    const lines got = answers(run, ping(R"(["\ud83d\ude00", "\/", "\u20ac"])"));
    expect_ids(run, got, {json::parse("[\"\xF0\x9F\x98\x80\", \"/\", \"\xE2\x82\xAC\"]")},
               "an escaped text is the text");
}

// catches: an agent that half understands single quotes: silence, or a success with a wrong id.
void single_quotes(run_context& run) {
    run.must_sync();
    const lines got = answers_and_reset(run, R"({'execute': 'guest-ping', 'id': 'a "b" \'c\''})");
    if (something_succeeded(got)) {
        // An error line may follow: the 0xFF of the reset.
        run.expect(count(got, reply_kind::value) == 1 && has_text_id(got.front(), "a \"b\" 'c'"),
                   "who accepts single quotes takes the string inside them as it is",
                   R"(return, with the id "a \"b\" 'c'")", words_of(got));
        run.note("single-quoted strings are accepted");
    } else {
        expect_malformed(run, got, "single-quoted strings, not accepted");
        run.note("single-quoted strings are refused");
    }
}

} // namespace

void qga_20_framing(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = body});
    };
    add(sec<20, 1>::value, 1, "a request without a newline is answered", no_newline_needed);
    add(sec<20, 1>::value, 2, "a request is not answered before its outermost bracket closes",
        not_before_the_bracket);
    add(sec<20, 2>::value, 1, "a request sent byte by byte is answered once", byte_by_byte);
    add(sec<20, 2>::value, 2, "a request cut in two at any byte is answered once", cut_anywhere);
    add(sec<20, 3>::value, 1, "requests in one write are answered in order, whatever is between",
        several_in_one_write);
    add(sec<20, 3>::value, 2, "an incomplete request behind complete ones waits for its rest",
        incomplete_last_waits);
    add(sec<20, 4>::value, 1, "white space alone is answered by nothing", white_space_is_silent);
    add(sec<20, 5>::value, 1, "each reply is one line, from brace to brace", one_line_each);
    add(sec<20, 6>::value, 1, "replies that repeat any text are valid JSON",
        valid_json_for_any_text);
    add(sec<20, 6>::value, 2, "replies to bytes that are no UTF-8 are valid UTF-8",
        valid_utf8_for_any_bytes);
    add(sec<20, 21>::value, 1, "a request with white space between all tokens is the same request",
        white_space_between_tokens);
    add(sec<20, 22>::value, 1, "escapes are decoded before names are compared",
        escapes_are_decoded);
    add(sec<20, 26>::value, 1, "single-quoted strings are accepted whole or refused",
        single_quotes);
}

} // namespace snapproto::conformance::clauses
