// SPDX-License-Identifier: BSL-1.0
// SP 22: synchronisation: guest-sync, guest-sync-delimited and the 0xFF sentinel.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

constexpr std::array<std::int64_t, 9> sync_ids{0,
                                               1,
                                               -1,
                                               42,
                                               -8472,
                                               1'700'000'000'123,
                                               9'007'199'254'740'993,
                                               std::numeric_limits<std::int64_t>::max(),
                                               std::numeric_limits<std::int64_t>::min()};

std::string sync_request(std::string_view command, std::string_view raw_id) {
    return fmt::format(R"({{"execute": "{}", "arguments": {{"id": {}}}}})", command, raw_id);
}

// catches: an agent that returns an object, a string, or the id of the last synchronisation.
void sync_returns_its_id(run_context& run) {
    run.must_sync();
    for (const std::int64_t id : sync_ids) {
        const reply got = run.client().call("guest-sync", json::object{{"id", id}});
        run.expect(got.returns(id), "guest-sync returns the integer it was given",
                   fmt::format("return is {}", id), got.words());
    }
    for (int i = 0; i < 20; ++i) {
        const std::int64_t id = run.client().fresh_id();
        const reply got = run.client().call("guest-sync", json::object{{"id", -id}});
        run.expect(got.returns(-id), "guest-sync returns the integer it was given",
                   fmt::format("return is {}", -id), got.words());
    }
}

// catches: an agent without the sentinel, with two, or with white space behind it.
void one_sentinel(run_context& run) {
    run.must_sync();
    for (const std::int64_t id : sync_ids) {
        const reply got = run.client().call("guest-sync-delimited", json::object{{"id", id}});
        run.expect(got.returns(id) && got.sentinels == 1 && got.stray_sentinels == 0 &&
                       got.raw.front() == '{',
                   "guest-sync-delimited sends one 0xFF directly before its reply",
                   fmt::format("one 0xFF, then return {}", id),
                   fmt::format("{} times 0xFF, then {}", got.sentinels, got.words()));
    }
}

// catches: an agent that arms the sentinel before it looks at the arguments.
void sentinel_does_not_leak(run_context& run) {
    constexpr std::array<std::string_view, 6> failing{
        R"({"execute": "guest-sync-delimited"})",
        R"({"execute": "guest-sync-delimited", "arguments": {}})",
        R"({"execute": "guest-sync-delimited", "arguments": {"id": "1"}})",
        R"({"execute": "guest-sync-delimited", "arguments": {"id": 1, "extra": 2}})",
        R"({"execute": "guest-sync-delimited", "arguments": {"id": 1}, "extra": 2})",
        R"({"execute": "guest-sync-delimited", "arguments": {"id": 9223372036854775808}})"};
    run.must_sync();
    for (const std::string_view request : failing) {
        const lines got = answers(run, fmt::format("{}\n{}\n{}", request, ping("1"), ping("2")));
        run.expect(got.size() == 3 && got.front().is_error(),
                   "a failed guest-sync-delimited gets an error, and what follows its replies",
                   "three lines, the first an error", words_of(got));
        for (const reply& line : got) {
            run.expect(line.sentinels == 0 && line.stray_sentinels == 0,
                       "a failed guest-sync-delimited leaves no 0xFF behind", "no 0xFF",
                       fmt::format("{} times 0xFF before {}", line.sentinels, line.words()));
        }
    }
}

// catches: an agent that puts the sentinel before every reply once it has been asked for it.
void sentinel_only_when_asked(run_context& run) {
    run.must_sync();
    std::string bytes = sync_request("guest-sync-delimited", "7");
    bytes += sync_request("guest-sync", "8");
    for (const std::string_view request :
         {R"({"execute": "guest-ping"})", R"({"execute": "guest-info"})",
          R"({"execute": "guest-fsfreeze-status"})", R"({"execute": "snapproto-no-such-command"})",
          R"({"execute": "guest-ping", "extra": 1})", R"([])"}) {
        bytes += request;
    }
    const lines got = answers(run, bytes);
    run.expect(got.size() == 8, "each request gets one reply", "8 lines", words_of(got));
    for (std::size_t i = 0; i < got.size(); ++i) {
        const std::size_t owed = i == 0 ? 1U : 0U;
        run.expect(got[i].sentinels == owed && got[i].stray_sentinels == 0,
                   "only the reply to guest-sync-delimited has a 0xFF",
                   fmt::format("{} times 0xFF before reply {}", owed, i + 1),
                   fmt::format("{} times 0xFF before {}", got[i].sentinels, got[i].words()));
    }
    const lines malformed = answers_and_reset(run, R"({"execute": })");
    for (const reply& line : malformed) {
        run.expect(line.sentinels == 0 && line.stray_sentinels == 0,
                   "an error about malformed input has no 0xFF", "no 0xFF", line.words());
    }
}

/// Sends these bytes and guest-sync-delimited; requires its answer, and returns what came before.
lines before_sentinel(run_context& run, std::string_view bytes) {
    qga_client& client = run.client();
    const std::int64_t id = client.fresh_id();
    client.send(std::string(bytes) + sync_request("guest-sync-delimited", fmt::format("{}", id)));
    lines got;
    for (;;) {
        reply line = client.read();
        if (line.returns(id) && line.sentinels > 0) {
            return got;
        }
        run.require(line.kind != reply_kind::none && line.kind != reply_kind::closed,
                    "0xFF and guest-sync-delimited are answered", "0xFF and the id",
                    fmt::format("{}; before it {}", line.words(), words_of(got)));
        got.push_back(std::move(line));
    }
}

// catches: an agent that sees more than one error in a 0xFF, or anything else.
void clean_stream(run_context& run) {
    run.must_sync();
    for (int round = 0; round < 5; ++round) {
        const lines got = before_sentinel(run, "\xFF");
        run.expect(got.size() <= 1 && count(got, reply_kind::error) == got.size(),
                   "a 0xFF on a clean stream gives at most one error line",
                   "no line or one error before the sentinel", words_of(got));
        require_usable(run, "0xFF and guest-sync-delimited");
    }
    run.note(before_sentinel(run, "\xFF").empty() ? "a 0xFF on a clean stream is silent"
                                                  : "a 0xFF on a clean stream gets an error line");
    const lines got = before_sentinel(run, "\xFF\n");
    run.expect(got.size() <= 1, "a line feed behind the 0xFF changes nothing", "at most one line",
               words_of(got));
}

// catches: an agent that executes what is pending, or needs more than one 0xFF to drop it.
void half_request_pending(run_context& run) {
    constexpr std::array<std::string_view, 9> halves{
        R"({"execute": "guest-ping", "id": "half")",
        R"({"execute": "guest-ping", "id": "half)",
        R"({"execute": "guest-ping", "id": "half\)",
        R"({"execute": "guest-ping", "id": ["half", [)",
        R"({"execute": "guest-ping", "id": {"half")",
        R"({"execute": "guest-ping", "id": {"half": {)",
        R"({"execute": "guest-ping", "id": 17)",
        R"({"execute": "guest-ping", )",
        "{\"execute\": \"guest-ping\", \"id\": \"\xE2\x82"};
    run.must_sync();
    for (const std::string_view half : halves) {
        const lines got = before_sentinel(run, std::string(half) + '\xFF');
        run.expect(count(got, reply_kind::error) == got.size(),
                   fmt::format("a half request is dropped and not executed: {}", printable(half)),
                   "errors at the most before the sentinel", words_of(got));
        require_usable(run, "half a request and a synchronisation");
    }
}

// catches: an agent that cannot be synchronised in the middle of a stream of junk.
void after_garbage(run_context& run) {
    constexpr std::array<std::string_view, 6> garbage{
        "login: ",
        "\r\n\r\nWelcome!\r\n",
        "}}}]]]",
        "\x1B[2J\x1B[H",
        R"({"return": {}, "id": 3}{"error": {"class": "GenericError", "desc": ""}})",
        R"({"QMP": {"version": {}, "capabilities": []}})"};
    run.must_sync();
    for (const std::string_view bytes : garbage) {
        const lines got = before_sentinel(run, std::string(bytes) + '\xFF');
        run.expect(!got.empty() && count(got, reply_kind::error) == got.size(),
                   fmt::format("a synchronisation behind garbage: {}", printable(bytes)),
                   "errors, then the sentinel", words_of(got));
    }
}

// catches: an agent whose next client inherits a parser that a 0xFF does not clear.
void next_client_after_leftovers(run_context& run) {
    constexpr std::array<std::string_view, 6> leftovers{
        "",
        R"({"execute": "guest-ping", "id": "old")",
        R"({"execute": "guest-ping", "id": "old)",
        "[[[[[[[[",
        "\x01garbage \x80\xFE {",
        R"({"execute": "guest-sync-delimited", "arguments": {"id": )"};
    for (const std::string_view bytes : leftovers) {
        run.must_sync();
        (void)run.client().call("guest-ping");
        run.client().send(bytes);
        // Error lines are read, so that this is about the parser; unread ones are another check's.
        (void)run.client().read_all(std::chrono::milliseconds(20));
        run.reconnect();
        const lines got = before_sentinel(run, "\xFF");
        run.expect(!something_succeeded(got),
                   "a new client is synchronised, and gets no success it did not ask for",
                   "errors at the most before the sentinel", words_of(got));
        require_usable(run, "a client that left half a request");
    }
}

// catches: an agent that ends when it reads from a connection that its client has reset. A socket
// closed with bytes unread is reset, so this is what a client that was killed looks like. It needs
// a restart, since an agent that somebody else runs would be gone for the checks that follow.
void next_client_after_reset(run_context& run) {
    for (int round = 0; round < 3; ++round) {
        run.must_sync();
        run.client().send(ping("\"unread\"") + "junk {");
        // The replies have to be there, and not read, when the connection is closed.
        run.sleep_for(std::chrono::milliseconds(30));
        run.reconnect();
        const bool in_step = run.client().sync();
        run.require(in_step, "a client that left a reply unread does not end the agent",
                    "0xFF and the id of the next client's synchronisation",
                    run.client().is_open() ? words_of(run.client().discarded())
                                           : "the agent closed the connection");
        require_usable(run, "a client that left a reply unread");
    }
}

// catches: an agent that is stuck in its write, or delivers to the next client what is not its own.
void next_client_after_unread_replies(run_context& run) {
    run.must_sync();
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        bytes += R"({"execute": "guest-info", "id": "unread"})";
    }
    // Half a megabyte and more: it fits no socket buffer, so the agent has to wait in its write.
    run.client().send(bytes);
    run.reconnect();
    const bool in_step = run.client().sync(std::chrono::seconds(4));
    run.require(in_step, "a client that left its replies unread does not hinder the next one",
                "0xFF and the id of the next client's synchronisation",
                words_of(run.client().discarded()));
    require_usable(run, "a client that did not read");
}

// catches: an agent that echoes whatever it is given.
void ill_typed_ids(run_context& run) {
    constexpr std::array<std::string_view, 10> bad{R"("1")",
                                                   "null",
                                                   "true",
                                                   "[]",
                                                   "{}",
                                                   "1.0",
                                                   "1e3",
                                                   "9223372036854775808",
                                                   "-9223372036854775809",
                                                   R"("")"};
    run.must_sync();
    for (const std::string_view command : {"guest-sync", "guest-sync-delimited"}) {
        for (const std::string_view id : bad) {
            const lines got = answers(run, sync_request(command, id));
            expect_one_error(run, got, "GenericError", sync_request(command, id));
            run.expect(got.empty() || got.front().sentinels == 0,
                       "a refused synchronisation has no 0xFF", "no 0xFF", words_of(got));
        }
        const std::string missing = qga_client::request(command);
        expect_one_error(run, answers(run, missing), "GenericError", missing);
    }
    require_usable(run, "synchronisations with bad ids");
}

// catches: an agent that counts sentinels, or takes one of several for data.
void repeated_sentinels(run_context& run) {
    run.must_sync();
    for (const std::size_t times :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{64}, std::size_t{5000}}) {
        const std::string bytes(times, '\xFF');
        const lines got = answers(run, bytes);
        run.expect(got.size() <= times && count(got, reply_kind::error) == got.size(),
                   fmt::format("0xFF {} times does no harm", times),
                   "at most one error line for each", words_of(got));
        require_usable(run, "repeated 0xFF");
    }
    const lines got =
        answers(run, fmt::format("\xFF \xFF\n{}\xFF\xFF{}\xFF", ping("1"), ping("2")));
    run.expect(count(got, reply_kind::value) == 2, "requests between 0xFF bytes are answered",
               "the replies to two requests", words_of(got));
}

// catches: an agent that serves synchronisations before what is waiting.
void answered_in_turn(run_context& run) {
    run.must_sync();
    const std::string bytes = ping("1") + sync_request("guest-sync", "2") + ping("3") +
                              sync_request("guest-sync-delimited", "4") +
                              R"({"execute": "snapproto-no-such-command", "id": 5})" +
                              sync_request("guest-sync", "6") + ping("7");
    const lines got = answers(run, bytes);
    run.require(got.size() == 7, "each request gets one reply", "7 lines", words_of(got));
    const bool right = has_id(got[0], 1) && got[1].returns(2) && has_id(got[2], 3) &&
                       got[3].returns(4) && has_id(got[4], 5) && got[5].returns(6) &&
                       has_id(got[6], 7);
    run.expect(right, "a synchronisation is answered in its turn", "the replies in order",
               fmt::format("{} | {} | {}", got[1].words(), got[3].words(), got[5].words()));
    require_still_thawed(run, "synchronisations");
}

// catches: an agent that cuts a reply short for a synchronisation, or puts the 0xFF inside it.
void behind_a_long_reply(run_context& run) {
    run.must_sync();
    const std::string text(60'000, 'r');
    const lines got = before_sentinel(run, ping('"' + text + "\"") + "\xFF");
    run.expect(!got.empty() && got.front().is_value() && has_text_id(got.front(), text) &&
                   std::all_of(got.begin(), got.end(),
                               [](const reply& line) {
                                   return line.sentinels == 0 && line.stray_sentinels == 0;
                               }),
               "a reply on its way is sent whole before a synchronisation is answered",
               "the whole reply, with no 0xFF in it or before it", words_of(got));
}

// catches: an agent that takes a synchronisation for a new beginning, and thaws.
void frozen_stays_frozen(run_context& run) {
    (void)run.must_freeze();
    run.require(run.client().sync() && run.client().sync_plain(),
                "synchronisations are answered while frozen", "their ids",
                words_of(run.client().discarded()));
    run.require_text(run.status(), "frozen", "guest-fsfreeze-status after synchronisations");
    const auto kernel = run.filesystem().is_frozen();
    run.require(!kernel || *kernel, "a synchronisation thaws nothing", "a frozen filesystem",
                "a thawed one");
    run.require_value(run.thaw(), "guest-fsfreeze-thaw");
}

} // namespace

void qga_22_sync(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&), std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .run = body});
    };
    add(sec<22, 1>::value, 1, "guest-sync returns its id", sync_returns_its_id);
    add(sec<22, 2>::value, 1, "guest-sync-delimited returns its id behind exactly one 0xFF",
        one_sentinel);
    add(sec<22, 3>::value, 1, "a failed guest-sync-delimited leaves no 0xFF behind",
        sentinel_does_not_leak);
    add(sec<22, 3>::value, 2, "no other reply has a 0xFF", sentinel_only_when_asked);
    add(sec<22, 4>::value, 1, "a 0xFF on a clean stream gives at most one error line",
        clean_stream);
    add(sec<22, 5>::value, 1, "half a request is dropped by 0xFF and a synchronisation",
        half_request_pending);
    add(sec<22, 5>::value, 2, "garbage is dropped by 0xFF and a synchronisation", after_garbage);
    add(sec<22, 6>::value, 1, "a new client is synchronised whatever the former one left",
        next_client_after_leftovers, {capability::reconnect});
    add(sec<22, 6>::value, 2, "a new client is synchronised after one that did not read",
        next_client_after_unread_replies, {capability::reconnect});
    add(sec<22, 6>::value, 3, "a client that leaves with a reply unread does not end the agent",
        next_client_after_reset, {capability::reconnect, capability::restart});
    add(sec<22, 7>::value, 1, "synchronisations whose id is no integer are refused", ill_typed_ids);
    add(sec<22, 8>::value, 1, "repeated 0xFF bytes do no harm", repeated_sentinels);
    add(sec<22, 9>::value, 1, "a synchronisation is answered in its turn", answered_in_turn);
    add(sec<22, 9>::value, 2, "a synchronisation does not cut a long reply short",
        behind_a_long_reply);
    add(sec<22, 9>::value, 3, "a synchronisation while frozen thaws nothing", frozen_stays_frozen,
        {capability::freeze_target});
}

} // namespace snapproto::conformance::clauses
