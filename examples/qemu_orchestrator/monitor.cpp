// SPDX-License-Identifier: BSL-1.0
#include "monitor.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace snaptake {

monitor::monitor(boost::asio::io_context& io, std::string path, handlers to)
    : m_io(io),
      m_to(std::move(to)),
      m_line(io, std::move(path),
             {.opened = [this] { m_session.connected(); },
              .received =
                  [this](std::string_view bytes) {
                      m_session.receive(bytes);
                      drain();
                  },
              .lost = [this](std::string_view why) { lose(why); }}) {}

void monitor::open(std::function<void(std::string_view)> opened) {
    answer_all("it is opened anew");
    m_opened = std::move(opened);
    m_line.open();
}

void monitor::ask(std::string_view command, boost::json::object arguments, answer to) {
    if (!ready()) {
        boost::asio::post(m_io, [to = std::move(to)] {
            qmp_reply none;
            none.lost = true;
            none.why = "the monitor is not connected";
            to(none);
        });
        return;
    }
    m_awaited[m_session.ask(command, std::move(arguments))] = std::move(to);
    m_line.send(m_session.take_bytes());
}

void monitor::drain() {
    for (;;) {
        m_line.send(m_session.take_bytes());
        const qmp_output next = m_session.poll();
        if (std::holds_alternative<std::monostate>(next)) {
            return;
        }
        if (const auto* reply = std::get_if<qmp_reply>(&next)) {
            if (const auto known = m_awaited.extract(reply->id)) {
                known.mapped()(*reply);
            }
        } else if (const auto* event = std::get_if<qmp_event>(&next)) {
            m_to.happened(*event);
        } else if (const auto* broken = std::get_if<qmp_broken>(&next)) {
            m_line.close();
            lose(broken->why);
            return;
        } else if (const auto opened = std::exchange(m_opened, nullptr)) {
            opened({}); // ready
        }
    }
}

void monitor::answer_all(std::string_view why) {
    for (const auto& [id, to] : std::exchange(m_awaited, {})) {
        qmp_reply none;
        none.id = id;
        none.lost = true;
        none.why = std::string("the monitor's connection is gone: ").append(why);
        to(none);
    }
}

void monitor::lose(std::string_view why) {
    if (const auto opened = std::exchange(m_opened, nullptr)) {
        opened(why);
        return;
    }
    answer_all(why);
    m_to.lost(why);
}

} // namespace snaptake
