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

// Each of these is told how the fault is to be, and whether it begins or ends.

void change_host(host& to, fault_kind kind, bool begins) {
    if (kind == fault_kind::host_fails_over) {
        to.fail_over();
    } else {
        begins ? to.die() : to.restart();
    }
}

void change_flow(channel& to, direction way, bool begins, bool keeps) {
    if (!begins) {
        to.flow(way);
    } else if (keeps) {
        to.stall(way);
    } else {
        to.swallow(way);
    }
}

void change_channel(channel& to, fault_kind kind, const fault& how, bool begins) {
    using enum fault_kind;
    const auto disturb = [&](disturbance what) {
        to.disturb(what, begins ? std::optional{how.ppm} : std::nullopt);
    };
    switch (kind) {
    case to_guest_stalls:
        return change_flow(to, direction::to_guest, begins, true);
    case to_host_stalls:
        return change_flow(to, direction::to_host, begins, true);
    case to_guest_lost:
        return change_flow(to, direction::to_guest, begins, false);
    case to_host_lost:
        return change_flow(to, direction::to_host, begins, false);
    case channel_loses:
        return disturb(disturbance::loss);
    case channel_duplicates:
        return disturb(disturbance::duplication);
    case channel_reorders:
        return disturb(disturbance::reordering);
    case channel_corrupts:
        return disturb(disturbance::corruption);
    case channel_truncates:
        return disturb(disturbance::truncation);
    default:
        return begins ? to.disconnect(true, true) : to.connect();
    }
}

void change_provider(provider& to, fault_kind kind, const fault& how, bool begins) {
    using enum fault_kind;
    const ticks by = begins ? milliseconds(how.by_ms) : 0;
    switch (kind) {
    case provider_slow:
        return to.slow_down(by);
    case provider_fails:
        return to.fail(begins);
    case provider_cuts_late:
        return to.cut_late(by);
    default:
        return to.lose_copies(begins);
    }
}

void set_clock(guest& to, ticks by) {
    to.inside.step_wall_clock(by);
    to.agent.clock_was_set();
}

void change_guest(guest& to, fault_kind kind, const fault& how, bool begins) {
    using enum fault_kind;
    const ticks by = milliseconds(how.by_ms);
    switch (kind) {
    case guest_pauses:
    case processor_stalls:
        return begins ? to.pause(kind == guest_pauses) : to.go_on();
    case clock_jumps_ahead:
        return set_clock(to, begins ? by : -by);
    case clock_jumps_back:
        return set_clock(to, begins ? -by : by);
    case clock_runs_slow:
        return to.inside.run_slow(begins ? how.ppm : 0);
    case memory_pressure:
        return to.files.press(begins);
    case disk_slow:
        return to.disk.slow_down(begins ? how.times : 1);
    case disk_stalls:
        return to.disk.stall(begins);
    case disk_write_fails:
        return to.disk.fail(begins);
    default:
        return to.plug_disk();
    }
}

void change_inmate(guest& to, fault_kind kind, const fault& how, bool begins) {
    using enum fault_kind;
    switch (kind) {
    case agent_dies:
        return begins ? to.agent.kill() : to.agent.restart();
    case agent_upgraded:
        return to.agent.upgrade();
    case freeze_hangs:
        return to.files.hang_freezes(begins);
    case freeze_fails:
        return to.files.fail_freezes(begins);
    case thaw_fails:
        return to.files.fail_thaws(begins);
    case frozen_by_another:
        return to.files.freeze_by_another(begins);
    case thawed_by_another:
        return static_cast<void>(to.files.thaw_by_another());
    case participant_vetoes:
        return to.rows.veto(begins);
    case participant_hangs:
        return to.rows.hang(begins);
    case participant_slow:
        return to.rows.hesitate(begins ? milliseconds(how.by_ms) : 0);
    default:
        return to.pages.crash();
    }
}

} // namespace

fault_injector::fault_injector(environment& world, const scenario& plan,
                               std::vector<target> targets)
    : m_world(world),
      m_targets(std::move(targets)),
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
    } else if (m_heal_at == 0 || m_world.now() < m_heal_at) {
        begin(one, what.number);
    }
}

std::vector<bool> fault_injector::begun() const {
    std::vector<bool> made;
    for (const planned& one : m_plan) {
        made.push_back(one.begun);
    }
    return made;
}

void fault_injector::begin(planned& one, std::uint64_t number) {
    m_world.tell("fault", "begins", one.what.what + " begins");
    one.begun = true;
    one.in_force = word_of(one.kind).lasts;
    change(one, true);
    if (one.what.for_ms != 0 && one.in_force) {
        m_world.after(milliseconds(one.what.for_ms), {m_self, ends, number});
    }
}

void fault_injector::end(planned& one) {
    if (std::exchange(one.in_force, false)) {
        m_world.tell("fault", "ends", one.what.what + " ends");
        change(one, false);
    }
}

void fault_injector::heal() {
    m_world.tell("fault", "heals", "from now on nothing goes wrong");
    for (planned& one : m_plan) {
        end(one);
    }
}

void fault_injector::change(const planned& one, bool is_begin) {
    using enum fault_kind;
    const target& to = m_targets.at(static_cast<std::size_t>(one.what.guest - 1));
    if (one.kind <= host_fails_over) {
        change_host(*to.outside, one.kind, is_begin);
    } else if (one.kind <= channel_truncates) {
        change_channel(to.inside->line, one.kind, one.what, is_begin);
    } else if (one.kind <= copy_lost) {
        change_provider(*to.copies, one.kind, one.what, is_begin);
    } else if (one.kind <= disk_plugged) {
        change_guest(*to.inside, one.kind, one.what, is_begin);
    } else {
        change_inmate(*to.inside, one.kind, one.what, is_begin);
    }
}

} // namespace snapproto::world
