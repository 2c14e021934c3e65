// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vss/codes.hpp>
#include <snapproto/dialect/vss/fsrvp.hpp>
#include <snapproto/dialect/vss/limits.hpp>
#include <snapproto/dialect/vss/profile.hpp>

#include <tests/support/spec_document.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

using namespace snapproto;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(vss_codes)

// SP 50.1: numbers and names as the documentation has them.
BOOST_AUTO_TEST_CASE(writers_are_in_sixteen_states) {
    using enum vss::writer_state;
    BOOST_TEST(value_count<vss::writer_state> == 16U);
    BOOST_TEST(to_string(static_cast<vss::writer_state>(1)) == "VSS_WS_STABLE");
    BOOST_TEST(to_string(static_cast<vss::writer_state>(5)) ==
               "VSS_WS_WAITING_FOR_BACKUP_COMPLETE");
    BOOST_TEST(to_string(static_cast<vss::writer_state>(9)) == "VSS_WS_FAILED_AT_FREEZE");
    BOOST_TEST(to_string(static_cast<vss::writer_state>(15)) == "VSS_WS_FAILED_AT_BACKUPSHUTDOWN");
    std::size_t failed = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        const auto state = static_cast<vss::writer_state>(i);
        const bool says_so = to_string(state).starts_with("VSS_WS_FAILED_AT_");
        BOOST_TEST(vss::is_failed(state) == says_so, to_string(state));
        failed += says_so ? 1U : 0U;
    }
    BOOST_TEST(failed == 10U);
}

// SP 50.2
BOOST_AUTO_TEST_CASE(snapshots_are_in_sixteen_states_and_the_last_number_came_late) {
    BOOST_TEST(value_count<vss::snapshot_state> == 16U);
    BOOST_TEST(to_string(static_cast<vss::snapshot_state>(7)) == "VSS_SS_COMMITTED");
    BOOST_TEST(to_string(static_cast<vss::snapshot_state>(12)) == "VSS_SS_CREATED");
    BOOST_TEST(to_string(static_cast<vss::snapshot_state>(15)) == "VSS_SS_POSTCOMMITTED");
}

// SP 50.3
BOOST_AUTO_TEST_CASE(the_codes_of_writers_are_five_and_one_for_recovery) {
    using enum vss::status;
    std::set<std::string_view> names;
    for (std::uint32_t code = 0x800423ef; code <= 0x800423f6; ++code) {
        const auto status = static_cast<vss::status>(code);
        const bool is_one = code >= 0x800423f0 && code <= 0x800423f5;
        BOOST_TEST(vss::is_writer_error(status) == is_one);
        BOOST_TEST(name_of(status).starts_with("VSS_E_WRITERERROR_") == is_one);
        names.insert(name_of(status));
    }
    BOOST_TEST(names.size() == 7U); // and the empty one
    BOOST_TEST(static_cast<std::uint32_t>(writer_timed_out) == 0x800423f2U);
    BOOST_TEST(static_cast<std::uint32_t>(flush_timed_out) == 0x80042313U);
    BOOST_TEST(static_cast<std::uint32_t>(hold_timed_out) == 0x80042314U);
    BOOST_TEST(vss::is_worth_a_retry(writer_timed_out));
    BOOST_TEST(!vss::is_worth_a_retry(not_retryable));
    BOOST_TEST(!vss::is_worth_a_retry(unsupported_context));
}

// SP 50.4, 50.6
BOOST_AUTO_TEST_CASE(contexts_are_six_with_bits_beside_them) {
    for (const vss::context one : vss::contexts) {
        const auto number = static_cast<std::uint32_t>(one);
        BOOST_TEST((vss::context_of(number) == one));
        BOOST_TEST((vss::context_of(number | vss::attribute::transportable) == one));
        BOOST_TEST((vss::context_of(number | vss::attribute::auto_recover) == one));
        BOOST_TEST(!vss::context_of(number | 0x40)); // a bit that there is not
        BOOST_TEST(vss::has_writers(number) ==
                   (one == vss::context::backup || one == vss::context::app_rollback ||
                    one == vss::context::client_accessible_writers));
    }
    for (const std::uint32_t number : {0x1U, 0x4U, 0x8U, 0xcU, 0x11U, 0x1cU, 0xffffffffU}) {
        BOOST_TEST(!vss::context_of(number), number);
    }
    BOOST_TEST(!vss::allows_recovery(0));
    BOOST_TEST(vss::allows_recovery(vss::attribute::auto_recover));
    BOOST_TEST(
        !vss::allows_recovery(vss::attribute::auto_recover | vss::attribute::no_auto_recovery));
}

// SP 50.5
BOOST_AUTO_TEST_CASE(logs_are_truncated_after_a_full_backup_alone) {
    BOOST_TEST(value_count<vss::backup_type> == 7U);
    for (std::size_t i = 0; i < 7; ++i) {
        BOOST_TEST(vss::may_truncate_logs(static_cast<vss::backup_type>(i)) == (i == 1));
    }
    BOOST_TEST(to_string(static_cast<vss::backup_type>(5)) == "VSS_BT_COPY");
}

// SP 50.7, 50.9, 54.5, 56.5
BOOST_AUTO_TEST_CASE(limits_are_those_of_windows) {
    BOOST_TEST((vss::default_limits.freeze_to_thaw == 60s));
    BOOST_TEST((vss::default_limits.flush_and_hold == 10s));
    BOOST_TEST((vss::default_limits.commit_wanted == 1s));
    BOOST_TEST((vss::default_limits.retry_after == 10min));
    BOOST_TEST(vss::default_limits.retries_max == 3);
    BOOST_TEST((fsrvp::default_limits.sequence_short == 180s));
    BOOST_TEST((fsrvp::default_limits.sequence_long == 1800s));
    BOOST_TEST(fsrvp::default_limits.context_retries_max == 5);
    // A preparation cannot last as long as it may: the call ends first.
    BOOST_TEST((fsrvp::default_client_limits.call < fsrvp::default_client_limits.prepare));
    BOOST_TEST((fsrvp::default_client_limits.commit == 60s));
}

// SP 56.1
BOOST_AUTO_TEST_CASE(each_call_has_its_number) {
    BOOST_TEST(value_count<fsrvp::opnum> == std::variant_size_v<fsrvp::request>);
    BOOST_TEST((fsrvp::opnum_of(fsrvp::set_context_request{}) == fsrvp::opnum::set_context));
    BOOST_TEST(static_cast<int>(fsrvp::opnum_of(fsrvp::commit_set_request{})) == 4);
    BOOST_TEST(static_cast<int>(fsrvp::opnum_of(fsrvp::recovery_complete_request{})) == 6);
    BOOST_TEST(static_cast<int>(fsrvp::opnum_of(fsrvp::get_mapping_request{})) == 10);
    BOOST_TEST(static_cast<int>(fsrvp::opnum_of(fsrvp::delete_mapping_request{})) == 11);
    BOOST_TEST(static_cast<int>(fsrvp::opnum_of(fsrvp::prepare_set_request{})) == 12);
    BOOST_TEST(to_string(fsrvp::opnum::is_path_copied) == "IsPathShadowCopied");
}

// SP 56.2
BOOST_AUTO_TEST_CASE(a_status_has_the_name_of_the_specification) {
    BOOST_TEST(name_of(fsrvp::status::commit_timeout) == "FSRVP_E_SHADOW_COPY_COMMIT_TIMEOUT");
    BOOST_TEST(name_of(static_cast<fsrvp::status>(0x102)) == "FSRVP_E_WAIT_TIMEOUT");
    BOOST_TEST(name_of(static_cast<fsrvp::status>(0x80042501)) ==
               "FSRVP_E_SHADOWCOPYSET_ID_MISMATCH");
    BOOST_TEST(name_of(static_cast<fsrvp::status>(1)).empty());
}

// SP 56.4
BOOST_AUTO_TEST_CASE(a_file_server_has_four_contexts) {
    for (const std::uint32_t number : {0x0U, 0x9U, 0x10U, 0x19U, 0x400000U, 0x2U, 0x400019U}) {
        BOOST_TEST(fsrvp::is_usable_context(number), number);
    }
    for (const std::uint32_t number : {0xdU, 0x1dU, 0x1U, 0xffffffffU}) {
        BOOST_TEST(!fsrvp::is_usable_context(number), number);
    }
}

// SP 56.6
BOOST_AUTO_TEST_CASE(a_copy_is_shared_under_its_number) {
    fsrvp::guid copy;
    copy.bytes = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0, 1, 2, 3, 4, 5, 6, 7};
    BOOST_TEST(fsrvp::exposed_share("data", copy) == "data@{01234567-89ab-cdef-0001-020304050607}");
}

// SP 59.1
BOOST_AUTO_TEST_CASE(capabilities_name_clauses_that_there_are) {
    std::set<std::string_view> features;
    const auto check = [&](const auto& vector) {
        features.clear();
        for (const dialect::capability& one : vector) {
            BOOST_TEST(features.insert(one.feature).second, one.feature);
            BOOST_TEST(tests::the_spec().has(one.governed_by), one.feature);
        }
    };
    check(vss::capabilities);
    check(fsrvp::capabilities);
    BOOST_TEST(
        (vss::find_capability("hold limit enforced in guest")->level == dialect::support::full));
    BOOST_TEST((fsrvp::find_capability("explicit thaw")->level == dialect::support::none));
    BOOST_TEST((vss::find_capability("no such feature") == nullptr));
    for (const auto& one : fsrvp::deviations) {
        BOOST_TEST(tests::the_spec().has(one.governed_by), one.observed);
    }
}

BOOST_AUTO_TEST_SUITE_END()
