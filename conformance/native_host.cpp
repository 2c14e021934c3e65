// SPDX-License-Identifier: BSL-1.0
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance {
namespace {

constexpr duration look = std::chrono::milliseconds(20);

} // namespace

native_host::native_host(run_context& context)
    : m_context(context), m_guest(dynamic_cast<played_surroundings*>(&context.agent())) {
    open();
}

played_surroundings& native_host::guest() {
    if (m_guest == nullptr) {
        m_context.skip("the agent's participants are its own, and not played by the suite");
    }
    return *m_guest;
}

// ---- the channel --------------------------------------------------------------------------------

void native_host::hang_up() {
    if (m_peer) {
        m_context.log().event(m_context.now(), lane::orchestrator, "closes the channel");
        m_peer.reset();
        note_calls();
    }
}

void native_host::open() {
    // The new one first: an agent that is left by both is another case.
    auto stream = m_context.agent().connect(m_context.time().allow(reply_wait));
    m_context.log().event(m_context.now(), lane::orchestrator, "opens a channel");
    m_peer = std::make_unique<native_peer>(std::move(stream), m_context.agent());
}

void native_host::send_bytes(std::string_view bytes, std::string_view words) {
    note_calls();
    if (!words.empty()) {
        m_context.log().event(m_context.now(), lane::orchestrator, words);
    }
    m_context.log().sent(m_context.now(), "channel", bytes);
    (void)m_peer->send(bytes, m_context.time().allow(reply_wait));
}

void native_host::send_frame(std::string_view body, std::string_view words) {
    send_bytes(native_bytes::frame(body), words);
}

// ---- messages -----------------------------------------------------------------------------------

sequence_number native_host::send(const any_message& message) {
    send_bytes(native_bytes::framed(message), words_of(message));
    return header_of(message).seq;
}

native_said native_host::read(duration wait) {
    native_said said = m_peer->read(m_context.time().allow(wait));
    note_calls();
    m_context.log().event(m_context.now(), lane::agent, said.words());
    return said;
}

native_said native_host::answer(duration wait) {
    const instant end = m_context.now() + m_context.limit(wait);
    for (;;) {
        // A wait is scaled by who allows it.
        const auto left = std::chrono::duration_cast<duration>(
            std::max(duration{0}, end - m_context.now()) / m_context.time().scale());
        native_said said = read(left);
        if (said.as<progress_report>() == nullptr) {
            return said;
        }
    }
}

void native_host::must(bool holds, std::string_view requirement, std::string_view expected,
                       const native_said& actual) {
    m_context.require(holds, requirement, expected, actual.words());
}

void native_host::must_correlate(const message_header& head) {
    m_context.require(head.session == m_session, "a message of an agent carries the session",
                      fmt::format("session {}", m_session.value),
                      fmt::format("session {}", head.session.value));
}

void native_host::must_repeat(const message_header& head, txn_id txn, sequence_number asked) {
    m_context.require(head.txn == txn && head.seq == asked,
                      "an answer repeats the transaction and the number of its request",
                      fmt::format("txn {}, seq {}", txn.value, asked.value),
                      fmt::format("txn {}, seq {}", head.txn.value, head.seq.value));
}

nak native_host::must_be_nak(nak_code code, std::string_view requirement) {
    const native_said said = answer();
    must(said.refuses(code), requirement, fmt::format("nak {}", to_string(code)), said);
    must_correlate(said.as<nak>()->header);
    return *said.as<nak>();
}

void native_host::must_be_malformed(std::string_view body, std::string_view words,
                                    std::string_view requirement) {
    send_frame(body, words);
    const nak got = must_be_nak(nak_code::malformed, requirement);
    m_context.require(!got.header.txn, "the refusal of what cannot be read names no transaction",
                      "txn 0", fmt::format("txn {}", got.header.txn.value));
    (void)must_pong("after a refusal the stream can be used");
}

native_said native_host::must_be_read(std::string_view body, std::string_view words,
                                      std::string_view requirement, duration wait) {
    send_frame(body, words);
    native_said said = answer(wait);
    must(said.message && !said.refuses(nak_code::malformed), requirement,
         "an answer that is no nak malformed", said);
    return said;
}

void native_host::must_be_quiet(std::string_view requirement, duration span) {
    const native_said said = read(span);
    must(said.status == receive_status::nothing, requirement, "nothing", said);
}

pong native_host::must_pong(std::string_view requirement) {
    ping with;
    with.cookie = m_context.random()();
    const pong got = must_answer<pong>(requirement, txn_id{}, with);
    m_context.require(got.cookie == with.cookie, "a Pong has the cookie of its Ping",
                      std::to_string(with.cookie), std::to_string(got.cookie));
    return got;
}

void native_host::must_close(std::string_view requirement, duration wait) {
    const instant end = m_context.now() + m_context.limit(wait);
    native_said said;
    do {
        said = read(wait);
        must(said.as<frozen_report>() == nullptr && said.as<thawed_report>() == nullptr,
             requirement, "the end of the channel, and no answer before it", said);
    } while (said.status == receive_status::data && m_context.now() < end);
    must(said.status == receive_status::closed, requirement, "the end of the channel", said);
}

// ---- what most checks begin with ----------------------------------------------------------------

hello_ack native_host::greet(hello with) {
    m_session = {m_context.random()() | 1U};
    m_seq = 0;
    const sequence_number asked = ask(txn_id{}, std::move(with));
    const hello_ack got = must_get<hello_ack>("a Hello is answered by a HelloAck", step_wait);
    must_repeat(got.header, txn_id{}, asked);
    m_granted = got.granted;
    return got;
}

hello_ack native_host::begin(feature wanted) {
    hello with;
    with.versions = {native::version};
    with.wanted = wanted;
    const hello_ack got = greet(std::move(with));
    m_context.require(got.selected == native::version, "version 1.0 is agreed on", "version 1.0",
                      words_of(got));
    return got;
}

void native_host::require_granted(feature what) {
    if (!granted(what)) {
        m_context.inapplicable(fmt::format("the agent does not grant capability 0x{:02x}",
                                           static_cast<std::uint32_t>(what)));
    }
}

snapshot_scope native_host::scope() {
    (void)m_context.filesystem(); // skips where there is none
    return {m_context.mounts()};
}

prepare_request native_host::preparation() {
    prepare_request made;
    made.scope = scope();
    return made;
}

prepared_report native_host::prepare(txn_id txn) {
    require_granted(feature::explicit_prepare);
    return must_answer<prepared_report>("an ordinary Prepare is answered by Prepared", txn,
                                        preparation(), step_wait);
}

frozen_report native_host::freeze(txn_id txn, std::optional<duration> limit) {
    freeze_request request;
    if (limit && granted(feature::hold_limit)) {
        request.hold_limit = *limit;
    }
    if (granted(feature::explicit_prepare)) {
        (void)prepare(txn);
    } else {
        request.scope = scope();
    }
    return must_answer<frozen_report>("an ordinary Freeze is answered by Frozen", txn, request,
                                      step_wait);
}

thawed_report native_host::thaw(txn_id txn, verdict expected) {
    thaw_request request;
    request.outcome = cut_outcome::ok;
    const thawed_report got =
        must_answer<thawed_report>("a Thaw is answered by Thawed", txn, request, step_wait);
    m_context.require(got.outcome == expected, "the verdict says how the hold ended",
                      to_string(expected), to_string(got.outcome));
    return got;
}

void native_host::finish(txn_id txn) {
    (void)thaw(txn);
    if (granted(feature::completion)) {
        complete_request request;
        request.result = copy_result::kept;
        (void)must_answer<completed_report>("a Complete is answered by Completed", txn, request);
    }
}

status_report native_host::status() {
    return must_answer<status_report>("a Query is answered by Status", txn_id{}, query{});
}

void native_host::must_be_in(agent_phase phase, std::string_view requirement) {
    const status_report got = status();
    m_context.require(got.phase == phase, requirement, to_string(phase), to_string(got.phase));
}

// ---- what can be seen from outside --------------------------------------------------------------

void native_host::must_be_held(bool frozen, std::string_view requirement) {
    for (std::size_t i = 0; i < m_context.mounts().size(); ++i) {
        const auto seen = m_context.filesystem(i).is_frozen();
        if (seen) {
            m_context.require(
                *seen == frozen, requirement,
                fmt::format("{} is {}", m_context.mounts()[i], frozen ? "frozen" : "not frozen"),
                *seen ? "it is frozen" : "it is not frozen");
        }
    }
}

duration native_host::wait_for_thaw(duration most) {
    const instant begin = m_context.now();
    const instant end = begin + m_context.limit(most);
    const auto any_frozen = [&] {
        bool any = false;
        for (freeze_target* one : m_context.agent().freeze_targets()) {
            const auto seen = one->is_frozen();
            any = any || (seen && *seen);
        }
        return any;
    };
    while (any_frozen() && m_context.now() < end) {
        m_context.agent().sleep_for(m_context.time().allow(look));
    }
    note_calls();
    return m_context.now() - begin;
}

void native_host::note_calls() {
    if (m_guest == nullptr) {
        return;
    }
    const auto& calls = m_guest->participants().calls;
    for (m_noted = std::min(m_noted, calls.size()); m_noted < calls.size(); ++m_noted) {
        const participant_call& one = calls[m_noted];
        m_context.log().event(one.at, lane::agent, lane::filesystem,
                              fmt::format("{} {}: {}", one.what, one.participant, one.result));
    }
}

} // namespace snapproto::conformance
