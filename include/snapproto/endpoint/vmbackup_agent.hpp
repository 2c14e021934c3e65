// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_VMBACKUP_AGENT_HPP
#define SNAPPROTO_ENDPOINT_VMBACKUP_AGENT_HPP

// A guest that speaks vmbackup: the messages of both directions go in and come out, and behind them
// runs an ordinary `agent_endpoint`. What travels here are whole messages, without the packets of
// vsock.
//
// The completion adapter of the dialect is in here (SP chapters 45 and 46). Each time the command
// channel opens a session begins; each start is a prepare and a freeze of a new transaction.
// `vmbackup_guest_machine` says what is answered and reported, and the phase of the agent tells it
// how far everything is.

#include <snapproto/dialect/vmbackup/history.hpp>
#include <snapproto/dialect/vmbackup/profile.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>
#include <snapproto/endpoint/agent.hpp>
#include <snapproto/machine/vmbackup_guest.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// Answer the command that was received last with these bytes.
struct send_reply {
    std::string bytes;
};

/// Send this request to the host, and tell with `event_answered` or `event_lost` what became of it.
/// One at a time, in order.
struct send_event {
    std::string bytes;
};

/// What a guest of vmbackup yields.
using vmbackup_agent_output = std::variant<deadline, send_reply, send_event, find_participants,
                                           operate, cancel, exit_process, reseed, warning>;

struct vmbackup_agent_options {
    agent_limits limits{};

    /// The host cuts its copy in seconds; the dialect itself knows no limit of the hold.
    timer_limits timers{.hold = std::chrono::seconds{60}};

    /// The limit of an operation whose options have none.
    duration operation_limit = vmbackup::default_timers.operation;

    /// Distance of events at which a sign of life is sent.
    duration keep_alive = vmbackup::keep_alive_limits{}.send_after;

    /// What a reset is answered with.
    std::string application = "toolbox";

    /// The path that a host is told when it wants a manifest; empty: there is none.
    std::string manifest_path{};

    /// Options of version 2 are understood.
    bool version_2 = false;

    /// An operation that went well waits for snapshotCompleted.
    bool completes = false;
};

/// The guest's side.
class vmbackup_agent {
  public:
    explicit vmbackup_agent(vmbackup_agent_options options = {});

    // ---- input: call one, then drain poll() ----

    /// The command channel is open.
    void channel_opened(instant now);

    /// Takes one command. Ignored while the channel is not open.
    void receive(byte_view command, instant now);

    /// Takes the host's answer to the first `send_event` that has none yet.
    void event_answered(byte_view answer, instant now);
    /// It could not be sent, or was not answered.
    void event_lost(instant now);

    /// The command channel has ended: what is held is released (SP 46.8).
    void channel_ended(instant now);

    /// Answers `find_participants`.
    void participants_found(std::span<const participant_summary> found, instant now);
    void participants_failed(instant now);

    /// Answers `operate`.
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now);
    void participant_skipped(participant_index participant, instant now);
    /// A participant has let go without being asked.
    void participant_let_go(participant_index participant, instant now);

    void handle_timeout(instant now);
    void stop(instant now);

    /// Takes over what a predecessor left held, of which no operation knows. The next
    /// `channel_opened` or the hold limit releases it (SP 10.14). Before any other input.
    void adopt(std::span<const participant_summary> held, instant now);

    // ---- output ----

    [[nodiscard]] vmbackup_agent_output poll();

    // ---- state ----

    [[nodiscard]] const agent_endpoint& session() const noexcept { return m_agent; }
    [[nodiscard]] machine::guest_phase phase() const noexcept { return m_guest.phase(); }

    /// What the hooks are to be handed in the operation that runs, or ran last.
    [[nodiscard]] std::string_view hook_argument() const noexcept { return m_asked.hook_argument; }

    void record_to(std::vector<trace::record>* recording) noexcept { m_agent.record_to(recording); }

  private:
    void begin_input() noexcept;
    void serve(const vmbackup::host_command& command, instant now);
    void serve(vmbackup::command command, instant now);
    void start(const vmbackup::start_options& options, instant now);
    void take(machine::guest_event event, instant now);
    void perform(machine::guest_effect effect, instant now);
    void answer(machine::guest_refusal refusal);
    void reply(const vmbackup::guest_reply& with);
    void say(vmbackup::event event, vmbackup::event_code code, std::string_view text, instant now);
    void say_error(instant now);
    void collect(instant now);
    void note(const any_message& message, instant now);
    void follow(instant now);
    void expire(instant now);
    [[nodiscard]] machine::guest_event next_step() const noexcept;
    [[nodiscard]] bool undelivered_counts() noexcept;
    /// The agent has nothing in work.
    [[nodiscard]] bool is_over() const noexcept {
        return m_agent.phase() == agent_phase::idle || m_agent.phase() == agent_phase::off;
    }
    [[nodiscard]] message_header header() const noexcept { return {{m_session}, {m_txn}, {}}; }

    vmbackup_agent_options m_options;
    agent_endpoint m_agent;
    machine::vmbackup_guest_machine m_guest;
    prepare_request m_asked; ///< Of the operation that runs, or ran last.
    bool m_open = false;
    bool m_manifest = false; ///< It is wanted.
    bool m_spoiled = false;  ///< Held nothing, or not to the end.
    bool m_exit_due = false; ///< The agent has ended; to be told behind what is reported.
    instant m_limit_at = never;
    instant m_keep_alive_at = never;
    duration m_limit{};

    std::vector<vmbackup_agent_output> m_outputs;
    std::size_t m_next_output = 0;
    std::uint64_t m_session = 0;
    std::uint64_t m_txn = 0;
    std::uint64_t m_events_sent = 0;
    std::uint64_t m_events_answered = 0;
    std::uint64_t m_events_before = 0; ///< Sent before the operation that runs.
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/vmbackup_agent.hpp>

#endif // SNAPPROTO_ENDPOINT_VMBACKUP_AGENT_HPP
