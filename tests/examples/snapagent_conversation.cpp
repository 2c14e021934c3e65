// SPDX-License-Identifier: BSL-1.0
// What the dialects of snapagent make of clients that come and go.
#include "examples/linux_agent/conversation.hpp"

#include <snapproto/codec/sink.hpp>
#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapagent {
namespace {

using namespace snapproto;
using namespace std::chrono_literals;
using machine::participant_event;

constexpr instant start{1h};

settings with(std::string dialect) {
    settings made;
    made.dialect = std::move(dialect);
    made.hold_limit_s = 3;
    return made;
}

/// The endpoint of a dialect, and what it wanted.
struct spoken {
    explicit spoken(const std::string& dialect) : it(make_conversation(with(dialect))) {}

    void drain() {
        for (;;) {
            auto next = it->poll();
            if (const auto* bytes = std::get_if<endpoint::transmit_bytes>(&next)) {
                to[bytes->client] += bytes->bytes;
            } else if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
                due = until->at;
                return;
            } else {
                wanted.push_back(std::move(next));
            }
        }
    }

    /// The last thing that was wanted, if it is that.
    template <class Wish>
    const Wish* last() const {
        return wanted.empty() ? nullptr : std::get_if<Wish>(&wanted.back());
    }

    // The native dialect.

    void say(conversation::client_id client, const any_message& message, bool behind_mark = false) {
        std::string bytes;
        codec::container_sink sink{bytes};
        if (behind_mark) {
            native::encode_mark(sink);
        }
        native::encode(sink, message);
        BOOST_TEST(it->receive(client, as_bytes(std::string_view{bytes}), start) == bytes.size());
        drain();
    }
    void greet(conversation::client_id client, session_id session) {
        BOOST_TEST(it->client_connected(client, start));
        drain();
        hello first;
        first.header = {session, {}, {1}};
        first.versions = {native::version};
        first.wanted = native::capabilities;
        say(client, first, true);
    }
    /// The messages that a client has got.
    std::vector<any_message> got(conversation::client_id client) {
        std::vector<any_message> all;
        native::decoder decoder{native::direction::reports};
        byte_view left = as_bytes(std::string_view{to[client]});
        while (!left.empty()) {
            left = left.subspan(decoder.feed(left));
            if (const auto one = decoder.next(); one.has_value()) {
                all.push_back(**one);
            }
        }
        return all;
    }
    /// One filesystem, frozen for this client by implicit prepare.
    void freeze(conversation::client_id client, session_id session, txn_id txn) {
        freeze_request request;
        request.header = {session, txn, {2}};
        say(client, request);
        BOOST_REQUIRE(last<endpoint::find_participants>() != nullptr);
        const std::vector<participant_summary> found{{"/srv", participant_kind::filesystem}};
        it->participants_found(found, start);
        drain();
        answer(endpoint::operation::prepare, participant_event::prepared);
        answer(endpoint::operation::hold, participant_event::held);
        BOOST_TEST(it->may_hold_a_filesystem());
    }
    void answer(endpoint::operation asked, participant_event what) {
        BOOST_REQUIRE(last<endpoint::operate>() != nullptr);
        BOOST_TEST((last<endpoint::operate>()->what == asked));
        it->participant_answered(0, what, start, "");
        drain();
    }

    std::unique_ptr<conversation> it;
    std::map<conversation::client_id, std::string> to;
    std::vector<conversation::output> wanted;
    instant due = never;
};

constexpr session_id first_session{7};
constexpr session_id second_session{8};
constexpr txn_id txn{5};

} // namespace

BOOST_AUTO_TEST_SUITE(conversations_of_snapagent)

BOOST_AUTO_TEST_CASE(qga_serves_clients_beside_each_other) {
    spoken agent("qga");
    BOOST_TEST(agent.it->client_connected(1, start));
    BOOST_TEST(agent.it->client_connected(2, start));
    const std::string_view ping = "{\"execute\":\"guest-ping\"}\n";
    for (const conversation::client_id client : {1U, 2U}) {
        BOOST_TEST(agent.it->receive(client, as_bytes(ping), start) == ping.size());
        agent.drain();
        BOOST_TEST(agent.to[client] == "{\"return\": {}}\n");
        BOOST_TEST(agent.it->input_ended(client, start));
        agent.drain();
    }
    BOOST_TEST(agent.wanted.empty());
}

BOOST_AUTO_TEST_CASE(native_states_the_hold_limit_of_the_settings) {
    spoken agent("native");
    agent.greet(1, first_session);
    const auto got = agent.got(1);
    BOOST_TEST_REQUIRE(got.size() == 1U);
    const auto* const ack = std::get_if<hello_ack>(&got.front());
    BOOST_TEST_REQUIRE(ack != nullptr);
    BOOST_TEST((ack->hold_max == 3s));
    agent.freeze(1, first_session, txn);
    BOOST_TEST((agent.due <= start + 3s));
}

BOOST_AUTO_TEST_CASE(a_new_native_client_ends_the_former_and_its_hold) {
    spoken agent("native");
    agent.greet(1, first_session);
    agent.freeze(1, first_session, txn);
    agent.wanted.clear();
    BOOST_TEST(agent.it->client_connected(2, start));
    agent.drain();
    BOOST_TEST_REQUIRE(agent.wanted.size() == 2U);
    const auto* const closed = std::get_if<conversation::close_client>(&agent.wanted.front());
    BOOST_TEST_REQUIRE(closed != nullptr);
    BOOST_TEST(closed->client == 1U);
    agent.answer(endpoint::operation::release, participant_event::released);
    BOOST_TEST(!agent.it->may_hold_a_filesystem());
    // What the former says late is read by nobody, and its end ends nothing.
    const std::string noise(100, 'x');
    const auto before = agent.to;
    BOOST_TEST(agent.it->receive(1, as_bytes(std::string_view{noise}), start) == noise.size());
    agent.it->client_gone(1, start);
    agent.drain();
    BOOST_TEST((agent.to == before));
    hello again;
    again.header = {second_session, {}, {1}};
    again.versions = {native::version};
    agent.say(2, again, true);
    const auto got = agent.got(2);
    BOOST_TEST_REQUIRE(!got.empty());
    BOOST_TEST(std::holds_alternative<hello_ack>(got.back()));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_native_client_releases_at_once) {
    spoken agent("native");
    agent.greet(1, first_session);
    agent.freeze(1, first_session, txn);
    BOOST_TEST(agent.it->input_ended(1, start));
    agent.drain();
    agent.it->client_gone(1, start);
    agent.drain();
    agent.answer(endpoint::operation::release, participant_event::released);
    BOOST_TEST(!agent.it->may_hold_a_filesystem());
}

BOOST_AUTO_TEST_CASE(what_is_adopted_is_released_for_the_first_native_hello) {
    spoken agent("native");
    const std::vector<participant_summary> held{{"/srv", participant_kind::filesystem}};
    agent.it->adopt(held, start);
    agent.drain();
    BOOST_TEST(agent.it->may_hold_a_filesystem());
    BOOST_TEST((agent.due == start + 3s));
    agent.greet(1, first_session);
    BOOST_TEST(agent.got(1).empty()); // the answer promises that nothing is held
    agent.answer(endpoint::operation::release, participant_event::released);
    const auto got = agent.got(1);
    BOOST_TEST_REQUIRE(got.size() == 1U);
    BOOST_TEST(std::holds_alternative<hello_ack>(got.front()));
}

BOOST_AUTO_TEST_CASE(a_native_agent_that_is_told_to_end_closes_and_ends) {
    spoken agent("native");
    agent.greet(1, first_session);
    agent.it->stop(start);
    agent.drain();
    bool closed = false;
    bool ended = false;
    for (const auto& one : agent.wanted) {
        closed = closed || std::holds_alternative<conversation::close_client>(one);
        ended = ended || std::holds_alternative<endpoint::exit_process>(one);
    }
    BOOST_TEST(ended);
    BOOST_TEST_MESSAGE("closed: " << closed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapagent
