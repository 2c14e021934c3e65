// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_LINE_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_LINE_HPP

// A unix socket that is connected to, and again when it was lost.

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace snaptake {

/// One connection after the other to one socket. Nobody is called from inside of a call.
class line {
  public:
    struct handlers {
        std::function<void()> opened;
        std::function<void(std::string_view)> received;
        /// It could not be opened or is lost; with the reason.
        std::function<void(std::string_view)> lost;
    };

    line(boost::asio::io_context& io, std::string path, handlers to)
        : m_io(io), m_path(std::move(path)), m_to(std::move(to)) {}
    line(const line&) = delete;
    line& operator=(const line&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return m_path; }

    /// Connects anew; nobody hears of an earlier connection any more.
    void open();
    /// Ends the connection, if there is one; nobody hears of it.
    void close() noexcept { m_now.reset(); }
    /// Sends when the other side reads; nothing without a connection.
    void send(std::string_view bytes);

    /// True from open() until it is lost or closed.
    [[nodiscard]] bool is_used() const noexcept { return m_now != nullptr; }
    [[nodiscard]] bool is_open() const noexcept { return m_now && m_now->open; }

  private:
    struct connection {
        explicit connection(boost::asio::io_context& io) : socket(io) {}
        boost::asio::local::stream_protocol::socket socket;
        std::array<char, 16384> buffer{};
        std::string waiting; ///< To be sent.
        std::string sending;
        bool open = false;
    };
    using shared = std::shared_ptr<connection>;

    void read(const shared& from);
    void write(const shared& to);
    void lose(const shared& which, const boost::system::error_code& why);

    boost::asio::io_context& m_io;
    std::string m_path;
    handlers m_to;
    shared m_now;
};

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_LINE_HPP
