// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/write_probe.hpp"

#include "conformance/attach/descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace snapproto::conformance::effects {
namespace {

constexpr const char* absent_name = ".snapproto-no-such-name";

// The kernel says in what function a thread sleeps; where it does, a few looks are enough. Where it
// does not, only time tells, and the time must cover a machine that is busy with other things.
constexpr auto look_every = std::chrono::milliseconds(2);
constexpr int looks_needed = 3;
constexpr auto silence_means_frozen = std::chrono::milliseconds(500);

/// True if the thread sleeps waiting for write access to a filesystem.
bool waits_for_write_access(pid_t thread) {
    std::ifstream in(fmt::format("/proc/self/task/{}/wchan", thread));
    std::string where;
    return in && std::getline(in, where) && where.find("percpu_rwsem") != std::string::npos;
}

} // namespace

struct write_probe::state {
    descriptor mount;
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t wanted = 0;   ///< Probes asked for.
    std::uint64_t answered = 0; ///< Probes that came back from the kernel.
    int error = 0;              ///< What the last of them failed with.
    pid_t thread = 0;
    bool leave = false;

    void run() {
        std::unique_lock lock(mutex);
        thread = static_cast<pid_t>(::syscall(SYS_gettid));
        changed.notify_all();
        for (;;) {
            changed.wait(lock, [&] { return leave || wanted != answered; });
            if (leave)
                return;
            const std::uint64_t number = wanted;
            lock.unlock();
            const int failed = ::unlinkat(mount.get(), absent_name, 0) == 0 ? 0 : errno;
            lock.lock();
            answered = number;
            error = failed;
            changed.notify_all();
        }
    }
};

write_probe::write_probe(const std::string& mount) : m_state(std::make_shared<state>()) {
    m_state->mount = descriptor(::open(mount.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!m_state->mount)
        throw std::runtime_error(fmt::format("{}: {}", mount, std::strerror(errno)));
    std::thread([state = m_state] { state->run(); }).detach();
}

write_probe::~write_probe() {
    const std::lock_guard lock(m_state->mutex);
    m_state->leave = true;
    m_state->changed.notify_all();
}

observed<bool> write_probe::frozen() {
    std::unique_lock lock(m_state->mutex);
    // A probe that is still asleep was asked for before now; if it comes back, it says that there
    // was a freeze, and a new one has to say whether there is one.
    const std::uint64_t mine = ++m_state->wanted;
    m_state->changed.notify_all();
    const auto end = std::chrono::steady_clock::now() + silence_means_frozen;
    for (int looks = 0; looks < looks_needed && std::chrono::steady_clock::now() < end;) {
        if (m_state->changed.wait_for(lock, look_every,
                                      [&] { return m_state->answered >= mine; })) {
            if (m_state->error == ENOENT)
                return false;
            return observed<bool>::unknown(
                fmt::format("the kernel refuses write access: {}", std::strerror(m_state->error)));
        }
        looks = m_state->thread != 0 && waits_for_write_access(m_state->thread) ? looks + 1 : 0;
    }
    return true;
}

} // namespace snapproto::conformance::effects
