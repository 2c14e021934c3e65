// SPDX-License-Identifier: BSL-1.0
#include <snapproto/message/vocabulary.hpp>

#include <tests/support/vocabulary.hpp>

#include <boost/test/unit_test.hpp>

using namespace snapproto;
using tests::check_vocabulary;

BOOST_AUTO_TEST_CASE(every_word_of_the_vocabulary_names_one_value) {
    check_vocabulary(verdict::stopped);
    check_vocabulary(consistency::application);
    check_vocabulary(cut_outcome::unknown);
    check_vocabulary(copy_result::unknown);
    check_vocabulary(quiesce_level::application);
    check_vocabulary(backup_kind::log);
    check_vocabulary(nak_code::unsupported);
    check_vocabulary(agent_phase::stuck);
    check_vocabulary(orchestrator_phase::abort);
    check_vocabulary(participant_phase::broken);
    check_vocabulary(provider_phase::discarded);
    check_vocabulary(participant_kind::filesystem);
    check_vocabulary(session_outcome::failed);
}

BOOST_AUTO_TEST_CASE(a_word_stands_for_the_value_of_its_name) {
    static_assert(to_string(verdict::early) == "early");
    static_assert(to_string(agent_phase::await) == "await");
    static_assert(to_string(orchestrator_phase::complete) == "complete");
    static_assert(to_string(nak_code::unknown_txn) == "unknown_txn");
    static_assert(from_string<provider_phase>("cutting") == provider_phase::cutting);
    static_assert(from_string<participant_phase>("vetoed") == participant_phase::vetoed);
    static_assert(to_string(backup_kind::incremental) == "incremental");
    static_assert(to_string(session_outcome::degraded) == "degraded");
    static_assert(!from_string<cut_outcome>("OK"));
    BOOST_TEST(to_string(consistency::crash) == "crash");
}

BOOST_AUTO_TEST_CASE(labels_are_ordered_by_what_they_claim) {
    static_assert(consistency::none < consistency::crash);
    static_assert(consistency::crash < consistency::filesystem);
    BOOST_TEST((consistency::filesystem < consistency::application));
}
