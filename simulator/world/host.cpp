// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/host.hpp"

#include <utility>

namespace snapproto::world {
namespace {

constexpr ticks take_over_after = kernel::second;

} // namespace

host::host(environment& world, std::vector<hosted_guest> guests, provider& copies,
           const host_options& options)
    : m_world(world),
      m_options(options),
      m_self(world.add(*this)),
      m_guests(std::move(guests)),
      m_copies(copies) {
    for (std::size_t i = 0; i < m_guests.size(); ++i) {
        m_ends.emplace_back(*this, i);
    }
}

// ---- life ---------------------------------------------------------------------------------------

void host::open() {
    begin_life();
    m_world.after(milliseconds(m_options.start_ms), {m_self, start, 0});
}

void host::die() {
    if (alive()) {
        end_life();
        m_world.tell("host", "dies", "the host dies");
    }
}

void host::restart() {
    if (!alive()) {
        m_world.tell("host", "restarts", "the host is there again");
        begin_life();
        for (std::size_t i = 0; i < m_guests.size(); ++i) {
            if (m_guests[i].line->connected()) {
                channel_up(i);
            }
        }
    }
}

void host::fail_over() {
    die();
    restart();
    m_world.after(take_over_after, {m_self, take_over, 0});
}

// ---- snapshots ----------------------------------------------------------------------------------

void host::on_start() {
    if (m_options.repeat_ms != 0) {
        m_world.after(milliseconds(m_options.repeat_ms), {m_self, start, 0});
    }
    begin_attempt();
}

void host::begin_attempt() {
    if (!can_begin()) {
        return;
    }
    m_world.tell("host", "starts", "wants a snapshot, " + m_options.wanted + "-consistent");
    for (const auto& one : m_guests) {
        attempt made;
        made.guest = one.number;
        made.started = m_world.now();
        made.wanted = wanted();
        m_attempts.push_back(std::move(made));
    }
    begin_snapshot(m_attempts.size() / m_guests.size() - 1);
}

consistency host::wanted() const noexcept {
    return from_string<consistency>(m_options.wanted).value_or(consistency::filesystem);
}

void host::begin_cut(std::uint64_t number) {
    m_copies.begin(number, {m_self, cut_ended, number}, {m_self, copy_ready, number});
}

void host::end_attempt(snapshot_number which, session_outcome outcome, consistency label,
                       std::string reason, std::optional<std::uint64_t> kept) {
    std::string text{"reports "};
    text.append(to_string(outcome)).append(", label ").append(to_string(label));
    if (!reason.empty()) {
        text.append(": ").append(reason);
    }
    for (std::size_t i = 0; i < m_guests.size(); ++i) {
        attempt& one = m_attempts[which * m_guests.size() + i];
        one.ended = m_world.now();
        one.outcome = outcome;
        one.label = label;
        one.reason = reason;
        one.cut = kept;
    }
    m_world.tell("host", "reports", std::move(text));
}

std::vector<attempt> host::attempts() const {
    auto told = m_attempts;
    for (std::size_t i = 0; i < told.size(); ++i) {
        if (told[i].cut && m_copies.succeeded(*told[i].cut)) {
            told[i].kept = m_copies.content(*told[i].cut, i % m_guests.size());
        }
    }
    return told;
}

void host::handle(const event& what) {
    switch (what.what) {
    case start:
        on_start();
        break;
    case take_over:
        begin_attempt();
        break;
    case cut_ended:
        on_cut(what.number, m_copies.succeeded(what.number));
        break;
    case copy_ready:
        on_copy_ready(what.number);
        break;
    default:
        on_event(what);
        break;
    }
}

} // namespace snapproto::world
