// SPDX-License-Identifier: BSL-1.0
#include "simulator/cli/interruption.hpp"

namespace snapproto::simulator {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void note_signal(int /*number*/) {
    interrupted = true;
}

} // namespace

interruption::interruption() {
    interrupted = false;
    struct sigaction noted {};
    noted.sa_handler = note_signal;
    noted.sa_flags = static_cast<int>(SA_RESETHAND);
    (void)sigaction(SIGINT, &noted, &m_before_interrupt);
    (void)sigaction(SIGTERM, &noted, &m_before_terminate);
}

interruption::~interruption() {
    (void)sigaction(SIGINT, &m_before_interrupt, nullptr);
    (void)sigaction(SIGTERM, &m_before_terminate, nullptr);
}

const std::atomic<bool>& interruption::came() const noexcept {
    return interrupted;
}

} // namespace snapproto::simulator
