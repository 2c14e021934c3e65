// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_ORCHESTRATOR_HPP

// The orchestrator's side of a group of sessions, without I/O: messages of agents, results of the
// provider, orders of a caller and time go in; messages, orders to the provider, outcomes and a
// deadline come out.
//
// The machine decides; this class knows the agents' sessions and answers, keeps the window, the
// reply and the liveness timers, and derives the label from the evidence (SP chapter 17).

#include <snapproto/core/result.hpp>
#include <snapproto/endpoint/orchestrator_io.hpp>
#include <snapproto/machine/orchestrator.hpp>
#include <snapproto/machine/provider.hpp>
#include <snapproto/trace/record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::endpoint {

/// The orchestrator's side of a group of sessions.
///
/// The group's sessions stand and fall together: they are negotiated when every channel is up, and
/// outside of a transaction the loss of one closes all (SP 12.31).
class orchestrator_endpoint {
  public:
    /// @pre 1 <= options.agents <= group_limits::agents_max.
    explicit orchestrator_endpoint(orchestrator_options options = {});

    /// Begins anew with the same options but for the numbers that it counts up from, as a process
    /// that is started again. Memory is kept, so that a session after this allocates less.
    void reset(session_id first_session, txn_id first_txn);

    // ---- input: call one, then drain poll() ----

    /// A channel is open. With the last one of the group, Hello goes to all.
    void channel_up(agent_index agent, instant now);

    /// A channel has ended. One that `close_agent` ended need not be told.
    void channel_lost(agent_index agent, instant now);

    /// Takes a message from an agent. One that is not awaited changes nothing (SP 3.13).
    /// @param why what an agent said about a failure, for the reason of the outcome, where the
    ///        dialect has more words than the message has fields.
    void handle(agent_index from, const any_message& message, instant now,
                std::string_view why = {});

    /// Takes note of bytes that are no message.
    void handle_malformed(agent_index from, instant now);

    /// Begins a snapshot.
    /// @return its transaction.
    /// Errors: bad_argument: less than filesystem is wanted (a crash-consistent copy needs no
    /// conversation), more scopes than agents, or a negative hold limit. no_session: the sessions
    /// are being agreed. busy: a transaction is running.
    result<txn_id> start(snapshot_options wanted, instant now);

    /// Opens the barrier of a prepared group.
    /// @return false when there is nothing to open; nothing changes then (SP 12.7).
    bool go(instant now);

    /// The caller changed its mind. Too late after the cut (SP 12.26).
    void cancel(instant now);

    /// Answers `provider_operation::cut`.
    void cut_finished(txn_id txn, bool succeeded, instant now);

    /// The copy can be read; at any time after its cut (SP 13.6).
    void copy_ready(txn_id txn, instant now);

    /// Fires the timers that are due.
    void handle_timeout(instant now);

    // ---- output ----

    /// What to do next; a `deadline` when there is nothing.
    [[nodiscard]] orchestrator_output poll();

    // ---- state ----

    [[nodiscard]] const machine::orchestrator_machine& machine() const noexcept {
        return m_machine;
    }
    [[nodiscard]] orchestrator_phase phase() const noexcept { return m_machine.phase(); }

    /// The running transaction; none when the caller may start one.
    [[nodiscard]] txn_id running() const noexcept { return m_txn; }

    /// When the window closes; `never` while none is open.
    [[nodiscard]] instant window_end() const noexcept { return m_window_at; }

    /// Records what happens from now on; null ends it. The recording belongs to the caller.
    void record_to(std::vector<trace::record>* recording) noexcept { m_recording = recording; }

  private:
    struct peer {
        bool up = false;
        bool acked = false;
        session_id session{};
        hello_ack agreed;
        std::uint64_t seq = 0;
        std::uint64_t awaited_seq = 0; ///< Of the last request but Ping.

        // signs of life, where keep-alive is agreed
        instant heard{};
        bool pinged = false;
        bool silent = false;

        // the running transaction
        bool frozen = false;
        instant freeze_sent{};
        std::optional<bool> has_application; ///< Unknown without Prepared.
        agent_verdict result;
    };

    orchestrator_endpoint(orchestrator_options options, std::vector<peer> peers);

    [[nodiscard]] bool listens_to(const peer& who) const noexcept;
    [[nodiscard]] bool knows(agent_index agent) const noexcept { return agent < m_peers.size(); }
    [[nodiscard]] machine::agent_set everybody() const noexcept;
    [[nodiscard]] bool live(agent_index agent) const noexcept;
    [[nodiscard]] bool answered(agent_index agent) const noexcept;

    void take(const machine::orchestrator_input& input, instant now);
    void raise(const machine::orchestrator_input& input, instant now);
    void settle(instant now);
    void perform(const machine::orchestrator_effect& effect, instant now);
    void perform_sends(const machine::orchestrator_effect& effect, instant now);
    [[nodiscard]] duration reply_limit() const noexcept;

    void on_hello_ack(agent_index from, const hello_ack& ack, instant now);
    [[nodiscard]] bool awaits(message_kind kind) const noexcept;
    [[nodiscard]] bool numbered_as_awaited(const peer& who,
                                           const any_message& answer) const noexcept;
    void on_answer(agent_index from, const any_message& message, std::string_view why, instant now);
    void on_frozen(agent_index from, const frozen_report& report, instant now);
    void on_failure(agent_index from, machine::orchestrator_event what, verdict why,
                    std::string reason, instant now);
    void stale(agent_index from, instant now);
    [[nodiscard]] bool acceptable(const hello_ack& ack) const noexcept;
    void agree_on_mode(instant now);

    void drive(machine::provider_event what, instant now);
    void check_life(agent_index agent, instant now);
    [[nodiscard]] instant life_deadline(const peer& who) const noexcept;

    void begin_transaction(snapshot_options wanted, instant now);
    void finish(session_outcome reported, instant now);
    [[nodiscard]] consistency supported(session_outcome reported);
    void because(std::string reason);

    template <class Message>
    void send(agent_index to, Message message, instant now);
    void push(orchestrator_output output) { m_outputs.push_back(std::move(output)); }
    void note(trace::record made) const;
    [[nodiscard]] trace::record base_record(trace::record_kind what, instant now) const;
    void note_channel(trace::record_kind what, agent_index agent, instant now) const;

    orchestrator_options m_options;
    machine::orchestrator_machine m_machine;
    machine::provider_machine m_provider;
    std::vector<peer> m_peers;
    std::vector<orchestrator_output> m_outputs;
    std::size_t m_next_output = 0;

    instant m_reply_at = never;
    instant m_window_at = never;
    instant m_cut_at = never;
    instant m_total_at = never;

    std::uint64_t m_next_session;
    std::uint64_t m_next_txn;
    std::uint64_t m_cookie = 0;
    std::uint64_t m_ignored = 0;

    snapshot_options m_wanted;
    txn_id m_txn{};
    std::vector<txn_id> m_abandoned; ///< Cuts that were given up and may still come.
    std::string m_reason;
    bool m_assisted = false;   ///< The running transaction has guests in it.
    bool m_unassisted = false; ///< It is a cut without any.

    std::vector<trace::record>* m_recording = nullptr;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/orchestrator.hpp>
#include <snapproto/endpoint/impl/orchestrator_effects.hpp>

#endif // SNAPPROTO_ENDPOINT_ORCHESTRATOR_HPP
