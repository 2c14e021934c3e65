// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_WATCHDOG_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_WATCHDOG_HPP

// A process of its own that thaws when the agent cannot: killed, stopped, or asleep in a
// filesystem that it froze.

#include "descriptor.hpp"

#include <chrono>

namespace snapagent {

/// The agent's end of its watchdog.
class watchdog {
  public:
    using clock = std::chrono::steady_clock; // CLOCK_MONOTONIC: the same in both processes

    /// Starts the process. Until it runs, `running` is false and nothing may be frozen.
    /// @param after_death  how long what is held stays so when the agent has died, so that an agent
    ///                     that is started again can take it over
    explicit watchdog(std::chrono::milliseconds after_death);
    ~watchdog();
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    /// Hands it one more filesystem, before that is frozen. @return false if it has ended
    [[nodiscard]] bool guard(int handle, clock::time_point until) noexcept;

    /// The present deadline of all that it guards.
    [[nodiscard]] bool postpone(clock::time_point until) noexcept;

    /// Nothing is held any more.
    void dismiss() noexcept;

    /// Whether the process is there.
    [[nodiscard]] bool running() noexcept;

    /// Becomes readable when it has ended.
    [[nodiscard]] int ended() const noexcept { return m_line.get(); }

  private:
    descriptor m_line;
    int m_process = -1;
};

/// What the watchdog's process does, as "snapagent --watchdog": its line is descriptor 3.
/// @return its exit status
[[nodiscard]] int stand_guard();

/// Relieves the watchdogs of agents that have died: whoever begins now takes over what is held,
/// and an old one would thaw what a new one freezes. With or without a record of them; those whose
/// agent lives do not listen.
void relieve_predecessors() noexcept;

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_WATCHDOG_HPP
