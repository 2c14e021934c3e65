// SPDX-License-Identifier: BSL-1.0
//
// What holds for the agent's machine in every state it can come into, judged by a model of the
// guest that sees events and effects only (agent_space.hpp), and the laws of its state as a value.

#include <tests/unit/machine/agent_space.hpp>

#include <snapproto/machine/describe.hpp>

#include <boost/test/unit_test.hpp>

#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <set>
#include <unordered_map>

using namespace snapproto;
using namespace snapproto::machine;
using namespace snapproto::tests;

namespace {

using event = agent_event;
using effect = agent_effect_kind;
using phase = agent_phase;

bool is_quiet(phase p) {
    return p == phase::off || p == phase::idle || p == phase::await;
}

// The next thing that happens when the orchestrator says nothing any more: the step in work ends,
// well or badly, or a timer fires.
event left_alone(phase p, bool well) {
    switch (p) {
    case phase::ready:
    case phase::await:
        return event::sequence_expired;
    case phase::frozen:
        return event::hold_expired;
    case phase::stuck:
        return event::retry_due;
    default:
        return well ? event::done : event::phase_expired;
    }
}

// Any input at all, with few enough numbers that they meet.
agent_input any_input() {
    agent_input input;
    input.kind = static_cast<event>(*rc::gen::inRange<int>(0, value_count<event>));
    input.txn = {*rc::gen::inRange<std::uint64_t>(0, 4)};
    input.session = {*rc::gen::inRange<std::uint64_t>(1, 4)};
    input.granted = static_cast<capability>(*rc::gen::inRange<std::uint32_t>(0, 128));
    input.version_agreed = *rc::gen::inRange(0, 8) != 0;
    input.result = static_cast<copy_result>(*rc::gen::inRange<int>(0, 3));
    input.cookie = *rc::gen::arbitrary<std::uint64_t>();
    return input;
}

// Inputs that lead into a transaction more often than not.
agent_input likely_input(const agent_state& s) {
    if (*rc::gen::inRange(0, 3) == 0) {
        return any_input();
    }
    agent_input input = any_input();
    input.txn = s.data.txn ? s.data.txn : txn_id{s.data.last_txn.value + 1};
    switch (s.phase) {
    case phase::off:
        input.kind = event::hello;
        break;
    case phase::idle:
        input.kind = *rc::gen::arbitrary<bool>() ? event::prepare : event::freeze;
        break;
    case phase::ready:
        input.kind = event::freeze;
        break;
    case phase::frozen:
        input.kind = event::thaw;
        break;
    case phase::await:
        input.kind = *rc::gen::arbitrary<bool>() ? event::recover : event::complete;
        break;
    case phase::stuck:
        input.kind = event::retry_due;
        break;
    default:
        input.kind = *rc::gen::inRange(0, 4) == 0 ? event::failed : event::done;
    }
    return input;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_model_of_the_guest_has_no_objection_in_any_reachable_state) {
    const auto& space = the_agent_space();
    for (const auto& objection : space.objections) {
        BOOST_ERROR(objection);
    }
    BOOST_TEST_MESSAGE(space.nodes.size() << " states, " << space.transitions << " transitions");
    std::set<phase> phases;
    for (const auto& node : space.nodes) {
        phases.insert(node.state.phase);
    }
    BOOST_TEST(phases.size() == value_count<phase>);
}

BOOST_AUTO_TEST_CASE(the_number_of_reachable_states_is_what_it_was) {
    // A change of these numbers is a change of the protocol: look at it, then write it down here.
    BOOST_TEST(the_agent_space().nodes.size() == 129227U);
    BOOST_TEST(the_agent_space().transitions == 4393616U);
}

BOOST_AUTO_TEST_CASE(every_row_and_every_refusal_is_met) {
    const auto& space = the_agent_space();
    std::size_t rows = 0;
    std::size_t refusals = 0;
    for (std::size_t i = 0; i < space.taken.size(); ++i) {
        const auto& cell = agent_cells()[i];
        (cell.is_row ? rows : refusals) += space.taken[i] > 0;
        BOOST_TEST(space.taken[i] > 0U, (cell.is_row ? "row " : "refusal ")
                                            << i << " is never met: " << to_string(cell.from)
                                            << " x " << to_string(cell.event) << " " << cell.guard);
    }
    BOOST_TEST_MESSAGE(rows << " of " << agent_row_count() << " rows and " << refusals << " of "
                            << agent_cells().size() - agent_row_count() << " refusals met");
}

BOOST_AUTO_TEST_CASE(no_event_has_more_effects_than_the_list_holds) {
    // The outbox has room for 12; the bound that its comment promises is 6.
    BOOST_TEST(the_agent_space().effects_max == 6U);
    BOOST_TEST_MESSAGE("the longest row has " << the_agent_space().effects_max << " effects");
}

BOOST_AUTO_TEST_CASE(an_agent_left_alone_holds_nothing_after_a_few_steps) {
    std::size_t longest = 0;
    for (const bool well : {true, false}) {
        for (const auto& node : the_agent_space().nodes) {
            agent_state s = node.state;
            std::size_t steps = 0;
            while (!is_quiet(s.phase) && steps < 20) {
                // A filesystem that is stuck is released by the second try at the latest.
                const bool now_well = well || steps >= 2;
                s = run(s, {.kind = left_alone(s.phase, now_well)}).after;
                ++steps;
            }
            if (!is_quiet(s.phase)) {
                BOOST_ERROR("left alone, it still holds something: " << describe(node.state));
                return;
            }
            longest = std::max(longest, steps);
        }
    }
    BOOST_TEST(longest <= 8U);
    BOOST_TEST_MESSAGE("left alone, every state is quiet after at most " << longest << " steps");
}

BOOST_AUTO_TEST_CASE(a_fresh_hello_succeeds_from_everywhere_unless_the_agent_is_told_to_end) {
    for (const auto& node : the_agent_space().nodes) {
        bool acknowledged = false;
        agent_step step = run(node.state, {.kind = event::hello, .session = {9}});
        for (int i = 0; i < 8; ++i) {
            for (const auto& e : step.effects) {
                acknowledged |=
                    e.kind == effect::send_hello_ack && e.agreed && e.session == session_id{9};
            }
            if (acknowledged || step.after.phase == phase::off) {
                break;
            }
            step = run(step.after, {.kind = left_alone(step.after.phase, true)});
        }
        const bool ends = node.state.data.then == afterwards::exit;
        if (acknowledged == ends || (acknowledged && step.after.data.session != session_id{9}) ||
            (acknowledged && step.after.phase != phase::idle)) {
            BOOST_ERROR("a fresh Hello fails in " << describe(node.state));
            return;
        }
    }
    BOOST_TEST(the_agent_space().nodes.size() > 100U);
}

BOOST_AUTO_TEST_CASE(thaw_and_abort_repeated_have_the_effect_of_one) {
    for (const auto& node : the_agent_space().nodes) {
        for (const event kind : {event::thaw, event::abort}) {
            const agent_input input{.kind = kind, .txn = node.state.data.txn};
            const auto once = run(node.state, input);
            const auto twice = run(once.after, input);
            const bool same = twice.after == once.after;
            const bool tries_again = once.after.phase == phase::stuck;
            if (node.state.data.txn && once.row >= 0 && once.after.phase != phase::idle &&
                !tries_again) {
                BOOST_REQUIRE_MESSAGE(same, to_string(kind)
                                                << " twice in " << describe(node.state));
            }
        }
    }
    BOOST_TEST(the_agent_space().nodes.size() > 100U);
}

RC_BOOST_PROP(equal_states_behave_alike_and_a_saved_state_is_the_state, ()) {
    agent_state s = fresh_agent();
    guest_model guest;
    const int length = *rc::gen::inRange(1, 80);
    for (int i = 0; i < length; ++i) {
        const agent_input input = likely_input(s);
        const agent_step step = run(s, input);
        RC_ASSERT(run(s, input) == step);
        const auto restored = from_image<agent_state>(to_image(s));
        RC_ASSERT(restored.has_value());
        RC_ASSERT(*restored == s);
        RC_ASSERT(hash_of(*restored) == hash_of(s));
        RC_ASSERT(run(*restored, input) == step);
        const auto described = from_description<agent_state>(describe(s));
        RC_ASSERT(described.has_value());
        RC_ASSERT(run(*described, input) == step);
        const auto objections = follow(guest, s, input, step);
        if (!objections.empty()) {
            RC_FAIL(objections.front() + " on " + std::string{to_string(input.kind)} + " in " +
                    describe(s));
        }
        s = step.after;
        RC_CLASSIFY(s.phase == phase::frozen, "comes to FROZEN");
    }
}

BOOST_AUTO_TEST_CASE(different_states_have_different_hashes) {
    std::unordered_map<std::uint64_t, const agent_state*> by_hash;
    std::size_t collisions = 0;
    for (const auto& node : the_agent_space().nodes) {
        const auto [at, fresh] = by_hash.emplace(hash_of(node.state), &node.state);
        collisions += !fresh && !(*at->second == node.state);
    }
    BOOST_TEST(collisions == 0U);
    BOOST_TEST(by_hash.size() > 100U);
}

BOOST_AUTO_TEST_CASE(the_hash_is_the_same_on_every_machine) {
    agent_state s;
    const auto empty = hash_of(s);
    s.phase = phase::frozen;
    s.data.txn = {1};
    BOOST_TEST(empty != hash_of(s));
    BOOST_TEST(empty == 15801750998302917642U);
    BOOST_TEST(hash_of(s) == 9898482105837124317U);
}
