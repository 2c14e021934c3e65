// SPDX-License-Identifier: BSL-1.0
// SP 29.1 to 29.7: what the disks show, whatever was said.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

std::string digest_of(run_context& run, std::size_t which) {
    const auto seen = run.filesystem(which).device_digest();
    if (!seen) {
        run.skip(fmt::format("the device under {} cannot be read: {}",
                             run.filesystem(which).mount(), seen.why));
    }
    return *seen;
}

/// With a writer at work the device stands still from the reply to freeze to the request to thaw.
void device_stands_still(run_context& run, std::size_t which) {
    run.must_sync();
    const auto busy = moving_writer(run, which);
    require_freeze(run, {which});
    const std::string at_reply = digest_of(run, which);
    (void)run.status();
    (void)run.freeze({run.filesystem(which).mount()});
    run.sleep_for(300ms);
    const std::string at_request = digest_of(run, which);
    require_thaw(run, 1, "after a freeze that returned 1");
    run.expect(at_reply == at_request, "the device does not change while frozen",
               "the same digest after the reply to freeze and before the request to thaw",
               "different digests");
    expect_moving(run, *busy, "after the thaw");
    run.sleep_for(200ms);
    if (digest_of(run, which) == at_request) {
        run.skip("a write after the thaw does not show in the digest, so it proves nothing");
    }
}

// catches: an agent that answers with success and freezes nothing, or lets go early
void first_device(run_context& run) {
    device_stands_still(run, 0);
}

// catches: an agent that freezes the first filesystem whatever it was asked for
void second_device(run_context& run) {
    device_stands_still(run, 1);
}

// catches: an agent that flushes and does not freeze, or remounts read-only so that writers fail
void writer_blocks(run_context& run) {
    run.must_sync();
    const auto busy = moving_writer(run);
    require_freeze(run, {0});
    expect_held(run, 0, true, "after the reply to freeze");
    expect_blocked(run, *busy, "after the reply to freeze");
    require_thaw(run, 1, "after a freeze that returned 1");
    expect_moving(run, *busy, "after the thaw");
}

// catches: an agent that holds one of the filesystems that it counted, but not all
void every_writer_blocks(run_context& run) {
    run.must_sync();
    std::vector<std::shared_ptr<writer>> busy;
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < run.mounts().size(); ++i) {
        busy.push_back(moving_writer(run, i));
        all.push_back(i);
    }
    require_freeze(run, all);
    for (std::size_t i = 0; i < busy.size(); ++i) {
        expect_held(run, i, true, "after the reply to freeze");
        expect_blocked(run, *busy[i],
                       fmt::format("on {} after the reply to freeze", run.mounts()[i]));
    }
    require_thaw(run, static_cast<std::int64_t>(all.size()), "after a freeze of all targets");
    for (std::size_t i = 0; i < busy.size(); ++i) {
        expect_moving(run, *busy[i], fmt::format("on {} after the thaw", run.mounts()[i]));
    }
}

// catches: an agent that freezes everything, whatever the list says
void others_stay_writable(run_context& run) {
    run.must_sync();
    const auto other = moving_writer(run, 1);
    require_freeze(run, {0});
    expect_held(run, 1, false, "since it was not asked for");
    const bool moves = other->moves_within(run.limit(1s));
    require_thaw(run, 1, "after a freeze of the other filesystem");
    run.expect(moves, "a filesystem that was not asked for stays writable",
               "a step of the writer within 1 s", "no step");
}

// catches: an agent that blocks writers without bringing the filesystem to rest
void copy_is_clean(run_context& run, std::size_t which) {
    run.must_sync();
    const auto busy = moving_writer(run, which);
    require_freeze(run, {which});
    const auto copy = run.filesystem(which).examine_copy();
    require_thaw(run, 1, "after a freeze that returned 1");
    if (!copy || (*copy).verdict == copy_verdict::unknown) {
        run.skip("the copy cannot be judged: " + (copy ? (*copy).words : copy.why));
    }
    run.require((*copy).verdict == copy_verdict::clean,
                "a copy taken while frozen needs no recovery", "a clean filesystem", (*copy).words);
    run.note((*copy).words);
    expect_moving(run, *busy, "after the thaw");
}

void first_copy(run_context& run) {
    copy_is_clean(run, 0);
}

void second_copy(run_context& run) {
    copy_is_clean(run, 1);
}

// catches: an agent that stops the device under the filesystem instead of freezing it
void unflushed_is_in_the_copy(run_context& run) {
    run.must_sync();
    const auto written = run.filesystem().leave_witness();
    if (!written) {
        run.skip("nothing can be written before the freeze: " + written.why);
    }
    require_freeze(run, {0});
    const auto there = (*written)->in_copy();
    require_thaw(run, 1, "after a freeze that returned 1");
    if (!there) {
        run.skip("the copy cannot be read: " + there.why);
    }
    run.require(*there, "what was written before the freeze is in a copy taken while frozen",
                "all of a file that was written and not flushed", "not all of it");
}

// catches: an agent that reports success for a filesystem which stayed frozen, or kills writers
void writer_goes_on(run_context& run) {
    run.must_sync();
    const auto busy = moving_writer(run);
    for (int round = 0; round < 3; ++round) {
        const std::uint64_t before = busy->progress();
        require_freeze(run, {0});
        run.sleep_for(100ms);
        require_thaw(run, 1, "in every round");
        run.expect(busy->progress() >= before, "a blocked writer loses no step",
                   fmt::format("at least {} steps", before),
                   fmt::format("{} steps", busy->progress()));
        if (!expect_moving(run, *busy, "after the thaw")) {
            release_from_outside(run);
            return;
        }
    }
}

// catches: an agent that reports an error, or 0, and holds a filesystem all the same
void refused_freeze_blocks_nobody(run_context& run) {
    run.must_sync();
    const auto busy = moving_writer(run);
    const std::string mount = run.filesystem().mount();
    const json::value lists[] = {
        json::object{{"mountpoints", json::array{}}},
        json::object{{"mountpoints", json::array{"/snapcheck-no-such-mount-point"}}},
        json::object{{"mountpoints", json::array{mount, 7}}},
        json::object{{"mountpoints", json::array{mount}}, {"stray", true}},
    };
    for (const auto& arguments : lists) {
        const reply got = freeze_with(run, arguments);
        run.require(got.is_error() || got.returns(0), "a freeze of nothing is 0 or an error",
                    "return is 0, or an error", got.words());
        expect_held(run, 0, false, "after " + got.words());
        expect_moving(run, *busy, "after " + got.words());
    }
    require_thawed(run, "after freezes of nothing");
}

// catches: an agent that freezes before its hook has failed, and leaves it so
void failed_hook_blocks_nobody(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.exit_status = 1}, .on_thaw = {}});
    const auto busy = moving_writer(run);
    const reply got = run.freeze({run.filesystem().mount()});
    run.require_error(got, "GenericError", "a freeze whose hook fails");
    expect_moving(run, *busy, "after a freeze whose hook failed");
    require_thawed(run, "after a freeze whose hook failed");
}

} // namespace

void qga_29_effect(registry& checks) {
    using enum capability;
    checks.add({.about = sec<29, 1>::value,
                .index = 1,
                .title = "with a writer at work the device does not change while frozen",
                .needs = {freeze_target, writer, device_digest},
                .run = first_device});
    checks.add({.about = sec<29, 1>::value,
                .index = 2,
                .title = "neither does the device of the second target",
                .needs = {two_freeze_targets, writer, device_digest},
                .run = second_device});
    checks.add({.about = sec<29, 2>::value,
                .index = 1,
                .title = "a writer blocks from the reply to freeze until the thaw",
                .needs = {freeze_target, writer, kernel_truth},
                .run = writer_blocks});
    checks.add({.about = sec<29, 2>::value,
                .index = 2,
                .title = "on every filesystem that was counted a writer blocks",
                .needs = {two_freeze_targets, writer, kernel_truth},
                .run = every_writer_blocks});
    checks.add({.about = sec<29, 3>::value,
                .index = 1,
                .title = "a filesystem that was not asked for stays writable",
                .needs = {two_freeze_targets, writer},
                .run = others_stay_writable});
    checks.add({.about = sec<29, 4>::value,
                .index = 1,
                .title = "a copy taken while frozen needs no recovery",
                .needs = {freeze_target, writer, window_copy},
                .run = first_copy});
    checks.add({.about = sec<29, 4>::value,
                .index = 2,
                .title = "neither does one of the second target",
                .needs = {two_freeze_targets, writer, window_copy},
                .run = second_copy});
    checks.add({.about = sec<29, 5>::value,
                .index = 1,
                .title = "a blocked writer goes on after the thaw, in every round",
                .needs = {freeze_target, writer},
                .run = writer_goes_on});
    checks.add({.about = sec<29, 6>::value,
                .index = 1,
                .title = "what was written and not flushed before the freeze is in the copy",
                .needs = {freeze_target, window_copy},
                .run = unflushed_is_in_the_copy});
    checks.add({.about = sec<29, 7>::value,
                .index = 1,
                .title = "a freeze that returned 0 or an error blocks no writer",
                .needs = {freeze_target, writer},
                .run = refused_freeze_blocks_nobody});
    checks.add({.about = sec<29, 7>::value,
                .index = 2,
                .title = "a freeze whose hook failed blocks no writer",
                .needs = {hook, restart, freeze_target, writer},
                .run = failed_hook_blocks_nobody});
}

} // namespace snapproto::conformance::clauses
