// SPDX-License-Identifier: BSL-1.0
// Native endpoints against each other, over bytes that come in any pieces and may stop coming.
#include <snapproto/endpoint/native_agent.hpp>

#include <snapproto/endpoint/native_orchestrator.hpp>

#include "tests/unit/endpoint/clockwork.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace snapproto::test;

/// An orchestrator and its agents with a channel to each.
class world {
  public:
    explicit world(std::size_t agents = 1, std::vector<std::size_t> pieces = {})
        : m_pieces(std::move(pieces)), m_host(host_options(agents)) {
        m_host.record_to(&recording);
        for (std::size_t i = 0; i < agents; ++i) {
            auto options = native_agent_defaults();
            options.index = static_cast<agent_index>(i);
            guests.emplace_back(options);
            guests.back().agent.record_to(&recording);
            guests.back().real.populate(1, 2);
        }
        for (std::size_t i = 0; i < agents; ++i) {
            connect(i);
        }
    }

    struct guest {
        explicit guest(const agent_options& options) : agent(options) {}
        native_agent agent;
        participants real;
        std::uint64_t channel = 0; ///< Bytes of another one are dropped.
        bool up = false;
        bool deaf = false; ///< Nothing comes through, and nobody is told.
        std::uint64_t timer = 0;
        std::optional<instant> frozen_at;
        std::optional<instant> thawed_at;
        std::string sent; ///< All bytes to the host.
    };

    static orchestrator_options host_options(std::size_t agents) {
        auto made = native_orchestrator_defaults();
        made.agents = agents;
        return made;
    }

    [[nodiscard]] instant now() const { return clock.now(); }

    void connect(std::size_t i) {
        guest& g = guests[i];
        ++g.channel;
        g.up = true;
        g.deaf = false;
        g.agent.channel_up(now());
        drain_agent(i);
        m_host.channel_up(static_cast<agent_index>(i), now());
        drain_host();
    }

    /// The channel ends, and both sides are told.
    void disconnect(std::size_t i) {
        guest& g = guests[i];
        if (std::exchange(g.up, false)) {
            ++g.channel;
            g.agent.channel_lost(now());
            drain_agent(i);
            m_host.channel_lost(static_cast<agent_index>(i), now());
            drain_host();
        }
    }

    /// The host's end closes, and the transport does not tell the guest.
    void forget_host(std::size_t i) {
        guests[i].up = false;
        ++guests[i].channel;
        m_host.channel_lost(static_cast<agent_index>(i), now());
        drain_host();
    }

    /// Bytes on the way to a guest, or from one.
    void inject(std::size_t i, std::string bytes, bool to_guest) {
        carry(i, std::move(bytes), to_guest);
    }

    txn_id start(snapshot_options wanted = {}) {
        outcome.reset();
        const auto txn = m_host.start(std::move(wanted), now());
        drain_host();
        RC_ASSERT(static_cast<bool>(txn));
        return *txn;
    }

    void run(duration span) {
        const instant end = now() + span;
        while (clock.step(end)) {
        }
        clock.at(end, [] {});
        clock.step(end);
    }

    /// Until the outcome is there.
    void finish(duration most = seconds{600}) {
        const instant end = now() + most;
        while (!outcome && clock.step(end)) {
        }
    }

    [[nodiscard]] std::size_t held() const {
        std::size_t all = 0;
        for (const guest& g : guests) {
            all += g.real.held_count();
        }
        return all;
    }

    native_orchestrator& host() { return m_host; }

    clockwork clock;
    std::deque<guest> guests;
    std::vector<trace::record> recording;
    std::optional<snapshot_outcome> outcome;
    duration cut_time = milliseconds{100};

  private:
    void carry(std::size_t i, std::string bytes, bool to_guest) {
        const auto channel = guests[i].channel;
        std::size_t at = 0;
        while (at < bytes.size()) {
            const std::size_t size =
                m_pieces.empty() ? bytes.size() : m_pieces[m_turn++ % m_pieces.size()];
            std::string piece = bytes.substr(at, size);
            at += piece.size();
            clock.after(milliseconds{1}, [this, i, channel, to_guest, piece] {
                guest& g = guests[i];
                if (g.channel != channel || !g.up || g.deaf) {
                    return;
                }
                if (to_guest) {
                    g.agent.receive(as_bytes(piece), now());
                    drain_agent(i);
                } else {
                    m_host.receive(static_cast<agent_index>(i), as_bytes(piece), now());
                    drain_host();
                }
            });
        }
    }

    void drain_agent(std::size_t i) {
        guest& g = guests[i];
        for (;;) {
            auto next = g.agent.poll();
            if (const auto* until = std::get_if<deadline>(&next)) {
                const auto mine = ++g.timer;
                if (until->at != never) {
                    clock.at(until->at, [this, i, mine] {
                        if (guests[i].timer == mine) {
                            guests[i].agent.handle_timeout(now());
                            drain_agent(i);
                        }
                    });
                }
                return;
            }
            if (const auto* frame = std::get_if<transmit_frame>(&next)) {
                g.sent += frame->bytes;
                carry(i, std::string{frame->bytes}, false);
            } else if (std::holds_alternative<find_participants>(next)) {
                clock.after(milliseconds{1}, [this, i] {
                    guests[i].agent.participants_found(guests[i].real.list, now());
                    drain_agent(i);
                });
            } else if (const auto* asked = std::get_if<operate>(&next)) {
                if (asked->what != operation::finish) {
                    clock.after(g.real.work, [this, i, what = *asked] { perform(i, what); });
                }
            } else if (std::holds_alternative<close_channel>(next)) {
                ++g.channel;
                g.up = false;
                clock.after(milliseconds{1}, [this, i] {
                    m_host.channel_lost(static_cast<agent_index>(i), now());
                    drain_host();
                });
            }
        }
    }

    void perform(std::size_t i, const operate& what) {
        guest& g = guests[i];
        const auto before = g.real.held_count();
        const auto told = g.real.perform(what);
        if (before == 0 && g.real.held_count() != 0) {
            g.frozen_at = now();
            g.thawed_at.reset();
        } else if (before != 0 && g.real.held_count() == 0) {
            g.thawed_at = now();
        }
        g.agent.participant_answered(what.participant, told, now());
        drain_agent(i);
    }

    void drain_host() {
        for (;;) {
            auto next = m_host.poll();
            if (const auto* until = std::get_if<deadline>(&next)) {
                const auto mine = ++m_timer;
                if (until->at != never) {
                    clock.at(until->at, [this, mine] {
                        if (m_timer == mine) {
                            m_host.handle_timeout(now());
                            drain_host();
                        }
                    });
                }
                return;
            }
            if (auto* frame = std::get_if<transmit_frame_to>(&next)) {
                carry(frame->agent, std::move(frame->bytes), true);
            } else if (const auto* order = std::get_if<provide>(&next)) {
                if (order->what == provider_operation::cut) {
                    clock.after(cut_time, [this, txn = order->txn] {
                        m_host.cut_finished(txn, true, now());
                        drain_host();
                        m_host.copy_ready(txn, now());
                        drain_host();
                    });
                }
            } else if (const auto* closed = std::get_if<close_agent>(&next)) {
                guest& g = guests[closed->agent];
                ++g.channel;
                if (std::exchange(g.up, false) && !g.deaf) {
                    clock.after(milliseconds{1}, [this, i = closed->agent] {
                        guests[i].agent.channel_lost(now());
                        drain_agent(i);
                    });
                }
            } else if (auto* told = std::get_if<snapshot_outcome>(&next)) {
                RC_ASSERT(!outcome);
                outcome = std::move(*told);
            }
        }
    }

    std::vector<std::size_t> m_pieces;
    std::size_t m_turn = 0;
    native_orchestrator m_host;
    std::uint64_t m_timer = 0;
};

bool is_success(const world& w) {
    return w.outcome && w.outcome->outcome == session_outcome::success &&
           w.outcome->label == consistency::application;
}

} // namespace

BOOST_AUTO_TEST_SUITE(native_endpoints)

// SP 16.4, 60.3, 60.4
RC_BOOST_PROP(a_group_is_snapshotted_whatever_the_pieces, ()) {
    const auto pieces =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 40));
    world w{2, pieces};
    w.run(seconds{1});
    for (int round = 0; round < 2; ++round) {
        w.start();
        w.finish();
        RC_ASSERT(is_success(w));
        w.run(seconds{1});
        RC_ASSERT(w.held() == 0U);
    }
    RC_ASSERT(w.host().refused() == 0U);
    const std::string objection = judged(w.recording, w.now());
    RC_ASSERT(objection.empty());
}

// SP 63.1
BOOST_AUTO_TEST_CASE(a_guest_is_released_at_once_when_the_channel_ends_while_it_is_frozen) {
    world w;
    w.cut_time = seconds{5};
    w.run(seconds{1});
    w.start();
    w.run(seconds{1});
    BOOST_TEST_REQUIRE(w.held() == 3U);
    const instant lost = w.now();
    w.disconnect(0);
    w.finish();
    w.run(seconds{1});
    BOOST_TEST(w.held() == 0U);
    BOOST_TEST_REQUIRE(w.guests[0].thawed_at.has_value());
    BOOST_TEST((*w.guests[0].thawed_at - lost < milliseconds{200}));
    BOOST_TEST_REQUIRE(w.outcome.has_value());
    BOOST_TEST((w.outcome->outcome == session_outcome::failed));
    BOOST_TEST((w.outcome->agents.at(0).outcome == verdict::lost));
    // SP 63.2
    w.connect(0);
    w.run(seconds{10});
    w.cut_time = milliseconds{10};
    w.start();
    w.finish();
    BOOST_TEST(is_success(w));
    BOOST_TEST(judged(w.recording, w.now()) == "");
}

// SP 63.5, 63.3, 6.2, 12.23
BOOST_AUTO_TEST_CASE(a_guest_that_is_not_told_of_the_loss_is_released_by_the_hold_limit) {
    world w;
    w.cut_time = seconds{300};
    w.run(seconds{1});
    w.start();
    w.run(seconds{1});
    BOOST_TEST_REQUIRE(w.held() == 3U);
    w.forget_host(0);
    w.run(seconds{20});
    BOOST_TEST(w.held() == 0U);
    const duration hold = *w.guests[0].thawed_at - *w.guests[0].frozen_at;
    BOOST_TEST((hold > seconds{10} && hold < seconds{11}));
    BOOST_TEST(w.guests[0].agent.connected()); // as far as it knows
    w.run(seconds{300});
    w.cut_time = milliseconds{10};
    w.connect(0);
    w.run(seconds{1});
    w.start();
    w.finish();
    BOOST_TEST_REQUIRE(w.outcome.has_value());
    BOOST_TEST(w.outcome->reason == "");
    BOOST_TEST(is_success(w));
    BOOST_TEST(judged(w.recording, w.now()) == "");
}

// SP 63.3
BOOST_AUTO_TEST_CASE(a_new_channel_ends_the_hold_of_the_former_one) {
    world w;
    w.cut_time = seconds{300};
    w.run(seconds{1});
    w.start();
    w.run(seconds{1});
    BOOST_TEST_REQUIRE(w.held() == 3U);
    w.forget_host(0);
    w.run(seconds{1});
    BOOST_TEST_REQUIRE(w.held() == 3U);
    w.connect(0);
    w.run(seconds{1});
    BOOST_TEST(w.held() == 0U);
    BOOST_TEST((w.guests[0].agent.session().phase() == agent_phase::idle));
    w.cut_time = milliseconds{10};
    w.run(seconds{300});
    w.start();
    w.finish();
    BOOST_TEST(is_success(w));
}

// SP 63.4, 12.23
BOOST_AUTO_TEST_CASE(progress_keeps_a_slow_guest_and_silence_gives_one_up) {
    world slow;
    slow.guests[0].real.work = seconds{40};
    slow.run(seconds{1});
    slow.start();
    slow.finish();
    BOOST_TEST_REQUIRE(slow.outcome.has_value());
    // Prepared after two minutes of Progress; the hold is what takes too long then.
    BOOST_TEST((slow.outcome->agents.at(0).outcome != verdict::none));
    BOOST_TEST(slow.outcome->reason.find("keep-alive") == std::string::npos);

    world silent;
    silent.guests[0].real.work = seconds{40};
    silent.run(seconds{1});
    silent.start();
    silent.run(seconds{5});
    silent.guests[0].deaf = true;
    const instant since = silent.now();
    silent.finish();
    BOOST_TEST_REQUIRE(silent.outcome.has_value());
    BOOST_TEST((silent.outcome->outcome == session_outcome::failed));
    BOOST_TEST((silent.now() - since < seconds{400}));
    silent.run(seconds{600});
    BOOST_TEST(silent.held() == 0U);

    world idle;
    idle.run(seconds{1});
    idle.guests[0].deaf = true;
    idle.run(seconds{16});
    BOOST_TEST((idle.host().phase() == orchestrator_phase::down));
}

// SP 60.7, 16.1, 16.2, 16.6
RC_BOOST_PROP(nonsense_on_the_channel_holds_nothing_for_ever_and_a_new_session_works, ()) {
    world w;
    w.cut_time = seconds{1};
    w.run(seconds{1});
    w.start();
    const auto strikes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < strikes; ++i) {
        w.run(milliseconds{*rc::gen::inRange(0, 700)});
        w.inject(0, *rc::gen::arbitrary<std::string>(), *rc::gen::arbitrary<bool>());
    }
    w.finish();
    RC_ASSERT(w.outcome.has_value());
    w.run(seconds{200});
    RC_ASSERT(w.held() == 0U);
    const std::string objection = judged(w.recording, w.now());
    RC_ASSERT(objection == "");
    w.disconnect(0);
    w.run(seconds{200});
    w.connect(0);
    w.run(seconds{1});
    w.start();
    w.finish();
    RC_ASSERT(is_success(w));
}

// SP 60.8, 60.9
BOOST_AUTO_TEST_CASE(a_hello_gets_through_behind_what_a_former_orchestrator_left) {
    for (const std::size_t left : {1U, 2U, 3U, 4U, 5U, 9U, 12U}) {
        native_agent agent;
        agent.channel_up({});
        const auto feed = [&](const any_message& message, std::size_t size) {
            std::string bytes;
            codec::container_sink sink{bytes};
            native::encode(sink, message);
            agent.receive(as_bytes(std::string_view{bytes}.substr(0, size)), {});
            std::string said;
            for (auto next = agent.poll(); next.index() != 0; next = agent.poll()) {
                if (const auto* frame = std::get_if<transmit_frame>(&next)) {
                    said += frame->bytes;
                }
            }
            return said;
        };
        BOOST_TEST(feed(thaw_request{{{1}, {1}, {4}}, cut_outcome::ok}, left) == "");
        const std::string said =
            feed(hello{{{2}, {}, {1}}, {native::version}, native::capabilities}, 100);
        BOOST_TEST(said.starts_with(std::string(native::mark_bytes, '\xff')));
        native::decoder decoder{native::direction::reports};
        BOOST_TEST(decoder.feed(as_bytes(said)) == said.size());
        const auto got = decoder.next();
        BOOST_TEST_REQUIRE(got.has_value());
        BOOST_TEST((kind_of(**got) == message_kind::hello_ack));
        BOOST_TEST((header_of(**got).session == session_id{2}));
    }
}

// SP 60.12, 60.13
BOOST_AUTO_TEST_CASE(bytes_that_are_missing_cost_what_they_were_part_of_and_nothing_later) {
    const std::string beginning("\0\0\1\0", native::prefix_bytes); // of a frame of 256 bytes
    for (const bool to_guest : {true, false}) {
        world idle;
        idle.run(seconds{1});
        idle.inject(0, beginning, to_guest);
        idle.run(seconds{20}); // with Pings, since nothing else is said
        BOOST_TEST((idle.host().phase() == orchestrator_phase::idle));
        const instant since = idle.now();
        idle.start();
        idle.finish();
        BOOST_TEST(is_success(idle));
        BOOST_TEST((idle.now() - since < seconds{10}));

        world frozen;
        frozen.cut_time = seconds{1};
        frozen.run(seconds{1});
        frozen.start();
        frozen.run(milliseconds{900});
        BOOST_TEST_REQUIRE(frozen.held() != 0U);
        frozen.inject(0, beginning, to_guest);
        frozen.finish();
        BOOST_TEST_REQUIRE(frozen.outcome.has_value());
        BOOST_TEST(!is_success(frozen));
        BOOST_TEST(frozen.held() == 0U);
        frozen.start();
        frozen.finish();
        BOOST_TEST(is_success(frozen));
    }
}

// SP 60.11, 2.12, 16.1
BOOST_AUTO_TEST_CASE(a_refused_frame_gets_a_nak_in_a_session_and_nothing_without_one) {
    world w;
    w.guests[0].sent.clear();
    const std::string empty(native::prefix_bytes, '\0');
    w.run(seconds{1});
    const auto before = w.guests[0].sent.size();
    w.inject(0, empty, true);
    w.run(milliseconds{10});
    native::decoder decoder{native::direction::reports};
    const std::string_view said = std::string_view{w.guests[0].sent}.substr(before);
    BOOST_TEST(decoder.feed(as_bytes(said)) == said.size());
    const auto got = decoder.next();
    BOOST_TEST_REQUIRE(got.has_value());
    const auto* refused = std::get_if<nak>(*got);
    BOOST_TEST_REQUIRE((refused != nullptr));
    BOOST_TEST((refused->code == nak_code::malformed));

    native_agent off;
    off.channel_up({});
    off.receive(as_bytes(empty), {});
    BOOST_TEST(off.poll().index() == 0U);
    BOOST_TEST(off.refused() == 1U);
}

// SP 60.11
BOOST_AUTO_TEST_CASE(a_refused_frame_is_no_answer_to_the_orchestrator) {
    world w;
    w.run(seconds{1});
    w.start();
    w.inject(0, std::string(native::prefix_bytes, '\0'), false);
    w.finish();
    BOOST_TEST(is_success(w));
    BOOST_TEST(w.host().refused() == 1U);
}

// SP 62.3
BOOST_AUTO_TEST_CASE(a_scope_that_does_not_fit_begins_nothing) {
    world w;
    w.run(seconds{1});
    snapshot_options wanted;
    const auto with = [&](std::vector<std::string> mounts) {
        wanted.scopes = {{std::move(mounts)}};
        const auto got = w.host().start(wanted, w.now());
        while (w.host().poll().index() != 0) {
        }
        return got ? std::string_view{"begun"} : to_string(got.error().code);
    };
    BOOST_TEST(with({"\xff"}) == "bad_text");
    BOOST_TEST(with({std::string(4097, '/')}) == "too_long");
    BOOST_TEST(with(std::vector<std::string>(257, "/")) == "too_many");
    BOOST_TEST(with(std::vector<std::string>(256, std::string(300, '/'))) == "too_long");
    BOOST_TEST((w.host().phase() == orchestrator_phase::idle));
    BOOST_TEST(with(std::vector<std::string>(16, std::string(4000, '/'))) == "begun");
}

BOOST_AUTO_TEST_SUITE_END()
