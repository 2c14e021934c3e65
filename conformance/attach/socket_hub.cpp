// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/socket_hub.hpp"

#include "conformance/attach/target.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace snapproto::conformance {
namespace {

[[noreturn]] void give_up(const address& where, int code) {
    throw unreachable(fmt::format("cannot listen on {}: {}", where.text(), std::strerror(code)));
}

descriptor listen_unix(const address& where) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (where.place.size() >= sizeof name.sun_path) {
        give_up(where, ENAMETOOLONG);
    }
    std::memcpy(name.sun_path, where.place.data(), where.place.size());
    descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    struct stat there {};
    if (::lstat(where.place.c_str(), &there) == 0 && S_ISSOCK(there.st_mode)) {
        ::unlink(where.place.c_str()); // what a former run has left
    }
    if (!listener ||
        ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
        ::listen(listener.get(), 8) != 0) {
        give_up(where, errno);
    }
    return listener;
}

descriptor listen_tcp(const address& where) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    const int failure =
        ::getaddrinfo(where.place.c_str(), std::to_string(where.port).c_str(), &hints, &found);
    if (failure != 0) {
        throw unreachable(fmt::format("{}: {}", where.text(), ::gai_strerror(failure)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> names(found, &::freeaddrinfo);
    descriptor listener(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    if (!listener ||
        ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(listener.get(), found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen(listener.get(), 8) != 0) {
        give_up(where, errno);
    }
    return listener;
}

} // namespace

socket_hub::socket_hub(const address& where, handlers to) : m_where(where), m_to(std::move(to)) {
    m_listener = where.kind == address_kind::tcp ? listen_tcp(where) : listen_unix(where);
}

socket_hub::~socket_hub() {
    if (m_where.kind == address_kind::unix_socket) {
        ::unlink(m_where.place.c_str());
    }
}

void socket_hub::wait_for(std::vector<pollfd>& all) const {
    all.push_back({m_listener.get(), POLLIN, 0});
    for (const auto& [number, one] : m_peers) {
        const short events = one.unsent.empty() ? POLLIN : POLLIN | POLLOUT;
        all.push_back({one.stream.get(), events, 0});
    }
}

bool socket_hub::serve() {
    bool moved = accept_all();
    // A handler may send or close, but no peer goes before the end of this.
    for (auto& [number, one] : m_peers) {
        moved = read(number, one) || moved;
        write(one);
    }
    for (auto at = m_peers.begin(); at != m_peers.end();) {
        const std::uint32_t number = at->first;
        const bool told = at->second.ended && !at->second.closing;
        const bool gone = at->second.ended || at->second.closing;
        at = gone ? m_peers.erase(at) : std::next(at);
        if (told) {
            m_to.closed(number);
        }
        moved = moved || gone;
    }
    return moved;
}

bool socket_hub::accept_all() {
    bool any = false;
    for (;;) {
        descriptor stream(
            ::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!stream) {
            return any;
        }
        any = true;
        const std::uint32_t number = ++m_last;
        m_peers[number].stream = std::move(stream);
        m_to.opened(number);
    }
}

bool socket_hub::read(std::uint32_t number, peer& from) {
    std::array<char, 64 * 1024> buffer; // NOLINT: filled by read
    const ssize_t got = ::read(from.stream.get(), buffer.data(), buffer.size());
    if (got > 0) {
        if (!from.closing) {
            m_to.received(number, {buffer.data(), static_cast<std::size_t>(got)});
        }
        return true;
    }
    from.ended = from.ended || got == 0 || (errno != EAGAIN && errno != EINTR);
    return from.ended;
}

void socket_hub::write(peer& to) {
    while (!to.unsent.empty()) {
        const ssize_t sent =
            ::send(to.stream.get(), to.unsent.data(), to.unsent.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            to.ended = to.ended || (errno != EAGAIN && errno != EINTR);
            return;
        }
        to.unsent.erase(0, static_cast<std::size_t>(sent));
    }
}

void socket_hub::send(std::uint32_t number, std::string_view bytes) {
    if (const auto found = m_peers.find(number); found != m_peers.end()) {
        found->second.unsent += bytes;
        write(found->second);
    }
}

void socket_hub::close(std::uint32_t number) {
    if (const auto found = m_peers.find(number); found != m_peers.end()) {
        write(found->second);
        found->second.closing = true;
    }
}

} // namespace snapproto::conformance
