// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/windows.hpp"

#include <snapproto/endpoint/vss_guest.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace snapproto::world {

using machine::vss_writer_event;
using machine::vss_writer_failure;

/// What is in the library, of the source alone.
struct windows::service {
    explicit service(endpoint::vss_guest_options with) : guest(std::move(with)) {}

    endpoint::vss_guest guest;
};

windows::windows(environment& world, requester& agent)
    : m_world(world), m_agent(agent), m_self(world.add(*this)) {}

windows::~windows() = default;

void windows::begin(std::vector<part> all) {
    m_alone = false;
    ++m_session;
    m_world.cancel(m_timer);
    m_all = std::move(all);
    endpoint::vss_guest_options with;
    for (const part& one : m_all) {
        if (one.program != nullptr) {
            with.writers.push_back({one.name, 1, {}});
        } else {
            with.volumes.push_back(one.name);
        }
    }
    m_writers.assign(with.writers.size(), {});
    m_service = std::make_unique<service>(std::move(with));
}

// ---- what the agent asks for --------------------------------------------------------------------

void windows::handle(const endpoint::operate& asked) {
    m_service->guest.handle(asked, m_world.clock());
    collect();
}

void windows::handle(const endpoint::cancel& asked) {
    m_service->guest.handle(asked, m_world.clock());
    collect();
}

void windows::give_up() {
    if (!m_service || std::exchange(m_alone, true)) {
        return;
    }
    if (m_service->guest.held_writers() + m_service->guest.held_volumes() != 0) {
        m_world.tell("vss", "gives_up", "the requester is gone: everything goes on");
    }
    for (std::size_t i = m_all.size(); i-- != 0;) { // volumes before applications
        const auto who = static_cast<participant_index>(i);
        m_service->guest.handle(endpoint::cancel{who}, m_world.clock());
        m_service->guest.handle(endpoint::operate{who, endpoint::operation::release},
                                m_world.clock());
    }
    collect();
}

// ---- what comes of it ---------------------------------------------------------------------------

event windows::told(task what, std::size_t place, std::uint8_t serial) const noexcept {
    return {m_self, what, m_session << 32 | static_cast<std::uint64_t>(place) << 8 | serial};
}

void windows::ask(std::size_t place, vss_writer_event what) {
    writer& at = m_writers[place];
    application& program = *m_all[place].program;
    if (what == vss_writer_event::abort) {
        if (at.outstanding) { // it is answered whatever the application makes of that
            m_world.after(0, told(application_refused, place, at.serial));
        }
        if (std::exchange(at.stopped, false)) {
            m_world.tell("vss", "aborts", "Abort to the writer of " + m_all[place].name);
            program.resume({}, {});
        }
        return;
    }
    ++at.serial;
    at.outstanding = true;
    const event done = told(application_done, place, at.serial);
    if (what == vss_writer_event::freeze) {
        m_world.tell("vss", "freezes", "Freeze to the writer of " + m_all[place].name);
        at.stopped = true;
        program.quiesce(done, told(application_refused, place, at.serial));
    } else if (what == vss_writer_event::thaw && at.stopped) {
        m_world.tell("vss", "thaws", "Thaw to the writer of " + m_all[place].name);
        at.stopped = false;
        program.resume(done, done);
    } else { // Identify and its like cost nobody anything
        m_world.after(0, done);
    }
}

void windows::collect() {
    if (std::exchange(m_collects, true)) {
        return; // what is told to the agent may come back at once
    }
    for (;;) {
        const auto next = m_service->guest.poll();
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            m_world.cancel(m_timer);
            if (until->at != never) {
                m_timer = m_world.timer_at(until->at, told(limit, 0));
            }
            break;
        }
        if (const auto* asked = std::get_if<endpoint::ask_application>(&next)) {
            ask(asked->writer, asked->event);
        } else if (const auto* volume = std::get_if<endpoint::hold_volume>(&next)) {
            const std::size_t place = m_writers.size() + volume->volume;
            m_all[place].files->freeze(told(volume_done, place));
        } else if (const auto* free = std::get_if<endpoint::release_volume>(&next)) {
            // Writes are held in the service's own driver: letting go is no call that can fail.
            (void)m_all[m_writers.size() + free->volume].files->thaw_by_another();
        } else if (const auto* answer = std::get_if<endpoint::participant_answer>(&next);
                   answer != nullptr && !m_alone) {
            m_agent.answered_by_windows(answer->participant, answer->answer);
        } else if (const auto* gone = std::get_if<endpoint::participant_gone>(&next);
                   gone != nullptr && !m_alone) {
            m_world.tell("vss", "lets_go", m_all[gone->participant].name + " has let go by itself");
            m_agent.gone_by_windows(gone->participant);
        }
    }
    m_collects = false;
}

void windows::handle(const event& what) {
    if (what.number >> 32 != m_session) {
        return;
    }
    const auto place = static_cast<std::size_t>(what.number >> 8 & 0xffffU);
    endpoint::vss_guest& guest = m_service->guest;
    switch (what.what) {
    case application_done:
    case application_refused:
        if (m_writers[place].serial != static_cast<std::uint8_t>(what.number & 0xffU) ||
            !std::exchange(m_writers[place].outstanding, false)) {
            return; // it was aborted meanwhile
        }
        guest.application_answered(place,
                                   what.what == application_done ? vss_writer_failure::none
                                                                 : vss_writer_failure::retryable,
                                   m_world.clock());
        break;
    case volume_done:
        guest.volume_answered(place - m_writers.size(),
                              static_cast<freeze_answer>(what.number & 0xffU) ==
                                  freeze_answer::frozen,
                              m_world.clock());
        break;
    case limit:
        guest.handle_timeout(m_world.clock());
        break;
    default:
        break;
    }
    collect();
}

} // namespace snapproto::world
