// SPDX-License-Identifier: BSL-1.0
// What an orchestrator owes a QEMU guest agent, seen in the bytes that it sends and in what it
// believes of the replies: SP 22.10 to 22.12, SP 29.9 to 29.23.
#include <snapproto/endpoint/qga_link.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace snapproto;
using namespace snapproto::endpoint;
using std::chrono::seconds;

namespace {

// A link with nobody at the other end: the test answers for the guest.
struct bench {
    bench() { link.channel_up(); }

    void drain() {
        for (;;) {
            auto next = link.poll();
            if (const auto* at = std::get_if<deadline>(&next)) {
                due = at->at;
                return;
            }
            if (auto* out = std::get_if<link_bytes>(&next)) {
                sent += out->bytes;
            } else {
                answers.push_back(std::move(std::get<link_answer>(next)));
            }
        }
    }
    template <class Message>
    void ask(Message message, txn_id txn = {}) {
        message.header = {{3}, txn, {++seq}};
        link.ask(message, now);
        drain();
    }
    void say(std::string_view bytes) {
        link.receive(as_bytes(bytes), now);
        drain();
    }
    void timeout() {
        now = due;
        link.handle_timeout(now);
        drain();
    }
    /// What was sent since the last call.
    std::string take() { return std::exchange(sent, {}); }
    /// The number behind `"id": ` in what was sent.
    static std::string id_in(const std::string& bytes) {
        const auto at = bytes.rfind("\"id\": ");
        BOOST_REQUIRE(at != std::string::npos);
        const auto begin = at + 6;
        return bytes.substr(begin, bytes.find_first_not_of("-0123456789", begin) - begin);
    }
    /// Answers the synchronisation that must have been sent.
    std::string synchronise() {
        const auto bytes = take();
        BOOST_REQUIRE(bytes.find("guest-sync-delimited") != std::string::npos);
        const auto id = id_in(bytes);
        say("\xff{\"return\": " + id + "}\n");
        return id;
    }
    /// Answers the command that must have been sent.
    void reply(std::string_view command, std::string_view value) {
        const auto bytes = take();
        BOOST_REQUIRE_MESSAGE(bytes.find(command) != std::string::npos,
                              command << " is not in " << bytes);
        say("{\"return\": " + std::string{value} + ", \"id\": " + id_in(bytes) + "}\n");
    }
    void open() {
        ask(hello{});
        synchronise();
        reply("guest-info", information);
        BOOST_REQUIRE((last<hello_ack>() != nullptr));
    }
    void freeze(std::string_view count) {
        ask(freeze_request{}, {7});
        reply("guest-fsfreeze-status", "\"thawed\"");
        reply("guest-fsfreeze-freeze", count);
    }
    template <class Message>
    const Message* last() const {
        return answers.empty() ? nullptr : std::get_if<Message>(&answers.back().message);
    }
    verdict verdict_after_thaw(std::string_view reply_to_thaw) {
        ask(thaw_request{}, {7});
        reply("guest-fsfreeze-thaw", reply_to_thaw);
        while (last<thawed_report>() == nullptr && !sent.empty()) {
            reply("guest-fsfreeze-status", "\"thawed\"");
        }
        BOOST_REQUIRE((last<thawed_report>() != nullptr));
        return last<thawed_report>()->outcome;
    }

    static constexpr std::string_view information =
        "{\"version\": \"7.2\", \"supported_commands\": ["
        "{\"name\": \"guest-fsfreeze-freeze\", \"enabled\": true, \"success-response\": true}, "
        "{\"name\": \"guest-fsfreeze-thaw\", \"enabled\": true, \"success-response\": true}]}";

    qga_link link;
    std::string sent;
    std::vector<link_answer> answers;
    std::uint64_t seq = 0;
    instant now{seconds{100}};
    instant due = never;
};

} // namespace

// SP 22.10, 22.12
BOOST_AUTO_TEST_CASE(the_sentinel_and_a_synchronisation_come_before_the_first_command) {
    bench b;
    b.ask(hello{});
    BOOST_TEST(b.sent.starts_with("\xff{\"execute\": \"guest-sync-delimited\""));
    BOOST_TEST(b.sent.find("guest-info") == std::string::npos);
    b.synchronise();
    BOOST_TEST(b.sent.find("guest-info") != std::string::npos);
}

// SP 3.17, 22.10, 22.11, 29.11
BOOST_AUTO_TEST_CASE(after_silence_only_the_reply_with_the_fresh_id_is_believed) {
    bench b;
    b.ask(hello{});
    std::set<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        ids.insert(bench::id_in(b.take()));
        b.timeout();
    }
    BOOST_TEST(ids.size() == 5U); // each one fresh
    // A late reply with an old id, noise, an error: none of them is the reply.
    b.say("\xff{\"return\": " + *ids.begin() +
          "}\nnoise\n{\"error\": {\"class\": \"GenericError\", "
          "\"desc\": \"x\"}}\n");
    BOOST_TEST(b.sent.find("guest-info") == std::string::npos);
    b.synchronise();
    b.reply("guest-info", bench::information);
    BOOST_TEST((b.last<hello_ack>() != nullptr));

    // The same after a command that was not answered: its late reply changes nothing.
    b.ask(freeze_request{}, {7});
    const auto status = bench::id_in(b.take());
    b.timeout();
    b.answers.clear();
    b.say("{\"return\": \"thawed\", \"id\": " + status + "}\n");
    BOOST_TEST(b.sent.find("guest-fsfreeze-freeze") == std::string::npos);
    BOOST_TEST(b.answers.empty());
}

// SP 29.9
BOOST_AUTO_TEST_CASE(freeze_stands_for_prepare_too) {
    bench b;
    b.open();
    BOOST_TEST(has(b.last<hello_ack>()->granted, capability::implicit_prepare));
    BOOST_TEST(!has(b.last<hello_ack>()->granted, capability::explicit_prepare));
    b.ask(prepare_request{}, {7});
    BOOST_REQUIRE((b.last<nak>() != nullptr));
    BOOST_TEST((b.last<nak>()->code == nak_code::unsupported));
    BOOST_TEST(b.sent.empty());
    b.freeze("2");
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST(b.last<frozen_report>()->held == 2U);
}

// SP 29.10
BOOST_AUTO_TEST_CASE(a_reply_with_another_id_is_not_the_reply) {
    bench b;
    b.open();
    b.ask(freeze_request{}, {7});
    b.reply("guest-fsfreeze-status", "\"thawed\"");
    b.answers.clear();
    b.say("{\"return\": 2, \"id\": 999999}\n{\"return\": 2}\n");
    BOOST_TEST(b.answers.empty());
    b.reply("guest-fsfreeze-freeze", "3");
    BOOST_REQUIRE((b.last<frozen_report>() != nullptr));
    BOOST_TEST(b.last<frozen_report>()->held == 3U);
}

// SP 29.12
BOOST_AUTO_TEST_CASE(the_verdict_is_clean_only_for_the_count_of_the_freeze) {
    for (const auto& [count, outcome] : {std::pair{"2", verdict::clean},
                                         {"1", verdict::early},
                                         {"0", verdict::early},
                                         {"3", verdict::none}}) {
        bench b;
        b.open();
        b.freeze("2");
        BOOST_TEST((b.verdict_after_thaw(count) == outcome), "thaw of " << count);
    }
}

// SP 29.13
BOOST_AUTO_TEST_CASE(a_freeze_of_nothing_is_never_clean) {
    bench b;
    b.open();
    b.freeze("0");
    BOOST_TEST((b.verdict_after_thaw("0") != verdict::clean));
    BOOST_TEST(!b.last<thawed_report>()->warnings.empty());
}

// SP 29.14
BOOST_AUTO_TEST_CASE(a_freeze_without_a_reply_is_given_up_when_the_window_closes) {
    bench b;
    b.open();
    b.ask(freeze_request{}, {7});
    b.reply("guest-fsfreeze-status", "\"thawed\"");
    const instant asked = b.now;
    b.timeout();
    BOOST_TEST((b.now == asked + seconds{8})); // a hold of 10 s and its margin of 20 %
    BOOST_REQUIRE((b.last<error_report>() != nullptr));
    BOOST_TEST((b.last<error_report>()->reason == verdict::expired));
    BOOST_TEST(b.link.possibly_frozen()); // SP 29.16
    b.take();
    b.ask(abort_request{}, {7});
    b.synchronise();
    BOOST_TEST(b.sent.find("guest-fsfreeze-thaw") != std::string::npos);
    b.reply("guest-fsfreeze-thaw", "2");
    b.reply("guest-fsfreeze-status", "\"thawed\"");
    BOOST_TEST((b.last<aborted_report>() != nullptr));
    BOOST_TEST(!b.link.possibly_frozen());
}

// SP 29.15, 29.20
BOOST_AUTO_TEST_CASE(a_channel_that_ends_in_the_hold_leaves_a_thaw_that_is_owed) {
    bench b;
    b.open();
    b.freeze("2");
    b.link.channel_lost();
    b.drain();
    BOOST_TEST(b.link.possibly_frozen()); // a lost connection is no thaw
    b.take();
    b.link.channel_up();
    b.ask(hello{});
    b.synchronise();
    b.reply("guest-info", bench::information);
    b.reply("guest-fsfreeze-status", "\"frozen\"");
    b.reply("guest-fsfreeze-thaw", "2");
    b.reply("guest-fsfreeze-status", "\"thawed\"");
    BOOST_TEST((b.last<hello_ack>() != nullptr));
    BOOST_TEST(!b.link.possibly_frozen());
    for (const link_answer& one : b.answers) {
        const auto* thawed = std::get_if<thawed_report>(&one.message);
        BOOST_TEST((thawed == nullptr || thawed->outcome != verdict::clean));
    }
}

// SP 29.18
BOOST_AUTO_TEST_CASE(a_thaw_that_fails_is_tried_until_the_status_is_thawed) {
    bench b;
    b.open();
    b.freeze("2");
    b.ask(thaw_request{}, {7});
    for (int i = 0; i < 3; ++i) {
        const auto bytes = b.take();
        BOOST_REQUIRE(bytes.find("guest-fsfreeze-thaw") != std::string::npos);
        b.say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": " +
              bench::id_in(bytes) + "}\n");
        b.reply("guest-fsfreeze-status", "\"frozen\"");
        BOOST_TEST(b.link.possibly_frozen());
        BOOST_TEST((b.last<thawed_report>() == nullptr));
        b.timeout();
    }
    b.reply("guest-fsfreeze-thaw", "2");
    if (!b.sent.empty()) {
        b.reply("guest-fsfreeze-status", "\"thawed\"");
    }
    BOOST_TEST((b.last<thawed_report>() != nullptr));
    BOOST_TEST(!b.link.possibly_frozen());
}

// SP 29.19
BOOST_AUTO_TEST_CASE(a_count_that_is_none_is_a_failure_and_a_thaw_is_owed) {
    for (const auto* count : {"\"2\"", "-1", "2.5", "{}", "null"}) {
        bench b;
        b.open();
        b.freeze(count);
        BOOST_TEST((b.last<error_report>() != nullptr), count);
        BOOST_TEST(b.link.possibly_frozen(), count);
    }
    bench b;
    b.open();
    b.ask(freeze_request{}, {7});
    b.reply("guest-fsfreeze-status", "7"); // a status that is no string
    BOOST_TEST((b.last<error_report>() != nullptr));
    BOOST_TEST(b.sent.find("guest-fsfreeze-freeze") == std::string::npos);
}

// SP 29.22
BOOST_AUTO_TEST_CASE(a_guest_that_cannot_be_thawed_is_not_frozen) {
    bench b;
    b.ask(hello{});
    b.synchronise();
    b.reply("guest-info", "{\"version\": \"7.2\", \"supported_commands\": ["
                          "{\"name\": \"guest-fsfreeze-freeze\", \"enabled\": true, "
                          "\"success-response\": true}, {\"name\": \"guest-fsfreeze-thaw\", "
                          "\"enabled\": false, \"success-response\": true}]}");
    BOOST_REQUIRE((b.last<hello_ack>() != nullptr));
    BOOST_TEST(!b.last<hello_ack>()->selected.has_value());
}

// SP 29.23
BOOST_AUTO_TEST_CASE(a_thaw_that_says_the_hold_was_too_long_is_expired) {
    bench b;
    b.open();
    b.freeze("2");
    b.ask(thaw_request{}, {7});
    const auto id = bench::id_in(b.take());
    b.say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"fsfreeze is limited up to 10 "
          "seconds\"}, \"id\": " +
          id + "}\n");
    b.reply("guest-fsfreeze-status", "\"thawed\"");
    BOOST_REQUIRE((b.last<thawed_report>() != nullptr));
    BOOST_TEST((b.last<thawed_report>()->outcome == verdict::expired));
}
