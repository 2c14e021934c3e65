// SPDX-License-Identifier: BSL-1.0
#include "file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace snapagent {

namespace {

// A lock that is waited for by a call would keep a thread, and could not be given up.
constexpr auto distance_of_tries = std::chrono::milliseconds{5};

} // namespace

void file_lock::hold(clock::time_point until, told ended) {
    m_cancelled = false;
    // To make it, or to open it for writing, could wait for a filesystem that somebody has frozen.
    m_lock = descriptor{::open(m_file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!m_lock) {
        return ended(answer::failed, fmt::format("{}: {}", name(), std::strerror(errno)));
    }
    try_to_lock(until, ended);
}

void file_lock::try_to_lock(clock::time_point until, const told& ended) {
    if (::flock(m_lock.get(), LOCK_EX | LOCK_NB) == 0) {
        m_held = true;
        return ended(answer::done, {});
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
        return ended(answer::failed, fmt::format("{}: {}", name(), std::strerror(errno)));
    }
    if (m_cancelled || clock::now() >= until) {
        return ended(answer::failed, fmt::format("{}: somebody else has it", name()));
    }
    m_timer.expires_after(distance_of_tries);
    m_timer.async_wait([self = shared_from_this(), until, ended](auto) {
        self->try_to_lock(until, ended); // also when it is cancelled: then for the last time
    });
}

void file_lock::release(clock::time_point /*until*/, told ended) {
    const bool held = std::exchange(m_held, false);
    m_lock = {};
    ended(held ? answer::done : answer::not_held, {});
}

} // namespace snapagent
