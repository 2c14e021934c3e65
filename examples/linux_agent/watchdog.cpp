// SPDX-License-Identifier: BSL-1.0
#include "watchdog.hpp"

#include "freezer.hpp"
#include "grace_periods.hpp"
#include "helper_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace snapagent {
namespace {

using clock = watchdog::clock;
using std::chrono::milliseconds;

constexpr const char* process_name = "snapagent-guard"; // at most 15 bytes

/// What the agent tells its watchdog; a handle may come with it.
struct order {
    enum class kind : int { begin, guard, postpone, dismiss } what;
    std::int64_t ns; ///< `begin`: the span after death; else a time on the monotonic clock.
};

/// @return false if there is nobody at the other end
bool tell(int line, const order& what, int handle = -1) noexcept {
    iovec bytes{const_cast<order*>(&what), sizeof what};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (handle >= 0) {
        message.msg_control = room.data();
        message.msg_controllen = room.size();
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &handle, sizeof handle);
    }
    return ::sendmsg(line, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof what);
}

/// @return false at the end of the line
bool hear(int line, order& what, descriptor& handle) noexcept {
    iovec bytes{&what, sizeof what};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    if (::recvmsg(line, &message, MSG_CMSG_CLOEXEC) != static_cast<ssize_t>(sizeof what)) {
        return false;
    }
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message);
        header != nullptr && header->cmsg_type == SCM_RIGHTS) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(header), sizeof number);
        handle = descriptor{number};
    }
    return true;
}

clock::time_point time_of(std::int64_t ns) {
    return clock::time_point{std::chrono::nanoseconds{ns}};
}

std::int64_t number_of(clock::time_point at) {
    return std::chrono::nanoseconds{at.time_since_epoch()}.count();
}

/// Thaws all, each in a process of its own: one that waits for a freeze in work keeps nobody else.
void thaw_all(const std::vector<descriptor>& guarded) {
    for (const auto& one : guarded) {
        if (::fork() == 0) {
            sigset_t relief; // ends this one too
            sigemptyset(&relief);
            sigaddset(&relief, SIGUSR1);
            ::sigprocmask(SIG_UNBLOCK, &relief, nullptr);
            // A freeze that was in work when the agent died comes about later.
            for (int left = 20; left > 0 && thaw(one.get()).answer != kernel_answer::done; --left) {
                std::this_thread::sleep_for(milliseconds{100});
            }
            ::_exit(0);
        }
    }
}

} // namespace

watchdog::watchdog(milliseconds after_death) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return;
    }
    m_line = descriptor{ends[0]};
    const descriptor far{ends[1]};
    m_process = start_helper("--watchdog", {far.get()});
    (void)tell(m_line.get(), {order::kind::begin, std::chrono::nanoseconds{after_death}.count()});
}

watchdog::~watchdog() {
    m_line = {}; // it ends by itself when nothing is held
    if (m_process > 0) {
        ::waitpid(m_process, nullptr, WNOHANG);
    }
}

bool watchdog::guard(int handle, clock::time_point until) noexcept {
    return running() && tell(m_line.get(), {order::kind::guard, number_of(until)}, handle);
}

bool watchdog::postpone(clock::time_point until) noexcept {
    return tell(m_line.get(), {order::kind::postpone, number_of(until)});
}

void watchdog::dismiss() noexcept {
    (void)tell(m_line.get(), {order::kind::dismiss, 0});
}

bool watchdog::running() noexcept {
    return m_process > 0 && ::waitpid(m_process, nullptr, WNOHANG) == 0;
}

int stand_guard() {
    constexpr int line_number = 3;
    ::prctl(PR_SET_NAME, process_name);
    (void)!::chdir("/");
    (void)::mlockall(MCL_CURRENT | MCL_FUTURE);
    sigset_t mask;
    sigemptyset(&mask);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
        sigaddset(&mask, number);
    }
    ::sigprocmask(SIG_BLOCK, &mask, nullptr);
    const descriptor signals{::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK)};
    ::signal(SIGCHLD, SIG_IGN); // nobody waits for those who thaw

    descriptor line{line_number};
    const bool were_short = grace_periods_are_short();
    clock::duration after_death{};
    auto until = clock::time_point::max();
    std::vector<descriptor> guarded;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(until - clock::now());
        const int wait = until == clock::time_point::max()
                             ? -1
                             : static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
        std::array<pollfd, 2> waited{
            {{line ? line.get() : -1, POLLIN, 0}, {signals.get(), POLLIN, 0}}};
        (void)::poll(waited.data(), waited.size(), wait);
        if (line && waited[0].revents != 0) {
            order what{};
            descriptor handle;
            if (!hear(line.get(), what, handle)) {
                line = {};
                if (guarded.empty()) {
                    return 0;
                }
                if (!were_short) {
                    make_grace_periods_long(); // it may have died in a freeze
                }
                until = std::min(until, clock::now() + after_death);
            } else if (what.what == order::kind::begin) {
                after_death = std::chrono::nanoseconds{what.ns};
            } else if (what.what == order::kind::dismiss) {
                guarded.clear();
                until = clock::time_point::max();
            } else {
                until = time_of(what.ns);
                if (handle) {
                    guarded.push_back(std::move(handle));
                }
            }
        }
        signalfd_siginfo got{};
        if (waited[1].revents != 0 &&
            ::read(signals.get(), &got, sizeof got) == static_cast<ssize_t>(sizeof got)) {
            // While the agent lives it decides; all of a service are told to end at once.
            if (!line && got.ssi_signo == SIGUSR1) {
                return 0; // another one guards what is held
            }
            if (!line) {
                until = clock::now();
            }
        }
        if (!guarded.empty() && clock::now() >= until) {
            thaw_all(guarded);
            guarded.clear();
            until = clock::time_point::max();
            if (!line) {
                return 1;
            }
        }
    }
}

void relieve_predecessors() noexcept {
    namespace fs = std::filesystem;
    std::error_code none;
    const auto own_mounts = fs::read_symlink("/proc/self/ns/mnt", none);
    for (const auto& entry : fs::directory_iterator("/proc", none)) {
        const auto number = std::atoi(entry.path().filename().c_str());
        if (number <= 1) {
            continue;
        }
        // A handle first: what is looked at next is then surely what gets the signal.
        const descriptor process{static_cast<int>(::syscall(SYS_pidfd_open, number, 0))};
        std::string name;
        std::getline(std::ifstream(entry.path() / "comm"), name);
        if (process && name == process_name &&
            fs::read_symlink(entry.path() / "ns/mnt", none) == own_mounts) {
            ::syscall(SYS_pidfd_send_signal, process.get(), SIGUSR1, nullptr, 0);
        }
    }
}

} // namespace snapagent
