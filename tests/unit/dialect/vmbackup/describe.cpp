// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vmbackup/describe.hpp>

#include "tests/unit/dialect/vmbackup/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

namespace {

using namespace snapproto;
using namespace vmbackup;
using vmbackup_tests::bytes_of;
using vmbackup_tests::hex;
using vmbackup_tests::octets;
using vmbackup_tests::with_byte;

template <class Outcome>
std::string said(wire_form form, const Outcome& outcome, byte_view seen) {
    std::string out;
    if (!outcome) {
        codec::container_sink sink{out};
        describe(sink, form, outcome.error(), seen);
    }
    return out;
}

std::string said_of_command(byte_view bytes) {
    return said(wire_form::command, decode_command(bytes), bytes);
}
std::string said_of_command(std::string_view text) {
    return said_of_command(as_bytes(text));
}
std::string said_of_event(std::string_view text) {
    return said(wire_form::event, decode_event(as_bytes(text)), as_bytes(text));
}
std::string said_of_packet(const octets& bytes) {
    return said(wire_form::packet, decode_packet(bytes), bytes);
}

const octets start = bytes_of(host_command{start_with_options_command{
    {.script_argument = "abcde", .disks = "disc", .vss = vss_options{1, 2, true, true}}}});

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_describe)

BOOST_AUTO_TEST_CASE(a_refused_command_says_what_is_there_and_what_may_be) {
    BOOST_TEST(said_of_command("vmbackup.stop now") ==
               "there is no such message at byte 0: 'vmbackup.stop now'; allowed: ping, reset, "
               "Capabilities_Register, Set_Option, or one of vmbackup");
    BOOST_TEST(said_of_command("vmbackup.abort now") ==
               "there is a member that the message does not have at byte 14: ' now'; allowed: no "
               "arguments");
    BOOST_TEST(said_of_command("vmbackup.start yes") ==
               "a number is out of range or not of the allowed form at byte 15: 'yes'; allowed: a "
               "decimal number");
    BOOST_TEST(said_of_command("vmbackup.start 1\tx") ==
               "the bytes do not follow the grammar of the wire format at byte 16: '?x'; allowed: "
               "a space, or the end");
    BOOST_TEST(
        said_of_command("Set_Option x") ==
        "a required member is missing at byte 11: 'x'; allowed: a name, a space and a value");
    BOOST_TEST(said_of_command(std::string(65537, 'x')) ==
               "a message or a string is longer than the limit at byte 65536: 65537 bytes; "
               "allowed: at most 65536");
}

BOOST_AUTO_TEST_CASE(a_refused_option_says_which_one_it_is) {
    const std::size_t at = std::string_view{"vmbackup.startWithOpts "}.size();
    BOOST_TEST(said_of_command(with_byte(start, at + 3, 7)) ==
               "version at byte 23: 7; allowed: 1 or 2");
    BOOST_TEST(said_of_command(with_byte(start, at + 7, 0)) ==
               "presence flag at byte 27: 0; allowed: 1");
    BOOST_TEST(said_of_command(with_byte(start, at + 19, 9)) ==
               "quiesceFS at byte 39: 9; allowed: 0 or 1");
    BOOST_TEST(said_of_command(with_byte(start, at + 28, 1)) ==
               "scriptArg at byte 51: 16777221; allowed: at most 256 bytes without NUL, filled up "
               "with zeros");
    BOOST_TEST(said_of_command(with_byte(start, at + 38, 5)) ==
               "scriptArg at byte 61: 5; allowed: at most 256 bytes without NUL, filled up with "
               "zeros");
    BOOST_TEST(said_of_command(with_byte(start, at + 63, 5)) ==
               "flag of version 2 at byte 83: 5; allowed: 0 or 1");
    BOOST_TEST(said_of_command(byte_view{start}.first(at + 46)) ==
               "diskUuids at byte 69: the message ends; allowed: at most 3200 bytes without NUL, "
               "filled up with zeros");
    octets longer = start;
    longer.resize(longer.size() + 3);
    BOOST_TEST(said_of_command(longer) == "flag of version 2 at byte 91: 3 bytes too many");
}

BOOST_AUTO_TEST_CASE(a_refused_event_answer_and_packet_too) {
    BOOST_TEST(said_of_event("vmbackup.eventSet req.finished 0 ") ==
               "there is no such message at byte 18: 'req.finished 0 '; allowed: reset, or a name "
               "of prov. or req.");
    BOOST_TEST(said_of_event("vmbackup.eventSet req.error 7 ") ==
               "a number is out of range or not of the allowed form at byte 28: '7 '; allowed: 0 "
               "to 5");
    BOOST_TEST(said_of_event("vmbackup.eventSet req.done 1 ") ==
               "a number is out of range or not of the allowed form at byte 27: '1 '; allowed: 0 "
               "in req.done");
    BOOST_TEST(said_of_event("vmbackup.eventSet reset 0") ==
               "a required member is missing at byte 25: the message ends; allowed: event, code "
               "and text, with a space before each");
    BOOST_TEST(said(wire_form::guest_reply, decode_guest_reply(as_bytes("OK")), as_bytes("OK")) ==
               "the bytes do not follow the grammar of the wire format at byte 0: 'OK'; allowed: "
               "OK or ERROR, a space, and a text");
    BOOST_TEST(said(wire_form::host_reply, decode_host_reply(as_bytes("")), as_bytes("")) ==
               "the bytes do not follow the grammar of the wire format at byte 0: the message "
               "ends; allowed: 1 or 0, a space, and a text");
    BOOST_TEST(said_of_packet(hex("00000001 00000001 00000003 00000000")) ==
               "a number is out of range or not of the allowed form at byte 8: 3; allowed: 1 for "
               "data, 2 for a ping");
    BOOST_TEST(said_of_packet(hex("00000007 00000001")) ==
               "a member has a value of the wrong type at byte 0: 7; allowed: types 1 to 4; a "
               "number in fields 1 and 3, a text in field 2");
    BOOST_TEST(said_of_packet(hex("000000")) ==
               "a reset or the end of the channel cut a message short at byte 3: the message ends; "
               "allowed: whole fields");
}

RC_BOOST_PROP(any_refusal_gets_one_short_line,
              (std::uint8_t name, const std::vector<std::uint8_t>& any)) {
    octets bytes;
    const std::string head = std::string{wire_name(static_cast<command>(name % 9U))} + ' ';
    for (const char letter : head) {
        bytes.push_back(static_cast<std::byte>(letter));
    }
    for (const std::uint8_t one : any) {
        bytes.push_back(static_cast<std::byte>(one));
    }
    const octets fields{bytes.begin() + static_cast<std::ptrdiff_t>(head.size()), bytes.end()};
    for (const std::string& line :
         {said_of_command(bytes), said_of_packet(fields), said_of_event(as_text(bytes))}) {
        RC_ASSERT(line.size() <= 200U);
        RC_ASSERT(line.find('\n') == line.npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
