// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/terminal.hpp"

#include "conformance/attach/target.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace snapproto::conformance {

terminal::terminal(const std::string& root) {
    const std::string multiplexer = root + "/dev/pts/ptmx";
    m_master = descriptor(::open(multiplexer.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!m_master) {
        throw unreachable(fmt::format("{}: {} (the root directory needs a devpts of its own in "
                                      "dev/pts; sandbox.sh --terminals makes one)",
                                      multiplexer, std::strerror(errno)));
    }
    unsigned number = 0;
    int locked = 0;
    termios mode{};
    // The mode of this end is that of the other.
    const bool made = ::ioctl(m_master.get(), TIOCSPTLCK, &locked) == 0 &&
                      ::ioctl(m_master.get(), TIOCGPTN, &number) == 0 &&
                      ::tcgetattr(m_master.get(), &mode) == 0;
    ::cfmakeraw(&mode);
    if (!made || ::tcsetattr(m_master.get(), TCSANOW, &mode) != 0) {
        throw unreachable(fmt::format("{}: {}", multiplexer, std::strerror(errno)));
    }
    m_name = fmt::format("/dev/pts/{}", number);
}

} // namespace snapproto::conformance
