// SPDX-License-Identifier: BSL-1.0
// What an agent agrees to at the beginning, and what it does with time that nobody noticed.
#include <snapproto/endpoint/agent.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <vector>

using namespace snapproto;
using namespace snapproto::endpoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct bench {
    explicit bench(agent_options options = {}) : agent(std::move(options)) {}

    template <class Message>
    void ask(Message message, txn_id txn = {}) {
        message.header = {session, txn, {++seq}};
        agent.handle(message, now);
        drain();
    }
    void drain() {
        for (;;) {
            auto next = agent.poll();
            if (std::holds_alternative<deadline>(next)) {
                return;
            }
            if (auto* sent = std::get_if<transmit>(&next)) {
                said.push_back(std::move(sent->message));
            } else if (const auto* asked = std::get_if<operate>(&next)) {
                work.push_back(*asked);
            }
        }
    }
    template <class Message>
    const Message& last() const {
        BOOST_REQUIRE(!said.empty());
        const auto* message = std::get_if<Message>(&said.back());
        BOOST_REQUIRE(message != nullptr);
        return *message;
    }
    void open(std::vector<protocol_version> versions = {{1, 0}}) {
        hello opening;
        opening.versions = std::move(versions);
        opening.wanted = capability::explicit_prepare | capability::completion;
        ask(opening);
    }

    agent_endpoint agent;
    std::vector<any_message> said;
    std::vector<operate> work;
    session_id session{3};
    std::uint64_t seq = 0;
    instant now{seconds{100}};
};

} // namespace

// SP 2.4
BOOST_AUTO_TEST_CASE(the_highest_common_version_is_selected_in_whatever_order) {
    agent_options options;
    options.versions = {{1, 1}, {2, 0}, {1, 0}};
    const auto selected = [&](std::vector<protocol_version> versions) {
        bench b{options};
        b.open(std::move(versions));
        return b.last<hello_ack>().selected;
    };
    BOOST_TEST((selected({{1, 0}, {1, 1}, {3, 0}}) == protocol_version{1, 1}));
    BOOST_TEST((selected({{3, 0}, {2, 0}, {1, 0}}) == protocol_version{2, 0}));
    BOOST_TEST((selected({{1, 0}}) == protocol_version{1, 0}));
    BOOST_TEST((!selected({{3, 0}, {0, 9}}).has_value()));
    BOOST_TEST((!selected({}).has_value()));
}

// SP 2.20, 2.21
BOOST_AUTO_TEST_CASE(hello_ack_states_the_limits_and_the_generation) {
    agent_options options;
    options.timers.hold_max = seconds{45};
    options.limits.participants_max = 7;
    options.generation = {12};
    bench b{options};
    b.open();
    BOOST_TEST((b.last<hello_ack>().hold_max == seconds{45}));
    BOOST_TEST(b.last<hello_ack>().participants_max == 7U);
    BOOST_TEST((b.last<hello_ack>().generation == generation_id{12}));
    BOOST_TEST(!b.last<hello_ack>().stuck); // a Hello in STUCK waits for the release: SP 2.7
}

// SP 3.1
BOOST_AUTO_TEST_CASE(an_answer_repeats_session_transaction_and_number_of_its_request) {
    bench b;
    b.open();
    BOOST_TEST((b.last<hello_ack>().header == message_header{{3}, {}, {1}}));
    b.ask(query{});
    BOOST_TEST((b.last<status_report>().header.seq == sequence_number{2}));
    b.ask(prepare_request{}, {9});
    b.ask(prepare_request{}, {8}); // another one: refused at once
    BOOST_TEST((b.last<nak>().header == message_header{{3}, {8}, {4}}));
}

// SP 4.14
BOOST_AUTO_TEST_CASE(prepared_names_who_takes_part_so_that_a_lower_level_shows) {
    bench b;
    b.open();
    b.ask(prepare_request{}, {7});
    const std::vector<participant_summary> found{{"/", participant_kind::filesystem}};
    b.agent.participants_found(found, b.now);
    b.drain();
    b.agent.participant_answered(0, machine::participant_event::prepared, b.now);
    b.drain();
    BOOST_TEST((b.last<prepared_report>().participants == found));
}

// SP 15.4
BOOST_AUTO_TEST_CASE(a_step_that_ends_after_its_deadline_is_late_though_no_timer_fired) {
    agent_options options;
    options.timers.prepare = seconds{10};
    for (const auto late : {false, true}) {
        bench b{options};
        b.open();
        b.ask(prepare_request{}, {7});
        const std::vector<participant_summary> found{{"/", participant_kind::filesystem}};
        b.agent.participants_found(found, b.now);
        b.drain();
        b.agent.handle_timeout(b.now); // spurious: nothing is due
        b.drain();
        BOOST_TEST((b.agent.phase() == agent_phase::prep));
        b.now += seconds{10} + (late ? milliseconds{1} : -milliseconds{1});
        b.agent.participant_answered(0, machine::participant_event::prepared, b.now);
        b.drain();
        if (late) {
            BOOST_TEST((b.last<error_report>().reason == verdict::expired));
            BOOST_TEST((b.agent.phase() == agent_phase::idle));
        } else {
            BOOST_TEST((b.agent.phase() == agent_phase::ready));
        }
    }
}

// A pool of endpoints serves one guest after the other.
BOOST_AUTO_TEST_CASE(a_reset_agent_does_what_a_new_one_does) {
    const auto play = [](bench& b) {
        b.said.clear();
        b.work.clear();
        std::vector<trace::record> recording;
        b.agent.record_to(&recording);
        b.open();
        b.ask(prepare_request{}, {7});
        const std::vector<participant_summary> found{{"/", participant_kind::filesystem}};
        b.agent.participants_found(found, b.now);
        b.agent.participant_answered(0, machine::participant_event::prepared, b.now);
        b.ask(freeze_request{}, {7});
        b.agent.participant_answered(0, machine::participant_event::held, b.now);
        b.drain();
        return recording;
    };
    agent_options options;
    options.timers.hold = seconds{3};
    bench fresh{options};
    bench used{options};
    const auto first = play(used);
    used.seq = 0;
    used.agent.reset();
    BOOST_TEST((used.agent.phase() == agent_phase::off));
    BOOST_TEST((used.agent.hold_deadline() == never));
    BOOST_TEST(used.agent.held_filesystems() == 0U);
    const auto again = play(used);
    BOOST_TEST(!again.empty());
    BOOST_TEST((again == first));
    BOOST_TEST((again == play(fresh)));
    BOOST_TEST((used.agent.hold_deadline() == used.now + seconds{3})); // its options are kept
}

namespace {

// One filesystem, whose freeze does not end: its limit passes, and that of so many steps after it.
struct hanging_freeze : bench {
    explicit hanging_freeze(bool until_stuck) {
        open();
        ask(prepare_request{}, {7});
        const std::vector<participant_summary> found{{"/", participant_kind::filesystem}};
        agent.participants_found(found, now);
        agent.participant_answered(0, machine::participant_event::prepared, now);
        ask(freeze_request{}, {7});
        const timer_limits limits;
        pass(limits.freeze);
        if (until_stuck) {
            pass(limits.thaw);
        }
        work.clear();
    }
    void pass(duration limit) {
        now += limit;
        agent.handle_timeout(now);
        drain();
    }
    void answer(machine::participant_event what) {
        now += milliseconds{100};
        agent.participant_answered(0, what, now);
        drain();
    }
};

} // namespace

// SP 10.11. Found by a fleet whose storage array was slow.
BOOST_AUTO_TEST_CASE(a_hold_that_ends_when_the_agent_is_stuck_is_released_at_once) {
    hanging_freeze b{true};
    BOOST_TEST((b.agent.phase() == agent_phase::stuck));
    b.answer(machine::participant_event::held);
    BOOST_TEST((b.work == std::vector<operate>{{0, operation::release, copy_result::unknown}}));
    b.answer(machine::participant_event::released);
    BOOST_TEST((b.agent.phase() == agent_phase::idle));
    BOOST_TEST(b.agent.held_filesystems() == 0U);
}

// SP 7.10, 10.11
BOOST_AUTO_TEST_CASE(a_cancelled_hold_that_holds_nothing_is_no_failed_release) {
    for (const bool until_stuck : {false, true}) {
        hanging_freeze b{until_stuck};
        b.answer(machine::participant_event::vetoed);
        BOOST_TEST((b.agent.phase() == agent_phase::idle));
        for (const auto& asked : b.work) {
            BOOST_TEST((asked.what != operation::release)); // SP 8.9: it refused the hold
        }
        const auto& report = b.last<error_report>();
        BOOST_TEST((report.reason == (until_stuck ? verdict::stuck : verdict::expired)));
    }
}
