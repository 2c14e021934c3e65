// SPDX-License-Identifier: BSL-1.0
#include "conformance/qga_client.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace snapproto::conformance {
namespace json = boost::json;
namespace {

/// So many bytes may be taken before the rest of the buffer is moved to its front.
constexpr std::size_t compact_bytes = std::size_t{1} << 20;

} // namespace

qga_client::qga_client(std::unique_ptr<channel> stream, target& agent, budget& time,
                       transcript& log, std::string name, std::uint64_t seed)
    : m_stream(std::move(stream)),
      m_agent(agent),
      m_time(time),
      m_log(log),
      m_name(std::move(name)),
      m_random(seed),
      m_last_send(agent.now()) {
    m_log.event(m_agent.now(), lane::orchestrator, fmt::format("connects ({})", m_name));
}

qga_client::~qga_client() {
    close();
}

send_result qga_client::send(std::string_view bytes, duration wait) {
    m_log.sent(m_agent.now(), m_name, bytes);
    const send_result result = m_stream->send(bytes, m_time.allow(wait));
    m_last_send = m_agent.now();
    if (result.status == send_status::partial) {
        m_log.event(m_last_send, lane::agent,
                    fmt::format("takes only {} of {} bytes", result.sent, bytes.size()));
    } else if (result.status == send_status::closed) {
        m_log.event(m_last_send, lane::agent, fmt::format("has closed ({})", m_name));
    }
    m_time.look_for_interrupt();
    return result;
}

send_result qga_client::send_split(std::string_view bytes) {
    send_result all;
    m_log.sent(m_agent.now(), m_name, bytes);
    m_log.event(m_agent.now(), lane::orchestrator, "the line above goes out byte by byte");
    for (const char byte : bytes) {
        const send_result one =
            m_stream->send(std::string_view(&byte, 1), m_time.allow(std::chrono::seconds(5)));
        all.sent += one.sent;
        all.status = one.status;
        if (one.status != send_status::complete) {
            break;
        }
    }
    m_last_send = m_agent.now();
    return all;
}

reply qga_client::read(duration wait) {
    const instant start = m_agent.now();
    const instant end = start + m_time.allow(wait);
    for (bool late = false;; late = m_agent.now() >= end) {
        const auto newline = m_buffer.find('\n', m_scanned);
        if (newline != std::string::npos) {
            return take_line(newline);
        }
        m_scanned = m_buffer.size();
        if (!m_open) {
            return without_line(reply_kind::closed, start);
        }
        if (unread().size() > line_bytes_max) {
            reply out = without_line(reply_kind::unreadable, start);
            out.unreadable_because = fmt::format("longer than {} bytes", line_bytes_max);
            forget_buffer();
            return out;
        }
        // A peer that sends bytes for ever and never a line is late as well.
        if (late) {
            return without_line(reply_kind::none, start);
        }
        m_time.look_for_interrupt();
        const duration left = std::max(duration{0}, end - m_agent.now());
        receive_result got = m_stream->receive(left);
        m_buffer += got.bytes;
        m_open = got.status != receive_status::closed;
    }
}

reply qga_client::take_line(std::size_t end) {
    const std::string_view whole = std::string_view(m_buffer).substr(m_begin, end + 1 - m_begin);
    reply out = parse_reply(whole.substr(0, whole.size() - 1));
    const instant now = m_agent.now();
    out.latency = now - m_last_send;
    m_log.received(now, m_name, whole);
    m_begin = end + 1;
    m_scanned = m_begin;
    if (m_begin == m_buffer.size()) {
        forget_buffer();
    } else if (m_begin > compact_bytes) {
        m_buffer.erase(0, m_begin);
        m_begin = 0;
        m_scanned = 0;
    }
    return out;
}

reply qga_client::without_line(reply_kind why, instant start) {
    const instant now = m_agent.now();
    if (!unread().empty()) {
        m_log.event(
            now, lane::agent,
            fmt::format("has sent no whole line yet ({}): {}", m_name, printable(unread())));
    }
    if (why == reply_kind::closed) {
        m_log.event(now, lane::agent, fmt::format("has closed ({})", m_name));
    }
    reply out;
    out.kind = why;
    out.raw = std::string(unread().substr(0, 4096));
    out.latency = now - m_last_send;
    out.waited = now - start;
    return out;
}

void qga_client::forget_buffer() noexcept {
    m_buffer.clear();
    m_begin = 0;
    m_scanned = 0;
}

std::vector<reply> qga_client::read_all(duration quiet, std::size_t most) {
    std::vector<reply> lines;
    while (lines.size() < most) {
        reply one = read(quiet);
        if (one.kind == reply_kind::none || one.kind == reply_kind::closed) {
            break;
        }
        lines.push_back(std::move(one));
    }
    return lines;
}

bool qga_client::silent_for(duration span) {
    const instant start = m_agent.now();
    const instant end = start + m_time.allow(span);
    while (unread().empty() && m_open) {
        m_time.look_for_interrupt();
        const duration left = std::max(duration{0}, end - m_agent.now());
        receive_result got = m_stream->receive(left);
        m_buffer += got.bytes;
        m_open = got.status != receive_status::closed;
        if (got.status == receive_status::nothing && m_agent.now() >= end) {
            return true;
        }
    }
    const bool silent = unread().empty();
    (void)without_line(m_open ? reply_kind::none : reply_kind::closed, start);
    return silent;
}

bool qga_client::closed_within(duration wait) {
    const instant end = m_agent.now() + m_time.allow(wait);
    while (m_open && m_agent.now() < end) {
        m_time.look_for_interrupt();
        const duration left = std::max(duration{0}, end - m_agent.now());
        const receive_result got = m_stream->receive(left);
        m_open = got.status != receive_status::closed;
    }
    m_log.event(
        m_agent.now(), lane::agent,
        fmt::format("{} ({})", m_open ? "keeps the connection open" : "has closed", m_name));
    return !m_open;
}

bool qga_client::half_close() {
    m_log.event(m_agent.now(), lane::orchestrator,
                fmt::format("closes its sending direction ({})", m_name));
    return m_stream->half_close();
}

void qga_client::close() {
    if (m_stream != nullptr) {
        m_stream->close();
        m_stream.reset();
        m_open = false;
        m_log.event(m_agent.now(), lane::orchestrator, fmt::format("disconnects ({})", m_name));
    }
}

std::string qga_client::request(std::string_view command, const json::value& arguments,
                                const std::optional<json::value>& id) {
    json::object members;
    members["execute"] = command;
    if (!arguments.is_null()) {
        members["arguments"] = arguments;
    }
    if (id) {
        members["id"] = *id;
    }
    return json::serialize(members) + '\n';
}

reply qga_client::call(std::string_view command, const json::value& arguments,
                       const call_options& options) {
    send(request(command, arguments, options.id), options.wait);
    return read(options.wait);
}

std::int64_t qga_client::fresh_id() {
    return static_cast<std::int64_t>(m_random() >> 1U);
}

bool qga_client::sync(duration wait_each) {
    return sync_with("\xFF", "guest-sync-delimited", true, wait_each);
}

bool qga_client::sync_plain(duration wait_each) {
    return sync_with("", "guest-sync", false, wait_each);
}

bool qga_client::sync_with(std::string_view head, std::string_view command, bool delimited,
                           duration wait_each) {
    constexpr int attempts_max = 3;
    constexpr std::size_t discarded_max = 10'000;
    m_discarded.clear();
    for (int attempt = 0; attempt < attempts_max && m_open; ++attempt) {
        const std::int64_t id = fresh_id();
        if (send(std::string(head) + request(command, json::object{{"id", id}}), wait_each)
                .status != send_status::complete) {
            continue;
        }
        const instant end = m_agent.now() + m_time.allow(wait_each);
        while (m_agent.now() <= end) {
            reply line =
                read(std::chrono::duration_cast<duration>((end - m_agent.now()) / m_time.scale()));
            if (line.kind == reply_kind::none || line.kind == reply_kind::closed) {
                break;
            }
            if (delimited && line.stray_sentinels > 0) {
                // A reply was cut short by the sentinel: what counts is what follows it.
                line = parse_reply(line.raw.substr(line.raw.rfind('\xFF')));
            }
            if (line.returns(id) && (!delimited || line.sentinels > 0)) {
                return true;
            }
            m_discarded.push_back(std::move(line));
            if (m_discarded.size() >= discarded_max) {
                return false;
            }
        }
    }
    return false;
}

} // namespace snapproto::conformance
