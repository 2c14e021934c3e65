// SPDX-License-Identifier: BSL-1.0
// SP 45: what undoes an operation, and how that is told.
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/vmbackup_host.hpp"

#include <cerrno>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using vmbackup::event;
using vmbackup::refusal;
using namespace std::chrono_literals;

void must_be_told(run_context& run, const vmbackup_host& host, std::string_view requirement) {
    run.require(host.told_of_failure(), requirement, "req.error or req.aborted",
                host.event_words());
}

// catches: a guest that cannot cut an operation short
void abort_while_frozen(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_accept("vmbackup.abort", "an abort while frozen is accepted");
    host.must_end("an abort releases everything");
    run.require(host.count(event::aborted) == 1, "an abort is reported once", "one req.aborted",
                host.event_words());
}

// catches: a guest for which a second abort is another one
void a_second_abort(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_accept("vmbackup.abort", "an abort while frozen is accepted");
    const guest_answer answer = host.command("vmbackup.abort");
    const bool over = host.find(event::done) != nullptr;
    run.require(answer.accepts() || (over && answer.refuses()),
                "a second abort is accepted while the first is in work, and refused after it",
                over ? "'ERROR ' or 'OK '" : "'OK '", answer.words());
    host.must_end("it changes nothing");
    run.require(host.count(event::aborted) == 1, "it is not reported again", "one req.aborted",
                host.event_words());
}

// catches: a guest that accepts an abort of nothing
void abort_while_nothing_runs(run_context& run) {
    vmbackup_host host(run);
    host.must_refuse("vmbackup.abort", refusal::idle, "an abort while nothing runs is refused");
}

// catches: a guest that stays frozen for a host that will never say that it is done
void the_commit_is_refused(run_context& run) {
    vmbackup_host host(run);
    host.refuse(event::commit);
    host.must_accept("vmbackup.start 0", "a start is accepted");
    host.must_see(event::commit, "the guest reports that it is frozen");
    host.must_end("a commit that is refused releases everything");
}

// catches: a guest whose undo looks like a success
void a_refused_commit_is_told(run_context& run) {
    vmbackup_host host(run);
    host.refuse(event::commit);
    (void)host.command("vmbackup.start 0");
    host.must_see(event::done, "the operation ends");
    must_be_told(run, host, "the undo of a refused commit is told before done");
}

// catches: a guest without a limit of its own
void the_limit_of_the_options(run_context& run) {
    vmbackup_host host(run);
    const guest_answer answer = host.start_with({.timeout_s = 4});
    run.require(answer.accepts(), "a start with a limit is accepted", "'OK '", answer.words());
    host.must_see(event::commit, "it holds everything");
    host.must_end("the limit of the operation releases everything", 8s);
    must_be_told(run, host, "the end by the limit is told before done");
}

// catches: a guest whose host cannot tell who ended the operation
void the_limit_differs_from_an_abort(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    (void)host.command("vmbackup.abort");
    host.must_see(event::aborted, "an abort is reported");
    host.must_see(event::done, "it ends");
    const seen_event by_host = *host.find(event::aborted);
    host.forget_events();
    (void)host.start_with({.timeout_s = 4});
    host.must_see(event::aborted, "the end by the limit is reported by req.aborted", 10s);
    const seen_event by_guest = *host.find(event::aborted);
    run.require(by_host.bytes != by_guest.bytes,
                "the guest's own limit is told from an abort of the host", "two events that differ",
                "both times '" + by_host.bytes + "'");
}

// catches: a guest that keeps what it froze before the failure
void a_filesystem_that_fails(run_context& run) {
    vmbackup_host host(run);
    host.guest().freeze_fails["/dev/vda1"] = EIO;
    host.must_accept("vmbackup.start 0", "a start is accepted");
    host.must_end("a freeze that fails is undone whole");
    must_be_told(run, host, "a filesystem that fails is told");
    run.require(host.find(event::commit) == nullptr, "nothing is said to be frozen", "no commit",
                host.event_words());
}

// catches: a guest that goes on without a hook
void a_hook_that_fails(run_context& run) {
    vmbackup_host host(run);
    host.scripts().failing.insert("20-second");
    host.must_accept("vmbackup.start 0", "a start is accepted");
    host.must_end("a hook that fails ends the operation");
    must_be_told(run, host, "a hook that fails is told");
    run.require(host.find(event::commit) == nullptr, "nothing is said to be frozen", "no commit",
                host.event_words());
}

// catches: a guest that calls a hold a success which somebody else has ended
void somebody_else_thaws(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    const int number = host.guest().open("/srv");
    (void)host.guest().call(number, false);
    (void)host.command("vmbackup.snapshotDone");
    host.must_end("the others are released");
    must_be_told(run, host, "a hold that did not last is told before done");
}

} // namespace

void vmbackup_45_undo(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         duration bound = 20s) {
        checks.add({.about = about, .index = index, .title = title, .bound = bound, .run = run});
    };
    add(sec<45, 7>::value, 1, "an abort releases everything and is reported", abort_while_frozen);
    add(sec<45, 7>::value, 2, "a second abort has no effect", a_second_abort);
    add(sec<45, 7>::value, 3, "an abort while nothing runs is refused", abort_while_nothing_runs);
    add(sec<45, 8>::value, 1, "a commit that is refused releases everything",
        the_commit_is_refused);
    add(sec<45, 9>::value, 1, "the limit of the operation releases everything",
        the_limit_of_the_options, 30s);
    add(sec<45, 10>::value, 1, "the guest's limit is told from an abort of the host",
        the_limit_differs_from_an_abort, 40s);
    add(sec<45, 11>::value, 1, "a filesystem that fails undoes the operation",
        a_filesystem_that_fails);
    add(sec<45, 11>::value, 2, "a hook that fails undoes the operation", a_hook_that_fails);
    add(sec<45, 11>::value, 3, "a hold that did not last is told", somebody_else_thaws);
    add(sec<45, 18>::value, 1, "the undo of a refused commit is told", a_refused_commit_is_told);
}

} // namespace snapproto::conformance::clauses
