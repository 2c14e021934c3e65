// SPDX-License-Identifier: BSL-1.0
#include "conformance/qga_client.hpp"

#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace snapproto::conformance {
namespace {

using test::scripted_target;
using test::small_agent;

struct bench {
    explicit bench(test::script peer)
        : agent(std::move(peer)),
          time(agent, std::chrono::seconds(60), 1.0),
          client(agent.connect(std::chrono::seconds(1)), agent, time, log, "first", 7) {}

    scripted_target agent;
    budget time;
    transcript log;
    qga_client client;
};

/// Answers the first bytes with this text and the later ones with nothing.
test::script once(std::string text) {
    return [text = std::move(text)](std::string& in) mutable -> std::optional<std::string> {
        in.clear();
        return std::exchange(text, {});
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_wire_driver)

BOOST_AUTO_TEST_CASE(replies_are_taken_apart) {
    const reply value = parse_reply("{\"return\": 3, \"id\": null}");
    BOOST_TEST(value.returns(3));
    BOOST_TEST(!value.returns(4));
    BOOST_REQUIRE(value.id.has_value());
    BOOST_TEST(value.id->is_null());
    const reply error = parse_reply("{\"error\": {\"class\": \"C\", \"desc\": \"why\"}}");
    BOOST_TEST(error.is_error());
    BOOST_TEST(error.error_class == "C");
    BOOST_TEST(error.error_words == "why");
    BOOST_TEST(!error.id.has_value());
    BOOST_TEST(parse_reply("{\"return\": \"thawed\"}\r").returns("thawed"));
    BOOST_TEST(!parse_reply("{\"return\": 3.0}").number().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_reply_says_why) {
    for (const char* line :
         {"", " ", "hello", "42", "[]", "{}", "{\"return\": 1, \"error\": {}}",
          "{\"error\": \"words\"}", "{\"error\": {\"class\": \"C\"}}", "{\"return\": 1} x"}) {
        const reply one = parse_reply(line);
        BOOST_CHECK(one.kind == reply_kind::unreadable);
        BOOST_TEST(!one.unreadable_because.empty());
        BOOST_TEST(!one.words().empty());
    }
}

BOOST_AUTO_TEST_CASE(sentinels_are_counted_before_and_inside_a_line) {
    const reply good = parse_reply("\xFF\xFF{\"return\": 1}");
    BOOST_TEST(good.sentinels == 2U);
    BOOST_TEST(good.stray_sentinels == 0U);
    BOOST_TEST(good.returns(1));
    const reply cut = parse_reply("{\"retu\xFF{\"return\": 1}");
    BOOST_TEST(cut.sentinels == 0U);
    BOOST_TEST(cut.stray_sentinels == 1U);
    BOOST_CHECK(cut.kind == reply_kind::unreadable);
}

BOOST_AUTO_TEST_CASE(a_request_has_only_what_was_given) {
    BOOST_TEST(qga_client::request("a") == "{\"execute\":\"a\"}\n");
    BOOST_TEST(
        qga_client::request("a", boost::json::object{{"x", 1}}, boost::json::value(nullptr)) ==
        "{\"execute\":\"a\",\"arguments\":{\"x\":1},\"id\":null}\n");
}

BOOST_AUTO_TEST_CASE(a_call_to_a_right_agent_returns_its_value) {
    bench it{small_agent{}};
    BOOST_TEST(it.client.sync());
    BOOST_TEST(it.client.discarded().empty());
    BOOST_TEST(it.client.sync_plain());
    BOOST_TEST(it.client.call("guest-fsfreeze-status").returns("thawed"));
    const reply echoed = it.client.call("guest-ping", nullptr, {.id = boost::json::value("x")});
    BOOST_REQUIRE(echoed.id.has_value());
    BOOST_TEST(echoed.id->as_string() == "x");
    BOOST_TEST(it.client.call("nonsense").error_class == "CommandNotFound");
    BOOST_TEST(it.client.silent_for(std::chrono::seconds(1)));
}

BOOST_AUTO_TEST_CASE(sync_reads_past_old_replies_and_a_reply_cut_short) {
    small_agent right;
    bool first = true;
    bench it([&](std::string& in) -> std::optional<std::string> {
        std::string out = *right(in);
        if (std::exchange(first, false)) {
            out =
                "{\"return\": {}}\n{\"error\": {\"class\": \"C\", \"desc\": \"d\"}}\n{\"ret" + out;
        }
        return out;
    });
    BOOST_TEST(it.client.sync());
    BOOST_TEST(it.client.discarded().size() == 2U);
}

BOOST_AUTO_TEST_CASE(sync_needs_the_sentinel_and_the_right_id) {
    // The right id without the sentinel, then with another id: both must not do.
    bench without([](std::string& in) -> std::optional<std::string> {
        const auto id = in.find("\"id\":");
        const std::string number = in.substr(id + 5, in.find('}', id) - id - 5);
        in.clear();
        return "{\"return\": " + number + "}\n";
    });
    BOOST_TEST(!without.client.sync());
    BOOST_TEST(without.client.sync_plain());
    bench wrong([](std::string& in) -> std::optional<std::string> {
        in.clear();
        return "\xFF{\"return\": 5}\n";
    });
    BOOST_TEST(!wrong.client.sync());
}

BOOST_AUTO_TEST_CASE(silence_a_half_line_and_an_end_are_told_apart) {
    bench silent(once(""));
    const reply nothing = silent.client.call("guest-ping");
    BOOST_CHECK(nothing.kind == reply_kind::none);
    BOOST_TEST(nothing.raw.empty());
    BOOST_CHECK(nothing.waited >= std::chrono::seconds(5));
    bench half(once("{\"return\""));
    const reply part = half.client.call("guest-ping");
    BOOST_CHECK(part.kind == reply_kind::none);
    BOOST_TEST(part.raw == "{\"return\"");
    BOOST_TEST(half.client.unread() == "{\"return\"");
    bench gone([](std::string&) { return std::nullopt; });
    BOOST_CHECK(gone.client.call("guest-ping").kind == reply_kind::closed);
    BOOST_TEST(!gone.client.is_open());
    BOOST_CHECK(gone.client.send("x").status == send_status::closed);
}

BOOST_AUTO_TEST_CASE(coalesced_replies_are_read_one_by_one) {
    bench it(once("{\"return\": 1}\n{\"return\": 2}\n\n{\"return\": 3}\n"));
    it.client.send("x");
    const auto lines = it.client.read_all(std::chrono::milliseconds(10));
    BOOST_REQUIRE(lines.size() == 4U);
    BOOST_TEST(lines[1].returns(2));
    BOOST_CHECK(lines[2].kind == reply_kind::unreadable);
}

BOOST_AUTO_TEST_CASE(no_wait_outlives_the_check) {
    bench silent(once(""));
    for (int i = 0; i < 10; ++i) {
        (void)silent.client.read(std::chrono::seconds(5));
        silent.agent.sleep_for(std::chrono::seconds(1));
    }
    BOOST_CHECK_THROW((void)silent.client.read(std::chrono::seconds(5)), out_of_time);
    BOOST_CHECK(silent.agent.now() <= instant(std::chrono::seconds(61)));
}

BOOST_AUTO_TEST_CASE(bytes_without_end_and_without_a_line_are_late_too) {
    // A byte every 100 ms, for ever.
    struct dripping final : channel {
        explicit dripping(scripted_target& clock) : agent(clock) {}
        send_result send(std::string_view bytes, duration) override {
            return {send_status::complete, bytes.size()};
        }
        receive_result receive(duration) override {
            agent.sleep_for(std::chrono::milliseconds(100));
            return {receive_status::data, "x"};
        }
        bool half_close() override { return false; }
        void close() override {}
        scripted_target& agent;
    };
    scripted_target agent(once(""));
    budget time(agent, std::chrono::seconds(60), 1.0);
    transcript log;
    qga_client client(std::make_unique<dripping>(agent), agent, time, log, "first", 7);
    const reply late = client.call("guest-ping");
    BOOST_CHECK(late.kind == reply_kind::none);
    BOOST_TEST(late.raw.size() == 50U);
    BOOST_CHECK(agent.now() < instant(std::chrono::seconds(6)));
}

BOOST_AUTO_TEST_CASE(a_flood_of_lines_is_read_in_time_and_kept_in_part) {
    std::string flood;
    for (int i = 0; i < 30'000; ++i) {
        flood += "{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + std::to_string(i) +
                 std::string(60, '.') + "\"}}\n";
    }
    bench it(once(flood));
    it.client.send("x");
    const auto lines = it.client.read_all(std::chrono::milliseconds(10));
    BOOST_REQUIRE(lines.size() == 30'000U);
    BOOST_TEST(lines.back().error_words.starts_with("29999."));
    const auto entries = it.log.entries();
    BOOST_TEST(entries.size() == 2 * transcript::half_max + 1);
    BOOST_TEST(it.log.dropped() == 30'002 - 2 * transcript::half_max);
    BOOST_TEST(entries[transcript::half_max].text.find("are left out here") != std::string::npos);
    BOOST_TEST(entries.back().text.find("29999.") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_transcript_holds_what_went_over_the_wire) {
    bench it{small_agent{}};
    (void)it.client.call("guest-ping");
    const auto entries = it.log.entries();
    BOOST_REQUIRE(entries.size() == 3U);
    BOOST_TEST(entries[1].message);
    BOOST_TEST(entries[1].text == "{\"execute\":\"guest-ping\"}\\n");
    BOOST_CHECK(entries[2].from == lane::agent);
    BOOST_TEST(printable("a\x01\xC3\xA4\xFF\n") == "a\\x01\xC3\xA4\\xFF\\n");
    BOOST_TEST(printable("abcdef", 3) == "abc… (6 bytes)");
    BOOST_TEST(printable_lines("a\nb\x02\n") == "a\nb\\x02\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
