// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IMPL_AGENT_HPP
#define SNAPPROTO_ENDPOINT_IMPL_AGENT_HPP

#include <snapproto/endpoint/agent.hpp>
#include <snapproto/trace/of_message.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::endpoint {

inline agent_endpoint::agent_endpoint(agent_options options) : m_options(std::move(options)) {}

// ---- input ------------------------------------------------------------------------------------

inline void agent_endpoint::handle(const any_message& message, instant now) {
    using machine::agent_event;
    notice_overdue(now);
    if (m_recording != nullptr) {
        note(trace::of_message(now, trace::record_kind::received, trace::role::agent,
                               m_options.index, message));
    }
    const message_header& head = header_of(message);
    machine::agent_input input{.txn = head.txn};
    switch (kind_of(message)) {
    case message_kind::hello:
        input.kind = agent_event::hello;
        negotiate(*std::get_if<hello>(&message), input);
        break;
    case message_kind::query:
        input.kind = agent_event::query;
        break;
    case message_kind::ping:
        input.kind = agent_event::ping;
        input.cookie = std::get_if<ping>(&message)->cookie;
        break;
    case message_kind::prepare:
        input.kind = agent_event::prepare;
        m_candidate = *std::get_if<prepare_request>(&message);
        break;
    case message_kind::freeze: {
        const auto& freeze = *std::get_if<freeze_request>(&message);
        input.kind = agent_event::freeze;
        m_candidate = {};
        m_candidate.scope = freeze.scope;
        m_candidate.hold_limit = freeze.hold_limit.value_or(duration{});
        break;
    }
    case message_kind::thaw:
        input.kind = agent_event::thaw;
        break;
    case message_kind::complete:
        input.kind = agent_event::complete;
        input.result = std::get_if<complete_request>(&message)->result;
        break;
    case message_kind::abort:
        input.kind = agent_event::abort;
        break;
    case message_kind::recover:
        input.kind = agent_event::recover;
        break;
    default: // an agent's own messages: not for an agent to receive
        input.kind = agent_event::bad_message;
        break;
    }
    const bool other_session = phase() != agent_phase::off && input.kind != agent_event::hello &&
                               head.session != m_machine.data().session;
    if (other_session) {
        ++m_ignored;
        return;
    }
    const auto asked_before = std::exchange(m_asked[message.index()], head.seq);
    m_asked_last = head.seq;
    m_asked_session = head.session;
    m_refused = false;
    if (input.kind == agent_event::freeze && phase() == agent_phase::ready &&
        head.txn == m_machine.data().txn && m_candidate.hold_limit > duration{}) {
        m_hold_limit = std::min(m_hold_limit, m_candidate.hold_limit); // only ever lower: SP 6.5
    }
    if (!refuse_unagreed(input, now)) {
        raise(input, now);
    }
    if (m_refused) { // an answer still owed is that of the request before: SP 1.5, 3.1
        m_asked[message.index()] = asked_before;
    }
}

inline void agent_endpoint::handle_malformed(instant now) {
    note(base_record(trace::record_kind::malformed, now));
    raise(machine::agent_event::bad_message, now);
}

inline void agent_endpoint::handle_channel_lost(instant now) {
    note(base_record(trace::record_kind::channel_lost, now));
    raise(machine::agent_event::lost, now);
}

inline void agent_endpoint::handle_timeout(instant now) {
    using machine::agent_event;
    using machine::agent_timer;
    static constexpr std::array fired{
        std::pair{agent_timer::hold, agent_event::hold_expired},
        std::pair{agent_timer::phase, agent_event::phase_expired},
        std::pair{agent_timer::sequence, agent_event::sequence_expired},
        std::pair{agent_timer::retry, agent_event::retry_due},
    };
    for (const auto& [timer, event] : fired) {
        if (m_deadlines[index_of(timer)] <= now) {
            m_deadlines[index_of(timer)] = never;
            auto made = base_record(trace::record_kind::timer_fired, now);
            made.timer = static_cast<trace::timer_kind>(static_cast<int>(trace::timer_kind::phase) +
                                                        static_cast<int>(timer));
            note(std::move(made));
            raise(event, now);
        }
    }
    if (m_next_progress <= now) {
        m_next_progress = saturating_add(now, m_options.timers.keep_alive);
        if (busy()) {
            send(progress_report{header({.txn = m_machine.data().txn,
                                         .session = m_machine.data().session}),
                                 phase(), ++m_progress},
                 now);
        }
    }
}

inline void agent_endpoint::stop(instant now) {
    note(base_record(trace::record_kind::stop_requested, now));
    raise(machine::agent_event::stop, now);
}

inline void agent_endpoint::generation_changed(generation_id generation, instant now) {
    m_options.generation = generation;
    note(base_record(trace::record_kind::generation_changed, now));
    raise(machine::agent_event::generation_changed, now);
}

// ---- output -----------------------------------------------------------------------------------

inline agent_output agent_endpoint::poll() {
    if (m_next_output < m_outputs.size()) {
        return std::move(m_outputs[m_next_output++]);
    }
    m_outputs.clear();
    m_next_output = 0;
    instant at = *std::min_element(m_deadlines.begin(), m_deadlines.end());
    if (busy()) {
        at = std::min(at, m_next_progress);
    }
    return deadline{at};
}

inline void agent_endpoint::push(agent_output output) {
    SNAPPROTO_ASSERT(m_outputs.size() < m_options.limits.outputs_max);
    m_outputs.push_back(std::move(output));
}

inline std::uint32_t agent_endpoint::held_filesystems() const noexcept {
    return static_cast<std::uint32_t>(std::count_if(m_slots.begin(), m_slots.end(), [](auto& s) {
        return s.who.kind == participant_kind::filesystem && s.state.holds();
    }));
}

// ---- the machine and its effects ----------------------------------------------------------------

inline void agent_endpoint::take(const machine::agent_input& input, instant now) {
    if (input.kind == machine::agent_event::phase_expired && m_step == step::resume) {
        release_the_rest(now); // before the state that holds nothing is entered
    }
    machine::agent_outbox out;
    const auto taken = m_machine.process(input, out);
    m_ignored += taken ? 0U : 1U;
    if (m_recording != nullptr) {
        auto made = base_record(
            taken ? trace::record_kind::state_changed : trace::record_kind::event_ignored, now);
        made.phase = phase();
        made.governed_by = taken.governed_by;
        made.note = to_string(input.kind);
        note(std::move(made));
    }
    for (const auto& effect : out) {
        perform(effect, now);
    }
}

inline void agent_endpoint::raise(const machine::agent_input& input, instant now) {
    take(input, now);
    advance(now);
}

inline void agent_endpoint::perform(const machine::agent_effect& effect, instant now) {
    using kind = machine::agent_effect_kind;
    const auto& data = m_machine.data();
    switch (effect.kind) {
    case kind::send_hello_ack:
        if (effect.agreed) {
            m_version = m_offered;
            send(hello_ack{header(effect), m_version, data.granted, m_options.timers.hold_max,
                           static_cast<std::uint32_t>(m_options.limits.participants_max), false,
                           m_options.generation},
                 now);
        } else {
            hello_ack refusal;
            refusal.header = header(effect);
            send(std::move(refusal), now);
        }
        break;
    case kind::send_status:
        send(status_report{header(effect), phase(), held_filesystems(),
                           hold_deadline() == never ? std::nullopt : std::optional{hold_deadline()},
                           data.last_txn, data.last_verdict},
             now);
        break;
    case kind::send_pong:
        send(pong{header(effect), effect.cookie, phase()}, now);
        break;
    case kind::send_progress:
        send(progress_report{header(effect), phase(), ++m_progress}, now);
        break;
    case kind::send_prepared: {
        prepared_report report;
        report.header = header(effect);
        report.participants.reserve(m_slots.size());
        for (const slot& s : m_slots) {
            report.participants.push_back(s.who);
        }
        send(std::move(report), now);
        break;
    }
    case kind::send_frozen:
        if (m_held_until == instant{}) {
            // Applications alone, or nothing: FROZEN has a limit all the same (SP 15.3, 18.22).
            m_held_since = now;
            m_held_until = saturating_add(now, m_hold_limit);
            m_deadlines[index_of(machine::agent_timer::hold)] = m_held_until;
        }
        send(frozen_report{header(effect), held_filesystems(), m_held_since, m_held_until}, now);
        break;
    case kind::send_thawed:
        send(thawed_report{header(effect), effect.outcome, held_for(now), m_released, m_warnings},
             now);
        break;
    case kind::send_completed:
        send(completed_report{header(effect)}, now);
        break;
    case kind::send_aborted:
        send(aborted_report{header(effect)}, now);
        break;
    case kind::send_recovered:
        send(recovered_report{header(effect)}, now);
        break;
    case kind::send_error:
        send(error_report{header(effect), phase(), effect.outcome, std::nullopt,
                          effect.outcome != verdict::stuck},
             now);
        break;
    case kind::send_nak:
        m_refused = true;
        send(nak{header(effect), effect.code, phase()}, now);
        break;
    case kind::begin_prepare:
        m_request = m_candidate;
        m_hold_limit = m_request.hold_limit > duration{}
                           ? std::min(m_request.hold_limit, m_options.timers.hold_max)
                           : m_options.timers.hold;
        m_held_since = m_held_until = {};
        m_held_for.reset();
        m_released = 0;
        m_resume_failed = false;
        m_warnings.clear();
        m_retry_distance = m_options.timers.retry_first;
        begin(step::await_former);
        break;
    case kind::begin_quiesce:
        begin(step::quiesce);
        break;
    case kind::begin_freeze:
        begin(step::freeze);
        break;
    case kind::begin_thaw:
        begin(step::thaw);
        break;
    case kind::begin_resume:
        begin(step::resume);
        break;
    case kind::begin_recover:
        begin(step::recover);
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            if (m_slots[i].who.kind == participant_kind::writer && !m_slots[i].skipped) {
                start(i, operation::recover, now);
            }
        }
        break;
    case kind::tell_result:
        finish_participants(effect.result, now);
        break;
    case kind::cancel_step:
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            if (m_slots[i].in_work && !m_slots[i].settled) {
                push(cancel{static_cast<participant_index>(i)});
            }
        }
        begin(step::none);
        break;
    case kind::arm: {
        duration length{};
        switch (effect.timer) {
        case machine::agent_timer::phase:
            length = step_limit();
            break;
        case machine::agent_timer::hold:
            length = m_hold_limit;
            break;
        case machine::agent_timer::sequence:
            length = phase() == agent_phase::await ? m_options.timers.sequence_await
                                                   : m_options.timers.sequence_ready;
            break;
        case machine::agent_timer::retry:
            length = m_retry_distance;
            m_retry_distance = std::min(m_retry_distance * 2, m_options.timers.retry_max);
            break;
        }
        m_deadlines[index_of(effect.timer)] = saturating_add(now, length);
        break;
    }
    case kind::disarm:
        m_deadlines[index_of(effect.timer)] = never;
        break;
    case kind::close_channel:
        push(close_channel{});
        break;
    case kind::exit_process:
        push(exit_process{});
        break;
    case kind::reseed:
        note(base_record(trace::record_kind::reseeded, now));
        push(reseed{});
        break;
    case kind::warn:
        push(warning{"an application could not be resumed"});
        break;
    }
}

inline bool agent_endpoint::busy() const noexcept {
    const auto& data = m_machine.data();
    // Whose session ends with the undo is told nothing any more (SP 6.11, 8.8).
    return has(data.granted, capability::keep_alive) && data.txn &&
           data.then == machine::afterwards::idle && data.waiting == machine::pending_hello::none &&
           phase() != agent_phase::ready && phase() != agent_phase::await;
}

inline duration agent_endpoint::held_for(instant now) noexcept {
    if (!m_held_for) {
        m_held_for = m_held_until == instant{} ? duration{} : now - m_held_since;
    }
    return *m_held_for;
}

inline duration agent_endpoint::step_limit() const noexcept {
    switch (m_step) {
    case step::quiesce:
        return m_options.timers.quiesce;
    case step::freeze:
        return m_options.timers.freeze;
    case step::thaw:
        return m_options.timers.thaw;
    case step::resume:
    case step::recover:
        return m_options.timers.resume;
    default:
        return m_options.timers.prepare;
    }
}

// ---- messages -----------------------------------------------------------------------------------

inline void agent_endpoint::negotiate(const hello& from, machine::agent_input& input) {
    input.session = from.header.session;
    input.granted = from.wanted & m_options.capabilities;
    input.version_agreed = false;
    for (const auto& offered : from.versions) {
        for (const auto& own : m_options.versions) {
            if (offered == own && (!input.version_agreed || own > m_offered)) {
                m_offered = own;
                input.version_agreed = true;
            }
        }
    }
}

inline message_header agent_endpoint::header(const machine::agent_effect& effect) noexcept {
    if (effect.kind == machine::agent_effect_kind::send_nak &&
        effect.code == nak_code::no_session) {
        return {m_asked_session, effect.txn, {}}; // repeats what it refuses: SP 2.10
    }
    return {effect.session ? effect.session : m_machine.data().session, effect.txn, {}};
}

/// The number of the request that a message answers (SP 3.1); its own for what answers none.
inline sequence_number agent_endpoint::number_of(message_kind kind) noexcept {
    const auto of = [this](message_kind asked) { return m_asked[static_cast<std::size_t>(asked)]; };
    switch (kind) {
    case message_kind::hello_ack:
        return of(message_kind::hello);
    case message_kind::status:
        return of(message_kind::query);
    case message_kind::pong:
        return of(message_kind::ping);
    case message_kind::prepared:
        return of(message_kind::prepare);
    case message_kind::frozen:
        return of(message_kind::freeze);
    case message_kind::thawed:
        return of(message_kind::thaw);
    case message_kind::completed:
        return of(message_kind::complete);
    case message_kind::aborted:
        return of(message_kind::abort);
    case message_kind::recovered:
        return of(message_kind::recover);
    case message_kind::error: // of the phase that failed
        return std::max(of(message_kind::prepare), of(message_kind::freeze));
    case message_kind::nak:
        return m_asked_last;
    default:
        return {++m_seq};
    }
}

inline void agent_endpoint::send(any_message message, instant now) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto number = number_of(kind_of(message));
        ((std::get_if<I>(&message) != nullptr ? void(std::get_if<I>(&message)->header.seq = number)
                                              : void()),
         ...);
    }
    (std::make_index_sequence<std::variant_size_v<any_message>>{});
    if (m_recording != nullptr) {
        note(trace::of_message(now, trace::record_kind::sent, trace::role::agent, m_options.index,
                               message));
    }
    if (m_next_progress == never) {
        m_next_progress = saturating_add(now, m_options.timers.keep_alive);
    }
    push(transmit{std::move(message)});
}

// ---- recording ----------------------------------------------------------------------------------

inline trace::record agent_endpoint::base_record(trace::record_kind what, instant now) const {
    trace::record made;
    if (m_recording != nullptr) {
        made.at = now;
        made.who = trace::role::agent;
        made.what = what;
        made.agent = m_options.index;
        made.session = m_machine.data().session;
        made.txn = m_machine.data().txn;
    }
    return made;
}

inline void agent_endpoint::note(trace::record made) const {
    if (m_recording != nullptr) {
        m_recording->push_back(std::move(made));
    }
}

inline void agent_endpoint::note_participant(trace::record_kind what, std::size_t i,
                                             instant now) const {
    if (m_recording == nullptr) {
        return;
    }
    auto made = base_record(what, now);
    made.who = trace::role::participant;
    made.txn = m_slots_of;
    made.item = static_cast<participant_index>(i);
    made.participant = m_slots[i].who.kind;
    note(std::move(made));
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_IMPL_AGENT_HPP
