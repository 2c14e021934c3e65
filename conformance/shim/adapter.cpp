// SPDX-License-Identifier: BSL-1.0
#include "conformance/shim/adapter.hpp"

#include "conformance/transcript.hpp"

#include <boost/json/serialize.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace snapproto::conformance::shim {
namespace {

/// Unlike wait_for it goes on when the user asks to stop: thawing needs answers then.
bool ready(int stream, short events, instant until) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - real_now()).count();
    pollfd one{stream, events, 0};
    return ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) > 0;
}

} // namespace

adapter::adapter(std::string command, duration patience)
    : m_command(std::move(command)), m_patience(patience) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        throw unreachable(fmt::format("no stream to an adapter: {}", std::strerror(errno)));
    }
    m_stream.reset(ends[0]);
    const descriptor theirs(ends[1]);
    m_process = std::make_unique<process>(std::vector<std::string>{"/bin/sh", "-c", m_command},
                                          theirs.get());
    make_nonblocking(m_stream.get());
}

answer adapter::tell(const boost::json::object& command) {
    if (!m_trouble.empty()) {
        throw unreachable(m_trouble);
    }
    const instant until = real_now() + m_patience;
    if (ready(m_stream.get(), POLLIN, real_now())) {
        (void)read_more();
    }
    if (!m_read.empty()) {
        fail("spoke without being asked: " + printable(m_read, 80));
    }
    write(boost::json::serialize(command) + '\n', until);
    const std::string line = read_line(until);
    try {
        return parse_answer(line);
    } catch (const std::invalid_argument& wrong) {
        fail(fmt::format("gave no valid answer to '{}': {}: {}",
                         std::string_view{command.at("do").get_string()}, wrong.what(),
                         printable(line, 80)));
    }
}

void adapter::write(std::string_view line, instant until) {
    while (!line.empty()) {
        const ssize_t put = ::send(m_stream.get(), line.data(), line.size(), MSG_NOSIGNAL);
        if (put >= 0) {
            line.remove_prefix(static_cast<std::size_t>(put));
        } else if (errno != EAGAIN && errno != EINTR) {
            fail("has ended");
        } else if (!ready(m_stream.get(), POLLOUT, until)) {
            fail(fmt::format("did not read within {:.3g} s", milliseconds(m_patience) / 1e3));
        }
    }
}

std::string adapter::read_line(instant until) {
    std::size_t looked = 0;
    while (true) {
        const auto end = m_read.find('\n', looked);
        if (end != std::string::npos) {
            std::string line = m_read.substr(0, end);
            m_read.erase(0, end + 1);
            return line;
        }
        looked = m_read.size();
        if (looked > line_bytes_max) {
            fail(fmt::format("answered with a line of more than {} bytes: {}", line_bytes_max,
                             printable(m_read, 80)));
        }
        if (!ready(m_stream.get(), POLLIN, until)) {
            fail(fmt::format("did not answer within {:.3g} s", milliseconds(m_patience) / 1e3));
        }
        if (!read_more()) {
            fail("has ended");
        }
    }
}

/// What is there. @return false if nothing can come any more
bool adapter::read_more() {
    std::array<char, 65536> buffer; // NOLINT: filled by read
    const ssize_t got = ::read(m_stream.get(), buffer.data(), buffer.size());
    if (got > 0) {
        m_read.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

void adapter::fail(const std::string& words) {
    (void)m_process->wait_exit(std::chrono::milliseconds(50)); // its last words may be on the way
    const std::string said = m_process->output();
    m_trouble = fmt::format("the adapter '{}' {}", m_command, words);
    if (!said.empty()) {
        m_trouble += "; it wrote: " + printable(said, 400);
    }
    throw unreachable(m_trouble);
}

} // namespace snapproto::conformance::shim
