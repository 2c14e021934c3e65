// SPDX-License-Identifier: BSL-1.0
// How long a snapshot keeps a program waiting, as the program sees it: small records are appended
// and flushed, and the longest append is told. bench/frozen_window.py runs it in a guest.
//
//   blocked_writer FILE
//       appends; a line on standard output when it begins and for each SIGUSR1: the longest append
//       since the last one in nanoseconds, and how many there were
//   blocked_writer --load FILE MIB KIB
//       appends nothing, but writes KIB kibibytes a second into a file of so many MiB and flushes
//       nothing, so that there is always something for a freeze to flush
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

volatile std::sig_atomic_t asked = 1;

void ask(int /*signal*/) {
    asked = 1;
}

int failed(const char* what) {
    std::fprintf(stderr, "blocked_writer: %s: %s\n", what, std::strerror(errno));
    return 1;
}

int append(const char* path) {
    const int file = ::open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        return failed(path);
    }
    struct sigaction action {};
    action.sa_handler = ask;
    action.sa_flags = SA_RESTART; // an append that is interrupted would count as a short one
    ::sigaction(SIGUSR1, &action, nullptr);
    std::array<char, 64> record{};
    record.fill('.');
    record.back() = '\n';
    std::chrono::nanoseconds longest{0};
    std::uint64_t count = 0;
    for (;;) {
        const auto begun = clock_type::now();
        if (::write(file, record.data(), record.size()) != static_cast<ssize_t>(record.size()) ||
            ::fdatasync(file) != 0) {
            return failed(path);
        }
        longest = std::max<std::chrono::nanoseconds>(longest, clock_type::now() - begun);
        ++count;
        if (asked != 0) {
            asked = 0;
            std::printf("%lld %llu\n", static_cast<long long>(longest.count()),
                        static_cast<unsigned long long>(count));
            std::fflush(stdout);
            longest = {};
            count = 0;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

int load(const char* path, std::size_t mebibytes, std::size_t kibibytes_a_second) {
    const int file = ::open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) {
        return failed(path);
    }
    constexpr std::size_t block = std::size_t{64} << 10U;
    const std::size_t blocks = (mebibytes << 20U) / block;
    const auto pause = std::chrono::microseconds{64'000'000 / kibibytes_a_second};
    const std::vector<char> bytes(block, 'x');
    std::mt19937 chance{1};
    for (;;) {
        const auto at = static_cast<off_t>(chance() % blocks * block);
        if (::pwrite(file, bytes.data(), block, at) != static_cast<ssize_t>(block)) {
            return failed(path);
        }
        std::this_thread::sleep_for(pause);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && argv[1][0] != '-') {
        return append(argv[1]);
    }
    if (argc == 5 && std::string{argv[1]} == "--load") {
        const auto mebibytes = std::strtoul(argv[3], nullptr, 10);
        const auto kibibytes = std::strtoul(argv[4], nullptr, 10);
        if (mebibytes > 0 && kibibytes > 0) {
            return load(argv[2], mebibytes, kibibytes);
        }
    }
    std::fputs("usage: blocked_writer FILE | blocked_writer --load FILE MIB KIB\n", stderr);
    return 2;
}
