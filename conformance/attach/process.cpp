// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/process.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace snapproto::conformance {
namespace {

struct pipe_ends {
    descriptor reads;
    descriptor writes;
};

pipe_ends make_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw unreachable(fmt::format("no pipe: {}", std::strerror(errno)));
    }
    return {descriptor(ends[0]), descriptor(ends[1])};
}

/// Between fork and exec: system calls only, since other threads may have held any lock.
[[noreturn]] void become(char* const* words, int conversation, int output, int failure,
                         pid_t parent, leads what) {
    if (what == leads::session) {
        ::setsid();
    } else {
        ::setpgid(0, 0);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        ::_exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    const bool talks = conversation >= 0;
    ::dup2(talks ? conversation : ::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(talks ? conversation : output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(words[0], words);
    const int code = errno;
    const ssize_t told = ::write(failure, &code, sizeof code);
    ::_exit(told == sizeof code ? 127 : 126);
}

} // namespace

process::process(const std::vector<std::string>& words, int conversation, leads what) {
    std::vector<std::string> copy = words;
    std::vector<char*> raw;
    for (auto& word : copy) {
        raw.push_back(word.data());
    }
    raw.push_back(nullptr);
    pipe_ends output = make_pipe();
    pipe_ends failure = make_pipe();
    const pid_t parent = ::getpid();
    m_id = ::fork();
    if (m_id < 0) {
        throw unreachable(fmt::format("no process for the agent: {}", std::strerror(errno)));
    }
    if (m_id == 0) {
        become(raw.data(), conversation, output.writes.get(), failure.writes.get(), parent, what);
    }
    output.writes.reset();
    failure.writes.reset();
    // The write end closes itself at exec, so this read ends when the program runs or has failed.
    int code = 0;
    if (::read(failure.reads.get(), &code, sizeof code) == sizeof code) {
        int state = 0;
        ::waitpid(m_id, &state, 0);
        throw unreachable(fmt::format("cannot execute {}: {}", words[0], std::strerror(code)));
    }
    m_output = std::move(output.reads);
    make_nonblocking(m_output.get());
    m_collector = std::thread([this] { collect(); });
}

process::~process() {
    kill_group();
    int state = 0;
    ::waitpid(m_id, &state, WNOHANG);
    m_leave = true;
    if (m_collector.joinable()) {
        m_collector.join();
    }
}

void process::collect() {
    while (!m_leave) {
        pollfd one{m_output.get(), POLLIN, 0};
        if (::poll(&one, 1, 50) > 0 && !read_what_is_there()) {
            return;
        }
    }
}

bool process::read_what_is_there() {
    std::array<char, 4096> buffer; // NOLINT: filled by read
    const std::lock_guard lock(m_mutex);
    // More than the pipe holds, and not without an end: it may be written all the while.
    for (int reads = 0; reads < 64; ++reads) {
        const ssize_t got = ::read(m_output.get(), buffer.data(), buffer.size());
        if (got <= 0) {
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        }
        m_text.append(buffer.data(), static_cast<std::size_t>(got));
        if (m_text.size() > output_bytes_max) {
            m_text.erase(0, m_text.size() - output_bytes_max);
        }
    }
    return true;
}

void process::signal(int number) {
    if (alive()) {
        ::kill(m_id, number);
    }
}

void process::kill_group() {
    // The leader is reaped by the destructor only, so its number still belongs to this group.
    ::kill(-m_id, SIGKILL);
    (void)wait_exit(std::chrono::seconds(2));
}

std::optional<exit_report> process::wait_exit(duration bound) {
    const instant end = real_now() + bound;
    while (!m_end) {
        siginfo_t info{};
        const int got =
            ::waitid(P_PID, static_cast<id_t>(m_id), &info, WEXITED | WNOHANG | WNOWAIT);
        if (got == 0 && info.si_pid == m_id) {
            m_end = exit_report{info.si_code != CLD_EXITED, info.si_status};
        } else if (real_now() >= end) {
            break;
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    return m_end;
}

std::string process::output() {
    (void)read_what_is_there(); // the last words of a process that has just ended
    const std::lock_guard lock(m_mutex);
    return m_text;
}

} // namespace snapproto::conformance
