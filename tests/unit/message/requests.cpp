// SPDX-License-Identifier: BSL-1.0
#include <snapproto/message/abort.hpp>
#include <snapproto/message/freeze.hpp>
#include <snapproto/message/header.hpp>
#include <snapproto/message/thaw.hpp>

#include <boost/test/unit_test.hpp>

using namespace snapproto;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_header_belongs_to_nothing_until_it_is_filled_in) {
    constexpr message_header header;
    static_assert(!header.session && !header.txn && !header.seq);
    BOOST_TEST((header == message_header{}));
    BOOST_TEST((message_header{.txn = {1}} != message_header{.seq = {1}}));
}

BOOST_AUTO_TEST_CASE(no_list_of_mounts_means_all_and_an_empty_list_means_none) {
    const snapshot_scope all;
    const snapshot_scope none{.mounts = std::vector<std::string>{}};
    const snapshot_scope one{.mounts = std::vector<std::string>{"/srv"}};
    BOOST_TEST((all != none));
    BOOST_TEST((none != one));
    BOOST_TEST((one == snapshot_scope{.mounts = std::vector<std::string>{"/srv"}}));
}

BOOST_AUTO_TEST_CASE(a_prepare_asks_for_applications_and_hooks_unless_told_otherwise) {
    const prepare_request request;
    BOOST_TEST((request.level == quiesce_level::application));
    BOOST_TEST((request.kind == backup_kind::full));
    BOOST_TEST(request.run_hooks);
    BOOST_TEST(!request.writable_copy);
    BOOST_TEST((request.hold_limit == duration{}));
}

BOOST_AUTO_TEST_CASE(a_freeze_leaves_the_hold_limit_alone_unless_it_lowers_it) {
    BOOST_TEST(!freeze_request{}.hold_limit);
    freeze_request lower;
    lower.hold_limit = 5s;
    BOOST_TEST((lower != freeze_request{}));
}

BOOST_AUTO_TEST_CASE(no_report_claims_anything_by_default) {
    BOOST_TEST((thawed_report{}.outcome == verdict::none));
    BOOST_TEST((thaw_request{}.outcome == cut_outcome::unknown));
    BOOST_TEST((complete_request{}.result == copy_result::unknown));
    BOOST_TEST((error_report{}.reason == verdict::none));
    BOOST_TEST(!error_report{}.participant);
    BOOST_TEST(!error_report{}.retryable);
    BOOST_TEST(frozen_report{}.held == 0U);
    BOOST_TEST((nak{.header = {}, .code = nak_code::busy} != nak{}));
    BOOST_TEST((progress_report{.header = {}, .ordinal = 1} !=
                progress_report{.header = {}, .ordinal = 2}));
}

BOOST_AUTO_TEST_CASE(reports_differ_when_any_field_does) {
    thawed_report clean;
    clean.outcome = verdict::clean;
    clean.held_for = 84ms;
    thawed_report other = clean;
    BOOST_TEST((clean == other));
    other.warnings.emplace_back("writer 2 resumed late");
    BOOST_TEST((clean != other));

    prepared_report with_writer;
    with_writer.participants = {{"db", participant_kind::writer}};
    prepared_report with_hook;
    with_hook.participants = {{"db", participant_kind::hook}};
    BOOST_TEST((with_writer != with_hook));

    abort_request cancelled;
    cancelled.reason = "cancelled";
    BOOST_TEST((cancelled != abort_request{}));

    recover_request first;
    first.copy = "vol1";
    recover_request second;
    second.copy = "vol2";
    BOOST_TEST((first != second));
}
