// SPDX-License-Identifier: BSL-1.0
// What an agent holds and releases, and what becomes of it when its process is no more.
#include "simulator/world/agent_process_inside.hpp"

#include <snapproto/machine/participant.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::world {
namespace {

using machine::participant_event;

constexpr ticks watchdog_tries_again = kernel::second;

std::optional<trace::record_kind> record_of(participant_event told) {
    switch (told) {
    case participant_event::held:
        return trace::record_kind::held;
    case participant_event::vetoed:
        return trace::record_kind::vetoed;
    case participant_event::released:
        return trace::record_kind::released;
    case participant_event::not_held:
        return trace::record_kind::not_held;
    case participant_event::release_failed:
        return trace::record_kind::release_failed;
    default:
        return std::nullopt;
    }
}

} // namespace

event agent_process::answer_event(std::uint32_t what, std::size_t index,
                                  std::uint64_t answer) const noexcept {
    return {m_self, what, m_life << 32 | static_cast<std::uint64_t>(index) << 8 | answer};
}

/// Applications before filesystems; what may live on another filesystem before that one.
std::vector<std::size_t> agent_process::hold_order() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < m_participants.size(); ++i) {
        if (m_participants[i].program != nullptr) {
            order.push_back(i);
        }
    }
    for (std::size_t i = m_participants.size(); i-- != 0;) {
        if (m_participants[i].files != nullptr) {
            order.push_back(i);
        }
    }
    return order;
}

participant_summary agent_process::summary_of(std::size_t index) const {
    const participant& one = m_participants[index];
    return {one.name, one.files != nullptr ? participant_kind::filesystem
                      : m_windows          ? participant_kind::writer
                                           : participant_kind::hook};
}

void agent_process::found() {
    m_order = hold_order();
    std::vector<participant_summary> all;
    for (const std::size_t index : m_order) {
        all.push_back(summary_of(index));
    }
    if (m_windows) {
        std::vector<windows::part> parts;
        for (const std::size_t index : m_order) {
            const participant& one = m_participants[index];
            parts.push_back({one.name, one.program, one.files});
        }
        m_windows->begin(std::move(parts));
    }
    m_process->agent->participants_found(all, clock());
    drain();
}

void agent_process::carry_out(const endpoint::operate& asked) {
    if (m_windows) {
        m_windows->handle(asked);
        return;
    }
    const std::size_t index = m_order[asked.participant];
    if (asked.what == endpoint::operation::prepare) {
        m_world.after(0, answer_event(answered, index,
                                      static_cast<std::uint64_t>(participant_event::prepared)));
    } else if (asked.what == endpoint::operation::hold ||
               asked.what == endpoint::operation::release) {
        operate(index, asked.what == endpoint::operation::hold);
    }
}

void agent_process::operate(std::size_t index, bool hold) {
    participant& who = m_participants[index];
    who.asked_by = hold ? std::optional{m_life} : std::nullopt;
    who.releasing = !hold;
    m_world.tell("agent", hold ? "holds" : "releases",
                 (hold ? "asks to stop: " : "asks to go on: ") + who.name);
    const deed how = m_flaw->operates(who.files != nullptr, hold);
    if (how != deed::honest) {
        const auto told = hold ? participant_event::held : participant_event::released;
        m_world.after(0, answer_event(answered, index, static_cast<std::uint64_t>(told)));
    }
    if (how == deed::pretended) {
        return;
    }
    if (who.files != nullptr) {
        const event done = how == deed::honest ? answer_event(frozen_or_not, index, 0) : event{};
        hold ? who.files->freeze(done) : who.files->thaw(done);
        return;
    }
    const auto answer = [&](participant_event what) {
        return answer_event(answered, index, static_cast<std::uint64_t>(what));
    };
    if (hold) {
        who.program->quiesce(answer(participant_event::held), answer(participant_event::vetoed));
    } else {
        who.program->resume(answer(participant_event::released),
                            answer(participant_event::not_held));
    }
}

void agent_process::on_answer(const event& what) {
    const auto index = static_cast<std::size_t>(what.number >> 8 & 0xffffU);
    const auto told = static_cast<participant_event>(what.number & 0xffU);
    participant& who = m_participants[index];
    who.asked_by.reset();
    if (told == participant_event::held || told == participant_event::vetoed) {
        note_held(who, true, what.number >> 32); // a hook that ran is undone, even if it refused
    } else if (told == participant_event::released || told == participant_event::not_held) {
        note_held(who, false, what.number >> 32);
    }
    answer(what, told,
           told == participant_event::vetoed ? who.name + " refuses to be quiesced" : "");
    look_after(what.number >> 32);
}

/// Of what is held now, the process that asked for it may have died meanwhile. A new one does not
/// know of it, or will find it when it begins.
void agent_process::look_after(std::uint64_t life) {
    if (life == m_life) {
        return;
    }
    if (m_process) {
        on_watchdog(life);
    } else {
        m_world.after(milliseconds(m_options.hold_limit_ms), {m_self, watchdog, life});
    }
    if (std::exchange(m_starts_later, false)) {
        restart();
    }
}

void agent_process::on_filesystem(const event& what) {
    const auto index = static_cast<std::size_t>(what.number >> 8 & 0xffffU);
    const auto came = static_cast<freeze_answer>(what.number & 0xffU);
    participant& who = m_participants[index];
    who.asked_by.reset();
    const std::uint64_t life = what.number >> 32;
    if (came == freeze_answer::frozen) {
        note_held(who, true, life);
    } else if (came == freeze_answer::thawed || came == freeze_answer::not_frozen) {
        note_held(who, false, life);
    }
    // A failed freeze leaves it thawed, a failed thaw frozen: the same word means both.
    const auto failed = who.held ? participant_event::release_failed : participant_event::vetoed;
    const auto not_held =
        m_flaw->tells_not_held() ? participant_event::not_held : participant_event::released;
    answer(what,
           came == freeze_answer::frozen       ? participant_event::held
           : came == freeze_answer::thawed     ? participant_event::released
           : came == freeze_answer::not_frozen ? not_held
                                               : failed,
           "the filesystem cannot do that");
    look_after(life);
    if (came == freeze_answer::frozen && m_flaw->lets_go_early()) {
        who.files->thaw({});
    }
}

void agent_process::note_held(participant& who, bool held, std::uint64_t life) noexcept {
    who.held = held;
    who.life = life;
}

/// Hands on an answer to a process of the life in which it was asked for.
void agent_process::answer(const event& what, machine::participant_event told,
                           std::string_view why) {
    const auto index = static_cast<std::size_t>(what.number >> 8 & 0xffffU);
    const bool of_release = told == participant_event::released ||
                            told == participant_event::not_held ||
                            told == participant_event::release_failed;
    const bool expected = !of_release || std::exchange(m_participants[index].releasing, false);
    if (!m_process || what.number >> 32 != m_life) {
        if (const auto kind = record_of(told); kind && expected) {
            note_unheard(index, *kind);
        }
        return;
    }
    if (told == participant_event::vetoed) {
        m_flaw->participant_failed();
    }
    m_process->agent->participant_answered(static_cast<participant_index>(place_of(index)), told,
                                           clock(), why);
    drain();
}

// ---- a Windows guest ----------------------------------------------------------------------------

void agent_process::answered_by_windows(std::size_t place, participant_event how) {
    participant& who = m_participants[m_order[place]];
    if (how == participant_event::held) {
        note_held(who, true, m_life);
    } else if (how != participant_event::prepared) {
        note_held(who, false, m_life);
    }
    // Not at once: the agent may be the one that has just asked.
    m_world.after(0, answer_event(windows_answered, place, static_cast<std::uint64_t>(how)));
}

void agent_process::gone_by_windows(std::size_t place) {
    note_held(m_participants[m_order[place]], false, m_life);
    m_world.after(0, answer_event(windows_let_go, place, 0));
}

void agent_process::on_windows(const event& what) {
    if (!m_process || what.number >> 32 != m_life) {
        return;
    }
    const auto place = static_cast<std::size_t>(what.number >> 8 & 0xffffU);
    const auto who = static_cast<participant_index>(place);
    if (what.what == windows_let_go) {
        m_process->agent->participant_let_go(who, clock());
    } else {
        const auto how = static_cast<participant_event>(what.number & 0xffU);
        m_process->agent->participant_answered(
            who, how, clock(),
            how == participant_event::vetoed ? summary_of(m_order[place]).name + " cannot be held"
                                             : std::string{});
    }
    drain();
}

/// The service sees its requester die, and needs no watchdog for it.
void agent_process::leave_windows() {
    if (!m_windows) {
        return;
    }
    m_windows->give_up();
    for (auto at = m_order.rbegin(); at != m_order.rend(); ++at) { // volumes before applications
        if (std::exchange(m_participants[*at].held, false)) {
            note_unheard(*at, trace::record_kind::released);
        }
    }
}

// ---- what a process that is no more has held ----------------------------------------------------

/// What becomes of a participant when nobody is there who would have been told.
void agent_process::note_unheard(std::size_t index, trace::record_kind what) {
    if (place_of(index) == m_order.size()) {
        return; // no session had it
    }
    trace::record made;
    made.at = m_world.clock();
    made.who = trace::role::watchdog;
    made.agent = 0;
    made.what = what;
    made.item = static_cast<participant_index>(index);
    made.participant = summary_of(index).kind;
    m_recording.push_back(std::move(made));
    m_world.notice(m_recording, m_noticed);
}

std::size_t agent_process::place_of(std::size_t index) const {
    const auto at = std::find(m_order.begin(), m_order.end(), index);
    return static_cast<std::size_t>(at - m_order.begin());
}

/// It finds the filesystem frozen; that a hook ran before is known from its own notes.
void agent_process::adopt() {
    std::vector<participant_summary> held;
    std::vector<std::size_t> order;
    bool frozen = false;
    for (const std::size_t index : hold_order()) {
        participant& one = m_participants[index];
        if (one.held && one.files != nullptr && !one.files->frozen()) {
            one.held = one.releasing = false; // whoever has thawed it: there is nothing to adopt
            note_unheard(index, trace::record_kind::released);
        }
        if (one.held) {
            frozen = frozen || one.files != nullptr;
            one.life = m_life;
            order.push_back(index);
            held.push_back(summary_of(index));
        }
    }
    if (frozen) {
        m_order = std::move(order);
        m_process->agent->adopt(held, clock());
        drain();
        return;
    }
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
        (void)let_go(*at); // no filesystem is among them
    }
}

/// Releases what a process that is no more has held. @return false when it stays frozen.
bool agent_process::let_go(std::size_t index) {
    participant& one = m_participants[index];
    if (one.files != nullptr) {
        one.files->thaw({});
        if (one.files->frozen()) {
            return false;
        }
    } else {
        one.program->resume({}, {});
    }
    one.held = one.releasing = false;
    note_unheard(index, trace::record_kind::released);
    return true;
}

/// Whether somebody is still being held for a process which is no more.
bool agent_process::asks_for_another_life() const {
    return std::any_of(m_participants.begin(), m_participants.end(),
                       [&](const participant& p) { return p.asked_by && *p.asked_by != m_life; });
}

void agent_process::on_watchdog(std::uint64_t life) {
    if (!m_flaw->has_watchdog() || asks_for_another_life()) {
        return;
    }
    const auto order = hold_order();
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
        const participant& one = m_participants[*at];
        if (one.held && one.life == life) {
            m_world.tell("watchdog", "releases", "releases " + one.name);
            if (!let_go(*at)) {
                m_world.after(watchdog_tries_again, {m_self, watchdog, life});
                return;
            }
        }
    }
}

} // namespace snapproto::world
