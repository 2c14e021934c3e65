// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TRACE_OF_MESSAGE_HPP
#define SNAPPROTO_TRACE_OF_MESSAGE_HPP

// The record of a message: which of a message's fields a recording keeps.

#include <snapproto/trace/record.hpp>

namespace snapproto::trace {

namespace detail {

/// Copies the fields that records have. One overload for each message that has such fields.
struct field_copier {
    record& to;

    void operator()(const hello_ack& m) const {
        if (m.selected) {
            to.granted = m.granted;
        }
        to.span = m.hold_max;
        if (m.stuck) {
            to.phase = agent_phase::stuck;
        }
    }
    void operator()(const status_report& m) const {
        to.phase = m.phase;
        to.count = m.held;
        to.deadline = m.hold_deadline;
        to.outcome = m.last_verdict;
    }
    void operator()(const pong& m) const { to.phase = m.phase; }
    void operator()(const prepare_request& m) const {
        if (m.hold_limit != duration{}) {
            to.span = m.hold_limit;
        }
    }
    void operator()(const prepared_report& m) const {
        to.count = static_cast<std::uint32_t>(m.participants.size());
    }
    void operator()(const freeze_request& m) const {
        if (m.hold_limit != duration{}) {
            to.span = m.hold_limit;
        }
    }
    void operator()(const frozen_report& m) const {
        to.count = m.held;
        to.deadline = m.hold_deadline;
    }
    void operator()(const thaw_request& m) const { to.cut = m.outcome; }
    void operator()(const thawed_report& m) const {
        to.outcome = m.outcome;
        to.span = m.held_for;
        to.count = m.released;
    }
    void operator()(const complete_request& m) const { to.copy = m.result; }
    void operator()(const progress_report& m) const { to.phase = m.phase; }
    void operator()(const error_report& m) const {
        to.phase = m.phase;
        to.outcome = m.reason;
        to.item = m.participant.value_or(0);
    }
    void operator()(const nak& m) const {
        to.refusal = m.code;
        to.phase = m.phase;
    }
    template <class Message>
    void operator()(const Message&) const {}
};

} // namespace detail

/// The record of a message seen at one end.
///
/// @param what `sent` or `received`.
/// @param who the end that saw it, orchestrator or agent.
/// @param agent the agent it came from or goes to.
[[nodiscard]] inline record of_message(instant at, record_kind what, role who, agent_index agent,
                                       const any_message& message) {
    record made;
    made.at = at;
    made.who = who;
    made.what = what;
    made.agent = agent;
    made.message = kind_of(message);
    const message_header& header = header_of(message);
    made.session = header.session;
    made.txn = header.txn;
    made.seq = header.seq;
    const detail::field_copier copy{made};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((std::get_if<I>(&message) != nullptr ? copy(*std::get_if<I>(&message)) : void()), ...);
    }
    (std::make_index_sequence<std::variant_size_v<any_message>>{});
    return made;
}

} // namespace snapproto::trace

#endif // SNAPPROTO_TRACE_OF_MESSAGE_HPP
