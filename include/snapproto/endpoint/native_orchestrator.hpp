// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_NATIVE_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_NATIVE_ORCHESTRATOR_HPP

// An orchestrator of native agents without I/O: bytes of the guests' channels, results of the
// provider, orders of a caller and time go in; bytes, orders to the provider, outcomes and a
// deadline come out.
//
// This is the orchestrator's endpoint behind the native codec.

#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>
#include <snapproto/endpoint/orchestrator.hpp>

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// Send bytes to a guest.
struct transmit_frame_to {
    agent_index agent = 0;
    std::string bytes;
};

/// What an orchestrator of native agents yields.
using native_orchestrator_output = std::variant<deadline, transmit_frame_to, provide, close_agent,
                                                agent_stuck, snapshot_outcome, warning>;

/// What an orchestrator of native agents is, unless told otherwise: guests have clocks of their
/// own (SP 61.11).
[[nodiscard]] inline orchestrator_options native_orchestrator_defaults() {
    orchestrator_options made;
    made.versions = {native::version};
    made.clocks = clock_relation::unrelated;
    return made;
}

/// The orchestrator's side of the native dialect.
class native_orchestrator {
  public:
    explicit native_orchestrator(
        const orchestrator_options& options = native_orchestrator_defaults(),
        const native::limits& wire = native::default_limits);

    // ---- input: call one, then drain poll() ----

    void channel_up(agent_index agent, instant now);
    void channel_lost(agent_index agent, instant now);

    /// Takes bytes of a guest's channel, all of them. Frames that are no message are passed over
    /// (SP 60.11).
    void receive(agent_index from, byte_view bytes, instant now);

    /// See `orchestrator_endpoint`.
    ///
    /// Errors: moreover too_long, too_many and bad_text for scopes and texts that no agent could
    /// read (SP 62.3); nothing is begun then.
    result<txn_id> start(snapshot_options wanted, instant now);
    bool go(instant now);
    void cancel(instant now);
    void cut_finished(txn_id txn, bool succeeded, instant now);
    void copy_ready(txn_id txn, instant now);

    void handle_timeout(instant now);

    // ---- output ----

    [[nodiscard]] native_orchestrator_output poll();

    // ---- state ----

    /// The abstract conversation.
    [[nodiscard]] const orchestrator_endpoint& session() const noexcept { return m_host; }
    [[nodiscard]] orchestrator_phase phase() const noexcept { return m_host.phase(); }

    /// Frames that were refused.
    [[nodiscard]] std::size_t refused() const noexcept { return m_refused; }

    void record_to(std::vector<trace::record>* recording) noexcept { m_host.record_to(recording); }

  private:
    [[nodiscard]] std::optional<failure> unsendable(const snapshot_options& wanted) const;
    /// @param time_has_passed that is why something is sent.
    void collect(bool time_has_passed = false);

    orchestrator_endpoint m_host;
    native::limits m_wire;
    std::vector<native::decoder> m_decoders; ///< By agent.
    std::vector<native_orchestrator_output> m_outputs;
    std::size_t m_next_output = 0;
    instant m_deadline = never;
    std::size_t m_refused = 0;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/native_orchestrator.hpp>

#endif // SNAPPROTO_ENDPOINT_NATIVE_ORCHESTRATOR_HPP
