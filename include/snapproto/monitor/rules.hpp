// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_RULES_HPP
#define SNAPPROTO_MONITOR_RULES_HPP

// What the judges take as given: the timers in force, and where the recording was made.

#include <snapproto/core/limits.hpp>
#include <snapproto/core/time.hpp>
#include <snapproto/trace/record.hpp>

#include <chrono>
#include <cstdint>

namespace snapproto::monitor {

/// Whose messages a recording has.
enum class viewpoint : std::uint8_t {
    both_ends,        ///< Each message is recorded where it is sent and where it is received.
    orchestrator_end, ///< Messages are recorded at the orchestrator only, as on its wire.
    agent_end         ///< Messages are recorded at the agents only.
};

/// The measures of the 26 properties.
struct rules {
    /// Limits of the phases and the hold (SP chapter 15).
    timer_limits timers{};

    /// What a measured time may exceed its limit by.
    duration tolerance = std::chrono::seconds{1};

    /// The longest transaction (SP 15.9).
    duration total = std::chrono::seconds{900};

    viewpoint seen_from = viewpoint::both_ends;

    /// False for dialects without Hello: SP 18.13 is not judged then.
    bool negotiates = true;

    /// False when the recording has no provider: Thaw(cut ok) is then taken as evidence of the cut.
    bool records_provider = true;

    /// The undo time: the limits of THAW and RESUME together.
    [[nodiscard]] constexpr duration undo() const noexcept { return timers.thaw + timers.resume; }

    /// The keep-alive contract: two periods.
    [[nodiscard]] constexpr duration keep_alive_contract() const noexcept {
        return timers.keep_alive * 2;
    }

    /// A message on its way to an agent, as the agent sees it or as near to it as was recorded.
    [[nodiscard]] constexpr bool reaches_agent(const trace::record& r) const noexcept {
        return seen_from == viewpoint::orchestrator_end ? sent_by(r, trace::role::orchestrator)
                                                        : received_by(r, trace::role::agent);
    }
    /// A message from an agent, as near to the agent as was recorded.
    [[nodiscard]] constexpr bool leaves_agent(const trace::record& r) const noexcept {
        return seen_from == viewpoint::orchestrator_end ? received_by(r, trace::role::orchestrator)
                                                        : sent_by(r, trace::role::agent);
    }
    /// A message from an agent, as near to the orchestrator as was recorded.
    [[nodiscard]] constexpr bool reaches_orchestrator(const trace::record& r) const noexcept {
        return seen_from == viewpoint::agent_end ? sent_by(r, trace::role::agent)
                                                 : received_by(r, trace::role::orchestrator);
    }
    /// A message to an agent, as near to the orchestrator as was recorded.
    [[nodiscard]] constexpr bool leaves_orchestrator(const trace::record& r) const noexcept {
        return seen_from == viewpoint::agent_end ? received_by(r, trace::role::agent)
                                                 : sent_by(r, trace::role::orchestrator);
    }
    /// A channel that the agent, or the nearest end recorded, has lost or got.
    [[nodiscard]] constexpr bool at_agent(const trace::record& r) const noexcept {
        return r.who == (seen_from == viewpoint::orchestrator_end ? trace::role::orchestrator
                                                                  : trace::role::agent);
    }
    /// The same for the orchestrator's end.
    [[nodiscard]] constexpr bool at_orchestrator(const trace::record& r) const noexcept {
        return r.who ==
               (seen_from == viewpoint::agent_end ? trace::role::agent : trace::role::orchestrator);
    }

  private:
    [[nodiscard]] static constexpr bool sent_by(const trace::record& r, trace::role who) noexcept {
        return r.what == trace::record_kind::sent && r.who == who && r.message;
    }
    [[nodiscard]] static constexpr bool received_by(const trace::record& r,
                                                    trace::role who) noexcept {
        return r.what == trace::record_kind::received && r.who == who && r.message;
    }
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_RULES_HPP
