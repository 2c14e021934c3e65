// SPDX-License-Identifier: BSL-1.0
// SP 20.7, 20.9, 20.16 to 20.20: what is no JSON, and JSON that two readers could read differently.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::string_view_literals;

// catches: an agent that passes over what it cannot read without a word.
void bad_tokens(run_context& run) {
    constexpr std::array<sample, 22> samples{{
        {"a bare word", "nonsense"},
        {"a bare word as a value", R"({"execute": guest-ping})"},
        {"a bare word as a name", R"({execute: "guest-ping"})"},
        {"a keyword in capitals", R"({"execute": "guest-ping", "id": True})"},
        {"a keyword with a tail", R"({"execute": "guest-ping", "id": nullx})"},
        {"a number with a leading zero", R"({"execute": "guest-ping", "id": 01})"},
        {"a number without digits", R"({"execute": "guest-ping", "id": -})"},
        {"a number with a plus sign", R"({"execute": "guest-ping", "id": +1})"},
        {"a number without integer part", R"({"execute": "guest-ping", "id": .5})"},
        {"a number that ends in its point", R"({"execute": "guest-ping", "id": 1.})"},
        {"a number without an exponent's digits", R"({"execute": "guest-ping", "id": 1e})"},
        {"a hexadecimal number", R"({"execute": "guest-ping", "id": 0x10})"},
        {"not a number", R"({"execute": "guest-ping", "id": NaN})"},
        {"infinity", R"({"execute": "guest-ping", "id": -Infinity})"},
        {"an unknown escape", R"({"execute": "guest-ping", "id": "\x41"})"},
        {"an escape with too few digits", R"({"execute": "guest-ping", "id": "\u12"})"},
        {"an escape with a wrong digit", R"({"execute": "guest-ping", "id": "\u00G0"})"},
        {"a comment", R"({"execute": "guest-ping" /* why */})"},
        {"a template", R"({"execute": "guest-ping", "id": %s})"},
        {"a document of another kind", "<request>guest-ping</request>"},
        {"a NUL between tokens", "{\"execute\":\0 \"guest-ping\"}"sv},
        {"bytes above 0x7F between tokens", "{\"execute\": \xC2\xA0 \"guest-ping\"}"},
    }};
    expect_each_malformed(run, samples);
}

// catches: an agent whose parser forgives what it thinks it understands.
void bad_structure(run_context& run) {
    constexpr std::array<sample, 14> samples{{
        {"a comma behind the last member", R"({"execute": "guest-ping",})"},
        {"a comma alone", "{,}"},
        {"two commas", R"({"execute": "guest-ping",, "id": 1})"},
        {"a comma missing", R"({"execute": "guest-ping" "id": 1})"},
        {"a colon missing", R"({"execute" "guest-ping"})"},
        {"two colons", R"({"execute":: "guest-ping"})"},
        {"a name without a value", R"({"execute"})"},
        {"a colon without a value", R"({"execute": })"},
        {"a name that is a number", R"({"execute": "guest-ping", 1: 2})"},
        {"a name that is an object", R"({"execute": "guest-ping", {}: 2})"},
        {"a comma behind the last element", R"({"execute": "guest-ping", "id": [1,]})"},
        {"a bracket that nothing opened", "]"},
        {"a brace that nothing opened", "}"},
        {"a brace closed by a bracket", R"({"execute": "guest-ping", "id": [}])"},
    }};
    expect_each_malformed(run, samples);
}

// catches: an agent that completes what is missing, or drops it without a word.
void incomplete(run_context& run) {
    constexpr std::array<sample, 10> samples{{
        {"an open object", R"({"execute": "guest-ping")"},
        {"an open list", R"({"execute": "guest-ping", "id": [1, 2)"},
        {"an open string", R"({"execute": "guest-ping)"},
        {"an open escape", R"({"execute": "guest-ping", "id": "\u00)"},
        {"a backslash at the end", R"({"execute": "guest-ping", "id": "\)"},
        {"half a keyword", R"({"execute": "guest-ping", "id": tru)"},
        {"a number at the end", R"({"execute": "guest-ping", "id": 12)"},
        {"half a character", "{\"execute\": \"guest-ping\", \"id\": \"\xF0\x9F"},
        {"a colon at the end", R"({"execute":)"},
        {"a brace alone", "{"},
    }};
    run.must_sync();
    for (const sample& one : samples) {
        expect_malformed(run, answers_and_reset(run, one.bytes), one.name);
    }
}

/// Complete JSON values: each is answered without a 0xFF, once.
void expect_each_no_object(run_context& run, std::span<const std::string_view> values) {
    run.must_sync();
    for (const std::string_view value : values) {
        const lines got = answers(run, fmt::format("{}\n", value));
        expect_one_error(run, got, "GenericError", value);
        run.expect(got.empty() || !got.front().id, "there is no id to return", "no id",
                   words_of(got));
    }
}

// catches: an agent that takes a list for a batch of requests.
void top_level_array(run_context& run) {
    constexpr std::array<std::string_view, 4> values{"[]", R"([{"execute": "guest-ping"}])",
                                                     R"(["execute", "guest-ping"])", "[[[1]]]"};
    expect_each_no_object(run, values);
}

// catches: an agent that passes over scalars, or takes a string for a command.
void top_level_scalar(run_context& run) {
    constexpr std::array<std::string_view, 8> values{
        R"("guest-ping")", "42", "-1", "1.5e3", "true", "false", "null", R"("")"};
    expect_each_no_object(run, values);
}

/// Byte sequences that are not UTF-8 (RFC 3629), and 0xFE, which never occurs in it. 0xFF is left
/// out: it has a meaning of its own.
constexpr std::array<sample, 15> no_utf8{{
    {"a stray continuation byte", "\x80"},
    {"two stray continuation bytes", "\xBF\xBF"},
    {"a lead byte without its second", "\xC3"},
    {"a lead byte without its third", "\xE2\x82"},
    {"a lead byte without its fourth", "\xF0\x9F\x98"},
    {"a lead byte followed by a letter", "\xE2x"},
    {"an overlong slash in two bytes", "\xC0\xAF"},
    {"an overlong slash in three bytes", "\xE0\x80\xAF"},
    {"an overlong slash in four bytes", "\xF0\x80\x80\xAF"},
    {"an encoded high surrogate", "\xED\xA0\x80"},
    {"an encoded surrogate pair", "\xED\xA0\xBD\xED\xB8\x80"},
    {"a value above U+10FFFF", "\xF4\x90\x80\x80"},
    {"a lead byte of five", "\xF8\x88\x80\x80\x80"},
    {"a lead byte of six", "\xFC\x84\x80\x80\x80\x80"},
    {"the byte 0xFE", "\xFE"},
}};

// catches: an agent that passes bytes through, or replaces them and goes on.
void invalid_utf8(run_context& run) {
    run.must_sync();
    for (const sample& one : no_utf8) {
        expect_refused(run, answers_and_reset(run, ping(fmt::format("\"a{}b\"", one.bytes))),
                       one.name);
    }
}

// catches: an agent that reads the UTF-8 of other systems, in which NUL has two bytes.
void overlong_nul(run_context& run) {
    run.must_sync();
    expect_refused(run, answers_and_reset(run, ping("\"a\xC0\x80\x62\"")),
                   "a NUL in two bytes in a string");
    expect_refused(run, answers_and_reset(run, "{\"execute\": \"guest-ping\xC0\x80\"}"),
                   "a NUL in two bytes behind the command");
}

// catches: an agent with a lenient decoder, for which an overlong letter is that letter.
void overlong_spelling(run_context& run) {
    // The hyphen of guest-ping and the x of execute, each in two bytes instead of one.
    constexpr std::array<sample, 3> samples{{
        {"an overlong hyphen in the command", "{\"execute\": \"guest\xC0\xADping\"}"},
        {"an overlong letter in a name", "{\"e\xC1\xB8"
                                         "ecute\": \"guest-ping\"}"},
        {"bad bytes behind the command", "{\"execute\": \"guest-ping\xC3\"}"},
    }};
    expect_each_refused(run, samples);
}

// catches: an agent that takes raw line feeds, tabs or NULs in strings as they are.
void control_bytes(run_context& run) {
    run.must_sync();
    for (int byte = 0; byte < 0x20; ++byte) {
        const std::string text = fmt::format("a{}b", static_cast<char>(byte));
        expect_refused(run, answers_and_reset(run, ping('"' + text + '"')),
                       fmt::format("the byte 0x{:02X} in a string", byte));
    }
    expect_refused(run, answers_and_reset(run, "{\"execute\": \"guest-ping\0\"}"sv),
                   "a NUL behind the command");
}

// catches: an agent that handles names as C strings.
void escaped_nul_in_names(run_context& run) {
    constexpr std::array<sample, 5> samples{{
        {"NUL behind the command", R"({"execute": "guest-ping\u0000x"})"},
        {"NUL at the end of the command", R"({"execute": "guest-ping\u0000"})"},
        {"NUL before the command", R"({"execute": "\u0000guest-ping"})"},
        {"NUL in the name of a member", R"({"execute\u0000x": "guest-ping"})"},
        {"NUL in the name of an argument",
         R"({"execute": "guest-sync", "arguments": {"id\u0000x": 1}})"},
    }};
    expect_each_refused(run, samples);
}

// catches: an agent that returns an id up to its first NUL.
void escaped_nul_in_id(run_context& run) {
    run.must_sync();
    const lines got = answers(run, ping(R"("a\u0000b")"));
    const bool whole =
        got.size() == 1 && got.front().is_value() && has_text_id(got.front(), "a\0b"sv);
    const bool refused = got.size() == 1 && got.front().is_error();
    run.expect(whole || refused, "a string with a NUL is taken whole or refused",
               R"(return with the id "a\u0000b", or an error)", words_of(got));
    run.note(whole ? "a NUL in a string is taken" : "a NUL in a string is refused");
}

// catches: an agent that makes replacement characters, or bad UTF-8, of half a pair.
void lone_surrogates(run_context& run) {
    constexpr std::array<sample, 7> samples{{
        {"high alone", R"({"execute": "guest-ping", "id": "\ud800"})"},
        {"low alone", R"({"execute": "guest-ping", "id": "\udc00"})"},
        {"high before a letter", R"({"execute": "guest-ping", "id": "\ud83dx"})"},
        {"high before another escape", R"({"execute": "guest-ping", "id": "\ud83d\u0041"})"},
        {"high before high", R"({"execute": "guest-ping", "id": "\ud83d\ud83d"})"},
        {"low before high", R"({"execute": "guest-ping", "id": "\ude00\ud83d"})"},
        {"low behind the command", R"({"execute": "guest-ping\udfff"})"},
    }};
    expect_each_refused(run, samples);
}

// catches: an agent that takes the first, or the last, of two members of one name.
void duplicate_keys(run_context& run) {
    constexpr std::array<sample, 7> samples{{
        {"execute twice", R"({"execute": "guest-ping", "execute": "guest-ping"})"},
        {"two commands", R"({"execute": "guest-ping", "execute": "guest-info"})"},
        {"id twice", R"({"execute": "guest-ping", "id": 1, "id": 2})"},
        {"id twice, once escaped", R"({"execute": "guest-ping", "id": 1, "\u0069d": 2})"},
        {"arguments twice", R"({"execute": "guest-ping", "arguments": {}, "arguments": {}})"},
        {"an argument twice", R"({"execute": "guest-sync", "arguments": {"id": 1, "id": 2}})"},
        {"inside an id", R"({"execute": "guest-ping", "id": [{"a": 1, "b": 2, "a": 3}]})"},
    }};
    expect_each_refused(run, samples);
}

} // namespace

void qga_20_parsing(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = body});
    };
    add(sec<20, 7>::value, 1, "tokens that are no JSON are answered with errors", bad_tokens);
    add(sec<20, 7>::value, 2, "tokens in an order that is no JSON are answered with errors",
        bad_structure);
    add(sec<20, 7>::value, 3, "an incomplete request is answered with an error after 0xFF",
        incomplete);
    add(sec<20, 9>::value, 1, "an array is refused, also one of requests", top_level_array);
    add(sec<20, 9>::value, 2, "a string, number, boolean or null is refused", top_level_scalar);
    add(sec<20, 16>::value, 1, "bytes that are no UTF-8 are refused in strings", invalid_utf8);
    add(sec<20, 16>::value, 2, "an overlong spelling of a name is not that name",
        overlong_spelling);
    checks.add({.about = sec<20, 16>::value,
                .index = 3,
                .title = "an overlong spelling of NUL is refused",
                // qemu-ga takes it on purpose: "modified UTF-8" spells NUL so.
                .lowered = level::should,
                .run = overlong_nul});
    add(sec<20, 17>::value, 1, "each byte from 0x00 to 0x1F is refused in strings", control_bytes);
    add(sec<20, 18>::value, 1, "a name with an escaped NUL is not the name before it",
        escaped_nul_in_names);
    add(sec<20, 18>::value, 2, "an id with an escaped NUL is returned whole or refused",
        escaped_nul_in_id);
    add(sec<20, 19>::value, 1, "half a surrogate pair is refused", lone_surrogates);
    add(sec<20, 20>::value, 1, "a name that occurs twice in an object is refused", duplicate_keys);
}

} // namespace snapproto::conformance::clauses
