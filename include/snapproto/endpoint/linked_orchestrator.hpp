// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_LINKED_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_LINKED_ORCHESTRATOR_HPP

// The orchestrator's endpoint with a link for each guest: what the orchestrators of all dialects
// that need a completion adapter have in common.

#include <snapproto/endpoint/link_io.hpp>
#include <snapproto/endpoint/orchestrator.hpp>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// Send bytes to a guest.
struct transmit_bytes_to {
    agent_index agent = 0;
    std::string bytes;
};

/// What an orchestrator with links yields. `agent_stuck` is also told of a guest whose channel is
/// closed while it may still be frozen (SP 29.16).
using linked_orchestrator_output = std::variant<deadline, transmit_bytes_to, provide, close_agent,
                                                agent_stuck, snapshot_outcome, warning>;

/// The orchestrator's side of a dialect, by its link.
///
/// A link has `channel_up()`, `channel_lost()`, `ask(request, now)`, `receive(bytes, now)`,
/// `handle_timeout(now)`, `poll()` and `possibly_frozen()`.
template <class Link>
class linked_orchestrator {
  public:
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

    [[nodiscard]] linked_orchestrator_output poll();

    // ---- state ----

    /// The abstract conversation.
    [[nodiscard]] const orchestrator_endpoint& session() const noexcept { return m_host; }
    [[nodiscard]] orchestrator_phase phase() const noexcept { return m_host.phase(); }

    /// True when the guest may be frozen on this orchestrator's account.
    [[nodiscard]] bool possibly_frozen(agent_index agent) const noexcept {
        return agent < m_links.size() && m_links[agent].possibly_frozen();
    }

    void record_to(std::vector<trace::record>* recording) noexcept { m_host.record_to(recording); }

  protected:
    /// @pre one link for each agent of the options.
    linked_orchestrator(orchestrator_options options, std::vector<Link> links)
        : m_host(std::move(options)), m_links(std::move(links)) {}
    linked_orchestrator(linked_orchestrator&&) noexcept = default;
    linked_orchestrator& operator=(linked_orchestrator&&) noexcept = default;
    ~linked_orchestrator() = default;

    [[nodiscard]] std::vector<Link>& links() noexcept { return m_links; }

  private:
    void pump(instant now);
    bool pump_host(instant now);
    bool pump_link(agent_index agent, instant now);
    void close(agent_index agent);

    orchestrator_endpoint m_host;
    std::vector<Link> m_links;
    std::vector<linked_orchestrator_output> m_outputs;
    std::size_t m_next_output = 0;
    instant m_deadline = never;
};

namespace detail {

/// The abstract side of an orchestrator of such a dialect: table 20.0, all that there is.
template <class Options>
[[nodiscard]] orchestrator_options linked_options(const Options& from) {
    orchestrator_options made;
    made.agents = from.agents;
    made.capabilities = capability::implicit_prepare;
    made.timers = from.timers;
    made.total = from.total;
    made.first_txn = from.first_txn;
    return made;
}

} // namespace detail

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/linked_orchestrator.hpp>

#endif // SNAPPROTO_ENDPOINT_LINKED_ORCHESTRATOR_HPP
