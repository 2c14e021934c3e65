// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/machines.hpp"

#include "simulator/explore/row_change.hpp"

#include <snapproto/machine/agent.hpp>
#include <snapproto/machine/orchestrator.hpp>
#include <snapproto/machine/participant.hpp>
#include <snapproto/machine/provider.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::explore {
namespace {

static_assert(static_cast<int>(participant_input::reset) ==
              static_cast<int>(machine::participant_event::reset));
static_assert(static_cast<int>(provider_input::reset) ==
              static_cast<int>(machine::provider_event::reset));
static_assert(static_cast<int>(provider_order::throw_away) ==
              static_cast<int>(machine::provider_effect::throw_away));

template <class Machine>
std::vector<row_text> rows_of_machine() {
    std::vector<row_text> made;
    for (const auto& row : Machine::rows()) {
        made.push_back({std::string{to_string(row.from)}, std::string{to_string(row.event)},
                        std::string{to_string(row.to)}, std::string{row.guard},
                        std::string{row.action}, row.is_internal, row.governed_by});
    }
    return made;
}

// ---- what a row's action can do ---------------------------------------------------------------

// Data and input that tell apart everything that guards and actions look at.
std::vector<std::pair<machine::agent_input, machine::agent_data>> agent_situations() {
    std::vector<std::pair<machine::agent_input, machine::agent_data>> made;
    const auto capabilities = [](bool yes) {
        return yes ? capability::implicit_prepare | capability::completion : capability::none;
    };
    for (unsigned bits = 0; bits < 1U << 9U; ++bits) {
        for (const auto then :
             {machine::afterwards::idle, machine::afterwards::off, machine::afterwards::exit}) {
            for (const auto waiting : {machine::pending_hello::none, machine::pending_hello::agreed,
                                       machine::pending_hello::refused}) {
                const auto bit = [bits](unsigned which) { return (bits >> which & 1U) != 0; };
                machine::agent_data data;
                data.session = {1};
                data.granted = capabilities(bit(0));
                data.txn = {2};
                data.why = bit(1) ? verdict::clean : verdict::early;
                data.then = then;
                data.implicit = bit(2);
                data.recovering = bit(3);
                data.owes_thawed = bit(4);
                data.owes_aborted = bit(5) && !bit(1); // an abort taints the verdict
                data.aborted_first = bit(6) && data.owes_aborted;
                data.waiting = waiting;
                data.last_txn = {1};
                data.last_verdict = bit(1) ? verdict::clean : verdict::early;
                machine::agent_input input;
                input.txn = {bit(7) ? 1U : 2U};
                input.session = {2};
                input.granted = capabilities(true);
                input.version_agreed = bit(8);
                input.result = copy_result::kept;
                made.emplace_back(input, data);
            }
        }
    }
    return made;
}

std::vector<std::pair<machine::orchestrator_input, machine::orchestrator_data>>
orchestrator_situations() {
    std::vector<std::pair<machine::orchestrator_input, machine::orchestrator_data>> made;
    for (unsigned bits = 0; bits < 1U << 7U; ++bits) {
        for (const auto outlook : {machine::fate::ok, machine::fate::bad, machine::fate::failed}) {
            for (std::size_t cut = 0; cut < value_count<machine::cut_progress>; ++cut) {
                const auto bit = [bits](unsigned which) { return (bits >> which & 1U) != 0; };
                machine::orchestrator_data data;
                data.policy.explicit_prepare = data.policy.completion = bit(0);
                data.policy.crash_copy_allowed = bit(1);
                data.policy.keep_degraded = bit(2);
                data.txn = {1};
                data.live = 3;
                data.answered = bit(3) ? 2 : 0;
                data.spoiled = bit(4) ? 1 : 0;
                data.outlook = outlook;
                data.cut = static_cast<machine::cut_progress>(cut);
                data.go_noted = bit(5);
                data.resends = bit(6) ? 2 : 0;
                made.emplace_back(machine::orchestrator_input{.txn = {2}, .agents = 3}, data);
            }
        }
    }
    return made;
}

template <class Spec, class Situations>
row_scope scope_in(std::size_t row, const Situations& situations) {
    using functions = detail::functions_of<Spec>;
    row_scope made;
    const auto note = [](std::vector<effect_word>& in, effect_word word) {
        if (std::find(in.begin(), in.end(), word) == in.end()) {
            in.push_back(word);
        }
    };
    for (const auto& [input, before] : situations) {
        if (!functions::guards[row](input, before)) {
            continue;
        }
        auto data = before;
        typename Spec::outbox out;
        functions::actions[row](input, data, out);
        made.changes_data = made.changes_data || !(data == before);
        made.effects_max = std::max(made.effects_max, out.size());
        for (const auto& effect : out) {
            if constexpr (requires { effect.kind; }) {
                note(made.effects, word_of(effect));
                if (is_message(effect.kind)) {
                    note(made.messages, message_of(effect));
                }
            } else if constexpr (std::is_enum_v<std::decay_t<decltype(effect)>>) {
                note(made.effects, static_cast<effect_word>(effect));
            }
        }
    }
    return made;
}

template <class Spec>
row_scope scope_without_data(std::size_t row) {
    const std::vector<std::pair<typename Spec::input, typename Spec::data>> only(1);
    return scope_in<Spec>(row, only);
}

} // namespace

row_scope scope_of(table_kind table, std::size_t row) {
    static const auto of_agent = agent_situations();
    static const auto of_orchestrator = orchestrator_situations();
    switch (table) {
    case table_kind::agent:
        return scope_in<machine::agent::spec>(row, of_agent);
    case table_kind::orchestrator:
        return scope_in<machine::orchestrator::spec>(row, of_orchestrator);
    case table_kind::participant:
        return scope_without_data<machine::participant::spec>(row);
    case table_kind::provider:
        return scope_without_data<machine::provider::spec>(row);
    }
    return {};
}

struct machines::inside {
    machine::agent_machine agent;
    machine::orchestrator_machine orchestrator;
    machine::participant_machine participant;
    machine::provider_machine provider;
};

machines::machines(std::optional<row_mutation> mutation)
    : m_inside(std::make_unique<inside>()), m_mutation(mutation) {
    m_taken[0].resize(machine::agent_machine::rows().size());
    m_taken[1].resize(machine::orchestrator_machine::rows().size());
    m_taken[2].resize(machine::participant_machine::rows().size());
    m_taken[3].resize(machine::provider_machine::rows().size());
}

machines::machines(machines&&) noexcept = default;
machines::~machines() = default;

namespace {

// Runs one step and keeps the result, changed as the mutation says.
template <class Spec, class Machine, class State>
std::int16_t run(Machine& on, State& state, const typename Spec::input& input,
                 typename Spec::outbox& made, const std::optional<row_mutation>& mutation,
                 table_kind table, std::vector<std::uint64_t>& taken) {
    on.restore(state);
    std::int16_t row = -1;
    if constexpr (requires { on.process(input, made); }) {
        row = on.process(input, made).row;
    } else if constexpr (requires { on.process(input.kind, made); }) {
        row = on.process(input.kind, made).row;
    } else {
        row = on.process(input.kind).row;
    }
    if (row >= 0) {
        ++taken[static_cast<std::size_t>(row)];
    }
    auto after = on.save();
    if (mutation && detail::concerns(*mutation, table, row, Machine::rows())) {
        detail::change_step<Spec, Machine>(*mutation, state, input, after, made);
    }
    state = after;
    return row;
}

template <class Outbox, class Effects>
void append(const Outbox& made, Effects& out) {
    for (const auto& effect : made) {
        out.items[out.size++] = effect;
    }
}

} // namespace

std::int16_t machines::step(machine::agent_state& state, const machine::agent_input& input,
                            agent_effects& out) {
    machine::agent_outbox made;
    const auto row = run<machine::agent::spec>(m_inside->agent, state, input, made, m_mutation,
                                               table_kind::agent, m_taken[0]);
    append(made, out);
    return row;
}

std::int16_t machines::step(machine::orchestrator_state& state,
                            const machine::orchestrator_input& input, orchestrator_effects& out) {
    machine::orchestrator_outbox made;
    const auto row =
        run<machine::orchestrator::spec>(m_inside->orchestrator, state, input, made, m_mutation,
                                         table_kind::orchestrator, m_taken[1]);
    append(made, out);
    return row;
}

bool machines::step(participant_phase& phase, std::uint8_t& releases, participant_input input) {
    const auto event = static_cast<machine::participant_event>(input);
    machine::participant::effects none;
    machine::participant_state state{phase, {}};
    const auto row =
        run<machine::participant::spec>(m_inside->participant, state, {event}, none, m_mutation,
                                        table_kind::participant, m_taken[2]);
    if (row < 0) {
        return false;
    }
    phase = state.phase;
    if (event == machine::participant_event::reset) {
        releases = 0;
    } else if (event == machine::participant_event::released ||
               event == machine::participant_event::not_held) {
        ++releases;
    }
    return true;
}

provider_step machines::step(provider_phase& phase, provider_input input) {
    machine::provider_outbox out;
    machine::provider_state state{phase, {}};
    const auto row = run<machine::provider::spec>(
        m_inside->provider, state, {static_cast<machine::provider_event>(input)}, out, m_mutation,
        table_kind::provider, m_taken[3]);
    phase = state.phase;
    provider_step made{.taken = row >= 0};
    for (const auto effect : out) {
        made.asked = static_cast<std::uint8_t>(made.asked | 1U << static_cast<unsigned>(effect));
    }
    return made;
}

std::optional<machine::orchestrator_event> machines::due(const machine::orchestrator_state& state) {
    thread_local machine::orchestrator_machine on;
    on.restore(state);
    return on.due();
}

std::vector<row_text> rows_of(table_kind table) {
    switch (table) {
    case table_kind::agent:
        return rows_of_machine<machine::agent_machine>();
    case table_kind::orchestrator:
        return rows_of_machine<machine::orchestrator_machine>();
    case table_kind::participant:
        return rows_of_machine<machine::participant_machine>();
    case table_kind::provider:
        return rows_of_machine<machine::provider_machine>();
    }
    return {};
}

std::int16_t find_row(table_kind table, const std::string& from, const std::string& event,
                      const std::string& guard) {
    const auto rows = rows_of(table);
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const row_text& row) {
        return row.from == from && row.event == event && (guard.empty() || row.guard == guard);
    });
    return found == rows.end() ? std::int16_t{-1} : static_cast<std::int16_t>(found - rows.begin());
}

} // namespace snapproto::explore
