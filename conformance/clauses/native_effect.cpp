// SPDX-License-Identifier: BSL-1.0
// SP 5.4, 10.6, 10.14, 14.3, 14.4 and 63.1: what the disks show, whatever was said.
#include "conformance/clauses/native_effect.hpp"

#include "conformance/clauses/effect_support.hpp"
#include "conformance/native_host.hpp"

#include <utility>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

/// The hold between Frozen and Thawed.
hold from_frozen_to_thawed(native_host& host, txn_id& txn) {
    return {[&] {
                (void)host.begin();
                txn = host.new_txn();
                (void)host.freeze(txn);
            },
            [&] { host.finish(txn); }};
}

/// One of the looks that effect_support.hpp has.
template <class Look>
void look(run_context& run, Look&& at) {
    native_host host(run);
    txn_id txn{};
    at(run, from_frozen_to_thawed(host, txn));
}

// catches: an agent that says frozen and freezes nothing, or lets go early
void first_device(run_context& run) {
    look(run, [](run_context& in, const hold& held) { device_stands_still(in, 0, held); });
}

// catches: an agent that freezes the first filesystem only
void second_device(run_context& run) {
    look(run, [](run_context& in, const hold& held) { device_stands_still(in, 1, held); });
}

// catches: an agent that flushes and does not freeze
void every_writer_blocks(run_context& run) {
    look(run, writers_block);
}

// catches: an agent that says thawed for a filesystem which stayed frozen, or kills writers
void writer_goes_on(run_context& run) {
    look(run, a_writer_goes_on);
}

// catches: an agent that blocks writers without bringing the filesystem to rest
void first_copy(run_context& run) {
    look(run, [](run_context& in, const hold& held) { copy_is_clean(in, 0, held); });
}

// catches: an agent that does so to the first filesystem only
void second_copy(run_context& run) {
    look(run, [](run_context& in, const hold& held) { copy_is_clean(in, 1, held); });
}

// catches: an agent that stops the device under the filesystem instead of freezing it
void unflushed(run_context& run) {
    look(run, unflushed_is_in_the_copy);
}

// catches: an agent that keeps writers blocked for a host that is gone
void writers_go_on_at_the_end(run_context& run) {
    native_host host(run);
    txn_id txn{};
    writers_go_on_without_a_request(
        run, from_frozen_to_thawed(host, txn), [&] { host.hang_up(); },
        "after the end of the channel");
}

// catches: an agent that leaves writers blocked when it is told to end
void writers_go_on_when_it_ends(run_context& run) {
    native_host host(run);
    txn_id txn{};
    writers_go_on_without_a_request(
        run, from_frozen_to_thawed(host, txn),
        [&] {
            run.agent().terminate();
            (void)run.agent().wait_exit(run.limit(native_host::step_wait));
        },
        "after the agent was told to end");
}

// catches: an agent that starts as if nothing were held
void after_a_kill(run_context& run) {
    {
        native_host host(run);
        (void)host.begin();
        (void)host.freeze(host.new_txn());
        run.agent().kill();
    }
    run.start({.hook = {}, .block_list = {}, .keep_state = true});
    native_host host(run);
    (void)host.begin();
    host.must_be_thawed("before its first HelloAck a restarted agent releases what was left held");
    const status_report got = host.status();
    run.require(got.phase == agent_phase::idle && got.held == 0,
                "and holds nothing when it has answered", "idle, held 0", words_of(got));
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.must_be_frozen("what was adopted can be frozen again");
    host.finish(txn);
}

} // namespace

void native_effect(registry& checks) {
    using enum capability;
    const auto add = [&](clause about, int index, std::string_view title,
                         std::vector<capability> needs, void (*run)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = 60s,
                    .run = run});
    };
    add(sec<5, 4>::value, 3, "with a writer at work the device does not change while held",
        {freeze_target, writer, device_digest}, first_device);
    add(sec<5, 4>::value, 4, "neither does the device of the second filesystem",
        {two_freeze_targets, writer, device_digest}, second_device);
    add(sec<5, 4>::value, 5, "on every filesystem a writer blocks until the thaw",
        {freeze_target, writer, kernel_truth}, every_writer_blocks);
    add(sec<10, 6>::value, 2, "writers go on after an agent that is told to end",
        {restart, signal, freeze_target, writer}, writers_go_on_when_it_ends);
    add(sec<10, 14>::value, 1, "an agent that is started again releases what was left held",
        {restart, signal, freeze_target, kernel_truth}, after_a_kill);
    add(sec<14, 3>::value, 1, "a copy that is taken while held needs no recovery",
        {freeze_target, writer, window_copy}, first_copy);
    add(sec<14, 3>::value, 2, "neither does one of the second filesystem",
        {two_freeze_targets, writer, window_copy}, second_copy);
    add(sec<14, 3>::value, 3, "what was written and not flushed before the freeze is in the copy",
        {freeze_target, window_copy}, unflushed);
    add(sec<14, 4>::value, 1, "a blocked writer goes on after the thaw, in every round",
        {freeze_target, writer}, writer_goes_on);
    add(sec<63, 1>::value, 2, "writers go on after the end of the channel",
        {freeze_target, writer, connection_oriented, reconnect}, writers_go_on_at_the_end);
}

} // namespace snapproto::conformance::clauses
