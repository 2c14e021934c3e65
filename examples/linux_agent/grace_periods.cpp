// SPDX-License-Identifier: BSL-1.0
#include "grace_periods.hpp"

#include "descriptor.hpp"

#include <fcntl.h>

#include <mutex>

namespace snapagent {

namespace {

constexpr const char* setting = "/sys/kernel/rcu_expedited";

// Several filesystems may be frozen at the same time.
std::mutex guard;
int users = 0;
bool changed = false;

bool set(char value) noexcept {
    const descriptor file{::open(setting, O_WRONLY | O_CLOEXEC)};
    return file && ::write(file.get(), &value, 1) == 1;
}

} // namespace

short_grace_periods::short_grace_periods() noexcept {
    const std::lock_guard lock(guard);
    if (users++ == 0) {
        changed = !grace_periods_are_short() && set('1');
    }
}

short_grace_periods::~short_grace_periods() {
    const std::lock_guard lock(guard);
    if (--users == 0 && changed) {
        (void)set('0');
    }
}

bool grace_periods_are_short() noexcept {
    const descriptor file{::open(setting, O_RDONLY | O_CLOEXEC)};
    char value = '0';
    return file && ::read(file.get(), &value, 1) == 1 && value != '0';
}

void make_grace_periods_long() noexcept {
    (void)set('0');
}

} // namespace snapagent
