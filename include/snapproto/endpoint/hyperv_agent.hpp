// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_HYPERV_AGENT_HPP
#define SNAPPROTO_ENDPOINT_HYPERV_AGENT_HPP

// An agent that speaks form (b) of Hyper-V's dialect, as a daemon of the Linux kernel does: the
// messages of its device go in and come out, and behind them runs an ordinary `agent_endpoint`.
//
// The completion adapter of the dialect is in here (SP chapters 33 and 36). Each open device is a
// session, each freeze a transaction with implicit prepare. Requests have one number for an answer:
// a thaw of what was held to the end is a success, and one that finds that something let go before
// is a failure, once.

#include <snapproto/dialect/hyperv/daemon.hpp>
#include <snapproto/endpoint/agent.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// Write these bytes to the device.
struct transmit_record {
    hyperv::daemon_message bytes{};
};

/// Close the device and open it again, then call `device_opened`.
struct start_over {};

/// What a Hyper-V agent yields.
using hyperv_agent_output = std::variant<deadline, transmit_record, start_over, find_participants,
                                         operate, cancel, exit_process, reseed, warning>;

struct hyperv_agent_options {
    /// Whether one read of the device takes one message. Where it does not, messages are told apart
    /// by their length (SP 33.8).
    bool boundaries = true;
    agent_limits limits{};
    timer_limits timers{};
};

/// The daemon's side of form (b).
class hyperv_agent {
  public:
    explicit hyperv_agent(hyperv_agent_options options = {});

    // ---- input: call one, then drain poll() ----

    /// The device is open: a registration comes out (SP 33.5).
    void device_opened(instant now);

    /// Takes what one read of the device gave. Ignored while it is not open.
    void receive(byte_view bytes, instant now);

    /// The device has ended, or a write to it failed: what is held is released (SP 36.16).
    void device_ended(instant now);

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

    /// Takes over what a predecessor left held. The next `device_opened` or the hold limit releases
    /// it (SP 10.14). Before any other input.
    void adopt(std::span<const participant_summary> held, instant now);

    // ---- output ----

    [[nodiscard]] hyperv_agent_output poll();

    // ---- state ----

    [[nodiscard]] const agent_endpoint& session() const noexcept { return m_agent; }

    void record_to(std::vector<trace::record>* recording) noexcept { m_agent.record_to(recording); }

  private:
    void begin_input() noexcept;
    void take(byte_view record, instant now);
    void serve(const hyperv::daemon_message& request, instant now);
    void freeze(const hyperv::daemon_message& request, instant now);
    void thaw(const hyperv::daemon_message& request, instant now);
    void collect(instant now);
    void conclude(const any_message& message, instant now);
    void settle(std::optional<hyperv::daemon_message>& request, bool good);
    void reply(const hyperv::daemon_message& request, bool good);
    void serve_waiting(instant now);
    [[nodiscard]] bool busy() const noexcept { return m_freeze || m_thaw; }

    hyperv_agent_options m_options;
    agent_endpoint m_agent;
    hyperv::record_splitter m_splitter;
    bool m_open = false;
    bool m_versioned = false;   ///< The version has been read.
    bool m_begins_anew = false; ///< The device has ended, and what is held is being released.
    std::optional<hyperv::daemon_message> m_freeze; ///< Whose reply waits for participants.
    std::optional<hyperv::daemon_message> m_thaw;
    std::vector<hyperv::daemon_message> m_waiting; ///< Came while another one was in work.
    bool m_serves = false;                         ///< One of them is being served.
    bool m_undoing_nothing = false; ///< The freeze in work held nothing and is being undone.
    bool m_let_go = false;          ///< What was held ended unasked; the next thaw tells.

    std::vector<hyperv_agent_output> m_outputs;
    std::size_t m_next_output = 0;
    std::uint64_t m_session = 0;
    std::uint64_t m_txn = 0;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/hyperv_agent.hpp>

#endif // SNAPPROTO_ENDPOINT_HYPERV_AGENT_HPP
