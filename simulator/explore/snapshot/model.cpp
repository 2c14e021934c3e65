// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/model.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace snapproto::explore {

using machine::orchestrator_event;

// ---- states -----------------------------------------------------------------------------------

snapshot_model::snapshot_model(const config& options)
    : m_options(options),
      m_agent_words(explore::agent_words(options)),
      m_words(host_words + options.agents * m_agent_words) {
    const auto in = [](std::size_t value, std::size_t least, std::size_t most, const char* what) {
        if (value < least || value > most) {
            throw std::invalid_argument(std::string{what} + " is out of range");
        }
    };
    in(options.agents, 1, agents_max, "the number of agents");
    in(options.participants, 1, participants_max, "the number of participants");
    in(options.sessions, 1, sessions_max, "the number of sessions");
    in(options.fault_budget, 0, fault_budget_max, "the fault budget");
    world rich;
    rich.budget = 1;
    m_one_fault = pack(rich)[0] - pack(world{})[0];
}

world unpacked_defaults(const config& options) {
    world made;
    made.host.data.policy.explicit_prepare = options.traits().prepares();
    made.host.data.policy.completion = options.traits().completes();
    return made;
}

namespace {

// One step of a snapshot in which nothing goes wrong: the first that is possible.
void undisturbed_step(stage& on, const config& options) {
    const world& w = on.w;
    for (std::size_t i = 0; i < options.agents; ++i) {
        const agent_world& a = w.agents[i];
        if (!a.up) {
            on.channel_opens(i);
            return;
        }
        for (std::size_t p = 0; p < options.participants; ++p) {
            const work doing = a.participants[p].doing;
            if (doing == work::prepare || doing == work::hold) {
                on.participant_answers(i, p,
                                       doing == work::hold ? participant_input::held
                                                           : participant_input::prepared);
                return;
            }
        }
        if (a.to_host.size > 0) {
            const packet message = a.to_host.front();
            on.w.agents[i].to_host.pop();
            on.host_takes(i, message);
            return;
        }
        if (a.to_agent.size > 0) {
            const packet message = a.to_agent.front();
            on.w.agents[i].to_agent.pop();
            on.agent_takes(i, message);
            return;
        }
    }
    if (w.host.phase == orchestrator_phase::idle) {
        on.host_starts();
    } else {
        on.host_event({.kind = orchestrator_event::go});
    }
}

} // namespace

snapshot_model::state snapshot_model::initial() const {
    world first = unpacked_defaults(m_options);
    first.budget = 0;
    config quiet = m_options;
    quiet.wrong = flaw::none;
    quiet.mutation.reset();
    machines with;
    stage on{quiet, with};
    // The undisturbed snapshot, one step after the other, until it is there.
    const auto is_there = [&] {
        const auto phase = first.host.phase;
        const auto is_quiet = [](const agent_world& a) { return a.to_host.size == 0; };
        switch (m_options.from) {
        case beginning::open:
            return phase == orchestrator_phase::idle;
        case beginning::ready:
            return phase == orchestrator_phase::freeze;
        case beginning::frozen:
            return phase == orchestrator_phase::cut &&
                   std::all_of(first.agents.begin(), first.agents.end(), is_quiet);
        case beginning::cold:
            break;
        }
        return true;
    };
    while (!is_there()) {
        on.begin(first);
        undisturbed_step(on, quiet);
        first = on.w;
    }
    first.budget = static_cast<std::uint8_t>(m_options.fault_budget);
    return pack(first);
}

snapshot_model::state snapshot_model::pack(const world& from) const {
    state made{};
    detail::bit_writer host{made.data()};
    detail::pack_host(host, from);
    host.end(made.data() + host_words);
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        std::uint32_t* const begin = made.data() + host_words + i * m_agent_words;
        detail::bit_writer io{begin};
        detail::pack_agent(io, m_options, from, from.agents[i], i);
        io.end(begin + m_agent_words);
    }
    return made;
}

snapshot_model::state snapshot_model::pack(const world& changed, const world& from,
                                           const state& packed) const {
    state made = packed;
    detail::bit_writer host{made.data()};
    detail::pack_host(host, changed);
    host.end(made.data() + host_words);
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        // Equal bytes are equal values; if only bytes between members differ, it is packed in vain.
        if (marks_of(changed, i) == marks_of(from, i) &&
            std::memcmp(&changed.agents[i], &from.agents[i], sizeof(agent_world)) == 0) {
            continue;
        }
        std::uint32_t* const begin = made.data() + host_words + i * m_agent_words;
        detail::bit_writer io{begin};
        detail::pack_agent(io, m_options, changed, changed.agents[i], i);
        io.end(begin + m_agent_words);
    }
    return made;
}

world snapshot_model::unpack(const state& from) const {
    world made = unpacked_defaults(m_options);
    unpack_host(made, from);
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        unpack_agent(made, i, from);
    }
    return made;
}

void snapshot_model::unpack_host(world& to, const state& from) const {
    detail::bit_reader io{from.data()};
    detail::pack_host(io, to);
    to.host.data.live = to.host.data.answered = to.host.data.unknown = to.host.data.spoiled = 0;
}

void snapshot_model::unpack_agent(world& to, std::size_t agent, const state& from) const {
    agent_world& made = to.agents[agent];
    detail::bit_reader io{from.data() + host_words + agent * m_agent_words};
    detail::pack_agent(io, m_options, to, made, agent);
    auto& data = made.machine.data;
    const auto capabilities = m_options.traits().carried;
    data.granted = data.session ? capabilities : capability::none;
    data.waiting_granted =
        data.waiting != machine::pending_hello::none ? capabilities : capability::none;
}

agent_block snapshot_model::block_of(const state& from, std::size_t agent) const {
    agent_block made{};
    std::copy_n(from.data() + host_words + agent * m_agent_words, m_agent_words, made.data());
    return made;
}

// ---- one worker -------------------------------------------------------------------------------

snapshot_model::worker::worker(const snapshot_model& model)
    : m_model(model),
      m_machines(model.m_options.mutation),
      m_stage(model.m_options, m_machines),
      m_alone(model.m_options, m_machines),
      m_from(unpacked_defaults(model.m_options)) {}

void snapshot_model::worker::canonical(state& s) const noexcept {
    const std::size_t count = m_model.m_options.agents;
    const std::size_t size = m_model.m_agent_words;
    const auto block = [&](std::size_t i) {
        return s.begin() + static_cast<std::ptrdiff_t>(host_words + i * size);
    };
    for (std::size_t i = 1; i < count; ++i) { // few of them: insertion
        for (std::size_t j = i; j > 0; --j) {
            const auto a = block(j - 1);
            const auto b = block(j);
            const auto end = b + static_cast<std::ptrdiff_t>(size);
            if (!std::lexicographical_compare(b, end, a, b)) {
                break;
            }
            std::swap_ranges(a, b, b);
        }
    }
}
} // namespace snapproto::explore
