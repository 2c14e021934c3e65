// SPDX-License-Identifier: BSL-1.0
#include "fuzz/tables/table_run.hpp"

#include "fuzz/support/target.hpp"

#include <snapproto/machine/agent.hpp>
#include <snapproto/machine/describe.hpp>
#include <snapproto/machine/orchestrator.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace snapproto::fuzz {

namespace {

using namespace machine;

// ---- what the tables say ------------------------------------------------------------------------

template <class Guard, class Input, class Data>
bool holds(const Input& input, const Data& data) {
    if constexpr (std::is_same_v<Guard, always>) {
        return true;
    } else {
        return Guard::holds(input, data);
    }
}

template <class Action, class Input, class Data, class Outbox>
void apply(const Input& input, Data& data, Outbox& out) {
    Action::apply(input, data, out);
}

/// Guards and actions of a table by the number of their row.
template <class Spec>
struct row_functions {
    using input = typename Spec::input;
    using data = typename Spec::data;
    using outbox = typename Spec::outbox;
    static constexpr std::size_t count = mp11::mp_size<typename Spec::transition_table>::value;

    template <std::size_t... I>
    static constexpr auto make_guards(std::index_sequence<I...>) {
        return std::array<bool (*)(const input&, const data&), count>{
            &holds<typename mp11::mp_at_c<typename Spec::transition_table, I>::guard, input,
                   data>...};
    }
    template <std::size_t... I>
    static constexpr auto make_actions(std::index_sequence<I...>) {
        return std::array<void (*)(const input&, data&, outbox&), count>{
            &apply<typename mp11::mp_at_c<typename Spec::transition_table, I>::action, input, data,
                   outbox>...};
    }

    static constexpr auto guards = make_guards(std::make_index_sequence<count>{});
    static constexpr auto actions = make_actions(std::make_index_sequence<count>{});
};

/// One event, as the table alone tells it.
/// @return the row, or -1 for a refusal
template <class Machine, class Spec>
int interpret(typename Machine::state_type& state, const typename Spec::input& input,
              typename Spec::outbox& out) {
    using functions = row_functions<Spec>;
    int found = -1;
    for (std::size_t row = 0; row < functions::count; ++row) {
        const auto& info = Machine::rows()[row];
        if (info.from == state.phase && info.event == input.kind &&
            functions::guards[row](input, state.data)) {
            require(found < 0, "the guards of a cell exclude each other");
            found = static_cast<int>(row);
        }
    }
    if (found >= 0) {
        functions::actions[static_cast<std::size_t>(found)](input, state.data, out);
        state.phase = Machine::rows()[static_cast<std::size_t>(found)].to;
    }
    return found;
}

// ---- agent --------------------------------------------------------------------------------------

/// The agent's machine, and what its events are.
struct agent_side {
    using machine_type = agent_machine;
    using spec = agent::spec;
    static constexpr std::string_view name = "agent";
    static constexpr std::size_t kinds = value_count<agent_event>;

    static agent_machine fresh(std::uint8_t) { return agent_machine{}; }

    /// Arguments to try in each state: the common ones, and each with one thing changed.
    static std::vector<std::uint8_t> arguments() { return {0, 1, 2, 3, 4, 8, 12, 16, 32}; }

    /// What tells states apart on the way to rows: numbers of what is over and names of sessions
    /// open no way that others do not.
    static agent_state essence(agent_state state) {
        state.data.session = {state.data.session ? 1U : 0U};
        state.data.waiting_session = {state.data.waiting_session ? 1U : 0U};
        state.data.last_txn = {state.data.last_txn ? 1U : 0U};
        state.data.txn = {state.data.txn ? 1U : 0U};
        state.data.last_verdict = {};
        return state;
    }

    static agent_input event(const agent_state& now, std::uint8_t kind, std::uint8_t how) {
        static constexpr auto everything = capability::explicit_prepare |
                                           capability::implicit_prepare | capability::completion |
                                           capability::recovery | capability::hold_limit |
                                           capability::keep_alive | capability::transactions;
        const std::array granted{everything, capability::none, capability::implicit_prepare,
                                 capability::explicit_prepare | capability::recovery};
        const txn_id current = now.data.txn ? now.data.txn : txn_id{1};
        const std::array txns{current, txn_id{1 + current.value % 3}, now.data.last_txn, txn_id{}};
        agent_input made{.kind = static_cast<agent_event>(kind)};
        made.txn = txns[how & 3U];
        made.session = {1 + now.data.session.value % 2};
        made.granted = granted[how >> 2U & 3U];
        made.version_agreed = (how & 16U) == 0;
        made.result = (how & 32U) == 0 ? copy_result::kept : copy_result::discarded;
        return made;
    }

    /// @return the row taken, or -1
    static int step(agent_machine& machine, std::uint8_t kind, std::uint8_t how) {
        const auto input = event(machine.save(), kind, how);
        agent_state expected = machine.save();
        agent_outbox expected_out;
        const auto refused = refuse_by_transaction(expected.phase, expected.data, input);
        const int row =
            refused ? -1 : interpret<agent_machine, spec>(expected, input, expected_out);
        agent_outbox out;
        const auto result = machine.process(input, out);
        require(result.row == row, "machine and table take the same row");
        require(machine.save() == expected, "machine and table come to the same state",
                describe(machine.save()) + "\n" + describe(expected));
        if (row >= 0) {
            require(std::equal(out.begin(), out.end(), expected_out.begin(), expected_out.end()),
                    "machine and table have the same effects");
        } else {
            require(out.size() <= 1, "a refusal has one answer at most");
        }
        return row;
    }
};

// ---- orchestrator -------------------------------------------------------------------------------

/// The orchestrator's machine with two agents. Events that follow from answers are not given: they
/// are what the answers make due.
struct orchestrator_side {
    using machine_type = orchestrator_machine;
    using spec = orchestrator::spec;
    static constexpr std::string_view name = "orchestrator";

    static constexpr auto outside = std::to_array<orchestrator_event>(
        {orchestrator_event::up, orchestrator_event::start, orchestrator_event::go,
         orchestrator_event::cancel, orchestrator_event::ack_bad, orchestrator_event::any_error,
         orchestrator_event::any_nak, orchestrator_event::cut_ok, orchestrator_event::cut_failed,
         orchestrator_event::reply_expired, orchestrator_event::window_expired,
         orchestrator_event::liveness_expired, orchestrator_event::any_lost,
         orchestrator_event::stale});
    static constexpr std::size_t kinds = outside.size() + 1; // the last: an answer

    static orchestrator_machine fresh(std::uint8_t policy) {
        orchestrator_policy made;
        made.explicit_prepare = (policy & 1U) == 0;
        made.completion = (policy & 2U) == 0;
        made.crash_copy_allowed = (policy & 4U) != 0;
        made.keep_degraded = (policy & 8U) != 0;
        made.abort_resends_max = (policy & 16U) != 0 ? 0 : 1;
        return orchestrator_machine{made};
    }

    static std::vector<std::uint8_t> arguments() { return {0, 1, 2, 3}; }
    static orchestrator_state essence(const orchestrator_state& state) { return state; }

    static int step(orchestrator_machine& machine, std::uint8_t kind, std::uint8_t how) {
        const auto agent = static_cast<agent_index>(how & 1U);
        if (kind == outside.size()) {
            machine.answer(agent, (how & 2U) == 0 ? verdict::clean : verdict::early);
        } else {
            orchestrator_input input{.kind = outside[kind], .agent = agent};
            input.txn = {1};
            input.go_at_once = (how & 2U) == 0;
            input.agents = 3;
            return process(machine, input);
        }
        const auto due = machine.due();
        return due ? process(machine, {.kind = *due}) : -1;
    }

  private:
    static int process(orchestrator_machine& machine, const orchestrator_input& input) {
        orchestrator_state expected = machine.save();
        orchestrator_outbox expected_out;
        const int row = interpret<orchestrator_machine, spec>(expected, input, expected_out);
        orchestrator_outbox out;
        const auto result = machine.process(input, out);
        require(result.row == row, "machine and table take the same row");
        require(machine.save() == expected, "machine and table come to the same state",
                describe(machine.save()) + "\n" + describe(expected));
        require(std::equal(out.begin(), out.end(), expected_out.begin(), expected_out.end()),
                "machine and table have the same effects");
        return row;
    }
};

// ---- both ---------------------------------------------------------------------------------------

template <class Side>
void run(decisions& input, std::vector<std::size_t>& taken) {
    auto machine = Side::fresh(input.byte());
    while (!input.empty()) {
        const auto kind = static_cast<std::uint8_t>(input.below(Side::kinds));
        const int row = Side::step(machine, kind, input.byte());
        if (row >= 0) {
            ++taken[static_cast<std::size_t>(row)];
        }
    }
}

/// All states that can be reached, each with the event that led there first.
template <class Side>
class space {
  public:
    explicit space(std::uint8_t policy) : m_policy(policy) {
        m_states.push_back({Side::fresh(policy).save(), 0, 0, 0});
        m_known.emplace(to_image(Side::essence(m_states.front().state)), 0);
    }

    /// Adds to `ways` a shortest input for each row that has none.
    void walk(std::vector<std::string>& ways) {
        const auto arguments = Side::arguments();
        const auto found_all = [&] {
            return std::find(ways.begin(), ways.end(), "") == ways.end();
        };
        for (std::size_t from = 0; from < m_states.size() && !found_all(); ++from) {
            for (std::uint8_t kind = 0; kind < Side::kinds; ++kind) {
                for (const std::uint8_t how : arguments) {
                    step(from, kind, how, ways);
                }
            }
        }
    }

  private:
    using state_type = typename Side::machine_type::state_type;
    struct node {
        state_type state;
        std::size_t parent;
        std::uint8_t kind;
        std::uint8_t how;
    };
    static constexpr std::size_t states_max = 50'000;

    void step(std::size_t from, std::uint8_t kind, std::uint8_t how,
              std::vector<std::string>& ways) {
        typename Side::machine_type machine{m_states[from].state};
        const int row = Side::step(machine, kind, how);
        if (row >= 0 && ways[static_cast<std::size_t>(row)].empty()) {
            ways[static_cast<std::size_t>(row)] =
                way_to(from) + static_cast<char>(kind) + static_cast<char>(how);
        }
        const auto after = machine.save();
        if (m_states.size() < states_max &&
            m_known.emplace(to_image(Side::essence(after)), m_states.size()).second) {
            m_states.push_back({after, from, kind, how});
        }
    }

    std::string way_to(std::size_t at) const {
        std::string events;
        for (; at != 0; at = m_states[at].parent) {
            events.insert(
                0, {static_cast<char>(m_states[at].kind), static_cast<char>(m_states[at].how)});
        }
        const bool is_agent = std::is_same_v<Side, agent_side>;
        return std::string{is_agent ? '\0' : '\1', static_cast<char>(m_policy)} + events;
    }

    std::uint8_t m_policy;
    std::vector<node> m_states;
    std::map<state_image<state_type>, std::size_t> m_known;
};

/// Leaves out the ways that lie on a longer one, and those whose rows others take.
template <class Side>
void add_needed(const std::vector<std::string>& ways, std::vector<std::string>& tour) {
    // The longest first, and as they were found: std::stable_sort, which libstdc++ 12 writes with
    // what C++17 deprecates.
    std::vector<std::pair<std::size_t, std::size_t>> order;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        order.emplace_back(ways[i].size(), ways.size() - i);
    }
    std::sort(order.rbegin(), order.rend());
    std::vector<std::size_t> taken(Side::machine_type::rows().size());
    for (const auto& [size, from_end] : order) {
        const std::string& way = ways[ways.size() - from_end];
        auto before = taken;
        decisions input{std::string_view{way}.substr(std::min<std::size_t>(way.size(), 1))};
        run<Side>(input, taken);
        bool adds = false;
        for (std::size_t i = 0; i < taken.size(); ++i) {
            adds = adds || (before[i] == 0 && taken[i] != 0);
        }
        if (adds) {
            tour.push_back(way);
        }
    }
}

template <class Side>
void add_missing(const std::vector<std::size_t>& taken, std::vector<std::string>& names) {
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if (taken[i] == 0) {
            const auto& row = Side::machine_type::rows()[i];
            names.push_back(std::string{Side::name} + ": " + std::string{to_string(row.from)} +
                            ", " + std::string{to_string(row.event)} + ", [" +
                            std::string{row.guard} + "] (SP " +
                            std::to_string(row.governed_by.chapter) + "." +
                            std::to_string(row.governed_by.number) + ")");
        }
    }
}

} // namespace

rows_taken::rows_taken()
    : agent(agent_machine::rows().size()), orchestrator(orchestrator_machine::rows().size()) {}

void run_tables(std::string_view input, rows_taken& taken) {
    decisions from{input};
    if (from.yes()) {
        run<orchestrator_side>(from, taken.orchestrator);
    } else {
        run<agent_side>(from, taken.agent);
    }
}

std::vector<std::string> rows_missing(const rows_taken& taken) {
    std::vector<std::string> names;
    add_missing<agent_side>(taken.agent, names);
    add_missing<orchestrator_side>(taken.orchestrator, names);
    return names;
}

std::vector<std::string> transition_tour() {
    std::vector<std::string> tour;
    std::vector<std::string> ways(agent_machine::rows().size());
    space<agent_side>{0}.walk(ways);
    add_needed<agent_side>(ways, tour);
    ways.assign(orchestrator_machine::rows().size(), {});
    for (std::uint8_t policy = 0; policy < 32; ++policy) {
        space<orchestrator_side>{policy}.walk(ways);
    }
    add_needed<orchestrator_side>(ways, tour);
    return tour;
}

} // namespace snapproto::fuzz
