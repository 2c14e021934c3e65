// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_VMBACKUP_AGENT_HPP
#define SNAPPROTO_ENDPOINT_IMPL_VMBACKUP_AGENT_HPP

#include <snapproto/endpoint/vmbackup_agent.hpp>

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>

namespace snapproto::endpoint {

namespace detail {

[[nodiscard]] inline agent_options abstract_options(const vmbackup_agent_options& from) {
    agent_options made;
    made.capabilities = capability::explicit_prepare | capability::hold_limit;
    if (from.completes) {
        made.capabilities = made.capabilities | capability::completion;
    }
    made.timers = from.timers;
    made.limits = from.limits;
    return made;
}

} // namespace detail

inline vmbackup_agent::vmbackup_agent(vmbackup_agent_options options)
    : m_options(std::move(options)),
      m_agent(detail::abstract_options(m_options)),
      m_guest(m_options.completes) {}

// ---- the channel --------------------------------------------------------------------------------

inline void vmbackup_agent::channel_opened(instant now) {
    begin_input();
    m_open = true;
    hello opening;
    opening.header.session = {++m_session};
    opening.versions = {{1, 0}};
    opening.wanted = detail::abstract_options(m_options).capabilities;
    m_agent.handle(opening, now);
    follow(now);
}

inline void vmbackup_agent::channel_ended(instant now) {
    begin_input();
    if (std::exchange(m_open, false)) {
        take(machine::guest_event::lost, now);
    }
    follow(now);
}

inline void vmbackup_agent::event_answered(byte_view answer, instant now) {
    const auto got = vmbackup::decode_host_reply(answer);
    if (!got || !got->ok) {
        return event_lost(now);
    }
    begin_input();
    static_cast<void>(undelivered_counts());
    follow(now);
}

inline void vmbackup_agent::event_lost(instant now) {
    begin_input();
    if (undelivered_counts()) {
        take(machine::guest_event::undelivered, now);
    }
    follow(now);
}

// Whether the event that is being answered belongs to the operation that runs.
inline bool vmbackup_agent::undelivered_counts() noexcept {
    if (m_events_answered == m_events_sent) {
        return false;
    }
    return ++m_events_answered > m_events_before;
}

// ---- commands -----------------------------------------------------------------------------------

inline void vmbackup_agent::receive(byte_view command, instant now) {
    begin_input();
    if (!m_open) {
        return;
    }
    m_agent.notice_overdue(now);
    follow(now);
    expire(now);
    const auto got = vmbackup::decode_command(command);
    const auto known = vmbackup::named_command(command);
    if (got) {
        serve(*got, now);
    } else if (got.error().code == error::unexpected_member && known) {
        serve(*known, now); // SP 41.6
    } else if (got.error().code == error::unsupported_version) {
        reply(vmbackup::refuse(vmbackup::refusal::version));
    } else if (known == vmbackup::command::start ||
               known == vmbackup::command::start_with_options) {
        reply(vmbackup::refuse(m_guest.phase() == machine::guest_phase::idle
                                   ? vmbackup::refusal::cannot_begin
                                   : vmbackup::refusal::busy));
    } else {
        reply(vmbackup::refuse(vmbackup::refusal::unknown_command));
    }
    follow(now);
}

inline void vmbackup_agent::serve(const vmbackup::host_command& command, instant now) {
    if (const auto* plain = std::get_if<vmbackup::start_command>(&command)) {
        start({.manifest = plain->manifest.value_or(0) != 0}, now);
    } else if (const auto* with = std::get_if<vmbackup::start_with_options_command>(&command)) {
        if (with->options.vss && !m_options.version_2) {
            reply(vmbackup::refuse(vmbackup::refusal::version)); // SP 42.6
        } else {
            start(with->options, now);
        }
    } else {
        serve(vmbackup::command_of(command), now);
    }
}

inline void vmbackup_agent::serve(vmbackup::command command, instant now) {
    switch (command) {
    case vmbackup::command::snapshot_done:
        return take(machine::guest_event::snapshot_done, now);
    case vmbackup::command::snapshot_completed:
        return take(machine::guest_event::snapshot_completed, now);
    case vmbackup::command::abort:
        return take(machine::guest_event::abort, now);
    case vmbackup::command::reset: {
        const std::string text = "ATR " + m_options.application;
        return reply({true, text});
    }
    default:
        return reply({});
    }
}

inline void vmbackup_agent::start(const vmbackup::start_options& options, instant now) {
    if (m_guest.phase() == machine::guest_phase::idle) {
        m_asked = {};
        m_asked.level =
            options.applications ? quiesce_level::application : quiesce_level::filesystem;
        m_asked.writable_copy = options.writable;
        m_asked.run_hooks = options.scripts;
        m_asked.hook_argument = options.script_argument;
        if (!options.filesystems) {
            m_asked.scope.mounts.emplace();
        }
        m_manifest = options.manifest;
        m_limit = options.timeout_s != 0 ? std::chrono::seconds{options.timeout_s}
                                         : m_options.operation_limit;
        m_events_before = m_events_sent;
        m_spoiled = false;
    }
    take(machine::guest_event::start, now);
}

// ---- the machine --------------------------------------------------------------------------------

inline void vmbackup_agent::take(machine::guest_event event, instant now) {
    machine::guest_outbox out;
    const auto taken = m_guest.process(event, out);
    if (!taken) {
        return answer(taken.refusal);
    }
    for (const machine::guest_effect effect : out) {
        perform(effect, now);
    }
}

inline void vmbackup_agent::answer(machine::guest_refusal refusal) {
    using enum vmbackup::refusal;
    switch (refusal) {
    case machine::guest_refusal::ignore:
        return;
    case machine::guest_refusal::answer_ok:
        return reply({});
    case machine::guest_refusal::busy:
        return reply(vmbackup::refuse(busy));
    case machine::guest_refusal::idle:
        return reply(vmbackup::refuse(idle));
    case machine::guest_refusal::not_frozen:
        return reply(vmbackup::refuse(not_frozen));
    case machine::guest_refusal::nothing_awaited: {
        const bool other_state =
            m_options.completes && m_guest.phase() != machine::guest_phase::idle;
        return reply(vmbackup::refuse(other_state ? not_completing : nothing_to_complete));
    }
    }
}

inline void vmbackup_agent::perform(machine::guest_effect effect, instant now) {
    using enum vmbackup::event_code;
    switch (effect) {
    case machine::guest_effect::answer_ok:
        return reply({});
    case machine::guest_effect::say_reset:
        return say(vmbackup::event::reset, success, {}, now);
    case machine::guest_effect::say_keep_alive:
        return say(vmbackup::event::keep_alive, success, {}, now);
    case machine::guest_effect::say_commit:
        return say(vmbackup::event::commit, success, {}, now);
    case machine::guest_effect::say_manifest:
        if (m_manifest && !m_options.manifest_path.empty()) {
            say(vmbackup::event::generic_manifest, success, m_options.manifest_path, now);
        }
        return;
    case machine::guest_effect::say_error:
        return say_error(now);
    case machine::guest_effect::say_aborted:
        return say(vmbackup::event::aborted, remote_abort, "The operation is given up.", now);
    case machine::guest_effect::say_expired:
        return say(vmbackup::event::aborted, unexpected_error,
                   "The limit of the operation has passed.", now);
    case machine::guest_effect::say_done:
        m_limit_at = never;
        say(vmbackup::event::done, success, {}, now);
        m_keep_alive_at = never;
        return;
    case machine::guest_effect::hold:
        m_limit_at = saturating_add(now, m_limit);
        ++m_txn;
        m_asked.header = header();
        return m_agent.handle(m_asked, now);
    case machine::guest_effect::release:
        return m_agent.handle(thaw_request{header(), cut_outcome::ok}, now);
    case machine::guest_effect::complete:
        return m_agent.handle(complete_request{header(), copy_result::kept}, now);
    case machine::guest_effect::undo:
        // What is stuck is tried again at its own pace, and what is over needs no undo.
        if (m_agent.phase() != agent_phase::stuck && !is_over()) {
            m_agent.handle(abort_request{header(), {}}, now);
        }
        return;
    case machine::guest_effect::end_session:
        return m_agent.handle_channel_lost(now);
    case machine::guest_effect::end_agent:
        return m_agent.stop(now);
    }
}

inline void vmbackup_agent::say_error(instant now) {
    const auto& data = m_agent.machine().data();
    const verdict why = is_over() ? data.last_verdict : data.why;
    const bool of_hooks =
        why == verdict::veto && m_guest.phase() == machine::guest_phase::unwinding;
    std::string text = "Nothing was held.";
    if (why != verdict::clean) {
        text = "A participant has failed: ";
        text += to_string(why);
    }
    say(vmbackup::event::error,
        of_hooks ? vmbackup::event_code::script_error : vmbackup::event_code::sync_error, text,
        now);
}

inline void vmbackup_agent::reply(const vmbackup::guest_reply& with) {
    if (m_open) {
        send_reply made;
        codec::container_sink sink{made.bytes};
        vmbackup::encode(sink, with);
        m_outputs.emplace_back(std::move(made));
    }
}

inline void vmbackup_agent::say(vmbackup::event event, vmbackup::event_code code,
                                std::string_view text, instant now) {
    send_event made;
    codec::container_sink sink{made.bytes};
    vmbackup::encode(sink, vmbackup::event_report{event, code, text});
    m_outputs.emplace_back(std::move(made));
    ++m_events_sent;
    m_keep_alive_at = saturating_add(now, m_options.keep_alive);
}

// ---- from the agent to the machine --------------------------------------------------------------

inline void vmbackup_agent::collect(instant now) {
    for (;;) {
        agent_output next = m_agent.poll();
        if (std::holds_alternative<deadline>(next)) {
            return;
        }
        std::visit(
            [&](auto& what) {
                using type = std::remove_cvref_t<decltype(what)>;
                if constexpr (std::is_same_v<type, transmit>) {
                    note(what.message, now);
                } else if constexpr (std::is_same_v<type, exit_process>) {
                    m_exit_due = true;
                } else if constexpr (!std::is_same_v<type, deadline> &&
                                     !std::is_same_v<type, close_channel>) {
                    m_outputs.emplace_back(std::move(what));
                }
            },
            next);
    }
}

inline void vmbackup_agent::note(const any_message& message, instant now) {
    if (std::holds_alternative<prepared_report>(message)) {
        m_agent.handle(freeze_request{header(), std::nullopt, {}}, now);
    } else if (const auto* frozen = std::get_if<frozen_report>(&message)) {
        // SP 46.2, unless none were asked for.
        m_spoiled = frozen->held == 0 && !m_asked.scope.mounts;
    } else if (const auto* thawed = std::get_if<thawed_report>(&message)) {
        m_spoiled = thawed->outcome != verdict::clean;
    }
}

// What the phase of the agent shows to have happened; `keep_alive_due` for nothing.
inline machine::guest_event vmbackup_agent::next_step() const noexcept {
    using enum machine::guest_event;
    const agent_phase at = m_agent.phase();
    const bool is_thawed = is_over() || at == agent_phase::resume || at == agent_phase::await;
    const bool undoes = is_over() || at == agent_phase::thaw || at == agent_phase::resume ||
                        at == agent_phase::stuck;
    switch (m_guest.phase()) {
    case machine::guest_phase::quiescing:
        if (at == agent_phase::freeze || at == agent_phase::frozen) {
            return quiesced;
        }
        return undoes ? failed : keep_alive_due;
    case machine::guest_phase::freezing:
        if (at == agent_phase::frozen) {
            return m_spoiled ? failed : held;
        }
        return undoes ? failed : keep_alive_due;
    case machine::guest_phase::frozen:
        return undoes ? failed : keep_alive_due;
    case machine::guest_phase::thawing:
        return at == agent_phase::stuck ? failed : is_thawed ? released : keep_alive_due;
    case machine::guest_phase::resuming:
        if (is_over() || at == agent_phase::await) {
            return m_spoiled ? failed : resumed;
        }
        return keep_alive_due;
    case machine::guest_phase::completing:
        return is_over() ? failed : keep_alive_due;
    case machine::guest_phase::unfreezing:
        return is_thawed ? released : keep_alive_due;
    case machine::guest_phase::unwinding:
        return is_over() ? resumed : keep_alive_due;
    case machine::guest_phase::idle:
        break;
    }
    return keep_alive_due;
}

inline void vmbackup_agent::follow(instant now) {
    // Each step leads on; the longest way through the states is shorter than the number of them.
    for (std::size_t i = 0; i < 2 * value_count<machine::guest_phase>; ++i) {
        machine::guest_event next = next_step();
        const bool comes_first = // before what the agent asks for next
            next == machine::guest_event::failed || next == machine::guest_event::released;
        if (!comes_first) {
            collect(now);
            next = next_step();
        }
        if (next == machine::guest_event::keep_alive_due) {
            break;
        }
        take(next, now);
    }
    collect(now);
    if (std::exchange(m_exit_due, false)) {
        m_outputs.emplace_back(exit_process{});
    }
}

// ---- everything else that comes in --------------------------------------------------------------

inline void vmbackup_agent::begin_input() noexcept {
    if (m_next_output == m_outputs.size()) {
        m_outputs.clear();
        m_next_output = 0;
    }
}

inline void vmbackup_agent::participants_found(std::span<const participant_summary> found,
                                               instant now) {
    begin_input();
    m_agent.participants_found(found, now);
    follow(now);
}

inline void vmbackup_agent::participants_failed(instant now) {
    begin_input();
    m_agent.participants_failed(now);
    follow(now);
}

inline void vmbackup_agent::participant_answered(participant_index participant,
                                                 machine::participant_event answer, instant now) {
    begin_input();
    m_agent.participant_answered(participant, answer, now);
    follow(now);
}

inline void vmbackup_agent::participant_skipped(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_skipped(participant, now);
    follow(now);
}

inline void vmbackup_agent::participant_let_go(participant_index participant, instant now) {
    begin_input();
    m_agent.participant_let_go(participant, now);
    follow(now);
}

inline void vmbackup_agent::handle_timeout(instant now) {
    begin_input();
    m_agent.handle_timeout(now);
    follow(now);
    expire(now);
    if (m_keep_alive_at <= now) {
        take(machine::guest_event::keep_alive_due, now);
    }
}

inline void vmbackup_agent::expire(instant now) {
    if (m_limit_at <= now) {
        m_limit_at = never;
        take(machine::guest_event::limit_passed, now);
        follow(now);
    }
}

inline void vmbackup_agent::stop(instant now) {
    begin_input();
    take(machine::guest_event::stop, now);
    follow(now);
}

inline void vmbackup_agent::adopt(std::span<const participant_summary> held, instant now) {
    begin_input();
    m_agent.adopt({++m_session}, {++m_txn}, detail::abstract_options(m_options).capabilities, held,
                  now);
    follow(now);
}

// ---- output -------------------------------------------------------------------------------------

inline vmbackup_agent_output vmbackup_agent::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    agent_output last = m_agent.poll();
    SNAPPROTO_ASSERT(std::holds_alternative<deadline>(last));
    const auto* at = std::get_if<deadline>(&last);
    return deadline{std::min({at != nullptr ? at->at : never, m_limit_at, m_keep_alive_at})};
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_VMBACKUP_AGENT_HPP
