// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RUN_STATE_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RUN_STATE_HPP

// The surroundings of the library's endpoint for one snapshot: agents' sockets, providers, signals
// and a clock. Apart from run.hpp, so that who takes a snapshot need not compile the machines.

#include "line.hpp"
#include "provider.hpp"
#include "result.hpp"
#include "settings.hpp"

#include <snapproto/endpoint/qga_orchestrator.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {

/// One snapshot, from the first look to the result.
class run {
  public:
    explicit run(settings how);

    [[nodiscard]] snapshot_result take();

  private:
    /// One after the other; an agent that is lost while files are made leads back to `reaching`. A
    /// signal leads to `settling`, or straight to the end.
    enum class stage { looking, reaching, preparing, running, settling, over };

    struct machine {
        std::unique_ptr<provider> storage;
        std::unique_ptr<line> agent;
        std::string trouble;
        bool up = false; ///< As the endpoint was told.
        bool settled = false;
    };

    static snapproto::instant now() noexcept;
    [[nodiscard]] snapproto::endpoint::qga_orchestrator_options options() const;
    [[nodiscard]] snapproto::agent_index count() const noexcept {
        return static_cast<snapproto::agent_index>(m_machines.size());
    }

    // Before.
    void looked(std::size_t number, std::string_view why);
    void reach();
    void give_up(std::string_view why);
    void prepare();
    void prepared(std::size_t number, std::string_view why);
    void start();

    // Agents.
    void agent_opened(snapproto::agent_index agent);
    void agent_lost(snapproto::agent_index agent, std::string_view why);
    void agent_closed(snapproto::agent_index agent);
    void connect_all();
    void connect_later();
    void pretend_that_all_are_up();

    // The endpoint.
    void drain();
    void perform(const snapproto::endpoint::qga_orchestrator_output& what);
    void note_phase();
    void wait_for_deadline();
    void provide(const snapproto::endpoint::provide& what);
    void cut(snapproto::txn_id txn);

    // After.
    void settle(const snapproto::endpoint::snapshot_outcome& outcome);
    void back_out();
    void settle_storage(bool discards);
    [[nodiscard]] std::string with_name(const std::string& reason) const;
    void end_if_at_rest();
    void limit_passed();
    void limit_stage(snapproto::duration span);
    [[nodiscard]] bool any_may_be_frozen() const;
    void end();
    void wait_for_signal();
    void interrupt();
    void say(std::string_view words) const;

    settings m_how;
    boost::asio::io_context m_io;
    boost::asio::signal_set m_signals;
    boost::asio::steady_timer m_timer; ///< The endpoint's deadline.
    boost::asio::steady_timer m_limit; ///< Of the stage.
    boost::asio::steady_timer m_again; ///< When agents are connected to once more.
    snapproto::endpoint::qga_orchestrator m_endpoint;
    std::vector<machine> m_machines;

    stage m_stage = stage::looking;
    std::size_t m_awaited = 0; ///< Providers that have not answered yet.
    bool m_prepared = false;   ///< All files are made.
    bool m_alone = false;      ///< It goes on without the guests.
    bool m_losing = false;     ///< The endpoint is being told that an agent is lost.
    bool m_impatient = false;  ///< What may be frozen is given up.
    snapproto::orchestrator_phase m_phase = snapproto::orchestrator_phase::down;
    snapproto::instant m_begun = now();
    snapproto::instant m_freeze_at = snapproto::never;
    snapshot_result m_result;
};

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RUN_STATE_HPP
