// SPDX-License-Identifier: BSL-1.0
// snapcheck trace on bytes: each form of recording, right ones, wrong ones, and damaged files.
#include "conformance/recording/judge_bytes.hpp"
#include "support.hpp"
#include "tests/support/captures.hpp"

#include <snapproto/codec/sink.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {
namespace {

namespace rec = recording;
using namespace snapproto::tests;
using test::program_result;
using test::read_all;
using test::says;
using test::scratch;
using test::snapcheck;

program_result judge(std::string_view bytes, const std::string& options = {}) {
    const scratch place;
    const std::string name = place.file("recording");
    std::ofstream(name, std::ios::binary) << bytes;
    return snapcheck(place, "trace " + name + " " + options);
}

struct told {
    bool from_agent;
    std::size_t connection;
    std::string bytes; ///< "closed" for an end.

    friend bool operator==(const told&, const told&) = default;
    friend std::ostream& operator<<(std::ostream& out, const told& one) {
        return out << (one.from_agent ? "agent " : "orchestrator ") << one.connection << ' '
                   << one.bytes;
    }
};

std::vector<told> pieces_of(std::string_view capture, unsigned port = 0) {
    std::vector<told> all;
    rec::read_capture(capture, port, [&](const rec::piece& one) {
        all.push_back(
            {one.from_agent, one.connection, one.closed ? "closed" : std::string{one.bytes}});
    });
    return all;
}

void check_told(const std::vector<told>& got, const std::vector<told>& expected) {
    BOOST_TEST(got == expected, boost::test_tools::per_element());
}

// ---- byte lines ---------------------------------------------------------------------------------

std::string line(std::uint64_t at, std::string_view from, std::string_view json_text) {
    return "{\"at\":" + std::to_string(at) + ",\"from\":\"" + std::string{from} + "\",\"text\":\"" +
           std::string{json_text} + "\\n\"}\n";
}

const std::string freeze_asked =
    line(1000, "orchestrator", R"({\"execute\": \"guest-fsfreeze-freeze\"})");
const std::string thaw_asked =
    line(2'000'000, "orchestrator", R"({\"execute\": \"guest-fsfreeze-thaw\"})");

constexpr std::uint16_t client = 50000, other_client = 50002, server = 4444;
constexpr std::string_view ping = "{\"execute\": \"guest-ping\"}\n";
constexpr std::string_view pong = "{\"return\": {}}\n";

} // namespace

BOOST_AUTO_TEST_SUITE(recordings)

BOOST_AUTO_TEST_CASE(byte_lines_of_a_right_conversation_are_clean) {
    const auto run = judge(freeze_asked + line(2000, "agent", R"({\"return\": 2})") + thaw_asked +
                           line(3'000'000, "agent", R"({\"return\": 2})"));
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "2 lines to the agent and 2 from it: no clause"));
}

BOOST_AUTO_TEST_CASE(the_first_wrong_message_is_named_with_its_clause_and_what_is_allowed) {
    const scratch place;
    const auto run = judge(freeze_asked + line(2000, "agent", R"({\"return\": 2})") + thaw_asked +
                               line(3'000'000, "agent", R"({\"return\": 1})"),
                           "--report json=" + place.file("r.json"));
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "SP 25.1 broken by line 4, at 0.003 s"), run.out);
    BOOST_TEST(says(run.out, "returns 1, and the freeze had returned 2"), run.out);
    BOOST_TEST(says(run.out, "allowed: "), run.out);
    const std::string report = read_all(place.file("r.json"));
    BOOST_TEST(says(report, "\"25.1/trace\""), report);
}

BOOST_AUTO_TEST_CASE(after_a_synchronisation_nothing_is_put_down_to_noise_any_more) {
    const std::string sync =
        "{\"at\":0,\"from\":\"orchestrator\",\"hex\":\"ff\"}\n" +
        line(1, "orchestrator", R"({\"execute\": \"guest-sync\", \"arguments\": {\"id\": 7}})") +
        line(2, "agent", R"({\"error\": {\"class\": \"GenericError\", \"desc\": \"x\"}})") +
        line(3, "agent", R"({\"return\": 7})");
    BOOST_TEST(judge(sync).status == 0);
    const auto run =
        judge(sync + line(4, "orchestrator", R"({\"execute\": \"guest-fsfreeze-status\"})") +
              line(5, "agent", R"({\"error\": {\"class\": \"GenericError\", \"desc\": \"x\"}})"));
    BOOST_TEST(run.status == 1, run.out);
    BOOST_TEST(says(run.out, "broken by line 6"), run.out);
}

BOOST_AUTO_TEST_CASE(a_recording_may_begin_in_the_middle) {
    // A reply that nobody is seen to ask for, and a guest that is frozen already.
    const std::string begin =
        line(1, "agent", R"({\"return\": 2})") +
        line(2, "orchestrator", R"({\"execute\": \"guest-fsfreeze-status\"})") +
        line(3, "agent", R"({\"return\": \"frozen\"})") + thaw_asked +
        line(3'000'000, "agent", R"({\"return\": 2})");
    const auto run = judge(begin);
    BOOST_TEST(run.status == 0, run.out);
    const auto wrong = judge(
        begin + line(3'000'001, "orchestrator", R"({\"execute\": \"guest-fsfreeze-status\"})") +
        line(3'000'002, "agent", R"({\"return\": \"frozen\"})"));
    BOOST_TEST(says(wrong.out, "SP 23.5 broken by line 7"), wrong.out);
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_due_and_never_comes_is_missed) {
    const std::string asked = line(0, "orchestrator", R"({\"execute\": \"guest-ping\"})");
    BOOST_TEST(judge(asked).status == 0); // perhaps the recording was ended too early
    const auto run = judge(
        asked + "{\"at\":90000000000,\"connection\":9,\"from\":\"orchestrator\",\"hex\":\"\"}\n");
    BOOST_TEST(run.status == 1, run.out);
    BOOST_TEST(says(run.out, "broken by the end of the recording"), run.out);
}

BOOST_AUTO_TEST_CASE(byte_lines_that_are_wrong_give_2_and_say_what_is_allowed) {
    const auto refused = [](const std::string& text, std::string_view words) {
        const auto run = judge(text);
        BOOST_TEST(run.status == 2, text << run.out);
        BOOST_TEST(says(run.err, words), run.err);
    };
    const std::string first = freeze_asked;
    refused(first + "{\"at\":\n", "line 2: no JSON object");
    refused(first + "[]\n", "line 2: no JSON object");
    refused(first + R"({"at":-1,"from":"agent","hex":""})",
            "\"at\" is a whole number of 0 or more");
    refused(first + R"({"at":1,"from":"agent","hex":""})", "before that of the line above");
    refused(first + R"({"at":2000,"from":"me","hex":""})", "\"agent\" or \"orchestrator\"");
    refused(first + R"({"at":2000,"from":"agent","hex":"7"})", "two digits");
    refused(first + R"({"at":2000,"from":"agent","hex":"7g"})", "two digits");
    refused(first + R"({"at":2000,"from":"agent","text":7})", "\"text\" is a string");
    refused(first + R"({"at":2000,"from":"agent"})", "one of text, hex and closed");
    refused(first + R"({"at":2000,"from":"agent","hex":"","text":""})", "one of text, hex");
    refused(first + R"({"at":2000,"from":"agent","closed":false})", "true or is left out");
    refused(first + R"({"at":2000,"from":"agent","bytes":""})", "allowed are at, connection");
    const auto many = [](int connection) {
        return "{\"at\":5000,\"connection\":" + std::to_string(connection) +
               ",\"from\":\"orchestrator\",\"hex\":\"7b\"}\n";
    };
    refused(first + many(1) + many(2), "at 3 more than 2 connections");
    BOOST_TEST(says(judge(first, "--dialect hyperv").err, "qga and native"));
    BOOST_TEST(snapcheck(scratch{}, "trace /").status == 2);
}

BOOST_AUTO_TEST_CASE(what_socat_writes_is_read) {
    const std::string dump = "> 2026/11/27 02:39:45.000093612  length=26 from=0 to=25\n"
                             " ff 7b 22 65 78 65 63 75 74 65 22 3a 22 67 75 65 73 74 2d 70 69 6e "
                             "67 22 7d 0a\n"
                             "< 2026/11/27 02:39:45.000093727  length=15 from=0 to=14\n"
                             " 7b 22 72 65 74 75 72 6e 22 3a 20 7b 7d 7d 0a\n"
                             "--\n";
    const auto run = judge(dump);
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "1 lines to the agent and 1 from it"), run.out);
    std::vector<snapproto::duration> times;
    const auto note = [&](const rec::piece& one) { times.push_back(one.at.time_since_epoch()); };
    rec::read_socat_dump(dump, note);
    BOOST_TEST_REQUIRE(times.size() == 2U);
    BOOST_TEST((times[1] - times[0]).count() == 115'000); // microseconds, in nine digits
    times.clear();
    rec::read_socat_dump("> 2026/11/27 02:39:45.1  length=0 from=0 to=0\n"
                         "< 2026/11/27 02:39:46.500000001  length=0 from=0 to=0\n",
                         note);
    BOOST_TEST((times[1] - times[0]).count() == 1'500'000'000);
    // Another client: it begins to count anew.
    std::vector<std::size_t> connections;
    rec::read_socat_dump(dump + dump, [&](const rec::piece& one) {
        connections.push_back(one.closed ? 99 : one.connection);
    });
    BOOST_TEST(connections == (std::vector<std::size_t>{0, 0, 99, 1, 1}),
               boost::test_tools::per_element());

    BOOST_TEST(says(judge("> 2026/13/27 02:39:45.0  length=1 from=0 to=0\n").err, "line 1: not"));
    BOOST_TEST(says(judge("> yesterday\n").err, "line 1: not '> YYYY"));
    BOOST_TEST(says(judge(dump + "{\"return\"\n").err, "without -v"));
    BOOST_TEST(says(judge(dump.substr(0, 80)).err, "and length=26"));
}

BOOST_AUTO_TEST_CASE(captures_of_snapsim_say_which_way_each_packet_went) {
    for (const bool high_first : {false, true}) {
        const std::string_view nanoseconds{"\x09\0\0\0\0\0\0\0", 8};
        const std::string option =
            number_writer{high_first}.number(std::uint16_t{9}).number(std::uint16_t{1}).bytes() +
            std::string{nanoseconds};
        const std::string begin = pcapng_begin(high_first, 147, option);
        const std::string capture = begin + pcapng_packet(high_first, 5'000'000'000, ping, 2) +
                                    pcapng_packet(high_first, 5'000'000'500, pong, 1);
        check_told(pieces_of(capture),
                   {{false, 0, std::string{ping}}, {true, 0, std::string{pong}}});
        const auto run = judge(capture);
        BOOST_TEST(run.status == 0, run.out << run.err);
        const auto wrong = judge(begin + pcapng_packet(high_first, 5, ping, 2) +
                                 pcapng_packet(high_first, 6, "{\"return\": 1}\n", 1));
        BOOST_TEST(says(wrong.out, "SP 21.1 broken by packet 2"), wrong.out);
        BOOST_TEST(says(judge(begin + pcapng_packet(high_first, 5, ping)).err, "which way"));
        for (std::size_t size = begin.size() + 1; size < capture.size(); ++size) {
            const auto cut = capture.substr(0, size);
            if (size != begin.size() + pcapng_packet(high_first, 1, ping, 2).size()) {
                BOOST_CHECK_THROW(pieces_of(cut), rec::unreadable);
            }
        }
    }
    BOOST_TEST(says(judge(pcapng_begin(false, 230, {}) + pcapng_packet(false, 1, ping)).err,
                    "link type 230"));
    BOOST_TEST(
        says(judge(number_writer{}.number(std::uint32_t{0x0a0d0d0a}).bytes()).err, "byte 0: "));
}

BOOST_AUTO_TEST_CASE(a_connection_of_tcp_is_put_together_from_its_packets) {
    const std::string half{ping.substr(0, 9)};
    const std::string rest{ping.substr(9)};
    const std::uint32_t begin = 0xfffffffc; // its numbers go round within the first request
    for (const bool high_first : {false, true}) {
        const std::string capture = pcap(
            {
                frame(client, server, begin - 1, syn, ""),
                frame(server, client, 100, syn | ack, ""),
                frame(client, server, begin - 1, ack, "k"), // keeps the connection alive
                frame(client, server, begin + 9, ack, rest),
                frame(client, server, begin, ack, half),
                frame(client, server, begin, ack, half), // sent twice
                frame(client, server, begin + 4, ack, ping.substr(4)),
                frame(server, client, 101, ack, pong),
                frame(client, server, begin + 25, fin | ack, ""),
                frame(server, client, 116, fin | ack, ""),
                frame(server, client, 116, fin | ack, ""),
                frame(client, server, 77, syn, ""),
                frame(client, server, 78, ack, ping),
                frame(server, client, 9, rst, ""),
            },
            high_first);
        check_told(pieces_of(capture, server), {{false, 0, half},
                                                {false, 0, rest},
                                                {true, 0, std::string{pong}},
                                                {true, 0, "closed"},
                                                {false, 1, std::string{ping}},
                                                {true, 1, "closed"}});
        BOOST_TEST(judge(capture).status == 0);
        BOOST_TEST(pieces_of(capture, 1).empty());
    }
}

BOOST_AUTO_TEST_CASE(connections_beside_each_other_are_kept_apart) {
    const std::string capture = pcap({
        frame(client, server, 1, ack, ping),
        frame(other_client, server, 1, ack, ping),
        frame(server, other_client, 1, ack, pong),
        frame(server, client, 1, ack, pong),
    });
    check_told(pieces_of(capture), {{false, 0, std::string{ping}},
                                    {false, 1, std::string{ping}},
                                    {true, 1, std::string{pong}},
                                    {true, 0, std::string{pong}}});
    BOOST_TEST(judge(capture).status == 0);
    check_told(pieces_of(capture, client),
               {{false, 0, std::string{ping}}, {true, 0, std::string{pong}}});
}

BOOST_AUTO_TEST_CASE(captures_that_lack_something_are_refused) {
    const auto lost = judge(pcap({frame(client, server, 1, ack, ping), //
                                  frame(client, server, 40, ack, ping)}));
    BOOST_TEST(lost.status == 2);
    BOOST_TEST(says(lost.err, "packets before it are missing"), lost.err);
    const auto cut = judge(pcap({frame(client, server, 1, ack, ping)}, false, 30));
    BOOST_TEST(says(cut.err, "packet 1 was recorded in part"), cut.err);
    const std::string whole = pcap({frame(client, server, 1, ack, ping)});
    BOOST_TEST(says(judge(whole.substr(0, whole.size() - 1)).err, "in the middle of packet 1"));
    BOOST_TEST(says(judge(whole.substr(0, 20)).err, "ends in its header"));
    // What is no TCP is not looked at, however it is cut.
    for (std::size_t size = 0; size < 60; ++size) {
        const std::string some = frame(client, server, 1, ack, "").substr(0, size);
        BOOST_TEST(pieces_of(pcap({some})).empty());
    }
}

BOOST_AUTO_TEST_CASE(bytes_of_the_native_dialect_are_judged_by_the_monitors) {
    const auto encoded = [](const any_message& message) {
        std::string bytes;
        codec::container_sink sink{bytes};
        native::encode(sink, message);
        std::string hex;
        for (const char c : bytes) {
            constexpr std::string_view digits = "0123456789abcdef";
            hex += digits[static_cast<unsigned char>(c) >> 4];
            hex += digits[static_cast<unsigned char>(c) & 15U];
        }
        return hex;
    };
    const auto said = [](std::uint64_t at, std::string_view from, const std::string& hex) {
        return "{\"at\":" + std::to_string(at) + ",\"from\":\"" + std::string{from} +
               "\",\"hex\":\"" + hex + "\"}\n";
    };
    const message_header header{.session = {5}, .txn = {9}, .seq = {1}};
    freeze_request freeze;
    freeze.header = header;
    freeze.hold_limit = std::chrono::seconds{10};
    frozen_report frozen;
    frozen.header = header;
    frozen.held = 1;
    const std::string without_hello =
        said(1, "orchestrator", encoded(freeze)) + said(2, "agent", encoded(frozen));
    const auto run = judge(without_hello, "--dialect native");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "SP 18.13 broken by record"), run.out);
    BOOST_TEST(says(run.out, "(line 1)"), run.out);
    BOOST_TEST(says(run.out, "seen from the orchestrator's end"), run.out);
    const auto garbage = judge(said(1, "agent", "ffffffffff"), "--dialect native");
    BOOST_TEST(garbage.status != 2, garbage.err);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
