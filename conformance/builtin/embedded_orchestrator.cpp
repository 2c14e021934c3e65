// SPDX-License-Identifier: BSL-1.0
// The library's orchestrator on a virtual clock, with a virtual provider, and a fault put between
// it and the world.
#include "conformance/builtin/orchestrator_fault.hpp"
#include "conformance/builtin/virtual_world.hpp"

#include <snapproto/dialect/qga/request_decoder.hpp>
#include <snapproto/endpoint/qga_orchestrator.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace snapproto::conformance {

namespace builtin {
namespace {

using namespace std::chrono_literals;

/// What bytes take from one side to the other.
constexpr duration way = 50us;
/// How long it waits before it connects again.
constexpr duration reconnect_after = 1s;
/// How long it goes on with a guest that may be frozen when the outcome is known.
constexpr duration settle_bound = 120s;

class embedded_orchestrator final : public orchestrator_target, public faulty_orchestrator {
  public:
    embedded_orchestrator(const orchestrator_fault* with, std::string name, std::uint64_t seed)
        : m_fault(with), m_name(std::move(name)), m_seed(seed) {
        if (m_fault != nullptr && m_fault->settings) {
            m_fault->settings(m_settings);
        }
    }

    // ---- orchestrator_target ----

    [[nodiscard]] instant now() const override { return m_clock.now(); }
    [[nodiscard]] std::string description() const override {
        return fmt::format("embedded orchestrator '{}'", m_name);
    }
    [[nodiscard]] support can(capability) const override { return support::yes(); }
    [[nodiscard]] std::string replay_flags() const override {
        return fmt::format("--builtin {}", m_name);
    }
    [[nodiscard]] duration patience() const override { return 1200s; }
    [[nodiscard]] duration hold_limit() const override { return 10s; }
    [[nodiscard]] duration aftermath() const override { return 1s; }

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
    void answer(std::size_t guest, std::string_view bytes) override;
    void show_cut(cut_sign what) override;
    void report(claim_made claim, std::string_view words) override {
        m_end = snapshot_end{claim, std::string(words), {}};
    }

  private:
    struct peer {
        std::optional<connection> open;
        std::string half;                     ///< A line that has not ended.
        qga::verb asked = qga::verb::unknown; ///< By the last request.
        std::string id;
        std::int64_t sync_id = 0;
    };

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
    void arrive(std::size_t guest, std::string_view bytes);
    void take(std::size_t guest, std::string_view bytes);
    void drain();
    void perform(const endpoint::qga_orchestrator_output& what);
    void request(const endpoint::transmit_bytes_to& sent);
    void cut(txn_id txn);
    void conclude(const endpoint::snapshot_outcome& outcome);
    void start_when_ready();
    void wake_up_at(snapproto::instant when);
    [[nodiscard]] bool may_be_frozen() const;

    const orchestrator_fault* m_fault;
    std::string m_name;
    std::uint64_t m_seed;
    orchestrator_settings m_settings;
    virtual_clock m_clock;
    std::uint32_t m_connections = 0;

    // of one snapshot
    std::shared_ptr<int> m_token;
    orchestrator_events* m_events = nullptr;
    std::optional<endpoint::qga_orchestrator> m_orchestrator;
    std::vector<peer> m_peers;
    cut_plan m_cut;
    virtual_clock::event_id m_wake_up{};
    bool m_started = false;
    std::optional<snapshot_end> m_end;
    instant m_settle_until{};
    bool m_happened = false;
};

// ---- the snapshot -------------------------------------------------------------------------------

void embedded_orchestrator::begin(orchestrator_events& to, std::size_t guests,
                                  const cut_plan& cut) {
    stop();
    m_token = std::make_shared<int>(0);
    m_events = &to;
    m_cut = cut;
    m_peers.assign(guests, {});
    m_started = false;
    memory = {};
    text.clear();
    endpoint::qga_orchestrator_options options;
    options.agents = guests;
    options.timers.hold = m_settings.hold;
    options.timers.cut = m_settings.cut;
    options.sync_seed = ++m_seed;
    m_orchestrator.emplace(options);
    for (std::size_t i = 0; i < guests; ++i) {
        connect(i);
    }
}

void embedded_orchestrator::stop() {
    m_token.reset();
    m_events = nullptr;
    m_orchestrator.reset();
    m_end.reset();
}

std::optional<snapshot_end> embedded_orchestrator::ended() {
    if (!m_end || (may_be_frozen() && now() < m_settle_until)) {
        return std::nullopt;
    }
    snapshot_end end = *m_end;
    if (may_be_frozen()) {
        end.claim = claim_made::failure;
        end.output = m_settings.tells_of_frozen_guests ? "a guest may still be frozen\n" : "";
    }
    return end;
}

bool embedded_orchestrator::may_be_frozen() const {
    for (std::size_t i = 0; m_orchestrator && i < m_peers.size(); ++i) {
        if (m_orchestrator->possibly_frozen(static_cast<agent_index>(i))) {
            return true;
        }
    }
    return false;
}

void embedded_orchestrator::start_when_ready() {
    const auto phase = m_orchestrator->phase();
    const bool alone = std::none_of(m_peers.begin(), m_peers.end(),
                                    [](const peer& one) { return one.open.has_value(); });
    if (m_started || (phase != orchestrator_phase::idle && !alone)) {
        return;
    }
    m_started = true;
    endpoint::snapshot_options wanted;
    wanted.wanted = consistency::filesystem;
    if (const auto begun = m_orchestrator->start(wanted, library_now()); !begun) {
        report(claim_made::failure, "it refuses to begin");
    }
}

void embedded_orchestrator::conclude(const endpoint::snapshot_outcome& outcome) {
    claim_made claim = claim_made::failure;
    if (outcome.copy == copy_result::kept) {
        claim =
            outcome.outcome == session_outcome::success && outcome.label >= consistency::filesystem
                ? claim_made::consistent
                : claim_made::degraded;
    }
    if (m_fault != nullptr && m_fault->outcome) {
        m_fault->outcome(*this, claim);
    }
    report(claim, fmt::format("outcome {}, label {}{}{}", to_string(outcome.outcome),
                              to_string(outcome.label), outcome.reason.empty() ? "" : ": ",
                              outcome.reason));
    m_settle_until = now() + settle_bound;
}

// ---- connections --------------------------------------------------------------------------------

void embedded_orchestrator::connect(std::size_t guest) {
    peer& who = m_peers[guest];
    who = {};
    who.open = connection{guest, ++m_connections};
    m_events->connected(*who.open);
    m_orchestrator->channel_up(static_cast<agent_index>(guest), library_now());
    drain();
}

void embedded_orchestrator::lose(std::size_t guest) {
    m_peers[guest].open.reset();
    if (m_settings.reconnects && (!m_end || may_be_frozen())) {
        schedule(reconnect_after, [this, guest] {
            if (!m_peers[guest].open && (!m_end || may_be_frozen())) {
                connect(guest);
            }
        });
    }
}

void embedded_orchestrator::close(connection on) {
    if (!m_events || m_peers.at(on.guest).open != on) {
        return;
    }
    schedule(way, [this, on] {
        if (m_peers[on.guest].open == on) {
            lose(on.guest);
            m_orchestrator->channel_lost(static_cast<agent_index>(on.guest), library_now());
            drain();
        }
    });
}

void embedded_orchestrator::send(connection on, std::string_view bytes) {
    if (!m_events || m_peers.at(on.guest).open != on) {
        return;
    }
    schedule(way, [this, on, bytes = std::string(bytes)] {
        if (m_peers[on.guest].open == on) {
            arrive(on.guest, bytes);
        }
    });
}

/// Bytes of a guest: line by line where a fault looks at lines.
void embedded_orchestrator::arrive(std::size_t guest, std::string_view bytes) {
    if (m_fault == nullptr || !m_fault->reply) {
        take(guest, bytes);
        return;
    }
    peer& who = m_peers[guest];
    who.half += bytes;
    for (auto end = who.half.find('\n'); end != std::string::npos; end = who.half.find('\n')) {
        std::string line = who.half.substr(0, end + 1);
        who.half.erase(0, end + 1);
        m_fault->reply(*this, {guest, who.asked, who.id, who.sync_id}, line);
        take(guest, line);
    }
}

void embedded_orchestrator::take(std::size_t guest, std::string_view bytes) {
    if (!bytes.empty()) {
        m_orchestrator->receive(static_cast<agent_index>(guest), as_bytes(bytes), library_now());
        drain();
    }
}

void embedded_orchestrator::send(std::size_t guest, std::string_view bytes) {
    schedule(way, [this, guest, bytes = std::string(bytes)] {
        if (m_peers[guest].open) {
            m_happened = true;
            m_events->received(*m_peers[guest].open, bytes);
        }
    });
}

void embedded_orchestrator::answer(std::size_t guest, std::string_view bytes) {
    schedule(way, [this, guest, bytes = std::string(bytes)] { take(guest, bytes); });
}

// ---- what the endpoint wants --------------------------------------------------------------------

void embedded_orchestrator::drain() {
    m_happened = true;
    for (;;) {
        const auto next = m_orchestrator->poll();
        if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
            const bool began = !m_started;
            start_when_ready();
            if (began && m_started) {
                continue;
            }
            wake_up_at(until->at);
            return;
        }
        perform(next);
    }
}

void embedded_orchestrator::wake_up_at(snapproto::instant when) {
    m_clock.cancel(m_wake_up);
    if (when == never || !m_settings.looks_at_the_clock) {
        return;
    }
    m_wake_up =
        m_clock.at(instant{when.time_since_epoch()}, [this, token = std::weak_ptr<int>(m_token)] {
            if (!token.expired()) {
                m_orchestrator->handle_timeout(library_now());
                drain();
            }
        });
}

void embedded_orchestrator::perform(const endpoint::qga_orchestrator_output& what) {
    if (const auto* sent = std::get_if<endpoint::transmit_bytes_to>(&what)) {
        request(*sent);
    } else if (const auto* order = std::get_if<endpoint::provide>(&what)) {
        if (order->what == endpoint::provider_operation::cut) {
            cut(order->txn);
        }
    } else if (const auto* closed = std::get_if<endpoint::close_agent>(&what)) {
        if (const auto open = m_peers[closed->agent].open) {
            m_events->disconnected(*open);
            lose(closed->agent);
        }
    } else if (const auto* outcome = std::get_if<endpoint::snapshot_outcome>(&what)) {
        conclude(*outcome);
    }
}

void embedded_orchestrator::request(const endpoint::transmit_bytes_to& sent) {
    peer& who = m_peers[sent.agent];
    qga::request_decoder decoder{qga::request_limits};
    std::string_view rest = sent.bytes;
    while (!rest.empty()) {
        rest.remove_prefix(decoder.feed(as_bytes(rest)));
        if (const auto got = decoder.next(); got.has_value()) {
            who.asked = got->verb;
            who.id = std::string(got->id.text);
            who.sync_id = got->sync_id;
        }
    }
    if (m_fault != nullptr && m_fault->request) {
        const auto instead =
            m_fault->request(*this, {sent.agent, who.asked, sent.bytes, who.id, who.sync_id});
        if (instead) {
            answer(sent.agent, *instead);
            return;
        }
    }
    send(sent.agent, sent.bytes);
}

void embedded_orchestrator::show_cut(cut_sign what) {
    m_happened = true;
    m_events->cut_seen(what);
}

void embedded_orchestrator::cut(txn_id txn) {
    const auto finish = [this, txn](bool ok) {
        m_orchestrator->cut_finished(txn, ok, library_now());
        drain();
    };
    if (m_fault != nullptr && m_fault->cut_put_off) {
        const duration put_off = m_fault->cut_put_off(*this);
        schedule(put_off, [this] { show_cut(cut_sign::begun); });
        schedule(put_off + m_cut.takes, [this] { show_cut(cut_sign::done); });
        schedule(way, [finish] { finish(true); });
        return;
    }
    show_cut(cut_sign::begun);
    if (m_cut.ends == cut_plan::end::never) {
        return;
    }
    schedule(m_cut.takes, [this, finish, ok = m_cut.ends == cut_plan::end::succeeds] {
        show_cut(ok ? cut_sign::done : cut_sign::failed);
        finish(ok);
    });
}

} // namespace

const std::vector<orchestrator_fault>& all_orchestrator_faults() {
    static const std::vector<orchestrator_fault> faults = [] {
        std::vector<orchestrator_fault> all;
        for (auto family : {orchestrator_wire_faults(), orchestrator_hold_faults()}) {
            std::move(family.begin(), family.end(), std::back_inserter(all));
        }
        std::sort(all.begin(), all.end(),
                  [](const auto& a, const auto& b) { return a.info.name < b.info.name; });
        return all;
    }();
    return faults;
}

} // namespace builtin

std::unique_ptr<orchestrator_target> make_builtin_orchestrator(std::string_view fault_or_reference,
                                                               std::uint64_t seed) {
    if (fault_or_reference == "reference") {
        return std::make_unique<builtin::embedded_orchestrator>(nullptr, "reference", seed);
    }
    for (const auto& one : builtin::all_orchestrator_faults()) {
        if (one.info.name == fault_or_reference) {
            return std::make_unique<builtin::embedded_orchestrator>(
                &one, std::string{one.info.name}, seed);
        }
    }
    throw std::invalid_argument(
        fmt::format("no embedded orchestrator is named '{}'", fault_or_reference));
}

std::span<const fault_info> builtin_orchestrator_faults() {
    static const std::vector<fault_info> infos = [] {
        std::vector<fault_info> made;
        for (const auto& one : builtin::all_orchestrator_faults()) {
            made.push_back(one.info);
        }
        return made;
    }();
    return infos;
}

} // namespace snapproto::conformance
