// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_ENDPOINTS_HPP
#define SNAPPROTO_SIMULATOR_FLEET_ENDPOINTS_HPP

// The library's endpoints behind a wall: their machines take half a minute to compile, and the
// fleet around them does not need to see them.

#include <snapproto/core/limits.hpp>
#include <snapproto/core/time.hpp>
#include <snapproto/endpoint/orchestrator_io.hpp>
#include <snapproto/message/any_message.hpp>
#include <snapproto/trace/record.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace snapproto::endpoint {
class agent_endpoint;
class orchestrator_endpoint;
} // namespace snapproto::endpoint

namespace snapproto::fleet {

/// Where both ends of a session write what happens; null: nowhere.
using recording = std::vector<trace::record>;

/// What a participant answers, as `machine::participant_event` has it.
enum class answer : std::uint8_t { prepared, vetoed, held, released, finished };

/// An agent, for one session after the other.
class agent_end {
  public:
    agent_end(agent_index index, const timer_limits& timers);
    agent_end(agent_end&&) noexcept;
    agent_end& operator=(agent_end&&) noexcept;
    ~agent_end();

    /// Begins anew, as in another guest.
    void reset(recording* into);

    void handle(const any_message& message, instant now);
    void channel_lost(instant now);
    void found(std::span<const participant_summary> all, instant now);
    void answered(participant_index participant, answer what, instant now);
    void timeout(instant now);
    [[nodiscard]] endpoint::agent_output poll();

    /// No session and no transaction.
    [[nodiscard]] bool at_rest() const noexcept;
    /// What became of the last transaction.
    [[nodiscard]] verdict last_verdict() const noexcept;

  private:
    std::unique_ptr<endpoint::agent_endpoint> m_end;
};

/// An orchestrator, for one snapshot after the other.
class orchestrator_end {
  public:
    orchestrator_end(std::size_t agents, const timer_limits& timers);
    orchestrator_end(orchestrator_end&&) noexcept;
    orchestrator_end& operator=(orchestrator_end&&) noexcept;
    ~orchestrator_end();

    /// Begins anew; sessions and transactions are numbered from here on.
    void reset(std::uint64_t first, recording* into);

    void channel_up(agent_index agent, instant now);
    void channel_lost(agent_index agent, instant now);
    void handle(agent_index from, const any_message& message, instant now);
    [[nodiscard]] bool start(endpoint::snapshot_options wanted, instant now);
    void cut_finished(txn_id txn, bool succeeded, instant now);
    void timeout(instant now);
    [[nodiscard]] endpoint::orchestrator_output poll();

    /// Nothing is being agreed or snapshotted.
    [[nodiscard]] bool at_rest() const noexcept;

  private:
    std::unique_ptr<endpoint::orchestrator_endpoint> m_end;
};

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_ENDPOINTS_HPP
