// SPDX-License-Identifier: BSL-1.0
// Every way to attach, with a small agent of our own at the other end.
#include "conformance/attach/connect_target.hpp"
#include "conformance/attach/spawn_target.hpp"
#include "conformance/budget.hpp"
#include "conformance/qga_client.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;
using test::scratch;
using test::serve_script;
using test::small_agent;
using test::unix_server;

/// This test program is its own agent for --spawn: with the variable set it serves, and no test
/// runs.
struct agent_instead_of_tests {
    agent_instead_of_tests() {
        const char* socket = std::getenv("SNAPTEST_SERVE");
        if (socket == nullptr) {
            return;
        }
        const char* state = std::getenv("SNAPTEST_STATE");
        if (state != nullptr) {
            std::ofstream(std::string(state) + "/marker", std::ios::app) << "x";
        }
        const unix_server server(socket, [](int stream, const std::atomic<bool>& leave) {
            serve_script(small_agent{})(stream, leave);
        });
        std::fputs("the agent is up\n", stderr);
        for (;;) {
            ::pause();
        }
    }
};

bool answers(target& agent, channel& stream) {
    (void)agent;
    (void)!stream.send("{\"execute\": \"guest-ping\"}\n", 1s).sent;
    std::string all;
    for (int i = 0; i < 50 && all.find('\n') == std::string::npos; ++i) {
        all += stream.receive(100ms).bytes;
    }
    return parse_reply(all.substr(0, all.find('\n'))).is_value();
}

bool answers(target& agent) {
    const auto stream = agent.connect(2s);
    return answers(agent, *stream);
}

spawn_command our_agent() {
    return spawn_command("env SNAPTEST_SERVE={socket} SNAPTEST_STATE={state} SNAPTEST_HOOK={hook} "
                         "{block:SNAPTEST_BLOCK=} " +
                         tests::program_path("test_conformance"));
}

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(agent_instead_of_tests);

BOOST_AUTO_TEST_SUITE(attaching)

BOOST_AUTO_TEST_CASE(by_tcp) {
    const descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    BOOST_REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), size) == 0);
    BOOST_REQUIRE(::listen(listener.get(), 1) == 0);
    BOOST_REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
    std::atomic<bool> leave{false};
    std::thread server([&] {
        const descriptor stream(::accept(listener.get(), nullptr, nullptr));
        serve_script(small_agent{})(stream.get(), leave);
    });
    connect_target agent(parse_address("tcp:127.0.0.1:" + std::to_string(ntohs(name.sin_port))),
                         {});
    BOOST_TEST(answers(agent));
    leave = true;
    server.join();
}

BOOST_AUTO_TEST_CASE(by_terminal) {
    const descriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    BOOST_REQUIRE(master);
    BOOST_REQUIRE(::grantpt(master.get()) == 0);
    BOOST_REQUIRE(::unlockpt(master.get()) == 0);
    connect_target agent(parse_address(std::string("pty:") + ::ptsname(master.get())), {});
    BOOST_TEST(!agent.can(capability::connection_oriented));
    BOOST_TEST(agent.can(capability::reconnect).present);
    const auto stream = agent.connect(1s);
    std::atomic<bool> leave{false};
    std::thread server([&] {
        std::string in;
        small_agent right;
        while (!leave) {
            if (wait_for(master.get(), POLLIN, 20ms) != 0) {
                char byte = 0;
                if (::read(master.get(), &byte, 1) != 1) {
                    return;
                }
                in += byte;
                const std::string out = right(in).value_or("");
                (void)!::write(master.get(), out.data(), out.size());
            }
        }
    });
    BOOST_TEST(!stream->half_close());
    BOOST_TEST(answers(agent, *stream), "and nothing is echoed by the line discipline");
    leave = true;
    server.join();
}

BOOST_AUTO_TEST_CASE(a_stalled_reader_makes_a_send_partial_within_its_wait) {
    const scratch place;
    const unix_server server(place.file("s"), [](int, const std::atomic<bool>& leave) {
        while (!leave) {
            real_sleep(10ms);
        }
    });
    connect_target agent(parse_address("unix:" + server.path()), {});
    const auto stream = agent.connect(1s);
    const instant before = real_now();
    const send_result sent = stream->send(std::string(std::size_t{8} << 20, 'x'), 300ms);
    BOOST_CHECK(sent.status == send_status::partial);
    BOOST_TEST(sent.sent > 0U);
    BOOST_CHECK(real_now() - before < 2s);
    BOOST_CHECK(stream->receive(0ms).status == receive_status::nothing);
    stream->close();
    BOOST_CHECK(stream->receive(0ms).status == receive_status::closed);
    BOOST_CHECK(stream->send("x", 1s).status == send_status::closed);
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_while_it_is_sent_to_does_not_block_it) {
    const scratch place;
    // Echoes four times what it gets, and stops reading while nobody reads from it.
    const unix_server server(place.file("s"), serve_script([](std::string& in) {
                                 const std::string once = std::exchange(in, {});
                                 return std::optional(once + once + once + once);
                             }));
    connect_target agent(parse_address("unix:" + server.path()), {});
    const auto stream = agent.connect(1s);
    const std::size_t size = std::size_t{2} << 20;
    BOOST_CHECK(stream->send(std::string(size, 'x'), 10s).status == send_status::complete);
    std::size_t back = 0;
    while (back < 4 * size) {
        const receive_result got = stream->receive(2s);
        BOOST_REQUIRE(got.status == receive_status::data);
        back += got.bytes.size();
    }
    BOOST_TEST(back == 4 * size);
}

BOOST_AUTO_TEST_CASE(by_spawning_with_starts_signals_and_state) {
    const scratch place;
    spawn_target agent(our_agent(), {}, place.path(), 1.0);
    for (const capability one : {capability::restart, capability::signal, capability::hook,
                                 capability::keep_state, capability::block_list}) {
        BOOST_TEST(agent.can(one).present, describe(one));
    }
    BOOST_TEST(!agent.can(capability::freeze_target));
    BOOST_TEST(!agent.can(capability::state_on_target));
    BOOST_TEST(answers(agent));
    BOOST_TEST(agent.alive());
    for (int i = 0; i < 100 && agent.agent_output().empty(); ++i) {
        real_sleep(10ms);
    }
    BOOST_TEST(agent.agent_output() == "the agent is up\n");

    agent.terminate();
    const auto ended = agent.wait_exit(5s);
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(ended->by_signal);
    BOOST_TEST(ended->code == SIGTERM);
    BOOST_TEST(!agent.alive());
    BOOST_CHECK_THROW((void)agent.connect(100ms), unreachable);

    const auto marker = [&] {
        for (const auto& one : std::filesystem::recursive_directory_iterator(place.path())) {
            if (one.path().filename() == "marker") {
                return std::filesystem::file_size(one.path());
            }
        }
        return std::uintmax_t{0};
    };
    agent.start({.hook = {}, .block_list = {"a"}, .keep_state = true});
    BOOST_TEST(answers(agent));
    BOOST_TEST(marker() == 2U);
    agent.kill();
    BOOST_TEST(!agent.alive());
    agent.start({});
    BOOST_TEST(marker() == 1U);
    BOOST_TEST(answers(agent));
}

BOOST_AUTO_TEST_CASE(a_spawned_agent_is_reached_again_in_its_dialect) {
    const scratch place;
    const std::string words = "--spawn " + shell_quoted(our_agent().text());
    for (const std::string dialect : {"qga", "native"}) {
        const spawn_target agent(our_agent(), {}, place.path(), 1.0, dialect);
        const std::string wanted = (dialect == "qga" ? "" : "--dialect native ") + words;
        BOOST_TEST(agent.replay_flags().starts_with(wanted), agent.replay_flags());
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_a_spawned_agent) {
    const scratch place;
    { spawn_target agent(our_agent(), {}, place.path(), 1.0); }
    BOOST_TEST(std::filesystem::is_empty(place.path()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
