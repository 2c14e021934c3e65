// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_INTERRUPT_HPP
#define SNAPPROTO_CONFORMANCE_INTERRUPT_HPP

// Ctrl-C without leaving anything frozen. The first asks the run to stop: every bounded wait looks
// for it, the runner thaws by protocol and from outside, and the program ends. The second does not
// wait for that: it thaws from outside and ends at once.

#include <functional>
#include <memory>

namespace snapproto::conformance {

/// True once the user has asked to stop (SIGINT, SIGTERM or SIGHUP).
[[nodiscard]] bool stop_requested() noexcept;

/// Asks to stop, as the signal does; for tests.
void request_stop(bool stop = true) noexcept;

/// Takes over the three signals while it lives.
///
/// The signals are blocked in every thread and taken by one of its own, so that the emergency may
/// do anything a thread may do. Make it before any other thread is started.
class interrupt_guard {
  public:
    /// @param emergency called on the second signal, in the guard's thread; the process then ends
    ///        with status 130.
    explicit interrupt_guard(std::function<void()> emergency);
    ~interrupt_guard();
    interrupt_guard(const interrupt_guard&) = delete;
    interrupt_guard& operator=(const interrupt_guard&) = delete;

  private:
    struct state;
    std::unique_ptr<state> m_state;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_INTERRUPT_HPP
