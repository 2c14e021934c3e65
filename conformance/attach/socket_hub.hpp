// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_SOCKET_HUB_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_SOCKET_HUB_HPP

// A listening socket and everybody who has connected to it, served in one thread without waiting.

#include "conformance/attach/address.hpp"
#include "conformance/attach/descriptor.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

namespace snapproto::conformance {

/// Listens, accepts, reads and writes. Connections are numbered from 1 in the order of coming.
class socket_hub {
  public:
    /// What happens; each is called from serve() only.
    struct handlers {
        std::function<void(std::uint32_t)> opened;
        std::function<void(std::uint32_t, std::string_view)> received;
        std::function<void(std::uint32_t)> closed;
    };

    /// @pre a unix socket or tcp. @throws unreachable when nobody can listen there.
    socket_hub(const address& where, handlers to);
    ~socket_hub();
    socket_hub(const socket_hub&) = delete;
    socket_hub& operator=(const socket_hub&) = delete;

    /// Adds what poll(2) should wait for.
    void wait_for(std::vector<pollfd>& all) const;

    /// Does whatever can be done without waiting. @return whether that was anything
    bool serve();

    /// Sends as soon as the other side reads; nothing for a connection that is gone.
    void send(std::uint32_t number, std::string_view bytes);
    /// Ends a connection when everything was sent, or after the next serve() if nobody reads.
    void close(std::uint32_t number);
    void close_all() { m_peers.clear(); }

  private:
    struct peer {
        descriptor stream;
        std::string unsent;
        bool closing = false;
        bool ended = false;
    };

    bool accept_all();
    bool read(std::uint32_t number, peer& from);
    static void write(peer& to);

    address m_where;
    handlers m_to;
    descriptor m_listener;
    std::map<std::uint32_t, peer> m_peers;
    std::uint32_t m_last = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_SOCKET_HUB_HPP
