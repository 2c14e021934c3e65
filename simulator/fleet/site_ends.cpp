// SPDX-License-Identifier: BSL-1.0
// How sessions end, and what is checked of each.
#include "simulator/fleet/site.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/monitor/all.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace snapproto::fleet {
namespace {

/// In a fleet it does not matter which agent of its group it was.
std::string reason_of(std::string_view told) {
    constexpr std::string_view agent = "agent ";
    const auto number = told.starts_with(agent) ? agent.size() : told.size();
    const auto rest = std::min(told.find_first_not_of("0123456789", number), told.size());
    return rest > number ? std::string{"an agent"}.append(told.substr(rest)) : std::string{told};
}

/// A hash of what came of a session.
std::uint64_t digest_of(const session& s, std::uint64_t number, ticks now) {
    std::uint64_t digest = fnv1a_basis;
    const auto mix = [&](auto word) { digest = fnv1a(digest, static_cast<std::uint64_t>(word)); };
    mix(number);
    mix(s.outcome);
    mix(s.label);
    mix(s.begun);
    mix(now);
    for (const auto& truth : s.truths) {
        mix(truth.stopped());
        mix(truth.held());
    }
    return digest;
}

} // namespace

std::uint64_t site::number_of(const session& s) const noexcept {
    return (m_first_group + s.group) << 32 | m_groups[s.group].attempts;
}

void site::note_outcome(session& s, const endpoint::snapshot_outcome& told) {
    if (std::exchange(s.told, true)) {
        violate(s, "the outcome is told twice");
    }
    s.outcome = told.outcome;
    s.label = told.label;
    ++m_results.outcomes[static_cast<std::size_t>(told.outcome)];
    ++m_results.labels[static_cast<std::size_t>(told.label)];
    if (told.outcome != session_outcome::success) {
        ++m_results.reasons[reason_of(told.reason)];
    }
    if (const auto untrue = untrue_claim(told.label, s.cut, s.truths); !untrue.empty()) {
        violate(s, untrue);
    }
}

void site::end_if_at_rest(std::uint32_t at) {
    const session& s = *m_sessions[at];
    if (s.active && s.over &&
        std::all_of(s.guests.begin(), s.guests.end(), [](auto& g) { return g.at_rest(); })) {
        end_session(at);
    }
}

void site::end_session(std::uint32_t at) {
    session& s = *m_sessions[at];
    judge(s);
    note_guests(s);
    m_results.digest += digest_of(s, number_of(s), m_events.now());
    m_results.last_end = m_events.now();
    const bool whole = s.outcome == session_outcome::success;
    s.rest();
    m_free_sessions.push_back(at);
    --m_active;
    after_session(s.group, whole);
}

void site::note_guests(const session& s) {
    const ticks limit = milliseconds(m_options.session.hold_limit_ms);
    for (std::size_t i = 0; i < s.guests.size(); ++i) {
        const guest_truth& truth = s.truths[i];
        if (truth.holds_something()) {
            violate(s, "something is held after the end");
        } else if (const auto broken = broken_limit(truth, limit); !broken.empty()) {
            violate(s, broken);
        }
        if (truth.stopped() != 0) {
            m_results.stopped.add(truth.stopped());
        }
        if (truth.held() != 0) {
            m_results.held.add(truth.held());
        }
        const guest& g = s.guests[i];
        m_results.holds_expired += g.alive && g.end.last_verdict() == verdict::expired ? 1U : 0U;
    }
}

void site::judge(session& s) {
    if (!std::exchange(s.monitored, false)) {
        return;
    }
    monitor::rules measures;
    measures.timers = m_timers;
    monitor::all_monitors judges{measures};
    for (const auto& one : s.records) {
        judges.observe(one);
    }
    judges.finish(clock());
    for (const auto& one : judges.violations()) {
        violate(s, fmt::format("SP 18.{}: {}", one.property, one.sentence));
    }
    if (judges.overflowed()) {
        violate(s, "a monitor has overflowed");
    }
    s.records.clear();
    ++m_results.monitored;
}

void site::violate(const session& s, std::string_view what) {
    m_results.violate(fmt::format(
        "group {}, attempt {}, at {:.3f} s: {}", m_first_group + s.group,
        m_groups[s.group].attempts,
        static_cast<double>(m_events.now()) / static_cast<double>(kernel::second), what));
}

} // namespace snapproto::fleet
