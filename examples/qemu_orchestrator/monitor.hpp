// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_MONITOR_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_MONITOR_HPP

// A machine's monitor: commands with an answer each, over a socket.

#include "line.hpp"
#include "qmp_session.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace snaptake {

/// A QMP connection. Each command is answered once, also when the connection is lost.
class monitor {
  public:
    using answer = std::function<void(const qmp_reply&)>;

    struct handlers {
        std::function<void(const qmp_event&)> happened;
        std::function<void(std::string_view)> lost; ///< Behind the answers to what was in work.
    };

    monitor(boost::asio::io_context& io, std::string path, handlers to);

    /// Connects and negotiates, anew if need be.
    /// @param opened called with nothing, or with why it cannot be used
    void open(std::function<void(std::string_view)> opened);

    /// Gives a command. The answer never comes from inside of this call.
    void ask(std::string_view command, boost::json::object arguments, answer to);

    [[nodiscard]] bool ready() const noexcept { return m_line.is_open() && m_session.ready(); }

  private:
    void drain();
    void answer_all(std::string_view why);
    void lose(std::string_view why);

    boost::asio::io_context& m_io;
    handlers m_to;
    std::function<void(std::string_view)> m_opened;
    std::map<std::uint64_t, answer> m_awaited;
    qmp_session m_session;
    line m_line;
};

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_MONITOR_HPP
