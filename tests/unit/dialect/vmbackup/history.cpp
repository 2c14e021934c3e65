// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vmbackup/history.hpp>

#include "tests/support/vocabulary.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::vmbackup;
using namespace std::chrono_literals;

constexpr instant start{1h};

/// A host that has seen these events, and whose snapshotDone was taken at the commit.
operation_history after(const std::vector<event>& events, bool snapshot_done = true) {
    operation_history history;
    for (const event one : events) {
        history.take(
            {one, one == event::aborted ? event_code::remote_abort : event_code::success, "x"},
            start);
        if (one == event::commit && snapshot_done) {
            history.snapshot_done_taken(start);
        }
    }
    return history;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_history)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(operation_state::failed);
    tests::check_vocabulary(operation_fault::ended_early);
}

// SP 47.1, 47.2
BOOST_AUTO_TEST_CASE(only_the_whole_way_is_a_success) {
    using enum event;
    const auto good = after({reset, keep_alive, commit, generic_manifest, keep_alive, done});
    BOOST_TEST((good.state() == operation_state::succeeded));
    BOOST_TEST((good.fault() == operation_fault::none));
    BOOST_TEST(!good.running());
    for (const event bad : {error, aborted, writer_error, provider_abort}) {
        for (const auto& way :
             {std::vector{reset, bad, done}, std::vector{reset, bad, commit, done},
              std::vector{reset, commit, bad, done}}) {
            const auto history = after(way);
            BOOST_TEST((history.state() == operation_state::failed));
            BOOST_TEST((history.fault() == operation_fault::reported));
            BOOST_TEST(!history.running());
        }
    }
}

// SP 47.1: what the real guest does when it is told to end, or when its commit was refused.
BOOST_AUTO_TEST_CASE(done_before_snapshot_done_shows_that_the_guest_let_go) {
    using enum event;
    for (const auto& history : {after({reset, commit, done}, false), after({reset, done}, false),
                                after({reset, keep_alive, done})}) {
        BOOST_TEST((history.state() == operation_state::failed));
        BOOST_TEST((history.fault() == operation_fault::ended_early));
        BOOST_TEST(!history.first_code());
    }
    // A snapshotDone that was taken before the commit cannot be: it counts for nothing.
    operation_history odd;
    odd.take({reset, {}, ""}, start);
    odd.snapshot_done_taken(start);
    odd.take({done, {}, ""}, start);
    BOOST_TEST((odd.state() == operation_state::failed));
}

BOOST_AUTO_TEST_CASE(the_first_code_is_kept) {
    operation_history history;
    history.take({event::reset, {}, ""}, start);
    history.take({event::error, event_code::script_error, "hook"}, start);
    history.take({event::error, event_code::unexpected_error, "operation"}, start);
    BOOST_TEST((history.first_code() == event_code::script_error));
    BOOST_TEST(history.running());
    history.take({event::reset, {}, ""}, start);
    BOOST_TEST(!history.first_code());
    BOOST_TEST((history.state() == operation_state::preparing));
}

// SP 47.3, 47.4: the copy may be cut only while the state says so, and who refuses the commit, or
// sends abort, gets no success whatever follows.
BOOST_AUTO_TEST_CASE(the_copy_may_be_cut_between_the_commit_and_snapshot_done) {
    operation_history history;
    BOOST_TEST(!history.may_cut());
    history.started(start);
    BOOST_TEST(!history.may_cut());
    history.take({event::commit, {}, ""}, start);
    BOOST_TEST(history.may_cut());
    operation_history refused = history;
    refused.take({event::done, {}, ""}, start);
    BOOST_TEST((refused.state() == operation_state::failed));
    history.snapshot_done_taken(start);
    BOOST_TEST(!history.may_cut());
    BOOST_TEST((history.state() == operation_state::releasing));
}

// SP 47.5
BOOST_AUTO_TEST_CASE(a_guest_may_be_silent_for_five_seconds_and_one_more) {
    operation_history history;
    BOOST_TEST((history.suspicious_at() == never));
    history.take({event::reset, {}, ""}, start);
    BOOST_TEST((history.suspicious_at() == start + 6s));
    BOOST_TEST(!history.suspicious(start + 6s));
    BOOST_TEST(history.suspicious(start + 6s + 1ns));
    history.take({event::keep_alive, {}, ""}, start + 5s);
    BOOST_TEST(!history.suspicious(start + 11s));
    history.take({event::done, {}, ""}, start + 11s);
    BOOST_TEST(!history.suspicious(start + 1h));
}

// SP 47.6
BOOST_AUTO_TEST_CASE(an_event_while_nothing_runs_changes_nothing_but_reset) {
    operation_history history;
    for (const event one : {event::commit, event::error, event::done, event::keep_alive}) {
        history.take({one, {}, ""}, start);
        BOOST_TEST((history.state() == operation_state::none));
    }
    auto over = after({event::reset, event::commit, event::done});
    over.take({event::error, event_code::sync_error, "late"}, start);
    BOOST_TEST((over.state() == operation_state::succeeded));
    over.take({event::reset, {}, ""}, start);
    BOOST_TEST((over.state() == operation_state::preparing));
    // The answer to a start comes behind reset, and begins nothing a second time.
    over.take({event::commit, {}, ""}, start);
    over.started(start);
    BOOST_TEST(over.may_cut());
}

// SP 47.1
RC_BOOST_PROP(a_success_has_a_commit_then_snapshot_done_then_done_and_nothing_bad,
              (const std::vector<std::uint8_t>& bytes)) {
    operation_history history;
    int stage = 0; // 1 begun, 2 committed, 3 snapshotDone taken, 4 over well
    for (const std::uint8_t byte : bytes) {
        const auto which = byte % (value_count<event> + 1);
        if (which == value_count<event>) {
            history.snapshot_done_taken(start);
            stage = stage == 2 ? 3 : stage;
        } else {
            const auto what = static_cast<event>(which);
            history.take({what, {}, ""}, start);
            if (what == event::reset) {
                stage = 1;
            } else if (what == event::commit) {
                stage = stage == 1 ? 2 : stage;
            } else if (what == event::done) {
                stage = stage == 3 ? 4 : (stage == 4 ? 4 : 0);
            } else if (what == event::error || what == event::aborted ||
                       what == event::writer_error || what == event::provider_abort) {
                stage = stage == 4 ? 4 : 0;
            }
        }
        RC_ASSERT((history.state() == operation_state::succeeded) == (stage == 4));
        RC_ASSERT(history.may_cut() == (stage == 2));
    }
}

BOOST_AUTO_TEST_SUITE_END()
