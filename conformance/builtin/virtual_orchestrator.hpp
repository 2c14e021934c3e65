// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_ORCHESTRATOR_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_ORCHESTRATOR_HPP

// An orchestrator of the library on a virtual clock, with a virtual provider: what the embedded
// orchestrators of all dialects have in common.

#include "conformance/builtin/host_fault.hpp"
#include "conformance/builtin/virtual_world.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/endpoint/orchestrator_io.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace snapproto::conformance::builtin {

/// What bytes take from one side to the other.
inline constexpr duration wire_delay = std::chrono::microseconds{50};

/// The orchestrator of a dialect, as its endpoint is. A class of the dialect makes the endpoint and
/// may put a fault between it and the world.
template <class Endpoint>
class virtual_orchestrator : public orchestrator_target, public faulty_orchestrator {
  public:
    // ---- orchestrator_target ----

    [[nodiscard]] instant now() const override { return m_clock.now(); }
    [[nodiscard]] std::string description() const override {
        return fmt::format("embedded orchestrator '{}'", m_name);
    }
    [[nodiscard]] support can(conformance::capability) const override { return support::yes(); }
    [[nodiscard]] std::string replay_flags() const override {
        return fmt::format("{}--builtin {}", m_flags, m_name);
    }
    [[nodiscard]] duration patience() const override { return std::chrono::seconds{1200}; }
    [[nodiscard]] duration hold_limit() const override { return std::chrono::seconds{10}; }
    [[nodiscard]] duration aftermath() const override { return std::chrono::seconds{1}; }

    void begin(orchestrator_events& to, std::size_t guests, const cut_plan& cut) override;
    void proceed(instant until) override {
        m_happened = false;
        m_clock.run_until(until, [this] { return m_happened; });
    }
    void send(connection on, std::string_view bytes) override;
    void close(connection on) override;
    [[nodiscard]] std::optional<snapshot_end> ended() override;
    void stop() override;

    // ---- faulty_orchestrator ----

    void later(duration span, std::function<void()> what) override {
        schedule(span, std::move(what));
    }
    void send(std::size_t guest, std::string_view bytes) override;
    void answer(std::size_t guest, std::string_view bytes) override {
        schedule(wire_delay, [this, guest, bytes = std::string(bytes)] { take(guest, bytes); });
    }
    void show_cut(cut_sign what) override {
        m_happened = true;
        m_events->cut_seen(what);
    }
    void report(claim_made claim, std::string_view words) override {
        m_end = snapshot_end{claim, std::string(words), {}};
    }

  protected:
    /// @param flags what selects the dialect: "--dialect native ".
    virtual_orchestrator(std::string name, std::string flags)
        : m_name(std::move(name)), m_flags(std::move(flags)) {}

    /// The endpoint for a snapshot of so many guests.
    [[nodiscard]] virtual Endpoint make(std::size_t guests) = 0;
    /// The guests are new: what was remembered of them is not.
    virtual void forget(std::size_t guests) { (void)guests; }
    /// A guest has another connection.
    virtual void forget_guest(std::size_t guest) { (void)guest; }
    /// What is asked for.
    [[nodiscard]] virtual endpoint::snapshot_options wanted() const {
        endpoint::snapshot_options made;
        made.wanted = consistency::filesystem;
        return made;
    }
    /// Bytes of the endpoint, for a guest.
    virtual void transmit(std::size_t guest, const std::string& bytes) { send(guest, bytes); }
    /// Bytes of a guest, for the endpoint.
    virtual void arrive(std::size_t guest, std::string_view bytes) { take(guest, bytes); }
    /// How long the cut is put off, though the endpoint is told that it was done; absent: not.
    virtual std::optional<duration> put_off() { return std::nullopt; }
    virtual bool may_close(std::size_t guest) { return guest < m_open.size(); }
    virtual void judge(claim_made& claim) { (void)claim; }

    void take(std::size_t guest, std::string_view bytes) {
        if (!bytes.empty() && m_orchestrator) {
            m_orchestrator->receive(static_cast<agent_index>(guest), as_bytes(bytes),
                                    library_now());
            drain();
        }
    }

    orchestrator_settings m_settings;

  private:
    [[nodiscard]] snapproto::instant library_now() const {
        return snapproto::instant{m_clock.now().time_since_epoch()};
    }

    /// Calls back only while this snapshot goes on.
    template <class Function>
    void schedule(duration span, Function function) {
        m_clock.in(span, [token = std::weak_ptr<int>(m_token), function = std::move(function)] {
            if (!token.expired()) {
                function();
            }
        });
    }

    void connect(std::size_t guest);
    void lose(std::size_t guest);
    void drain();
    void perform(const decltype(std::declval<Endpoint&>().poll())& what);
    void close_channel(std::size_t guest);
    void cut(txn_id txn);
    void conclude(const endpoint::snapshot_outcome& outcome);
    void start_when_ready();
    void wake_up_at(snapproto::instant when);
    [[nodiscard]] bool may_be_frozen() const;

    std::string m_name;
    std::string m_flags;
    virtual_clock m_clock;
    std::uint32_t m_connections = 0;

    // of one snapshot
    std::shared_ptr<int> m_token;
    orchestrator_events* m_events = nullptr;
    std::optional<Endpoint> m_orchestrator;
    std::vector<std::optional<connection>> m_open; ///< By guest.
    cut_plan m_cut;
    virtual_clock::event_id m_wake_up{};
    bool m_started = false;
    std::optional<snapshot_end> m_end;
    instant m_settle_until{};
    bool m_happened = false;
};

/// The embedded orchestrator of a dialect with a fault, or without one.
template <class Endpoint>
class embedded_host : public virtual_orchestrator<Endpoint> {
  public:
    embedded_host(const host_fault* with, std::string name, std::string flags)
        : virtual_orchestrator<Endpoint>(std::move(name), std::move(flags)), m_fault(with) {
        if (m_fault != nullptr && m_fault->settings) {
            m_fault->settings(this->m_settings);
        }
    }

  protected:
    void transmit(std::size_t guest, const std::string& bytes) override {
        std::string changed = bytes;
        if (m_fault == nullptr || !m_fault->sends || m_fault->sends(*this, guest, changed)) {
            this->send(guest, changed);
        }
    }
    void arrive(std::size_t guest, std::string_view bytes) override {
        std::string changed{bytes};
        if (m_fault == nullptr || !m_fault->hears || m_fault->hears(*this, guest, changed)) {
            this->take(guest, changed);
        }
    }
    std::optional<duration> put_off() override {
        return m_fault != nullptr && m_fault->cut_put_off
                   ? std::optional{m_fault->cut_put_off(*this)}
                   : std::nullopt;
    }
    bool may_close(std::size_t guest) override {
        return m_fault == nullptr || !m_fault->closes || m_fault->closes(*this, guest);
    }
    void judge(claim_made& claim) override {
        if (m_fault != nullptr && m_fault->outcome) {
            m_fault->outcome(*this, claim);
        }
    }

  private:
    const host_fault* m_fault;
};

} // namespace snapproto::conformance::builtin

#include "conformance/builtin/virtual_orchestrator_impl.hpp"

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_ORCHESTRATOR_HPP
