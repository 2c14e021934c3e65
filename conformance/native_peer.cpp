// SPDX-License-Identifier: BSL-1.0
#include "conformance/native_peer.hpp"

#include "conformance/budget.hpp"
#include "conformance/native_bytes.hpp"
#include "conformance/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace snapproto::conformance {
namespace {

constexpr duration answer_wait = std::chrono::seconds(4);
constexpr std::size_t received_max = std::size_t{1} << 20;

std::string milliseconds_of(snapproto::duration span) {
    return fmt::format("{} ms",
                       std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

std::string details_of(const any_message& message) {
    if (const auto* ack = std::get_if<hello_ack>(&message)) {
        return fmt::format("version {}, capabilities 0x{:02x}, hold_max {}{}",
                           ack->selected
                               ? fmt::format("{}.{}", ack->selected->major, ack->selected->minor)
                               : "none",
                           static_cast<std::uint32_t>(ack->granted), milliseconds_of(ack->hold_max),
                           ack->stuck ? ", stuck" : "");
    }
    if (const auto* status = std::get_if<status_report>(&message)) {
        return fmt::format("{}, held {}, last txn {} {}", to_string(status->phase), status->held,
                           status->last_txn.value, to_string(status->last_verdict));
    }
    if (const auto* report = std::get_if<pong>(&message)) {
        return fmt::format("cookie {}, {}", report->cookie, to_string(report->phase));
    }
    if (const auto* report = std::get_if<prepared_report>(&message)) {
        return fmt::format("{} participants", report->participants.size());
    }
    if (const auto* report = std::get_if<frozen_report>(&message)) {
        return fmt::format("held {}, for {} at the most", report->held,
                           milliseconds_of(report->hold_deadline - report->held_since));
    }
    if (const auto* report = std::get_if<thawed_report>(&message)) {
        return fmt::format("{}, released {}, {} warnings", to_string(report->outcome),
                           report->released, report->warnings.size());
    }
    if (const auto* report = std::get_if<progress_report>(&message)) {
        return fmt::format("{}", to_string(report->phase));
    }
    if (const auto* report = std::get_if<error_report>(&message)) {
        return fmt::format(
            "{} in {}{}", to_string(report->reason), to_string(report->phase),
            report->participant ? fmt::format(", participant {}", *report->participant) : "");
    }
    if (const auto* refusal = std::get_if<nak>(&message)) {
        return fmt::format("{} in {}", to_string(refusal->code), to_string(refusal->phase));
    }
    return {};
}

} // namespace

std::string words_of(const any_message& message) {
    const message_header& head = header_of(message);
    const std::string details = details_of(message);
    return fmt::format("{} [session {}, txn {}, seq {}]{}{}", to_string(kind_of(message)),
                       head.session.value, head.txn.value, head.seq.value,
                       details.empty() ? "" : ": ", details);
}

std::string native_said::words() const {
    switch (status) {
    case receive_status::nothing:
        return "nothing";
    case receive_status::closed:
        return "the end of the channel";
    case receive_status::data:
        break;
    }
    return message ? words_of(*message) : "no message: " + wrong;
}

bool native_peer::send(std::string_view bytes, duration wait) {
    return m_stream->send(bytes, wait).status == send_status::complete;
}

native_said native_peer::read(duration wait) {
    const instant end = m_clock.now() + wait;
    for (;;) {
        const byte_view left = std::as_bytes(std::span(m_unread));
        const std::size_t taken = m_decoder.feed(left);
        m_unread.erase(0, taken);
        auto got = m_decoder.next();
        if (got.has_value()) {
            return {receive_status::data, **got, {}, m_clock.now()};
        }
        if (got.has_failure()) {
            const auto& why = m_decoder.rejected();
            return {receive_status::data, std::nullopt,
                    fmt::format("{} at byte {}{}{}{}", snapproto::message(got.error().code),
                                got.error().offset, why.field.empty() ? "" : ", field ", why.field,
                                why.wanted.empty() ? "" : fmt::format(", wanted: {}", why.wanted)),
                    m_clock.now()};
        }
        if (!m_unread.empty()) {
            continue;
        }
        receive_result came = m_stream->receive(std::max(duration{0}, end - m_clock.now()));
        if (came.status == receive_status::closed) {
            return {receive_status::closed, {}, {}, m_clock.now()};
        }
        m_unread += came.bytes;
        m_received.append(came.bytes, 0, received_max - std::min(received_max, m_received.size()));
        if (came.bytes.empty() && m_clock.now() >= end) {
            return {receive_status::nothing, {}, {}, m_clock.now()};
        }
    }
}

namespace {

hello first_hello(session_id session) {
    hello made;
    made.header.session = session;
    made.header.seq = {1};
    made.versions = {native::version};
    made.wanted = native::capabilities;
    return made;
}

} // namespace

settlement settle_by_native(target& agent, budget& time, bool again) {
    native_peer peer(agent.connect(time.allow(std::chrono::seconds(3))), agent);
    const session_id session{0x7265'7374'6f72'6501U + (again ? 1U : 0U)};
    (void)peer.send(native_bytes::framed(first_hello(session)), time.allow(answer_wait));
    // An agent that holds something releases it first: SP 2.6.
    native_said got;
    do {
        got = peer.read(time.allow(answer_wait));
    } while (got.status == receive_status::data && got.as<hello_ack>() == nullptr);
    if (got.as<hello_ack>() == nullptr) {
        return {false, "the agent did not answer a Hello afterwards"};
    }
    query ask;
    ask.header = {session, {}, {2}};
    (void)peer.send(native_bytes::framed(ask), time.allow(answer_wait));
    got = peer.read(time.allow(answer_wait));
    const status_report* const status = got.as<status_report>();
    if (status == nullptr) {
        return {true, "the agent did not answer a Query afterwards"};
    }
    if (status->phase != agent_phase::idle || status->held != 0) {
        return {true, "the agent was not idle after a Hello: " + got.words()};
    }
    if (kernel_holds_a_target(agent)) {
        return {true, "a filesystem stayed frozen after a Hello"};
    }
    return {true, {}};
}

void require_native_agent(target& agent, double timeout_scale) {
    budget time(agent, std::chrono::seconds(15), timeout_scale);
    native_peer peer(agent.connect(time.allow(answer_wait)), agent);
    (void)peer.send(native_bytes::framed(first_hello({0x7072'6566'6c69'6768U})),
                    time.allow(answer_wait));
    const native_said got = peer.read(time.allow(answer_wait));
    const std::string who = agent.description();
    if (got.message) {
        return; // one that answers otherwise than it should is still an agent
    }
    if (!peer.received().empty()) {
        throw unreachable(fmt::format("{}: the peer speaks another protocol: {}", who,
                                      printable(peer.received(), 80)));
    }
    if (got.status == receive_status::closed) {
        throw unreachable(
            fmt::format("{}: the connection was accepted and closed at once, with no answer", who));
    }
    throw unreachable(fmt::format("{}: connected, but nothing answered a Hello within {:.3g} s",
                                  who, milliseconds(time.scaled(answer_wait)) / 1e3));
}

} // namespace snapproto::conformance
