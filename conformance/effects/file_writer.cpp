// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/file_writer.hpp"

#include "conformance/attach/descriptor.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace snapproto::conformance::effects {
namespace {

constexpr std::size_t record_bytes = 512;
constexpr std::uint64_t records_in_file = 512;
constexpr std::size_t completions_max = 4096;
constexpr auto rest = std::chrono::milliseconds(5);

// A write that was confirmed just before the freeze is counted when its thread gets to run, which
// on a busy machine is a little later. So much is not held against the freeze.
constexpr auto late_count = std::chrono::milliseconds(20);

std::atomic<unsigned> writers_made{0};

} // namespace

struct file_writer::state {
    std::string path;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t steps = 0;
    std::deque<instant> times;
    std::string failure;
    bool leave = false;
    bool ended = false;

    /// One record, confirmed by the disk. @return false on an error, which is noted.
    bool step(int file, std::uint64_t number) {
        std::array<char, record_bytes> record{};
        fmt::format_to_n(record.data(), record.size() - 1, "snapproto record {}\n", number);
        const auto place = static_cast<off_t>(number % records_in_file * record_bytes);
        const bool good = ::pwrite(file, record.data(), record.size(), place) ==
                              static_cast<ssize_t>(record.size()) &&
                          ::fsync(file) == 0;
        const instant done = real_now();
        const std::lock_guard lock(mutex);
        if (!good) {
            failure = fmt::format("{}: {}", path, std::strerror(errno));
            return false;
        }
        ++steps;
        times.push_back(done);
        if (times.size() > completions_max)
            times.pop_front();
        changed.notify_all();
        return true;
    }

    void run() {
        descriptor file(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        const int why = errno;
        std::unique_lock lock(mutex);
        if (!file)
            failure = fmt::format("{}: {}", path, std::strerror(why));
        for (std::uint64_t number = 0; file && !leave; ++number) {
            lock.unlock();
            const bool good = step(file.get(), number);
            lock.lock();
            if (!good)
                break;
            changed.wait_for(lock, rest, [&] { return leave; });
        }
        lock.unlock();
        if (file)
            ::unlink(path.c_str());
        file.reset();
        lock.lock();
        ended = true;
        changed.notify_all();
    }
};

file_writer::file_writer(const std::string& mount) : m_state(std::make_shared<state>()) {
    m_state->path = fmt::format("{}/{}{}-{}", mount, name_prefix, ::getpid(), ++writers_made);
    std::thread([state = m_state] { state->run(); }).detach();
}

file_writer::~file_writer() {
    std::unique_lock lock(m_state->mutex);
    m_state->leave = true;
    m_state->changed.notify_all();
    m_state->changed.wait_for(lock, end_wait, [&] { return m_state->ended; });
}

std::uint64_t file_writer::progress() const {
    const std::lock_guard lock(m_state->mutex);
    return m_state->steps;
}

bool file_writer::blocked_for(duration span) {
    real_sleep(std::min<duration>(late_count, span / 4));
    const std::uint64_t before = progress();
    real_sleep(span);
    const std::lock_guard lock(m_state->mutex);
    // A writer that has failed or ended is not blocked; it proves nothing.
    return m_state->steps == before && m_state->failure.empty() && !m_state->ended;
}

bool file_writer::moves_within(duration bound) {
    std::unique_lock lock(m_state->mutex);
    const std::uint64_t before = m_state->steps;
    return m_state->changed.wait_for(lock, bound, [&] { return m_state->steps > before; });
}

std::vector<instant> file_writer::completions() const {
    const std::lock_guard lock(m_state->mutex);
    return {m_state->times.begin(), m_state->times.end()};
}

std::string file_writer::failure() const {
    const std::lock_guard lock(m_state->mutex);
    return m_state->failure;
}

} // namespace snapproto::conformance::effects
