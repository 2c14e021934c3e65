// SPDX-License-Identifier: BSL-1.0
// Coordinator, provider and requester of VSS.
#include <snapproto/machine/vss_coordinator.hpp>
#include <snapproto/machine/vss_provider.hpp>
#include <snapproto/machine/vss_requester.hpp>
#include <snapproto/machine/vss_writer.hpp>

#include <tests/support/vocabulary.hpp>
#include <tests/unit/machine/guest_table.hpp>
#include <tests/unit/machine/input_walk.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <vector>

using namespace snapproto;
using namespace snapproto::machine;
using tests::asks_for;

namespace {

template <class Event>
std::vector<Event> all_of() {
    std::vector<Event> made;
    for (std::size_t i = 0; i < value_count<Event>; ++i) {
        made.push_back(static_cast<Event>(i));
    }
    return made;
}

// ---- coordinator

using ce = vss_coordinator_event;
using cf = vss_coordinator_effect;
using cp = vss_coordinator_phase;

template <class Look>
void for_each_coordinator_step(Look&& look) {
    std::vector<vss_coordinator_input> inputs{{ce::set_context, false}};
    for (const ce kind : all_of<ce>()) {
        inputs.push_back({kind, true});
    }
    // The level is 0 to 3 while freezing and keeps its last value elsewhere: each of the fifteen
    // other phases is reached with a level of an earlier session too.
    const auto reached =
        tests::walk<vss_coordinator_outbox>(vss_coordinator_machine{}, inputs, look);
    BOOST_TEST(reached >= 19U);
    BOOST_TEST(reached <= 16U * 4U);
}

std::string done(vss_coordinator_machine& machine, ce kind) {
    return tests::effects_of<vss_coordinator_outbox>(machine, vss_coordinator_input{kind});
}

vss_coordinator_machine until(std::initializer_list<ce> all) {
    vss_coordinator_machine machine;
    for (const ce kind : all) {
        done(machine, kind);
    }
    return machine;
}

vss_coordinator_machine prepared() {
    return until({ce::set_context, ce::gather_metadata, ce::answered, ce::start_set, ce::add_volume,
                  ce::prepare_backup, ce::answered});
}

vss_coordinator_machine flushing() {
    auto machine = prepared();
    done(machine, ce::create_set);
    for (int i = 0; i < 5; ++i) { // PrepareSnapshot, three levels, the provider
        done(machine, ce::answered);
    }
    return machine;
}

bool holds_volumes(const vss_coordinator_state& state) {
    return state.phase == cp::flushing || state.phase == cp::committing;
}

// ---- provider

using pe = vss_provider_event;
using pf = vss_provider_effect;
using pp = vss_provider_phase;

template <class Look>
void for_each_provider_step(Look&& look) {
    BOOST_TEST(tests::walk<vss_provider_outbox>(vss_provider_machine{}, all_of<pe>(), look) == 16U);
}

// ---- requester

using re = vss_requester_event;
using rf = vss_requester_effect;
using rp = vss_requester_phase;

template <class Look>
void for_each_requester_step(Look&& look) {
    std::vector<vss_requester_input> inputs;
    for (const re kind : all_of<re>()) {
        inputs.push_back({kind, false});
        inputs.push_back({kind, true});
    }
    for (const bool takes_partial : {false, true}) {
        tests::walk<vss_requester_outbox>(vss_requester_machine{takes_partial, 2}, inputs, look);
    }
}

std::string done(vss_requester_machine& machine, re kind, bool retryable = false) {
    return tests::effects_of<vss_requester_outbox>(machine, vss_requester_input{kind, retryable});
}

} // namespace

BOOST_AUTO_TEST_SUITE(vss_coordinator_)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(cp::completing);
    tests::check_vocabulary(ce::limit_passed);
    tests::check_vocabulary(cf::forget_set);
    tests::check_vocabulary(vss_coordinator_refusal::in_progress);
}

BOOST_AUTO_TEST_CASE(every_cell_names_a_clause_that_the_appendix_gives_it) {
    tests::check_cells<vss_coordinator_machine>(
        "A.8",
        {"IDLE", "CONTEXT", "GATHERING", "GATHERED", "STARTED", "ADDED", "PREPARING", "PREPARED",
         "READYING", "FREEZING", "FLUSHING", "COMMITTING", "THAWING", "FINISHING", "CREATED",
         "COMPLETING"},
        {"SetContext", "GatherWriterMetadata", "StartSnapshotSet", "AddToSnapshotSet",
         "PrepareForBackup", "DoSnapshotSet", "BackupDone", "AbortBackup", "RequesterGone",
         "Answered", "Flushed", "Committed", "ProviderFailed", "Thold"});
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_and_refusals_change_nothing) {
    tests::check_rows<vss_coordinator_machine>(
        [](auto&& look) { for_each_coordinator_step(look); });
}

// SP 52.9, 52.11, 52.13, 52.14, 52.15, 52.17, 52.18: whatever happens, volumes go on in the step
// that leaves the hold, and only then.
BOOST_AUTO_TEST_CASE(volumes_are_held_and_released_in_pairs) {
    for_each_coordinator_step([](const vss_coordinator_state& before, const auto&, const auto&,
                                 const vss_coordinator_outbox& out,
                                 const vss_coordinator_state& next) {
        BOOST_TEST(asks_for(out, cf::hold_volumes) ==
                   (!holds_volumes(before) && holds_volumes(next)));
        BOOST_TEST(asks_for(out, cf::release_volumes) ==
                   (holds_volumes(before) && !holds_volumes(next)));
    });
}

// SP 52.10
BOOST_AUTO_TEST_CASE(nothing_is_cut_but_in_the_hold) {
    for_each_coordinator_step([](const vss_coordinator_state& before, const auto& input,
                                 const auto&, const vss_coordinator_outbox& out,
                                 const vss_coordinator_state& next) {
        BOOST_TEST(asks_for(out, cf::provider_commit) ==
                   (before.phase == cp::flushing && input.kind == ce::flushed));
        BOOST_TEST(
            (input.kind != ce::committed || before.phase == cp::committing || next == before));
    });
}

// SP 52.11: volumes first, then those that write to them.
BOOST_AUTO_TEST_CASE(writers_are_thawed_behind_the_volumes) {
    auto machine = flushing();
    BOOST_TEST(done(machine, ce::flushed) == "provider_commit");
    BOOST_TEST(done(machine, ce::committed) == "release_volumes, ask_thaw, provider_post_commit");
}

// SP 52.4
BOOST_AUTO_TEST_CASE(one_set_is_created_at_a_time) {
    for_each_coordinator_step([](const vss_coordinator_state& before, const auto& input,
                                 const auto& step, const auto&, const auto&) {
        if (input.kind == ce::start_set && !step) {
            const bool creates = before.phase >= cp::started && before.phase <= cp::finishing;
            BOOST_TEST((step.refusal == vss_coordinator_refusal::in_progress) == creates);
        }
    });
}

// SP 52.15, 52.17, 52.18: who ends a session that makes a set has it thrown away.
BOOST_AUTO_TEST_CASE(a_set_that_is_not_created_is_thrown_away) {
    for_each_coordinator_step([](const vss_coordinator_state& before, const auto&, const auto&,
                                 const vss_coordinator_outbox& out,
                                 const vss_coordinator_state& next) {
        const bool makes = before.phase >= cp::started && before.phase <= cp::finishing;
        if (makes && next.phase == cp::idle) {
            BOOST_TEST(asks_for(out, cf::provider_abort));
            BOOST_TEST(asks_for(out, cf::tell_abort));
        }
    });
}

// SP 52.1, 52.2, 52.3, 52.5, 52.6, 52.7, 52.8, 52.9, 52.12, 52.16
BOOST_AUTO_TEST_CASE(the_way_of_a_success) {
    vss_coordinator_machine machine;
    BOOST_TEST(tests::effects_of<vss_coordinator_outbox>(
                   machine, vss_coordinator_input{ce::set_context, false}) == "answer_unsupported");
    BOOST_TEST(done(machine, ce::gather_metadata) == "- bad_state"); // SP 52.19
    BOOST_TEST(done(machine, ce::set_context) == "answer_ok");
    BOOST_TEST(done(machine, ce::gather_metadata) == "ask_identify");
    BOOST_TEST(done(machine, ce::answered) == "answer_ok");
    BOOST_TEST(done(machine, ce::start_set) == "answer_ok");
    BOOST_TEST(done(machine, ce::prepare_backup) == "- bad_state");
    BOOST_TEST(done(machine, ce::add_volume) == "provider_add, answer_ok");
    BOOST_TEST(done(machine, ce::prepare_backup) == "ask_prepare_backup");
    BOOST_TEST(done(machine, ce::answered) == "answer_ok");
    BOOST_TEST(done(machine, ce::create_set) == "ask_prepare_snapshot, provider_prepare");
    BOOST_TEST(done(machine, ce::answered) == "ask_freeze");
    BOOST_TEST(done(machine, ce::answered) == "ask_freeze");
    BOOST_TEST(done(machine, ce::answered) == "ask_freeze");
    BOOST_TEST(done(machine, ce::answered) == "provider_pre_commit");
    BOOST_TEST(done(machine, ce::answered) == "hold_volumes");
    BOOST_TEST(done(machine, ce::flushed) == "provider_commit");
    done(machine, ce::committed);
    BOOST_TEST(done(machine, ce::answered) == "ask_post_snapshot, provider_finish");
    BOOST_TEST(done(machine, ce::answered) == "answer_ok");
    BOOST_TEST(done(machine, ce::backup_complete) == "ask_backup_complete");
    BOOST_TEST(done(machine, ce::answered) == "answer_ok");
    BOOST_TEST((machine.phase() == cp::idle));
}

// SP 52.20: nothing that a writer says is an event of the coordinator, but that all have answered.
BOOST_AUTO_TEST_CASE(a_writer_that_fails_ends_no_step) {
    auto machine = prepared();
    done(machine, ce::create_set);
    vss_writer_machine writer{vss_writer_state{vss_writer_phase::freezing, {}}};
    vss_writer_outbox out;
    BOOST_TEST(done(machine, ce::answered) == "ask_freeze");
    writer.process({vss_writer_event::frozen, vss_writer_failure::retryable}, out);
    BOOST_TEST((writer.phase() == vss_writer_phase::failed));
    BOOST_TEST(done(machine, ce::answered) == "ask_freeze"); // the next level
    BOOST_TEST((machine.phase() == cp::freezing));
}

// SP 52.13, 52.14
BOOST_AUTO_TEST_CASE(the_two_time_outs_of_the_hold_are_told_apart) {
    auto machine = flushing();
    BOOST_TEST(done(machine, ce::limit_passed) ==
               "release_volumes, provider_abort, forget_set, tell_abort, answer_flush_expired");
    machine = flushing();
    done(machine, ce::flushed);
    BOOST_TEST(done(machine, ce::limit_passed) ==
               "release_volumes, provider_abort, forget_set, tell_abort, answer_hold_expired");
    BOOST_TEST(done(machine, ce::committed) == "- ignore");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(vss_provider_)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(pp::deleted);
    tests::check_vocabulary(pe::remove);
    tests::check_vocabulary(pf::discard);
    tests::check_vocabulary(vss_provider_refusal::bad_state);
}

BOOST_AUTO_TEST_CASE(every_cell_names_a_clause_that_the_appendix_gives_it) {
    tests::check_cells<vss_provider_machine>(
        "A.9",
        {"NONE", "PREPARING", "PROCESSING_PREPARE", "PREPARED", "PROCESSING_PRECOMMIT",
         "PRECOMMITTED", "PROCESSING_COMMIT", "COMMITTED", "PROCESSING_POSTCOMMIT", "POSTCOMMITTED",
         "PROCESSING_PREFINALCOMMIT", "PREFINALCOMMITTED", "PROCESSING_POSTFINALCOMMIT", "CREATED",
         "ABORTED", "DELETED"},
        {"BeginPrepareSnapshot", "EndPrepareSnapshots", "PreCommitSnapshots", "CommitSnapshots",
         "PostCommitSnapshots", "PreFinalCommitSnapshots", "PostFinalCommitSnapshots", "Done",
         "Failed", "AbortSnapshots", "DeleteSnapshots"});
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_and_refusals_change_nothing) {
    tests::check_rows<vss_provider_machine>([](auto&& look) { for_each_provider_step(look); });
}

// SP 53.4, 53.5, 53.6: what ends without a copy leaves nothing behind.
BOOST_AUTO_TEST_CASE(what_is_aborted_or_deleted_is_discarded) {
    for_each_provider_step([](const vss_provider_state& before, const auto&, const auto&,
                              const vss_provider_outbox& out, const vss_provider_state& next) {
        const auto gone = [](pp at) { return at == pp::aborted || at == pp::deleted; };
        BOOST_TEST(asks_for(out, pf::discard) == (!gone(before.phase) && gone(next.phase)));
        BOOST_TEST((next.phase != pp::deleted || before.phase == pp::deleted ||
                    before.phase == pp::created));
    });
}

// SP 53.1, 53.2, 53.3, 53.7, 53.8
BOOST_AUTO_TEST_CASE(each_step_follows_the_one_before) {
    vss_provider_machine machine;
    const auto done = [&](pe kind) {
        return tests::effects_of<vss_provider_outbox>(machine, kind);
    };
    BOOST_TEST(done(pe::commit) == "- bad_state");
    BOOST_TEST(done(pe::begin_prepare) == "add_volume");
    BOOST_TEST(done(pe::begin_prepare) == "add_volume");
    for (const auto& [call, effect] :
         std::vector<std::pair<pe, std::string>>{{pe::end_prepare, "lay_out"},
                                                 {pe::pre_commit, "pre_commit"},
                                                 {pe::commit, "cut"},
                                                 {pe::post_commit, "post_commit"},
                                                 {pe::pre_final_commit, "open_copy"},
                                                 {pe::post_final_commit, "seal_copy"}}) {
        BOOST_TEST(done(call) == effect);
        BOOST_TEST(done(call) == "- bad_state");
        BOOST_TEST(done(pe::done) == "report_done");
    }
    BOOST_TEST((machine.phase() == pp::created));
    BOOST_TEST(done(pe::remove) == "discard");
    BOOST_TEST(done(pe::done) == "- ignore");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(vss_requester_)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(rp::waiting);
    tests::check_vocabulary(re::retry_due);
    tests::check_vocabulary(rf::report_failure);
    tests::check_vocabulary(vss_requester_refusal::busy);
}

BOOST_AUTO_TEST_CASE(every_cell_names_a_clause_that_the_appendix_gives_it) {
    tests::check_cells<vss_requester_machine>(
        "A.10",
        {"IDLE", "SETTING", "GATHERING", "STARTING", "ADDING", "PREPARING", "CREATING", "JUDGING",
         "COPYING", "COMPLETING", "ABORTING", "WAITING"},
        {"Begin", "CallDone", "CallFailed", "WritersWell", "WriterFailed", "Copied", "CopyFailed",
         "Cancel", "Tretry"});
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_and_refusals_change_nothing) {
    tests::check_rows<vss_requester_machine>([](auto&& look) { for_each_requester_step(look); });
}

// SP 54.3, 54.7: success is told of a copy that was saved, and BackupComplete only then.
BOOST_AUTO_TEST_CASE(writers_are_told_of_a_success_only_when_the_copy_was_saved) {
    for_each_requester_step([](const vss_requester_state& before, const auto& input, const auto&,
                               const vss_requester_outbox& out, const auto&) {
        BOOST_TEST(asks_for(out, rf::backup_complete) ==
                   (before.phase == rp::copying && input.kind == re::copied));
        BOOST_TEST((!asks_for(out, rf::report_success) || before.phase == rp::completing));
    });
}

// SP 54.5: attempts are bounded, whatever fails.
BOOST_AUTO_TEST_CASE(attempts_come_to_an_end) {
    for_each_requester_step([](const vss_requester_state& before, const auto& input, const auto&,
                               const vss_requester_outbox& out, const vss_requester_state& next) {
        const bool again = asks_for(out, rf::set_context) && input.kind != re::begin;
        BOOST_TEST((!again || before.data.retries));
        const bool planned = !before.data.retries && next.data.retries;
        BOOST_TEST((!planned || next.data.retries_left + 1 == before.data.retries_left));
    });
}

// SP 54.1, 54.2, 54.4, 54.6, 54.8, 54.9
BOOST_AUTO_TEST_CASE(a_failed_writer_spoils_the_copy_unless_a_partial_one_will_do) {
    for (const bool takes_partial : {false, true}) {
        vss_requester_machine machine{takes_partial, 1};
        BOOST_TEST(done(machine, re::begin) == "set_context");
        BOOST_TEST(done(machine, re::begin) == "- busy");
        for (const char* call : {"gather_metadata", "start_set", "add_volumes", "prepare_backup",
                                 "create_set", "gather_status"}) {
            BOOST_TEST(done(machine, re::call_done) == call);
        }
        BOOST_TEST(done(machine, re::writer_failed, true) ==
                   (takes_partial ? "save_copy" : "abort_backup"));
        if (!takes_partial) {
            BOOST_TEST(done(machine, re::call_done) == "wait");
            BOOST_TEST(done(machine, re::retry_due) == "set_context");
            BOOST_TEST(done(machine, re::call_done) == "gather_metadata");
            BOOST_TEST(done(machine, re::call_failed, true) == "abort_backup"); // no attempt left
            BOOST_TEST(done(machine, re::call_failed) == "report_failure");
        } else {
            BOOST_TEST(done(machine, re::cancel) == "abort_backup");
            BOOST_TEST(done(machine, re::call_done) == "report_failure");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
