// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vmbackup/command.hpp>

#include "tests/support/vocabulary.hpp"
#include "tests/unit/dialect/vmbackup/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

namespace {

using namespace snapproto;
using namespace vmbackup;
using vmbackup_tests::told;
using vmbackup_tests::written;

std::string told_of(std::string_view text) {
    return told(decode_command(as_bytes(text)));
}

template <class Wanted>
Wanted the(std::string_view text) {
    const auto got = decode_command(as_bytes(text));
    BOOST_REQUIRE_MESSAGE(got, text << ": " << told(got));
    const auto* wanted = std::get_if<Wanted>(&*got);
    BOOST_REQUIRE(wanted != nullptr);
    return *wanted;
}

/// A command of exactly so many bytes.
std::string command_of_size(std::size_t size) {
    std::string text = "vmbackup.snapshotDone ";
    text.resize(size, 'x');
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_command)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(command::abort);
    tests::check_vocabulary(event::done);
    tests::check_vocabulary(event_code::unexpected_error);
    tests::check_vocabulary(refusal::unknown_command);
}

// SP 40.1, 41.4
BOOST_AUTO_TEST_CASE(a_plain_command_is_its_name) {
    for (const command what : {command::ping, command::reset, command::capabilities,
                               command::snapshot_completed, command::abort}) {
        const std::string name{wire_name(what)};
        BOOST_TEST((the<plain_command>(name) == plain_command{what}));
        BOOST_TEST(written(host_command{plain_command{what}}) == name);
        BOOST_TEST(told_of(name + " x") ==
                   "unexpected_member at " + std::to_string(name.size()) + ", SP 41.4");
        BOOST_TEST(told_of(name + " ") ==
                   "unexpected_member at " + std::to_string(name.size()) + ", SP 41.4");
        BOOST_TEST(told_of(name + "x") == "unknown_message at 0, SP 40.6");
    }
}

// SP 40.6
BOOST_AUTO_TEST_CASE(every_other_name_is_unknown) {
    for (const std::string_view text :
         {"", " ", " ping", "Ping", "vmbackup", "vmbackup.", "vmbackup.Start", "vmbackup.start\t1",
          "vmbackup.startwithopts"}) {
        BOOST_TEST(told_of(text) == "unknown_message at 0, SP 40.6");
    }
}

// SP 41.1
BOOST_AUTO_TEST_CASE(a_start_has_a_number_and_volumes_behind_it) {
    BOOST_TEST((the<start_command>("vmbackup.start") == start_command{}));
    BOOST_TEST((the<start_command>("vmbackup.start 0") == start_command{0, ""}));
    BOOST_TEST((the<start_command>("vmbackup.start 1 /a /b") == start_command{1, "/a /b"}));
    BOOST_TEST(
        (the<start_command>("vmbackup.start 4294967295  x") == start_command{4294967295U, " x"}));
    for (const std::string_view argument : {"", " 1", "x", "-1", "+1", "01", "4294967296", "/a"}) {
        BOOST_TEST(told_of("vmbackup.start " + std::string{argument}) ==
                   "bad_number at 15, SP 41.1");
    }
    BOOST_TEST(told_of("vmbackup.start 12x") == "bad_syntax at 17, SP 41.1");
    BOOST_TEST(written(host_command{start_command{1, "/a /b"}}) == "vmbackup.start 1 /a /b");
    BOOST_TEST(written(host_command{start_command{}}) == "vmbackup.start");
}

// SP 41.2: offsets count from the beginning of the message.
BOOST_AUTO_TEST_CASE(the_options_stand_behind_one_space) {
    const start_with_options_command start{{.manifest = true, .script_argument = "x y"}};
    const std::string bytes = written(host_command{start});
    BOOST_TEST(bytes.starts_with("vmbackup.startWithOpts "));
    BOOST_TEST((the<start_with_options_command>(bytes) == start));
    BOOST_TEST(told_of("vmbackup.startWithOpts") == "interrupted at 22, SP 42.2");
    BOOST_TEST(told_of("vmbackup.startWithOpts 1234") == "unsupported_version at 23, SP 42.1");
    BOOST_TEST(told_of(bytes + "x") == "too_long at " + std::to_string(bytes.size()) + ", SP 42.5");
}

// SP 41.3
BOOST_AUTO_TEST_CASE(snapshot_done_names_copies_or_none) {
    BOOST_TEST(the<snapshot_done_command>("vmbackup.snapshotDone").snapshots == "");
    BOOST_TEST(the<snapshot_done_command>("vmbackup.snapshotDone ").snapshots == "");
    BOOST_TEST(the<snapshot_done_command>("vmbackup.snapshotDone a b").snapshots == "a b");
    BOOST_TEST(written(host_command{snapshot_done_command{"a b"}}) == "vmbackup.snapshotDone a b");
}

// SP 41.5
BOOST_AUTO_TEST_CASE(a_setting_has_a_name_and_a_value) {
    BOOST_TEST((the<set_option_command>("Set_Option a b c") == set_option_command{"a", "b c"}));
    BOOST_TEST((the<set_option_command>("Set_Option a ") == set_option_command{"a", ""}));
    BOOST_TEST(written(host_command{set_option_command{"a", ""}}) == "Set_Option a ");
    BOOST_TEST(told_of("Set_Option") == "missing_member at 10, SP 41.5");
    BOOST_TEST(told_of("Set_Option a") == "missing_member at 11, SP 41.5");
    BOOST_TEST(told_of("Set_Option  b") == "missing_member at 11, SP 41.5");
}

// SP 40.4
BOOST_AUTO_TEST_CASE(a_message_has_its_bound) {
    BOOST_TEST(told_of(command_of_size(65535)) == "fine");
    BOOST_TEST(told_of(command_of_size(65536)) == "fine");
    BOOST_TEST(told_of(command_of_size(65537)) == "too_long at 65536, SP 40.4");
    const std::string names(65536 - 22, 'x');
    BOOST_TEST(!wrong_with(host_command{snapshot_done_command{names}}));
    const std::string more = names + "x";
    BOOST_TEST(told(wrong_with(host_command{snapshot_done_command{more}}).value()) ==
               "too_long at 65536, SP 40.4");
}

// SP 40.5
BOOST_AUTO_TEST_CASE(a_nul_stands_only_among_options) {
    using namespace std::string_view_literals;
    BOOST_TEST(told_of("ping\0"sv) == "bad_text at 4, SP 40.5");
    BOOST_TEST(told_of("vmbackup.snapshotDone a\0"sv) == "bad_text at 23, SP 40.5");
    BOOST_TEST(told(decode_guest_reply(as_bytes("OK \0"sv))) == "bad_text at 3, SP 40.5");
    BOOST_TEST(told(wrong_with(host_command{snapshot_done_command{"a\0"sv}}).value()) ==
               "bad_text at 0, SP 40.5");
}

BOOST_AUTO_TEST_CASE(what_would_be_read_as_something_else_is_not_sent) {
    const auto wrong = [](const host_command& what) {
        const auto found = wrong_with(what);
        return found ? std::string{to_string(found->code)} : "fine";
    };
    for (const command what : {command::set_option, command::start, command::start_with_options,
                               command::snapshot_done}) {
        BOOST_TEST(wrong(plain_command{what}) == "bad_argument");
    }
    BOOST_TEST(wrong(plain_command{command::abort}) == "fine");
    BOOST_TEST(wrong(start_command{std::nullopt, "/a"}) == "bad_argument");
    BOOST_TEST(wrong(set_option_command{"", "b"}) == "bad_argument");
    BOOST_TEST(wrong(set_option_command{"a b", "c"}) == "bad_argument");
    BOOST_TEST(wrong(set_option_command{"a", "b c"}) == "fine");
}

// SP 40.2
BOOST_AUTO_TEST_CASE(a_guest_answers_ok_or_error) {
    const auto got = decode_guest_reply(as_bytes("OK ATR toolbox"));
    BOOST_REQUIRE(got);
    BOOST_TEST((*got == guest_reply{true, "ATR toolbox"}));
    BOOST_TEST(written(guest_reply{}) == "OK ");
    BOOST_TEST(written(refuse(refusal::idle)) == "ERROR Error: no quiesce operation in progress");
    for (std::size_t i = 0; i < value_count<refusal>; ++i) {
        const auto why = static_cast<refusal>(i);
        const std::string text = written(refuse(why));
        const auto back = decode_guest_reply(as_bytes(text));
        BOOST_REQUIRE(back);
        BOOST_TEST(!back->ok);
        BOOST_TEST((find_refusal(back->text) == why));
    }
    for (const std::string_view text : {"", "OK", "ok ", "ERROR", "ERR x", "1 "}) {
        BOOST_TEST(told(decode_guest_reply(as_bytes(text))) == "bad_syntax at 0, SP 40.2");
    }
    BOOST_TEST(!find_refusal("unknown command"));
}

RC_BOOST_PROP(commands_come_back_as_they_were, (std::uint8_t kind, std::uint32_t number)) {
    const std::string text = *vmbackup_tests::any_text();
    const auto made = [&]() -> host_command {
        switch (kind % 4U) {
        case 0:
            return start_command{number, text};
        case 1:
            return snapshot_done_command{text};
        case 2:
            return set_option_command{"name", text};
        default:
            return start_with_options_command{{.script_argument = text, .timeout_s = number}};
        }
    }();
    RC_ASSERT(!wrong_with(made));
    const std::string bytes = written(made);
    const auto got = decode_command(as_bytes(bytes));
    RC_ASSERT(bool(got));
    RC_ASSERT(*got == made);
    RC_ASSERT(command_of(*got) == command_of(made));
}

RC_BOOST_PROP(what_is_read_can_be_written_and_means_the_same, (std::uint8_t name)) {
    std::string text{wire_name(static_cast<command>(name % value_count<command>))};
    text += *vmbackup_tests::any_text();
    const auto got = decode_command(as_bytes(text));
    if (!got) {
        RC_ASSERT(got.error().offset <= text.size());
        return;
    }
    RC_ASSERT(!wrong_with(*got));
    const std::string again = written(*got);
    const auto back = decode_command(as_bytes(again));
    RC_ASSERT(bool(back));
    RC_ASSERT(*back == *got);
}

BOOST_AUTO_TEST_SUITE_END()
