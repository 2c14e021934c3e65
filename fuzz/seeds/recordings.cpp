// SPDX-License-Identifier: BSL-1.0
// Trace records, recordings of bytes, and the texts that tools read.
#include "fuzz/seeds/seeds.hpp"
#include "tests/support/captures.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace snapproto::fuzz {
namespace {

using namespace std::string_view_literals;

/// One record with every member that there is, for each kind.
void add_kinds(tree& to) {
    std::string all;
    for (std::size_t kind = 0; kind < value_count<trace::record_kind>; ++kind) {
        trace::record made;
        made.at = instant{std::chrono::milliseconds{100 * kind}};
        made.who = static_cast<trace::role>(kind % value_count<trace::role>);
        made.what = static_cast<trace::record_kind>(kind);
        made.agent = 0;
        made.txn = {1};
        made.session = {2};
        made.message = static_cast<message_kind>(kind % value_count<message_kind>);
        made.participant = static_cast<participant_kind>(kind % value_count<participant_kind>);
        made.count = 2;
        made.span = std::chrono::seconds{10};
        made.note = "a remark \xe2\x82\xac";
        trace::append_jsonl(all, made);
    }
    to["corpus/trace/" + numbered("kinds", 0)] = std::string("\5\0\7", 3) + all;
}

void add_conversation(tree& to) {
    using kind = trace::record_kind;
    std::string all;
    std::int64_t at = 0;
    const auto add = [&](kind what, auto&& fill) {
        trace::record made;
        made.at = instant{std::chrono::milliseconds{at += 50}};
        made.who = trace::role::agent;
        made.what = what;
        made.agent = 0;
        made.session = {1};
        made.txn = {1};
        fill(made);
        trace::append_jsonl(all, made);
    };
    const auto message = [&](kind what, message_kind which) {
        add(what, [&](trace::record& r) { r.message = which; });
    };
    const auto filesystem = [](trace::record& r) { r.participant = participant_kind::filesystem; };
    message(kind::received, message_kind::freeze);
    add(kind::hold_begin, filesystem);
    add(kind::held, filesystem);
    message(kind::sent, message_kind::frozen);
    message(kind::received, message_kind::thaw);
    add(kind::release_begin, filesystem);
    add(kind::released, filesystem);
    add(kind::sent, [](trace::record& r) {
        r.message = message_kind::thawed;
        r.outcome = verdict::clean;
    });
    to["corpus/trace/" + numbered("conversation", 1)] = std::string("\3\2\5", 3) + all;
}

/// The scenarios of the simulator are inputs too, and are replayed from where they are.
void add_texts(tree& to) {
    to["corpus/texts/" + numbered("assignment", 0)] = "seed=7";
    to["corpus/texts/" + numbered("baseline", 1)] =
        "# head\n24.9/1   warn   holds without any limit, by design\n20.1/2 skip no root\n";
}

/// Recordings of bytes, one of each form.
void add_byte_recordings(tree& to) {
    std::size_t number = 0;
    const auto add = [&](std::string_view name, std::string text) {
        to["corpus/recording/" + numbered(name, number++)] = std::move(text);
    };
    constexpr auto ping = "{\"execute\": \"guest-ping\", \"id\": 1}\n"sv;
    constexpr auto pong = "{\"return\": {}, \"id\": 1}\n"sv;
    add("byte_lines",
        R"({"at":1,"from":"orchestrator","text":"{\"execute\": \"guest-fsfreeze-freeze\"}\n"})"
        "\n"
        R"({"at":2,"from":"agent","hex":"7b2272657475726e223a20327d0a"})"
        "\n"
        R"({"at":3,"connection":0,"from":"agent","closed":true})"
        "\n");
    add("socat", "> 2026/11/27 02:39:45.000093612  length=3 from=0 to=2\n 7b 7d 0a\n"
                 "< 2026/11/27 02:39:45.000093727  length=1 from=0 to=0\n 0a\n");
    for (const bool high_first : {false, true}) {
        const auto option = tests::number_writer{high_first}
                                .number(std::uint16_t{9})
                                .number(std::uint16_t{1})
                                .text("\x09\0\0\0\0\0\0\0"sv)
                                .bytes();
        add("pcapng", tests::pcapng_begin(high_first, 147, option) +
                          tests::pcapng_packet(high_first, 5, ping, 2) +
                          tests::pcapng_packet(high_first, 6, pong, 1));
        constexpr std::uint16_t client = 50000, server = 4444;
        add("pcap", tests::pcap({tests::frame(client, server, 9, tests::syn, ""),
                                 tests::frame(client, server, 20, tests::ack, ping.substr(10)),
                                 tests::frame(client, server, 10, tests::ack, ping.substr(0, 10)),
                                 tests::frame(server, client, 1, tests::ack, pong),
                                 tests::frame(server, client, 2, tests::rst, "")},
                                high_first));
    }
}

template <class Enum>
void add_words(std::string& dictionary) {
    for (std::size_t i = 0; i < value_count<Enum>; ++i) {
        dictionary += entry("\"" + std::string{to_string(static_cast<Enum>(i))} + "\"");
    }
}

void add_dictionary(tree& to) {
    std::string words = json_words();
    add_words<trace::role>(words);
    add_words<trace::record_kind>(words);
    add_words<trace::timer_kind>(words);
    add_words<message_kind>(words);
    add_words<verdict>(words);
    add_words<agent_phase>(words);
    add_words<participant_kind>(words);
    for (const std::string_view member : {"at", "who", "what", "agent", "item", "session", "txn",
                                          "message", "outcome", "count", "deadline", "span"}) {
        words += entry("\"" + std::string{member} + "\":");
    }
    to["dictionaries/trace.dict"] = words;
}

} // namespace

void add_recordings(tree& to) {
    add_kinds(to);
    add_conversation(to);
    add_texts(to);
    add_byte_recordings(to);
    add_dictionary(to);
}

} // namespace snapproto::fuzz
