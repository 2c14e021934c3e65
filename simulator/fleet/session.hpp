// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_SESSION_HPP
#define SNAPPROTO_SIMULATOR_FLEET_SESSION_HPP

// One snapshot of a group of machines while it is being made: both ends, and what is true. There
// are as many of these as snapshots are made at a time; a machine at rest has none.

#include "simulator/fleet/endpoints.hpp"
#include "simulator/fleet/truth.hpp"
#include "simulator/kernel/generator.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace snapproto::fleet {

/// What a participant is asked for, until it ends.
struct work {
    std::uint32_t number = 0; ///< Counts operations: the end of one that was cut short is no event.
    bool hold = false;
    ticks ends = 0;
};

/// A guest's side of a session.
struct guest {
    guest(agent_end&& fresh, std::size_t participants)
        : end(std::move(fresh)), works(participants) {}

    agent_end end;
    bool alive = false;           ///< Its machine runs.
    bool agent_connected = false; ///< As the agent sees it.
    bool host_connected = false;  ///< As the orchestrator sees it.
    std::uint32_t in_work = 0;    ///< Operations that have still to end.
    std::vector<work> works;      ///< By participant.
    ticks due = end_of_time;      ///< The agent's next deadline.
    // A channel delivers in order: nothing arrives before this.
    ticks to_agent_from = 0;
    ticks to_host_from = 0;

    void begin(bool runs) noexcept {
        alive = agent_connected = host_connected = runs;
        in_work = 0;
        due = end_of_time;
        to_agent_from = to_host_from = 0;
    }

    /// Nothing is expected of it any more.
    [[nodiscard]] bool at_rest() const noexcept {
        return !alive || (!agent_connected && in_work == 0 && end.at_rest());
    }
};

/// One snapshot while it is being made.
struct session {
    session(std::size_t machines, std::size_t participants, const timer_limits& timers)
        : host(machines, timers), truths(machines) {
        for (std::size_t i = 0; i < machines; ++i) {
            guests.emplace_back(agent_end{static_cast<agent_index>(i), timers}, participants);
        }
    }

    orchestrator_end host;
    std::vector<guest> guests;
    std::vector<guest_truth> truths; ///< By guest.
    cut_truth cut;
    kernel::generator random{0};
    recording records;

    std::uint32_t life = 0; ///< Counts the snapshots made in this place.
    std::uint32_t group = 0;
    ticks begun = 0;
    ticks due = end_of_time;     ///< The orchestrator's next deadline.
    ticks wake_at = end_of_time; ///< The event that is pending for deadlines.

    txn_id cut_txn{}; ///< What the array is asked to cut for.
    session_outcome outcome = session_outcome::failed;
    consistency label = consistency::none;
    bool cut_wanted = false; ///< Asked of the array, and not given up.
    bool active = false;
    bool monitored = false;
    bool started = false; ///< The snapshot was asked for.
    bool told = false;    ///< Its outcome is known.
    bool over = false;    ///< The orchestrator has hung up.

    /// The snapshot has been made; another one can be made in this place.
    void rest() noexcept {
        ++life;
        due = wake_at = end_of_time;
        cut = {};
        outcome = session_outcome::failed;
        label = consistency::none;
        active = started = told = over = cut_wanted = false;
    }
};

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_SESSION_HPP
