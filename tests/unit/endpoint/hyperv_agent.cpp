// SPDX-License-Identifier: BSL-1.0
#include <snapproto/endpoint/hyperv_agent.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::endpoint {
namespace {

using hyperv::vss_op;
using machine::participant_event;

/// An agent with two filesystems, of which the second may refuse, and all that it says as words.
struct guest {
    explicit guest(bool boundaries = true) : agent({.boundaries = boundaries}) {
        agent.device_opened(now);
        run();
    }

    void version() {
        agent.receive(hyperv::encode(hyperv::version_reply{}), now);
        run();
    }

    void ask(vss_op op) {
        agent.receive(hyperv::encode(hyperv::kernel_request{static_cast<std::uint8_t>(op), 7}),
                      now);
        run();
    }

    void end() {
        agent.device_ended(now);
        run();
    }

    /// Everything that was said since the last call.
    std::string take() { return std::exchange(said, {}); }

    void run() {
        for (;;) {
            const hyperv_agent_output next = agent.poll();
            if (std::holds_alternative<deadline>(next)) {
                return;
            }
            if (const auto* record = std::get_if<transmit_record>(&next)) {
                const auto got = hyperv::decode_from_daemon(record->bytes);
                const auto* reply = got ? std::get_if<hyperv::daemon_reply>(&*got) : nullptr;
                said += reply == nullptr                   ? "register "
                        : reply->echoed[4] != std::byte{7} ? "not-echoed "
                        : reply->error == 0                ? "ok "
                                                           : "failed ";
            } else if (std::holds_alternative<find_participants>(next)) {
                agent.participants_found(filesystems, now);
            } else if (const auto* what = std::get_if<operate>(&next)) {
                answer(*what);
            } else if (std::holds_alternative<start_over>(next)) {
                said += "start-over ";
            } else if (std::holds_alternative<exit_process>(next)) {
                said += "exit ";
            }
        }
    }

    void answer(const operate& what) {
        const std::string name = filesystems[what.participant].name;
        const auto tell = [&](std::string_view verb, participant_event how) {
            said += std::string(verb) + name + " ";
            agent.participant_answered(what.participant, how, now);
        };
        if (what.what == operation::prepare) {
            agent.participant_answered(what.participant, participant_event::prepared, now);
        } else if (what.what == operation::hold) {
            tell("freeze:", name == refuses ? participant_event::vetoed : participant_event::held);
        } else if (what.what == operation::release) {
            tell("thaw:",
                 name == sticks ? participant_event::release_failed : participant_event::released);
        }
    }

    instant now{};
    hyperv_agent agent;
    std::vector<participant_summary> filesystems{{"a"}, {"b"}};
    std::string refuses;
    std::string sticks;
    std::string said;
};

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_agent_endpoint)

// SP 33.5, 36.1, 36.7, 36.9
BOOST_AUTO_TEST_CASE(a_session_freezes_once_and_thaws) {
    guest one;
    BOOST_TEST(one.take() == "register ");
    one.version();
    BOOST_TEST(one.take() == "");
    one.ask(vss_op::hot_backup);
    BOOST_TEST(one.take() == "ok ");
    one.ask(vss_op::freeze);
    BOOST_TEST(one.take() == "freeze:a freeze:b ok ");
    one.ask(vss_op::freeze);
    BOOST_TEST(one.take() == "ok ");
    one.ask(vss_op::thaw);
    const std::string thawed = one.take();
    BOOST_TEST(thawed.ends_with("ok "));
    BOOST_TEST(std::count(thawed.begin(), thawed.end(), ':') == 2);
    one.ask(vss_op::thaw);
    BOOST_TEST(one.take() == "ok ");
    one.ask(vss_op::get_dm_info);
    BOOST_TEST(one.take() == "failed ");
}

// SP 36.2, 36.6
BOOST_AUTO_TEST_CASE(a_freeze_that_fails_or_holds_nothing_is_a_failure) {
    guest one;
    one.version();
    one.refuses = "b";
    one.take();
    one.ask(vss_op::freeze);
    BOOST_TEST(one.take() == "freeze:a freeze:b thaw:a failed ");
    one.filesystems.clear();
    one.ask(vss_op::freeze);
    BOOST_TEST(one.take() == "failed ");
}

// SP 36.10
BOOST_AUTO_TEST_CASE(a_filesystem_that_sticks_is_tried_again_by_the_next_thaw) {
    guest one;
    one.version();
    one.ask(vss_op::freeze);
    one.sticks = "a";
    one.take();
    one.ask(vss_op::thaw);
    BOOST_TEST(one.take().ends_with("failed "));
    one.sticks.clear();
    one.ask(vss_op::thaw);
    BOOST_TEST(one.take() == "thaw:a ok ");
}

// SP 36.16, 36.18: released first, and only then another device.
BOOST_AUTO_TEST_CASE(the_end_and_a_wrong_length_thaw_and_start_over) {
    for (const bool short_message : {false, true}) {
        guest one;
        one.version();
        one.ask(vss_op::freeze);
        one.take();
        if (short_message) {
            one.agent.receive(std::array{std::byte{5}, std::byte{0}}, one.now);
            one.run();
        } else {
            one.end();
        }
        const std::string said = one.take();
        BOOST_TEST(said.starts_with("thaw:"));
        BOOST_TEST(said.ends_with("start-over "));
        one.agent.device_opened(one.now);
        one.run();
        BOOST_TEST(one.take() == "register ");
    }
}

// SP 36.20
BOOST_AUTO_TEST_CASE(a_stop_while_frozen_thaws_and_exits) {
    guest one;
    one.version();
    one.ask(vss_op::freeze);
    one.take();
    one.agent.stop(one.now);
    one.run();
    const std::string said = one.take();
    BOOST_TEST(said.starts_with("thaw:"));
    BOOST_TEST(said.ends_with("exit "));
}

// SP 33.8
BOOST_AUTO_TEST_CASE(without_boundaries_any_pieces_are_the_same) {
    std::vector<std::byte> all;
    const auto add = [&](const auto& record) {
        all.insert(all.end(), record.begin(), record.end());
    };
    add(hyperv::encode(hyperv::version_reply{}));
    for (const vss_op op : {vss_op::freeze, vss_op::thaw}) {
        add(hyperv::encode(hyperv::kernel_request{static_cast<std::uint8_t>(op), 7}));
    }
    guest whole(false);
    whole.agent.receive(all, whole.now);
    whole.run();
    guest pieces(false);
    for (const std::byte& one : all) {
        pieces.agent.receive({&one, 1}, pieces.now);
        pieces.run();
    }
    const std::string said = whole.take();
    BOOST_TEST(std::count(said.begin(), said.end(), 'k') == 2);
    BOOST_TEST(said == pieces.take());
}

// SP 33.3, 33.8: replies have no number, so that their order says what they answer.
BOOST_AUTO_TEST_CASE(requests_that_come_together_are_answered_in_their_order) {
    guest one{false};
    one.version();
    std::string bytes;
    std::uint32_t number = 0;
    for (const vss_op op : {vss_op::freeze, vss_op::freeze, vss_op::hot_backup, vss_op::hot_backup,
                            vss_op::freeze, vss_op::thaw, vss_op::hot_backup}) {
        const auto record =
            hyperv::encode(hyperv::kernel_request{static_cast<std::uint8_t>(op), ++number});
        bytes += as_text(record);
    }
    one.agent.receive(as_bytes(bytes), one.now);
    std::vector<int> answered;
    for (auto next = one.agent.poll(); !std::holds_alternative<deadline>(next);
         next = one.agent.poll()) {
        if (const auto* record = std::get_if<transmit_record>(&next)) {
            answered.push_back(std::to_integer<int>(record->bytes[hyperv::daemon_offset::flags]));
        } else if (std::holds_alternative<find_participants>(next)) {
            one.agent.participants_found(one.filesystems, one.now);
        } else if (const auto* what = std::get_if<operate>(&next)) {
            one.answer(*what);
        }
    }
    const std::vector<int> in_order{1, 2, 3, 4, 5, 6, 7};
    BOOST_TEST(answered == in_order, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::endpoint
