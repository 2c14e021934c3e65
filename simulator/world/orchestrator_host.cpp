// SPDX-License-Identifier: BSL-1.0
// The host with the library's orchestrator: the one source that includes the orchestrator's
// machine.
#include "simulator/world/flaw.hpp"
#include "simulator/world/host.hpp"

#include <snapproto/endpoint/qga_orchestrator.hpp>

#include <utility>

namespace snapproto::world {
namespace {

class orchestrator_host final : public host {
  public:
    orchestrator_host(environment& world, channel& line, provider& copies,
                      const host_options& options)
        : m_world(world),
          m_line(line),
          m_copies(copies),
          m_options(options),
          m_random(world.stream("host")),
          m_self(world.add(*this)) {}

    void tamper(flaw& wrong) noexcept override { m_flaw = &wrong; }

    void open() override {
        begin_life();
        m_world.after(static_cast<ticks>(m_options.start_ms) * kernel::millisecond,
                      {m_self, start, 0});
    }

    void die() override {
        if (std::exchange(m_process, nullptr)) {
            ++m_life;
            m_world.cancel(m_timer);
            m_world.tell("host", "dies", "the host dies");
        }
    }

    void restart() override {
        if (!m_process) {
            m_world.tell("host", "restarts", "the host is there again");
            begin_life();
            if (m_line.connected()) {
                channel_up();
            }
        }
    }

    void channel_up() override {
        if (m_process) {
            m_process->channel_up(0, m_world.clock());
            drain();
        }
    }
    void channel_lost() override {
        if (m_process) {
            m_process->channel_lost(0, m_world.clock());
            drain();
        }
    }
    void bytes_arrived(std::string_view bytes) override {
        if (m_process) {
            m_process->receive(0, as_bytes(bytes), m_world.clock());
            drain();
        }
    }

    void handle(const event& what) override {
        if (what.what == start) {
            begin_attempt();
        } else if (m_process && what.what == timeout && what.number == m_life &&
                   m_flaw->times_out()) {
            m_process->handle_timeout(m_world.clock());
            drain();
        } else if (what.what == cut_ended) {
            end_cut(txn_id{what.number});
        } else if (m_process && what.what == reconnect && what.number == m_life) {
            m_line.connect();
        }
    }

  private:
    enum task : std::uint32_t { start, timeout, cut_ended, reconnect };

    static constexpr ticks reconnect_after = kernel::second;

    void begin_life() {
        endpoint::qga_orchestrator_options made;
        if (m_life == 0 || m_flaw->draws_fresh_numbers()) {
            m_numbers = m_random();
        }
        made.sync_seed = m_numbers;
        made.first_txn = {m_life * 1000 + 1}; // not the numbers of an earlier life
        m_process = std::make_unique<endpoint::qga_orchestrator>(made);
        m_process->record_to(&m_recording);
    }

    void begin_attempt() {
        if (m_options.repeat_ms != 0) {
            m_world.after(static_cast<ticks>(m_options.repeat_ms) * kernel::millisecond,
                          {m_self, start, 0});
        }
        if (!m_process) {
            return;
        }
        if (m_process->session().running().value != 0) {
            m_world.tell("host", "busy", "the snapshot before is not over: none is begun");
            return;
        }
        endpoint::snapshot_options asked;
        asked.wanted = from_string<consistency>(m_options.wanted).value_or(consistency::filesystem);
        asked.crash_copy_allowed = m_options.crash_copy;
        asked.keep_degraded = m_options.keep_degraded;
        m_world.tell("host", "starts", "wants a snapshot, " + m_options.wanted + "-consistent");
        attempt made;
        made.started = m_world.now();
        made.wanted = asked.wanted;
        m_cut.reset();
        m_attempts.push_back(std::move(made));
        if (const auto txn = m_process->start(std::move(asked), m_world.clock()); !txn) {
            m_attempts.back().ended = m_world.now();
            m_attempts.back().reason = message(txn.error().code);
            tell_outcome(m_world, m_attempts.back());
        }
        drain();
    }

    void drain() {
        for (;;) {
            auto next = m_process->poll();
            if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
                m_world.cancel(m_timer);
                if (until->at != never) {
                    m_timer = m_world.timer_at(until->at.time_since_epoch().count(),
                                               {m_self, timeout, m_life});
                }
                break;
            }
            perform(next);
        }
        m_world.notice(m_recording, m_noticed);
    }

    void perform(endpoint::qga_orchestrator_output& what) {
        if (const auto* sent = std::get_if<endpoint::transmit_bytes_to>(&what)) {
            m_line.send(direction::to_guest, sent->bytes);
        } else if (const auto* order = std::get_if<endpoint::provide>(&what)) {
            if (order->what == endpoint::provider_operation::cut) {
                m_copies.begin({m_self, cut_ended, order->txn.value});
            } else if (order->what == endpoint::provider_operation::discard) {
                if (m_flaw->discards()) {
                    m_cut.reset();
                }
                m_world.tell("provider", "discards", "gives the copy up");
            }
        } else if (std::holds_alternative<endpoint::close_agent>(what)) {
            m_line.disconnect(false, true);
            m_world.after(reconnect_after, {m_self, reconnect, m_life});
        } else if (std::holds_alternative<endpoint::agent_stuck>(what)) {
            m_world.tell("host", "alarms", "the guest may stay frozen: somebody should look");
        } else if (auto* outcome = std::get_if<endpoint::snapshot_outcome>(&what)) {
            end_attempt(*outcome);
        } else if (const auto* said = std::get_if<endpoint::warning>(&what)) {
            m_world.tell("host", "warns", std::string{said->what});
        }
    }

    void end_cut(txn_id txn) {
        auto made = m_copies.take();
        if (!m_process) {
            return; // nobody is there who would keep it
        }
        const bool succeeded = made.has_value();
        m_cut = std::move(made);
        m_process->cut_finished(txn, succeeded, m_world.clock());
        drain();
    }

    void end_attempt(endpoint::snapshot_outcome& told) {
        attempt& ended = m_attempts.back();
        ended.ended = m_world.now();
        ended.outcome = told.outcome;
        ended.label = told.label;
        ended.reason = std::move(told.reason);
        if (told.copy == copy_result::kept) {
            ended.kept = std::exchange(m_cut, std::nullopt);
        }
        m_flaw->host_reports(ended, m_cut, m_copies);
        tell_outcome(m_world, ended);
    }

    environment& m_world;
    channel& m_line;
    provider& m_copies;
    host_options m_options;
    kernel::generator m_random;
    actor_id m_self;
    std::unique_ptr<endpoint::qga_orchestrator> m_process; // null while it is dead
    std::uint64_t m_life = 0;
    kernel::event_handle m_timer;
    std::size_t m_noticed = 0;
    std::optional<copy> m_cut;
    std::uint64_t m_numbers = 0; // what the synchronisation's are drawn from
    flaw m_no_flaw;
    flaw* m_flaw = &m_no_flaw;
};

} // namespace

std::unique_ptr<host> make_orchestrator_host(environment& world, channel& line, provider& copies,
                                             const host_options& options) {
    return std::make_unique<orchestrator_host>(world, line, copies, options);
}

} // namespace snapproto::world
