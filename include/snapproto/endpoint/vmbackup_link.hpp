// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_VMBACKUP_LINK_HPP
#define SNAPPROTO_ENDPOINT_VMBACKUP_LINK_HPP

// One guest of vmbackup, made to look like an agent of the abstract protocol: requests of an
// orchestrator go in and answers come out, the messages of GuestRPC on the other side, whole and
// without the packets of vsock.
//
// This is what a VMX does (SP chapters 47 and 48): it makes sure that nothing of an earlier host
// runs, starts an operation, answers events, ends it with snapshotDone or abort, and judges it by
// the history of its events.

#include <snapproto/core/limits.hpp>
#include <snapproto/dialect/vmbackup/history.hpp>
#include <snapproto/endpoint/link_io.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::endpoint {

/// How an orchestrator speaks with one guest.
struct vmbackup_link_options {
    timer_limits timers{};
    /// How long the answer to a command is waited for. It has no number, so that a channel on which
    /// one is missing is of no use any more (SP 48.3).
    duration command = std::chrono::seconds{5};
    vmbackup::keep_alive_limits keep_alive{};
    /// What the guest is told for its limit of an operation, in whole seconds; zero leaves it to
    /// the guest, whose own is 900 s.
    duration operation_limit{};
};

/// One guest as an agent of the abstract protocol. Both directions of GuestRPC are one channel
/// here: which of them a message belongs to is seen by how it begins.
class vmbackup_link {
  public:
    explicit vmbackup_link(const vmbackup_link_options& options = {})
        : m_options(options), m_history(options.keep_alive) {}

    // ---- input: call one, then drain poll() ----

    /// The channel is open. Nothing is known of what runs in the guest.
    void channel_up();

    /// The channel has ended. A real guest does not notice before its own limit (SP 46.8).
    void channel_lost();

    /// Takes a request of the orchestrator.
    void ask(const any_message& request, instant now);

    /// What the next operation is to do, as far as no message of the orchestrator says it.
    /// @pre !vmbackup::wrong_with(how, ...).
    void configure(bool applications, bool scripts, bool writable, std::string_view argument);

    /// Takes one message: the answer to a command, or a request of the guest.
    void receive(byte_view message, instant now);

    void handle_timeout(instant now);

    // ---- output ----

    [[nodiscard]] link_output poll();

    // ---- state ----

    /// True when the guest may be frozen on account of this link.
    [[nodiscard]] bool possibly_frozen() const noexcept { return m_owes_end; }

    /// What the events of the operation say.
    [[nodiscard]] const vmbackup::operation_history& history() const noexcept { return m_history; }

  private:
    /// What the link is about.
    enum class goal : std::uint8_t {
        none,
        open,   ///< Answer Hello.
        freeze, ///< Answer Freeze.
        release ///< Answer Thaw, Abort or both.
    };
    /// The command that is waited for: one at a time. `settle` is an abort of whatever runs.
    enum class command : std::uint8_t { none, reset, announce, settle, start, done, abort };

    void advance(instant now);
    void advance_open(instant now);
    void advance_release(instant now);
    void send(command what, instant now);
    void on_reply(const vmbackup::guest_reply& reply, instant now);
    void on_event(const vmbackup::event_report& report, instant now);
    void on_commit(const vmbackup::event_report& report, instant now);
    void on_fault(const vmbackup::event_report& report);
    void answer_guest(bool ok, std::string_view text = {});

    [[nodiscard]] bool runs() const noexcept { return m_history.running() && !m_idle; }
    [[nodiscard]] instant suspicious_at() const noexcept;
    void over() noexcept;
    void fail(verdict why, std::string_view words);
    void finish_release(instant now);
    void forget_channel();
    void end_channel();
    void begin(goal what) noexcept;
    void remark(std::string_view words);
    template <class Message>
    void answer(Message message, std::string_view why = {});

    vmbackup_link_options m_options;
    vmbackup::operation_history m_history;
    std::vector<link_output> m_outputs;
    std::size_t m_next_output = 0;

    bool m_up = false;
    goal m_goal = goal::none;
    command m_command = command::none;
    instant m_command_at = never; ///< When its answer is given up.

    // of a channel that opens
    bool m_was_reset = false;
    bool m_announced = false;
    bool m_settled = false;   ///< Whatever ran was told to end.
    bool m_ended_too = false; ///< Its req.done came before the answer to that.

    // of the next operation
    bool m_applications = true;
    bool m_scripts = true;
    bool m_writable = false;
    std::string m_argument;

    session_id m_session{};
    txn_id m_txn{};
    std::optional<duration> m_hold_limit;

    // of the operation that runs, or may
    bool m_owes_end = false; ///< Until its req.done.
    bool m_idle = false;     ///< The guest says that nothing runs, whatever its events said.
    bool m_frozen = false;   ///< The orchestrator was told.
    bool m_told = false;     ///< It was told that it is not any more.
    bool m_done_sent = false;
    bool m_abort_sent = false;
    instant m_sign_at{};   ///< Of life.
    bool m_silent = false; ///< The guest has broken the contract of the keep-alive.
    instant m_frozen_at{};
    verdict m_verdict = verdict::none;
    std::string m_remark;

    // of the release
    bool m_thaw_owed = false;  ///< A Thaw is to be answered.
    bool m_abort_owed = false; ///< An Abort is to be answered.
    bool m_cut_good = false;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/vmbackup_link.hpp>

#endif // SNAPPROTO_ENDPOINT_VMBACKUP_LINK_HPP
