// SPDX-License-Identifier: BSL-1.0
// SP 2.14, 4.14, 5.2, 5.6, 5.8, 7.2, 7.11, 8.1 and 10.2 with the hook of a real agent as the
// participant that is slow, or fails.
#include "conformance/clauses/native_effect.hpp"

#include "conformance/clauses/freeze_support.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

/// The agent afresh, with a hook that behaves so.
native_host with_hook(run_context& run, const hook_script& script = {}) {
    start_options how;
    how.hook = script;
    run.start(how);
    return native_host(run);
}

/// Prepares, and asks for a freeze in which the hook is called.
txn_id freeze_up_to_the_hook(native_host& host) {
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.ask(txn, snapproto::freeze_request{});
    host.context().require(wait_for_hook(host.context(), "freeze"), "a freeze calls the hook",
                           "a call with freeze", "none within 2 s");
    return txn;
}

/// The calls of one kind, each of which found the filesystem so.
void expect_one_call(run_context& run, std::string_view argument, std::string_view requirement) {
    std::vector<hook_call> found = run.hook().calls();
    std::erase_if(found, [&](const hook_call& one) { return one.argument() != argument; });
    run.require(found.size() == 1, fmt::format("the hook is called once with {}", argument),
                "one such call", fmt::format("the calls: {}", calls_so_far(run)));
    run.require(!found.front().frozen_at_start || !*found.front().frozen_at_start, requirement,
                "the filesystem is not frozen", "the kernel holds it frozen");
}

// catches: an agent that freezes what its hook still has to write to
void called_before_and_after(run_context& run, std::string_view argument,
                             std::string_view requirement) {
    native_host host = with_hook(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.must_be_frozen("a Freeze freezes");
    host.finish(txn);
    expect_one_call(run, argument, requirement);
}

void hook_first(run_context& run) {
    called_before_and_after(run, "freeze", "a hook is held before any filesystem");
}

void hook_last(run_context& run) {
    called_before_and_after(run, "thaw", "a hook is released after every filesystem");
}

// catches: an agent that freezes although its hook has failed
void hook_refuses(run_context& run) {
    native_host host = with_hook(run, {.file = {}, .on_freeze = {.exit_status = 1}, .on_thaw = {}});
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    const error_report got =
        host.must_answer<error_report>("a hook that fails ends the transaction", txn,
                                       snapproto::freeze_request{}, native_host::step_wait);
    run.require(got.reason == verdict::veto, "as veto", "veto", words_of(got));
    host.must_be_thawed("and nothing is frozen");
    host.must_be_in(agent_phase::idle, "the transaction is over");
}

// catches: an agent that fails a thaw because of its hook, or says nothing of it
void hook_fails_to_thaw(run_context& run) {
    native_host host = with_hook(run, {.file = {}, .on_freeze = {}, .on_thaw = {.exit_status = 1}});
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    const thawed_report got = host.thaw(txn);
    run.require(!got.warnings.empty(), "a hook that fails to resume is a warning",
                "at least one warning", "none");
    host.must_be_thawed("and the filesystems are thawed");
}

// catches: an agent that is deaf while its hook runs
void status_while_the_hook_runs(run_context& run) {
    native_host host = with_hook(run, {.file = {}, .on_freeze = {.sleep = 2s}, .on_thaw = {}});
    (void)freeze_up_to_the_hook(host);
    const instant before = run.now();
    const status_report got = host.status();
    run.require(got.phase == agent_phase::quiesce && got.held == 0,
                "Status is of the instant at which it is made", "quiesce, held 0", words_of(got));
    run.require(run.now() - before < run.limit(1s), "also while a hook is in work", "at once",
                "later");
    (void)host.must_get<frozen_report>("the Freeze goes on", native_host::step_wait);
}

// catches: an agent that begins again, or says nothing
void repeated_while_the_hook_runs(run_context& run) {
    native_host host = with_hook(run, {.file = {}, .on_freeze = {.sleep = 2s}, .on_thaw = {}});
    const txn_id txn = freeze_up_to_the_hook(host);
    host.ask(txn, snapproto::freeze_request{});
    const native_said got = host.read();
    run.require(got.as<progress_report>() != nullptr,
                "a Freeze repeated while a hook runs is answered with Progress", "progress",
                got.words());
    (void)host.must_get<frozen_report>("the hold is built", native_host::step_wait);
    host.must_be_quiet("one answer serves both");
    run.require(calls_so_far(run) == "freeze", "the hook is called once", "the calls: freeze",
                "the calls: " + calls_so_far(run));
}

// catches: an agent that goes on to freeze for whoever has given up
void abort_while_the_hook_runs(run_context& run) {
    native_host host = with_hook(run, {.file = {}, .on_freeze = {.sleep = 3s}, .on_thaw = {}});
    const txn_id txn = freeze_up_to_the_hook(host);
    host.ask(txn, abort_request{});
    const native_said got = host.answer(native_host::step_wait);
    run.require(got.as<aborted_report>() != nullptr, "an Abort while a hook runs is answered",
                "aborted", got.words());
    host.must_be_thawed("and nothing is frozen");
    run.require(calls_so_far(run) == "freeze thaw", "a hook that was called is called to undo it",
                "the calls: freeze thaw", "the calls: " + calls_so_far(run));
}

// catches: an agent that goes on to freeze for a host that is gone
void lost_while_the_hook_runs(run_context& run) {
    native_host host = with_hook(run, {.file = {}, .on_freeze = {.sleep = 3s}, .on_thaw = {}});
    const txn_id txn = freeze_up_to_the_hook(host);
    host.hang_up();
    host.open();
    (void)host.begin();
    host.must_be_thawed("a channel lost while a hook runs undoes it");
    const status_report got = host.status();
    run.require(got.last_txn == txn && got.last_verdict == verdict::lost, "as lost", "lost",
                words_of(got));
}

// catches: an agent that runs hooks for whoever wants filesystems only
void no_hook_is_asked(run_context& run, bool application) {
    native_host host = with_hook(run);
    (void)host.begin();
    host.require_granted(feature::explicit_prepare);
    prepare_request request = host.preparation();
    request.level = application ? quiesce_level::application : quiesce_level::filesystem;
    request.run_hooks = !application;
    const txn_id txn = host.new_txn();
    const prepared_report got = host.must_answer<prepared_report>("a Prepare is answered", txn,
                                                                  request, native_host::step_wait);
    const auto hooks = std::count_if(
        got.participants.begin(), got.participants.end(),
        [](const participant_summary& one) { return one.kind == participant_kind::hook; });
    run.require(hooks == 0, "Prepared names no hook", "no hook", words_of(got));
    (void)host.must_answer<frozen_report>("a Freeze is answered", txn, snapproto::freeze_request{},
                                          native_host::step_wait);
    host.finish(txn);
    run.require(calls_so_far(run).empty(), "and none is called", "no call",
                "the calls: " + calls_so_far(run));
}

void level_filesystem(run_context& run) {
    no_hook_is_asked(run, false);
}

void without_hooks(run_context& run) {
    no_hook_is_asked(run, true);
}

} // namespace

void native_hooks(registry& checks) {
    using enum capability;
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = {hook, restart, freeze_target, kernel_truth},
                    .bound = 60s,
                    .run = run});
    };
    add(sec<2, 14>::value, 3, "Status is true while a hook runs", status_while_the_hook_runs);
    add(sec<4, 14>::value, 2, "at the level filesystem no hook takes part", level_filesystem);
    add(sec<4, 14>::value, 3, "when no hooks are wanted none takes part", without_hooks);
    add(sec<5, 2>::value, 2, "a hook is held before any filesystem", hook_first);
    add(sec<5, 6>::value, 2, "a Freeze repeated while a hook runs is answered with Progress",
        repeated_while_the_hook_runs);
    add(sec<5, 8>::value, 3, "a hook that fails undoes the freeze", hook_refuses);
    add(sec<7, 2>::value, 2, "a hook is released after every filesystem", hook_last);
    add(sec<7, 11>::value, 2, "a hook that fails to resume is a warning", hook_fails_to_thaw);
    add(sec<8, 1>::value, 6, "an Abort while a hook runs", abort_while_the_hook_runs);
    add(sec<10, 2>::value, 3, "a channel lost while a hook runs undoes it",
        lost_while_the_hook_runs);
}

} // namespace snapproto::conformance::clauses
