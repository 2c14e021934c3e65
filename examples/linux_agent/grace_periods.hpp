// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_GRACE_PERIODS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_GRACE_PERIODS_HPP

// How long the kernel takes to know that nobody is still in what it changes (RCU). A freeze waits
// for three such grace periods, two of them while writers wait already: some 20 of 50 ms.

namespace snapagent {

/// While one exists the kernel is asked for short grace periods. They cost the other processors an
/// interruption each, which is why they are not the rule.
///
/// Errors: none; a kernel that does not let itself be asked takes its time.
class short_grace_periods {
  public:
    short_grace_periods() noexcept;
    short_grace_periods(const short_grace_periods&) = delete;
    short_grace_periods& operator=(const short_grace_periods&) = delete;
    ~short_grace_periods();
};

/// Whether they are short now.
[[nodiscard]] bool grace_periods_are_short() noexcept;

/// Undoes what an agent has asked for that was killed meanwhile.
void make_grace_periods_long() noexcept;

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_GRACE_PERIODS_HPP
