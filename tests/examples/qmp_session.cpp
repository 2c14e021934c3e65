// SPDX-License-Identifier: BSL-1.0
#include "examples/qemu_orchestrator/qmp_session.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace snaptake {
namespace {

constexpr std::string_view greeting =
    "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7}}, \"capabilities\": [\"oob\"]}}\r\n";

/// Outputs as words, one a line.
std::string told(qmp_session& by) {
    std::string words;
    for (auto next = by.poll(); next.index() != 0; next = by.poll()) {
        if (const auto* reply = std::get_if<qmp_reply>(&next)) {
            words += std::to_string(reply->id) +
                     (reply->ok ? " returns " + boost::json::serialize(reply->value)
                                : " fails: " + reply->why);
        } else if (const auto* event = std::get_if<qmp_event>(&next)) {
            words += "event " + event->name + " " + boost::json::serialize(event->data);
        } else if (const auto* broken = std::get_if<qmp_broken>(&next)) {
            words += "broken: " + broken->why;
        } else {
            words += "ready";
        }
        words += "\n";
    }
    return words;
}

/// A session whose negotiation is over; its ids go on from 1.
struct open_session : qmp_session {
    open_session() {
        connected();
        receive(greeting);
        receive(R"({"return": {}, "id": 1})");
        BOOST_TEST(told(*this) == "ready\n");
        (void)take_bytes();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(qmp)

BOOST_AUTO_TEST_CASE(it_negotiates_when_it_is_greeted_and_not_before) {
    qmp_session one;
    one.connected();
    BOOST_TEST(one.take_bytes().empty());
    one.receive(greeting);
    BOOST_TEST(one.take_bytes() == "{\"execute\":\"qmp_capabilities\",\"id\":1}\r\n");
    BOOST_TEST(!one.ready());
    one.receive("{\"return\": {}, \"id\": 1}\r\n");
    BOOST_TEST(one.ready());
    BOOST_TEST(told(one) == "ready\n");
}

BOOST_AUTO_TEST_CASE(commands_are_numbered_and_replies_have_their_numbers) {
    open_session one;
    BOOST_TEST(one.ask("query-block") == 2U);
    BOOST_TEST(one.ask("job-cancel", {{"id", "a"}}) == 3U);
    BOOST_TEST(one.take_bytes() ==
               "{\"execute\":\"query-block\",\"id\":2}\r\n"
               "{\"execute\":\"job-cancel\",\"id\":3,\"arguments\":{\"id\":\"a\"}}\r\n");
    one.receive("{\"id\": 3, \"error\": {\"class\": \"GenericError\", \"desc\": \"no job\"}}\r\n"
                "{\"return\": [1], \"id\": 2}\r\n");
    BOOST_TEST(told(one) == "3 fails: no job\n2 returns [1]\n");
}

BOOST_AUTO_TEST_CASE(events_come_between_replies) {
    open_session one;
    one.receive(R"({"timestamp": {"seconds": 1}, "event": "STOP"})"
                R"({"event": "JOB_STATUS_CHANGE", "data": {"id": "j"}}{"return": {}, "id": 7})");
    BOOST_TEST(told(one) ==
               "event STOP {}\nevent JOB_STATUS_CHANGE {\"id\":\"j\"}\n7 returns {}\n");
}

BOOST_AUTO_TEST_CASE(bytes_may_come_one_by_one_and_messages_may_be_written_for_people) {
    const std::string all = std::string(greeting) +
                            "\r\n\r\n{\n    \"return\": {\n    },\n    \"id\": "
                            "1\n}\n {\n  \"event\":\n \"RESUME\"\n}\n";
    qmp_session whole;
    whole.connected();
    whole.receive(all);
    qmp_session piecewise;
    piecewise.connected();
    for (const char one : all) {
        piecewise.receive({&one, 1});
    }
    const std::string words = told(whole);
    BOOST_TEST(words == "ready\nevent RESUME {}\n");
    BOOST_TEST(told(piecewise) == words);
}

BOOST_AUTO_TEST_CASE(a_new_connection_forgets_half_a_message) {
    open_session one;
    one.receive(R"({"return": {"half)");
    one.connected();
    BOOST_TEST(!one.ready());
    one.receive(greeting);
    BOOST_TEST(one.take_bytes() == "{\"execute\":\"qmp_capabilities\",\"id\":2}\r\n");
    BOOST_TEST(told(one).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_qmp_breaks_it_once) {
    const auto breaks = [](std::string_view bytes, std::string_view words) {
        open_session one;
        one.receive(bytes);
        const std::string said = told(one);
        BOOST_TEST(said.starts_with("broken: "), said);
        BOOST_TEST((said.find(words) != std::string::npos), said);
        BOOST_TEST(!one.ready());
        one.receive(R"({"return": {}, "id": 2})");
        BOOST_TEST(told(one).empty());
    };
    breaks("HTTP/1.1 400 Bad Request\r\n", "no JSON");
    breaks("[1]", "no object");
    breaks(R"({"id": 2})", "neither reply nor event");
    breaks(R"({"return": {}, "error": {}, "id": 2})", "neither reply nor event");
    breaks(R"({"error": {"desc": "JSON parse error"}})", "JSON parse error");
    breaks(R"({"return": {}, "id": "mine"})", "no command of ours");
    breaks(std::string(qmp_session::nesting_max + 2, '['), "no JSON");
    breaks("{\"return\": \"" + std::string(qmp_session::message_bytes_max, 'x'), "more than");
}

BOOST_AUTO_TEST_CASE(images_that_lie_deep_in_a_chain_are_taken) {
    open_session one;
    std::string nested = "1";
    for (int i = 0; i < 200; ++i) {
        nested = "{\"backing-image\": " + nested + "}";
    }
    one.receive("{\"return\": " + nested + ", \"id\": 2}");
    BOOST_TEST(told(one).starts_with("2 returns {"));
}

BOOST_AUTO_TEST_CASE(whoever_does_not_greet_or_refuses_is_no_monitor) {
    qmp_session agent;
    agent.connected();
    agent.receive(R"({"return": {}})");
    BOOST_TEST(told(agent) == "broken: the monitor does not greet as QMP does\n");
    qmp_session refuses;
    refuses.connected();
    refuses.receive(greeting);
    refuses.receive(R"({"error": {"class": "GenericError", "desc": "no"}, "id": 1})");
    BOOST_TEST(told(refuses) == "broken: the monitor refuses the negotiation: no\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snaptake
