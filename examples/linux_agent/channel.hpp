// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_CHANNEL_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_CHANNEL_HPP

// Where clients come from: a port of the virtual machine, or a socket.

#include "settings.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace snapagent {

/// One client's bytes, both ways.
class client : public std::enable_shared_from_this<client> {
  public:
    client(boost::asio::io_context& io, int number) : m_io(io, number) {}

    /// @param arrived  called with each piece that is read; empty at the end of the stream
    /// @param sent     called when the peer has taken what was sent, or never will
    void listen(std::function<void(std::string_view)> arrived, std::function<void()> sent);

    /// Reads one piece more, unless that is being done.
    void read();

    void send(std::string_view bytes);

    /// Bytes that were sent and not taken yet.
    [[nodiscard]] std::size_t waiting() const noexcept { return m_waiting; }

    void close() noexcept;

    /// Ends the connection when all has been taken.
    void close_when_sent();

  private:
    void write_more();

    boost::asio::posix::stream_descriptor m_io;
    std::function<void(std::string_view)> m_arrived;
    std::function<void()> m_sent;
    bool m_reading = false;
    std::array<char, 4096> m_buffer{};
    std::deque<std::string> m_out;
    std::size_t m_waiting = 0;
    bool m_closes = false;
};

/// Accepts clients for as long as it lives.
class channel {
  public:
    using arrival = std::function<void(std::shared_ptr<client>)>;

    virtual ~channel() = default;

    /// A client that has gone; a port has one only, which comes back.
    virtual void client_gone() {}
};

/// Opens what the settings name.
/// Errors: `std::runtime_error`, which says what cannot be opened and why.
[[nodiscard]] std::unique_ptr<channel> open_channel(boost::asio::io_context& io,
                                                    const settings& what, channel::arrival arrived);

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_CHANNEL_HPP
