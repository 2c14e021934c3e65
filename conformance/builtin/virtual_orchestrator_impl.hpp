// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_ORCHESTRATOR_IMPL_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_ORCHESTRATOR_IMPL_HPP

#include "conformance/builtin/virtual_orchestrator.hpp"

namespace snapproto::conformance::builtin {

/// How long it waits before it connects again.
inline constexpr duration reconnect_after = std::chrono::seconds{1};
/// How long it goes on with a guest that may be frozen when the outcome is known.
inline constexpr duration settle_bound = std::chrono::seconds{120};

// ---- the snapshot -------------------------------------------------------------------------------

template <class Endpoint>
void virtual_orchestrator<Endpoint>::begin(orchestrator_events& to, std::size_t guests,
                                           const cut_plan& cut) {
    stop();
    m_token = std::make_shared<int>(0);
    m_events = &to;
    m_cut = cut;
    m_open.assign(guests, std::nullopt);
    m_started = false;
    memory = {};
    text.clear();
    last_cut.reset();
    forget(guests);
    m_orchestrator.emplace(make(guests));
    for (std::size_t i = 0; i < guests; ++i) {
        connect(i);
    }
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::stop() {
    m_token.reset();
    m_events = nullptr;
    m_orchestrator.reset();
    m_end.reset();
}

template <class Endpoint>
std::optional<snapshot_end> virtual_orchestrator<Endpoint>::ended() {
    if (!m_end || (may_be_frozen() && now() < m_settle_until)) {
        return std::nullopt;
    }
    snapshot_end end = *m_end;
    if (may_be_frozen()) {
        end.claim = claim_made::failure;
        end.output = m_settings.tells_of_frozen_guests ? "a guest may still be frozen\n" : "";
    }
    return end;
}

/// Of a dialect in which the end of a channel thaws, nothing has to be seen to afterwards.
template <class Endpoint>
bool virtual_orchestrator<Endpoint>::may_be_frozen() const {
    if constexpr (requires(const Endpoint& of) { of.possibly_frozen(agent_index{}); }) {
        for (std::size_t i = 0; m_orchestrator && i < m_open.size(); ++i) {
            if (m_orchestrator->possibly_frozen(static_cast<agent_index>(i))) {
                return true;
            }
        }
    }
    return false;
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::start_when_ready() {
    const auto phase = m_orchestrator->phase();
    const bool alone =
        std::none_of(m_open.begin(), m_open.end(), [](const auto& one) { return one.has_value(); });
    if (m_started || (phase != orchestrator_phase::idle && !alone)) {
        return;
    }
    m_started = true;
    if (const auto begun = m_orchestrator->start(wanted(), library_now()); !begun) {
        report(claim_made::failure, "it refuses to begin");
    }
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::conclude(const endpoint::snapshot_outcome& outcome) {
    claim_made claim = claim_made::failure;
    if (outcome.copy == copy_result::kept) {
        claim =
            outcome.outcome == session_outcome::success && outcome.label >= consistency::filesystem
                ? claim_made::consistent
                : claim_made::degraded;
    }
    judge(claim);
    report(claim, fmt::format("outcome {}, label {}{}{}", to_string(outcome.outcome),
                              to_string(outcome.label), outcome.reason.empty() ? "" : ": ",
                              outcome.reason));
    m_settle_until = now() + settle_bound;
}

// ---- connections --------------------------------------------------------------------------------

template <class Endpoint>
void virtual_orchestrator<Endpoint>::connect(std::size_t guest) {
    forget_guest(guest);
    m_open[guest] = connection{guest, ++m_connections};
    m_events->connected(*m_open[guest]);
    m_orchestrator->channel_up(static_cast<agent_index>(guest), library_now());
    drain();
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::lose(std::size_t guest) {
    m_open[guest].reset();
    if (m_settings.reconnects && (!m_end || may_be_frozen())) {
        schedule(reconnect_after, [this, guest] {
            if (!m_open[guest] && (!m_end || may_be_frozen())) {
                connect(guest);
            }
        });
    }
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::close(connection on) {
    if (!m_events || m_open.at(on.guest) != on) {
        return;
    }
    schedule(wire_delay, [this, on] {
        if (m_open[on.guest] == on) {
            lose(on.guest);
            m_orchestrator->channel_lost(static_cast<agent_index>(on.guest), library_now());
            drain();
        }
    });
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::send(connection on, std::string_view bytes) {
    if (!m_events || m_open.at(on.guest) != on) {
        return;
    }
    schedule(wire_delay, [this, on, bytes = std::string(bytes)] {
        if (m_open[on.guest] == on) {
            arrive(on.guest, bytes);
        }
    });
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::send(std::size_t guest, std::string_view bytes) {
    schedule(wire_delay, [this, guest, bytes = std::string(bytes)] {
        if (m_open[guest]) {
            m_happened = true;
            m_events->received(*m_open[guest], bytes);
        }
    });
}

// ---- what the endpoint wants --------------------------------------------------------------------

template <class Endpoint>
void virtual_orchestrator<Endpoint>::drain() {
    m_happened = true;
    for (;;) {
        const auto next = m_orchestrator->poll();
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            const bool began = !m_started;
            start_when_ready();
            if (began && m_started) {
                continue;
            }
            wake_up_at(until->at);
            return;
        }
        perform(next);
    }
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::wake_up_at(snapproto::instant when) {
    m_clock.cancel(m_wake_up);
    if (when == never || !m_settings.looks_at_the_clock) {
        return;
    }
    m_wake_up =
        m_clock.at(instant{when.time_since_epoch()}, [this, token = std::weak_ptr<int>(m_token)] {
            if (!token.expired()) {
                m_orchestrator->handle_timeout(library_now());
                drain();
            }
        });
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::perform(
    const decltype(std::declval<Endpoint&>().poll())& what) {
    std::visit(
        [this](const auto& one) {
            using type = std::remove_cvref_t<decltype(one)>;
            if constexpr (requires { one.bytes; }) {
                transmit(one.agent, one.bytes);
            } else if constexpr (std::is_same_v<type, endpoint::provide>) {
                if (one.what == endpoint::provider_operation::cut) {
                    cut(one.txn);
                }
            } else if constexpr (std::is_same_v<type, endpoint::close_agent>) {
                close_channel(one.agent);
            } else if constexpr (std::is_same_v<type, endpoint::snapshot_outcome>) {
                conclude(one);
            }
        },
        what);
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::close_channel(std::size_t guest) {
    if (const auto open = m_open[guest]) {
        if (may_close(guest)) {
            m_events->disconnected(*open);
        }
        lose(guest);
    }
}

template <class Endpoint>
void virtual_orchestrator<Endpoint>::cut(txn_id txn) {
    const auto finish = [this, txn](bool ok) {
        m_orchestrator->cut_finished(txn, ok, library_now());
        drain();
    };
    if (const auto span = put_off()) {
        schedule(*span, [this] { show_cut(cut_sign::begun); });
        schedule(*span + m_cut.takes, [this] { show_cut(cut_sign::done); });
        schedule(wire_delay, [finish] { finish(true); });
        return;
    }
    show_cut(cut_sign::begun);
    if (m_cut.ends == cut_plan::end::never) {
        return;
    }
    schedule(m_cut.takes, [this, finish, ok = m_cut.ends == cut_plan::end::succeeds] {
        last_cut = ok ? cut_sign::done : cut_sign::failed;
        show_cut(*last_cut);
        finish(ok);
    });
}

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_ORCHESTRATOR_IMPL_HPP
