// SPDX-License-Identifier: BSL-1.0
#include "conformance/recording/judge_bytes.hpp"

#include <snapproto/trace/of_message.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance::recording {

// ---- qga ----------------------------------------------------------------------------------------

std::size_t qga_byte_judge::client_of(const piece& next) {
    const auto find = [&](std::optional<std::size_t> connection) {
        return static_cast<std::size_t>(
            std::find(m_connections.begin(), m_connections.end(), connection) -
            m_connections.begin());
    };
    std::size_t found = find(next.connection);
    if (found == m_connections.size() && !next.closed && !next.from_agent) {
        found = find(std::nullopt);
        if (found == m_connections.size()) {
            throw unreadable{fmt::format("at {} more than {} connections are open at once: record "
                                         "one agent alone, or name its port",
                                         next.place, m_connections.size())};
        }
        m_connections[found] = next.connection;
    }
    return found;
}

void qga_byte_judge::note_breach(std::size_t place) {
    if (!m_found && m_judge.found()) {
        const fuzz::breach& what = *m_judge.found();
        m_found = breach{what.governed_by, what.at, place, what.sentence};
    }
}

void qga_byte_judge::take(const piece& next) {
    m_now = next.at;
    const std::size_t client = client_of(next);
    if (client == m_connections.size()) {
        return; // nobody has asked yet
    }
    if (next.closed) {
        m_judge.acted(fuzz::action::leave, static_cast<std::uint8_t>(client), m_now);
        m_connections[client].reset();
    } else if (next.from_agent) {
        m_judge.heard(client, next.bytes, m_now);
    } else {
        m_judge.said(client, next.bytes, m_now);
    }
    (next.from_agent ? m_replies : m_requests) +=
        static_cast<std::size_t>(std::count(next.bytes.begin(), next.bytes.end(), '\n'));
    note_breach(next.place);
}

void qga_byte_judge::finish() {
    if (m_judge.owes() && m_judge.due() <= m_now) {
        m_judge.settled(m_now);
        note_breach(0);
    }
}

// ---- native -------------------------------------------------------------------------------------

void native_byte_reader::note(const piece& at, trace::record made) {
    m_records.push_back(std::move(made));
    m_places.push_back(at.place);
}

void native_byte_reader::take(const piece& next) {
    const auto of_channel = [&](trace::record_kind what) {
        trace::record made;
        made.at = next.at;
        made.who = trace::role::orchestrator;
        made.what = what;
        made.agent = 0;
        return made;
    };
    if (next.closed) {
        if (m_connection == next.connection) {
            m_connection.reset();
            note(next, of_channel(trace::record_kind::channel_lost));
        }
        return;
    }
    if (m_connection != next.connection) {
        if (m_connection) { // a new channel ends the former: SP 63.3
            note(next, of_channel(trace::record_kind::channel_lost));
        }
        m_connection = next.connection;
        m_requests.reset();
        m_reports.reset();
        note(next, of_channel(trace::record_kind::channel_up));
    }
    native::decoder& reader = next.from_agent ? m_reports : m_requests;
    for (byte_view left = as_bytes(next.bytes); !left.empty();) {
        left = left.subspan(reader.feed(left));
        const auto got = reader.next();
        if (got.has_value()) {
            note(next, trace::of_message(next.at,
                                         next.from_agent ? trace::record_kind::received
                                                         : trace::record_kind::sent,
                                         trace::role::orchestrator, 0, **got));
        } else if (got.has_failure() && got.error().code != error::interrupted) {
            auto made = of_channel(trace::record_kind::malformed);
            made.who = next.from_agent ? trace::role::orchestrator : trace::role::agent;
            made.note = fmt::format("byte {} of the frame: {}", got.error().offset,
                                    message(got.error().code));
            note(next, std::move(made));
        }
    }
}

} // namespace snapproto::conformance::recording
