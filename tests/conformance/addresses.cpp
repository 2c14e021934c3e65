// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/address.hpp"
#include "conformance/attach/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

using words = std::vector<std::string>;

void check_words(const words& got, const words& wanted) {
    BOOST_CHECK_EQUAL_COLLECTIONS(got.begin(), got.end(), wanted.begin(), wanted.end());
}

placeholder_values values() {
    placeholder_values out;
    out.socket = "/w/s";
    out.state = "/w/t";
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(addresses_and_commands)

BOOST_AUTO_TEST_CASE(each_kind_of_address_is_read_and_written) {
    for (const char* text :
         {"unix:/run/a:b", "tcp:localhost:80", "tcp:::1:65535", "vsock:3:4294967295", "pty:/d"}) {
        BOOST_TEST(parse_address(text).text() == text);
    }
    BOOST_TEST(parse_address("tcp:[::1]:80").place == "::1");
    BOOST_TEST(parse_address("vsock:3:1234").cid == 3U);
}

BOOST_AUTO_TEST_CASE(a_wrong_address_is_refused_with_the_forms_there_are) {
    for (const char* text : {"", "unix", "unix:", "udp:a:1", "tcp:host", "tcp::80", "tcp:h:0",
                             "tcp:h:65536", "tcp:h:8x", "vsock:a:1", "vsock:3:4294967296"}) {
        BOOST_CHECK_EXCEPTION((void)parse_address(text), std::invalid_argument, [](const auto& e) {
            return std::string(e.what()).find("unix:PATH") != std::string::npos;
        });
    }
}

BOOST_AUTO_TEST_CASE(words_are_split_as_a_shell_does) {
    check_words(split_words("a  'b c' \"d \\\" e\" f\\ g ''"), {"a", "b c", "d \" e", "f g", ""});
    BOOST_CHECK_THROW((void)split_words("a 'b"), std::invalid_argument);
    for (const char* word : {"plain", "it's", "a b", "", "$x", "{socket}"}) {
        check_words(split_words(shell_quoted(word)), {word});
    }
}

BOOST_AUTO_TEST_CASE(placeholders_are_replaced) {
    const spawn_command command("agent -p{socket} -t {state} -F{hook} {block:-b}");
    placeholder_values with = values();
    with.hook = "/w/h";
    with.block_list = {"a", "b"};
    check_words(command.words(with), {"agent", "-p/w/s", "-t", "/w/t", "-F/w/h", "-b", "a,b"});
    check_words(command.words(values()), {"agent", "-p/w/s", "-t", "/w/t"});
}

BOOST_AUTO_TEST_CASE(a_hook_flag_of_its_own_goes_with_its_hook) {
    const spawn_command command("agent {socket} --hook {hook} {block:--block=}");
    check_words(command.words(values()), {"agent", "/w/s"});
    placeholder_values with = values();
    with.hook = "/w/h";
    with.block_list = {"a"};
    check_words(command.words(with), {"agent", "/w/s", "--hook", "/w/h", "--block=a"});
}

BOOST_AUTO_TEST_CASE(a_command_that_cannot_work_is_refused) {
    BOOST_CHECK_THROW(spawn_command(""), std::invalid_argument);
    BOOST_CHECK_THROW(spawn_command("agent -p /x"), std::invalid_argument);
    BOOST_CHECK_THROW(spawn_command("agent {socket} {stat}"), std::invalid_argument);
    BOOST_CHECK_NO_THROW(spawn_command("agent {socket} '{\"json\": {}}'"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
