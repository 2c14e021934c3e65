// SPDX-License-Identifier: BSL-1.0
#include "conformance/orchestrator/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::conformance {

std::string_view name(claim_made what) noexcept {
    constexpr std::array<std::string_view, 3> names{"consistent", "degraded", "failure"};
    return names[static_cast<std::size_t>(what)];
}

trial::trial(orchestrator_target& judged, const trial_settings& how)
    : judgement(judged, lane::agent, how.seed),
      m_target(judged),
      m_time(judged, how.bound, how.timeout_scale) {}

trial::~trial() {
    m_target.stop();
}

void trial::say(std::size_t guest, const std::string& bytes) {
    if (const auto open = m_sides.at(guest)->open_connection()) {
        send(*open, bytes);
    }
}

void trial::hang_up_all(std::size_t guest) {
    while (const auto open = m_sides.at(guest)->open_connection()) {
        hang_up(*open);
    }
}

bool trial::any_frozen() const {
    return std::any_of(m_sides.begin(), m_sides.end(),
                       [](const auto& one) { return one->frozen(); });
}

std::string trial::clock(instant when) const {
    return fmt::format("{:.3f} s", milliseconds(when - m_begun) / 1e3);
}

std::string trial::end_words() const {
    return m_end ? fmt::format("{} ({})", name(m_end->claim), m_end->words)
                 : fmt::format("no end within {:.3g} s", milliseconds(now() - m_begun) / 1e3);
}

// ---- the snapshot -------------------------------------------------------------------------------

void trial::snapshot() {
    m_end.reset();
    for (const auto& one : m_sides) { // of the snapshot before, if there was one
        while (const auto open = one->open_connection()) {
            one->disconnected(*open, true);
        }
    }
    m_begun = now();
    m_target.begin(*this, m_sides.size(), m_cut);
    m_begun = now(); // what had to be done before does not count
    log().event(m_begun, lane::orchestrator, "is told to take a snapshot");
    run_until(m_begun + limit(m_target.patience()), [this] {
        m_end = m_target.ended();
        return m_end.has_value();
    });
    log().event(now(), lane::orchestrator, "ends: " + end_words());
    // A freeze that was given up may still come.
    run_until(now() + limit(m_target.patience()), [this] {
        return std::none_of(m_sides.begin(), m_sides.end(),
                            [](const auto& one) { return one->busy(); });
    });
    // Somebody who was told to thaw may still be doing it, and a daemon goes on by itself.
    run_until(now() + limit(m_target.aftermath()), [this] { return !any_frozen(); });
}

void trial::run_until(instant end, const std::function<bool()>& done) {
    while (!done()) {
        m_time.look_for_interrupt();
        const instant next = m_timers.empty() ? end : std::min(end, m_timers.begin()->first.first);
        if (next > now()) {
            m_target.proceed(next);
        }
        fire_timers();
        if (now() >= end) {
            (void)done();
            return;
        }
    }
}

void trial::fire_timers() {
    while (!m_timers.empty() && m_timers.begin()->first.first <= now()) {
        const auto due = m_timers.extract(m_timers.begin());
        due.mapped()();
    }
}

// ---- what the orchestrator does -----------------------------------------------------------------

std::string trial::label(connection on) const {
    return fmt::format("guest {}, connection {}", on.guest + 1, on.number);
}

void trial::connected(connection on) {
    log().event(now(), lane::orchestrator, fmt::format("connects ({})", label(on)));
    m_sides.at(on.guest)->connected(on);
}

void trial::received(connection on, std::string_view bytes) {
    log().sent(now(), label(on), bytes);
    m_sides.at(on.guest)->received(on, bytes);
}

void trial::disconnected(connection on) {
    log().event(now(), lane::orchestrator, fmt::format("disconnects ({})", label(on)));
    m_sides.at(on.guest)->disconnected(on, false);
}

void trial::cut_seen(cut_sign what) {
    if (what == cut_sign::begun) {
        m_cuts.push_back({.begun = now(), .over = std::nullopt});
        log().event(now(), lane::provider, "the cut begins");
    } else if (!m_cuts.empty() && !m_cuts.back().over) {
        m_cuts.back().over = now();
        m_cuts.back().succeeded = what == cut_sign::done;
        log().event(now(), lane::provider,
                    what == cut_sign::done ? "the cut is done" : "the cut fails");
    }
}

// ---- what the guests do -------------------------------------------------------------------------

void trial::later(duration span, std::function<void()> what) {
    m_timers.emplace(timer{now() + span, ++m_timers_made}, std::move(what));
}

void trial::send(connection on, std::string bytes) {
    log().received(now(), label(on), bytes);
    m_target.send(on, bytes);
}

void trial::hang_up(connection on) {
    log().event(now(), lane::agent, fmt::format("closes the connection ({})", label(on)));
    m_sides.at(on.guest)->disconnected(on, true);
    m_target.close(on);
}

void trial::remark(std::size_t guest, std::string_view words) {
    log().event(now(), lane::agent, fmt::format("guest {} {}", guest + 1, words));
}

} // namespace snapproto::conformance
