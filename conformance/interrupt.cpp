// SPDX-License-Identifier: BSL-1.0
#include "conformance/interrupt.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <functional>
#include <thread>
#include <utility>

#include <pthread.h>
#include <unistd.h>

namespace snapproto::conformance {
namespace {

std::atomic<bool> stop{false};

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

} // namespace

bool stop_requested() noexcept {
    return stop.load(std::memory_order_relaxed);
}

void request_stop(bool on) noexcept {
    stop.store(on, std::memory_order_relaxed);
}

struct interrupt_guard::state {
    std::function<void()> emergency;
    std::atomic<bool> ends{false};
    sigset_t before{};
    std::thread waiter;

    void wait() {
        const sigset_t set = stop_signals();
        const timespec slice{0, 100'000'000};
        while (!ends.load()) {
            if (sigtimedwait(&set, nullptr, &slice) < 0) {
                continue;
            }
            if (!stop_requested()) {
                request_stop();
                std::fputs("\nstopping; thawing what is frozen (again to thaw by force)\n", stderr);
                continue;
            }
            emergency();
            std::fputs("\nstopped by force\n", stderr);
            _exit(130);
        }
    }
};

interrupt_guard::interrupt_guard(std::function<void()> emergency)
    : m_state(std::make_unique<state>()) {
    m_state->emergency = std::move(emergency);
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, &m_state->before);
    m_state->waiter = std::thread([s = m_state.get()] { s->wait(); });
}

interrupt_guard::~interrupt_guard() {
    m_state->ends.store(true);
    m_state->waiter.join();
    pthread_sigmask(SIG_SETMASK, &m_state->before, nullptr);
}

} // namespace snapproto::conformance
