// SPDX-License-Identifier: BSL-1.0
// SP 24: the freeze commands in each state.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

// catches: an agent that answers 1 and freezes nothing, counts mounts, or forgets its status
void one_filesystem(run_context& run) {
    run.must_sync();
    require_status(run, "thawed", "before the freeze");
    require_freeze(run, {0});
    require_status(run, "frozen", "after a freeze that returned 1");
    expect_held(run, 0, true, "after the reply to freeze");
    require_thaw(run, 1, "after a freeze that returned 1");
}

// catches: an agent that freezes only the first name of a list, or does not count the others
void two_filesystems(run_context& run) {
    run.must_sync();
    require_freeze(run, {0, 1});
    require_status(run, "frozen", "after a freeze that returned 2");
    expect_held(run, 0, true, "after a freeze of both");
    expect_held(run, 1, true, "after a freeze of both");
    require_thaw(run, 2, "after a freeze that returned 2");
}

void everything(run_context& run, const reply& frozen) {
    if (frozen.is_error() && run.agent().can(capability::hidden_mount)) {
        run.skip("a hidden mount fails the freeze of everything, which is for SP 24.21 to judge");
    }
    const auto known = static_cast<std::int64_t>(run.mounts().size());
    run.require_number(frozen, known, "a freeze of everything");
    require_status(run, "frozen", "after a freeze of everything");
    for (std::size_t i = 0; i < run.mounts().size(); ++i) {
        expect_held(run, i, true, "after a freeze of everything");
    }
    require_thaw(run, known, "after a freeze of everything");
}

// catches: an agent that counts mounts for filesystems (bind mounts twice), or leaves one out
void all_of_them(run_context& run) {
    run.must_sync();
    everything(run, freeze_all(run));
}

// catches: an agent that takes an omitted list for an empty one, or refuses it
void omitted_list(run_context& run) {
    run.must_sync();
    everything(run, freeze_with(run, nullptr));
}

// catches: an agent whose status goes to frozen with every freeze, whatever it froze
void status_follows_the_count(run_context& run) {
    run.must_sync();
    const reply none = freeze_with(run, json::object{{"mountpoints", json::array{}}});
    require_thawed(run, none.is_error() ? "after an error" : "after a freeze of nothing");
    require_freeze(run, {0});
    require_status(run, "frozen", "after a freeze that returned 1");
    require_thaw(run, 1, "after a freeze that returned 1");
    const reply refused = freeze_with(run, json::object{{"mountpoints", 7}});
    run.require_error(refused, "", "a freeze with a list that is none");
    require_thawed(run, "after a freeze that was refused");
}

// catches: an agent that takes a filesystem which somebody else had frozen for its own, counts it,
// and stays thawed; or says frozen and returns 0
void frozen_by_somebody_else(run_context& run) {
    run.must_sync();
    const auto frozen = run.filesystem().foreign_freeze();
    if (!frozen || !*frozen) {
        run.skip("nobody else could freeze the filesystem: " + frozen.why);
    }
    const reply got = run.freeze({run.filesystem().mount()});
    const bool counted = got.number() && *got.number() > 0;
    const reply status = run.status();
    run.note(counted ? "a filesystem that somebody else froze is counted"
                     : "a filesystem that somebody else froze is not counted");
    (void)run.thaw();
    (void)run.filesystem().foreign_thaw();
    run.require(got.is_error() || got.number().has_value(),
                "a freeze of what is frozen already is answered", "a count or an error",
                got.words());
    run.require_text(status, counted ? "frozen" : "thawed",
                     fmt::format("guest-fsfreeze-status after {}", got.words()));
    require_thawed(run, "in the end");
}

// catches: an agent that freezes more when asked while frozen, or loses count of what it holds
void list_while_frozen(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    const std::vector<std::vector<std::string>> lists = {
        {run.filesystem(1).mount()}, {run.filesystem(0).mount()}, run.mounts(), {}};
    for (const auto& list : lists) {
        const reply again = run.freeze(list);
        run.expect(again.is_error() || again.is_value(), "a freeze while frozen is answered",
                   "an error or a count", again.words());
        require_status(run, "frozen", "after a second freeze");
        expect_held(run, 0, true, "after a second freeze");
        expect_held(run, 1, false, "although a second freeze named it");
    }
    require_thaw(run, 1, "after one freeze and others while frozen");
}

// catches: an agent that freezes the rest with a freeze of everything while frozen
void everything_while_frozen(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    for (const reply& again : {freeze_all(run), freeze_with(run, nullptr)}) {
        run.expect(again.is_error() || again.returns(1),
                   "a freeze of everything while frozen is refused, or returns the former count",
                   "an error, or return is 1", again.words());
    }
    require_status(run, "frozen", "after further freezes");
    expect_held(run, 0, true, "after further freezes");
    if (run.mounts().size() > 1) {
        expect_held(run, 1, false, "after further freezes");
    }
    require_thaw(run, 1, "after one freeze and others while frozen");
}

// catches: an agent that lets writes through for a moment while it refuses a second freeze
void second_freeze_lets_nothing_through(run_context& run) {
    run.must_sync();
    const auto busy = moving_writer(run);
    require_freeze(run, {0});
    expect_blocked(run, *busy, "after the reply to freeze");
    const std::uint64_t before = busy->progress();
    for (int i = 0; i < 5; ++i) {
        (void)run.freeze({run.filesystem().mount()});
    }
    run.sleep_for(100ms);
    run.expect(busy->progress() == before, "second freezes let no write through",
               fmt::format("{} steps of the writer, as before", before),
               fmt::format("{} steps", busy->progress()));
    require_thaw(run, 1, "after one freeze and others while frozen");
    expect_moving(run, *busy, "after the thaw");
}

// catches: an agent that answers a second freeze with 0, or with a new count
void second_freeze_is_refused(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    const reply again = run.freeze({run.filesystem().mount()});
    run.note(again.is_error() ? "a freeze while frozen is refused with " + again.error_class
                              : "a freeze while frozen returns the former count");
    run.expect(again.is_error() || again.returns(1),
               "a freeze while frozen is refused, or returns the count it had returned",
               "an error, or return is 1", again.words());
    require_thaw(run, 1, "after two freezes of one filesystem");
}

// catches: an agent that knows one form of a freeze only as one while frozen
void every_form_is_refused(run_context& run) {
    const std::string unknown = run.filesystem().mount() + "/no-such-mount";
    const std::vector<std::vector<std::string>> forms = {
        {run.filesystem().mount()}, {run.filesystem(1).mount()}, run.mounts(), {}, {unknown}};
    for (const std::vector<std::size_t>& hold : {std::vector<std::size_t>{0}, {0, 1}}) {
        run.must_sync();
        require_freeze(run, hold);
        const auto count = static_cast<std::int64_t>(hold.size());
        for (const auto& form : forms) {
            const reply again = run.freeze(form);
            run.expect(again.is_error() || again.returns(count),
                       fmt::format("freeze-list [{}] with {} held is refused, or returns that "
                                   "count",
                                   fmt::join(form, ", "), count),
                       fmt::format("an error, or return is {}", count), again.words());
            require_status(run, "frozen", "after a second freeze");
        }
        require_thaw(run, count, "after one freeze and others while frozen");
    }
}

void pipeline(run_context& run, std::string_view separator) {
    run.must_sync();
    const std::string freeze = freeze_request({run.filesystem().mount()});
    const auto ask = [](std::string_view command) { return qga_client::request(command); };
    std::string all;
    for (const auto& one : {freeze, ask("guest-fsfreeze-status"), ask("guest-fsfreeze-thaw"),
                            ask("guest-fsfreeze-status")}) {
        all += one.substr(0, one.size() - 1);
        all += separator;
    }
    run.client().send(all);
    run.require_number(run.client().read(10s), 1, "the freeze in the pipeline");
    run.require_text(run.client().read(), "frozen", "the status behind the freeze");
    run.require_number(run.client().read(10s), 1, "the thaw in the pipeline");
    run.require_text(run.client().read(), "thawed", "the status behind the thaw");
    expect_all_released(run, "after the pipeline");
}

// catches: an agent that looks at a request before the one ahead of it is done
void pipelined(run_context& run) {
    pipeline(run, "\n");
}

// catches: an agent that takes one line, not one bracket, for a request
void pipelined_without_newlines(run_context& run) {
    pipeline(run, "");
}

// catches: an agent that fails or counts wrong in the second round (descriptors, flags left over)
void rounds(run_context& run) {
    run.must_sync();
    for (int round = 0; round < 5; ++round) {
        require_freeze(run, {0});
        expect_held(run, 0, true, "in every round");
        require_thaw(run, 1, fmt::format("in round {}", round + 1));
    }
}

} // namespace

void qga_24_freeze(registry& checks) {
    using enum capability;
    checks.add({.about = sec<24, 1>::value,
                .index = 1,
                .title = "a freeze-list with one filesystem returns 1, holds it, and is frozen",
                .needs = {freeze_target},
                .run = one_filesystem});
    checks.add({.about = sec<24, 1>::value,
                .index = 2,
                .title = "a freeze-list with two filesystems returns 2 and holds both",
                .needs = {two_freeze_targets},
                .run = two_filesystems});
    checks.add({.about = sec<24, 2>::value,
                .index = 1,
                .title = "a freeze of everything holds and counts each filesystem once",
                .needs = {freeze_everything},
                .run = all_of_them});
    checks.add({.about = sec<24, 2>::value,
                .index = 2,
                .title = "a freeze-list without a list means everything",
                .needs = {freeze_everything},
                .run = omitted_list});
    checks.add({.about = sec<24, 8>::value,
                .index = 1,
                .title = "the status is frozen after a positive count, thawed after 0 and an error",
                .needs = {freeze_target},
                .run = status_follows_the_count});
    checks.add({.about = sec<24, 8>::value,
                .index = 2,
                .title = "count and status agree for a filesystem that somebody else has frozen",
                .needs = {foreign_freeze},
                .run = frozen_by_somebody_else});
    checks.add({.about = sec<24, 9>::value,
                .index = 1,
                .title = "a freeze-list while frozen changes neither state nor what is held",
                .needs = {two_freeze_targets},
                .run = list_while_frozen});
    checks.add({.about = sec<24, 9>::value,
                .index = 2,
                .title = "a freeze of everything while frozen changes nothing",
                .needs = {freeze_everything},
                .run = everything_while_frozen});
    checks.add({.about = sec<24, 9>::value,
                .index = 3,
                .title = "freezes while frozen let no write through",
                .needs = {writer},
                .run = second_freeze_lets_nothing_through});
    checks.add({.about = sec<24, 10>::value,
                .index = 1,
                .title = "a freeze while frozen is refused or returns the count it had returned",
                .needs = {freeze_target},
                .run = second_freeze_is_refused});
    checks.add({.about = sec<24, 10>::value,
                .index = 2,
                .title = "so is every form of it, with one and with two filesystems held",
                .needs = {two_freeze_targets},
                .run = every_form_is_refused});
    checks.add({.about = sec<24, 16>::value,
                .index = 1,
                .title = "freeze, status, thaw, status in one write: n, frozen, n, thawed",
                .needs = {freeze_target},
                .run = pipelined});
    checks.add({.about = sec<24, 16>::value,
                .index = 2,
                .title = "the same without anything between the requests",
                .needs = {freeze_target},
                .run = pipelined_without_newlines});
    checks.add({.about = sec<24, 23>::value,
                .index = 1,
                .title = "five rounds of freeze and thaw return the same counts",
                .needs = {freeze_target},
                .run = rounds});
}

} // namespace snapproto::conformance::clauses
