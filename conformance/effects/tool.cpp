// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/tool.hpp"

#include "conformance/attach/descriptor.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace snapproto::conformance::effects {
namespace {

constexpr std::size_t output_bytes_max = std::size_t{4} << 20;

std::optional<std::string> find_program(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::string places = path != nullptr ? path : "";
    places += ":/usr/sbin:/sbin:/usr/bin:/bin";
    for (std::size_t at = 0; at < places.size();) {
        const std::size_t end = std::min(places.find(':', at), places.size());
        const std::string candidate = places.substr(at, end - at) + '/' + name;
        if (end > at && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
        at = end + 1;
    }
    return std::nullopt;
}

/// Reads until the end of the pipe. @return false if that did not come within the bound.
bool collect(int pipe, std::string& output, duration bound) {
    const instant end = real_now() + bound;
    std::array<char, 65536> buffer{};
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - real_now());
        pollfd waited{pipe, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&waited, 1, static_cast<int>(left.count())) <= 0)
            return false;
        const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
        if (got <= 0)
            return true;
        const auto length = static_cast<std::size_t>(got);
        output.append(buffer.data(), std::min(length, output_bytes_max - output.size()));
    }
}

} // namespace

std::optional<tool_result> run_tool(const std::vector<std::string>& words, duration bound) {
    const auto program = find_program(words.front());
    std::array<int, 2> ends{-1, -1};
    if (!program || ::pipe2(ends.data(), O_CLOEXEC) != 0)
        return std::nullopt;
    const descriptor reading(ends[0]);
    descriptor writing(ends[1]);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, writing.get(), STDERR_FILENO);
    posix_spawnattr_t attributes; // signals as usual, whatever this program blocks or ignores
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failed =
        ::posix_spawn(&child, program->c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        return std::nullopt;
    writing.reset();

    tool_result result;
    const bool ended = collect(reading.get(), result.output, bound);
    if (!ended)
        ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!ended || !WIFEXITED(status))
        return std::nullopt;
    result.status = WEXITSTATUS(status);
    return result;
}

} // namespace snapproto::conformance::effects
