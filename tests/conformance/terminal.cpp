// SPDX-License-Identifier: BSL-1.0
// Terminals that stand for devices: raw, named in another root, and gone with their end.
#include "conformance/attach/terminal.hpp"
#include "conformance/attach/target.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;

/// The machine's own root does, where its terminals may be made there.
boost::test_tools::assertion_result has_terminals(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(::access("/dev/pts/ptmx", R_OK | W_OK) == 0);
    answer.message() << "/dev/pts/ptmx cannot be opened";
    return answer;
}

std::string read_from(int fd) {
    char buffer[64];
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    return {buffer, got > 0 ? static_cast<std::size_t>(got) : 0U};
}

} // namespace

BOOST_AUTO_TEST_SUITE(terminals)

BOOST_AUTO_TEST_CASE(bytes_pass_as_they_are_and_run_together,
                     *boost::unit_test::precondition(has_terminals)) {
    const terminal one("");
    BOOST_TEST(one.name().starts_with("/dev/pts/"));
    BOOST_TEST(wait_for(one.get(), POLLIN, 1ms) == 0); // nobody has opened the other end yet
    const descriptor other(::open(one.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    BOOST_REQUIRE(static_cast<bool>(other));
    // What a terminal that is not raw would echo, translate, or take for a signal or an end.
    const std::string bytes("\x03\x04\r\n\x11\x13\x7f\0\xff", 9);
    BOOST_TEST(::write(other.get(), bytes.data(), bytes.size()) == 9);
    BOOST_TEST(wait_for(one.get(), POLLIN, 1s) != 0);
    BOOST_TEST(read_from(one.get()) == bytes);
    BOOST_TEST(::write(one.get(), bytes.data(), bytes.size()) == 9);
    BOOST_TEST(::write(one.get(), bytes.data(), bytes.size()) == 9);
    std::string got;
    while (got.size() < 18 && wait_for(other.get(), POLLIN, 1s) != 0) {
        got += read_from(other.get());
    }
    BOOST_TEST(got == bytes + bytes);
    BOOST_TEST(wait_for(one.get(), POLLIN, 1ms) == 0); // no echo
}

BOOST_AUTO_TEST_CASE(the_other_end_is_hung_up_for_good,
                     *boost::unit_test::precondition(has_terminals)) {
    terminal one("");
    const std::string name = one.name();
    const descriptor other(::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    BOOST_REQUIRE(static_cast<bool>(other));
    one.take().reset();
    BOOST_TEST(read_from(other.get()).empty());
    const descriptor again(::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    BOOST_TEST(!again);
}

BOOST_AUTO_TEST_CASE(a_root_without_terminals_is_refused_with_words) {
    const test::scratch place;
    try {
        const terminal one(place.file("root"));
        BOOST_TEST(one.name().empty(), "made where there is no devpts");
    } catch (const unreachable& why) {
        BOOST_TEST(std::string(why.what()).find("devpts of its own") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
