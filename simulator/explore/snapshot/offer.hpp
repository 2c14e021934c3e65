// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_OFFER_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_OFFER_HPP

// How a worker tries one action and notes where it leads: for those who say which are possible,
// steps.cpp and faults.cpp.

#include "simulator/explore/snapshot/model.hpp"

#include <algorithm>

namespace snapproto::explore {

template <class Change>
void snapshot_model::worker::offer(const action& what, Change&& change,
                                   std::optional<fault> costs) {
    m_stage.begin(m_from);
    broken_assertion = nullptr;
    change(m_stage);
    if (m_stage.blocked()) {
        ++m_waits;
        return;
    }
    property step = broken_assertion != nullptr ? property::never_crashes : m_stage.broken();
    state to = m_model.pack(m_stage.w, m_from, *m_packed);
#ifndef NDEBUG
    if (!(m_model.unpack(to) == m_stage.w) || broken_assertion != nullptr) {
        step = property::never_crashes; // nothing is forgotten
    }
#endif
    const bool idle = costs && step == property::none && to == *m_packed;
    if (idle && !m_compares) {
        return; // made no difference: not worth a fault
    }
    to[0] -= costs ? m_model.m_one_fault : 0;
    m_found.push_back({to, what, graver(step, m_stage.check_state()), m_stage.seen(), idle});
}

template <class Change>
agent_memo::step snapshot_model::worker::work_out(const action& what, Change&& change) {
    m_stage.begin(m_from);
    change(m_stage);
    const agent_world& a = m_stage.w.agents[what.agent];
    action anybody = what;
    anybody.agent = 0;
    agent_memo::step made{.what = anybody.id(),
                          .broken = m_stage.broken(),
                          .state = m_stage.check_agent(a),
                          .blocked = m_stage.blocked(),
                          .unchanged = a == m_from.agents[what.agent]};
    if (!made.blocked) {
        made.to = m_model.block_of(m_model.pack(m_stage.w, m_from, *m_packed), what.agent);
        SNAPPROTO_ASSERT(static_cast<const world_host&>(m_stage.w) == m_from);
    }
    return made;
}

template <class Change>
void snapshot_model::worker::offer_alone(const action& what, Change&& change,
                                         std::optional<fault> costs) {
    if (!remembers()) {
        offer(what, change, costs);
        return;
    }
    const std::size_t agent = what.agent;
    action anybody = what;
    anybody.agent = 0;
    const agent_memo::step* known = m_memo.find(m_known[agent], anybody.id());
    if (known == nullptr) {
        known = &m_memo.add(m_known[agent], work_out(what, change));
    }
#ifndef NDEBUG // assertions of the simulator are evaluated in every build
    SNAPPROTO_ASSERT(*known == work_out(what, change));
#endif
    if (known->blocked) {
        ++m_waits;
        return;
    }
    if (costs && known->broken == property::none && known->unchanged) {
        return; // as above
    }
    property broken = known->broken;
    for (std::size_t i = 0; i < m_model.m_options.agents; ++i) {
        broken = graver(broken, i == agent ? known->state : m_known[i].at->state);
    }
    successor& made = m_found.emplace_back(successor{*m_packed, what, broken, 0, false});
    made.to[0] -= costs ? m_model.m_one_fault : 0;
    const std::size_t size = m_model.m_agent_words;
    std::copy_n(known->to.begin(), size, made.to.begin() + host_words + agent * size);
}

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_OFFER_HPP
