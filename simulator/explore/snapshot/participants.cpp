// SPDX-License-Identifier: BSL-1.0
// The participants of an agent: what they answer, and who is asked next.
#include "simulator/explore/snapshot/stage.hpp"

namespace snapproto::explore {

using machine::agent_timer;

// Each event leads to the state that it names (SP chapter 14); a release that fails leaves who had
// refused its hold as released (SP 14.10).
void stage::participant_step(participant_state& p, participant_input input) {
    const auto before = p.phase;
    if (!m_machines.step(p.phase, p.releases, input)) {
        return;
    }
    const auto leads_to = [&] {
        switch (input) {
        case participant_input::prepared:
            return participant_phase::prepared;
        case participant_input::vetoed:
            return participant_phase::vetoed;
        case participant_input::held:
            return participant_phase::held;
        case participant_input::let_go:
            return participant_phase::early;
        case participant_input::release_failed:
            return before == participant_phase::vetoed ? participant_phase::released
                                                       : participant_phase::broken;
        case participant_input::finished:
            return participant_phase::finished;
        case participant_input::reset:
            return participant_phase::idle;
        default:
            return participant_phase::released;
        }
    };
    require(p.phase == leads_to(), property::participants);
}

void stage::let_go_truly(std::size_t agent, std::size_t participant) {
    agent_world& a = w.agents[agent];
    a.participants[participant].held = false;
    if (w.provider == provider_phase::cutting) {
        a.ghost.in_window = false;
    }
}

void stage::participant_lets_go(std::size_t agent, std::size_t participant) {
    w.agents[agent].ghost.dirty = true;
    let_go_truly(agent, participant);
}

void stage::participant_is_noticed(std::size_t agent, std::size_t participant) {
    participant_state& p = w.agents[agent].participants[participant];
    participant_step(p, participant_input::let_go);
    take(agent, {.kind = machine::agent_event::early});
    advance(agent);
}

void stage::participant_answers(std::size_t agent, std::size_t participant,
                                participant_input answer) {
    agent_world& a = w.agents[agent];
    participant_state& p = a.participants[participant];
    const bool filesystem = m_options.is_filesystem(participant);
    const work was = p.doing;
    p.doing = work::none;
    if (was == work::hold && answer == participant_input::held) {
        p.held = true;
    }
    if (was == work::release && answer == participant_input::released) {
        let_go_truly(agent, participant);
    }
    if (p.phase == participant_phase::finished || p.phase == participant_phase::idle) {
        // Left over from a transaction that did not wait for it (SP 7.11): a hold that ends now is
        // released at once, and the next transaction waits for that (SP 5.11).
        if (answer == participant_input::held && m_options.wrong != flaw::late_hold_is_kept) {
            p.doing = work::release;
        } else if (was == work::release && p.held) {
            let_go_truly(agent, participant);
        }
        if (was != work::prepare) {
            advance(agent);
            return;
        }
    }
    if (m_options.wrong == flaw::not_held_is_clean && answer == participant_input::not_held) {
        answer = participant_input::released;
    }
    if (was != work::recover) {
        participant_step(p, answer);
    }
    switch (answer) {
    case participant_input::held:
        if (filesystem && !a.hold_clock && m_options.wrong != flaw::no_hold_timer) {
            a.hold_clock = true;
            a.timers = static_cast<std::uint8_t>(a.timers | bit_of(agent_timer::hold));
        }
        break;
    case participant_input::vetoed:
        a.step_failed = true;
        a.ghost.dirty = true;
        break;
    case participant_input::released:
        p.settled = true;
        if (filesystem && m_dialect.counts_releases) {
            ++a.released;
        }
        break;
    case participant_input::not_held:
        p.settled = true;
        if (a.step == agent_step::thaw || a.step == agent_step::resume) {
            take(agent, {.kind = machine::agent_event::early});
        }
        break;
    case participant_input::release_failed:
        a.step_failed = true;
        if (!filesystem) {
            // A warning (SP 7.11): the application is on its own.
            p.settled = true;
            let_go_truly(agent, participant);
        }
        break;
    default:
        break;
    }
    advance(agent);
}

void stage::advance(std::size_t agent) {
    for (int turn = 0; turn < 16; ++turn) {
        const auto ended = next_operation(agent);
        if (!ended) {
            return;
        }
        w.agents[agent].step = agent_step::none;
        w.agents[agent].step_failed = false;
        take(agent, {.kind = *ended});
        require(turn < 15, property::returns);
    }
}

std::optional<machine::agent_event> stage::next_operation(std::size_t agent) {
    agent_world& a = w.agents[agent];
    const auto is_working = [&] {
        for (const auto& p : a.participants) {
            if (p.doing != work::none) {
                return true;
            }
        }
        return false;
    };
    switch (a.step) {
    case agent_step::prepare:
        if (is_working()) {
            return std::nullopt;
        }
        if (a.step_failed) {
            return machine::agent_event::failed;
        }
        for (std::size_t i = 0; i < m_options.participants; ++i) {
            if (a.participants[i].phase == participant_phase::idle) {
                start_work(agent, i, work::prepare);
                return std::nullopt;
            }
        }
        return machine::agent_event::done;
    case agent_step::quiesce:
        return next_hold(agent, false);
    case agent_step::freeze:
        return next_hold(agent, true);
    case agent_step::thaw:
        return next_release(agent, true);
    case agent_step::resume:
        return next_release(agent, false);
    case agent_step::recover:
        if (is_working()) {
            return std::nullopt;
        }
        return a.step_failed ? machine::agent_event::failed : machine::agent_event::done;
    case agent_step::none:
        break;
    }
    return std::nullopt;
}

std::optional<machine::agent_event> stage::next_hold(std::size_t agent, bool filesystems) {
    agent_world& a = w.agents[agent];
    for (const auto& p : a.participants) {
        if (p.doing != work::none) {
            return std::nullopt;
        }
    }
    if (a.step_failed) {
        return machine::agent_event::failed;
    }
    for (std::size_t i = 0; i < m_options.participants; ++i) {
        if (m_options.is_filesystem(i) == filesystems && !a.participants[i].asked) {
            a.participants[i].asked = true;
            start_work(agent, i, work::hold);
            return std::nullopt;
        }
    }
    return machine::agent_event::done;
}

std::optional<machine::agent_event> stage::next_release(std::size_t agent, bool filesystems) {
    agent_world& a = w.agents[agent];
    bool waiting = false;
    for (std::size_t i = m_options.participants; i-- != 0;) {
        participant_state& p = a.participants[i];
        if (m_options.is_filesystem(i) != filesystems || !p.asked || p.settled) {
            waiting = waiting || (!filesystems && p.doing != work::none);
            continue;
        }
        if (p.doing == work::release) {
            return std::nullopt;
        }
        if (p.doing != work::none) {
            waiting = true; // a cancelled hold has still to end
            continue;
        }
        if (filesystems && p.phase != participant_phase::held &&
            p.phase != participant_phase::broken && p.phase != participant_phase::early) {
            p.settled = true;
            continue;
        }
        if (p.phase == participant_phase::broken && a.step_failed) {
            continue;
        }
        start_work(agent, i, work::release);
        return std::nullopt;
    }
    if (waiting) {
        return std::nullopt;
    }
    return a.step_failed ? machine::agent_event::failed : machine::agent_event::done;
}

void stage::start_work(std::size_t agent, std::size_t participant, work what) {
    agent_world& a = w.agents[agent];
    participant_state& p = a.participants[participant];
    const bool filesystem = m_options.is_filesystem(participant);
    if (what == work::hold) {
        require(a.ghost.freeze_asked, property::input_safety);
        for (std::size_t i = 0; i < m_options.participants; ++i) {
            const auto& other = a.participants[i];
            require(!filesystem || m_options.is_filesystem(i) ||
                        other.phase == participant_phase::held,
                    property::order);
        }
    }
    if (what == work::release) {
        require(p.asked, property::exactness);
        require(filesystem || !holds_truly(a, true), property::order);
        require(filesystem || !a.ghost.reseed_due, property::clone_safety);
        require(p.releases == 0, property::order);
    }
    p.doing = what;
}

bool stage::holds_truly(const agent_world& a, bool filesystems_only) const noexcept {
    for (std::size_t i = 0; i < m_options.participants; ++i) {
        const bool filesystem = m_options.is_filesystem(i);
        // An application that was told to go on and takes its time is a warning (SP 7.11).
        const bool told = !filesystem && a.participants[i].doing == work::release;
        if (a.participants[i].held && (filesystem || !(filesystems_only || told))) {
            return true;
        }
    }
    return false;
}

bool stage::holds_on_record(const agent_world& a) const noexcept {
    for (std::size_t i = 0; i < m_options.participants; ++i) {
        const auto phase = a.participants[i].phase;
        if (m_options.is_filesystem(i) &&
            (phase == participant_phase::held || phase == participant_phase::broken)) {
            return true;
        }
    }
    return false;
}
} // namespace snapproto::explore
