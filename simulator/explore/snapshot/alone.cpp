// SPDX-License-Identifier: BSL-1.0
// Every hold ends without the orchestrator (SP 18.22).
#include "simulator/explore/snapshot/model.hpp"

#include <algorithm>

namespace snapproto::explore {

using machine::agent_timer;

namespace {

constexpr std::size_t never_released = static_cast<std::size_t>(-1);
constexpr std::size_t release_known_max = 1U << 16U; // a bound for memory, not for what is found

} // namespace

bool snapshot_model::worker::hold_ends(std::size_t i) {
    agent_memo::entry* const known = m_known[i].at;
    const auto& participants = m_from.agents[i].participants;
    if ((known != nullptr && known->hold_ends) ||
        std::none_of(participants.begin(), participants.end(),
                     [](const auto& p) { return p.held; })) {
        return true;
    }
    if (m_release_known.size() > release_known_max) {
        m_release_known.clear();
    }
    const std::size_t steps = steps_to_release(m_from, i, 0);
    if (steps == never_released) {
        return false;
    }
    if (known != nullptr) {
        known->hold_ends = true;
    }
    m_release_steps = std::max(m_release_steps, steps);
    return true;
}

std::size_t snapshot_model::worker::steps_to_release(const world& from, std::size_t i,
                                                     std::size_t depth) {
    // What is held with nobody's help depends on the agent alone; nobody reads what it sends.
    world alone = from;
    agent_world& a = alone.agents[i];
    a.to_agent.clear();
    a.to_host.clear();
    a.link = {};
    const config& options = m_model.m_options;
    if (std::none_of(a.participants.begin(), a.participants.end(),
                     [](const auto& p) { return p.held; })) {
        return 0;
    }
    constexpr std::size_t depth_max = 64; // far more than any release needs
    if (depth == depth_max) {
        return never_released;
    }
    const agent_block block = m_model.block_of(m_model.pack(alone), i);
    if (const auto known = m_release_known.find(block); known != m_release_known.end()) {
        return known->second;
    }
    std::size_t worst = 0;
    bool any = false;
    const auto go_on = [&](const auto& change) {
        any = true;
        m_alone.begin(alone);
        change(m_alone);
        const world after = m_alone.w;
        const std::size_t more = steps_to_release(after, i, depth + 1);
        worst = more == never_released ? more : std::max(worst, more);
        return more != never_released;
    };
    const auto judge = [&] {
        if (a.alive == life::dead) {
            return go_on([&](stage& s) { s.watchdog_releases(i); }) &&
                   go_on([&](stage& s) { s.agent_restarts(i); });
        }
        for (const auto timer :
             {agent_timer::phase, agent_timer::hold, agent_timer::sequence, agent_timer::retry}) {
            // A release in work ends: a kernel that never answers is out of our hands.
            const bool fires = is_armed(a, timer) && (timer != agent_timer::phase ||
                                                      a.machine.phase != agent_phase::thaw);
            if (fires && !go_on([&](stage& s) { s.agent_timer_fires(i, timer); })) {
                return false;
            }
        }
        for (std::size_t p = 0; p < options.participants; ++p) {
            const participant_state& one = a.participants[p];
            auto with = participant_input::prepared;
            switch (one.doing) {
            case work::none:
                continue;
            case work::prepare:
                break;
            case work::hold:
                with = participant_input::held;
                break;
            case work::release:
                with = one.held || one.phase == participant_phase::vetoed ||
                               one.phase == participant_phase::prepared
                           ? participant_input::released
                           : participant_input::not_held;
                break;
            case work::recover:
                with = participant_input::finished;
                break;
            }
            if (!go_on([&](stage& s) { s.participant_answers(i, p, with); })) {
                return false;
            }
        }
        return any;
    };
    const std::size_t found = judge() ? worst + 1 : never_released;
    m_release_known.emplace(block, found);
    return found;
}
} // namespace snapproto::explore
