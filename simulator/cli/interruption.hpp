// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CLI_INTERRUPTION_HPP
#define SNAPPROTO_SIMULATOR_CLI_INTERRUPTION_HPP

#include <atomic>
#include <csignal>

namespace snapproto::simulator {

/// While it lives, the first Ctrl-C, or the first request of a batch system to end, does not end
/// the program, but is noted; the second one ends it.
class interruption {
  public:
    interruption();
    ~interruption();
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;

    [[nodiscard]] const std::atomic<bool>& came() const noexcept;

  private:
    struct sigaction m_before_interrupt {};
    struct sigaction m_before_terminate {};
};

} // namespace snapproto::simulator

#endif // SNAPPROTO_SIMULATOR_CLI_INTERRUPTION_HPP
