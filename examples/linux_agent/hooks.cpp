// SPDX-License-Identifier: BSL-1.0
#include "hooks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

extern char** environ;

namespace snapagent {

std::vector<std::string> find_hooks(const std::string& file_or_directory) {
    std::vector<std::string> found;
    std::error_code none;
    if (file_or_directory.empty()) {
        return found;
    }
    if (!std::filesystem::is_directory(file_or_directory, none)) {
        return {file_or_directory}; // one that is missing fails when it is called (SP 26.15)
    }
    for (const auto& entry : std::filesystem::directory_iterator(file_or_directory, none)) {
        const auto name = entry.path().filename().string();
        // What editors and packages leave beside a program is none.
        const bool left_over = name.starts_with('.') || name.ends_with('~') ||
                               name.ends_with(".bak") || name.ends_with(".orig") ||
                               name.find(".rpm") != std::string::npos ||
                               name.find(".dpkg") != std::string::npos || name.ends_with(".sample");
        if (!left_over && entry.is_regular_file(none) &&
            ::access(entry.path().c_str(), X_OK) == 0) {
            found.push_back(entry.path().string());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

void hook_call::start(const std::string& program, const char* argument) {
    m_name = fmt::format("the hook {} {}", program, argument);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return m_ended(false, fmt::format("{}: {}", m_name, std::strerror(errno)));
    }
    const descriptor far{ends[1]};
    m_errors.assign(ends[0]);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, far.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, far.get(), STDERR_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const char* const arguments[] = {program.c_str(), argument, nullptr};
    const int failed = ::posix_spawn(&m_number, program.c_str(), &actions, &attributes,
                                     const_cast<char* const*>(arguments), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        m_number = -1;
        return m_ended(false, fmt::format("{}: {}", m_name, std::strerror(failed)));
    }
    m_process.assign(static_cast<int>(::syscall(SYS_pidfd_open, m_number, 0)));
    m_process.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](auto) { self->finish(); });
    read_errors();
}

void hook_call::read_errors() {
    m_errors.async_read_some(
        boost::asio::buffer(m_buffer), [self = shared_from_this()](auto error, std::size_t size) {
            if (!error) {
                const auto room = quoted_max - std::min(quoted_max, self->m_said.size());
                self->m_said.append(self->m_buffer.data(), std::min(size, room));
                self->read_errors();
            }
        });
}

/// Its process has ended; what it started and left behind may still hold the pipe, and may keep it.
void hook_call::finish() {
    int status = 0;
    ::waitpid(m_number, &status, 0);
    m_number = -1;
    boost::system::error_code none;
    m_errors.non_blocking(true, none);
    while (m_said.size() < quoted_max) {
        const auto size = m_errors.read_some(boost::asio::buffer(m_buffer), none);
        if (none || size == 0) {
            break;
        }
        m_said.append(m_buffer.data(), std::min(size, quoted_max - m_said.size()));
    }
    m_errors.close(none);
    m_process.close(none);
    while (!m_said.empty() && m_said.back() == '\n') {
        m_said.pop_back();
    }
    const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::string why;
    if (!good) {
        why = WIFEXITED(status)
                  ? fmt::format("{} ended with status {}", m_name, WEXITSTATUS(status))
                  : fmt::format("{} was ended by signal {}", m_name, WTERMSIG(status));
        if (!m_said.empty()) {
            why += ": " + m_said;
        }
    }
    std::exchange(m_ended, nullptr)(good, std::move(why));
}

void hook_call::kill() noexcept {
    if (m_number > 0) {
        ::kill(-m_number, SIGKILL);
    }
}

void hook::call(const char* argument, const told& ended) {
    const auto made = std::make_shared<hook_call>(
        m_io, [self = shared_from_this(), ended](bool good, std::string why) {
            self->m_call = nullptr;
            ended(good ? answer::done : answer::failed, std::move(why));
        });
    m_call = made;
    made->start(m_program, argument); // it may have ended already
}

} // namespace snapagent
