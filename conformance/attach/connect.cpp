// SPDX-License-Identifier: BSL-1.0
// Connecting to each kind of address, with a bound and with words for each way to fail.
#include "conformance/attach/address.hpp"
#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/stream_channel.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/interrupt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

namespace snapproto::conformance {
namespace {

[[noreturn]] void give_up(const address& where, int code) {
    const std::string text = where.text();
    const bool path = where.kind == address_kind::unix_socket || where.kind == address_kind::pty;
    switch (code) {
    case ENOENT:
        throw unreachable(fmt::format("{}: there is no such path", text));
    case ECONNREFUSED:
        throw unreachable(path ? fmt::format("{}: refused: the socket is there, but nobody "
                                             "listens on it",
                                             text)
                               : fmt::format("{}: refused: nobody listens there", text));
    case EACCES:
    case EPERM:
        throw unreachable(fmt::format("{}: no permission to connect", text));
    case ENOTSOCK:
        throw unreachable(fmt::format("{}: that is not a socket", text));
    case EPROTOTYPE:
        throw unreachable(fmt::format("{}: the socket is of another type", text));
    case ETIMEDOUT:
        throw unreachable(fmt::format("{}: no answer to the attempt to connect", text));
    case EAGAIN:
        throw unreachable(
            fmt::format("{}: the queue of waiting clients is full; the agent takes no more", text));
    case ENODEV:
    case EAFNOSUPPORT:
        throw unreachable(
            fmt::format("{}: this machine has no such transport ({})", text, std::strerror(code)));
    default:
        throw unreachable(fmt::format("{}: {}", text, std::strerror(code)));
    }
}

/// One attempt. @return the stream, or nothing with the error code.
descriptor attempt(int family, const sockaddr* name, socklen_t size, duration wait, int& code) {
    descriptor stream(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!stream) {
        code = errno;
        return {};
    }
    if (::connect(stream.get(), name, size) == 0) {
        return stream;
    }
    code = errno;
    if (code != EINPROGRESS) {
        return {};
    }
    if (wait_for(stream.get(), POLLOUT, wait) == 0) {
        code = ETIMEDOUT;
        return {};
    }
    socklen_t length = sizeof code;
    if (::getsockopt(stream.get(), SOL_SOCKET, SO_ERROR, &code, &length) != 0) {
        code = errno;
    }
    return code == 0 ? std::move(stream) : descriptor{};
}

/// A unix socket with a full queue answers EAGAIN at once instead of letting one wait.
descriptor attempt_until(int family, const sockaddr* name, socklen_t size, duration wait,
                         int& code) {
    const instant end = real_now() + wait;
    for (;;) {
        const duration left = std::max(duration{0}, end - real_now());
        descriptor stream = attempt(family, name, size, left, code);
        if (stream || code != EAGAIN || real_now() >= end || stop_requested()) {
            return stream;
        }
        real_sleep(std::min<duration>(left, std::chrono::milliseconds(10)));
    }
}

descriptor connect_unix(const address& where, duration wait) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (where.place.size() >= sizeof name.sun_path) {
        throw unreachable(fmt::format("{}: longer than the {} bytes a socket's path may have",
                                      where.text(), sizeof name.sun_path - 1));
    }
    std::memcpy(name.sun_path, where.place.data(), where.place.size());
    int code = 0;
    descriptor stream =
        attempt_until(AF_UNIX, reinterpret_cast<const sockaddr*>(&name), sizeof name, wait, code);
    if (!stream) {
        give_up(where, code);
    }
    return stream;
}

descriptor connect_tcp(const address& where, duration wait) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure =
        ::getaddrinfo(where.place.c_str(), std::to_string(where.port).c_str(), &hints, &found);
    if (failure != 0) {
        throw unreachable(fmt::format("{}: {}", where.text(), ::gai_strerror(failure)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> names(found, &::freeaddrinfo);
    int code = ECONNREFUSED;
    const instant end = real_now() + wait;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        const duration left = std::max(duration{0}, end - real_now());
        descriptor stream = attempt(one->ai_family, one->ai_addr, one->ai_addrlen, left, code);
        if (stream) {
            return stream;
        }
    }
    give_up(where, code);
}

descriptor connect_vsock(const address& where, duration wait) {
    sockaddr_vm name{};
    name.svm_family = AF_VSOCK;
    name.svm_cid = where.cid;
    name.svm_port = where.port;
    int code = 0;
    descriptor stream =
        attempt_until(AF_VSOCK, reinterpret_cast<const sockaddr*>(&name), sizeof name, wait, code);
    if (!stream) {
        give_up(where, code);
    }
    return stream;
}

descriptor open_terminal(const address& where) {
    descriptor stream(::open(where.place.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!stream) {
        give_up(where, errno);
    }
    termios mode{};
    if (::tcgetattr(stream.get(), &mode) != 0) {
        throw unreachable(fmt::format("{}: that is not a terminal", where.text()));
    }
    ::cfmakeraw(&mode);
    if (::tcsetattr(stream.get(), TCSANOW, &mode) != 0) {
        give_up(where, errno);
    }
    return stream;
}

} // namespace

std::unique_ptr<channel> connect_to(const address& where, duration wait) {
    using kind = stream_channel::kind;
    switch (where.kind) {
    case address_kind::unix_socket:
        return std::make_unique<stream_channel>(connect_unix(where, wait), kind::socket);
    case address_kind::tcp:
        return std::make_unique<stream_channel>(connect_tcp(where, wait), kind::socket);
    case address_kind::vsock:
        return std::make_unique<stream_channel>(connect_vsock(where, wait), kind::socket);
    case address_kind::pty:
        return std::make_unique<stream_channel>(open_terminal(where), kind::terminal);
    }
    throw unreachable("no such kind of address");
}

} // namespace snapproto::conformance
