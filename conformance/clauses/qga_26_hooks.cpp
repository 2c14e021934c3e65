// SPDX-License-Identifier: BSL-1.0
// SP 26.1 to 26.3, 26.8, 26.13, 26.14 and 26.16: when the hook is called, and with what.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

/// The one call of this kind so far, or the check fails.
hook_call the_call(run_context& run, std::string_view argument, std::string_view when) {
    std::vector<hook_call> found;
    for (auto& call : run.hook().calls()) {
        if (call.argument() == argument) {
            found.push_back(call);
        }
    }
    run.require(found.size() == 1, fmt::format("the hook is called with {} {}", argument, when),
                "one such call", fmt::format("the calls: {}", calls_so_far(run)));
    return found.front();
}

/// The call had this one argument, and no filesystem was frozen at its start.
void expect_proper(run_context& run, const hook_call& call, std::string_view word) {
    run.expect(call.arguments.size() == 1, fmt::format("{} is the only argument", word),
               "1 argument", fmt::format("{} arguments", call.arguments.size()));
    run.expect(!call.frozen_at_start || !*call.frozen_at_start,
               fmt::format("the filesystem is not frozen when the hook is called with {}", word),
               "the kernel does not hold it", "the kernel holds it frozen");
}

// catches: an agent that freezes first, or calls the hook without or with further arguments
void freeze_call(run_context& run) {
    start_with_hook(run);
    require_freeze(run, {0});
    expect_proper(run, the_call(run, "freeze", "by a freeze"), "freeze");
    expect_held(run, 0, true, "after the reply to freeze");
    require_thaw(run, 1, "after a freeze with a hook");
}

// catches: an agent that starts the hook and freezes without waiting for its end
void freeze_hook_can_write(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = 400ms}, .on_thaw = {}});
    const auto busy = moving_writer(run);
    run.client().send(freeze_request({run.filesystem().mount()}));
    run.require(wait_for_hook(run, "freeze"), "a freeze calls the hook", "a call with freeze",
                "none within 2 s");
    run.sleep_for(100ms);
    run.expect(busy->moves_within(200ms), "while the freeze hook runs, writes are not blocked",
               "a step of the writer within 200 ms", "no step");
    run.require_number(run.client().read(10s), 1, "a freeze with a hook of 0.4 s");
    expect_blocked(run, *busy, "after the reply to freeze");
    require_thaw(run, 1, "after a freeze with a hook");
}

// catches: an agent that calls the thaw hook while something is frozen still
void thaw_call(run_context& run) {
    start_with_hook(run);
    require_freeze(run, {0, 1});
    require_thaw(run, 2, "after a freeze with a hook");
    expect_proper(run, the_call(run, "thaw", "by a thaw"), "thaw");
}

// catches: an agent that thaws while the hook runs, or after it
void thaw_hook_can_write(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {}, .on_thaw = {.sleep = 400ms}});
    const auto busy = moving_writer(run);
    require_freeze(run, {0});
    run.client().send(qga_client::request("guest-fsfreeze-thaw"));
    run.require(wait_for_hook(run, "thaw"), "a thaw calls the hook", "a call with thaw",
                "none within 2 s");
    run.expect(busy->moves_within(300ms), "while the thaw hook runs, writes are not blocked",
               "a step of the writer within 300 ms", "no step");
    run.require_number(run.client().read(10s), 1, "a thaw with a hook of 0.4 s");
    require_thawed(run, "after the thaw");
}

// catches: an agent that calls the hook once per filesystem, twice, or does not wait for its end
void exactly_once(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = 100ms}, .on_thaw = {.sleep = 100ms}});
    require_freeze(run, {0, 1});
    expect_calls(run, "freeze", "of a freeze of two filesystems");
    run.expect(the_call(run, "freeze", "by a freeze").ended.has_value(),
               "the freeze hook has ended when the reply is sent", "it has ended", "it still runs");
    require_thaw(run, 2, "after a freeze with a hook");
    expect_calls(run, "freeze thaw", "of a round with two filesystems");
    run.expect(the_call(run, "thaw", "by a thaw").ended.has_value(),
               "the thaw hook has ended when the reply is sent", "it has ended", "it still runs");
}

// catches: an agent that calls the hook in the first round only
void every_round(run_context& run) {
    start_with_hook(run);
    std::string wanted;
    for (int round = 0; round < 3; ++round) {
        require_freeze(run, {0});
        require_thaw(run, 1, "in every round");
        wanted += wanted.empty() ? "freeze thaw" : " freeze thaw";
        expect_calls(run, wanted, fmt::format("of {} round(s)", round + 1));
    }
}

// catches: an agent that stops reading from a hook which prints much, so that the hook never ends
void talkative_hook(run_context& run) {
    const hook_behaviour talks{.print_bytes = std::size_t{1} << 20};
    start_with_hook(run, {.file = {}, .on_freeze = talks, .on_thaw = talks});
    require_freeze(run, {0});
    require_thaw(run, 1, "after a freeze with a hook that prints 1 MiB");
    expect_calls(run, "freeze thaw", "of a round with a hook that prints much");
}

// catches: an agent that drops, reorders or answers twice what comes while its hook runs
void requests_meanwhile(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = 400ms}, .on_thaw = {}});
    run.client().send(freeze_request({run.filesystem().mount()}));
    run.require(wait_for_hook(run, "freeze"), "a freeze calls the hook", "a call with freeze",
                "none within 2 s");
    std::string pings;
    for (int i = 0; i < 5; ++i) {
        pings += qga_client::request("guest-ping", nullptr, i);
    }
    run.client().send(pings + qga_client::request("guest-fsfreeze-status"));
    run.require_number(run.client().read(10s), 1, "a freeze with a hook of 0.4 s");
    for (int i = 0; i < 5; ++i) {
        const reply pong = run.client().read();
        run.require(pong.is_value() && pong.id && *pong.id == json::value(i),
                    "requests that arrive during a hook are answered afterwards, in order",
                    fmt::format("return, and id is {}", i), pong.words());
    }
    run.require_text(run.client().read(), "frozen", "the status asked for during the hook");
    run.expect(run.client().silent_for(100ms), "none of them is answered twice", "silence",
               "further bytes");
    require_thaw(run, 1, "after a freeze with a slow hook");
}

// catches: an agent that calls the hook before it looks whether it will freeze at all
void refused_freeze(run_context& run) {
    start_with_hook(run);
    (void)freeze_with(run, json::object{{"mountpoints", json::array{7}}});
    (void)freeze_with(run, json::object{{"mountpoints", json::array{}}, {"stray", true}});
    expect_calls(run, "", "of freezes with wrong arguments");
    require_freeze(run, {0});
    const reply again = run.freeze({run.filesystem().mount()});
    run.expect(!again.is_error() || calls_so_far(run) == "freeze",
               "a freeze refused because of the state runs no hook", "the calls: freeze",
               "the calls: " + calls_so_far(run));
    run.require_error(run.client().call("guest-fsfreeze-thaw", json::object{{"stray", true}}), "",
                      "a thaw with an argument that it does not know");
    expect_calls(run, "freeze", "after a thaw that was refused");
    require_thaw(run, 1, "after a freeze with a hook");
}

// catches: an agent whose block list is looked at after the hook
void blocked_freeze(run_context& run) {
    start_options options;
    options.hook = hook_script{};
    options.block_list = {"guest-fsfreeze-freeze-list"};
    run.start(options);
    run.must_sync();
    run.require_error(run.freeze({run.filesystem().mount()}), "CommandNotFound",
                      "a freeze-list that is on the block list");
    require_thawed(run, "after a freeze that is blocked");
    expect_calls(run, "", "of a freeze that is blocked");
}

// catches: an agent that wakes applications which nobody had put to rest
void thaw_while_thawed(run_context& run) {
    start_with_hook(run);
    (void)run.thaw();
    expect_calls(run, "", "of a thaw while thawed");
}

// catches: an agent that calls its hook for a question
void other_commands(run_context& run) {
    start_with_hook(run);
    const auto ask_everything = [&run] {
        (void)run.status();
        (void)run.client().call("guest-info");
        (void)run.client().call("guest-ping");
        run.must_sync();
        run.reconnect();
        run.must_sync();
    };
    ask_everything();
    expect_calls(run, "", "of questions while thawed");
    require_freeze(run, {0});
    ask_everything();
    expect_calls(run, "freeze", "of questions while frozen");
    require_thaw(run, 1, "after questions while frozen");
}

} // namespace

void qga_26_hooks(registry& checks) {
    using enum capability;
    checks.add({.about = sec<26, 1>::value,
                .index = 1,
                .title = "the freeze hook gets the one argument freeze, before anything is frozen",
                .needs = {hook, restart, freeze_target},
                .run = freeze_call});
    checks.add({.about = sec<26, 1>::value,
                .index = 2,
                .title = "while the freeze hook runs, writers go on",
                .needs = {hook, restart, writer},
                .run = freeze_hook_can_write});
    checks.add({.about = sec<26, 2>::value,
                .index = 1,
                .title = "the thaw hook gets the one argument thaw, after everything is released",
                .needs = {hook, restart, two_freeze_targets},
                .run = thaw_call});
    checks.add({.about = sec<26, 2>::value,
                .index = 2,
                .title = "while the thaw hook runs, writers go on",
                .needs = {hook, restart, writer},
                .run = thaw_hook_can_write});
    checks.add({.about = sec<26, 3>::value,
                .index = 1,
                .title = "each hook call happens once per round and has ended at the reply",
                .needs = {hook, restart, two_freeze_targets},
                .run = exactly_once});
    checks.add({.about = sec<26, 3>::value,
                .index = 2,
                .title = "three rounds call freeze and thaw in turn",
                .needs = {hook, restart, freeze_target},
                .run = every_round});
    checks.add({.about = sec<26, 3>::value,
                .index = 3,
                .title = "a hook that prints a mebibyte and succeeds does no harm",
                .needs = {hook, restart, freeze_target},
                .run = talkative_hook});
    checks.add({.about = sec<26, 8>::value,
                .index = 1,
                .title = "requests during a slow hook are answered afterwards, in order, once",
                .needs = {hook, restart, freeze_target},
                .run = requests_meanwhile});
    checks.add({.about = sec<26, 13>::value,
                .index = 1,
                .title = "a freeze refused for its arguments or its state runs no hook",
                .needs = {hook, restart, freeze_target},
                .run = refused_freeze});
    checks.add({.about = sec<26, 13>::value,
                .index = 2,
                .title = "a freeze that is on the block list runs no hook",
                .needs = {hook, restart, freeze_target, block_list},
                .run = blocked_freeze});
    checks.add({.about = sec<26, 14>::value,
                .index = 1,
                .title = "a thaw while thawed runs no hook",
                .needs = {hook, restart},
                .run = thaw_while_thawed});
    checks.add({.about = sec<26, 16>::value,
                .index = 1,
                .title = "questions and connections run no hook, thawed or frozen",
                .needs = {hook, restart, freeze_target, reconnect},
                .run = other_commands});
}

} // namespace snapproto::conformance::clauses
