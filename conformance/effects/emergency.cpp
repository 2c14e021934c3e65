// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/emergency.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>

#include <linux/fs.h>
#include <sys/ioctl.h>

namespace snapproto::conformance::effects {
namespace {

constexpr std::size_t mounts_max = 64;
constexpr int thaws_max =
    64; // somebody may freeze again in between; this is not a fight to the end

// Holds descriptor + 1, so that zero means "free". A signal handler may read it at any moment.
std::array<std::atomic<int>, mounts_max> remembered{};
static_assert(std::atomic<int>::is_always_lock_free);

} // namespace

bool remember_for_emergency(int descriptor) noexcept {
    for (auto& place : remembered) {
        int expected = 0;
        if (place.compare_exchange_strong(expected, descriptor + 1))
            return true;
    }
    return false;
}

void forget_for_emergency(int descriptor) noexcept {
    for (auto& place : remembered) {
        int expected = descriptor + 1;
        if (place.compare_exchange_strong(expected, 0))
            return;
    }
}

void thaw_all() noexcept {
    const int kept = errno;
    for (const auto& place : remembered) {
        const int descriptor = place.load() - 1;
        for (int count = 0; descriptor >= 0 && count < thaws_max; ++count)
            if (::ioctl(descriptor, FITHAW, 0) != 0)
                break;
    }
    errno = kept;
}

} // namespace snapproto::conformance::effects
