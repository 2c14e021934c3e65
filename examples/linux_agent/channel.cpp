// SPDX-License-Identifier: BSL-1.0
#include "channel.hpp"

#include "descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/vm_sockets.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace snapagent {

namespace asio = boost::asio;
using boost::system::error_code;

// ---- a client -----------------------------------------------------------------------------------

void client::listen(std::function<void(std::string_view)> arrived, std::function<void()> sent) {
    m_arrived = std::move(arrived);
    m_sent = std::move(sent);
    read();
}

void client::read() {
    if (std::exchange(m_reading, true)) {
        return;
    }
    m_io.async_read_some(asio::buffer(m_buffer),
                         [self = shared_from_this()](error_code error, std::size_t size) {
                             self->m_reading = false;
                             if (self->m_arrived) { // else it was closed meanwhile
                                 self->m_arrived({self->m_buffer.data(), error ? 0 : size});
                             }
                         });
}

void client::send(std::string_view bytes) {
    m_out.emplace_back(bytes);
    m_waiting += bytes.size();
    if (m_out.size() == 1) {
        write_more();
    }
}

void client::write_more() {
    if (m_out.empty()) {
        if (m_closes) {
            close();
        } else if (m_sent) {
            m_sent();
        }
        return;
    }
    m_io.async_write_some(asio::buffer(m_out.front()),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                              if (error || self->m_out.empty()) {
                                  self->m_out.clear(); // whoever reads learns that it has gone
                                  self->m_waiting = 0;
                              } else {
                                  self->m_waiting -= size;
                                  self->m_out.front().erase(0, size);
                                  if (self->m_out.front().empty()) {
                                      self->m_out.pop_front();
                                  }
                              }
                              self->write_more();
                          });
}

void client::close() noexcept {
    m_arrived = nullptr;
    m_sent = nullptr;
    if (m_io.is_open()) {
        ::close(m_io.release()); // not by m_io, which would leave a copy of it in its set of files
    }
}

void client::close_when_sent() {
    m_closes = true;
    if (m_out.empty()) {
        close();
    }
}

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

// ---- a socket -----------------------------------------------------------------------------------

class listener : public channel {
  public:
    listener(asio::io_context& io, descriptor socket, arrival arrived, std::string path)
        : m_io(io),
          m_socket(io, socket.release()),
          m_arrived(std::move(arrived)),
          m_path(std::move(path)) {
        accept();
    }
    ~listener() override {
        if (!m_path.empty()) {
            ::unlink(m_path.c_str());
        }
    }

  private:
    void accept() {
        m_socket.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
            if (error) {
                return;
            }
            const int number =
                ::accept4(m_socket.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (number >= 0) {
                m_arrived(std::make_shared<client>(m_io, number));
            }
            accept();
        });
    }

    asio::io_context& m_io;
    asio::posix::stream_descriptor m_socket;
    arrival m_arrived;
    std::string m_path;
};

descriptor listening(int family, const sockaddr* address, socklen_t size, const std::string& name) {
    descriptor socket{::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket || ::bind(socket.get(), address, size) != 0 || ::listen(socket.get(), 8) != 0) {
        fail("cannot listen on " + name);
    }
    return socket;
}

descriptor listening_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        throw std::runtime_error(fmt::format("the path of a socket has at most {} bytes: {}",
                                             sizeof address.sun_path - 1, path));
    }
    std::copy(path.begin(), path.end(), address.sun_path);
    struct stat seen {};
    if (::lstat(path.c_str(), &seen) == 0 && S_ISSOCK(seen.st_mode)) {
        ::unlink(path.c_str()); // of an agent that was killed
    }
    return listening(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, path);
}

descriptor listening_at_vsock(const std::string& words) {
    sockaddr_vm address{};
    address.svm_family = AF_VSOCK;
    address.svm_cid = VMADDR_CID_ANY;
    const auto colon = words.find(':');
    try {
        if (colon != std::string::npos && colon != 0) {
            address.svm_cid = static_cast<unsigned>(std::stoul(words.substr(0, colon)));
        }
        address.svm_port = static_cast<unsigned>(
            std::stoul(colon == std::string::npos ? words : words.substr(colon + 1)));
    } catch (const std::logic_error&) {
        throw std::runtime_error(fmt::format("a vsock address is CID:PORT or PORT, not {}", words));
    }
    return listening(AF_VSOCK, reinterpret_cast<const sockaddr*>(&address), sizeof address,
                     "vsock " + words);
}

// ---- a port of the virtual machine --------------------------------------------------------------

/// It reads as ended while nobody has it open on the host.
class port : public channel {
  public:
    port(asio::io_context& io, std::string path, arrival arrived)
        : m_io(io), m_timer(io), m_path(std::move(path)), m_arrived(std::move(arrived)) {
        open();
    }

    void client_gone() override {
        m_timer.expires_after(std::chrono::milliseconds{200});
        m_timer.async_wait([this](error_code error) {
            if (!error) {
                open();
            }
        });
    }

  private:
    /// It stays open while nobody is there: with its last handle goes what a host that has come
    /// meanwhile has sent already. A terminal that has ended has to be opened again.
    void open() {
        if (m_device && ::read(m_device.get(), nullptr, 0) < 0 && errno != EAGAIN) {
            m_device = {}; // it was taken out of the machine
        }
        if (!m_device) {
            m_device =
                descriptor{::open(m_path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
        }
        if (!m_device) {
            if (!std::exchange(m_was_open, true)) {
                fail("cannot open " + m_path);
            }
            return client_gone();
        }
        m_was_open = true;
        const int handle = ::isatty(m_device.get()) == 1
                               ? m_device.release()
                               : ::fcntl(m_device.get(), F_DUPFD_CLOEXEC, 0);
        m_arrived(std::make_shared<client>(m_io, handle));
    }

    asio::io_context& m_io;
    asio::steady_timer m_timer;
    std::string m_path;
    arrival m_arrived;
    descriptor m_device;
    bool m_was_open = false;
};

} // namespace

std::unique_ptr<channel> open_channel(asio::io_context& io, const settings& what,
                                      channel::arrival arrived) {
    if (what.method == "unix-listen") {
        return std::make_unique<listener>(io, listening_at(what.path), std::move(arrived),
                                          what.path);
    }
    if (what.method == "vsock-listen") {
        return std::make_unique<listener>(io, listening_at_vsock(what.path), std::move(arrived),
                                          std::string{});
    }
    return std::make_unique<port>(io, what.path, std::move(arrived));
}

} // namespace snapagent
