// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/orchestrator.hpp>

#include <tests/support/allocations.hpp>
#include <tests/unit/machine/orchestrator_driver.hpp>

#include <boost/test/unit_test.hpp>

#include <type_traits>

using namespace snapproto;
using namespace snapproto::machine;

// ---- the driver -------------------------------------------------------------------------------

namespace snapproto::tests {

orchestrator_state fresh_orchestrator(const orchestrator_policy& policy) {
    return orchestrator_machine{policy}.save();
}

orchestrator_step run(const orchestrator_state& before, const orchestrator_input& input) {
    orchestrator_machine machine{before};
    orchestrator_outbox out;
    const auto step = machine.process(input, out);
    return {machine.save(), step.row, step.refusal, step.governed_by, {out.begin(), out.end()}};
}

orchestrator_state answered(const orchestrator_state& before, agent_index agent, verdict outcome) {
    orchestrator_machine machine{before};
    machine.answer(agent, outcome);
    return machine.save();
}

std::optional<orchestrator_event> due(const orchestrator_state& state) {
    return orchestrator_machine{state}.due();
}

const std::vector<orchestrator_cell>& orchestrator_cells() {
    static const std::vector<orchestrator_cell> cells = [] {
        std::vector<orchestrator_cell> all;
        for (const auto& row : orchestrator_machine::rows()) {
            all.push_back({row.from, row.event, true, std::string{row.guard}, row.governed_by});
        }
        for (const auto& cell : orchestrator_machine::refusals()) {
            all.push_back({cell.from, cell.event, false, "", cell.governed_by});
        }
        return all;
    }();
    return cells;
}

std::size_t orchestrator_row_count() {
    return orchestrator_machine::rows().size();
}

namespace {

using guard_function = bool (*)(const orchestrator_data&);

template <class Guard>
bool test_guard(const orchestrator_data& data) {
    if constexpr (std::is_same_v<Guard, always>) {
        return true;
    } else {
        return Guard::holds(orchestrator_input{}, data);
    }
}

template <std::size_t... I>
constexpr std::array<guard_function, sizeof...(I)> guards_of(std::index_sequence<I...>) {
    return {&test_guard<typename mp11::mp_at_c<orchestrator::transition_table, I>::guard>...};
}

} // namespace

bool orchestrator_guard_holds(std::size_t row, const orchestrator_data& data) {
    static constexpr auto guards =
        guards_of(std::make_index_sequence<orchestrator_machine::rows().size()>{});
    return guards.at(row)(data);
}

std::uint64_t hash_of(const orchestrator_state& state) {
    return hash_value(state);
}

} // namespace snapproto::tests

// ---- what needs the machine itself ------------------------------------------------------------

static_assert(std::is_nothrow_copy_constructible_v<orchestrator_machine>);
static_assert(std::is_trivially_copyable_v<orchestrator_state>);

namespace {

orchestrator_machine machine_in_prep() {
    orchestrator_machine machine{orchestrator_policy{.completion = false}};
    orchestrator_outbox out;
    machine.process({.kind = orchestrator_event::up, .agents = 3}, out);
    machine.process({.kind = orchestrator_event::ack_ok}, out);
    machine.process({.kind = orchestrator_event::start, .txn = {4}}, out);
    BOOST_TEST_REQUIRE((machine.phase() == orchestrator_phase::prep));
    return machine;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_fresh_orchestrator_is_down_and_keeps_its_policy) {
    BOOST_TEST((orchestrator_machine{}.phase() == orchestrator_phase::down));
    BOOST_TEST((orchestrator_machine{}.data() == orchestrator_data{}));
    const auto machine = machine_in_prep();
    BOOST_TEST(!machine.data().policy.completion);
    BOOST_TEST(machine.data().live == 3U);
}

BOOST_AUTO_TEST_CASE(a_copy_of_an_orchestrator_is_a_machine_of_its_own) {
    orchestrator_machine machine = machine_in_prep();
    const orchestrator_machine& constant = machine;
    const orchestrator_machine from_const{constant};
    const orchestrator_machine from_non_const{machine};
    orchestrator_machine assigned;
    assigned = machine;
    const auto before = machine.save();
    orchestrator_outbox out;
    machine.process({.kind = orchestrator_event::cancel}, out);
    BOOST_TEST((machine.phase() == orchestrator_phase::abort));
    BOOST_TEST((from_const.save() == before));
    BOOST_TEST((from_non_const.save() == before));
    BOOST_TEST((assigned.save() == before));
    assigned.restore(machine.save());
    BOOST_TEST((assigned == machine));
}

BOOST_AUTO_TEST_CASE(an_answer_counts_only_for_an_agent_that_is_live) {
    orchestrator_machine machine = machine_in_prep();
    machine.answer(5);
    BOOST_TEST(machine.data().answered == 0U);
    BOOST_TEST(!machine.due());
    machine.answer(0);
    machine.answer(0);
    BOOST_TEST(!machine.due());
    machine.answer(1);
    BOOST_TEST((machine.due() == orchestrator_event::all_prepared));
}

BOOST_AUTO_TEST_CASE(running_an_orchestrator_never_allocates) {
    const tests::allocation_count count;
    orchestrator_machine machine;
    for (std::size_t i = 0; i < value_count<orchestrator_event>; ++i) {
        orchestrator_machine copy{machine};
        for (std::size_t k = 0; k < value_count<orchestrator_event>; ++k) {
            orchestrator_outbox out;
            copy.process({.kind = static_cast<orchestrator_event>(k), .txn = {1}, .agents = 7},
                         out);
            copy.answer(1, verdict::early);
        }
        orchestrator_outbox out;
        machine.process({.kind = static_cast<orchestrator_event>(i), .txn = {1}, .agents = 7}, out);
        machine.restore(copy.save());
    }
    BOOST_TEST(count.allocations() == 0U);
}
