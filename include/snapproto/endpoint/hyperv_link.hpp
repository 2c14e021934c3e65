// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_HYPERV_LINK_HPP
#define SNAPPROTO_ENDPOINT_HYPERV_LINK_HPP

// One daemon of a Linux guest on Hyper-V, made to look like an agent of the abstract protocol:
// requests of an orchestrator go in and answers come out, records of form (b) on the other side.
//
// What stands between the two is the guest's kernel, as the table of `hyperv_util_machine` has it,
// and before it the host: it asks whether a backup is possible, freezes and thaws, and keeps the
// window that the dialect has not (SP chapter 37).

#include <snapproto/core/limits.hpp>
#include <snapproto/dialect/hyperv/daemon.hpp>
#include <snapproto/dialect/hyperv/profile.hpp>
#include <snapproto/endpoint/link_io.hpp>
#include <snapproto/machine/hyperv_util.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::endpoint {

/// How an orchestrator speaks with one daemon.
struct hyperv_link_options {
    timer_limits timers{};
    /// The kernel's own limits for what it has passed on.
    hyperv::timers kernel = hyperv::default_timers;
};

/// One daemon as an agent of the abstract protocol. A channel is a device that is open: one that is
/// closed and opened again is another channel.
class hyperv_link {
  public:
    explicit hyperv_link(const hyperv_link_options& options = {}) : m_options(options) {}

    // ---- input: call one, then drain poll() ----

    /// A daemon can open the device. It registers before anything else (SP 33.5).
    void channel_up();

    /// The daemon has closed it, or the device has gone. Whoever did it thaws (SP 36.16), but for
    /// one that was killed.
    void channel_lost();

    /// Takes a request of the orchestrator.
    void ask(const any_message& request, instant now);

    /// Takes what the daemon has written at once. What the kernel would refuse ends the channel: a
    /// daemon whose write fails begins anew (SP 35.11, 35.12).
    void receive(byte_view record, instant now);

    void handle_timeout(instant now);

    // ---- output ----

    [[nodiscard]] link_output poll();

    // ---- state ----

    /// True when the guest may be frozen on account of this link.
    [[nodiscard]] bool possibly_frozen() const noexcept { return m_owes_thaw; }

    /// How far the kernel's side is.
    [[nodiscard]] machine::util_phase kernel() const noexcept { return m_kernel.phase(); }

  private:
    /// What the link is about.
    enum class goal : std::uint8_t {
        none,
        open,   ///< Answer Hello.
        freeze, ///< Answer Freeze.
        release ///< Answer Thaw, Abort or both.
    };
    /// How the kernel has answered the host.
    enum class kernel_answer : std::uint8_t { none, good, bad, late };

    void step(machine::util_event event, instant now);
    void perform(machine::util_effect effect, bool timed_out, instant now);
    void request(hyperv::vss_op op, instant now);
    void on_answer(kernel_answer how, instant now);
    void on_freeze(kernel_answer how, instant now);
    void on_thaw(kernel_answer how, instant now);
    void advance(instant now);
    void advance_release(instant now);
    void fail_freeze(verdict why, std::string_view words);
    void finish_release(instant now);
    void forget_channel();
    void end_channel();
    void begin(goal what) noexcept;
    void remark(std::string_view words);
    template <class Message>
    void answer(Message message, std::string_view why = {});
    [[nodiscard]] duration hold() const noexcept;

    hyperv_link_options m_options;
    machine::hyperv_util_machine m_kernel;
    std::vector<link_output> m_outputs;
    std::size_t m_next_output = 0;

    bool m_up = false;
    goal m_goal = goal::none;
    std::optional<hyperv::vss_op> m_asked;          ///< The host waits for its answer.
    kernel_answer m_answered = kernel_answer::none; ///< By the event that is being taken.
    std::int32_t m_error = 0;                       ///< Of the daemon's last reply.
    std::string m_queued;                           ///< What the daemon will read next.
    instant m_kernel_at = never;                    ///< The kernel's timer.
    instant m_window_at = never;  ///< When a freeze in work is too late to be of use.
    instant m_retry_at = never;   ///< When a thaw is tried again.
    instant m_give_up_at = never; ///< When a release has waited long enough for the daemon.
    duration m_retry_wait{};

    session_id m_session{};
    txn_id m_txn{};
    std::optional<duration> m_hold_limit;
    bool m_checked = false; ///< A backup is possible.

    // of the freeze that is, or may be, in force
    bool m_owes_thaw = false;
    bool m_frozen = false;           ///< The daemon has said so.
    bool m_channel_was_lost = false; ///< Since it was asked for.
    instant m_freeze_sent{};

    // of the release
    bool m_thaw_owed = false;  ///< A Thaw is to be answered.
    bool m_abort_owed = false; ///< An Abort is to be answered.
    bool m_stuck_told = false;
    instant m_release_since{};
    verdict m_verdict = verdict::none;
    std::string m_remark;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/hyperv_link.hpp>

#endif // SNAPPROTO_ENDPOINT_HYPERV_LINK_HPP
