// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_QGA_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_QGA_ORCHESTRATOR_HPP

// An orchestrator of QEMU guest agents without I/O: bytes of the guests' channels, results of the
// provider, orders of a caller and time go in; bytes, orders to the provider, outcomes and a
// deadline come out.
//
// This is the orchestrator's endpoint with a qga_link for each guest.

#include <snapproto/endpoint/orchestrator.hpp>
#include <snapproto/endpoint/qga_link.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// Send bytes to a guest.
struct transmit_bytes_to {
    agent_index agent = 0;
    std::string bytes;
};

/// What an orchestrator of QEMU guest agents yields. `agent_stuck` is also told of a guest whose
/// channel is closed while it may still be frozen (SP 29.16).
using qga_orchestrator_output = std::variant<deadline, transmit_bytes_to, provide, close_agent,
                                             agent_stuck, snapshot_outcome, warning>;

/// What an orchestrator of QEMU guest agents is.
struct qga_orchestrator_options {
    std::size_t agents = 1;
    timer_limits timers{};
    duration total = std::chrono::seconds{900};
    /// See `qga_link_options`. The seed is made different for each guest.
    wire_limits wire = qga::reply_limits;
    duration sync = std::chrono::seconds{2};
    duration command = std::chrono::seconds{5};
    std::uint64_t sync_seed = 0;
    txn_id first_txn{1};
};

/// The orchestrator's side of QGA.
///
/// No label above filesystem is ever given: the dialect does not tell whether applications took
/// part (SP 29.8).
class qga_orchestrator {
  public:
    explicit qga_orchestrator(const qga_orchestrator_options& options = {});

    // ---- input: call one, then drain poll() ----

    void channel_up(agent_index agent, instant now);
    void channel_lost(agent_index agent, instant now);

    /// Takes bytes of a guest's channel.
    void receive(agent_index from, byte_view bytes, instant now);

    /// See `orchestrator_endpoint`. A `go` has no meaning here: freeze stands for prepare too.
    result<txn_id> start(snapshot_options wanted, instant now);
    void cancel(instant now);
    void cut_finished(txn_id txn, bool succeeded, instant now);
    void copy_ready(txn_id txn, instant now);

    void handle_timeout(instant now);

    // ---- output ----

    [[nodiscard]] qga_orchestrator_output poll();

    // ---- state ----

    /// The abstract conversation.
    [[nodiscard]] const orchestrator_endpoint& session() const noexcept { return m_host; }
    [[nodiscard]] orchestrator_phase phase() const noexcept { return m_host.phase(); }

    /// True when the guest may be frozen on this orchestrator's account.
    [[nodiscard]] bool possibly_frozen(agent_index agent) const noexcept {
        return agent < m_links.size() && m_links[agent].possibly_frozen();
    }

    void record_to(std::vector<trace::record>* recording) noexcept { m_host.record_to(recording); }

  private:
    void pump(instant now);
    bool pump_host(instant now);
    bool pump_link(agent_index agent, instant now);

    orchestrator_endpoint m_host;
    std::vector<qga_link> m_links;
    std::vector<qga_orchestrator_output> m_outputs;
    std::size_t m_next_output = 0;
    instant m_deadline = never;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/qga_orchestrator.hpp>

#endif // SNAPPROTO_ENDPOINT_QGA_ORCHESTRATOR_HPP
