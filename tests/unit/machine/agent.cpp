// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/agent.hpp>

#include <tests/support/allocations.hpp>
#include <tests/unit/machine/agent_driver.hpp>

#include <boost/test/unit_test.hpp>

#include <type_traits>

using namespace snapproto;
using namespace snapproto::machine;

// ---- the driver -------------------------------------------------------------------------------

namespace snapproto::tests {

agent_state fresh_agent() {
    return agent_machine{}.save();
}

agent_step run(const agent_state& before, const agent_input& input) {
    agent_machine machine{before};
    agent_outbox out;
    const auto step = machine.process(input, out);
    return {machine.save(), step.row, step.refusal, step.governed_by, {out.begin(), out.end()}};
}

const std::vector<agent_cell>& agent_cells() {
    static const std::vector<agent_cell> cells = [] {
        std::vector<agent_cell> all;
        for (const auto& row : agent_machine::rows()) {
            all.push_back(
                {row.from, row.event, row.to, true, std::string{row.guard}, {}, row.governed_by});
        }
        for (const auto& cell : agent_machine::refusals()) {
            all.push_back(
                {cell.from, cell.event, cell.from, false, "", cell.how, cell.governed_by});
        }
        return all;
    }();
    return cells;
}

std::size_t agent_row_count() {
    return agent_machine::rows().size();
}

namespace {

using guard_function = bool (*)(const agent_input&, const agent_data&);

template <class Guard>
bool test_guard(const agent_input& input, const agent_data& data) {
    if constexpr (std::is_same_v<Guard, always>) {
        return true;
    } else {
        return Guard::holds(input, data);
    }
}

// By number, not by the list of rows: a function whose type spells out the list has a name of many
// thousand letters.
template <std::size_t... I>
constexpr std::array<guard_function, sizeof...(I)> guards_of(std::index_sequence<I...>) {
    return {&test_guard<typename mp11::mp_at_c<agent::transition_table, I>::guard>...};
}

} // namespace

bool agent_guard_holds(std::size_t row, const agent_input& input, const agent_data& data) {
    static constexpr auto guards =
        guards_of(std::make_index_sequence<agent_machine::rows().size()>{});
    return guards.at(row)(input, data);
}

bool refused_by_transaction(const agent_state& state, const agent_input& input) {
    return refuse_by_transaction(state.phase, state.data, input).has_value();
}

std::uint64_t hash_of(const agent_state& state) {
    return hash_value(state);
}

} // namespace snapproto::tests

// ---- what needs the machine itself ------------------------------------------------------------

static_assert(std::is_nothrow_copy_constructible_v<agent_machine>);
static_assert(std::is_nothrow_copy_assignable_v<agent_machine>);
static_assert(std::is_nothrow_default_constructible_v<agent_machine>);
static_assert(std::is_trivially_copyable_v<agent_state>);

namespace {

agent_machine machine_in_freeze() {
    agent_machine machine;
    agent_outbox out;
    machine.process({.kind = agent_event::hello, .session = {7}, .granted = capability::completion},
                    out);
    machine.process({.kind = agent_event::prepare, .txn = {1}}, out);
    out.clear();
    machine.process({.kind = agent_event::done}, out);
    machine.process({.kind = agent_event::freeze, .txn = {1}}, out);
    machine.process({.kind = agent_event::done}, out);
    BOOST_TEST_REQUIRE((machine.phase() == agent_phase::freeze));
    return machine;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_fresh_agent_is_off_and_remembers_nothing) {
    const agent_machine machine;
    BOOST_TEST((machine.phase() == agent_phase::off));
    BOOST_TEST((machine.data() == agent_data{}));
}

BOOST_AUTO_TEST_CASE(a_copy_of_an_agent_is_in_the_same_state_and_a_machine_of_its_own) {
    agent_machine machine = machine_in_freeze();
    const agent_machine& constant = machine;
    agent_machine from_const{constant};
    agent_machine from_non_const{machine};
    agent_machine assigned;
    assigned = machine;
    BOOST_TEST((from_const == machine));
    BOOST_TEST((from_non_const == machine));
    BOOST_TEST((assigned == machine));

    const agent_state before = machine.save();
    agent_outbox out;
    machine.process({.kind = agent_event::done}, out);
    BOOST_TEST((machine.phase() == agent_phase::frozen));
    BOOST_TEST((from_const.save() == before));
    BOOST_TEST((from_non_const.save() == before));
    BOOST_TEST((assigned.save() == before));
    BOOST_TEST(!(assigned == machine));

    const agent_machine& self = machine;
    machine = self;
    BOOST_TEST((machine.phase() == agent_phase::frozen));
}

BOOST_AUTO_TEST_CASE(a_restored_agent_goes_on_where_it_was_saved) {
    agent_machine machine = machine_in_freeze();
    agent_machine other;
    other.restore(machine.save());
    agent_outbox out;
    agent_outbox other_out;
    const auto step = machine.process({.kind = agent_event::done}, out);
    const auto other_step = other.process({.kind = agent_event::done}, other_out);
    BOOST_TEST(step.row == other_step.row);
    BOOST_TEST((machine == other));
    BOOST_TEST_REQUIRE(out.size() == other_out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        BOOST_TEST((out[i] == other_out[i]));
    }
}

BOOST_AUTO_TEST_CASE(effects_are_appended_and_leave_what_was_there) {
    agent_machine machine;
    agent_outbox out;
    machine.process({.kind = agent_event::hello, .session = {7}}, out);
    machine.process({.kind = agent_event::ping, .cookie = 99}, out);
    BOOST_TEST_REQUIRE(out.size() == 2U);
    BOOST_TEST((out[0].kind == agent_effect_kind::send_hello_ack));
    BOOST_TEST((out[1].kind == agent_effect_kind::send_pong));
    BOOST_TEST(out[1].cookie == 99U);
    BOOST_TEST(!out.empty());
    out.clear();
    BOOST_TEST(out.empty());
    BOOST_TEST((out.begin() == out.end()));
}

BOOST_AUTO_TEST_CASE(making_copying_and_running_a_machine_never_allocates) {
    const tests::allocation_count count;
    agent_machine machine;
    for (std::size_t i = 0; i < value_count<agent_event>; ++i) {
        agent_machine copy{machine};
        for (std::size_t k = 0; k < value_count<agent_event>; ++k) {
            agent_outbox out;
            copy.process({.kind = static_cast<agent_event>(k), .txn = {1}, .session = {3}}, out);
        }
        agent_outbox out;
        machine.process({.kind = static_cast<agent_event>(i), .txn = {1}, .session = {3}}, out);
        machine.restore(copy.save());
    }
    BOOST_TEST(count.allocations() == 0U);
}

BOOST_AUTO_TEST_CASE(every_refusal_that_is_told_has_a_code) {
    BOOST_TEST((code_of(agent_refusal::nak_no_session) == nak_code::no_session));
    BOOST_TEST((code_of(agent_refusal::nak_busy) == nak_code::busy));
    BOOST_TEST((code_of(agent_refusal::nak_bad_state) == nak_code::bad_state));
    BOOST_TEST((code_of(agent_refusal::nak_unknown_txn) == nak_code::unknown_txn));
    BOOST_TEST((code_of(agent_refusal::nak_stale) == nak_code::stale));
    BOOST_TEST((code_of(agent_refusal::nak_malformed) == nak_code::malformed));
    BOOST_TEST((code_of(agent_refusal::nak_stuck) == nak_code::stuck));
}
