// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_QGA_LINK_HPP
#define SNAPPROTO_ENDPOINT_QGA_LINK_HPP

// One QEMU guest agent, made to look like an agent of the abstract protocol: requests of an
// orchestrator go in and answers come out, bytes of the channel on the other side.
//
// This is the completion adapter (SP 29.8 to 29.23): it synchronises in the place of Hello, looks
// the commands up, asks the status before it freezes, keeps a timer of its own while the guest
// freezes, judges a thaw by its count, and goes on thawing what it froze until the status says
// thawed. What the guest may still hold is remembered over the loss of a channel.

#include <snapproto/core/limits.hpp>
#include <snapproto/dialect/qga/encode.hpp>
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/endpoint/link_io.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::endpoint {

/// How an orchestrator speaks with one QEMU guest agent.
struct qga_link_options {
    wire_limits wire = qga::reply_limits;
    timer_limits timers{};
    /// How long the first synchronisation of a round is waited for; doubles up to
    /// `timer_limits::retry_max`, each time with a fresh id (SP 22.10).
    duration sync = std::chrono::seconds{2};
    /// How long guest-info and guest-fsfreeze-status are waited for (SP 28.1).
    duration command = std::chrono::seconds{5};
    /// What is added to the agent's own limits for freeze and thaw.
    duration reply_margin = std::chrono::seconds{5};
    /// Where synchronisation ids come from: the same seed gives the same ids, so it must differ
    /// from one life of the orchestrator to the next (SP 22.10).
    std::uint64_t sync_seed = 0;
};

/// One QEMU guest agent as an agent of the abstract protocol.
class qga_link {
  public:
    explicit qga_link(qga_link_options options = {})
        : m_options(options), m_decoder(options.wire) {}

    // ---- input: call one, then drain poll() ----

    /// The channel is open. Nothing is known of what it still carries.
    void channel_up();

    /// The channel has ended. A guest that this link froze stays frozen (SP 29.15, 29.20).
    void channel_lost();

    /// Takes a request of the orchestrator.
    void ask(const any_message& request, instant now);

    /// Takes bytes of the channel, all of them.
    void receive(byte_view bytes, instant now);

    void handle_timeout(instant now);

    // ---- output ----

    [[nodiscard]] link_output poll();

    // ---- state ----

    /// True when the guest may be frozen on account of this link: to be settled when the channel
    /// answers again, and to be told to somebody if it never does (SP 29.16).
    [[nodiscard]] bool possibly_frozen() const noexcept { return m_owes_thaw; }

  private:
    /// What the link is about.
    enum class goal : std::uint8_t {
        none,
        open,   ///< Answer Hello.
        freeze, ///< Answer Freeze.
        release ///< Answer Thaw, Abort or both.
    };
    /// The command that is waited for: one at a time.
    enum class command : std::uint8_t { none, sync, info, status, freeze, thaw };

    void advance(instant now);
    void advance_open(instant now);
    void advance_release(instant now);
    void synchronise(instant now);
    void send(command what, const qga::request& request, duration limit, instant now);
    void send_freeze(instant now);
    void desynchronise() noexcept;

    void on_reply(const qga::reply_view& reply, instant now);
    void on_no_reply(instant now);
    void on_info(const qga::reply_view* reply);
    void on_status(std::optional<qga::freeze_state> state, instant now);
    void on_freeze(const qga::reply_view* reply, instant now);
    void on_thaw(const qga::reply_view* reply);
    [[nodiscard]] bool is_ours(const codec::raw_json& id) const noexcept;

    void fail_freeze(verdict why, std::string_view words);
    void finish_release(instant now);
    void remark(std::string_view words);
    template <class Message>
    void answer(Message message, std::string why = {});
    [[nodiscard]] duration window() const noexcept;

    qga_link_options m_options;
    qga::reply_decoder m_decoder;
    std::string m_bytes;
    std::vector<link_answer> m_answers;
    std::size_t m_next_answer = 0;

    bool m_up = false;
    bool m_synchronised = false;
    bool m_echoes = false; ///< The agent returns ids, so a reply without one answers nothing.
    goal m_goal = goal::none;
    command m_command = command::none;
    instant m_command_at = never; ///< When the command is given up.
    instant m_window_at = never;  ///< When a freeze in work is too late to be of use.
    instant m_retry_at = never;   ///< When a thaw is tried again.
    std::uint64_t m_commands = 0;
    std::string m_command_id;
    std::uint64_t m_syncs = 0;
    std::int64_t m_sync_id = 0;
    duration m_sync_wait{};

    session_id m_session{};
    txn_id m_txn{};
    freeze_request m_freeze;
    bool m_looked_up = false;
    bool m_can_freeze = false;
    bool m_can_thaw = false;
    bool m_status_known = false; ///< The status was asked, for the present goal.
    bool m_settled = false;      ///< What was left of an earlier channel is over.

    // of the freeze that is, or may be, in force
    bool m_owes_thaw = false;
    bool m_channel_was_lost = false;
    instant m_freeze_sent{};
    std::optional<std::int64_t> m_count;

    // of the release
    bool m_thaw_owed = false;  ///< A Thaw is to be answered.
    bool m_abort_owed = false; ///< An Abort is to be answered.
    bool m_check_status = false;
    bool m_stuck_told = false;
    instant m_release_since{};
    duration m_retry_wait{};
    verdict m_verdict = verdict::none;
    std::int64_t m_released = 0;
    std::string m_remark;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/qga_link.hpp>
#include <snapproto/endpoint/impl/qga_link_replies.hpp>

#endif // SNAPPROTO_ENDPOINT_QGA_LINK_HPP
