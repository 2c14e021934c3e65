// SPDX-License-Identifier: BSL-1.0
// SP 27.1 to 27.5, 27.14, 27.15 and 27.17: clients that come, go, and behave badly.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

/// An id that tells whose request it was: "first-3".
json::value named(std::string_view whose, int number) {
    return json::value(fmt::format("{}-{}", whose, number));
}

/// A new client finds its way: it gets into step, is told the state as the kernel has it, and
/// thaws.
/// @return the count of the thaw
std::int64_t settle_as_next_client(run_context& run, std::string_view after) {
    run.reconnect();
    run.must_sync();
    run.sleep_for(600ms); // whatever was in work is done now, also if nobody had to wait for it
    const reply status = run.status();
    run.require(status.returns("frozen") || status.returns("thawed"),
                fmt::format("the next client is told the status {}", after), "frozen or thawed",
                status.words());
    const bool frozen = status.returns("frozen");
    // A freeze that is still in work may be called frozen, too.
    for (int i = 0; i < 20 && frozen && held(run, 0) == false; ++i) {
        run.sleep_for(100ms);
    }
    expect_held(run, 0, frozen, fmt::format("when the status says so {}", after));
    const reply thawed = run.thaw();
    run.require(thawed.returns(frozen ? 1 : 0), fmt::format("the next client can thaw {}", after),
                frozen ? "return is 1" : "return is 0", thawed.words());
    require_thawed(run, "after the thaw by the next client");
    run.note(fmt::format("{}: the state was {}", after, frozen ? "frozen" : "thawed"));
    return frozen ? 1 : 0;
}

// catches: an agent that hangs in the reply to a client that is gone, or forgets that it froze
void vanishes_during_hook(run_context& run) {
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = 400ms}, .on_thaw = {}});
    run.client().send(freeze_request({run.filesystem().mount()}));
    run.require(wait_for_hook(run, "freeze"), "a freeze calls the hook", "a call with freeze",
                "none within 2 s");
    run.disconnect();
    (void)settle_as_next_client(run, "after its predecessor vanished during the hook");
}

// catches: an agent that never reads again, or says thawed, once a reply could not be sent
void vanishes_at_once(run_context& run) {
    run.must_sync();
    // Many names of one filesystem keep the agent busy until the client has gone.
    const std::vector<std::string> names(2000, run.filesystem().mount());
    for (int attempt = 0;; ++attempt) {
        run.client().send(freeze_request(names));
        // On a busy machine the agent can be the faster one, and to leave a reply unread is another
        // check (27.1/3). One that is always faster cannot be caught like this, so at last nobody
        // looks.
        if (attempt == 4 || run.client().silent_for(0ms)) {
            break;
        }
        run.note(fmt::format("the reply was there before the client could go: {}",
                             run.client().read(2s).words()));
        (void)run.thaw();
    }
    run.disconnect();
    (void)settle_as_next_client(run, "after its predecessor vanished right after the request");
}

// catches: an agent that ends, or forgets its freeze, because a client did not fetch its reply
void vanishes_with_the_reply(run_context& run) {
    run.must_sync();
    run.client().send(freeze_request({run.filesystem().mount()}));
    run.sleep_for(300ms);
    run.disconnect();
    (void)settle_as_next_client(run, "after its predecessor vanished with the reply unread");
}

// catches: an agent that thaws, or forgets, when the connection of the freeze ends
void vanishes_while_frozen(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    run.disconnect();
    run.sleep_for(200ms);
    (void)settle_as_next_client(run, "after its predecessor vanished while frozen");
}

// catches: an agent that shares a buffer among its clients, or sends a reply to whoever is there
void replies_are_not_mixed(run_context& run) {
    run.must_sync();
    const auto second = run.connect("second");
    std::string theirs;
    for (int i = 0; i < 5; ++i) {
        theirs += qga_client::request("guest-ping", nullptr, named("second", i));
    }
    second->send(theirs);
    for (int i = 0; i < 5; ++i) {
        const json::value id = named("first", i);
        const reply mine = run.client().call("guest-ping", nullptr, {.wait = 2s, .id = id});
        run.require(mine.is_value() && mine.id && *mine.id == id,
                    "the first client gets the replies to its own requests, and only those",
                    "id is " + json::serialize(id), mine.words());
    }
    run.expect(run.client().silent_for(100ms), "the first client gets nothing else", "silence",
               "further bytes");
    run.disconnect();
    int served = 0;
    for (; served < 5; ++served) {
        const reply got = second->read(2s);
        if (got.kind == reply_kind::closed || got.kind == reply_kind::none) {
            break;
        }
        const json::value id = named("second", served);
        run.require(got.is_value() && got.id && *got.id == id,
                    "the second client gets the replies to its own requests, and only those",
                    "id is " + json::serialize(id), got.words());
    }
    run.note(fmt::format("{} of 5 requests of the second client were answered", served));
}

// catches: an agent that accepts a second client and then never listens to it
void second_client_variant(run_context& run) {
    run.must_sync();
    const auto second = run.connect("second");
    second->send(qga_client::request("guest-ping"));
    const reply at_once = second->read(200ms);
    if (at_once.kind == reply_kind::closed) {
        run.note("a second client is refused");
        return;
    }
    if (at_once.is_value()) {
        run.note("a second client is served at the same time");
        return;
    }
    run.require(at_once.kind == reply_kind::none, "a second client is queued, refused or served",
                "nothing yet, the end, or return", at_once.words());
    run.disconnect();
    const reply later = second->read(3s);
    run.require(later.is_value(), "a second client that was queued is served when the first goes",
                "return", later.words());
    run.note("a second client is queued until the first goes");
}

// catches: an agent that keeps the reply to a client that is gone, and hands it to the next one
void replies_die_with_their_client(run_context& run) {
    // A slow hook makes certain that every reply comes when its client has gone.
    start_with_hook(run, {.file = {}, .on_freeze = {.sleep = 400ms}, .on_thaw = {}});
    std::string requests = freeze_request({run.filesystem().mount()});
    for (int i = 0; i < 20; ++i) {
        requests += qga_client::request("guest-info", nullptr, json::value("former"));
    }
    run.client().send(requests);
    run.require(wait_for_hook(run, "freeze"), "a freeze calls the hook", "a call with freeze",
                "none within 2 s");
    run.reconnect();
    run.expect(run.client().silent_for(600ms), "a new client is told nothing that it did not ask",
               "silence before its first request", "bytes");
    const reply got =
        run.client().call("guest-ping", nullptr, {.wait = 5s, .id = json::value("latter")});
    run.expect(got.is_value() && got.id && *got.id == json::value("latter"),
               "the first reply to a new client is to its own request", "id is latter",
               got.words());
    (void)run.thaw();
    require_thawed(run, "in the end");
}

// catches: an agent that takes the end of the requests for the end of the client
void half_closed(run_context& run) {
    run.must_sync();
    run.client().send(qga_client::request("guest-ping", nullptr, 1) +
                      qga_client::request("guest-fsfreeze-status", nullptr, 2));
    run.require(run.client().half_close(), "the sending side can be closed alone", "closed",
                "an error of the system");
    run.require_value(run.client().read(), "a request before the half-close");
    run.require_text(run.client().read(), "thawed", "a second request before the half-close");
    run.expect(run.client().closed_within(2s), "then the agent closes its side",
               "the end of the stream within 2 s", "an open connection");
    run.reconnect();
    run.must_sync();
}

// catches: an agent that drops a freeze whose client has said all it had to say, or its reply
void half_closed_behind_a_freeze(run_context& run) {
    run.must_sync();
    run.client().send(freeze_request({run.filesystem().mount()}));
    run.require(run.client().half_close(), "the sending side can be closed alone", "closed",
                "an error of the system");
    run.require_number(run.client().read(10s), 1, "a freeze with a half-close behind it");
    const auto count = settle_as_next_client(run, "after a half-close behind a freeze");
    run.expect(count == 1, "a half-close thaws nothing", "frozen, and thaw returns 1",
               "thawed, and thaw returns 0");
}

// catches: an agent that leaks descriptors, or gives up when a client says nothing
void come_and_go(run_context& run) {
    for (int i = 0; i < 20; ++i) {
        (void)run.reconnect();
    }
    run.disconnect();
    run.reconnect();
    run.must_sync();
    require_status(run, "thawed", "after clients that said nothing");
}

// catches: an agent that waits for ever to be read, while the filesystems stay frozen
void never_reads(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    std::string requests;
    for (int i = 0; i < 20'000; ++i) {
        requests += "{\"execute\":\"guest-info\"}";
    }
    run.client().send(requests, 300ms);
    run.sleep_for(200ms);
    const auto count = settle_as_next_client(run, "after a client that never read");
    run.expect(count == 1, "a client that never reads changes no state", "thaw returns 1",
               "thaw returns 0");
}

} // namespace

void qga_27_connections(registry& checks) {
    using enum capability;
    checks.add({.about = sec<27, 1>::value,
                .index = 1,
                .title = "a client vanishes during the hook; the next one is in step and thaws",
                .needs = {hook, restart, freeze_target, reconnect},
                .run = vanishes_during_hook});
    checks.add({.about = sec<27, 1>::value,
                .index = 2,
                .title = "a client vanishes right after its freeze; the next one settles it",
                .needs = {freeze_target, reconnect},
                .run = vanishes_at_once});
    checks.add({.about = sec<27, 1>::value,
                .index = 3,
                .title = "a client vanishes with the reply unread; the next one settles it",
                .needs = {freeze_target, reconnect},
                .run = vanishes_with_the_reply});
    checks.add({.about = sec<27, 2>::value,
                .index = 1,
                .title = "a client vanishes while frozen; the status tells the next one the truth",
                .needs = {freeze_target, reconnect},
                .run = vanishes_while_frozen});
    checks.add({.about = sec<27, 3>::value,
                .index = 1,
                .title = "two clients at once get the replies to their own requests only",
                .needs = {second_client},
                .run = replies_are_not_mixed});
    checks.add({.about = sec<27, 4>::value,
                .index = 1,
                .title = "a second client is queued, refused or served",
                .needs = {second_client},
                .run = second_client_variant});
    checks.add({.about = sec<27, 5>::value,
                .index = 1,
                .title = "replies to a client that is gone do not reach the next one",
                .needs = {hook, restart, freeze_target, reconnect},
                .run = replies_die_with_their_client});
    checks.add({.about = sec<27, 14>::value,
                .index = 1,
                .title = "requests before a half-close are answered, then the agent closes",
                .needs = {half_close, reconnect},
                .run = half_closed});
    checks.add({.about = sec<27, 14>::value,
                .index = 2,
                .title = "a freeze with a half-close behind it is answered and stays",
                .needs = {half_close, reconnect, freeze_target},
                .run = half_closed_behind_a_freeze});
    checks.add({.about = sec<27, 15>::value,
                .index = 1,
                .title = "twenty clients that say nothing do no harm",
                .needs = {reconnect},
                .run = come_and_go});
    checks.add({.about = sec<27, 17>::value,
                .index = 1,
                .title = "after a client that never read, the next one thaws",
                .needs = {reconnect, freeze_target, connection_oriented},
                .bound = 40s,
                .run = never_reads});
}

} // namespace snapproto::conformance::clauses
