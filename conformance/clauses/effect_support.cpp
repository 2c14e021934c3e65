// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/effect_support.hpp"

#include "conformance/clauses/freeze_support.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

std::string digest_of(run_context& run, std::size_t which) {
    const auto seen = run.filesystem(which).device_digest();
    if (!seen) {
        run.skip(fmt::format("the device under {} cannot be read: {}",
                             run.filesystem(which).mount(), seen.why));
    }
    return *seen;
}

/// A writer that is seen to make no step, once what was on its way has been counted.
void expect_stopped(run_context& run, writer& busy, std::size_t which) {
    (void)busy.blocked_for(60ms);
    expect_blocked(run, busy, fmt::format("on {} while it is held", run.mounts()[which]));
}

std::vector<std::shared_ptr<writer>> writers_everywhere(run_context& run) {
    std::vector<std::shared_ptr<writer>> busy;
    for (std::size_t i = 0; i < run.mounts().size(); ++i) {
        busy.push_back(moving_writer(run, i));
    }
    return busy;
}

} // namespace

void device_stands_still(run_context& run, std::size_t which, const hold& held) {
    const auto busy = moving_writer(run, which);
    held.begin();
    const std::string at_begin = digest_of(run, which);
    run.sleep_for(300ms);
    const std::string at_end = digest_of(run, which);
    held.end();
    run.expect(at_begin == at_end, "the device does not change while it is held",
               "the same digest when the hold has begun and before its end", "different digests");
    expect_moving(run, *busy, "after the thaw");
    run.sleep_for(200ms);
    if (digest_of(run, which) == at_end) {
        run.skip("a write after the thaw does not show in the digest, so it proves nothing");
    }
}

void writers_block(run_context& run, const hold& held) {
    const auto busy = writers_everywhere(run);
    held.begin();
    for (std::size_t i = 0; i < busy.size(); ++i) {
        expect_held(run, i, true, "when the hold has begun");
        expect_stopped(run, *busy[i], i);
    }
    held.end();
    for (std::size_t i = 0; i < busy.size(); ++i) {
        expect_moving(run, *busy[i], fmt::format("on {} after the thaw", run.mounts()[i]));
    }
}

void a_writer_goes_on(run_context& run, const hold& held) {
    const auto busy = moving_writer(run);
    for (int round = 0; round < 3; ++round) {
        const std::uint64_t before = busy->progress();
        held.begin();
        run.sleep_for(100ms);
        held.end();
        run.expect(busy->progress() >= before, "a blocked writer loses no step",
                   fmt::format("at least {} steps", before),
                   fmt::format("{} steps", busy->progress()));
        if (!expect_moving(run, *busy, "after the thaw")) {
            release_from_outside(run);
            return;
        }
    }
}

void writers_go_on_without_a_request(run_context& run, const hold& held,
                                     const std::function<void()>& ends, std::string_view when) {
    const auto busy = writers_everywhere(run);
    held.begin();
    for (std::size_t i = 0; i < busy.size(); ++i) {
        expect_stopped(run, *busy[i], i);
    }
    ends();
    for (std::size_t i = 0; i < busy.size(); ++i) {
        if (!expect_moving(run, *busy[i], fmt::format("on {} {}", run.mounts()[i], when))) {
            release_from_outside(run);
            return;
        }
    }
    expect_all_released(run, when);
}

void copy_is_clean(run_context& run, std::size_t which, const hold& held) {
    const auto busy = moving_writer(run, which);
    held.begin();
    const auto copy = run.filesystem(which).examine_copy();
    held.end();
    if (!copy || (*copy).verdict == copy_verdict::unknown) {
        run.skip("the copy cannot be judged: " + (copy ? (*copy).words : copy.why));
    }
    run.require((*copy).verdict == copy_verdict::clean,
                "a copy that is taken during the hold needs no recovery", "a clean filesystem",
                (*copy).words);
    run.note((*copy).words);
    expect_moving(run, *busy, "after the thaw");
}

void unflushed_is_in_the_copy(run_context& run, const hold& held) {
    const auto written = run.filesystem().leave_witness();
    if (!written) {
        run.skip("nothing can be written before the freeze: " + written.why);
    }
    held.begin();
    const auto there = (*written)->in_copy();
    held.end();
    if (!there) {
        run.skip("the copy cannot be read: " + there.why);
    }
    run.require(*there, "what was written before the freeze is in a copy taken during the hold",
                "all of a file that was written and not flushed", "not all of it");
}

} // namespace snapproto::conformance::clauses
