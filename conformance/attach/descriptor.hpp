// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_DESCRIPTOR_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_DESCRIPTOR_HPP

// A file descriptor that closes itself, and waiting for one with a bound.

#include "conformance/time.hpp"

#include <utility>

#include <unistd.h>

namespace snapproto::conformance {

/// Owns one file descriptor, or none (-1).
class descriptor {
  public:
    descriptor() = default;
    explicit descriptor(int fd) noexcept : m_fd(fd) {}
    descriptor(descriptor&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        reset(std::exchange(other.m_fd, -1));
        return *this;
    }
    ~descriptor() { reset(); }

    [[nodiscard]] int get() const noexcept { return m_fd; }
    explicit operator bool() const noexcept { return m_fd >= 0; }
    void reset(int fd = -1) noexcept {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
        m_fd = fd;
    }

  private:
    int m_fd = -1;
};

/// The monotonic clock of the machine, counted from the first use.
[[nodiscard]] instant real_now() noexcept;

/// Sleeps on the real clock; ends early when the user asks to stop.
void real_sleep(duration span);

/// Waits at most `wait` for one of the poll(2) events.
///
/// @return the events that came (POLLHUP and POLLERR too), 0 when none did or when the user asked
///         to stop.
[[nodiscard]] short wait_for(int fd, short events, duration wait);

/// Sets O_NONBLOCK and FD_CLOEXEC. @return false on an error of the system.
bool make_nonblocking(int fd) noexcept;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_DESCRIPTOR_HPP
