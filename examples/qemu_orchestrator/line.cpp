// SPDX-License-Identifier: BSL-1.0
#include "line.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace snaptake {

void line::open() {
    m_now = std::make_shared<connection>(m_io);
    // A path that is too long for a socket is refused by the endpoint's constructor.
    boost::system::error_code wrong;
    boost::asio::local::stream_protocol::endpoint where;
    try {
        where = boost::asio::local::stream_protocol::endpoint(m_path);
    } catch (const boost::system::system_error& error) {
        wrong = error.code();
    }
    if (wrong) {
        boost::asio::post(m_io, [this, one = m_now, wrong] { lose(one, wrong); });
        return;
    }
    m_now->socket.async_connect(where, [this, one = m_now](const auto& error) {
        if (one != m_now) {
            return;
        }
        if (error) {
            lose(one, error);
            return;
        }
        one->open = true;
        read(one);
        m_to.opened();
    });
}

void line::read(const shared& from) {
    from->socket.async_read_some(boost::asio::buffer(from->buffer),
                                 [this, from](const auto& error, std::size_t bytes) {
                                     if (from != m_now) {
                                         return;
                                     }
                                     if (error) {
                                         lose(from, error);
                                         return;
                                     }
                                     m_to.received({from->buffer.data(), bytes});
                                     if (from == m_now) {
                                         read(from);
                                     }
                                 });
}

void line::send(std::string_view bytes) {
    if (is_open() && !bytes.empty()) {
        m_now->waiting += bytes;
        write(m_now);
    }
}

void line::write(const shared& to) {
    if (!to->sending.empty() || to->waiting.empty()) {
        return;
    }
    to->sending = std::exchange(to->waiting, {});
    boost::asio::async_write(to->socket, boost::asio::buffer(to->sending),
                             [this, to](const auto& error, std::size_t) {
                                 to->sending.clear();
                                 // What was not taken is lost with the connection, and the reader
                                 // hears of that; it may have something to read before.
                                 if (to == m_now && !error) {
                                     write(to);
                                 }
                             });
}

void line::lose(const shared& which, const boost::system::error_code& why) {
    if (which == m_now) {
        m_now.reset();
        m_to.lost(why == boost::asio::error::eof ? "it was closed" : why.message());
    }
}

} // namespace snaptake
