// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_IMPL_QGA_JUDGE_HPP
#define SNAPPROTO_FUZZ_IMPL_QGA_JUDGE_HPP

// What happens, and time.

#include <snapproto/fuzz/qga_judge.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace snapproto::fuzz {

namespace detail {

/// No agent thaws by itself before.
inline constexpr duration hold_least = std::chrono::seconds{5};
/// What a hold may exceed its limit by.
inline constexpr duration hold_tolerance = std::chrono::seconds{1};

/// SP 28.1, 28.6, 28.7. While thawed no clause gives a time; that of a freeze is generous.
[[nodiscard]] inline duration bound_of(const expectation& of, qga_state state) {
    const bool long_one = of.verb == qga::verb::thaw || of.verb == qga::verb::freeze ||
                          of.verb == qga::verb::freeze_list;
    const bool short_one = !long_one && state == qga_state::frozen;
    return std::chrono::seconds{short_one ? 1 : 30};
}

} // namespace detail

inline void qga_judge::said(std::size_t client, std::string_view bytes, instant now) {
    client_state& from = m_clients[client];
    const std::size_t before = from.owed.size();
    m_message_most = std::max(m_message_most, pending_bytes() + bytes.size());
    from.reader.read(bytes, now, from.owed);
    instant latest = now;
    for (const auto& each : m_clients) {
        for (const expectation& one : each.owed) {
            latest = std::max(latest, one.due);
        }
    }
    for (std::size_t i = before; i < from.owed.size(); ++i) {
        expectation& one = from.owed[i];
        from.noisy = from.noisy || detail::is_noise(one) || one.either;
        one.due = latest = std::max(latest, now + detail::bound_of(one, state(now)));
        if (detail::changes_state(one)) {
            note_request(one, now);
        }
        if (one.what == expectation::kind::malformed) {
            m_covered.count(static_cast<std::size_t>(state(now)), coverage::malformed, 0);
        } else if (one.what == expectation::kind::cut) {
            m_covered.count(static_cast<std::size_t>(state(now)), coverage::cut, 0);
        }
    }
    m_bytes_said += bytes.size();
    m_always_sure = m_always_sure &&
                    std::count_if(from.owed.begin(), from.owed.end(), detail::changes_state) <= 1;
    m_idle_from.reset();
}

inline void qga_judge::heard(std::size_t client, std::string_view bytes, instant now) {
    client_state& from = m_clients[client];
    m_client_left = m_client_left && bytes.empty();
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        from.line += bytes.substr(0, end + 1);
        bytes.remove_prefix(end + 1);
        on_line(client, std::exchange(from.line, {}), now);
    }
    from.line += bytes;
}

/// Something was done or not: what it changes is not known any more.
inline void qga_judge::blur(const expectation& of) {
    if (detail::changes_state(of)) {
        m_state = qga_state::unsure;
        m_said_frozen.reset();
        m_calls_allowed = true;
        m_call_due.reset();
    }
}

inline void qga_judge::acted(action deed, std::uint8_t value, instant now) {
    m_covered.count(static_cast<std::size_t>(state(now)),
                    coverage::deed + static_cast<std::size_t>(deed), value);
    m_idle_from.reset();
    const auto forget = [&](client_state& whose) {
        if (std::any_of(whose.owed.begin(), whose.owed.end(), detail::changes_state)) {
            m_state = qga_state::unsure;
            m_said_frozen.reset();
        }
        whose = {};
    };
    switch (deed) {
    case action::leave:
        m_client_left = true;
        forget(m_clients[value % clients_max]);
        break;
    case action::terminate:
        m_told_to_end = now;
        m_told_when_thawed = state(now) == qga_state::thawed && !owes();
        std::for_each(m_clients.begin(), m_clients.end(), forget);
        if (!m_told_when_thawed) {
            m_state = qga_state::unsure;
        }
        break;
    case action::restart:
        std::for_each(m_clients.begin(), m_clients.end(), forget);
        m_told_to_end.reset();
        m_memory_before.reset();
        m_frozen_by = now; // an agent that takes over what is frozen may hold it as long anew
        break;
    case action::hook:
        m_hook = value & hook_bits_all;
        break;
    case action::release:
        m_released = m_state != qga_state::thawed;
        m_held.erase(value);
        if (m_held.empty()) {
            m_state = m_state == qga_state::thawed ? m_state : qga_state::unsure;
        }
        break;
    }
}

inline void qga_judge::settled(instant now) {
    for (client_state& each : m_clients) {
        for (const expectation& one : each.owed) {
            if (!detail::is_owed(one)) {
                continue;
            }
            if ((one.id.empty() || one.either) && each.plain_errors != 0 &&
                one.what != expectation::kind::malformed) {
                --each.plain_errors;
                blur(one);
                continue;
            }
            const bool freezes =
                one.verb == qga::verb::freeze || one.verb == qga::verb::freeze_list;
            complain(one.what == expectation::kind::malformed ? clause{20, 7}
                     : freezes                                ? clause{28, 6}
                     : one.verb == qga::verb::thaw            ? clause{28, 7}
                                                              : clause{21, 14},
                     now,
                     one.what == expectation::kind::malformed
                         ? "bytes that are no request are answered by nothing"
                         : "no reply to '" + one.name + "' in time");
        }
        if (!each.line.empty()) {
            complain({20, 5}, now, "a reply without a line feed: " + each.line.substr(0, 200));
        }
        if (std::any_of(each.owed.begin(), each.owed.end(), detail::changes_state)) {
            m_state = qga_state::unsure; // swallowed, or still in work
        }
        std::erase_if(each.owed, [](const expectation& one) {
            return one.what != expectation::kind::malformed || one.answered;
        });
        each.line.clear();
        each.noisy = false;
        each.plain_errors = 0;
    }
}

inline bool qga_judge::owes(std::size_t client) const noexcept {
    const auto& owed = m_clients[client].owed;
    return std::any_of(owed.begin(), owed.end(), detail::is_owed);
}

inline bool qga_judge::owes() const noexcept {
    for (std::size_t i = 0; i < clients_max; ++i) {
        if (owes(i)) {
            return true;
        }
    }
    return false;
}

inline bool qga_judge::owes_for_sure() const noexcept {
    return std::any_of(m_clients.begin(), m_clients.end(), [](const client_state& each) {
        std::size_t perhaps = 0; // of what settled() has plain errors for
        bool sure = false;
        for (const expectation& one : each.owed) {
            const bool plain =
                (one.id.empty() || one.either) && one.what != expectation::kind::malformed;
            perhaps += detail::is_owed(one) && plain ? 1U : 0U;
            sure = sure || (detail::is_owed(one) && !plain);
        }
        return sure || perhaps > each.plain_errors;
    });
}

inline bool qga_judge::noisy() const noexcept {
    return std::any_of(m_clients.begin(), m_clients.end(),
                       [](const client_state& each) { return each.noisy; });
}

inline bool qga_judge::in_work() const noexcept {
    return std::any_of(m_clients.begin(), m_clients.end(), [](const client_state& each) {
        return std::any_of(each.owed.begin(), each.owed.end(), [](const expectation& one) {
            return !detail::is_noise(one) || detail::is_owed(one);
        });
    });
}

inline bool qga_judge::may_hear_more() const noexcept {
    return in_work() || std::any_of(m_clients.begin(), m_clients.end(),
                                    [](const client_state& each) { return each.reader.adrift(); });
}

inline std::size_t qga_judge::pending_bytes() const noexcept {
    std::size_t sum = 0;
    for (const client_state& each : m_clients) {
        sum += each.reader.pending_bytes();
    }
    return sum;
}

inline instant qga_judge::due() const noexcept {
    instant latest{};
    for (const auto& each : m_clients) {
        for (const expectation& one : each.owed) {
            latest = detail::is_owed(one) ? std::max(latest, one.due) : latest;
        }
    }
    return latest;
}

inline qga_state qga_judge::state(instant now) const noexcept {
    if (m_state != qga_state::frozen || now < m_frozen_from + detail::hold_least) {
        return m_state;
    }
    if (m_world.hold_limit && now > m_frozen_by + *m_world.hold_limit + detail::hold_tolerance) {
        return qga_state::thawed;
    }
    return qga_state::unsure;
}

inline void qga_judge::become(qga_state what, instant since, instant now) {
    m_state = what;
    m_released = false;
    m_digests.clear();
    if (what == qga_state::thawed) {
        m_count.reset();
        m_held.clear();
        m_held_known = false;
    } else {
        m_frozen_from = since;
        m_frozen_by = now;
    }
}

inline trace::record& qga_judge::note(trace::record_kind what, instant now) {
    trace::record made;
    made.at = now;
    made.who = trace::role::agent;
    made.what = what;
    made.agent = 0;
    made.txn = {m_txn};
    m_recording.push_back(std::move(made));
    return m_recording.back();
}

inline void qga_judge::note_request(expectation& of, instant now) {
    const bool freezes = of.verb != qga::verb::thaw;
    if (freezes && state(now) != qga_state::frozen) {
        ++m_txn;
    }
    of.txn = m_txn;
    note(trace::record_kind::received, now).message =
        freezes ? message_kind::freeze : message_kind::thaw;
}

inline void qga_judge::note_reply(const expectation& of, const qga::reply_view& reply,
                                  instant now) {
    trace::record& made = note(trace::record_kind::sent, now);
    made.txn = {of.txn};
    const bool freezes = of.verb != qga::verb::thaw;
    if (reply.kind == qga::reply_kind::refused) {
        const bool bad_state = reply.error == qga::reply_error::command_not_found || of.either;
        made.message = bad_state ? message_kind::nak : message_kind::error;
        made.refusal = bad_state ? std::optional{nak_code::bad_state} : std::nullopt;
        made.outcome = bad_state ? std::nullopt : std::optional{verdict::veto};
    } else {
        made.message = freezes ? message_kind::frozen : message_kind::thawed;
        made.outcome = freezes ? std::nullopt : std::optional{verdict::clean};
        made.count = static_cast<std::uint32_t>(reply.integer().value_or(0));
    }
}

inline void qga_judge::witness(const observation& seen, instant now) {
    std::uint64_t txn = m_txn; // of what is in work
    for (const client_state& each : m_clients) {
        const auto first = std::find_if(each.owed.begin(), each.owed.end(), detail::changes_state);
        txn = first != each.owed.end() ? first->txn : txn;
    }
    for (std::size_t i = 0; i < std::min(seen.mounts.size(), m_world.mounts.size()); ++i) {
        const bool before = i < m_witnessed.size() && m_witnessed[i];
        const bool frozen = seen.mounts[i].frozen;
        for (const auto what :
             {frozen ? trace::record_kind::hold_begin : trace::record_kind::release_begin,
              frozen ? trace::record_kind::held : trace::record_kind::released}) {
            if (before != frozen) {
                trace::record& made = note(what, now);
                made.txn = {txn};
                made.who = trace::role::participant;
                made.participant = participant_kind::filesystem;
                made.item = static_cast<participant_index>(i);
            }
        }
        m_witnessed.resize(std::max(m_witnessed.size(), i + 1));
        m_witnessed[i] = frozen;
    }
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_IMPL_QGA_JUDGE_HPP
