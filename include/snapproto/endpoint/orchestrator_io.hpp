// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_ORCHESTRATOR_IO_HPP
#define SNAPPROTO_ENDPOINT_ORCHESTRATOR_IO_HPP

// What an orchestrator is asked for, and what it asks its surroundings to do. The rule of io.hpp
// holds here too: drain `poll()` after each input.

#include <snapproto/core/limits.hpp>
#include <snapproto/endpoint/io.hpp>
#include <snapproto/message/any_message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// How the instants that an agent states relate to the orchestrator's own clock.
enum class clock_relation : std::uint8_t {
    /// Both read one clock: a hold deadline is taken as it is stated.
    shared,
    /// Nothing is known of the agent's clock. Its hold cannot have begun before Freeze was sent,
    /// so the window is counted from there: never too long, too short after a slow freeze.
    unrelated
};

/// What an orchestrator is, whatever it is asked for.
struct orchestrator_options {
    /// The agents of the group, numbered from 0.
    std::size_t agents = 1;
    std::vector<protocol_version> versions{{1, 0}};
    /// What is offered in Hello.
    capability capabilities = capability::explicit_prepare | capability::implicit_prepare |
                              capability::completion | capability::hold_limit |
                              capability::keep_alive | capability::transactions;
    timer_limits timers{};
    /// The longest transaction; what takes longer is cancelled (SP 15.9).
    duration total = std::chrono::seconds{900};
    /// A reply is awaited for the agent's own limit and this: its answer says more than a
    /// time-out of ours (SP chapter 15, Treply).
    duration reply_margin = std::chrono::seconds{5};
    clock_relation clocks = clock_relation::shared;
    /// Epochs and transaction ids count up from these. They come from outside, so that a restarted
    /// orchestrator does not begin with the ids of its predecessor (SP 2.1, 3.2).
    session_id first_session{1};
    txn_id first_txn{1};
};

/// One snapshot, as its caller wants it.
struct snapshot_options {
    /// What is wanted; less comes with a reason (SP 17.3). The level follows from it.
    consistency wanted = consistency::application;
    /// By agent. An agent without an entry snapshots all it can freeze.
    std::vector<snapshot_scope> scopes;
    /// The longest hold to ask for; zero leaves it to the agent. Never more than the agent
    /// announced (SP 2.20).
    duration hold_limit{};
    backup_kind kind = backup_kind::full;
    bool writable_copy = false;
    bool run_hooks = true;
    std::string hook_argument;
    /// Freeze as soon as everybody is prepared; otherwise `go` opens the barrier.
    bool go_at_once = true;
    /// Without any session, cut anyway and label the copy crash (SP 12.3).
    bool crash_copy_allowed = false;
    /// Keep a copy whose fate is bad, labelled crash, instead of discarding it (SP 12.27).
    bool keep_degraded = false;
};

/// Send a message to an agent.
struct transmit_to {
    agent_index agent = 0;
    any_message message;
};

/// What is asked of the provider.
enum class provider_operation : std::uint8_t {
    precommit, ///< Do now what takes long and needs no quiet guest. Not answered.
    cut,       ///< Fix the snapshot point of every volume. Answered by `cut_finished`.
    discard    ///< Give the cut up, delete the copy. Not answered.
};

/// Have the provider do something.
struct provide {
    provider_operation what = provider_operation::precommit;
    txn_id txn{};

    friend constexpr bool operator==(const provide&, const provide&) noexcept = default;
};

/// End the channel to an agent. The endpoint has forgotten it already.
struct close_agent {
    agent_index agent = 0;

    friend constexpr bool operator==(const close_agent&, const close_agent&) noexcept = default;
};

/// An agent says that a filesystem cannot be released: somebody should look.
struct agent_stuck {
    agent_index agent = 0;

    friend constexpr bool operator==(const agent_stuck&, const agent_stuck&) noexcept = default;
};

/// What became of one agent's hold.
struct agent_verdict {
    verdict outcome = verdict::none; ///< `none`: it gave no verdict.
    std::uint32_t held = 0;          ///< Filesystems, as Frozen said.

    friend constexpr bool operator==(const agent_verdict&, const agent_verdict&) noexcept = default;
};

/// How a snapshot ended. There is exactly one for each start (SP 12.29).
struct snapshot_outcome {
    txn_id txn{};
    session_outcome outcome = session_outcome::failed;
    consistency label = consistency::none;
    consistency wanted = consistency::application;
    copy_result copy = copy_result::discarded;
    /// Why it is not what was wanted; empty after a success.
    std::string reason;
    /// By agent; empty when no guest took part.
    std::vector<agent_verdict> agents;
};

/// What an orchestrator's endpoint yields.
using orchestrator_output = std::variant<deadline, transmit_to, provide, close_agent, agent_stuck,
                                         snapshot_outcome, warning>;

} // namespace snapproto::endpoint

namespace snapproto::detail {
template <>
struct spelling<endpoint::provider_operation> {
    static constexpr auto names = std::to_array<std::string_view>({"precommit", "cut", "discard"});
};
} // namespace snapproto::detail

#endif // SNAPPROTO_ENDPOINT_ORCHESTRATOR_IO_HPP
