// SPDX-License-Identifier: BSL-1.0
// What snapagent learns of a client that goes away.
#include "examples/linux_agent/channel.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>

namespace snapagent {
namespace {

using namespace std::chrono_literals;

/// A client of the agent, and the host's end of its connection.
struct connected {
    connected() {
        std::signal(SIGPIPE, SIG_IGN); // as the agent's main does
        BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        line = std::make_shared<client>(io, ends[0]);
        line->listen(
            [this](std::string_view bytes) {
                came += bytes;
                ended = ended || bytes.empty();
            },
            [this] { ++sent; });
    }
    ~connected() {
        hang_up();
        line->close();
    }
    void hang_up() {
        if (ends[1] >= 0) {
            ::close(ends[1]);
            ends[1] = -1;
        }
    }
    void run() {
        io.restart(); // it may have run out of work
        io.run_for(50ms);
    }

    boost::asio::io_context io;
    std::array<int, 2> ends{-1, -1};
    std::shared_ptr<client> line;
    std::string came;
    bool ended = false;
    int sent = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(channels_of_snapagent)

BOOST_AUTO_TEST_CASE(each_piece_is_told_and_so_is_the_end) {
    connected one;
    BOOST_TEST(::write(one.ends[1], "abc", 3) == 3);
    one.run();
    BOOST_TEST(one.came == "abc");
    BOOST_TEST(!one.ended);
    one.line->read();
    one.hang_up();
    one.run();
    BOOST_TEST(one.ended);
}

// Who has much to read and is not read from meanwhile: its end would be seen by nobody (SP 63.1).
BOOST_AUTO_TEST_CASE(a_client_that_goes_without_reading_is_looked_at_again) {
    connected one;
    BOOST_TEST(::write(one.ends[1], "x", 1) == 1);
    one.run();
    one.line->send(std::string(std::size_t{4} << 20U, 'y')); // more than a socket holds
    one.run();
    BOOST_TEST(one.line->waiting() != 0U);
    BOOST_TEST(one.sent == 0);
    one.hang_up();
    one.run();
    BOOST_TEST(one.line->waiting() == 0U);
    BOOST_TEST(one.sent == 1);
    one.line->read();
    one.run();
    BOOST_TEST(one.ended);
}

BOOST_AUTO_TEST_CASE(what_was_sent_goes_out_before_the_end) {
    connected one;
    one.line->send("last words");
    one.line->close_when_sent();
    one.run();
    std::array<char, 32> buffer{};
    BOOST_TEST(::read(one.ends[1], buffer.data(), buffer.size()) == 10);
    BOOST_TEST(std::string_view(buffer.data(), 10) == "last words");
    BOOST_TEST(::read(one.ends[1], buffer.data(), buffer.size()) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapagent
