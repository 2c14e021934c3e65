// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vmbackup/report.hpp>

#include "tests/unit/dialect/vmbackup/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

namespace {

using namespace snapproto;
using namespace vmbackup;
using vmbackup_tests::told;
using vmbackup_tests::written;

std::string told_of(std::string_view text) {
    return told(decode_event(as_bytes(text)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_report)

// SP 43.1, 43.4: as the real guest sends them.
BOOST_AUTO_TEST_CASE(an_event_has_a_name_a_code_and_a_text) {
    const auto got = decode_event(as_bytes("vmbackup.eventSet req.aborted 4 Quiesce aborted."));
    BOOST_REQUIRE_MESSAGE(got, told(got));
    BOOST_TEST(
        (*got == event_report{event::aborted, event_code::remote_abort, "Quiesce aborted."}));
    BOOST_TEST(written(event_report{event::reset, {}, ""}) == "vmbackup.eventSet reset 0 ");
    BOOST_TEST(told_of("vmbackup.eventSet reset 0 ") == "fine");
    BOOST_TEST(told_of("vmbackup.eventSet reset 0") == "missing_member at 25, SP 43.4");
    BOOST_TEST(told_of("vmbackup.eventSet reset 0x") == "bad_syntax at 25, SP 43.4");
    BOOST_TEST(told_of("vmbackup.eventSet reset") == "missing_member at 23, SP 43.1");
    BOOST_TEST(told_of("vmbackup.eventSet") == "missing_member at 17, SP 43.1");
    BOOST_TEST(told_of("vmbackup.eventset reset 0 ") == "unknown_message at 0, SP 43.1");
    BOOST_TEST(told_of("log reset 0 ") == "unknown_message at 0, SP 43.1");
}

// SP 43.2
BOOST_AUTO_TEST_CASE(every_event_of_the_table_is_known_and_no_other) {
    for (std::size_t i = 0; i < value_count<event>; ++i) {
        const auto what = static_cast<event>(i);
        const std::string text = written(event_report{what, {}, "x"});
        const auto got = decode_event(as_bytes(text));
        BOOST_REQUIRE_MESSAGE(got, text << told(got));
        BOOST_TEST((got->what == what));
    }
    for (const std::string_view name : {"", "Reset", "done", "req.Done", "req.keepalive", "req."}) {
        BOOST_TEST(told_of("vmbackup.eventSet " + std::string{name} + " 0 ") ==
                   "unknown_message at 18, SP 43.2");
    }
}

// SP 43.3, 43.5
BOOST_AUTO_TEST_CASE(a_code_is_one_digit_and_that_of_done_is_0) {
    for (const std::string_view code : {"0", "1", "2", "3", "4", "5"}) {
        BOOST_TEST(told_of("vmbackup.eventSet req.error " + std::string{code} + " x") == "fine");
    }
    for (const std::string_view code : {"", "6", "9", "-1", "00", "05", "10", "x", " 0"}) {
        BOOST_TEST(told_of("vmbackup.eventSet req.error " + std::string{code} + " x") ==
                   "bad_number at 28, SP 43.3");
    }
    BOOST_TEST(told_of("vmbackup.eventSet req.done 0 ") == "fine");
    BOOST_TEST(told_of("vmbackup.eventSet req.done 1 ") == "bad_number at 27, SP 43.5");
}

// SP 40.4, 40.5
BOOST_AUTO_TEST_CASE(an_event_has_the_bound_of_a_message_and_no_nul) {
    const std::string head = "vmbackup.eventSet req.error 5 ";
    BOOST_TEST(told_of(head + std::string(65536 - head.size(), 'x')) == "fine");
    BOOST_TEST(told_of(head + std::string(65537 - head.size(), 'x')) ==
               "too_long at 65536, SP 40.4");
    BOOST_TEST(told_of(head + std::string(2, '\0')) == "bad_text at 30, SP 40.5");
    BOOST_TEST(told_of(head + std::string(1, '\0') + 'x') == "bad_text at 30, SP 40.5");
    BOOST_TEST(told_of(std::string(1, '\0')) == told_of(""));
}

// SP 43.4
BOOST_AUTO_TEST_CASE(a_nul_behind_an_event_is_no_part_of_it) {
    const std::string bytes = "vmbackup.eventSet req.aborted 4 Quiesce canceled.";
    const std::string with_nul = bytes + '\0';
    const auto got = decode_event(as_bytes(with_nul)); // refers to it
    BOOST_REQUIRE(got);
    BOOST_TEST((*got == *decode_event(as_bytes(bytes))));
    BOOST_TEST(told_of(std::string{"vmbackup.eventSet reset 0 "} + '\0') == "fine");
    BOOST_TEST(told_of(std::string{"vmbackup.eventSet reset 0"} + '\0') ==
               told_of("vmbackup.eventSet reset 0"));
}

// SP 40.3
BOOST_AUTO_TEST_CASE(a_host_answers_1_or_0) {
    const auto got = decode_host_reply(as_bytes("0 no"));
    BOOST_REQUIRE(got);
    BOOST_TEST((*got == host_reply{false, "no"}));
    BOOST_TEST(written(host_reply{}) == "1 ");
    BOOST_TEST(written(host_reply{false, "no"}) == "0 no");
    for (const std::string_view text : {"", "1", "2 ", "10 ", "OK ", " 1 "}) {
        BOOST_TEST(told(decode_host_reply(as_bytes(text))) == "bad_syntax at 0, SP 40.3");
    }
}

RC_BOOST_PROP(events_come_back_as_they_were, (std::uint8_t which, std::uint8_t code)) {
    const std::string text = *vmbackup_tests::any_text();
    event_report made{static_cast<event>(which % value_count<event>),
                      static_cast<event_code>(code % value_count<event_code>), text};
    if (made.what == event::done) {
        made.code = event_code::success;
    }
    const std::string bytes = written(made);
    const auto got = decode_event(as_bytes(bytes));
    RC_ASSERT(bool(got));
    RC_ASSERT(*got == made);
}

BOOST_AUTO_TEST_SUITE_END()
