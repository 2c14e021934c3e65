// SPDX-License-Identifier: BSL-1.0
// fuzz_corpus FOLDER: writes the corpora and dictionaries that are made from the model.
// fuzz_corpus --check FOLDER: says whether they are what would be written, and whether the shipped
// corpus alone takes every row of the tables that can be taken.
#include "fuzz/support/encoded.hpp"
#include "fuzz/support/hyperv_corpus.hpp"
#include "fuzz/support/target.hpp"
#include "fuzz/support/vmbackup_corpus.hpp"
#include "fuzz/tables/table_run.hpp"
#include "tests/support/captures.hpp"

#include <snapproto/dialect/native/encode.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

namespace {

namespace fs = std::filesystem;
using namespace snapproto;
using fuzz::encoded;
using namespace std::string_view_literals;

/// What is written: each file, by its path below fuzz/, and its content.
using tree = std::map<std::string, std::string>;

constexpr std::string_view licence = "# SPDX-License-Identifier: BSL-1.0\n";

std::string numbered(std::string_view name, std::size_t number) {
    const std::string digits = std::to_string(number);
    return "model-" + std::string{name} + "-" +
           std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

void add_tables(tree& to, const std::vector<std::string>& tour) {
    for (std::size_t i = 0; i < tour.size(); ++i) {
        to["corpus/tables/" + numbered(tour[i][0] == 0 ? "agent" : "orchestrator", i)] = tour[i];
    }
}

std::vector<std::string> requests() {
    const std::vector<std::string_view> mounts{"/", "/var/lib/\xc3\xa9"};
    std::vector<std::string> made;
    for (const qga::command_shape& command : qga::commands) {
        if (command.what == qga::verb::unknown) {
            continue;
        }
        auto request = qga::make_request(command.what, codec::raw_json{"[1, {\"a\": null}]"});
        request.sync_id = 9007199254740993;
        request.time_ns = -1;
        request.mountpoints = std::span<const std::string_view>{mounts};
        made.push_back(encoded(request));
        request.id = {};
        request.mountpoints = {};
        request.time_ns = {};
        made.push_back(encoded(request));
    }
    return made;
}

std::vector<std::string> replies() {
    const std::vector<qga::command_entry> commands{{"guest-ping"}, {"guest-info", false, false}};
    const codec::raw_json id{"7"};
    return {encoded(qga::reply{qga::nothing{}}),
            encoded(qga::reply{std::int64_t{-42}, id, true}),
            encoded(qga::reply{qga::freeze_state::frozen, id}),
            encoded(qga::reply{qga::agent_info{"10.0", commands}, id}),
            encoded(qga::reply{codec::raw_json{"[1.5e3, \"\\ud83d\\ude00\"]"}}),
            encoded(qga::reply{qga::error_reply{qga::reply_error::command_not_found, "no"}, id}),
            "{\"event\": \"x\"}\r\n\n",
            "nonsense\n{\"return\": \xff{}}\n"};
}

void add_codec(tree& to) {
    std::size_t number = 0;
    std::string all;
    for (const auto& each : requests()) {
        to["corpus/qga_codec/" + numbered("request", number)] = std::string("\0\5", 2) + each;
        to["corpus/json/" + numbered("request", number++)] = "\3" + each;
        all += each;
    }
    to["corpus/qga_codec/" + numbered("requests", number)] =
        std::string("\0\7", 2) + "\xff" + all + "{\"execute\": [}\n" + all;
    for (const auto& each : replies()) {
        to["corpus/qga_codec/" + numbered("reply", number)] = "\1\5" + each;
        to["corpus/json/" + numbered("reply", number++)] = "\3" + each;
    }
}

void add_hyperv(tree& to) {
    std::size_t number = 0;
    for (const auto& [name, content] : fuzz::hyperv_inputs()) {
        to["corpus/hyperv_codec/" + numbered(name, number++)] = content;
    }
    std::string words{licence};
    for (const std::string_view word :
         {"\\x01\\x00\\x00\\x00", "\\x03\\x00\\x00\\x00\\x05\\x00", "\\x05\\x40\\x00\\x80",
          "\\x81\\x00\\x00\\x00", "\\x04\\x01\\x00\\x00", "\\x05\\x01\\x00\\x00"}) {
        words += "\"" + std::string{word} + "\"\n";
    }
    to["dictionaries/hyperv_codec.dict"] = words;
}

void add_vmbackup(tree& to) {
    std::size_t number = 0;
    for (const auto& [name, content] : fuzz::vmbackup_inputs()) {
        to["corpus/vmbackup_codec/" + numbered(name, number++)] = content;
    }
    std::string words{licence};
    const auto add = [&](std::string_view word) { words += "\"" + std::string{word} + "\"\n"; };
    for (std::size_t i = 0; i < value_count<vmbackup::command>; ++i) {
        add(vmbackup::wire_name(static_cast<vmbackup::command>(i)));
    }
    for (std::size_t i = 0; i < value_count<vmbackup::event>; ++i) {
        add(vmbackup::wire_name(static_cast<vmbackup::event>(i)));
    }
    for (const std::string_view word :
         {"vmbackup.eventSet ", "OK ", "ERROR ", "\\x00\\x00\\x00\\x01", "\\x00\\x00\\x00\\x02",
          "\\x00\\x00\\x00\\x03", "\\x00\\x00\\x00\\x04"}) {
        add(word);
    }
    to["dictionaries/vmbackup_codec.dict"] = words;
}

/// A message of each kind, and what brings a stream out of order.
void add_native(tree& to) {
    constexpr message_header head{{7}, {300}, {2}};
    const std::vector<std::string> mounts{"/", "/var/lib/\xc3\xa9"};
    const std::vector<any_message> messages{
        hello{head, {{1, 0}, {2, 300}}, native::capabilities},
        hello_ack{head,
                  native::version,
                  capability::completion,
                  std::chrono::seconds{60},
                  256,
                  true,
                  {70'000}},
        query{head},
        status_report{head, agent_phase::frozen, 3, instant{duration{-1}}, {4}, verdict::clean},
        ping{head, ~0ULL},
        pong{head, 99, agent_phase::idle},
        prepare_request{head,
                        {mounts},
                        quiesce_level::application,
                        backup_kind::copy,
                        true,
                        false,
                        std::chrono::seconds{10},
                        "nightly"},
        prepared_report{head, {{"postgres", participant_kind::writer}}},
        freeze_request{head, std::chrono::seconds{3}, {mounts}},
        frozen_report{head, 2, instant{}, instant{std::chrono::seconds{9}}},
        thaw_request{head, cut_outcome::failed},
        thawed_report{head, verdict::expired, std::chrono::milliseconds{900}, 2, {"one", "two"}},
        complete_request{head, copy_result::discarded},
        completed_report{head},
        abort_request{head, "no room"},
        aborted_report{head},
        recover_request{head, "pool/disk@7"},
        recovered_report{head},
        progress_report{head, agent_phase::freeze, 7},
        error_report{head, agent_phase::quiesce, verdict::veto, participant_index{2}, true},
        nak{head, nak_code::stale, agent_phase::idle}};
    std::array<std::string, 2> all{std::string("\0\7", 2), std::string("\1\7", 2)};
    for (std::size_t i = 0; i < messages.size(); ++i) {
        std::string bytes;
        codec::container_sink sink{bytes};
        native::encode(sink, messages[i]);
        const std::size_t direction = is_request(kind_of(messages[i])) ? 0 : 1;
        to["corpus/native_codec/" + numbered(to_string(kind_of(messages[i])), i)] =
            std::string{static_cast<char>(direction), '\5'} + bytes;
        all[direction] += bytes;
    }
    const std::string mark(native::mark_bytes, '\xff');
    const std::string disorder =
        std::string(4, '\0') + std::string("\0\1\0\1 nonsense", 13) + mark + "{" + mark;
    for (std::size_t i = 0; i < all.size(); ++i) {
        to["corpus/native_codec/" + numbered("all", messages.size() + i)] =
            all[i] + disorder + all[i].substr(2);
    }
    // A message with keys that may be ignored, numbers and texts as keys in one of them.
    to["corpus/native_codec/" + numbered("extended", messages.size() + 2)] =
        std::string("\0\3\0\0\0\x1a\xa6\0\2\1\7\2\0\3\2\x18\x40\xf5\x19\3\xe8"
                    "\xa2\1\x82\x20\xf6\x61x\x63\xe2\x82\xac",
                    32);
}

/// One record with every member that there is, for each kind.
void add_recordings(tree& to) {
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

/// A conversation as decisions, each a string of bytes, and what may come between two of them.
struct script {
    std::string_view name;
    std::string head;
    std::vector<std::string> steps;
    std::vector<std::string> disturbances;
};

std::string bytes(std::initializer_list<int> values) {
    std::string made;
    for (const int value : values) {
        made += static_cast<char>(value);
    }
    return made;
}

/// The conversation alone, and with each disturbance at each place.
void add_script(tree& to, std::string_view target, const script& which) {
    const std::string folder = "corpus/" + std::string{target} + "/";
    std::size_t number = 0;
    const auto add = [&](std::size_t place, const std::string& disturbance) {
        std::string input = which.head;
        for (std::size_t i = 0; i < which.steps.size(); ++i) {
            input += i == place ? disturbance : std::string{};
            input += which.steps[i];
        }
        to[folder + numbered(which.name, number++)] = input;
    };
    add(0, "");
    for (const auto& disturbance : which.disturbances) {
        for (std::size_t place = 1; place < which.steps.size(); ++place) {
            add(place, disturbance);
        }
    }
}

/// See fuzz/targets/agent.cpp for what the bytes mean.
void add_agent_sessions(tree& to) {
    const std::string settle = bytes({18});
    const std::string answer = bytes({16, 0});
    add_script(to, "agent",
               {"native",
                bytes({0, 1, 2, 0}),
                {bytes({0, 0, 0}), bytes({3, 0, 0}), bytes({19, 0}), answer, answer, settle,
                 bytes({4, 0, 0}), answer, answer, settle, bytes({5, 0, 0}), answer, settle,
                 bytes({6, 0, 0}), settle},
                {bytes({20}), bytes({21}), bytes({22}), bytes({23, 0}), bytes({0, 0, 0}),
                 bytes({1, 0}), bytes({5, 0, 0}), bytes({7, 0}), bytes({8, 0}), bytes({13, 255}),
                 bytes({14}), bytes({16, 1}), bytes({16, 2}), bytes({17, 1}), bytes({19, 7})}});
    const std::string work = bytes({19});
    const std::string done = bytes({17, 0});
    add_script(
        to, "agent",
        {"qga",
         bytes({1, 3, 1, 2, 0}),
         {bytes({0, 0, 5}), bytes({0, 0, 0}), bytes({20, 0}), done, done, work, bytes({0, 1, 2}),
          bytes({0, 0, 1}), done, work, bytes({0, 0, 3}), work, bytes({0, 1, 1}), work},
         {bytes({21}), bytes({22, 0}), bytes({12, 0}), bytes({11, 0, 4, 123, 34, 120, 34}),
          bytes({0, 1, 0}), bytes({0, 1, 1}), bytes({0, 0, 12}), bytes({0, 0, 13}),
          bytes({14, 255}), bytes({15}), bytes({17, 1}), bytes({17, 2}), bytes({18, 1}),
          bytes({20, 7})}});
}

/// See fuzz/targets/orchestrator.cpp.
void add_orchestrator_sessions(tree& to) {
    const auto hear = [](int agent) { return bytes({0, agent, 0}); };
    const std::vector<std::string> disturbances{
        bytes({8, 0}),           bytes({0, 0, 255}),      bytes({0, 0, 16, 3, 5, 0}),
        bytes({0, 0, 16, 4, 2}), bytes({0, 0, 16, 2, 3}), bytes({0, 0, 32}),
        bytes({0, 0, 64}),       bytes({10, 20}),         bytes({11}),
        bytes({12, 4}),          bytes({12, 2}),          bytes({15, 7}),
        bytes({15, 0}),          bytes({0, 0, 3}),        bytes({0, 0, 27}),
        bytes({0, 0, 35})};
    add_script(
        to, "orchestrator",
        {"native",
         bytes({2}),
         {bytes({6, 0}), bytes({6, 1}), hear(0), hear(1), bytes({15, 0}), hear(0), hear(1), hear(0),
          hear(1), bytes({12, 0}), hear(0), hear(1), bytes({12, 2}), hear(0), hear(1)},
         disturbances});
    add_script(to, "orchestrator",
               {"qga",
                bytes({1}),
                {bytes({6, 0}), hear(0), hear(0), bytes({15, 8}), hear(0), hear(0), hear(0),
                 hear(0), bytes({12, 0}), hear(0), hear(0), bytes({12, 2}), hear(0), hear(0)},
                disturbances});
}

/// A line of a dictionary: quotes and what is not ASCII escaped.
std::string entry(std::string_view word) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string line = "\"";
    for (const char c : word) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += {'\\', c};
        } else if (byte < 0x20 || byte > 0x7e) {
            line += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
        } else {
            line += c;
        }
    }
    return line + "\"\n";
}

template <class Enum>
void add_words(std::string& dictionary) {
    for (std::size_t i = 0; i < value_count<Enum>; ++i) {
        dictionary += entry("\"" + std::string{to_string(static_cast<Enum>(i))} + "\"");
    }
}

void add_dictionaries(tree& to) {
    std::string json{licence};
    for (const std::string_view word :
         {"{", "}", "[", "]", ",", ":", "null", "true", "false", "\"\"", "\\u0000",
          "\\ud83d\\ude00", "-9223372036854775808", "18446744073709551616", "1e400", "-0", "\n",
          "\xff", "\xc3\xa9"}) {
        json += entry(word);
    }
    to["dictionaries/json.dict"] = json;
    std::string qga = json;
    for (const qga::command_shape& command : qga::commands) {
        if (!command.name.empty()) {
            qga += entry("\"" + std::string{command.name} + "\"");
        }
        if (!command.argument.empty()) {
            qga += entry("\"" + std::string{command.argument} + "\": ");
        }
    }
    for (const std::string_view member :
         {qga::member_execute, qga::member_arguments, qga::member_id, qga::member_return,
          qga::member_error, qga::member_class, qga::member_desc}) {
        qga += entry("\"" + std::string{member} + "\": ");
    }
    to["dictionaries/qga_codec.dict"] = qga;
    std::string native{licence};
    for (const std::string_view bytes : {"\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv,
                                         "\0\0\0\x10"sv,
                                         "\0\1\0\0"sv,
                                         "\xa4\0\2\1\7\2\0\3\2"sv,
                                         "\x18\x40"sv,
                                         "\x19\1\0"sv,
                                         "\x1a\0\1\0\0"sv,
                                         "\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"sv,
                                         "\x20"sv,
                                         "\x61x"sv,
                                         "\x78\x18"sv,
                                         "\x80"sv,
                                         "\x82\1\0"sv,
                                         "\xa0"sv,
                                         "\xf4"sv,
                                         "\xf5"sv,
                                         "\xf6"sv,
                                         "\x9f"sv,
                                         "\x41x"sv,
                                         "\xc1"sv,
                                         "\xf9\x3c\0"sv}) {
        native += entry(bytes);
    }
    to["dictionaries/native_codec.dict"] = native;
    std::string trace = json;
    add_words<trace::role>(trace);
    add_words<trace::record_kind>(trace);
    add_words<trace::timer_kind>(trace);
    add_words<message_kind>(trace);
    add_words<verdict>(trace);
    add_words<agent_phase>(trace);
    add_words<participant_kind>(trace);
    for (const std::string_view member : {"at", "who", "what", "agent", "item", "session", "txn",
                                          "message", "outcome", "count", "deadline", "span"}) {
        trace += entry("\"" + std::string{member} + "\":");
    }
    to["dictionaries/trace.dict"] = trace;
}

tree everything() {
    tree made;
    add_tables(made, fuzz::transition_tour());
    add_codec(made);
    add_hyperv(made);
    add_vmbackup(made);
    add_native(made);
    add_recordings(made);
    add_conversation(made);
    add_texts(made);
    add_byte_recordings(made);
    add_agent_sessions(made);
    add_orchestrator_sessions(made);
    add_dictionaries(made);
    return made;
}

std::string content_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

int write(const fs::path& folder) {
    for (const auto& [path, content] : everything()) {
        fs::create_directories((folder / path).parent_path());
        std::ofstream{folder / path, std::ios::binary} << content;
    }
    return 0;
}

/// The rows that the shipped inputs do not take.
std::vector<std::string> not_taken(const fs::path& corpus) {
    fuzz::rows_taken taken;
    for (const auto& entry : fs::directory_iterator{corpus}) {
        fuzz::run_tables(content_of(entry.path()), taken);
    }
    return fuzz::rows_missing(taken);
}

int check(const fs::path& folder) {
    int status = 0;
    for (const auto& [path, content] : everything()) {
        if (content_of(folder / path) != content) {
            std::cout << path << " is not what fuzz_corpus writes\n";
            status = 1;
        }
    }
    for (const auto& row : not_taken(folder / "corpus" / "tables")) {
        std::cout << "taken by no shipped input: " << row << "\n";
        status = 1;
    }
    return status;
}

} // namespace

int main(int count, char** words) {
    if (count == 3 && std::string_view{words[1]} == "--check") {
        return check(words[2]);
    }
    if (count != 2 || words[1][0] == '-') {
        std::cerr << "usage: fuzz_corpus [--check] FOLDER\n";
        return 2;
    }
    return write(words[1]);
}
