// SPDX-License-Identifier: BSL-1.0
#include "conformance/preflight.hpp"

#include "conformance/attach/connect_target.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>

namespace snapproto::conformance {
namespace {

using test::says;
using test::scratch;
using test::serve_script;
using test::small_agent;
using test::unix_server;

/// What the pre-flight says of the address, or "accepted".
std::string verdict(const std::string& where, double scale = 0.1) {
    try {
        connect_target agent(parse_address(where), {});
        require_qga_agent(agent, {.timeout_scale = scale, .must_be_thawed = true});
    } catch (const unreachable& refusal) {
        return refusal.what();
    }
    return "accepted";
}

std::string verdict_of_server(unix_server::handler serve) {
    const scratch place;
    const unix_server server(place.file("s"), std::move(serve));
    return verdict("unix:" + server.path());
}

void write_all(int stream, std::string_view bytes) {
    (void)!::send(stream, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

} // namespace

BOOST_AUTO_TEST_SUITE(before_anything_is_judged)

BOOST_AUTO_TEST_CASE(a_right_agent_is_accepted) {
    BOOST_TEST(verdict_of_server(serve_script(small_agent{})) == "accepted");
}

BOOST_AUTO_TEST_CASE(an_agent_that_cannot_bear_the_sentinel_is_one_nevertheless) {
    BOOST_TEST(
        verdict_of_server([agent = small_agent{}](int stream, const std::atomic<bool>& leave) {
            serve_script([agent](std::string& in) mutable -> std::optional<std::string> {
                return in.find('\xFF') != std::string::npos ? std::nullopt : agent(in);
            })(stream, leave);
        }) == "accepted");
}

BOOST_AUTO_TEST_CASE(an_absent_socket_is_named) {
    const scratch place;
    BOOST_TEST(says(verdict("unix:" + place.file("nothing")), "there is no such path"));
}

BOOST_AUTO_TEST_CASE(a_socket_on_which_nobody_listens_refuses) {
    const scratch place;
    { const unix_server gone(place.file("s"), serve_script(small_agent{})); }
    BOOST_TEST(std::filesystem::exists(place.file("s")));
    BOOST_TEST(says(verdict("unix:" + place.file("s")), "refused"));
    BOOST_TEST(says(verdict("tcp:127.0.0.1:1"), "refused"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_closes_at_once_is_told_apart) {
    BOOST_TEST(says(verdict_of_server([](int, const std::atomic<bool>&) {}), "closed at once"));
}

BOOST_AUTO_TEST_CASE(a_mute_peer_is_given_up_within_its_bound) {
    const auto start = std::chrono::steady_clock::now();
    const std::string words = verdict_of_server([](int stream, const std::atomic<bool>& leave) {
        serve_script([](std::string& in) -> std::optional<std::string> {
            in.clear();
            return "";
        })(stream, leave);
    });
    BOOST_TEST(says(words, "nothing answered"));
    BOOST_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_for_ever_is_given_up_within_its_bound) {
    for (const std::string_view flood : {"x", "{\"return\": {}}\n"}) {
        const auto start = std::chrono::steady_clock::now();
        std::string block;
        while (block.size() < 8192) {
            block += flood;
        }
        const std::string words =
            verdict_of_server([&](int stream, const std::atomic<bool>& leave) {
                while (!leave && ::send(stream, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
                }
            });
        BOOST_TEST(says(words, "sends without end"), words);
        BOOST_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
    }
}

BOOST_AUTO_TEST_CASE(another_protocol_is_quoted) {
    const auto banner = [](std::string_view text) {
        return verdict_of_server([text](int stream, const std::atomic<bool>& leave) {
            write_all(stream, text);
            serve_script([](std::string& in) -> std::optional<std::string> {
                in.clear();
                return "";
            })(stream, leave);
        });
    };
    BOOST_TEST(says(banner("SSH-2.0-x\r\n"), "SSH"));
    const std::string monitor = banner("{\"QMP\": {\"version\": {}}}\r\n");
    BOOST_TEST(says(monitor, "another protocol"));
    BOOST_TEST(says(monitor, "QMP, not the guest agent"));
    BOOST_TEST(says(banner("+OK hello\n"), "+OK hello"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_and_closes_is_quoted_too) {
    BOOST_TEST(says(verdict_of_server([](int stream, const std::atomic<bool>&) {
                        write_all(stream, "HTTP/1.1 400 Bad Request\r\n\r\n");
                    }),
                    "HTTP"));
}

BOOST_AUTO_TEST_CASE(an_agent_in_the_middle_of_a_snapshot_is_left_alone) {
    small_agent frozen;
    frozen.frozen = true;
    std::vector<std::string> commands;
    const std::string words =
        verdict_of_server(serve_script([&](std::string& in) -> std::optional<std::string> {
            auto out = frozen(in);
            commands = frozen.commands;
            return out;
        }));
    BOOST_TEST(says(words, "frozen"));
    BOOST_CHECK(std::find(commands.begin(), commands.end(), "guest-fsfreeze-thaw") ==
                commands.end());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
