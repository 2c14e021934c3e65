// SPDX-License-Identifier: BSL-1.0
// vmbackup's orchestrator against the library's guest, over messages that may come late or never.
#include <snapproto/endpoint/vmbackup_orchestrator.hpp>

#include <snapproto/endpoint/vmbackup_agent.hpp>

#include "tests/unit/endpoint/joined.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <string>
#include <type_traits>
#include <utility>

namespace {

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace snapproto::test;

/// A guest with its two directions: requests of its own one after the other, each of which waits
/// for its answer for as long as the channel is there.
struct guest_process {
    using host_options = vmbackup_orchestrator_options;

    void up(instant now) {
        connected = true;
        agent.channel_opened(now);
    }
    void lost(instant now) {
        connected = asked = false;
        agent.channel_ended(now);
        forget(now);
    }
    void forget(instant now) {
        for (; !events.empty(); events.pop_front()) {
            agent.event_lost(now);
        }
    }
    void receive(byte_view message, instant now) {
        if (!answers_the_guest(as_text(message))) {
            agent.receive(message, now);
        } else if (std::exchange(asked, false)) {
            events.pop_front();
            agent.event_answered(message, now);
        }
    }
    void timeout(instant now) { agent.handle_timeout(now); }

    guest_output poll(instant now) {
        for (;;) {
            auto next = agent.poll();
            if (auto* event = std::get_if<send_event>(&next)) {
                history.append(event->bytes.substr(vmbackup::event_request.size()));
                events.push_back(std::move(event->bytes));
                if (!connected) {
                    forget(now);
                }
                continue;
            }
            if (auto* reply = std::get_if<send_reply>(&next)) {
                return message_out{std::move(reply->bytes)};
            }
            if (std::holds_alternative<deadline>(next) && !asked && !events.empty()) {
                asked = true;
                return message_out{events.front()};
            }
            return std::visit(
                [](auto& one) -> guest_output {
                    using type = std::remove_cvref_t<decltype(one)>;
                    if constexpr (std::is_constructible_v<guest_output, type>) {
                        return std::move(one);
                    } else {
                        return message_out{}; // not asked for here
                    }
                },
                next);
        }
    }

    vmbackup_agent agent;
    std::deque<std::string> events;
    std::string history; ///< Names, codes and texts of all events.
    bool connected = false;
    bool asked = false;
};

using world = joined<vmbackup_orchestrator, guest_process>;

world::filter loses(int which) {
    return [left = which](std::string&) mutable { return --left != 0; };
}

snapshot_options filesystem_copy() {
    snapshot_options made;
    made.wanted = consistency::filesystem;
    return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_orchestrator_endpoint)

// SP 47.1, 47.3, 48.2: reset, announce, settle; then start, commit, snapshotDone.
BOOST_AUTO_TEST_CASE(a_guest_is_snapshotted_again_and_again) {
    world w;
    w.run(seconds{1});
    BOOST_TEST(w.wire == "[reset][Capabilities_Register][vmbackup.abort]");
    for (int round = 0; round < 3; ++round) {
        w.wire.clear();
        w.start(filesystem_copy());
        w.finish(seconds{5});
        BOOST_TEST(w.told() == "success filesystem clean");
        BOOST_TEST(w.held() == 0U);
        BOOST_TEST(w.wire.starts_with("[vmbackup.startWithOpts "));
        BOOST_TEST(w.wire.find("[vmbackup.snapshotDone]") != std::string::npos);
        BOOST_TEST(w.wire.find("abort") == std::string::npos);
    }
    BOOST_TEST(w.closings == 0);
    BOOST_TEST(w.objections() == "");
}

// SP 49.1, 42.4
BOOST_AUTO_TEST_CASE(what_the_dialect_cannot_carry_is_refused) {
    world w;
    w.run(seconds{1});
    w.start();
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "degraded filesystem clean");
    snapshot_options scoped = filesystem_copy();
    scoped.scopes = {{.mounts = std::vector<std::string>{"/data"}}};
    w.start(scoped);
    BOOST_TEST(!w.started);
    snapshot_options told = filesystem_copy();
    told.hook_argument.assign(257, 'x');
    w.start(told);
    BOOST_TEST(!w.started);
    told.hook_argument.assign(256, 'x');
    w.start(told);
    BOOST_TEST(w.started);
    w.finish(seconds{5});
    BOOST_TEST(w.guests[0].inside.agent.hook_argument() == told.hook_argument);
}

BOOST_AUTO_TEST_CASE(a_group_is_held_together) {
    world w{3};
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.freeze();
    BOOST_TEST(w.held() == 6U);
    w.finish(seconds{5});
    BOOST_TEST(w.told(2) == "success filesystem clean");
    BOOST_TEST(w.objections() == "");
}

// SP 45.11, 47.1
BOOST_AUTO_TEST_CASE(a_veto_is_told_and_nothing_is_left) {
    world w;
    w.run(seconds{1});
    w.guests[0].real.what = trouble::veto_hold;
    w.guests[0].real.which = 1;
    w.start(filesystem_copy());
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "failed none veto");
    BOOST_TEST(w.held() == 0U);
    BOOST_TEST(!w.host.possibly_frozen(0));
    BOOST_TEST(w.outcome->reason.find("gave up: A participant has failed") != std::string::npos);
    w.guests[0].real.what = trouble::none;
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "success filesystem clean");
    BOOST_TEST(w.objections() == "");
}

// SP 47.1: who lets go by itself tells it by an event, and req.done alone is no success (SP 47.2).
BOOST_AUTO_TEST_CASE(a_guest_that_lets_go_is_no_success) {
    world w;
    w.cut_time = seconds{7};
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.freeze();
    w.guests[0].real.held.assign(2, false); // somebody else thaws
    w.finish(seconds{60});
    BOOST_TEST(w.told().starts_with("failed none"));
    BOOST_TEST(w.told() != "failed none clean");
    BOOST_TEST(!w.host.possibly_frozen(0));
    BOOST_TEST(w.guests[0].inside.history.find("req.done 0") != std::string::npos);
}

// SP 48.1: the dialect has no limit of the hold, so the window is the orchestrator's; SP 47.4
BOOST_AUTO_TEST_CASE(the_window_ends_a_cut_that_takes_too_long) {
    world w;
    w.cut_time = seconds{9};
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.freeze();
    const instant frozen = *w.guests[0].frozen_at;
    w.finish(seconds{60});
    BOOST_TEST(w.told().starts_with("failed none"));
    BOOST_TEST((*w.guests[0].thawed_at - frozen < seconds{9}));
    BOOST_TEST(w.wire.ends_with("[vmbackup.abort][1 ][1 ]"), w.wire);
    BOOST_TEST(w.objections() == "");
}

// SP 47.4, 45.8: a commit that comes when the snapshot was given up is refused, and the guest
// undoes.
BOOST_AUTO_TEST_CASE(a_commit_that_nobody_waits_for_is_refused) {
    world w;
    w.run(seconds{1});
    w.guests[0].real.work = seconds{4};
    w.start(filesystem_copy());
    w.run(seconds{7});
    w.host.cancel(w.now());
    w.finish(seconds{120});
    BOOST_TEST(w.told().starts_with("failed none"));
    w.run(seconds{60});
    BOOST_TEST(w.held() == 0U);
    BOOST_TEST(!w.host.possibly_frozen(0));
    BOOST_TEST(w.objections() == "");
}

// SP 48.3: every message of a whole session is lost once.
BOOST_AUTO_TEST_CASE(a_message_that_is_lost_leaves_nothing_frozen) {
    for (const bool forth : {false, true}) {
        for (int which = 1; which <= 10; ++which) {
            world w;
            w.disconnect(0);
            w.run(seconds{1});
            (forth ? w.to_guest : w.to_host) = loses(which);
            w.connect(0);
            w.run(seconds{20});
            w.start(filesystem_copy());
            w.finish();
            w.run(seconds{200});
            const std::string of =
                (forth ? "to the guest, " : "to the host, ") + std::to_string(which) + ": ";
            BOOST_TEST(w.told() != "nothing", of << "no outcome");
            BOOST_TEST(w.held() == 0U, of << "held");
            BOOST_TEST(w.objections() == "", of << w.objections());
            // A guest whose last event was not answered says nothing more before the channel is
            // another one, so the next snapshot may fail for its silence, and then none.
            for (int more = 0; more < 2 && w.told() != "success filesystem clean"; ++more) {
                w.start(filesystem_copy());
                w.finish(seconds{60});
                w.run(seconds{20});
            }
            BOOST_TEST(w.told() == "success filesystem clean", of << w.told());
        }
    }
}

// SP 47.5
BOOST_AUTO_TEST_CASE(a_guest_that_is_silent_while_frozen_is_given_up) {
    world w;
    w.cut_time = seconds{30};
    w.run(seconds{1});
    auto options = filesystem_copy();
    options.hold_limit = seconds{60};
    w.start(options);
    w.freeze();
    const instant silent = w.now();
    w.to_host = [](std::string&) { return false; };
    w.finish(seconds{60});
    BOOST_TEST(w.told().starts_with("failed none"));
    BOOST_TEST((w.now() - silent < seconds{20}));
    w.to_host = {};
    w.run(seconds{30});
    BOOST_TEST(w.held() == 0U);
    BOOST_TEST(w.alarms >= 1);
    BOOST_TEST(w.objections() == "");
}

// SP 46.8, 48.2
BOOST_AUTO_TEST_CASE(a_channel_that_ends_while_frozen_fails_the_snapshot) {
    world w;
    w.cut_time = seconds{5};
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.freeze();
    BOOST_TEST(w.held() == 2U);
    w.disconnect(0);
    w.run(seconds{1});
    BOOST_TEST(w.held() == 0U);
    w.finish(seconds{10});
    BOOST_TEST(w.told() == "failed none lost");
    BOOST_TEST(w.host.possibly_frozen(0)); // the real guest does not notice
    w.wire.clear();
    w.connect(0);
    w.run(seconds{1});
    BOOST_TEST(!w.host.possibly_frozen(0));
    BOOST_TEST(w.wire == "[reset][Capabilities_Register][vmbackup.abort]");
    w.cut_time = milliseconds{100};
    w.start(filesystem_copy());
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "success filesystem clean");
    BOOST_TEST(w.objections() == "");
}

// SP 48.2: what an earlier host began is ended first, and its req.done is waited for.
BOOST_AUTO_TEST_CASE(what_an_earlier_host_left_is_ended_before_anything_else) {
    world w;
    w.cut_time = seconds{5};
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.freeze();
    // The guest is not told that the host has lost the channel.
    w.host.channel_lost(0, w.now());
    w.host.channel_up(0, w.now());
    w.host.handle_timeout(w.now());
    w.wire.clear();
    w.to_guest = {};
    w.run(seconds{30});
    BOOST_TEST(w.held() == 0U);
    w.start(filesystem_copy());
    w.cut_time = milliseconds{100};
    w.finish(seconds{20});
    BOOST_TEST(w.told() == "success filesystem clean");
}

// SP 40.3, 43.1: what is no event is not taken, and what other tools say is.
BOOST_AUTO_TEST_CASE(requests_of_the_guest_are_answered_each_once) {
    vmbackup_link link;
    link.channel_up();
    const auto answered = [&](std::string_view request) {
        link.receive(as_bytes(request), instant{});
        auto next = link.poll();
        const auto* said = std::get_if<link_bytes>(&next);
        return said == nullptr ? std::string{"nothing"} : said->bytes;
    };
    BOOST_TEST(answered("vmbackup.eventSet req.keepAlive 0 ") == "1 ");
    BOOST_TEST(answered("vmbackup.eventSet req.nonsense 0 ") == "0 no event");
    BOOST_TEST(answered("tools.capability.statechange ") == "1 ");
    // An answer to nothing: what it is for cannot be told (SP 48.3).
    link.receive(as_bytes("OK "), instant{});
    BOOST_TEST(std::holds_alternative<link_closed>(link.poll()));
}

BOOST_AUTO_TEST_SUITE_END()
