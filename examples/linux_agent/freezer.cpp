// SPDX-License-Identifier: BSL-1.0
#include "freezer.hpp"

#include "grace_periods.hpp"
#include "helper_process.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace snapagent {

namespace {

constexpr char ready = 'r'; // a sentinel's first word

/// @return whether the other end has said it in time
bool hear(int line, char wanted, int limit_ms) noexcept {
    pollfd one{line, POLLIN, 0};
    char word = 0;
    return ::poll(&one, 1, limit_ms) == 1 && ::read(line, &word, 1) == 1 && word == wanted;
}

} // namespace

kernel_result freeze(int handle) noexcept {
    // A freeze first keeps writers waiting and then writes what is dirty: most of that is written
    // here, while they go on, and then what they have written meanwhile. If it fails the freeze
    // does too, and says why.
    (void)::syncfs(handle);
    (void)::syncfs(handle);
    const short_grace_periods hurry;
    if (::ioctl(handle, FIFREEZE, 0) == 0) {
        return {};
    }
    switch (errno) {
    case EBUSY:
        return {kernel_answer::not_so, errno};
    case EOPNOTSUPP:
    case ENOTTY:
    case ENOSYS:
        return {kernel_answer::incapable, errno};
    default:
        return {kernel_answer::failed, errno};
    }
}

kernel_result thaw(int handle) noexcept {
    if (::ioctl(handle, FITHAW, 0) == 0) {
        return {};
    }
    return {errno == EINVAL ? kernel_answer::not_so : kernel_answer::failed, errno};
}

sentinel::sentinel(int handle) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return;
    }
    m_line = descriptor{ends[0]};
    const descriptor far{ends[1]};
    m_process = start_helper("--sentinel", {handle, far.get()});
    constexpr int limit_ms = 5000; // some tens, where nothing else goes on
    if (m_process > 0 && !hear(m_line.get(), ready, limit_ms)) {
        ::kill(m_process, SIGKILL);
        ::waitpid(m_process, nullptr, 0);
        m_process = -1;
    }
    if (m_process < 0) {
        m_line = {};
    }
}

sentinel::~sentinel() {
    if (m_process > 0) {
        // Asleep in the kernel it goes only with the thaw, and is not waited for.
        const int how = asleep() ? WNOHANG : 0;
        ::kill(m_process, SIGKILL);
        ::waitpid(m_process, nullptr, how);
    }
}

void sentinel::begin() noexcept {
    (void)!::send(m_line.get(), "b", 1, MSG_NOSIGNAL);
}

void sentinel::give_way() noexcept {
    constexpr int last = 19;
    if (m_process > 0) {
        (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(m_process), last);
    }
}

bool sentinel::asleep() noexcept {
    // Without memory of its own to allocate: pid (name) state ...
    std::array<char, 64> path{};
    std::array<char, 128> text{};
    std::snprintf(path.data(), path.size(), "/proc/%d/stat", m_process);
    const descriptor file{::open(path.data(), O_RDONLY | O_CLOEXEC)};
    if (m_process <= 0 || !file || ::read(file.get(), text.data(), text.size() - 1) <= 0) {
        return false;
    }
    const char* const name_end = std::strrchr(text.data(), ')');
    const bool is = name_end != nullptr && name_end[1] == ' ' && name_end[2] == 'D';
    m_slept = m_slept || is;
    return is;
}

bool sentinel::woken() noexcept {
    const bool now = asleep();
    return m_slept && !now;
}

bool sentinel::falls_asleep(std::chrono::milliseconds within,
                            std::chrono::milliseconds for_a_while) noexcept {
    using clock = std::chrono::steady_clock;
    const auto until = clock::now() + within;
    auto since = clock::time_point::max();
    for (auto now = clock::now(); now < until; now = clock::now()) {
        since = asleep() ? std::min(since, now) : clock::time_point::max();
        if (since != clock::time_point::max() && now - since >= for_a_while) {
            return true;
        }
        pollfd one{m_line.get(), POLLIN, 0};
        const timespec step{0, 100'000};
        if (::ppoll(&one, 1, &step, nullptr) > 0) {
            return false; // it is through
        }
    }
    return false;
}

int stand_sentinel(int handle, int line) noexcept {
    char word = 0;
    if (::send(line, &ready, 1, MSG_NOSIGNAL) != 1 || ::read(line, &word, 1) != 1) {
        return 0; // nothing was frozen
    }
    // Waits while the filesystem is frozen, before it looks for the name; changes nothing.
    (void)::unlinkat(handle, ".snapagent-is-it-frozen", 0);
    (void)!::send(line, &sentinel::over, 1, MSG_NOSIGNAL);
    return 0;
}

} // namespace snapagent
