// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_DESCRIPTOR_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_DESCRIPTOR_HPP

#include <unistd.h>

#include <utility>

namespace snapagent {

/// Owns an open file descriptor.
class descriptor {
  public:
    descriptor() = default;
    explicit descriptor(int number) noexcept : m_number(number) {}
    descriptor(descriptor&& other) noexcept : m_number(other.release()) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(m_number, other.m_number);
        return *this;
    }
    ~descriptor() {
        if (m_number >= 0) {
            ::close(m_number);
        }
    }

    [[nodiscard]] int get() const noexcept { return m_number; }
    [[nodiscard]] int release() noexcept { return std::exchange(m_number, -1); }
    explicit operator bool() const noexcept { return m_number >= 0; }

  private:
    int m_number = -1;
};

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_DESCRIPTOR_HPP
