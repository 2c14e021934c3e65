// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_NATIVE_AGENT_HPP
#define SNAPPROTO_ENDPOINT_NATIVE_AGENT_HPP

// An agent of the native dialect without I/O: bytes of its channel, participants' answers and time
// go in; bytes, operations on participants and a deadline come out.
//
// This is the agent's endpoint behind the native codec. The dialect lacks nothing, so there is
// nothing to complete: what is here is the life of the channel (SP chapter 63).

#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>
#include <snapproto/endpoint/agent.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// Send bytes on the channel. They are valid until the next call that takes something in.
struct transmit_frame {
    std::string_view bytes;
};

/// What a native agent yields.
using native_agent_output = std::variant<deadline, transmit_frame, find_participants, operate,
                                         cancel, close_channel, exit_process, reseed, warning>;

/// What a native agent is and can do, unless told otherwise: everything but recovery, which needs
/// participants that can.
[[nodiscard]] inline agent_options native_agent_defaults() {
    agent_options made;
    made.versions = {native::version};
    made.capabilities = capability::explicit_prepare | capability::implicit_prepare |
                        capability::completion | capability::hold_limit | capability::keep_alive |
                        capability::transactions;
    return made;
}

/// The agent's side of the native dialect.
class native_agent {
  public:
    explicit native_agent(agent_options options = native_agent_defaults(),
                          const native::limits& wire = native::default_limits)
        : m_agent(std::move(options)), m_decoder(native::direction::requests, wire), m_wire(wire) {}

    // ---- input: call one, then drain poll() ----

    /// A channel is open. One that was open has ended with that (SP 63.3).
    void channel_up(instant now);

    /// The channel has ended: what is held is released (SP 63.1).
    void channel_lost(instant now);

    /// Takes bytes of the channel, all of them.
    /// @pre the channel is up.
    void receive(byte_view bytes, instant now);

    /// See `agent_endpoint` for these.
    void participants_found(std::span<const participant_summary> found, instant now);
    void participants_failed(instant now);
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now);
    void participant_skipped(participant_index participant, instant now);
    void participant_let_go(participant_index participant, instant now);
    void handle_timeout(instant now);
    void stop(instant now);
    void generation_changed(generation_id generation, instant now);

    /// Takes over what a predecessor left held. Its session is over, so nobody can thaw it in time:
    /// a new Hello or the hold limit releases it (SP 10.14). Before any other input.
    /// @param session one that no orchestrator uses.
    void adopt(session_id session, txn_id txn, std::span<const participant_summary> held,
               instant now);

    // ---- output ----

    [[nodiscard]] native_agent_output poll();

    // ---- state ----

    [[nodiscard]] const agent_endpoint& session() const noexcept { return m_agent; }
    [[nodiscard]] bool connected() const noexcept { return m_connected; }

    /// Frames that were refused.
    [[nodiscard]] std::size_t refused() const noexcept { return m_refused; }

    void record_to(std::vector<trace::record>* recording) noexcept { m_agent.record_to(recording); }

  private:
    /// An output; a frame is a part of m_bytes.
    struct pending {
        native_agent_output what;
        std::size_t begin = 0;
        std::size_t size = 0;
    };

    void begin_input() noexcept;
    void collect();
    void send(any_message&& message);
    [[nodiscard]] bool has_no_session(const any_message& message) const noexcept;

    agent_endpoint m_agent;
    native::decoder m_decoder;
    native::limits m_wire;
    std::string m_bytes; ///< Frames not polled yet.
    std::vector<pending> m_outputs;
    std::size_t m_next_output = 0;
    instant m_deadline = never;
    std::size_t m_refused = 0;
    std::uint64_t m_marks_answered = 0;
    bool m_connected = false;
    /// Who was the first to refuse in this transaction.
    std::optional<participant_index> m_vetoed;
    bool m_greeted = false; ///< By a Hello on this channel: what closes it is meant for it.
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/native_agent.hpp>

#endif // SNAPPROTO_ENDPOINT_NATIVE_AGENT_HPP
