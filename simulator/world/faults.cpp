// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/faults.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace snapproto::world {
namespace {

fault_kind kind_of(std::string_view word) {
    const auto at = std::find_if(fault_words.begin(), fault_words.end(),
                                 [&](const fault_word& w) { return w.word == word; });
    return static_cast<fault_kind>(at - fault_words.begin());
}

ticks milliseconds(std::uint64_t count) {
    return static_cast<ticks>(count) * kernel::millisecond;
}

} // namespace

fault_injector::fault_injector(environment& world, const scenario& plan, channel& line,
                               host& outside, agent_process& inside)
    : m_world(world),
      m_line(line),
      m_host(outside),
      m_agent(inside),
      m_self(world.add(*this)),
      m_heal_at(milliseconds(plan.heal_ms)) {
    for (const fault& one : plan.faults) {
        m_plan.push_back({one, kind_of(one.what)});
    }
}

void fault_injector::open() {
    m_world.watch(this);
    if (m_heal_at != 0) {
        m_world.after(m_heal_at, {m_self, heals, 0});
    }
    noticed("start");
}

void fault_injector::noticed(std::string_view what) {
    for (std::size_t i = 0; i < m_plan.size(); ++i) {
        planned& one = m_plan[i];
        if (one.what.when == what && ++one.seen == one.what.occurrence) {
            m_world.after(milliseconds(one.what.after_ms), {m_self, begins, i});
        }
    }
}

void fault_injector::handle(const event& what) {
    if (what.what == heals) {
        heal();
        return;
    }
    planned& one = m_plan[static_cast<std::size_t>(what.number)];
    if (what.what == ends) {
        end(one);
        return;
    }
    if (m_heal_at != 0 && m_world.now() >= m_heal_at) {
        return;
    }
    begin(one);
    if (one.what.for_ms != 0) {
        m_world.after(milliseconds(one.what.for_ms), {m_self, ends, what.number});
    }
}

void fault_injector::heal() {
    m_world.tell("fault", "heals", "from now on nothing goes wrong");
    for (planned& one : m_plan) {
        end(one);
    }
}

void fault_injector::begin(planned& one) {
    one.in_force = true;
    m_world.tell("fault", "begins", one.what.what + " begins");
    switch (one.kind) {
    case fault_kind::host_dies:
        m_host.die();
        break;
    case fault_kind::agent_dies:
        m_agent.kill();
        break;
    case fault_kind::channel_lost:
        m_line.disconnect(true, true);
        break;
    case fault_kind::to_guest_stalls:
        m_line.stall(direction::to_guest);
        break;
    case fault_kind::to_host_stalls:
        m_line.stall(direction::to_host);
        break;
    case fault_kind::to_guest_lost:
        m_line.swallow(direction::to_guest);
        break;
    case fault_kind::to_host_lost:
        m_line.swallow(direction::to_host);
        break;
    }
}

void fault_injector::end(planned& one) {
    if (!std::exchange(one.in_force, false)) {
        return;
    }
    m_world.tell("fault", "ends", one.what.what + " ends");
    switch (one.kind) {
    case fault_kind::host_dies:
        m_host.restart();
        break;
    case fault_kind::agent_dies:
        m_agent.restart();
        break;
    case fault_kind::channel_lost:
        m_line.connect();
        break;
    case fault_kind::to_guest_stalls:
    case fault_kind::to_guest_lost:
        m_line.flow(direction::to_guest);
        break;
    case fault_kind::to_host_stalls:
    case fault_kind::to_host_lost:
        m_line.flow(direction::to_host);
        break;
    }
}

} // namespace snapproto::world
