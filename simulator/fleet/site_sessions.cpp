// SPDX-License-Identifier: BSL-1.0
// What happens in sessions: messages travel, participants work, the array cuts.
#include "simulator/fleet/site.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace snapproto::fleet {
namespace {

constexpr ticks look_around = kernel::millisecond; // to find the participants

ticks ticks_of(instant at) noexcept {
    return at.time_since_epoch().count();
}

} // namespace

// ---- input --------------------------------------------------------------------------------------

void site::handle_in_session(const event& what) {
    const std::uint32_t at = what.session;
    session& s = *m_sessions[at];
    const bool current = s.active && s.life == what.life;
    if (what.what == task::to_agent || what.what == task::to_host) {
        const any_message message = taken(what.number); // also when nobody hears it
        if (current) {
            on_message(at, what, message);
        }
    } else if (current) {
        guest& g = s.guests[what.guest];
        switch (what.what) {
        case task::wake:
            on_wake(at);
            break;
        case task::found:
            if (g.alive) {
                --g.in_work;
                g.end.found(m_participants, clock());
                ++m_results.inputs;
                drain_guest(at, what.guest);
            }
            break;
        case task::done:
            on_done(at, what);
            break;
        case task::agent_closed:
            if (g.alive && std::exchange(g.agent_connected, false)) {
                g.end.channel_lost(clock());
                ++m_results.inputs;
                drain_guest(at, what.guest);
            }
            break;
        case task::host_closed:
            if (std::exchange(g.host_connected, false)) {
                s.host.channel_lost(what.guest, clock());
                ++m_results.inputs;
                drain_host(at);
            }
            break;
        default:
            break;
        }
    }
    if (current) {
        end_if_at_rest(at);
    }
}

void site::on_message(std::uint32_t at, const event& what, const any_message& message) {
    session& s = *m_sessions[at];
    guest& g = s.guests[what.guest];
    if (what.what == task::to_agent && g.alive && g.agent_connected) {
        g.end.handle(message, clock());
        ++m_results.inputs;
        drain_guest(at, what.guest);
    } else if (what.what == task::to_host && g.host_connected) {
        s.host.handle(what.guest, message, clock());
        ++m_results.inputs;
        drain_host(at);
    }
}

/// The one event that is pending for all deadlines of a session; it may come too early.
void site::on_wake(std::uint32_t at) {
    session& s = *m_sessions[at];
    const ticks now = m_events.now();
    if (s.wake_at != now) {
        return; // an earlier one was set meanwhile
    }
    s.wake_at = end_of_time;
    if (s.due <= now) {
        s.host.timeout(clock());
        ++m_results.inputs;
        drain_host(at);
    }
    for (std::size_t i = 0; i < s.guests.size(); ++i) {
        guest& g = s.guests[i];
        if (g.alive && g.due <= now) {
            g.end.timeout(clock());
            ++m_results.inputs;
            drain_guest(at, i);
        }
    }
    set_wake(at);
}

void site::set_wake(std::uint32_t at) {
    session& s = *m_sessions[at];
    ticks due = s.over ? end_of_time : s.due;
    for (const guest& g : s.guests) {
        due = g.alive ? std::min(due, g.due) : due;
    }
    if (due < s.wake_at) {
        s.wake_at = due;
        m_events.at(due, {.session = at, .life = s.life, .what = task::wake});
    }
}

void site::on_done(std::uint32_t at, const event& what) {
    session& s = *m_sessions[at];
    guest& g = s.guests[what.guest];
    if (!g.alive || g.works[what.participant].number != what.number) {
        return; // it was cut short
    }
    --g.in_work;
    const bool application = what.participant < m_options.guest.applications;
    auto& truth = s.truths[what.guest];
    held_set& set = application ? truth.applications : truth.filesystems;
    if (what.said == answer::held) {
        set.hold(m_events.now());
    } else if (what.said == answer::released) {
        set.release(m_events.now());
    }
    g.end.answered(what.participant, what.said, clock());
    ++m_results.inputs;
    drain_guest(at, what.guest);
}

void site::on_cut_done(const event& what) {
    m_array.end();
    session& s = *m_sessions[what.session];
    const bool succeeded = what.number == 0;
    if (s.active && s.life == what.life && !s.over) {
        m_results.cuts_in_vain += s.cut_wanted ? 0U : 1U;
        s.cut.to = m_events.now();
        s.cut.done = succeeded && s.cut_wanted;
        s.cut_wanted = false;
        s.host.cut_finished(s.cut_txn, succeeded, clock());
        ++m_results.inputs;
        drain_host(what.session);
        end_if_at_rest(what.session);
    } else {
        ++m_results.cuts_in_vain;
    }
    begin_cuts();
}

void site::begin_cuts() {
    while (const auto next = m_array.next()) {
        session& s = *m_sessions[next->session];
        if (!s.active || s.life != next->life || !s.cut_wanted) {
            continue; // given up while it waited
        }
        m_array.begin(m_events.now() - next->asked);
        s.cut.from = m_events.now();
        const ticks time = draw(s.random, m_options.cut);
        const bool fails =
            kernel::chance(s.random, static_cast<std::uint32_t>(m_options.array.fail_ppm));
        m_events.after(time, {.session = next->session,
                              .life = next->life,
                              .number = fails ? 1U : 0U,
                              .what = task::cut_done});
    }
}

// ---- output of the orchestrator -----------------------------------------------------------------

void site::drain_host(std::uint32_t at) {
    session& s = *m_sessions[at];
    for (;;) {
        auto next = s.host.poll();
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            s.due = ticks_of(until->at);
            if (!s.started && s.host.at_rest()) {
                ask_for_snapshot(s); // negotiated, or in vain
                continue;
            }
            if (s.told && !s.over && s.host.at_rest()) {
                hang_up(at);
                continue;
            }
            break;
        }
        perform(at, next);
    }
    set_wake(at);
}

void site::ask_for_snapshot(session& s) {
    s.started = true;
    ++m_results.snapshots;
    ++m_results.inputs;
    if (!s.host.start(m_wanted, clock())) {
        violate(s, "the orchestrator refuses to start");
        s.told = true;
    }
}

void site::hang_up(std::uint32_t at) {
    session& s = *m_sessions[at];
    s.over = true;
    for (std::size_t i = 0; i < s.guests.size(); ++i) {
        guest& g = s.guests[i];
        if (std::exchange(g.host_connected, false)) {
            m_events.after(latency(s), {.session = at,
                                        .life = s.life,
                                        .guest = static_cast<std::uint16_t>(i),
                                        .what = task::agent_closed});
            s.host.channel_lost(static_cast<agent_index>(i), clock());
            ++m_results.inputs;
        }
    }
}

void site::perform(std::uint32_t at, endpoint::orchestrator_output& what) {
    session& s = *m_sessions[at];
    if (auto* sent = std::get_if<endpoint::transmit_to>(&what)) {
        if (s.guests[sent->agent].host_connected) {
            send(at, sent->agent, task::to_agent, std::move(sent->message));
        }
    } else if (const auto* order = std::get_if<endpoint::provide>(&what)) {
        if (order->what == endpoint::provider_operation::cut) {
            s.cut_txn = order->txn;
            s.cut_wanted = true;
            m_array.ask({at, s.life, m_events.now()});
            begin_cuts();
        } else if (order->what == endpoint::provider_operation::discard) {
            s.cut_wanted = s.cut.done = false;
        }
    } else if (const auto* closed = std::get_if<endpoint::close_agent>(&what)) {
        if (std::exchange(s.guests[closed->agent].host_connected, false)) {
            m_events.after(latency(s), {.session = at,
                                        .life = s.life,
                                        .guest = closed->agent,
                                        .what = task::agent_closed});
        }
    } else if (const auto* told = std::get_if<endpoint::snapshot_outcome>(&what)) {
        note_outcome(s, *told);
    }
}

// ---- output of an agent -------------------------------------------------------------------------

void site::drain_guest(std::uint32_t at, std::size_t i) {
    guest& g = m_sessions[at]->guests[i];
    for (;;) {
        auto next = g.end.poll();
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            g.due = ticks_of(until->at);
            break;
        }
        perform(at, i, next);
    }
    set_wake(at);
}

void site::perform(std::uint32_t at, std::size_t i, endpoint::agent_output& what) {
    session& s = *m_sessions[at];
    guest& g = s.guests[i];
    if (auto* sent = std::get_if<endpoint::transmit>(&what)) {
        if (g.agent_connected) {
            send(at, i, task::to_host, std::move(sent->message));
        }
    } else if (std::holds_alternative<endpoint::find_participants>(what)) {
        ++g.in_work;
        m_events.after(look_around, {.session = at,
                                     .life = s.life,
                                     .guest = static_cast<std::uint16_t>(i),
                                     .what = task::found});
    } else if (const auto* asked = std::get_if<endpoint::operate>(&what)) {
        operate(at, i, *asked);
    } else if (const auto* cancelled = std::get_if<endpoint::cancel>(&what)) {
        cut_short(at, i, cancelled->participant);
    } else if (std::holds_alternative<endpoint::close_channel>(what)) {
        if (std::exchange(g.agent_connected, false)) {
            m_events.after(latency(s), {.session = at,
                                        .life = s.life,
                                        .guest = static_cast<std::uint16_t>(i),
                                        .what = task::host_closed});
        }
    }
}

void site::operate(std::uint32_t at, std::size_t i, const endpoint::operate& asked) {
    session& s = *m_sessions[at];
    const bool application = asked.participant < m_options.guest.applications;
    ticks time = 0;
    answer said = answer::finished;
    switch (asked.what) {
    case endpoint::operation::prepare:
        time = draw(s.random, m_options.prepare);
        said = answer::prepared;
        break;
    case endpoint::operation::hold:
        time = application ? draw(s.random, m_options.quiesce) : freeze_time(s);
        said = application && kernel::chance(s.random,
                                             static_cast<std::uint32_t>(m_options.guest.veto_ppm))
                   ? answer::vetoed
                   : answer::held;
        break;
    case endpoint::operation::release: {
        auto& truth = s.truths[i];
        (application ? truth.applications : truth.filesystems).ask_to_release(m_events.now());
        time = draw(s.random, application ? m_options.resume : m_options.thaw);
        said = answer::released;
        break;
    }
    default:
        return; // `finish` is not answered
    }
    guest& g = s.guests[i];
    ++g.in_work;
    work& begun = g.works[asked.participant];
    begun.hold = asked.what == endpoint::operation::hold;
    begun.ends = kernel::later(m_events.now(), time);
    end_work(at, i, asked.participant, said);
}

/// A hold that is cancelled holds nothing when it ends, unless it ends before it can be stopped.
void site::cut_short(std::uint32_t at, std::size_t i, participant_index participant) {
    work& cancelled = m_sessions[at]->guests[i].works[participant];
    const ticks soon = kernel::later(m_events.now(), milliseconds(m_options.guest.cancel_ms));
    if (cancelled.hold && soon < cancelled.ends) {
        cancelled.ends = soon;
        end_work(at, i, participant, answer::vetoed);
    }
}

void site::end_work(std::uint32_t at, std::size_t i, participant_index participant, answer said) {
    session& s = *m_sessions[at];
    work& what = s.guests[i].works[participant];
    m_events.at(what.ends, {.session = at,
                            .life = s.life,
                            .number = ++what.number,
                            .guest = static_cast<std::uint16_t>(i),
                            .participant = participant,
                            .what = task::done,
                            .said = said});
}

ticks site::freeze_time(session& s) {
    ticks time = draw(s.random, m_options.freeze);
    if (m_options.guest.dirty_mb != 0) {
        const auto megabytes = static_cast<std::uint64_t>(
            kernel::exponential(s.random, static_cast<ticks>(m_options.guest.dirty_mb)));
        time += m_array.written(megabytes, m_events.now()) - m_events.now();
    }
    return time;
}

// ---- messages -----------------------------------------------------------------------------------

ticks site::latency(session& s) const noexcept {
    const auto& line = m_options.channel;
    return static_cast<ticks>(line.latency_us) * kernel::microsecond +
           kernel::between(s.random, 0, static_cast<ticks>(line.jitter_us) * kernel::microsecond);
}

void site::send(std::uint32_t at, std::size_t i, task way, any_message&& message) {
    session& s = *m_sessions[at];
    if (m_options.channel.loss_ppm != 0 &&
        kernel::chance(s.random, static_cast<std::uint32_t>(m_options.channel.loss_ppm))) {
        ++m_results.messages_lost;
        return;
    }
    guest& g = s.guests[i];
    ticks& from = way == task::to_agent ? g.to_agent_from : g.to_host_from;
    from = std::max(from, m_events.now() + latency(s));
    auto place = static_cast<std::uint32_t>(m_messages.size());
    if (m_free_messages.empty()) {
        m_messages.push_back(std::move(message));
    } else {
        place = m_free_messages.back();
        m_free_messages.pop_back();
        m_messages[place] = std::move(message);
    }
    m_events.at(from, {.session = at,
                       .life = s.life,
                       .number = place,
                       .guest = static_cast<std::uint16_t>(i),
                       .what = way});
}

any_message site::taken(std::uint32_t message) {
    m_free_messages.push_back(message);
    return std::move(m_messages[message]);
}

} // namespace snapproto::fleet
