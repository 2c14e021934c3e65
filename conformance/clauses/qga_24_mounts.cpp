// SPDX-License-Identifier: BSL-1.0
// SP 24.14, 24.18, 24.19 and 24.21: mounts that make a freeze of everything difficult.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <fmt/format.h>

#include <optional>

namespace snapproto::conformance::clauses {
namespace {

// catches: an agent that reports a failure and leaves frozen what it had frozen before it
void one_mount_fails(run_context& run) {
    start_options options;
    options.failing_mount = true;
    run.start(options);
    run.must_sync();
    const reply got = freeze_all(run);
    if (got.is_value()) {
        (void)run.thaw();
        run.skip("a freeze of everything succeeds in spite of the mount that should fail it");
    }
    run.require_error(got, "GenericError", "a freeze that fails on a mount");
    require_thawed(run, "after a freeze that failed on a mount");
    require_freeze(run, {0});
    require_thaw(run, 1, "in the next round, without that mount");
}

/// The freeze target whose image lies on another one, and that other one.
struct nesting {
    std::size_t upper;
    std::size_t lower;
};

std::optional<nesting> find_nesting(run_context& run) {
    const auto mounts = run.mounts();
    for (std::size_t upper = 0; upper < mounts.size(); ++upper) {
        const auto image = run.filesystem(upper).image_file();
        for (std::size_t lower = 0; image && lower < mounts.size(); ++lower) {
            if (image->starts_with(mounts[lower] + '/')) {
                return nesting{upper, lower};
            }
        }
    }
    return std::nullopt;
}

/// A freeze of everything where one filesystem's image lies on another, in bounded time.
void freeze_nested(run_context& run, bool with_second_mount) {
    const bool can_be_made = run.agent().can(capability::nested_mount).present;
    if (can_be_made) {
        start_options options;
        options.nested_mount = true;
        run.start(options);
    }
    const auto found = can_be_made ? std::optional(nesting{0, 0}) : find_nesting(run);
    if (!found) {
        run.skip("no freeze target has its image on another freeze target");
    }
    if (!can_be_made && run.filesystem(found->lower).alias().has_value() != with_second_mount) {
        run.skip(with_second_mount
                     ? "the lower filesystem is mounted once only"
                     : "the lower filesystem is mounted twice, which is for SP 24.19 to judge");
    }
    run.must_sync();
    const reply got = freeze_all(run, 5s);
    if (got.kind == reply_kind::none) {
        release_from_outside(run);
        (void)run.client().read(5s);
        (void)run.thaw();
    }
    const auto known = static_cast<std::int64_t>(run.mounts().size()) + (can_be_made ? 1 : 0);
    run.require_number(got, known, "a freeze of a filesystem and of what lies on it, within 5 s");
    expect_held(run, found->upper, true, "after a freeze of everything");
    expect_held(run, found->lower, true, "after a freeze of everything");
    require_thaw(run, known, "after a freeze of everything");
}

// catches: an agent that freezes in the order of the mount table, and then waits for itself
void nested(run_context& run) {
    freeze_nested(run, false);
}

// catches: an agent that goes by mounts instead of filesystems when it orders them
void nested_with_second_mount(run_context& run) {
    freeze_nested(run, true);
}

// catches: an agent that gives up because of a mount point that leads elsewhere
void hidden_mount_is_no_failure(run_context& run) {
    run.must_sync();
    const reply got = freeze_all(run);
    if (got.is_value()) {
        (void)run.thaw();
    }
    run.expect(got.number().value_or(0) >= 1, "a mount hidden under another one fails no freeze",
               "return is the number of filesystems frozen", got.words());
    require_thawed(run, "in the end");
}

} // namespace

void qga_24_mounts(registry& checks) {
    using enum capability;
    checks.add({.about = sec<24, 14>::value,
                .index = 1,
                .title = "a freeze that fails on one mount is an error, with nothing frozen",
                .needs = {restart, freeze_everything, failing_mount},
                .run = one_mount_fails});
    checks.add({.about = sec<24, 18>::value,
                .index = 1,
                .title = "a filesystem is frozen before the one that holds its image",
                .needs = {freeze_everything, two_freeze_targets},
                .run = nested});
    checks.add({.about = sec<24, 19>::value,
                .index = 1,
                .title = "also if the lower filesystem is mounted a second time",
                .needs = {freeze_everything, two_freeze_targets, foreign_freeze},
                .run = nested_with_second_mount});
    checks.add({.about = sec<24, 21>::value,
                .index = 1,
                .title = "a mount hidden under another one does not fail the freeze of everything",
                .needs = {freeze_everything, hidden_mount},
                .run = hidden_mount_is_no_failure});
}

} // namespace snapproto::conformance::clauses
