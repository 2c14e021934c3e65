// SPDX-License-Identifier: BSL-1.0
// SP 21.1 to 21.6, 21.14 to 21.16, 21.20 to 21.22: replies: their form, their ids, their order.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

// catches: an agent that answers ping with true, with null, or with its name.
void ping_returns_empty_object(run_context& run) {
    run.must_sync();
    const reply pong = run.client().call("guest-ping");
    run.require_value(pong, "guest-ping");
    run.require(pong.returned.is_object() && pong.returned.get_object().empty(),
                "guest-ping succeeds with nothing to tell", "return is {}", pong.words());
}

/// A request, and what becomes of it.
struct outcome {
    std::string_view name;
    std::string_view head;        ///< The request without its last brace.
    std::string_view error_class; ///< Empty: a success.
};

constexpr std::array<outcome, 8> outcomes{{
    {"guest-ping", R"({"execute": "guest-ping")", ""},
    {"guest-info", R"({"execute": "guest-info")", ""},
    {"guest-fsfreeze-status", R"({"execute": "guest-fsfreeze-status")", ""},
    {"an unknown command", R"({"execute": "snapproto-no-such-command")", "CommandNotFound"},
    {"no command", R"({"arguments": {})", "GenericError"},
    {"an unexpected member", R"({"execute": "guest-ping", "extra": 1)", "GenericError"},
    {"an unknown argument", R"({"execute": "guest-ping", "arguments": {"extra": 1})",
     "GenericError"},
    {"a missing argument", R"({"execute": "guest-sync")", "GenericError"},
}};

std::string with_id(const outcome& one, std::string_view raw_id) {
    return fmt::format("{}, \"id\": {}}}\n", one.head, raw_id);
}

std::string without_id(const outcome& one) {
    return fmt::format("{}}}\n", one.head);
}

bool is_outcome(const reply& line, const outcome& owed) {
    return owed.error_class.empty() ? line.is_value()
                                    : line.is_error() && line.error_class == owed.error_class;
}

// catches: an agent that answers with both members, with neither, or with members of its own.
void return_or_error(run_context& run) {
    run.must_sync();
    for (const outcome& one : outcomes) {
        for (const std::string& request : {with_id(one, "17"), without_id(one)}) {
            const lines got = answers(run, request);
            run.expect(got.size() == 1 && is_outcome(got.front(), one),
                       fmt::format("a reply has either return or error: {}", one.name),
                       one.error_class.empty()
                           ? "one reply, with return"
                           : fmt::format("one reply, with error of class {}", one.error_class),
                       words_of(got));
            for (const reply& line : got) {
                for (const auto& member : line.members) {
                    if (member.key() != "return" && member.key() != "error" &&
                        member.key() != "id") {
                        run.note(fmt::format("the reply to {} has the further member \"{}\"",
                                             one.name, std::string_view(member.key())));
                    }
                }
            }
        }
    }
}

constexpr std::array<std::string_view, 20> ids{
    "0",
    "1",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "0.5",
    "-2.5e10",
    R"("")",
    R"("a")",
    R"("0")",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    R"([1, "2", [3, [null]], {"4": 5}])",
    R"({"execute": "guest-ping", "id": {"id": 1}, "return": {}, "error": []})",
    "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"",
    R"("\u0001\"\\\/\b\f\n\r\t")",
    R"("{\"return\": {}, \"id\": 1}\n")"};

void expect_each_id(run_context& run, const outcome& one) {
    for (const std::string_view id : ids) {
        const lines got = answers(run, with_id(one, id));
        run.expect(got.size() == 1 && is_outcome(got.front(), one) &&
                       has_id(got.front(), json::parse(id)),
                   fmt::format("the id is returned unchanged: {}", one.name),
                   fmt::format("one reply, with the id {}", id), words_of(got));
    }
}

// catches: an agent that takes ids for numbers, or for strings, or drops null.
void id_with_success(run_context& run) {
    run.must_sync();
    for (const outcome& one : outcomes) {
        if (one.error_class.empty()) {
            expect_each_id(run, one);
        }
    }
}

// catches: an agent that forgets the id on its way to the error.
void id_with_error(run_context& run) {
    run.must_sync();
    for (const outcome& one : outcomes) {
        if (!one.error_class.empty()) {
            expect_each_id(run, one);
        }
    }
}

// catches: an agent that keeps the id of the request before, or answers with a null id.
void no_id_unasked(run_context& run) {
    run.must_sync();
    for (const outcome& one : outcomes) {
        std::string bytes;
        for (const outcome& before : outcomes) {
            bytes += with_id(before, "\"before\"") + without_id(one);
        }
        const lines got = answers(run, bytes);
        run.expect(got.size() == 2 * outcomes.size(), "each request gets one reply",
                   fmt::format("{} replies", 2 * outcomes.size()), words_of(got));
        for (std::size_t i = 1; i < got.size(); i += 2) {
            run.expect(!got[i].id,
                       fmt::format("a reply has an id only if the request has one: {}", one.name),
                       "no id", got[i].words());
        }
    }
}

// catches: an agent with error codes, with a bare text for an error, or with a class of its own.
void error_form(run_context& run) {
    run.must_sync();
    for (const outcome& one : outcomes) {
        if (one.error_class.empty()) {
            continue;
        }
        const lines got = answers(run, without_id(one));
        // parse_reply() has looked for an object with the two strings.
        run.expect(got.size() == 1 && got.front().is_error(),
                   fmt::format("an error is an object with strings class and desc: {}", one.name),
                   R"("error": {"class": "…", "desc": "…"})", words_of(got));
    }
    const lines malformed = answers_and_reset(run, R"({"execute": })");
    expect_malformed(run, malformed, "a member without a value");
}

// catches: an agent that serves requests in parallel, drops some, or answers errors first.
void one_reply_each(run_context& run) {
    run.must_sync();
    constexpr std::size_t many = 200;
    std::array<std::size_t, many> plan{};
    std::string bytes;
    for (std::size_t i = 0; i < many; ++i) {
        plan[i] = run.below(outcomes.size());
        bytes += with_id(outcomes[plan[i]], fmt::format("{}", i));
    }
    const lines got = answers(run, bytes);
    run.expect(got.size() == many, "every request gets exactly one reply",
               fmt::format("{} replies", many), words_of(got));
    for (std::size_t i = 0; i < std::min(many, got.size()); ++i) {
        run.require(is_outcome(got[i], outcomes[plan[i]]) && has_id(got[i], json::value(i)),
                    "replies come in the order of the requests",
                    fmt::format("the reply with id {}, to {}", i, outcomes[plan[i]].name),
                    got[i].words());
    }
}

// catches: an agent whose buffer has an edge that some pieces hit.
void one_reply_each_in_pieces(run_context& run) {
    run.must_sync();
    constexpr std::size_t many = 100;
    std::string bytes;
    for (std::size_t i = 0; i < many; ++i) {
        bytes += with_id(outcomes[run.below(outcomes.size())], fmt::format("{}", i));
    }
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t piece = std::min<std::size_t>(1 + run.below(200), bytes.size() - at);
        run.client().send(std::string_view(bytes).substr(at, piece));
        at += piece;
    }
    const lines got = answers(run, "");
    run.expect(got.size() == many, "every request gets exactly one reply, however it is cut",
               fmt::format("{} replies", many), words_of(got));
    for (std::size_t i = 0; i < std::min(many, got.size()); ++i) {
        run.require(has_id(got[i], json::value(i)), "replies come in the order of the requests",
                    fmt::format("the id {}", i), got[i].words());
    }
}

// catches: an agent whose error path forgets to undo what it had begun.
void refusals_change_nothing(run_context& run) {
    run.must_sync();
    const reply info = run.client().call("guest-info");
    const reply state = run.status();
    std::string bytes;
    for (const outcome& one : outcomes) {
        bytes += one.error_class.empty() ? "" : without_id(one);
    }
    bytes += R"([{"execute": "guest-ping"}])";
    bytes += R"({"execute": "guest-fsfreeze-thaw", "arguments": {"extra": 1}})";
    bytes += R"({"execute": "guest-fsfreeze-status", "arguments": []})";
    const lines got = answers(run, bytes);
    run.expect(!got.empty() && count(got, reply_kind::error) == got.size(),
               "wrong requests are refused", "errors only", words_of(got));
    const reply info_after = run.client().call("guest-info");
    run.expect(info.is_value() && info.returned == info_after.returned,
               "a refused request changes no command", "the same guest-info as before",
               info_after.words());
    const reply state_after = run.status();
    run.expect(state.is_value() && state.returned == state_after.returned,
               "a refused request changes no state", state.words(), state_after.words());
}

// catches: an agent that greets, sends events, or keeps the channel warm.
void nothing_unasked(run_context& run) {
    // On a virtual clock an hour costs nothing, and shows a keep-alive too.
    const duration span = run.agent().can(capability::virtual_time)
                              ? duration(std::chrono::hours(1))
                              : duration(std::chrono::milliseconds(150));
    qga_client& fresh = run.reconnect();
    run.require(fresh.silent_for(span), "a new client is not greeted", "no byte",
                printable(fresh.unread()));
    run.must_sync();
    (void)run.client().call("guest-ping");
    (void)run.client().call("snapproto-no-such-command");
    run.require(run.client().silent_for(span), "nothing comes behind the replies", "no byte",
                printable(run.client().unread()));
}

// catches: an agent that sends as much of a reply as one write takes.
void long_id(run_context& run) {
    run.must_sync();
    std::string text;
    while (text.size() < 65536) {
        text += static_cast<char>('a' + run.below(26));
    }
    for (const outcome& one : {outcomes[0], outcomes[3]}) {
        const lines got = answers(run, with_id(one, '"' + text + '"'));
        run.expect(got.size() == 1 && is_outcome(got.front(), one) &&
                       has_text_id(got.front(), text),
                   fmt::format("an id of 64 KiB is returned unchanged: {}", one.name),
                   "one reply, with the id", words_of(got));
    }
}

// catches: an agent whose errors say nothing.
void wording(run_context& run) {
    run.must_sync();
    for (const outcome& one : outcomes) {
        if (!one.error_class.empty()) {
            const lines got = answers(run, without_id(one));
            run.require(got.size() == 1 && !got.front().error_words.empty(),
                        "an error says something in desc", "a text that is not empty",
                        words_of(got));
            run.note(fmt::format("{}: {}", one.name, got.front().error_words));
        }
    }
}

// catches: an agent that announces a snapshot command without a reply to its success.
void silent_commands(run_context& run) {
    run.must_sync();
    const reply info = run.client().call("guest-info");
    run.require_value(info, "guest-info");
    const auto* list = info.returned.is_object()
                           ? info.returned.get_object().if_contains("supported_commands")
                           : nullptr;
    run.require(list != nullptr && list->is_array(), "guest-info lists the commands",
                "an array supported_commands", info.words());
    std::string silent;
    for (const json::value& one : list->get_array()) {
        const auto* members = one.if_object();
        const auto* name = members != nullptr ? members->if_contains("name") : nullptr;
        const auto* reply_sent =
            members != nullptr ? members->if_contains("success-response") : nullptr;
        if (name == nullptr || !name->is_string() || reply_sent == nullptr ||
            *reply_sent != json::value(false)) {
            continue;
        }
        const std::string_view text = name->get_string();
        silent += fmt::format(" {}", text);
        run.expect(!text.starts_with("guest-fsfreeze-") && !text.starts_with("guest-sync") &&
                       text != "guest-ping" && text != "guest-info",
                   "every snapshot command has a reply to its success",
                   fmt::format("success-response true for {}", text), "false");
    }
    run.note("commands without a reply to their success:" + (silent.empty() ? " none" : silent));
}

} // namespace

void qga_21_requests(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = body});
    };
    add(sec<21, 1>::value, 1, "guest-ping returns an empty object", ping_returns_empty_object);
    add(sec<21, 2>::value, 1, "every reply has either return or error", return_or_error);
    add(sec<21, 3>::value, 1, "an id of each type comes back with a success", id_with_success);
    add(sec<21, 4>::value, 1, "an id of each type comes back with an error", id_with_error);
    add(sec<21, 5>::value, 1, "no id comes unasked, also after a request with one", no_id_unasked);
    add(sec<21, 6>::value, 1, "errors have the strings class and desc", error_form);
    add(sec<21, 14>::value, 1, "200 requests in one write get one reply each, in order",
        one_reply_each);
    add(sec<21, 14>::value, 2, "100 requests in pieces get one reply each, in order",
        one_reply_each_in_pieces);
    add(sec<21, 15>::value, 1, "refused requests change neither state nor commands",
        refusals_change_nothing);
    checks.add({.about = sec<21, 16>::value,
                .index = 1,
                .title = "the agent sends nothing that was not asked for",
                .needs = {capability::reconnect},
                .bound = std::chrono::hours(3),
                .run = nothing_unasked});
    add(sec<21, 20>::value, 1, "an id of 64 KiB comes back whole", long_id);
    add(sec<21, 21>::value, 1, "errors say something to people", wording);
    add(sec<21, 22>::value, 1, "no snapshot command lacks a reply to its success", silent_commands);
}

} // namespace snapproto::conformance::clauses
