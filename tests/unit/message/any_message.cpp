// SPDX-License-Identifier: BSL-1.0
#include <snapproto/message/any_message.hpp>

#include <tests/support/vocabulary.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace snapproto;

namespace {

template <class Message>
void check_kind(message_kind kind, bool from_orchestrator) {
    Message message;
    message.header = {.session = {11}, .txn = {22}, .seq = {33}};
    const any_message any = message;
    BOOST_TEST((kind_of(any) == kind), "the alternative of " << to_string(kind));
    BOOST_TEST((header_of(any) == message.header));
    BOOST_TEST(is_request(kind) == from_orchestrator);
    BOOST_TEST((any == any_message{message}));
    message.header.seq = {34};
    BOOST_TEST((any != any_message{message}));
}

} // namespace

// SP 3.1
BOOST_AUTO_TEST_CASE(every_kind_is_the_alternative_of_its_place) {
    check_kind<hello>(message_kind::hello, true);
    check_kind<hello_ack>(message_kind::hello_ack, false);
    check_kind<query>(message_kind::query, true);
    check_kind<status_report>(message_kind::status, false);
    check_kind<ping>(message_kind::ping, true);
    check_kind<pong>(message_kind::pong, false);
    check_kind<prepare_request>(message_kind::prepare, true);
    check_kind<prepared_report>(message_kind::prepared, false);
    check_kind<freeze_request>(message_kind::freeze, true);
    check_kind<frozen_report>(message_kind::frozen, false);
    check_kind<thaw_request>(message_kind::thaw, true);
    check_kind<thawed_report>(message_kind::thawed, false);
    check_kind<complete_request>(message_kind::complete, true);
    check_kind<completed_report>(message_kind::completed, false);
    check_kind<abort_request>(message_kind::abort, true);
    check_kind<aborted_report>(message_kind::aborted, false);
    check_kind<recover_request>(message_kind::recover, true);
    check_kind<recovered_report>(message_kind::recovered, false);
    check_kind<progress_report>(message_kind::progress, false);
    check_kind<error_report>(message_kind::error, false);
    check_kind<nak>(message_kind::nak, false);
}

BOOST_AUTO_TEST_CASE(the_kinds_are_spelled_as_the_specification_names_the_messages) {
    tests::check_vocabulary(message_kind::nak);
    BOOST_TEST(to_string(message_kind::hello_ack) == "hello_ack");
    BOOST_TEST(to_string(message_kind::frozen) == "frozen");
    BOOST_TEST(to_string(message_kind::progress) == "progress");
}

BOOST_AUTO_TEST_CASE(two_kinds_with_equal_headers_are_two_messages) {
    const any_message thaw = thaw_request{.header = {.txn = {5}}};
    const any_message abort = abort_request{.header = {.txn = {5}}, .reason = {}};
    BOOST_TEST((thaw != abort));
    BOOST_TEST((header_of(thaw) == header_of(abort)));
}
