// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/stream_channel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

namespace snapproto::conformance {
namespace {

constexpr std::size_t early_bytes_max = std::size_t{64} << 20;
constexpr std::size_t receive_bytes_max = std::size_t{64} << 10;

bool would_block(int code) {
    return code == EAGAIN || code == EINTR; // EWOULDBLOCK is EAGAIN here
}

} // namespace

stream_channel::taken stream_channel::take(std::size_t most) {
    std::array<char, 16384> buffer; // NOLINT: filled by read
    const ssize_t got = ::read(m_stream.get(), buffer.data(), std::min(most, buffer.size()));
    if (got > 0) {
        m_early.append(buffer.data(), static_cast<std::size_t>(got));
        return taken::some;
    }
    if (got < 0 && would_block(errno)) {
        return taken::none;
    }
    // End of the stream, a reset connection, or (a terminal, EIO) nobody at the other side.
    m_ended = true;
    return taken::end;
}

send_result stream_channel::send(std::string_view bytes, duration wait) {
    send_result result;
    if (!m_stream) {
        result.status = send_status::closed;
        return result;
    }
    const instant end = real_now() + wait;
    while (result.sent < bytes.size()) {
        const std::string_view rest = bytes.substr(result.sent);
        const ssize_t put = m_kind == kind::socket
                                ? ::send(m_stream.get(), rest.data(), rest.size(), MSG_NOSIGNAL)
                                : ::write(m_stream.get(), rest.data(), rest.size());
        if (put >= 0) {
            result.sent += static_cast<std::size_t>(put);
            continue;
        }
        if (!would_block(errno)) {
            result.status = send_status::closed;
            return result;
        }
        const bool reads = !m_ended && m_early.size() < early_bytes_max;
        const duration left = end - real_now();
        const short events = static_cast<short>(POLLOUT | (reads ? POLLIN : 0));
        const short came = left > duration{0} ? wait_for(m_stream.get(), events, left) : short{0};
        if (came == 0) {
            result.status = send_status::partial;
            return result;
        }
        if ((came & POLLIN) != 0 && reads) {
            (void)take(early_bytes_max - m_early.size());
        }
    }
    return result;
}

receive_result stream_channel::receive(duration wait) {
    receive_result result;
    if (m_stream && m_early.empty() && !m_ended) {
        if (wait_for(m_stream.get(), POLLIN, wait) == 0) {
            return result;
        }
        while (m_early.size() < receive_bytes_max &&
               take(receive_bytes_max - m_early.size()) == taken::some) {
        }
    }
    if (!m_early.empty()) {
        result.status = receive_status::data;
        result.bytes = m_early.substr(m_given, receive_bytes_max);
        m_given += result.bytes.size();
        if (m_given == m_early.size()) {
            m_early.clear();
            m_given = 0;
        }
    } else if (m_ended || !m_stream) {
        result.status = receive_status::closed;
    }
    return result;
}

bool stream_channel::half_close() {
    return m_stream && m_kind == kind::socket && ::shutdown(m_stream.get(), SHUT_WR) == 0;
}

} // namespace snapproto::conformance
