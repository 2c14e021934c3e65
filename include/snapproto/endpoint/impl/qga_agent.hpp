// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_QGA_AGENT_HPP
#define SNAPPROTO_ENDPOINT_IMPL_QGA_AGENT_HPP

#include <snapproto/dialect/qga/describe.hpp>
#include <snapproto/endpoint/qga_agent.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::endpoint {

namespace detail {

/// What this agent serves.
inline constexpr std::array qga_served{
    qga::verb::ping,          qga::verb::sync,   qga::verb::sync_delimited, qga::verb::info,
    qga::verb::freeze_status, qga::verb::freeze, qga::verb::freeze_list,    qga::verb::thaw};

[[nodiscard]] inline agent_options abstract_options(const qga_agent_options& from) {
    agent_options made;
    made.capabilities = capability::implicit_prepare | capability::hold_limit;
    made.timers = from.timers;
    made.limits = from.limits;
    return made;
}

/// Why a freeze failed, for people.
[[nodiscard]] constexpr std::string_view reason(verdict why) noexcept {
    switch (why) {
    case verdict::veto:
        return "a participant refused to be frozen; nothing is frozen";
    case verdict::early:
        return "a participant let go while the others were being frozen; nothing is frozen";
    case verdict::expired:
        return "freezing took longer than its limit; nothing is frozen";
    case verdict::stopped:
        return "the agent was told to end; nothing is frozen";
    case verdict::clone:
        return "the virtual machine was restored or cloned; nothing is frozen";
    case verdict::stuck:
        return "a filesystem refuses to be thawed; the agent goes on trying";
    default:
        return "the freeze was undone; nothing is frozen";
    }
}

} // namespace detail

inline qga_agent::qga_agent(qga_agent_options options)
    : m_options(std::move(options)), m_agent(detail::abstract_options(m_options)) {
    // What the caller does can be refused while frozen; what a snapshot needs it cannot do.
    std::erase_if(m_options.further, [](qga::verb verb) {
        return verb == qga::verb::unknown ||
               std::find(detail::qga_served.begin(), detail::qga_served.end(), verb) !=
                   detail::qga_served.end();
    });
}

// ---- clients ------------------------------------------------------------------------------------

inline qga_agent::connection* qga_agent::find(client_id id) noexcept {
    const auto at = std::find_if(m_clients.begin(), m_clients.end(),
                                 [id](const connection& c) { return c.id == id; });
    return at == m_clients.end() ? nullptr : &*at;
}

inline bool qga_agent::client_connected(client_id id) {
    if (m_clients.size() >= m_options.clients_max || find(id) != nullptr) {
        return false;
    }
    m_clients.push_back({id, qga::request_decoder{m_options.wire}});
    return true;
}

inline void qga_agent::client_gone(client_id id) {
    std::erase_if(m_clients, [id](const auto& c) { return c.id == id; });
}

inline bool qga_agent::waits(client_id id) const noexcept {
    return (m_freeze && m_freeze->asked_by == id) || (m_thaw && m_thaw->asked_by == id) ||
           std::any_of(m_commands.begin(), m_commands.end(),
                       [id](const outstanding& one) { return one.asked_by == id; });
}

inline std::size_t qga_agent::receive(client_id id, byte_view bytes, instant now) {
    begin_input();
    auto* const from = find(id);
    SNAPPROTO_ASSERT(from != nullptr);
    if (from == nullptr) {
        return bytes.size();
    }
    std::size_t taken = 0;
    while (!waits(id)) {
        if (const auto decoded = from->decoder.next(); decoded.has_value()) {
            serve(*from, *decoded, now);
        } else if (decoded.has_failure()) {
            refuse(*from, from->decoder.rejected());
        } else if (taken == bytes.size()) {
            break;
        } else {
            taken += from->decoder.feed(bytes.subspan(taken));
        }
    }
    return taken;
}

// ---- requests -----------------------------------------------------------------------------------

inline bool qga_agent::blocked(qga::verb verb) const noexcept {
    return std::find(m_options.blocked.begin(), m_options.blocked.end(), verb) !=
           m_options.blocked.end();
}

inline bool qga_agent::is_served(qga::verb verb) const noexcept {
    const auto in = [verb](const auto& list) {
        return std::find(list.begin(), list.end(), verb) != list.end();
    };
    return in(detail::qga_served) || in(m_options.further);
}

inline bool qga_agent::enabled(qga::verb verb) const noexcept {
    const bool freezes = verb == qga::verb::freeze || verb == qga::verb::freeze_list;
    if (blocked(verb) || (freezes && blocked(qga::verb::thaw))) {
        return false;
    }
    return qga::shape(verb).while_frozen || status() == qga::freeze_state::thawed;
}

inline void qga_agent::refuse(connection& from, const qga::rejection& rejected) {
    // Whether a command exists and is enabled comes before the shape of its arguments.
    if (rejected.kind == qga::rejection::subject_kind::argument &&
        (!is_served(rejected.verb) || !enabled(rejected.verb))) {
        qga::request request;
        request.verb = rejected.verb;
        request.name = rejected.name;
        request.id = rejected.id;
        serve(from, request, {});
        return;
    }
    const auto words = qga::describe(rejected);
    reply(from.id, {qga::error_reply{qga::reply_error::generic, words.text()}, rejected.id});
}

inline void qga_agent::serve(connection& from, const qga::request& request, instant now) {
    using qga::verb;
    const auto refuse = [&](std::string_view why) {
        std::string desc{"the command "};
        desc.append(request.name.substr(0, 64)).append(why);
        reply(from.id, {qga::error_reply{qga::reply_error::command_not_found, desc}, request.id});
    };
    if (!is_served(request.verb)) {
        return refuse(" does not exist");
    }
    if (!enabled(request.verb)) {
        return refuse(status() == qga::freeze_state::frozen && !blocked(request.verb)
                          ? " is disabled while filesystems are frozen"
                          : " is disabled");
    }
    switch (request.verb) {
    case verb::sync:
    case verb::sync_delimited:
        reply(from.id, {request.sync_id, request.id, request.verb == verb::sync_delimited});
        break;
    case verb::info:
        tell_commands(from.id, request.id);
        break;
    case verb::freeze_status:
        reply(from.id, {status(), request.id});
        break;
    case verb::freeze:
    case verb::freeze_list:
        freeze(from, request, now);
        break;
    case verb::thaw:
        thaw(from, request, now);
        break;
    case verb::ping:
        reply(from.id, {qga::nothing{}, request.id});
        break;
    default:
        m_commands.push_back({from.id, std::string{request.id.text}});
        m_outputs.push_back(run_command{from.id, request.verb, request.time_ns});
        break;
    }
}

inline void qga_agent::tell_commands(client_id to, codec::raw_json id) {
    m_told.clear();
    const auto tell = [&](const auto& verbs) {
        for (const auto verb : verbs) {
            m_told.push_back({qga::to_string(verb), enabled(verb), true});
        }
    };
    tell(detail::qga_served);
    tell(m_options.further);
    reply(to, {qga::agent_info{m_options.version, m_told}, id});
}

inline void qga_agent::open_session(instant now) {
    if (m_agent.phase() != agent_phase::off) {
        return;
    }
    hello opening;
    opening.header.session = {++m_session};
    opening.versions = {{1, 0}};
    opening.wanted = capability::implicit_prepare | capability::hold_limit;
    m_agent.handle(opening, now);
    collect(now);
}

inline void qga_agent::freeze(connection& from, const qga::request& request, instant now) {
    if (m_freeze || m_thaw) {
        return reply(from.id, {qga::error_reply{qga::reply_error::generic,
                                                "another freeze or thaw is still in work"},
                               request.id});
    }
    open_session(now);
    m_why.clear();
    m_nothing_frozen = false;
    m_freeze = outstanding{from.id, std::string{request.id.text}};
    freeze_request asked;
    asked.header = {.session = {m_session}, .txn = {++m_txn}};
    if (request.mountpoints) {
        asked.scope.mounts.emplace(request.mountpoints->begin(), request.mountpoints->end());
    }
    m_agent.handle(asked, now);
    collect(now);
}

inline void qga_agent::thaw(connection& from, const qga::request& request, instant now) {
    if (m_thaw) {
        return reply(from.id,
                     {qga::error_reply{qga::reply_error::generic, "another thaw is still in work"},
                      request.id});
    }
    // What this thaw finds depends on a limit that has passed, noticed or not (SP 15.4).
    m_agent.notice_overdue(now);
    collect(now);
    const agent_phase phase = m_agent.phase();
    if (phase == agent_phase::off || phase == agent_phase::idle) {
        // Nothing is held: nothing to release, and no hook to run (SP 25.3, 26.14).
        return reply(from.id, {std::int64_t{0}, request.id});
    }
    m_thaw = outstanding{from.id, std::string{request.id.text}};
    // What an undo of the agent's own has released, or is releasing, is not this call's: counted,
    // it would hide from the client that the hold ended before it asked (SP 25.1, 25.4).
    m_thawed_before = m_agent.released_filesystems() + m_agent.releases_in_work();
    const auto& known = m_agent.machine().data();
    thaw_request asked;
    asked.header = {.session = known.session, .txn = known.txn};
    m_agent.handle(asked, now);
    collect(now);
}

// ---- from the session to replies
// ------------------------------------------------------------------

inline void qga_agent::collect(instant now) {
    for (;;) {
        agent_output next = m_agent.poll();
        if (std::holds_alternative<deadline>(next)) {
            break;
        }
        if (const auto* message = std::get_if<transmit>(&next)) {
            conclude(message->message, now);
            continue;
        }
        if (std::holds_alternative<close_channel>(next)) {
            // The session ended unasked; no message of it will answer anybody any more.
            settle_error(m_freeze, detail::reason(m_agent.machine().data().last_verdict));
            settle_error(m_thaw, detail::reason(m_agent.machine().data().last_verdict));
        }
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            const auto pass = [&]<std::size_t N>() {
                using type = std::variant_alternative_t<N, agent_output>;
                if constexpr (!std::is_same_v<type, transmit>) {
                    if (auto* held = std::get_if<N>(&next)) {
                        m_outputs.push_back(std::move(*held));
                    }
                }
            };
            (pass.template operator()<I>(), ...);
        }
        (std::make_index_sequence<std::variant_size_v<agent_output>>{});
    }
    // A release that got stuck is answered although it is not over: the dialect has no message
    // for it, and a deaf agent is worse (SP 7.10, 29.18).
    if (m_agent.phase() == agent_phase::stuck) {
        settle_error(m_freeze, detail::reason(verdict::stuck));
        settle_error(m_thaw, detail::reason(verdict::stuck));
    }
}

inline void qga_agent::conclude(const any_message& message, instant now) {
    // What answers no request (a hold limit that passed, say) has no message in QGA.
    if (const auto* frozen = std::get_if<frozen_report>(&message)) {
        if (frozen->held != 0) {
            settle(m_freeze, {std::int64_t{frozen->held}});
            return;
        }
        // Nothing could be held: the hooks are undone before the 0 is told (SP 24.3, 26.7).
        m_nothing_frozen = true;
        thaw_request undo;
        undo.header = {.session = frozen->header.session, .txn = frozen->header.txn};
        m_agent.handle(undo, now);
    } else if (const auto* thawed = std::get_if<thawed_report>(&message)) {
        if (m_nothing_frozen) {
            settle(m_freeze, {std::int64_t{0}});
        } else {
            settle_error(m_freeze, "the freeze was undone by a thaw; nothing is frozen");
        }
        if (m_agent.resume_failed()) {
            settle_error(m_thaw,
                         m_why.empty() ? "the filesystems are thawed, but a hook failed" : m_why);
        } else {
            const auto own =
                thawed->released - std::min<std::uint32_t>(thawed->released, m_thawed_before);
            settle(m_thaw, {std::int64_t{own}});
        }
    } else if (const auto* failed = std::get_if<error_report>(&message)) {
        settle_error(m_freeze, m_why.empty() ? detail::reason(failed->reason) : m_why);
    }
}

inline void qga_agent::settle(std::optional<outstanding>& request, qga::reply what) {
    if (const auto done = std::exchange(request, std::nullopt)) {
        what.id = codec::raw_json{done->id};
        reply(done->asked_by, what);
    }
}

inline void qga_agent::settle_command(client_id client, qga::reply what) {
    const auto at =
        std::find_if(m_commands.begin(), m_commands.end(),
                     [client](const outstanding& one) { return one.asked_by == client; });
    SNAPPROTO_ASSERT(at != m_commands.end());
    if (at != m_commands.end()) {
        const outstanding done = std::move(*at);
        m_commands.erase(at);
        what.id = codec::raw_json{done.id};
        reply(client, what);
    }
}

inline void qga_agent::settle_error(std::optional<outstanding>& request, std::string_view what) {
    settle(request, {qga::error_reply{qga::reply_error::generic, what}});
}

inline void qga_agent::reply(client_id to, const qga::reply& what) {
    if (find(to) == nullptr) {
        return; // the client has gone; its reply reaches nobody else (SP 27.5)
    }
    const std::size_t begin = m_bytes.size();
    qga::encode(m_bytes, what);
    m_chunks.push_back({to, begin, m_bytes.size()});
}

// ---- everything else that comes in
// ----------------------------------------------------------------

inline void qga_agent::begin_input() noexcept {
    SNAPPROTO_ASSERT(m_next_chunk == m_chunks.size() && m_next_output == m_outputs.size());
    m_bytes.clear();
    m_chunks.clear();
    m_outputs.clear();
    m_next_chunk = m_next_output = 0;
}

inline void qga_agent::participants_found(std::span<const participant_summary> found, instant now) {
    begin_input();
    m_agent.participants_found(found, now);
    collect(now);
}

inline void qga_agent::participants_failed(std::string_view why, instant now) {
    begin_input();
    m_why = why;
    m_agent.participants_failed(now);
    collect(now);
}

inline void qga_agent::participant_answered(participant_index participant,
                                            machine::participant_event answer, instant now,
                                            std::string_view why) {
    begin_input();
    if (m_why.empty() && (answer == machine::participant_event::vetoed ||
                          answer == machine::participant_event::release_failed)) {
        m_why = why;
    }
    m_agent.participant_answered(participant, answer, now);
    collect(now);
}

inline void qga_agent::participant_skipped(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_skipped(participant, now);
    collect(now);
}

inline void qga_agent::participant_let_go(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_let_go(participant, now);
    collect(now);
}

inline void qga_agent::command_answered(client_id client, codec::raw_json result) {
    begin_input();
    settle_command(client, {result});
}

inline void qga_agent::command_failed(client_id client, std::string_view why) {
    begin_input();
    settle_command(client, {qga::error_reply{qga::reply_error::generic, why}});
}

inline void qga_agent::handle_timeout(instant now) {
    begin_input();
    m_agent.handle_timeout(now);
    collect(now);
}

inline void qga_agent::stop(instant now) {
    begin_input();
    m_agent.stop(now);
    collect(now);
}

inline void qga_agent::generation_changed(generation_id generation, instant now) {
    begin_input();
    m_agent.generation_changed(generation, now);
    collect(now);
}

inline void qga_agent::adopt(std::span<const participant_summary> held, instant now) {
    begin_input();
    m_agent.adopt({++m_session}, {++m_txn}, capability::implicit_prepare | capability::hold_limit,
                  held, now);
}

// ---- output
// -----------------------------------------------------------------------------------------

inline qga_agent_output qga_agent::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    if (m_next_chunk < m_chunks.size()) {
        const chunk& next = m_chunks[m_next_chunk++];
        return transmit_bytes{next.to,
                              std::string_view{m_bytes}.substr(next.begin, next.end - next.begin)};
    }
    agent_output last = m_agent.poll();
    SNAPPROTO_ASSERT(std::holds_alternative<deadline>(last));
    const auto* at = std::get_if<deadline>(&last);
    return at != nullptr ? *at : deadline{};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_QGA_AGENT_HPP
