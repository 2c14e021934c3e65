// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_WORLD_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_WORLD_HPP

// Everything that the explored model is made of, as plain values: the two sides, their channels,
// the participants, the provider, what is left of the budget, and the ghosts, which record what
// truly happened and which no machine can see. docs/verification.md describes each in words.

#include "simulator/explore/snapshot/config.hpp"

#include <snapproto/machine/agent_types.hpp>
#include <snapproto/machine/orchestrator_types.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace snapproto::explore {

/// Requests, orchestrator to agent.
enum class request : std::uint8_t { hello, prepare, freeze, thaw, complete, abort, sync, status };
/// Answers, agent to orchestrator.
enum class answer : std::uint8_t {
    hello_ack, ///< arg: 1 when agreed.
    prepared,
    frozen,
    thawed, ///< arg: the verdict.
    completed,
    aborted,
    recovered,
    error, ///< arg: the verdict.
    nak,   ///< arg: the request that is refused, or `any_request`.
    synced,
    status, ///< arg: 1 when something is held.
    // vmbackup
    taken, ///< OK to a command.
    begun, ///< An operation has begun: reset.
    done   ///< It is over: req.done.
};
inline constexpr std::uint8_t any_request = 15;

/// Of vmbackup: the texts by which a command is refused (SP 45.2, 45.6), as the argument of a Nak.
enum class refusal : std::uint8_t {
    busy,  ///< An operation runs.
    state, ///< Not what the operation waits for.
    idle   ///< None runs.
};

/// One message on the way. `old` is set when it belongs to a session that is over.
struct packet {
    std::uint8_t kind = 0;
    std::uint8_t txn = 0;
    std::uint8_t old = 0;
    std::uint8_t arg = 0;

    friend constexpr bool operator==(const packet&, const packet&) noexcept = default;
};

/// A first-in first-out queue of at most `queue_max` packets.
struct packet_queue {
    std::array<packet, queue_max> items{};
    std::uint8_t size = 0;

    [[nodiscard]] constexpr const packet& front() const noexcept { return items[0]; }
    constexpr void pop() noexcept {
        for (std::size_t i = 1; i < queue_max; ++i) {
            items[i - 1] = items[i];
        }
        items[--size] = {};
    }
    constexpr void clear() noexcept { *this = {}; }

    friend constexpr bool operator==(const packet_queue&, const packet_queue&) noexcept = default;
};

/// What a participant is doing for its agent.
enum class work : std::uint8_t { none, prepare, hold, release, recover };

struct participant_state {
    participant_phase phase = participant_phase::idle; ///< What the agent knows of it.
    std::uint8_t releases = 0;
    bool asked = false;   ///< To hold, in this transaction.
    bool settled = false; ///< Released, or found not to be held.
    work doing = work::none;
    bool held = false; ///< The truth.

    friend constexpr bool operator==(const participant_state&,
                                     const participant_state&) noexcept = default;
};

/// What the agent has its participants do.
enum class agent_step : std::uint8_t { none, prepare, quiesce, freeze, thaw, resume, recover };

enum class life : std::uint8_t { running, dead };

/// Requests that have reached the agent and have no answer yet.
struct open_requests {
    std::uint8_t bits = 0;

    [[nodiscard]] constexpr bool has(request r) const noexcept {
        return (bits >> static_cast<unsigned>(r) & 1U) != 0;
    }
    constexpr void set(request r) noexcept {
        bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(r));
    }
    constexpr void clear(request r) noexcept {
        bits = static_cast<std::uint8_t>(bits & ~(1U << static_cast<unsigned>(r)));
    }
    friend constexpr bool operator==(const open_requests&, const open_requests&) noexcept = default;
};

/// Ghosts of one agent.
struct agent_ghost {
    bool in_window = false; ///< Everything was held when the cut began, and until now or its end.
    bool dirty = false;     ///< In its transaction somebody let go, refused, died or expired.
    bool clean = false;     ///< The orchestrator has its genuine Thawed(clean) of this snapshot.
    verdict told = verdict::none; ///< Of the first Thawed of its transaction.
    open_requests open{};
    bool freeze_asked = false; ///< A Freeze of the running transaction has arrived.
    bool reseed_due = false;   ///< The generation changed, identities are not renewed yet.
    bool void_session = false; ///< The generation changed, no session was agreed since.
    bool stop_asked = false;
    bool died = false; ///< In this transaction, where the channel outlives the agent.

    friend constexpr bool operator==(const agent_ghost&, const agent_ghost&) noexcept = default;
};

/// The adapter on the orchestrator's side of a channel that does not carry the messages themselves
/// (QGA: SP 29.8 to 29.20).
struct link_state {
    enum class goal : std::uint8_t { none, open, freeze, release };
    enum class command : std::uint8_t {
        none,
        sync,
        status,
        freeze,
        thaw,
        abort,
        pause ///< None: the next try waits for a timer.
    };
    goal about = goal::none;
    command waiting = command::none;
    bool synchronised = false;
    bool owes_thaw = false;    ///< The guest may be frozen on this link's account.
    bool frozen_count = false; ///< The freeze was answered with its count.
    bool thaw_owed = false;    ///< A Thaw is to be answered.
    bool abort_owed = false;   ///< An Abort is to be answered.
    bool look = false;         ///< Ask the status before going on.
    bool was_lost = false;     ///< The channel ended after the freeze.
    verdict found = verdict::none;
    // vmbackup: of the operation that runs, as the host sees it.
    bool begun = false;  ///< Its reset came, and no req.done yet.
    bool taken = false;  ///< snapshotDone was taken.
    bool failed = false; ///< An event told of a failure.

    friend constexpr bool operator==(const link_state&, const link_state&) noexcept = default;
};

/// One agent with its participants, its channel, and what the orchestrator keeps about it.
struct agent_world {
    machine::agent_state machine{};
    life alive = life::running;
    agent_step step = agent_step::none;
    bool step_failed = false;
    bool hold_clock = false;   ///< The hold limit of this transaction has begun to run.
    std::uint8_t released = 0; ///< Filesystems that it really released (QGA: the count of a thaw).
    std::uint8_t timers = 0;   ///< One bit for each machine::agent_timer that is armed.
    bool let_go = false;       ///< Hyper-V: what was held ended unasked; the next thaw tells.
    std::array<participant_state, participants_max> participants{};

    bool up = false;         ///< The channel exists.
    bool agent_knows = true; ///< The agent knows whether it does.
    bool host_knows = true;  ///< The orchestrator knows whether it does.
    packet_queue to_agent{};
    packet_queue to_host{};
    link_state link{};
    open_requests gone{}; ///< QGA: of the open requests, those whose client is gone.
    agent_ghost ghost{};

    friend constexpr bool operator==(const agent_world&, const agent_world&) noexcept = default;
};

/// Nothing runs in the agent.
[[nodiscard]] constexpr bool is_idle(agent_phase phase) noexcept {
    return phase == agent_phase::idle || phase == agent_phase::off;
}

/// The bit of a timer in `agent_world::timers`.
[[nodiscard]] constexpr std::uint8_t bit_of(machine::agent_timer timer) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(timer));
}
[[nodiscard]] constexpr bool is_armed(const agent_world& a, machine::agent_timer timer) noexcept {
    return (a.timers & bit_of(timer)) != 0;
}

/// What has become of the report that a cut makes to the orchestrator.
enum class notice : std::uint8_t { none, ok, failed };

/// Everything but the agents.
struct world_host {
    machine::orchestrator_state host{};
    bool reply_timer = false;
    bool window_timer = false;
    provider_phase provider = provider_phase::idle;
    notice cut_notice = notice::none;
    bool cut_running = false; ///< The storage works on a cut that was given up.
    std::uint8_t started = 0; ///< Snapshots started; also the last transaction's number.
    std::uint8_t budget = 0;  ///< Faults that may still happen.
    // ghosts
    bool report_due = false; ///< A Start has no outcome yet.
    bool cut_done = false;   ///< A cut of this snapshot has ended well.

    friend constexpr bool operator==(const world_host&, const world_host&) noexcept = default;
};

/// The whole model.
struct world : world_host {
    std::array<agent_world, agents_max> agents{};

    friend constexpr bool operator==(const world&, const world&) noexcept = default;
};

/// Epochs as agents see them: the number of the orchestrator's present one, and any older one.
inline constexpr session_id session_none{0};
inline constexpr session_id session_old{1};
inline constexpr session_id session_now{2};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_WORLD_HPP
