// SPDX-License-Identifier: BSL-1.0
// Hyper-V's orchestrator against the library's daemon, over records that may come late or never.
#include <snapproto/endpoint/hyperv_orchestrator.hpp>

#include <snapproto/endpoint/hyperv_agent.hpp>

#include "tests/unit/endpoint/joined.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace {

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace snapproto::test;

/// A daemon with its device, as a process would have it.
struct daemon_process {
    using host_options = hyperv_orchestrator_options;

    void up(instant now) {
        connected = fresh = true;
        if (!releasing) {
            open(now);
        }
    }
    void lost(instant now) {
        connected = fresh = false;
        if (std::exchange(opened, false)) {
            releasing = true;
            agent.device_ended(now);
        }
    }
    void open(instant now) {
        opened = true;
        fresh = false;
        agent.device_opened(now);
    }
    void receive(byte_view record, instant now) { agent.receive(record, now); }
    void timeout(instant now) { agent.handle_timeout(now); }

    guest_output poll(instant now) {
        for (;;) {
            auto next = agent.poll();
            if (std::holds_alternative<start_over>(next)) {
                ++restarts;
                releasing = opened = false;
                if (connected && !fresh) {
                    connected = false;
                    return close_channel{};
                }
                if (connected) {
                    open(now);
                }
                continue;
            }
            return std::visit(
                [](auto& one) -> guest_output {
                    using type = std::remove_cvref_t<decltype(one)>;
                    if constexpr (std::is_same_v<type, transmit_record>) {
                        return message_out{std::string{as_text(one.bytes)}};
                    } else if constexpr (std::is_constructible_v<guest_output, type>) {
                        return std::move(one);
                    } else {
                        return message_out{}; // not asked for here
                    }
                },
                next);
        }
    }

    hyperv_agent agent;
    bool connected = false;
    bool fresh = false;
    bool opened = false;
    bool releasing = false;
    int restarts = 0;
};

using world = joined<hyperv_orchestrator, daemon_process>;

/// Whether a record is this operation, for the daemon.
bool is_op(const std::string& record, hyperv::vss_op op) {
    return record.size() == hyperv::daemon_message_bytes &&
           static_cast<unsigned char>(record[0]) == static_cast<unsigned char>(op);
}

/// Loses the n-th message that passes.
world::filter loses(int which) {
    return [left = which](std::string&) mutable { return --left != 0; };
}

snapshot_options filesystem_copy() {
    snapshot_options made;
    made.wanted = consistency::filesystem;
    return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_orchestrator_endpoint)

// SP 33.5, 35.7, 35.9, 37.1: registration, version, check, freeze, thaw, once each.
BOOST_AUTO_TEST_CASE(a_daemon_is_snapshotted_again_and_again) {
    world w;
    w.run(seconds{1});
    BOOST_TEST((w.host.phase() == orchestrator_phase::idle));
    for (int round = 0; round < 3; ++round) {
        w.start(filesystem_copy());
        w.finish(seconds{5});
        BOOST_TEST(w.told() == "success filesystem clean");
        BOOST_TEST(w.held() == 0U);
    }
    BOOST_TEST(w.closings == 0);
    BOOST_TEST(w.objections() == "");
}

// SP 39.1: no application takes part, and the label says so.
BOOST_AUTO_TEST_CASE(more_than_a_filesystem_is_never_told) {
    world w;
    w.run(seconds{1});
    w.start();
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "degraded filesystem clean");
    snapshot_options scoped = filesystem_copy();
    scoped.scopes = {{.mounts = std::vector<std::string>{"/data"}}};
    w.start(scoped);
    BOOST_TEST(!w.started);
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

// SP 36.2, 37.5
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
    w.guests[0].real.what = trouble::none;
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "success filesystem clean");
    BOOST_TEST(w.objections() == "");
}

// SP 37.2: the first thaw is answered with a failure when the hold had expired.
BOOST_AUTO_TEST_CASE(a_hold_that_was_cut_short_is_no_success) {
    world w;
    w.cut_time = seconds{7};
    w.run(seconds{1});
    w.start(filesystem_copy());
    w.freeze();
    w.guests[0].real.held.assign(2, false); // somebody else thaws
    w.finish(seconds{60});
    BOOST_TEST(w.told() == "failed none early");
    BOOST_TEST(!w.host.possibly_frozen(0));
    BOOST_TEST(w.objections() == "");
}

// SP 37.1: the dialect has no limit of the hold, so the window is the orchestrator's.
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
    BOOST_TEST(w.objections() == "");
}

// SP 35.13, 37.3: the kernel tells of a failure; what is frozen is thawed, and later the device is
// opened anew because a reply came that nobody waited for.
BOOST_AUTO_TEST_CASE(a_reply_that_comes_too_late_ends_the_device) {
    auto options = hyperv_orchestrator_options{};
    options.kernel = hyperv::old_linux_timers;
    options.timers.hold = seconds{60};
    world w{options};
    w.run(seconds{1});
    w.guests[0].real.work = seconds{8}; // each filesystem
    w.start(filesystem_copy());
    w.finish(seconds{300});
    BOOST_TEST(w.told().starts_with("failed none expired"));
    w.run(seconds{60});
    BOOST_TEST(w.held() == 0U);
    BOOST_TEST(w.closings >= 1);
    w.guests[0].real.work = milliseconds{20};
    w.run(seconds{10});
    w.start(filesystem_copy());
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "success filesystem clean");
}

// SP 35.13, 36.16
BOOST_AUTO_TEST_CASE(a_record_that_is_lost_leaves_nothing_frozen) {
    // To the host: the registration (1), the replies to check, freeze and thaw (2 to 4). To the
    // daemon: the version (1), check, freeze and thaw (2 to 4).
    for (const bool forth : {false, true}) {
        for (int which = 1; which <= 4; ++which) {
            world w;
            w.disconnect(0);
            w.run(seconds{1});
            (forth ? w.to_guest : w.to_host) = loses(which);
            w.connect(0);
            w.run(seconds{20});
            w.start(filesystem_copy());
            w.finish();
            w.run(seconds{1000});
            const std::string of =
                (forth ? "to the daemon, " : "to the host, ") + std::to_string(which) + ": ";
            BOOST_TEST(w.told() != "nothing", of << "no outcome");
            BOOST_TEST(w.held() == 0U, of << "held");
            BOOST_TEST(w.objections() == "", of << w.objections());
            w.start(filesystem_copy());
            w.finish(seconds{5});
            BOOST_TEST(w.told() == "success filesystem clean", of << w.told());
        }
    }
}

// SP 36.16, 37.4
BOOST_AUTO_TEST_CASE(a_device_that_ends_while_frozen_fails_the_snapshot_and_thaws) {
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
    BOOST_TEST(w.host.possibly_frozen(0)); // a daemon that was killed would have thawed nothing
    w.wire.clear();
    w.connect(0);
    w.run(seconds{1});
    BOOST_TEST(!w.host.possibly_frozen(0));
    // The version, and a thaw before anything else.
    BOOST_TEST_REQUIRE(w.wire.size() > 8U);
    BOOST_TEST(is_op(w.wire.substr(7, 12), hyperv::vss_op::thaw));
    w.cut_time = milliseconds{100};
    w.start(filesystem_copy());
    w.finish(seconds{5});
    BOOST_TEST(w.told() == "success filesystem clean");
    BOOST_TEST(w.objections() == "");
}

// SP 36.10, 36.8: a filesystem that refuses is tried again until it is thawed, or told to be stuck.
BOOST_AUTO_TEST_CASE(a_filesystem_that_refuses_to_thaw_is_thawed_in_the_end) {
    world w;
    w.run(seconds{1});
    w.guests[0].real.failing = 3;
    w.start(filesystem_copy());
    w.finish(seconds{60});
    BOOST_TEST(w.told().starts_with("failed none"));
    w.run(seconds{30});
    BOOST_TEST(w.held() == 0U);
    BOOST_TEST(!w.host.possibly_frozen(0));
    BOOST_TEST(w.objections() == "");
}

// SP 35.12, 33.1, 36.18: a record of another length is refused to the one and thaws the other.
BOOST_AUTO_TEST_CASE(a_record_of_another_length_ends_the_device) {
    for (const bool forth : {false, true}) {
        world w;
        w.run(seconds{1});
        bool spoilt = false;
        (forth ? w.to_guest : w.to_host) = [&](std::string& record) {
            if (!std::exchange(spoilt, true)) {
                record.resize(5);
            }
            return true;
        };
        w.start(filesystem_copy());
        w.finish(seconds{1000});
        BOOST_TEST(spoilt);
        BOOST_TEST(w.told().starts_with("failed none"));
        w.run(seconds{10});
        BOOST_TEST(w.held() == 0U);
        BOOST_TEST(w.guests[0].inside.restarts >= 1);
        w.start(filesystem_copy());
        w.finish(seconds{5});
        BOOST_TEST(w.told() == "success filesystem clean");
    }
}

// SP 35.8: a daemon of before the versioned form is none.
BOOST_AUTO_TEST_CASE(a_registration_of_the_old_form_does_not_count) {
    hyperv_link link;
    link.channel_up();
    hello opening;
    opening.header.session = {7};
    link.ask(opening, instant{});
    link.receive(hyperv::encode(hyperv::registration{false}), instant{});
    BOOST_TEST(std::holds_alternative<deadline>(link.poll()));
    BOOST_TEST((link.kernel() == machine::util_phase::no_daemon));
    link.receive(hyperv::encode(hyperv::registration{true}), instant{});
    BOOST_TEST(std::holds_alternative<link_bytes>(link.poll()));
    BOOST_TEST(std::holds_alternative<link_answer>(link.poll()));
    BOOST_TEST((link.kernel() == machine::util_phase::ready));
}

// What the daemon reads while it has no device is not meant for it.
BOOST_AUTO_TEST_CASE(a_daemon_without_a_device_reads_nothing) {
    hyperv_agent agent;
    agent.receive(hyperv::encode(hyperv::version_reply{}), instant{});
    agent.receive(
        hyperv::encode(hyperv::kernel_request{static_cast<std::uint8_t>(hyperv::vss_op::freeze)}),
        instant{});
    BOOST_TEST(std::holds_alternative<deadline>(agent.poll()));
}

BOOST_AUTO_TEST_SUITE_END()
