// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/environment.hpp"

#include <utility>

namespace snapproto::world {

/// What all places share.
struct environment::universe {
    struct inhabitant {
        actor* who = nullptr;
        environment* where = nullptr;
    };

    std::uint64_t seed = 0;
    kernel::simulation<scheduled> events;
    std::vector<inhabitant> actors;
    std::vector<note> story;
    watcher* watching = nullptr;
};

environment::environment(std::uint64_t seed)
    : m_owned(std::make_unique<universe>()), m_all(m_owned.get()) {
    m_all->seed = seed;
}

environment::environment(environment& whole, std::uint32_t guest, std::string_view suffix)
    : m_all(whole.m_all), m_guest(guest), m_suffix(suffix) {
    if (guest != 0 && suffix.empty()) {
        m_suffix = "-" + std::to_string(guest + 1);
    }
}

environment::~environment() = default;

actor_id environment::add(actor& who) {
    m_all->actors.push_back({&who, this});
    return static_cast<actor_id>(m_all->actors.size() - 1);
}

// ---- time ---------------------------------------------------------------------------------------

ticks environment::now() const noexcept {
    return m_all->events.now();
}

void environment::after(ticks delay, const event& what) {
    if (what.to != nobody) {
        m_all->events.after(delay, {what, m_all->actors[what.to].where->m_lost});
    }
}

kernel::event_handle environment::timer_at(instant when, const event& what) {
    const ticks local = when.time_since_epoch().count();
    const ticks due = m_clock.rate() == 0 ? local : m_clock.when(local);
    return m_all->events.timer_at(due, {what, m_lost});
}

void environment::cancel(kernel::event_handle which) {
    (void)m_all->events.cancel(which);
}

void environment::run(ticks end, const std::function<void()>& after_each) {
    m_all->events.run(end, [this, &after_each](const scheduled& one) {
        const auto [who, where] = m_all->actors[one.what.to];
        if (!where->waits(one)) {
            who->handle(one.what);
        }
        if (after_each) {
            after_each();
        }
    });
}

/// Keeps an event that comes to a place which stands still, or has stood still since it was made.
bool environment::waits(const scheduled& one) {
    if (m_still) {
        m_waiting.push_back({now(), one});
        return true;
    }
    if (one.lost != m_lost) {
        m_all->events.after(m_lost - one.lost, {one.what, m_lost});
        return true;
    }
    return false;
}

void environment::stand_still(bool clock_too) {
    if (std::exchange(m_still, true)) {
        return;
    }
    m_since = now();
    m_clock_too = clock_too;
    if (clock_too) {
        m_clock.set_rate(now(), 0);
    }
}

void environment::go_on() {
    if (!std::exchange(m_still, false)) {
        return;
    }
    const ticks lost_before = m_lost;
    if (m_clock_too) {
        m_clock.set_rate(now(), m_pace);
        m_lost += now() - m_since;
    }
    for (const auto& [due, one] : std::exchange(m_waiting, {})) {
        const ticks rest = lost_before - one.lost + (m_clock_too ? due - m_since : 0);
        m_all->events.after(rest, {one.what, m_lost});
    }
}

void environment::run_slow(std::uint64_t ppm) {
    m_pace = steady_clock::usual_rate - ppm;
    if (!m_still || !m_clock_too) {
        m_clock.set_rate(now(), m_pace);
    }
}

// ---- everything else ----------------------------------------------------------------------------

kernel::generator environment::stream(std::string_view name) const {
    return kernel::stream(m_all->seed, name, m_guest);
}

void environment::tell(std::string_view who, std::string_view what, std::string text) {
    if (m_mute) {
        return;
    }
    m_all->story.push_back(
        {now(), std::string{who}.append(m_suffix), std::string{what}, std::move(text)});
    if (m_all->watching != nullptr) {
        m_all->watching->noticed(std::string{who}.append(m_suffix).append(".").append(what));
    }
}

const std::vector<note>& environment::story() const noexcept {
    return m_all->story;
}

std::vector<note> environment::take_story() noexcept {
    return std::move(m_all->story);
}

void environment::watch(watcher* who) noexcept {
    m_all->watching = who;
}

void environment::notice(const std::vector<trace::record>& recording, std::size_t& seen) {
    for (; seen < recording.size(); ++seen) {
        if (m_all->watching != nullptr && !m_mute) {
            const auto& one = recording[seen];
            std::string name{to_string(one.who)};
            name.append(m_suffix).append(".").append(to_string(one.what));
            if (one.message) {
                name.append(".").append(to_string(*one.message));
            }
            m_all->watching->noticed(name);
        }
    }
}

std::uint64_t environment::events_handled() const noexcept {
    return m_all->events.handled();
}

} // namespace snapproto::world
