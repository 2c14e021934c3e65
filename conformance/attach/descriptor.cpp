// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/descriptor.hpp"

#include "conformance/interrupt.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <poll.h>

namespace snapproto::conformance {
namespace {

/// How long a stop request may go unnoticed.
constexpr duration slice = std::chrono::milliseconds(100);

} // namespace

instant real_now() noexcept {
    static const auto zero = std::chrono::steady_clock::now();
    return instant(std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - zero));
}

void real_sleep(duration span) {
    // A request made before the sleep does not cut it: clean-up work sleeps too.
    const bool asked_before = stop_requested();
    const instant end = real_now() + span;
    while (real_now() < end && (asked_before || !stop_requested())) {
        std::this_thread::sleep_for(std::min(slice, end - real_now()));
    }
}

short wait_for(int fd, short events, duration wait) {
    const bool asked_before = stop_requested();
    const instant end = real_now() + wait;
    for (;;) {
        const duration left = std::clamp(end - real_now(), duration{0}, slice);
        const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left);
        pollfd one{fd, events, 0};
        if (::poll(&one, 1, static_cast<int>(whole.count())) > 0) {
            return one.revents;
        }
        if (real_now() >= end || (!asked_before && stop_requested())) {
            return 0;
        }
    }
}

bool make_nonblocking(int fd) noexcept {
    const int flags = ::fcntl(fd, F_GETFL);
    return flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

} // namespace snapproto::conformance
