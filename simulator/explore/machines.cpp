// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/machines.hpp"

#include <snapproto/machine/agent.hpp>
#include <snapproto/machine/orchestrator.hpp>
#include <snapproto/machine/participant.hpp>
#include <snapproto/machine/provider.hpp>

#include <algorithm>
#include <stdexcept>

namespace snapproto::explore {
namespace {

using kind = row_mutation::kind;

static_assert(static_cast<int>(participant_input::reset) ==
              static_cast<int>(machine::participant_event::reset));
static_assert(static_cast<int>(provider_input::reset) ==
              static_cast<int>(machine::provider_event::reset));

[[nodiscard]] bool is_send(const machine::agent_effect& effect) noexcept {
    return effect.kind <= machine::agent_effect_kind::send_nak;
}
[[nodiscard]] bool is_send(const machine::orchestrator_effect& effect) noexcept {
    return effect.kind <= machine::orchestrator_effect_kind::send_abort;
}

template <class Machine>
std::vector<row_text> rows_of_machine() {
    std::vector<row_text> made;
    for (const auto& row : Machine::rows()) {
        made.push_back({std::string{to_string(row.from)}, std::string{to_string(row.event)},
                        std::string{to_string(row.to)}, std::string{row.guard},
                        std::string{row.action}, row.governed_by});
    }
    return made;
}

} // namespace

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
template <class Machine, class Outbox, class State, class Input, class Effects>
std::int16_t run(Machine& on, State& state, const Input& input, Effects& out,
                 const std::optional<row_mutation>& mutation, table_kind table,
                 std::vector<std::uint64_t>& taken) {
    Outbox made;
    on.restore(state);
    const auto result = on.process(input, made);
    const bool mutated =
        mutation && mutation->table == table && result.row >= 0 && result.row == mutation->row;
    const kind how = mutated ? mutation->what : kind::target;
    if (result.row >= 0) {
        ++taken[static_cast<std::size_t>(result.row)];
    }
    if (mutated && how == kind::deletion) {
        return result.row;
    }
    auto after = on.save();
    if (mutated && how == kind::target) {
        after.phase = static_cast<decltype(after.phase)>(mutation->to);
    }
    if (mutated && how == kind::data_only) {
        after.data = state.data;
    }
    state = after;
    for (const auto& effect : made) {
        const bool lost = mutated && (how == kind::no_effects || how == kind::data_only ||
                                      (how == kind::no_sends && is_send(effect)));
        if (!lost) {
            out.items[out.size++] = effect;
        }
    }
    return result.row;
}

} // namespace

std::int16_t machines::step(machine::agent_state& state, const machine::agent_input& input,
                            agent_effects& out) {
    return run<machine::agent_machine, machine::agent_outbox>(
        m_inside->agent, state, input, out, m_mutation, table_kind::agent, m_taken[0]);
}

std::int16_t machines::step(machine::orchestrator_state& state,
                            const machine::orchestrator_input& input, orchestrator_effects& out) {
    return run<machine::orchestrator_machine, machine::orchestrator_outbox>(
        m_inside->orchestrator, state, input, out, m_mutation, table_kind::orchestrator,
        m_taken[1]);
}

bool machines::step(participant_phase& phase, std::uint8_t& releases, participant_input input) {
    auto& on = m_inside->participant;
    on.restore({phase, {}});
    const auto event = static_cast<machine::participant_event>(input);
    const auto result = on.process(event);
    if (result.row < 0) {
        return false;
    }
    ++m_taken[2][static_cast<std::size_t>(result.row)];
    phase = on.phase();
    if (event == machine::participant_event::reset) {
        releases = 0;
    } else if (event == machine::participant_event::released ||
               event == machine::participant_event::not_held) {
        ++releases;
    }
    return true;
}

provider_report machines::step(provider_phase& phase, provider_input input) {
    auto& on = m_inside->provider;
    machine::provider_outbox out;
    on.restore({phase, {}});
    const auto result = on.process(static_cast<machine::provider_event>(input), out);
    if (result.row >= 0) {
        ++m_taken[3][static_cast<std::size_t>(result.row)];
    }
    phase = on.phase();
    for (const auto effect : out) {
        if (effect == machine::provider_effect::report_cut) {
            return provider_report::cut_ok;
        }
        if (effect == machine::provider_effect::report_failed) {
            return provider_report::cut_failed;
        }
    }
    return provider_report::nothing;
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
