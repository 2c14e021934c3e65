// SPDX-License-Identifier: BSL-1.0
#include "helper_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include <algorithm>

extern char** environ;

namespace snapagent {

int start_helper(const char* role, std::initializer_list<int> descriptors) noexcept {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    // By way of numbers above all of them, so that none is overwritten before it is passed on.
    int above = 3 + static_cast<int>(descriptors.size());
    for (const int one : descriptors) {
        above = std::max(above, one + 1);
    }
    int at = 0;
    for (const int one : descriptors) {
        ::posix_spawn_file_actions_adddup2(&actions, one, above + at++);
    }
    for (int i = 0; i < at; ++i) {
        ::posix_spawn_file_actions_adddup2(&actions, above + i, 3 + i);
    }
    for (int i = 0; i < at; ++i) {
        ::posix_spawn_file_actions_addclose(&actions, above + i);
    }
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    const char* const arguments[] = {"snapagent", role, nullptr};
    pid_t process = -1;
    const int failed = ::posix_spawn(&process, "/proc/self/exe", &actions, &attributes,
                                     const_cast<char* const*>(arguments), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? process : -1;
}

} // namespace snapagent
