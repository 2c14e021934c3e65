// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_AGENT_HPP
#define SNAPPROTO_ENDPOINT_AGENT_HPP

// The agent's side of a session, without I/O: messages, participants' answers and time go in;
// messages, operations on participants and a deadline come out.
//
// The machine decides; this class knows the participants and their order, turns "begin freeze"
// into one operation after the other and their answers into "done" or "failed", and turns timers
// into deadlines. It holds no thread, clock or descriptor.

#include <snapproto/core/limits.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/endpoint/io.hpp>
#include <snapproto/machine/agent.hpp>
#include <snapproto/machine/participant.hpp>
#include <snapproto/trace/record.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::endpoint {

/// What an agent is and can do.
struct agent_options {
    std::vector<protocol_version> versions{{1, 0}};
    capability capabilities = capability::explicit_prepare | capability::implicit_prepare |
                              capability::completion | capability::hold_limit |
                              capability::transactions;
    timer_limits timers{};
    agent_limits limits{};
    generation_id generation{};
    /// This agent's place in the group, for traces.
    agent_index index = 0;
};

/// The agent's side of a session.
class agent_endpoint {
  public:
    explicit agent_endpoint(agent_options options = {});

    /// Begins anew with the same options, as a process that is started again. Memory is kept, so
    /// that a session after this allocates less.
    void reset();

    // ---- input: call one, then drain poll() ----

    /// Takes a message from the orchestrator. One of another session changes nothing (SP 3.12).
    void handle(const any_message& message, instant now);

    /// Takes note of bytes that are no message (SP 16.1).
    void handle_malformed(instant now);

    /// The channel has ended (SP 10.1 to 10.4).
    void handle_channel_lost(instant now);

    /// Answers `find_participants`: who takes part, in hold order. Applications are held before
    /// filesystems whatever the order is (SP 5.2).
    ///
    /// Bounds: more than `agent_limits::participants_max` is a failure of the prepare.
    void participants_found(std::span<const participant_summary> found, instant now);

    /// Answers `find_participants`: they cannot be determined.
    void participants_failed(instant now);

    /// Answers `operate`.
    /// @param answer prepared, vetoed, held, released, not_held, release_failed or finished.
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now);

    /// Answers a hold: the participant has nothing to hold (a filesystem that cannot be frozen, or
    /// that somebody else froze). It takes no further part.
    void participant_skipped(participant_index participant, instant now);

    /// A participant has let go without being asked (SP 6.6). One that the agent does not take for
    /// held changes nothing, nor does one of a transaction that has ended.
    void participant_let_go(participant_index participant, instant now);

    /// Fires the timers that are due.
    void handle_timeout(instant now);

    /// Fires what is overdue before an event that comes after it: a step that ends after its
    /// deadline is late, whether or not anybody noticed the timer (SP 15.4). The other inputs do
    /// so by themselves.
    void notice_overdue(instant now);

    /// The process is told to end (SP 10.5 to 10.9).
    void stop(instant now);

    /// The virtual machine is another one now (SP chapter 11).
    void generation_changed(generation_id generation, instant now);

    /// Takes over what a predecessor left held (SP 10.14): the participants are held, the hold
    /// limit runs from now, and a Thaw of `txn` releases them. The verdict will be `lost`.
    ///
    /// @pre nothing was handled before.
    void adopt(session_id session, txn_id txn, capability granted,
               std::span<const participant_summary> held, instant now);

    // ---- output ----

    /// What to do next; a `deadline` when there is nothing.
    [[nodiscard]] agent_output poll();

    // ---- state ----

    [[nodiscard]] const machine::agent_machine& machine() const noexcept { return m_machine; }
    [[nodiscard]] agent_phase phase() const noexcept { return m_machine.phase(); }

    /// Filesystems held now, as far as is known.
    [[nodiscard]] std::uint32_t held_filesystems() const noexcept;

    /// Filesystems that this transaction, or the last one, really released.
    [[nodiscard]] std::uint32_t released_filesystems() const noexcept { return m_released; }

    /// Filesystems whose release was asked for and has not been answered yet.
    [[nodiscard]] std::uint32_t releases_in_work() const noexcept;

    /// Filesystems whose freeze has been asked for and has not come back: they may be frozen.
    [[nodiscard]] std::uint32_t freezes_in_work() const noexcept;

    /// True when an application could not be resumed in this transaction, or the last one.
    [[nodiscard]] bool resume_failed() const noexcept { return m_resume_failed; }

    /// When what is held now will be released; `never` when nothing is held.
    [[nodiscard]] instant hold_deadline() const noexcept {
        return m_deadlines[index_of(machine::agent_timer::hold)];
    }

    /// Records what happens from now on; null ends it. The recording belongs to the caller.
    void record_to(std::vector<trace::record>* recording) noexcept { m_recording = recording; }

  private:
    struct slot {
        participant_summary who;
        machine::participant_machine state;
        std::optional<operation> in_work;
        bool asked_to_hold = false;
        bool settled = false; ///< Released, or found not to be held.
        bool skipped = false;
    };

    enum class step : std::uint8_t {
        none,
        await_former, ///< What the former transaction left in work ends first (SP 14.15).
        find,
        prepare,
        quiesce,
        freeze,
        thaw,
        resume,
        recover
    };

    static constexpr std::size_t index_of(machine::agent_timer timer) noexcept {
        return static_cast<std::size_t>(timer);
    }

    [[nodiscard]] std::uint32_t filesystems_in(operation what) const noexcept;
    void take(const machine::agent_input& input, instant now);
    void raise(const machine::agent_input& input, instant now);
    void raise(machine::agent_event kind, instant now) {
        raise(machine::agent_input{.kind = kind}, now);
    }
    void perform(const machine::agent_effect& effect, instant now);
    void begin(step next) noexcept;
    void advance(instant now);
    [[nodiscard]] std::optional<machine::agent_event> next_operation(instant now);
    [[nodiscard]] std::optional<machine::agent_event> next_hold(bool filesystems, instant now);
    [[nodiscard]] std::optional<machine::agent_event> next_release(bool filesystems, instant now);
    void release_the_rest(instant now);
    void warn_of(const slot& who);
    [[nodiscard]] bool refuse_unagreed(const machine::agent_input& request, instant now);
    void start(std::size_t i, operation what, instant now, copy_result result = {});
    void finish_participants(copy_result result, instant now);
    [[nodiscard]] bool busy() const noexcept;
    /// How long the last transaction held, from the first hold on; fixed once it is asked for.
    duration held_for(instant now) noexcept;
    [[nodiscard]] duration step_limit() const noexcept;
    [[nodiscard]] message_header header(const machine::agent_effect& effect) noexcept;
    [[nodiscard]] sequence_number number_of(message_kind kind) noexcept;
    void send(any_message message, instant now);
    void push(agent_output output);
    void negotiate(const hello& from, machine::agent_input& input);
    void note(trace::record made) const;
    void note_participant(trace::record_kind what, std::size_t i, instant now) const;
    [[nodiscard]] static std::optional<trace::record_kind> recorded(
        machine::participant_event answer) noexcept;
    [[nodiscard]] trace::record base_record(trace::record_kind what, instant now) const;

    agent_options m_options;
    machine::agent_machine m_machine;
    std::vector<slot> m_slots; ///< Until the next transaction has found its own.
    txn_id m_slots_of{};
    std::vector<agent_output> m_outputs;
    std::size_t m_next_output = 0;

    step m_step = step::none;
    bool m_step_failed = false;

    std::array<instant, 4> m_deadlines{never, never, never, never};
    instant m_next_progress = never;
    duration m_retry_distance{};
    duration m_hold_limit{};
    instant m_held_since{};
    instant m_held_until{};
    std::optional<duration> m_held_for; ///< Of the last transaction, once it is known.
    std::vector<std::string> m_warnings;
    std::uint32_t m_released = 0;
    bool m_resume_failed = false;
    std::uint32_t m_progress = 0;
    std::uint64_t m_seq = 0; ///< Of Progress, which answers nothing.
    std::array<sequence_number, value_count<message_kind>> m_asked{}; ///< The latest of each kind.
    sequence_number m_asked_last{};
    session_id m_asked_session{};
    bool m_refused = false;       ///< The request being handled got a Nak.
    protocol_version m_offered{}; ///< What the Hello being handled would lead to.
    protocol_version m_version{};
    std::uint64_t m_ignored = 0;

    prepare_request m_candidate; ///< What a Prepare or Freeze just asked for.
    prepare_request m_request;   ///< What the running transaction was asked for.

    std::vector<trace::record>* m_recording = nullptr;
};

inline void agent_endpoint::reset() {
    auto slots = std::move(m_slots);
    auto outputs = std::move(m_outputs);
    slots.clear();
    outputs.clear();
    *this = agent_endpoint{std::move(m_options)};
    m_slots = std::move(slots);
    m_outputs = std::move(outputs);
}

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/agent.hpp>
#include <snapproto/endpoint/impl/agent_participants.hpp>

#endif // SNAPPROTO_ENDPOINT_AGENT_HPP
