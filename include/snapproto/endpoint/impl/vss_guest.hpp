// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_VSS_GUEST_HPP
#define SNAPPROTO_ENDPOINT_IMPL_VSS_GUEST_HPP

#include <snapproto/core/assert.hpp>
#include <snapproto/endpoint/vss_guest.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::endpoint {

inline vss_guest::vss_guest(vss_guest_options options) : m_options(std::move(options)) {
    SNAPPROTO_ASSERT(m_options.writers.size() <= m_options.limits.writers_max);
    SNAPPROTO_ASSERT(m_options.volumes.size() <= m_options.limits.volumes_max);
    // Not std::stable_sort: Clang warns of what libstdc++ has in it.
    auto& writers = m_options.writers;
    for (auto at = writers.begin(); at != writers.end(); ++at) {
        const auto place = std::upper_bound(
            writers.begin(), at, at->level,
            [](std::uint8_t level, const vss_writer_info& other) { return level < other.level; });
        std::rotate(place, at, at + 1);
    }
    for (const vss_writer_info& who : m_options.writers) {
        m_participants.push_back({who.name, participant_kind::writer});
        writer_slot& added = m_writers.emplace_back();
        added.limit =
            who.freeze_to_thaw > duration{} ? who.freeze_to_thaw : m_options.limits.freeze_to_thaw;
    }
    for (const std::string& name : m_options.volumes) {
        m_participants.push_back({name, participant_kind::filesystem});
    }
    m_volumes.resize(m_options.volumes.size());
}

// ---- what the agent asks for --------------------------------------------------------------------

inline void vss_guest::handle(const operate& asked, instant now) {
    notice_overdue(now);
    SNAPPROTO_ASSERT(asked.participant < m_participants.size());
    if (asked.participant >= m_writers.size()) {
        return operate_volume(asked.participant - m_writers.size(), asked.what, now);
    }
    const std::size_t i = asked.participant;
    if (asked.what == operation::finish) {
        return finish(i, asked.result);
    }
    if (asked.what == operation::recover) {
        return answer(i, machine::participant_event::vetoed); // nobody repairs copies here
    }
    m_writers[i].in_work = asked.what;
    if (asked.what == operation::prepare) {
        prepare(i);
    } else if (asked.what == operation::hold) {
        hold(i, now);
    } else {
        release(i);
    }
}

// A session of a writer begins: what it failed at before is forgotten (SP 51.1).
inline void vss_guest::prepare(std::size_t i) {
    abort(i); // of a session that nobody has ended
    m_writers[i].holds = false;
    ask(i, machine::vss_writer_event::identify);
}

inline void vss_guest::hold(std::size_t i, instant now) {
    take(i, {machine::vss_writer_event::freeze}, now);
    if (!m_writers[i].machine.holds()) {
        end(i, machine::participant_event::vetoed); // it was not ready
    }
}

inline void vss_guest::release(std::size_t i) {
    writer_slot& at = m_writers[i];
    if (at.machine.phase() == machine::vss_writer_phase::frozen) {
        return ask(i, machine::vss_writer_event::thaw);
    }
    // It has let go, was never held, or is on the way: the snapshot is given up (SP 51.11).
    abort(i);
    end(i, machine::participant_event::not_held);
}

// PostSnapshot and BackupComplete of a copy that is kept, Abort of any other. The agent waits for
// no answer, so that they follow each other by themselves.
inline void vss_guest::finish(std::size_t i, copy_result result) {
    writer_slot& at = m_writers[i];
    if (result == copy_result::kept && at.machine.phase() == machine::vss_writer_phase::thawed) {
        return ask(i, machine::vss_writer_event::post_snapshot);
    }
    abort(i);
}

inline void vss_guest::handle(const cancel& asked, instant now) {
    notice_overdue(now);
    SNAPPROTO_ASSERT(asked.participant < m_participants.size());
    if (asked.participant >= m_writers.size()) {
        const std::size_t i = asked.participant - m_writers.size();
        if (m_volumes[i].phase == volume_phase::holding) {
            m_volumes[i].phase = volume_phase::free;
            m_outputs.emplace_back(release_volume{i});
            answer(asked.participant, machine::participant_event::vetoed);
        }
        return;
    }
    const auto in_work = m_writers[asked.participant].in_work;
    if (in_work && *in_work != operation::release) { // a Thaw goes on to its end
        give_up(asked.participant);
    }
}

// ---- volumes ------------------------------------------------------------------------------------

inline void vss_guest::operate_volume(std::size_t i, operation what, instant now) {
    const std::size_t participant = m_writers.size() + i;
    volume_slot& at = m_volumes[i];
    switch (what) {
    case operation::prepare:
        return answer(participant, machine::participant_event::prepared);
    case operation::hold:
        if (m_hold_until == never) {
            m_hold_until = saturating_add(now, m_options.limits.flush_and_hold);
        }
        at.phase = volume_phase::holding;
        m_outputs.emplace_back(hold_volume{i});
        return;
    case operation::release: {
        const bool was_held = at.phase == volume_phase::held;
        if (at.phase != volume_phase::free) {
            at.phase = volume_phase::free;
            m_outputs.emplace_back(release_volume{i});
        }
        if (held_volumes() == 0) {
            m_hold_until = never;
        }
        return answer(participant, was_held ? machine::participant_event::released
                                            : machine::participant_event::not_held);
    }
    case operation::recover:
        return answer(participant, machine::participant_event::vetoed);
    case operation::finish:
        return;
    }
}

inline void vss_guest::volume_answered(std::size_t i, bool held, instant now) {
    notice_overdue(now);
    SNAPPROTO_ASSERT(i < m_volumes.size());
    volume_slot& at = m_volumes[i];
    if (at.phase != volume_phase::holding) {
        if (held && at.phase == volume_phase::free) {
            m_outputs.emplace_back(release_volume{i}); // too late
        }
        return;
    }
    at.phase = held ? volume_phase::held : volume_phase::free;
    answer(m_writers.size() + i,
           held ? machine::participant_event::held : machine::participant_event::vetoed);
}

// ---- writers ------------------------------------------------------------------------------------

inline void vss_guest::ask(std::size_t i, machine::vss_writer_event event) {
    m_writers[i].asked = event;
    m_outputs.emplace_back(ask_application{i, event});
}

// @return whether there was something to abort.
inline bool vss_guest::abort(std::size_t i) {
    machine::vss_writer_outbox out;
    if (!m_writers[i].machine.process(machine::vss_writer_event::abort, out)) {
        return false;
    }
    m_writers[i].limit_at = never;
    tell_abort(i);
    return true;
}

inline void vss_guest::tell_abort(std::size_t i) {
    writer_slot& at = m_writers[i];
    at.given_up += at.asked ? 1U : 0U;
    at.asked.reset();
    m_outputs.emplace_back(ask_application{i, machine::vss_writer_event::abort});
}

inline void vss_guest::take(std::size_t i, const machine::vss_writer_input& input, instant now) {
    writer_slot& at = m_writers[i];
    machine::vss_writer_outbox out;
    at.machine.process(input, out);
    for (const machine::vss_writer_effect effect : out) {
        switch (effect) {
        case machine::vss_writer_effect::hold:
            ask(i, machine::vss_writer_event::freeze);
            break;
        case machine::vss_writer_effect::release:
            // After Thaw it goes on by itself.
            if (input.kind != machine::vss_writer_event::thaw) {
                tell_abort(i);
            }
            break;
        case machine::vss_writer_effect::arm_limit:
            at.limit_at = saturating_add(now, at.limit);
            break;
        case machine::vss_writer_effect::cancel_limit:
        case machine::vss_writer_effect::say_let_go: // by who is called: the agent may not know yet
            at.limit_at = never;
            break;
        }
    }
}

inline void vss_guest::application_answered(std::size_t i, machine::vss_writer_failure failure,
                                            instant now) {
    using machine::participant_event;
    using machine::vss_writer_event;
    notice_overdue(now);
    SNAPPROTO_ASSERT(i < m_writers.size());
    writer_slot& at = m_writers[i];
    if (at.given_up > 0) {
        --at.given_up; // it was told to abort meanwhile
        return;
    }
    if (!at.asked) {
        return;
    }
    const vss_writer_event was = *std::exchange(at.asked, std::nullopt);
    const bool good = failure == machine::vss_writer_failure::none;
    take(i, {was == vss_writer_event::freeze ? vss_writer_event::frozen : was, failure}, now);
    switch (was) {
    case vss_writer_event::identify:
        return good ? ask(i, vss_writer_event::prepare_backup) : end(i, participant_event::vetoed);
    case vss_writer_event::prepare_backup:
        return good ? ask(i, vss_writer_event::prepare_snapshot)
                    : end(i, participant_event::vetoed);
    case vss_writer_event::prepare_snapshot:
        return end(i, good ? participant_event::prepared : participant_event::vetoed);
    case vss_writer_event::freeze:
        return end(i, good ? participant_event::held : participant_event::vetoed);
    case vss_writer_event::thaw:
        return end(i, good ? participant_event::released : participant_event::release_failed);
    case vss_writer_event::post_snapshot:
        return good ? ask(i, vss_writer_event::backup_complete) : void();
    default:
        return;
    }
}

inline void vss_guest::give_up(std::size_t i) {
    writer_slot& at = m_writers[i];
    if (!abort(i) && at.asked) {
        tell_abort(i); // while it prepares
    }
    if (std::exchange(at.holds, false)) {
        m_outputs.emplace_back(participant_gone{static_cast<participant_index>(i)});
    }
    if (at.in_work) {
        end(i, at.in_work == operation::release ? machine::participant_event::not_held
                                                : machine::participant_event::vetoed);
    }
}

// ---- limits -------------------------------------------------------------------------------------

// The coordinator has given the set up: volumes go on, and every writer gets Abort (SP 55.5).
inline void vss_guest::let_everything_go() {
    m_hold_until = never;
    for (std::size_t i = 0; i < m_volumes.size(); ++i) {
        const auto was = std::exchange(m_volumes[i].phase, volume_phase::free);
        if (was == volume_phase::free) {
            continue;
        }
        m_outputs.emplace_back(release_volume{i});
        const auto participant = static_cast<participant_index>(m_writers.size() + i);
        if (was == volume_phase::held) {
            m_outputs.emplace_back(participant_gone{participant});
        } else {
            answer(participant, machine::participant_event::vetoed);
        }
    }
    for (std::size_t i = 0; i < m_writers.size(); ++i) {
        if (m_writers[i].machine.holds()) {
            give_up(i);
        }
    }
}

inline void vss_guest::notice_overdue(instant now) {
    begin_input();
    const bool writer_late = std::any_of(m_writers.begin(), m_writers.end(),
                                         [&](const writer_slot& at) { return at.limit_at < now; });
    if (m_hold_until < now || writer_late) {
        handle_timeout(now);
    }
}

inline void vss_guest::handle_timeout(instant now) {
    begin_input();
    if (m_hold_until <= now) {
        let_everything_go();
    }
    for (std::size_t i = 0; i < m_writers.size(); ++i) {
        writer_slot& at = m_writers[i];
        if (at.limit_at > now) {
            continue;
        }
        at.limit_at = never;
        take(i, {machine::vss_writer_event::limit_passed}, now);
        if (std::exchange(at.holds, false)) {
            m_outputs.emplace_back(participant_gone{static_cast<participant_index>(i)});
        }
        if (at.in_work) {
            end(i, at.in_work == operation::release ? machine::participant_event::not_held
                                                    : machine::participant_event::vetoed);
        }
    }
}

// ---- output -------------------------------------------------------------------------------------

inline void vss_guest::answer(std::size_t participant, machine::participant_event how) {
    m_outputs.emplace_back(participant_answer{static_cast<participant_index>(participant), how});
}

inline void vss_guest::end(std::size_t i, machine::participant_event how) {
    writer_slot& at = m_writers[i];
    if (!std::exchange(at.in_work, std::nullopt)) {
        return;
    }
    at.holds = how == machine::participant_event::held;
    answer(i, how);
}

inline void vss_guest::begin_input() noexcept {
    if (m_next_output == m_outputs.size()) {
        m_outputs.clear();
        m_next_output = 0;
    }
}

inline vss_guest_output vss_guest::poll() {
    if (m_next_output < m_outputs.size()) {
        return m_outputs[m_next_output++];
    }
    instant next = m_hold_until;
    for (const writer_slot& at : m_writers) {
        next = std::min(next, at.limit_at);
    }
    return deadline{next};
}

inline std::size_t vss_guest::held_volumes() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(m_volumes.begin(), m_volumes.end(),
                      [](const volume_slot& at) { return at.phase != volume_phase::free; }));
}

inline std::size_t vss_guest::held_writers() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(m_writers.begin(), m_writers.end(),
                      [](const writer_slot& at) { return at.machine.holds(); }));
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_VSS_GUEST_HPP
