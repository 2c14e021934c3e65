// SPDX-License-Identifier: BSL-1.0
// SP 25: thaw in each state.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <optional>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

// catches: an agent that returns a constant, or nothing, for the number of filesystems thawed
void returns_the_count(run_context& run) {
    run.must_sync();
    for (const std::vector<std::size_t>& which :
         {std::vector<std::size_t>{0, 1}, {1}, {0, 1}, {0}}) {
        require_freeze(run, which);
        require_thaw(run, static_cast<std::int64_t>(which.size()),
                     fmt::format("after a freeze of {}", which.size()));
    }
}

// catches: an agent that says thawed and leaves a filesystem frozen
void nothing_stays_frozen(run_context& run) {
    run.must_sync();
    const auto first = moving_writer(run, 0);
    const auto second = moving_writer(run, 1);
    require_freeze(run, {0, 1});
    expect_blocked(run, *first, "after the reply to freeze");
    require_thaw(run, 2, "after a freeze of 2");
    expect_moving(run, *first, "after the thaw, on the first filesystem");
    expect_moving(run, *second, "after the thaw, on the second filesystem");
}

// catches: an agent for which a thaw while thawed is an error
void thaw_while_thawed(run_context& run) {
    run.must_sync();
    for (int i = 0; i < 3; ++i) {
        run.require_number(run.thaw(), 0, "a thaw while thawed");
        require_thawed(run, "after a thaw while thawed");
    }
    require_freeze(run, {0});
    require_thaw(run, 1, "after a freeze that followed thaws while thawed");
}

/// Thaws a filesystem that the agent holds behind its back, or skips the check.
void thaw_behind_its_back(run_context& run, std::size_t which) {
    const auto thawed = run.filesystem(which).foreign_thaw();
    if (!thawed || !*thawed) {
        run.skip("nobody else could thaw the filesystem: " + thawed.why);
    }
}

// catches: an agent that returns from thaw what it had returned from freeze, whatever happened
// since
void one_of_two_thawed_outside(run_context& run) {
    run.must_sync();
    require_freeze(run, {0, 1});
    thaw_behind_its_back(run, 0);
    expect_held(run, 1, true, "although the other one was thawed from outside");
    require_thaw(run, 1, "after 1 of 2 was thawed from outside");
    require_freeze(run, {0, 1});
    require_thaw(run, 2, "in the next, undisturbed round");
}

// catches: an agent that stays frozen, or fails, when there is nothing left to thaw
void all_thawed_outside(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    thaw_behind_its_back(run, 0);
    require_thaw(run, 0, "after everything was thawed from outside");
    require_freeze(run, {0});
    require_thaw(run, 1, "in the next, undisturbed round");
}

// catches: an agent that ignores arguments, so that a thaw of a part thaws everything
void stray_arguments(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    const json::value wrong[] = {
        json::object{{"mountpoints", json::array{run.filesystem().mount()}}},
        json::object{{"force", true}},
        json::array{},
    };
    for (const auto& arguments : wrong) {
        const std::string what = "a thaw with arguments " + json::serialize(arguments);
        run.require_error(run.client().call("guest-fsfreeze-thaw", arguments), "GenericError",
                          what);
        require_status(run, "frozen", "after " + what);
        expect_held(run, 0, true, "after " + what);
    }
    require_thaw(run, 1, "after thaws that were refused");
}

/// Somebody else holds the first filesystem; the agent freezes `mine`, and thaws.
void somebody_elses_freeze(run_context& run, std::optional<std::size_t> mine) {
    run.must_sync();
    const auto foreign = run.filesystem(0).foreign_freeze();
    if (!foreign || !*foreign) {
        run.skip("nobody else could freeze the filesystem: " + foreign.why);
    }
    std::int64_t count = 0;
    if (mine) {
        const reply frozen = run.freeze({run.filesystem(*mine).mount()});
        count = frozen.number().value_or(0);
        run.expect(count == 1, "a freeze is not disturbed by somebody else's", "return is 1",
                   frozen.words());
    }
    const reply thawed = run.thaw();
    const auto still = held(run, 0);
    const auto own = mine ? held(run, *mine) : std::optional(false);
    (void)run.filesystem(0).foreign_thaw();
    run.expect(!still || *still, "a thaw leaves alone what somebody else had frozen",
               "the kernel holds it frozen", "the kernel does not hold it");
    run.expect(thawed.returns(count), "a thaw counts what the agent itself had frozen",
               fmt::format("return is {}", count), thawed.words());
    run.expect(!own || !*own, "a thaw releases what the agent itself had frozen",
               "the kernel does not hold it", "the kernel holds it frozen");
}

// catches: an agent that thaws all it can reach instead of what it froze
void foreign_freeze_beside_own(run_context& run) {
    somebody_elses_freeze(run, 1);
}

// catches: an agent for which a thaw while thawed undoes the freezes of others
void foreign_freeze_while_thawed(run_context& run) {
    somebody_elses_freeze(run, std::nullopt);
}

/// A harmless command with a result that is served now, if any is.
std::optional<std::string> harmless_command(run_context& run,
                                            const std::map<std::string, bool>& known) {
    for (const char* name : {"guest-get-time", "guest-get-osinfo", "guest-get-host-name",
                             "guest-get-timezone", "guest-network-get-interfaces"}) {
        const auto found = known.find(name);
        if (found != known.end() && found->second && run.client().call(name).is_value()) {
            return name;
        }
    }
    return std::nullopt;
}

// catches: an agent that stays restricted after a thaw, or opens what its block list had closed
void commands_come_back(run_context& run) {
    run.must_sync();
    const auto before = commands(run);
    const auto served = harmless_command(run, before);
    require_freeze(run, {0});
    if (served) {
        run.require_error(run.client().call(*served), "CommandNotFound", *served + " while frozen");
    }
    require_thaw(run, 1, "after a freeze that returned 1");
    const auto after = commands(run);
    for (const auto& [name, enabled] : before) {
        const auto found = after.find(name);
        const bool now = found != after.end() && found->second;
        run.expect(now == enabled,
                   fmt::format("{} is {} after the thaw as before the freeze", name,
                               enabled ? "enabled" : "disabled"),
                   enabled ? "enabled: true" : "enabled: false",
                   now ? "enabled: true" : "enabled: false");
    }
    if (served) {
        run.require_value(run.client().call(*served), *served + " after the thaw");
    } else {
        run.note("no harmless command was served even before the freeze; only guest-info compared");
    }
}

// catches: an agent that can be configured to freeze and never to thaw
void thaw_on_the_block_list(run_context& run) {
    start_options options;
    options.block_list = {"guest-fsfreeze-thaw"};
    run.start(options);
    run.must_sync();
    const reply frozen = run.freeze({run.filesystem().mount()});
    if (frozen.is_error()) {
        require_status(run, "thawed", "after a freeze that was refused");
        run.note("with thaw blocked, freeze is refused");
        return;
    }
    const reply thawed = run.thaw();
    const auto still = held(run, 0);
    release_from_outside(run);
    run.require(thawed.returns(1), "what the agent froze it thaws, whatever is blocked",
                "freeze is refused, or thaw returns 1",
                fmt::format("freeze: {}, thaw: {}", frozen.words(), thawed.words()));
    run.require(!still || !*still, "a thaw that returned 1 has thawed",
                "the kernel does not hold it", "the kernel holds it frozen");
}

// catches: an agent that returns its count a second time, or an error
void two_thaws(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    require_thaw(run, 1, "the first time");
    require_thaw(run, 0, "the second time");
}

// catches: an agent that merges two thaws, or works on both at once
void two_thaws_in_one_write(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    const std::string thaw = qga_client::request("guest-fsfreeze-thaw");
    run.client().send(thaw + thaw);
    run.require_number(run.client().read(10s), 1, "the first of two thaws in one write");
    run.require_number(run.client().read(10s), 0, "the second of two thaws in one write");
    require_thawed(run, "after two thaws in one write");
}

} // namespace

void qga_25_thaw(registry& checks) {
    using enum capability;
    checks.add({.about = sec<25, 1>::value,
                .index = 1,
                .title = "thaw returns the number of filesystems that were frozen, round by round",
                .needs = {two_freeze_targets},
                .run = returns_the_count});
    checks.add({.about = sec<25, 2>::value,
                .index = 1,
                .title = "after the reply to thaw nothing is frozen, and writers go on",
                .needs = {two_freeze_targets, writer},
                .run = nothing_stays_frozen});
    checks.add({.about = sec<25, 3>::value,
                .index = 1,
                .title = "a thaw while thawed returns 0, any number of times",
                .needs = {freeze_target},
                .run = thaw_while_thawed});
    checks.add({.about = sec<25, 4>::value,
                .index = 1,
                .title = "of two filesystems one was thawed from outside: thaw returns 1",
                .needs = {two_freeze_targets, foreign_freeze},
                .run = one_of_two_thawed_outside});
    checks.add({.about = sec<25, 4>::value,
                .index = 2,
                .title = "all was thawed from outside: thaw returns 0, and the next round works",
                .needs = {foreign_freeze},
                .run = all_thawed_outside});
    checks.add({.about = sec<25, 5>::value,
                .index = 1,
                .title = "a thaw with arguments is refused, and everything stays frozen",
                .needs = {freeze_target},
                .run = stray_arguments});
    checks.add({.about = sec<25, 6>::value,
                .index = 1,
                .title = "a thaw of the agent's freeze leaves somebody else's alone",
                .needs = {two_freeze_targets, foreign_freeze, kernel_truth},
                .run = foreign_freeze_beside_own});
    checks.add({.about = sec<25, 6>::value,
                .index = 2,
                .title = "a thaw while thawed leaves somebody else's freeze alone",
                .needs = {foreign_freeze, kernel_truth},
                .run = foreign_freeze_while_thawed});
    checks.add({.about = sec<25, 7>::value,
                .index = 1,
                .title = "after a thaw the commands are served as before the freeze",
                .needs = {freeze_target},
                .run = commands_come_back});
    checks.add({.about = sec<25, 8>::value,
                .index = 1,
                .title = "with thaw on the block list, freeze is refused or thaw works",
                .needs = {freeze_target, foreign_freeze, restart, block_list},
                .run = thaw_on_the_block_list});
    checks.add({.about = sec<25, 9>::value,
                .index = 1,
                .title = "the second of two thaws returns 0",
                .needs = {freeze_target},
                .run = two_thaws});
    checks.add({.about = sec<25, 9>::value,
                .index = 2,
                .title = "two thaws in one write return the count and 0",
                .needs = {freeze_target},
                .run = two_thaws_in_one_write});
}

} // namespace snapproto::conformance::clauses
