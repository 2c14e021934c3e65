// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_KERNEL_SIMULATION_HPP
#define SNAPPROTO_SIMULATOR_KERNEL_SIMULATION_HPP

// A queue of events with a clock that goes from one to the next.

#include "simulator/kernel/event_queue.hpp"
#include "simulator/kernel/ticks.hpp"

#include <algorithm>
#include <cstdint>

namespace snapproto::kernel {

/// Virtual time and what is to happen in it. What an event does is its handler's business, which
/// may add and cancel events.
template <class Event>
class simulation {
  public:
    [[nodiscard]] ticks now() const noexcept { return m_now; }
    [[nodiscard]] std::size_t pending() const noexcept { return m_queue.size(); }
    [[nodiscard]] std::uint64_t handled() const noexcept { return m_handled; }

    /// Adds an event; one for the past is for now.
    void at(ticks when, const Event& what) { m_queue.post(std::max(when, m_now), what); }
    /// @pre delay >= 0.
    void after(ticks delay, const Event& what) { m_queue.post(later(m_now, delay), what); }

    /// Adds an event that can be cancelled.
    event_handle timer_at(ticks when, const Event& what) {
        return m_queue.push(std::max(when, m_now), what);
    }
    /// @pre delay >= 0.
    event_handle timer_after(ticks delay, const Event& what) {
        return m_queue.push(later(m_now, delay), what);
    }
    bool cancel(event_handle which) { return m_queue.cancel(which); }
    [[nodiscard]] bool pending(event_handle which) const noexcept { return m_queue.pending(which); }

    /// Handles the next event. @return false when there is none until `end`, that included.
    template <class Handler>
    bool step(ticks end, Handler&& handle) {
        if (m_queue.empty() || m_queue.next_time() > end) {
            return false;
        }
        const auto next = m_queue.pop();
        m_now = next.at;
        ++m_handled;
        handle(next.what);
        return true;
    }

    /// Handles all events until `end`, that included, and sets the clock to it.
    template <class Handler>
    void run(ticks end, Handler&& handle) {
        while (step(end, handle)) {
        }
        m_now = std::max(m_now, end);
    }

  private:
    event_queue<Event> m_queue;
    ticks m_now = 0;
    std::uint64_t m_handled = 0;
};

} // namespace snapproto::kernel

#endif // SNAPPROTO_SIMULATOR_KERNEL_SIMULATION_HPP
