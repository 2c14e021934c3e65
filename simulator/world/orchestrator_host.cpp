// SPDX-License-Identifier: BSL-1.0
// The host with the library's orchestrator, whatever it speaks.
#include "simulator/world/host.hpp"
#include "simulator/world/host_dialect.hpp"

#include <map>
#include <memory>
#include <utility>

namespace snapproto::world {
namespace {

class orchestrator_host final : public host {
  public:
    orchestrator_host(environment& world, std::vector<hosted_guest> guests, provider& copies,
                      const host_options& options, std::string_view dialect)
        : host(world, std::move(guests), copies, options),
          m_dialect(dialect),
          m_random(world.stream("host")) {}

  private:
    enum own_task : std::uint32_t { timeout = first_own_task, reconnect };

    static constexpr ticks reconnect_after = kernel::second;
    static constexpr std::uint64_t txns_per_life = 1000;
    static constexpr std::uint64_t any_copy = std::uint64_t{1} << 40; // no transaction's number

    // ---- life ----

    void begin_life() override {
        if (m_life == 0 || m_flaw->draws_fresh_numbers()) {
            m_numbers = m_random();
        }
        const std::uint64_t first = m_life * txns_per_life + 1; // not those of an earlier life
        m_process = make_orchestrator(m_dialect, {guest_count(), m_numbers, first});
        m_process->record_to(&m_recording);
    }
    void end_life() override {
        m_process.reset();
        m_told.clear();
        m_running.clear();
        ++m_life;
        m_world.cancel(m_timer);
    }
    [[nodiscard]] bool alive() const noexcept override { return m_process != nullptr; }
    [[nodiscard]] bool can_begin() const noexcept override {
        return m_process && !m_process->is_busy();
    }

    // ---- input ----

    void channel_up(std::size_t guest) override {
        if (m_process) {
            m_process->channel_up(index(guest), m_world.clock());
            drain();
        }
    }
    void channel_lost(std::size_t guest) override {
        if (m_process) {
            m_process->channel_lost(index(guest), m_world.clock());
            drain();
        }
    }
    void bytes_arrived(std::size_t guest, std::string_view bytes) override {
        if (m_process) {
            m_process->receive(index(guest), as_bytes(bytes), m_world.clock());
            drain();
        }
    }

    void on_event(const event& what) override {
        if (what.what == reconnect) {
            line(static_cast<std::size_t>(what.number)).reconnect(); // whoever is the host by now
        } else if (m_process && what.number == m_life && m_flaw->times_out()) {
            m_process->handle_timeout(m_world.clock());
            drain();
        }
    }

    void begin_snapshot(snapshot_number which) override {
        endpoint::snapshot_options asked;
        asked.wanted = wanted();
        asked.crash_copy_allowed = m_options.crash_copy;
        asked.keep_degraded = m_options.keep_degraded;
        if (const auto txn = m_process->start(std::move(asked), m_world.clock()); txn) {
            m_running[txn->value] = which;
        } else {
            end_attempt(which, session_outcome::failed, consistency::none,
                        std::string{message(txn.error().code)}, std::nullopt);
        }
        drain();
    }

    void on_cut(std::uint64_t number, bool succeeded) override {
        if (m_process) { // otherwise nobody is there who would keep it
            m_process->cut_finished(txn_id{number}, succeeded, m_world.clock());
            drain();
        }
    }

    /// A copy that can be read is told to the orchestrator, and one that never will be is none.
    void on_copy_ready(std::uint64_t number) override {
        if (m_process && copies().succeeded(number)) {
            m_process->copy_ready(txn_id{number}, m_world.clock());
            drain();
        }
        if (const auto told = m_told.extract(number)) {
            report(told.mapped());
        }
    }

    // ---- output ----

    void drain() {
        for (;;) {
            auto next = m_process->poll();
            if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
                m_world.cancel(m_timer);
                if (until->at != never) {
                    m_timer = m_world.timer_at(until->at, {m_self, timeout, m_life});
                }
                break;
            }
            perform(next);
        }
        m_world.notice(m_recording, m_noticed);
    }

    void perform(host_wish& what) {
        if (const auto* sent = std::get_if<say_to>(&what)) {
            line(sent->agent).send(direction::to_guest, sent->bytes);
        } else if (const auto* order = std::get_if<endpoint::provide>(&what)) {
            if (order->what == endpoint::provider_operation::cut) {
                begin_cut(order->txn.value);
            } else if (order->what == endpoint::provider_operation::discard) {
                if (m_flaw->discards()) {
                    copies().discard(order->txn.value);
                }
            }
        } else if (const auto* closed = std::get_if<endpoint::close_agent>(&what)) {
            line(closed->agent).disconnect(false, true);
            m_world.after(reconnect_after, {m_self, reconnect, closed->agent});
        } else if (std::holds_alternative<endpoint::agent_stuck>(what)) {
            m_world.tell("host", "alarms", "the guest may stay frozen: somebody should look");
        } else if (auto* outcome = std::get_if<endpoint::snapshot_outcome>(&what)) {
            on_outcome(std::move(*outcome));
        } else if (const auto* said = std::get_if<endpoint::warning>(&what)) {
            m_world.tell("host", "warns", std::string{said->what});
        }
    }

    /// What is to be kept is not spoken of before it can be read: until then it may be lost.
    void on_outcome(endpoint::snapshot_outcome told) {
        if (told.copy == copy_result::kept && !copies().is_ready(told.txn.value)) {
            const auto number = told.txn.value;
            m_told.emplace(number, std::move(told));
        } else {
            report(told);
        }
    }

    void report(const endpoint::snapshot_outcome& told) {
        const auto which = m_running.extract(told.txn.value).mapped();
        const bool kept = told.copy == copy_result::kept;
        if (!kept && (m_flaw->takes_any_copy() || !m_flaw->discards())) {
            report_in_spite(which, told.txn.value);
            return;
        }
        if (kept && !copies().succeeded(told.txn.value)) {
            end_attempt(which, session_outcome::failed, consistency::none,
                        "the copy was cut and never became readable", std::nullopt);
            return;
        }
        end_attempt(which, told.outcome, kept ? m_flaw->claims(told.label) : told.label,
                    told.reason, kept ? std::optional{told.txn.value} : std::nullopt);
    }

    /// What a faulty host makes of a session that has failed: a success, with the copy that there
    /// is, or any.
    void report_in_spite(snapshot_number which, std::uint64_t number) {
        if (m_flaw->takes_any_copy()) {
            number += any_copy;
            copies().begin(number, {}, {});
        } else if (!copies().has(number)) {
            end_attempt(which, session_outcome::failed, consistency::none, "no copy", std::nullopt);
            return;
        }
        end_attempt(which, session_outcome::success, wanted(), {}, number);
    }

    [[nodiscard]] static agent_index index(std::size_t guest) noexcept {
        return static_cast<agent_index>(guest);
    }

    std::string m_dialect;
    kernel::generator m_random;
    std::uint64_t m_numbers = 0;             // what those of synchronisations are drawn from
    std::unique_ptr<host_dialect> m_process; // null while it is dead
    std::uint64_t m_life = 0;
    kernel::event_handle m_timer;
    std::size_t m_noticed = 0;
    std::map<std::uint64_t, snapshot_number> m_running;         // by transaction
    std::map<std::uint64_t, endpoint::snapshot_outcome> m_told; // these wait for their copies
};

} // namespace

std::unique_ptr<host> make_orchestrator_host(environment& world, std::vector<hosted_guest> guests,
                                             provider& copies, const host_options& options,
                                             std::string_view dialect) {
    return std::make_unique<orchestrator_host>(world, std::move(guests), copies, options, dialect);
}

} // namespace snapproto::world
