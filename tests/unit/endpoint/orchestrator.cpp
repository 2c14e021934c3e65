// SPDX-License-Identifier: BSL-1.0
#include <snapproto/endpoint/orchestrator.hpp>

#include <snapproto/endpoint/agent.hpp>

#include "tests/unit/endpoint/clockwork.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

namespace {

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace snapproto::test;

// ---- a group of agents and an orchestrator in one world -----------------------------------------

struct agent_plan {
    int applications = 1;
    int filesystems = 2;
    int delay_ms = 5;
    int work_ms = 20;
    trouble what = trouble::none;
    int when_ms = 0;
    int which = 0;
    bool doubles = false; // each message arrives twice
};

enum class cut_plan : std::uint8_t { ok, fails, late, never };

struct plan {
    std::vector<agent_plan> agents{1};
    cut_plan cut = cut_plan::ok;
    int cut_ms = 100;
    int cancel_ms = -1;
    int go_ms = -1;
    bool explicit_prepare = true;
    bool completion = true;
    bool keep_alive = true;
    bool keep_degraded = false;
};

std::ostream& operator<<(std::ostream& out, const plan& p) {
    out << "cut " << int(p.cut) << " " << p.cut_ms << " ms, cancel " << p.cancel_ms << ", go "
        << p.go_ms << ", explicit " << p.explicit_prepare << ", completion " << p.completion
        << ", keep-alive " << p.keep_alive << ", keep degraded " << p.keep_degraded;
    for (const auto& a : p.agents) {
        out << "\n  agent: " << a.applications << " applications, " << a.filesystems
            << " filesystems, delay " << a.delay_ms << ", work " << a.work_ms << ", " << a.what
            << " at " << a.when_ms << " in " << a.which << (a.doubles ? ", doubles" : "");
    }
    return out;
}

capability capabilities_of(const plan& p) {
    auto set = capability::hold_limit | capability::transactions;
    set = set | (p.explicit_prepare ? capability::explicit_prepare : capability::implicit_prepare);
    set = set | (p.completion ? capability::completion : capability::none);
    return set | (p.keep_alive ? capability::keep_alive : capability::none);
}

class world {
  public:
    explicit world(const plan& p) : m_plan(p) {
        orchestrator_options options;
        options.agents = p.agents.size();
        m_host = std::make_unique<orchestrator_endpoint>(options);
        m_host->record_to(&recording);
        for (std::size_t i = 0; i < p.agents.size(); ++i) {
            auto& g = m_guests.emplace_back();
            agent_options made;
            made.capabilities = capabilities_of(p);
            made.index = static_cast<agent_index>(i);
            made.generation = {1};
            g.agent = std::make_unique<agent_endpoint>(made);
            g.agent->record_to(&recording);
            g.real.populate(p.agents[i].applications, p.agents[i].filesystems);
            g.real.work = milliseconds{p.agents[i].work_ms};
        }
        for (agent_index i = 0; i < m_guests.size(); ++i) {
            connect(i);
        }
        run_until([&] { return m_host->phase() == orchestrator_phase::idle; }, seconds{10});
    }

    orchestrator_endpoint& host() { return *m_host; }
    agent_endpoint& agent(std::size_t i) { return *m_guests[i].agent; }
    const participants& real(std::size_t i) { return m_guests[i].real; }
    clockwork& clock() { return m_clock; }

    /// Starts a snapshot; with the troubles of the plan, or without.
    result<txn_id> start(bool troubled, snapshot_options wanted = {}) {
        m_troubled = troubled;
        wanted.keep_degraded = m_plan.keep_degraded;
        wanted.go_at_once = m_plan.go_ms < 0 || !troubled;
        for (agent_index i = 0; i < m_guests.size(); ++i) {
            guest& g = m_guests[i];
            const agent_plan& a = m_plan.agents[i];
            g.silent = false;
            g.real.what = troubled ? a.what : trouble::none;
            g.real.which =
                g.real.list.empty() ? 0 : static_cast<std::size_t>(a.which) % g.real.list.size();
            g.real.failing = troubled && a.what == trouble::stuck ? 2 : 0;
            if (troubled) {
                m_clock.after(milliseconds{a.when_ms}, [this, i] { trouble_comes(i); });
            }
        }
        if (troubled && m_plan.cancel_ms >= 0) {
            m_clock.after(milliseconds{m_plan.cancel_ms}, [this] {
                m_host->cancel(m_clock.now());
                drain_host();
            });
        }
        if (troubled && m_plan.go_ms >= 0) {
            m_clock.after(milliseconds{m_plan.go_ms}, [this] {
                (void)m_host->go(m_clock.now());
                drain_host();
            });
        }
        auto txn = m_host->start(std::move(wanted), m_clock.now());
        drain_host();
        return txn;
    }

    template <class Condition>
    bool run_until(Condition&& reached, duration longest) {
        const instant end = m_clock.now() + longest;
        for (int steps = 0; steps < 200'000; ++steps) {
            if (reached()) {
                return true;
            }
            if (!m_clock.step(end)) {
                return reached();
            }
        }
        BOOST_ERROR("the world does not come to rest");
        return false;
    }

    /// Ends a channel and opens it again, for both ends.
    void reconnect(agent_index i) {
        if (m_guests[i].up) {
            disconnect(i);
            m_host->channel_lost(i, m_clock.now());
            drain_host();
        }
        m_clock.after(milliseconds{50}, [this, i] { connect(i); });
    }
    bool connected(agent_index i) const { return m_guests[i].up; }
    void heal() {
        m_troubled = false;
        for (auto& g : m_guests) {
            g.silent = false;
            g.real.what = trouble::none;
            g.real.failing = 0;
        }
    }

    std::size_t held() const {
        std::size_t sum = 0;
        for (const auto& g : m_guests) {
            sum += g.real.held_count();
        }
        return sum;
    }

    std::vector<trace::record> recording;
    std::vector<snapshot_outcome> outcomes;
    std::vector<provide> provided;
    std::vector<agent_stuck> alarms;

  private:
    struct guest {
        std::unique_ptr<agent_endpoint> agent;
        participants real;
        bool up = false;
        bool silent = false;
        std::uint64_t life = 0; // of the channel
        instant to_agent{};     // when the last message on its way arrives
        instant to_host{};
    };

    void connect(agent_index i) {
        if (!m_guests[i].up) {
            m_guests[i].up = true;
            ++m_guests[i].life;
            m_host->channel_up(i, m_clock.now());
            drain_host();
        }
    }
    void disconnect(agent_index i) {
        if (std::exchange(m_guests[i].up, false)) {
            ++m_guests[i].life;
            m_guests[i].agent->handle_channel_lost(m_clock.now());
            drain(i);
        }
    }

    void trouble_comes(agent_index i) {
        if (!m_troubled) {
            return; // the troubled snapshot is over
        }
        guest& g = m_guests[i];
        const instant now = m_clock.now();
        switch (m_plan.agents[i].what) {
        case trouble::silence:
            g.silent = true;
            break;
        case trouble::lost:
            if (g.up) {
                disconnect(i);
                m_clock.after(milliseconds{m_plan.agents[i].delay_ms}, [this, i] {
                    m_host->channel_lost(i, m_clock.now());
                    drain_host();
                });
            }
            break;
        case trouble::let_go:
            if (!g.real.list.empty() && g.real.held[g.real.which]) {
                g.real.held[g.real.which] = false;
                g.agent->participant_let_go(static_cast<participant_index>(g.real.which), now);
                drain(i);
            }
            break;
        case trouble::generation:
            g.agent->generation_changed({g.life + 100}, now);
            drain(i);
            break;
        default:
            break;
        }
    }

    template <class Deliver>
    void carry(agent_index i, instant& last, Deliver deliver) {
        guest& g = m_guests[i];
        if (!g.up || g.silent) {
            return;
        }
        last = std::max(last, m_clock.now() + milliseconds{m_plan.agents[i].delay_ms});
        const int copies = m_plan.agents[i].doubles && m_troubled ? 2 : 1;
        for (int n = 0; n < copies; ++n) {
            m_clock.at(last, [this, i, deliver, life = g.life] {
                if (m_guests[i].life == life && !m_guests[i].silent) {
                    deliver();
                }
            });
        }
    }

    void drain_host() {
        for (;;) {
            auto next = m_host->poll();
            if (const auto* at = std::get_if<deadline>(&next)) {
                if (at->at != never) {
                    m_clock.at(at->at, [this, due = at->at] {
                        if (due <= m_clock.now()) {
                            m_host->handle_timeout(m_clock.now());
                            drain_host_once_more();
                        }
                    });
                }
                return;
            }
            if (auto* sent = std::get_if<transmit_to>(&next)) {
                const agent_index i = sent->agent;
                carry(i, m_guests[i].to_agent, [this, i, m = std::move(sent->message)] {
                    m_guests[i].agent->handle(m, m_clock.now());
                    drain(i);
                });
            } else if (const auto* asked = std::get_if<provide>(&next)) {
                provided.push_back(*asked);
                if (asked->what == provider_operation::cut) {
                    cut(asked->txn);
                }
            } else if (const auto* closed = std::get_if<close_agent>(&next)) {
                disconnect(closed->agent);
            } else if (auto* outcome = std::get_if<snapshot_outcome>(&next)) {
                outcomes.push_back(std::move(*outcome));
            } else if (const auto* raised = std::get_if<agent_stuck>(&next)) {
                alarms.push_back(*raised);
            }
        }
    }
    void drain_host_once_more() { drain_host(); }

    void cut(txn_id txn) {
        const auto kind = m_troubled ? m_plan.cut : cut_plan::ok;
        if (kind == cut_plan::never) {
            return;
        }
        const duration takes =
            kind == cut_plan::late ? duration{seconds{25}} : duration{milliseconds{m_plan.cut_ms}};
        m_clock.after(takes, [this, txn, kind] {
            m_host->cut_finished(txn, kind != cut_plan::fails, m_clock.now());
            drain_host();
        });
    }

    void drain(agent_index i) {
        for (;;) {
            auto next = m_guests[i].agent->poll();
            guest& g = m_guests[i];
            if (const auto* at = std::get_if<deadline>(&next)) {
                if (at->at != never) {
                    m_clock.at(at->at, [this, i] {
                        m_guests[i].agent->handle_timeout(m_clock.now());
                        drain(i);
                    });
                }
                return;
            }
            if (auto* sent = std::get_if<transmit>(&next)) {
                carry(i, g.to_host, [this, i, m = std::move(sent->message)] {
                    m_host->handle(i, m, m_clock.now());
                    drain_host();
                });
            } else if (std::holds_alternative<find_participants>(next)) {
                m_clock.after(milliseconds{1}, [this, i] {
                    m_guests[i].agent->participants_found(m_guests[i].real.list, m_clock.now());
                    drain(i);
                });
            } else if (const auto* asked = std::get_if<operate>(&next)) {
                if (asked->what != operation::finish) {
                    m_clock.after(g.real.work, [this, i, what = *asked] {
                        const auto answer = m_guests[i].real.perform(what);
                        m_guests[i].agent->participant_answered(what.participant, answer,
                                                                m_clock.now());
                        drain(i);
                    });
                }
            } else if (std::holds_alternative<close_channel>(next) && g.up) {
                g.up = false;
                ++g.life;
                m_clock.after(milliseconds{m_plan.agents[i].delay_ms}, [this, i] {
                    m_host->channel_lost(i, m_clock.now());
                    drain_host();
                });
            }
        }
    }

    plan m_plan;
    clockwork m_clock;
    std::unique_ptr<orchestrator_endpoint> m_host;
    std::deque<guest> m_guests;
    bool m_troubled = false;
};

rc::Gen<plan> any_plan() {
    const auto number = [](int from, int to) { return rc::gen::inRange(from, to + 1); };
    const auto sometimes = [&](int from, int to) {
        return rc::gen::weightedOneOf<int>({{4, rc::gen::just(-1)}, {1, number(from, to)}});
    };
    return rc::gen::exec([=] {
        plan p;
        p.agents.resize(static_cast<std::size_t>(*number(1, 3)));
        for (auto& a : p.agents) {
            a.applications = *number(0, 2);
            a.filesystems = *number(0, 3);
            a.delay_ms = *number(1, 300);
            a.work_ms = *rc::gen::elementOf(std::vector<int>{1, 40, 400, 3000});
            a.what = static_cast<trouble>(std::max(0, *number(-8, 8)));
            a.when_ms = *number(0, 8000);
            a.which = *number(0, 5);
            a.doubles = *number(0, 3) == 0;
        }
        p.cut = static_cast<cut_plan>(std::max(0, *number(-4, 3)));
        p.cut_ms = *number(1, 9000);
        p.cancel_ms = *sometimes(0, 8000);
        p.go_ms = *sometimes(0, 8000);
        p.explicit_prepare = *rc::gen::arbitrary<bool>();
        p.completion = *rc::gen::arbitrary<bool>();
        p.keep_alive = *rc::gen::arbitrary<bool>();
        p.keep_degraded = *rc::gen::arbitrary<bool>();
        return p;
    });
}

// The plan's run: one troubled snapshot, then peace, then one that must succeed.
void check(const plan& p) {
    world w{p};
    RC_ASSERT(w.host().phase() == orchestrator_phase::idle);
    RC_ASSERT(bool(w.start(true)));
    RC_ASSERT(w.run_until([&] { return !w.outcomes.empty(); }, seconds{1200}));
    w.heal();
    w.run_until([&] { return w.held() == 0; }, seconds{120});
    RC_ASSERT(w.held() == 0U);
    w.run_until([] { return false; }, seconds{30});

    const auto& first = w.outcomes.front();
    RC_ASSERT(w.outcomes.size() == 1U);
    RC_ASSERT((first.outcome == session_outcome::success) == (first.label >= first.wanted));
    RC_ASSERT((first.outcome == session_outcome::success) == first.reason.empty());
    RC_TAG(std::string{to_string(first.outcome)});

    // A fresh session gets through, whatever is left of the old ones.
    const auto whole = [&] { return w.host().phase() == orchestrator_phase::idle; };
    for (int attempt = 0; attempt < 20 && w.outcomes.size() < 2; ++attempt) {
        for (agent_index i = 0; i < p.agents.size(); ++i) {
            w.reconnect(i);
        }
        if (w.run_until(whole, seconds{30})) {
            snapshot_options wanted;
            wanted.wanted = consistency::filesystem;
            RC_ASSERT(bool(w.start(false, wanted)));
            RC_ASSERT(w.run_until([&] { return w.outcomes.size() == 2; }, seconds{1200}));
        }
    }
    RC_ASSERT(w.outcomes.size() == 2U);
    RC_ASSERT(w.outcomes.front().txn != w.outcomes.back().txn);
    const bool something_everywhere = std::all_of(p.agents.begin(), p.agents.end(),
                                                  [](const auto& a) { return a.filesystems != 0; });
    const bool fits = p.cut_ms < 3000 && something_everywhere &&
                      std::all_of(p.agents.begin(), p.agents.end(),
                                  [](const auto& a) { return a.work_ms <= 400; });
    if (fits) {
        RC_ASSERT(w.outcomes.back().outcome == session_outcome::success);
    } else {
        RC_ASSERT(w.outcomes.back().outcome == session_outcome::success ||
                  !w.outcomes.back().reason.empty());
    }
    w.run_until([&] { return w.held() == 0; }, seconds{120});
    RC_ASSERT(w.held() == 0U);

    const auto said = judged(w.recording, w.clock().now());
    if (!said.empty()) {
        RC_FAIL(said);
    }
}

} // namespace

// SP 3.2, 16.6, 17.1, 17.3; the judges add the properties.
RC_BOOST_PROP(whatever_goes_wrong_one_honest_outcome_and_nothing_stays_held, ()) {
    const auto p = *any_plan();
    RC_PRE(p.agents.size() >= 1U);
    check(p);
}

namespace {

// An orchestrator without anybody at the other end.
struct lonely {
    explicit lonely(bool crash_copy_allowed) {
        host.record_to(&recording);
        snapshot_options wanted;
        wanted.crash_copy_allowed = crash_copy_allowed;
        const auto started = host.start(wanted, now);
        BOOST_REQUIRE(bool(started));
        txn = *started;
        drain();
    }
    void drain() {
        for (;;) {
            auto next = host.poll();
            if (const auto* at = std::get_if<deadline>(&next)) {
                due = at->at;
                return;
            }
            if (const auto* asked = std::get_if<provide>(&next)) {
                provided.push_back(asked->what);
            } else if (auto* told = std::get_if<snapshot_outcome>(&next)) {
                outcomes.push_back(std::move(*told));
            } else if (auto* to = std::get_if<transmit_to>(&next)) {
                sent.push_back(kind_of(to->message));
            } else if (std::holds_alternative<close_agent>(next)) {
                ++closed;
            }
        }
    }
    std::string said() const {
        return judged(recording, now, monitor::viewpoint::orchestrator_end);
    }

    orchestrator_endpoint host{orchestrator_options{}};
    std::vector<trace::record> recording;
    std::vector<provider_operation> provided;
    std::vector<snapshot_outcome> outcomes;
    std::vector<message_kind> sent;
    int closed = 0;
    txn_id txn{};
    instant now{seconds{50}};
    instant due = never;
};

using work = std::vector<provider_operation>;

} // namespace

BOOST_AUTO_TEST_CASE(a_cut_without_any_session_is_a_crash_copy_and_says_why) {
    lonely l{true};
    BOOST_TEST((l.provided == work{provider_operation::precommit, provider_operation::cut}));
    BOOST_TEST(l.outcomes.empty());
    l.now += seconds{1};
    l.host.cut_finished(l.txn, true, l.now);
    l.drain();
    BOOST_REQUIRE(l.outcomes.size() == 1U);
    const auto& told = l.outcomes.front();
    BOOST_TEST((told.txn == l.txn));
    BOOST_TEST((told.outcome == session_outcome::degraded)); // SP 12.3
    BOOST_TEST((told.label == consistency::crash));
    BOOST_TEST((told.copy == copy_result::kept));
    BOOST_TEST(told.reason == "no session with a guest was open"); // SP 17.3
    BOOST_TEST(told.agents.empty());
    BOOST_TEST(l.sent.empty());
    BOOST_TEST((l.host.phase() == orchestrator_phase::down));
    BOOST_TEST(l.said() == "");
}

BOOST_AUTO_TEST_CASE(without_the_policy_nothing_is_cut_and_the_start_fails) {
    lonely l{false};
    BOOST_TEST(l.provided.empty());
    BOOST_REQUIRE(l.outcomes.size() == 1U);
    BOOST_TEST((l.outcomes.front().outcome == session_outcome::failed));
    BOOST_TEST((l.outcomes.front().label == consistency::none));
    BOOST_TEST((l.outcomes.front().copy == copy_result::discarded));
    BOOST_TEST(l.outcomes.front().reason == "no session with a guest was open");
    BOOST_TEST(l.said() == "");
}

BOOST_AUTO_TEST_CASE(an_unassisted_cut_that_ends_badly_leaves_no_copy) {
    const auto ends = [](auto how) {
        lonely l{true};
        how(l);
        l.drain();
        BOOST_REQUIRE(l.outcomes.size() == 1U);
        BOOST_TEST((l.outcomes.front().outcome == session_outcome::failed));
        BOOST_TEST((l.outcomes.front().label == consistency::none));
        BOOST_TEST(l.outcomes.front().reason != "");
        BOOST_TEST((l.provided.back() == provider_operation::discard));
        BOOST_TEST(l.said() == "");
    };
    ends([](lonely& l) { l.host.cut_finished(l.txn, false, l.now); });
    ends([](lonely& l) { l.host.cancel(l.now); });
    ends([](lonely& l) { // its own limit: SP 13.4
        l.now = l.due;
        l.host.handle_timeout(l.now);
    });
}

BOOST_AUTO_TEST_CASE(a_session_that_opens_beside_an_unassisted_cut_keeps_its_limit) {
    lonely l{true};
    l.now += seconds{1};
    l.host.channel_up(0, l.now);
    l.drain();
    BOOST_TEST((l.sent == std::vector{message_kind::hello}));
    BOOST_TEST((l.host.phase() == orchestrator_phase::neg));
    l.now += seconds{1};
    l.host.cut_finished(l.txn, true, l.now);
    l.drain();
    BOOST_REQUIRE(l.outcomes.size() == 1U);
    BOOST_TEST((l.outcomes.front().label == consistency::crash));
    BOOST_TEST(l.sent.size() == 1U); // no agent is asked for anything: SP 12.3
    BOOST_TEST((l.due == instant{seconds{56}}));
    l.now = l.due;
    l.host.handle_timeout(l.now); // the peer never answered: SP 2.18
    l.drain();
    BOOST_TEST(l.closed == 1);
    BOOST_TEST((l.host.phase() == orchestrator_phase::down));
    BOOST_TEST(l.said() == "");
}

BOOST_AUTO_TEST_CASE(a_group_without_trouble_is_application_consistent) {
    plan p;
    p.agents.resize(3);
    world w{p};
    BOOST_TEST(bool(w.start(true)));
    BOOST_TEST(w.run_until([&] { return !w.outcomes.empty(); }, seconds{60}));
    const auto& told = w.outcomes.front();
    BOOST_TEST((told.outcome == session_outcome::success));
    BOOST_TEST((told.label == consistency::application));
    BOOST_TEST((told.copy == copy_result::kept));
    BOOST_TEST(told.reason == "");
    BOOST_TEST(told.agents.size() == 3U);
    for (const auto& a : told.agents) {
        BOOST_TEST((a == agent_verdict{verdict::clean, 2}));
    }
    BOOST_TEST(w.held() == 0U);
    const std::vector<provide> expected{{provider_operation::precommit, told.txn},
                                        {provider_operation::cut, told.txn}};
    BOOST_TEST((w.provided == expected));
    BOOST_TEST(judged(w.recording, w.clock().now()) == "");
}

// A pool of endpoints serves one group after the other.
BOOST_AUTO_TEST_CASE(a_reset_orchestrator_does_what_a_new_one_does) {
    const auto play = [](orchestrator_endpoint& host) {
        const instant now{seconds{50}};
        std::vector<trace::record> recording;
        host.record_to(&recording);
        host.channel_up(0, now);
        session_id session{};
        for (;;) {
            auto next = host.poll();
            if (std::holds_alternative<deadline>(next)) {
                break;
            }
            if (const auto* sent = std::get_if<transmit_to>(&next)) {
                session = header_of(sent->message).session;
            }
        }
        hello_ack ack;
        ack.header.session = session;
        ack.selected = protocol_version{1, 0};
        ack.granted = capability::explicit_prepare;
        host.handle(0, ack, now);
        const auto started = host.start({}, now);
        BOOST_TEST((started && *started == txn_id{9}));
        return recording;
    };
    orchestrator_options options;
    options.first_session = {7};
    options.first_txn = {9};
    orchestrator_endpoint fresh{options};
    orchestrator_endpoint used{options};
    const auto first = play(used);
    used.reset({7}, {9});
    BOOST_TEST((used.phase() == orchestrator_phase::down));
    BOOST_TEST(!used.running());
    const auto left = used.poll(); // nothing is left to be done
    BOOST_TEST_REQUIRE(std::holds_alternative<deadline>(left));
    BOOST_TEST((std::get_if<deadline>(&left)->at == never));
    const auto again = play(used);
    BOOST_TEST(!again.empty());
    BOOST_TEST((again == first));
    BOOST_TEST((again == play(fresh)));
}

// SP 3.13: an answer of this transaction with the number of another request is not awaited.
BOOST_AUTO_TEST_CASE(an_answer_with_another_number_is_dropped) {
    orchestrator_endpoint host;
    instant now{};
    std::optional<any_message> asked;
    int cuts = 0;
    const auto drain = [&] {
        for (auto next = host.poll(); !std::holds_alternative<deadline>(next); next = host.poll()) {
            if (auto* const sent = std::get_if<transmit_to>(&next)) {
                asked = sent->message;
            } else if (const auto* const order = std::get_if<provide>(&next)) {
                cuts += order->what == provider_operation::cut ? 1 : 0;
            }
        }
    };
    // Says it with the number of the request before, with that of a later one, and with its own.
    const auto answer = [&](auto report, orchestrator_phase stays) {
        const message_header head = header_of(*asked);
        for (const auto number : {head.seq.value - 1, head.seq.value + 1, head.seq.value}) {
            BOOST_TEST((host.phase() == stays));
            report.header = head;
            report.header.seq.value = number;
            host.handle(0, report, now += milliseconds{1});
            drain();
        }
        BOOST_TEST((host.phase() != stays));
    };
    host.channel_up(0, now);
    drain();
    hello_ack ack;
    ack.header = header_of(*asked);
    ack.selected = protocol_version{1, 0};
    ack.granted = capability::explicit_prepare | capability::completion;
    host.handle(0, ack, now);
    drain();
    BOOST_TEST(bool(host.start({}, now)));
    drain();
    answer(prepared_report{}, orchestrator_phase::prep);
    frozen_report held;
    held.held = 1;
    held.held_since = now;
    held.hold_deadline = now + seconds{10};
    answer(held, orchestrator_phase::freeze);
    BOOST_TEST(cuts == 1);
    host.cut_finished(host.running(), true, now);
    drain();
    thawed_report clean;
    clean.outcome = verdict::clean;
    answer(clean, orchestrator_phase::thaw);
    answer(completed_report{}, orchestrator_phase::complete);
    BOOST_TEST((host.phase() == orchestrator_phase::idle));
}
