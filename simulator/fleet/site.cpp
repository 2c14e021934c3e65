// SPDX-License-Identifier: BSL-1.0
// The schedule of a site, and its hosts.
#include "simulator/fleet/site.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace snapproto::fleet {
namespace {

timer_limits timers_of(const session_options& from) {
    using std::chrono::milliseconds;
    timer_limits made;
    made.hold = milliseconds{from.hold_limit_ms};
    made.hold_max = std::max(made.hold_max, made.hold);
    made.quiesce = milliseconds{from.quiesce_limit_ms};
    made.freeze = milliseconds{from.freeze_limit_ms};
    made.cut = milliseconds{from.cut_limit_ms};
    return made;
}

std::vector<participant_summary> participants_of(const guest_options& from) {
    std::vector<participant_summary> made;
    for (std::uint64_t i = 0; i < from.applications; ++i) {
        made.push_back({"app" + std::to_string(i), participant_kind::writer});
    }
    for (std::uint64_t i = 0; i < from.filesystems; ++i) {
        made.push_back({"/fs" + std::to_string(i), participant_kind::filesystem});
    }
    return made;
}

endpoint::snapshot_options snapshot_of(const session_options& from) {
    endpoint::snapshot_options made;
    made.wanted = from_string<consistency>(from.wanted).value_or(consistency::application);
    made.crash_copy_allowed = from.crash_copy;
    made.keep_degraded = from.keep_degraded;
    return made;
}

} // namespace

site::site(const scenario& what, std::uint64_t number)
    : m_options(what),
      m_timers(timers_of(what.session)),
      m_first_group(number * (what.machines.per_array / what.machines.group)),
      m_group_count(static_cast<std::uint32_t>(groups_of(what, number))),
      m_array(what.array),
      m_participants(participants_of(what.guest)),
      m_wanted(snapshot_of(what.session)),
      m_groups(m_group_count),
      m_host_up_at((m_group_count * what.machines.group + what.machines.per_host - 1) /
                   what.machines.per_host),
      m_crashes(kernel::stream(what.seed, "hosts", number)) {}

std::uint64_t site::groups_of(const scenario& what, std::uint64_t number) const {
    const auto& machines = what.machines;
    const std::uint64_t before = number * machines.per_array;
    return std::min(machines.per_array, machines.count - before) / machines.group;
}

results site::run() {
    m_results.planned = m_group_count * m_options.schedule.rounds;
    m_events.at(0, {.what = task::plan});
    if (m_options.host.crash_mean_h != 0) {
        m_events.at(0, {.number = 1, .what = task::host_crash});
    }
    while (m_events.step(end_of_time, [this](const event& what) { handle(what); })) {
    }
    for (const auto& s : m_sessions) {
        if (s->active) {
            violate(*s, "the session never ended");
        }
    }
    m_results.events = m_events.handled();
    m_results.longest_queue = m_array.longest_queue();
    m_results.longest_wait = m_array.longest_wait();
    return std::move(m_results);
}

void site::handle(const event& what) {
    switch (what.what) {
    case task::plan:
        on_plan();
        break;
    case task::launch:
        m_ready.push_back(what.session);
        launch_ready();
        break;
    case task::cut_done:
        on_cut_done(what);
        break;
    case task::host_crash:
        if (what.number == 0) {
            on_host_crash();
        }
        if (work_left()) {
            const auto mean = seconds(m_options.host.crash_mean_h * 3600) /
                              static_cast<ticks>(m_host_up_at.size());
            m_events.after(kernel::exponential(m_crashes, mean), {.what = task::host_crash});
        }
        break;
    default:
        handle_in_session(what);
        break;
    }
}

// ---- whose turn it is ---------------------------------------------------------------------------

/// One event is pending for all turns: what a machine costs while it rests must not depend on how
/// many there are.
void site::on_plan() {
    const auto& plan = m_options.schedule;
    const std::uint32_t group = m_next_group++;
    group_state& state = m_groups[group];
    if (state.busy) {
        ++m_results.overrun;
    } else {
        state.busy = true;
        state.retries_left = static_cast<std::uint8_t>(plan.retries);
        ++m_busy_groups;
        auto jitter =
            kernel::stream(m_options.seed, "jitter", (m_first_group + group) << 32 | m_round);
        m_events.after(kernel::between(jitter, 0, milliseconds(plan.jitter_ms)),
                       {.session = group, .what = task::launch});
    }
    if (m_next_group == m_group_count) {
        m_next_group = 0;
        ++m_round;
    }
    if (m_round < plan.rounds) {
        const ticks turn = plan.kind == "spread"
                               ? seconds(plan.window_s) / static_cast<ticks>(m_group_count) *
                                     static_cast<ticks>(m_next_group)
                               : 0;
        m_events.at(static_cast<ticks>(m_round) * seconds(plan.interval_s) + turn,
                    {.what = task::plan});
    }
}

bool site::work_left() const noexcept {
    return m_round < m_options.schedule.rounds || m_busy_groups != 0;
}

/// Begins what waits, as far as the limit allows. A session may end while it begins, so this is
/// called within itself, and leaves the work to the outermost call then.
void site::launch_ready() {
    const auto limit = m_options.schedule.concurrent;
    if (std::exchange(m_launching, true)) {
        return;
    }
    while (!m_ready.empty() && (limit == 0 || m_active < limit)) {
        const std::uint32_t next = m_ready.front();
        m_ready.pop_front();
        launch(next);
    }
    m_launching = false;
}

void site::launch(std::uint32_t group) {
    const std::uint32_t at = take_session();
    session& s = *m_sessions[at];
    s.group = group;
    s.begun = m_events.now();
    s.records.clear();
    s.active = true;
    s.random = kernel::stream(m_options.seed, "session", number_of(s));
    ++m_groups[group].attempts;
    const auto every = m_options.check.monitored_every;
    s.monitored = every != 0 && m_begun % every == 0;
    ++m_begun;
    ++m_active;
    m_results.longest_at_once = std::max(m_results.longest_at_once, m_active);
    recording* const into = s.monitored ? &s.records : nullptr;
    s.host.reset(m_begun, into);
    for (std::size_t i = 0; i < s.guests.size(); ++i) {
        guest& g = s.guests[i];
        s.truths[i] = {{.count = static_cast<std::uint32_t>(m_options.guest.applications)},
                       {.count = static_cast<std::uint32_t>(m_options.guest.filesystems)}};
        g.begin(m_host_up_at[host_of(group, i)] <= m_events.now());
        g.end.reset(into);
        if (g.alive) {
            s.host.channel_up(static_cast<agent_index>(i), clock());
        }
    }
    drain_host(at);
    end_if_at_rest(at);
}

std::uint32_t site::take_session() {
    if (!m_free_sessions.empty()) {
        const std::uint32_t at = m_free_sessions.back();
        m_free_sessions.pop_back();
        return at;
    }
    m_sessions.push_back(std::make_unique<session>(
        static_cast<std::size_t>(m_options.machines.group), m_participants.size(), m_timers));
    return static_cast<std::uint32_t>(m_sessions.size() - 1);
}

void site::after_session(std::uint32_t group, bool whole) {
    group_state& state = m_groups[group];
    if (!whole && state.retries_left != 0) {
        --state.retries_left;
        ++m_results.retries;
        m_events.after(seconds(m_options.schedule.retry_after_s),
                       {.session = group, .what = task::launch});
    } else {
        m_results.covered += whole ? 1U : 0U;
        state.busy = false;
        --m_busy_groups;
    }
    launch_ready();
}

// ---- hosts --------------------------------------------------------------------------------------

std::uint64_t site::host_of(std::uint32_t group, std::size_t guest) const noexcept {
    return (group * m_options.machines.group + guest) / m_options.machines.per_host;
}

void site::on_host_crash() {
    const std::uint64_t host = kernel::below(m_crashes, m_host_up_at.size());
    ++m_results.host_crashes;
    m_host_up_at[host] = kernel::later(m_events.now(), seconds(m_options.host.repair_s));
    for (std::uint32_t at = 0; at < m_sessions.size(); ++at) {
        if (m_sessions[at]->active) {
            crash_guests(at, host);
        }
    }
}

void site::crash_guests(std::uint32_t at, std::uint64_t host) {
    session& s = *m_sessions[at];
    bool hit = false;
    for (std::size_t i = 0; i < s.guests.size(); ++i) {
        guest& g = s.guests[i];
        if (host_of(s.group, i) != host || !g.alive) {
            continue;
        }
        if (!hit) {
            judge(s); // up to here: what a machine that is off does not do is no fault of its agent
        }
        hit = true;
        g.alive = g.agent_connected = false;
        s.truths[i].applications.vanish(m_events.now());
        s.truths[i].filesystems.vanish(m_events.now());
        if (std::exchange(g.host_connected, false)) {
            s.host.channel_lost(static_cast<agent_index>(i), clock());
            ++m_results.inputs;
        }
    }
    if (hit) {
        drain_host(at);
        end_if_at_rest(at);
    }
}

} // namespace snapproto::fleet
