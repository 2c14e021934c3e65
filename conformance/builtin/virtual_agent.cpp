// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/virtual_agent.hpp"

#include <snapproto/dialect/qga/request_decoder.hpp>
#include <snapproto/endpoint/qga_agent.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <utility>

namespace snapproto::conformance::builtin {

namespace {

using namespace std::chrono_literals;
using machine::participant_event;

/// Bytes that wait for a client that does not read; then its requests wait too.
constexpr std::size_t backlog_max = 256 * 1024;

snapproto::instant library_time(instant at) {
    return snapproto::instant{at.time_since_epoch()};
}

struct connection {
    std::shared_ptr<virtual_stream> stream;
    /// A decoder of our own, to know what a reply is the answer to.
    qga::request_decoder decoder{qga::request_limits};
    std::string held_back; ///< Bytes of a request that a fault may want to answer itself.
    std::deque<std::string> to_feed;
    std::deque<qga::verb> asked;
};

class embedded_agent final : public virtual_agent, public faulty_agent {
  public:
    embedded_agent(virtual_world& world, const fault* with, const start_options& options)
        : m_world(world),
          m_fault(with),
          m_settings(settings_of(with)),
          m_agent(endpoint_options(m_settings, options)) {
        m_world.hook_configured = options.hook.has_value();
        if (m_settings.adopts_at_start) {
            adopt();
        }
        if (m_fault != nullptr && m_fault->started) {
            m_fault->started(*this);
        }
    }

    ~embedded_agent() override { end(); }

    // ---- virtual_agent ----

    std::shared_ptr<virtual_stream> connect() override {
        auto stream = std::make_shared<virtual_stream>();
        if (!m_alive || !m_agent.client_connected(++m_last_client)) {
            stream->agent_closed = true;
            return stream;
        }
        m_connections[m_last_client].stream = stream;
        return stream;
    }

    void pump() override {
        if (std::exchange(m_pumping, true)) {
            m_pump_again = true; // called from below: the loop that runs goes round once more
            return;
        }
        do {
            m_pump_again = false;
            pump_once();
        } while (m_alive && m_pump_again);
        m_pumping = false;
    }

    void pump_once() {
        for (auto at = m_connections.begin(); m_alive && at != m_connections.end();) {
            if (at->second.stream->client_closed) {
                const auto id = at->first;
                at = m_connections.erase(at);
                m_agent.client_gone(id);
                if (m_fault != nullptr && m_fault->client_gone) {
                    m_fault->client_gone(*this);
                    drain();
                }
            } else {
                read(at->first, at->second);
                if (!m_alive) {
                    return; // and the connections are gone
                }
                ++at;
            }
        }
        for (auto& [id, from] : m_connections) {
            auto& stream = *from.stream;
            if (stream.client_finished && stream.to_agent.empty() && from.to_feed.empty() &&
                from.asked.empty()) {
                stream.agent_closed = true;
            }
        }
    }

    [[nodiscard]] bool alive() const override { return m_alive; }

    void terminate() override {
        if (m_settings.ignores_terminate || !m_alive ||
            (m_fault != nullptr && m_fault->terminate && m_fault->terminate(*this))) {
            return;
        }
        m_agent.stop(now());
        drain();
    }

    void kill() override {
        m_ending = {true, 9};
        end();
    }

    [[nodiscard]] exit_report ending() const override { return m_ending; }

    // ---- faulty_agent ----

    [[nodiscard]] bool believes_frozen() const override {
        return m_agent.status() == qga::freeze_state::frozen;
    }
    [[nodiscard]] virtual_world& world() override { return m_world; }
    void die() override {
        m_ending = {true, 6};
        end();
    }
    void send(std::uint32_t client, std::string_view bytes) override {
        const auto to = m_connections.find(client);
        if (to != m_connections.end()) {
            to->second.stream->to_client += bytes;
        }
    }
    void send_to_all(std::string_view bytes) override {
        for (auto& [id, to] : m_connections) {
            to.stream->to_client += bytes;
        }
    }
    void run_hook(std::string_view argument) override {
        if (m_world.hook_configured) {
            m_world.hook.run(std::string{argument}, [](const virtual_hook::ending&) {});
        }
    }
    void inject(std::string_view bytes) override {
        constexpr endpoint::client_id nobody = ~endpoint::client_id{0};
        if (m_agent.client_connected(nobody)) {
            (void)m_agent.receive(nobody, as_bytes(bytes), now());
            drain();
            m_agent.client_gone(nobody);
        }
    }
    void go_deaf() override { m_deaf = true; }
    void later(duration span, std::function<void()> what) override {
        schedule(span, std::move(what));
    }

  private:
    static agent_settings settings_of(const fault* with) {
        agent_settings settings;
        if (with != nullptr && with->settings) {
            with->settings(settings);
        }
        return settings;
    }

    static endpoint::qga_agent_options endpoint_options(const agent_settings& settings,
                                                        const start_options& from) {
        endpoint::qga_agent_options made;
        made.version = "snapproto reference agent";
        made.timers.hold = settings.hold_limit;
        made.timers.hold_max = std::max<duration>(made.timers.hold_max, settings.hold_limit);
        made.timers.quiesce = made.timers.resume = settings.hook_limit;
        made.wire.frame_bytes_max = settings.message_bytes_max;
        made.wire.nesting_max = settings.nesting_max;
        for (const auto& name : from.block_list) {
            made.blocked.push_back(qga::verb_of(name));
        }
        return made;
    }

    [[nodiscard]] snapproto::instant now() const { return library_time(m_world.clock.now()); }

    /// Calls back only while this run of the agent lives.
    template <class Function>
    auto guarded(Function function) {
        return [token = std::weak_ptr<int>(m_alive_token), this,
                function = std::move(function)](auto&&... arguments) {
            if (!token.expired() && m_alive) {
                function(std::forward<decltype(arguments)>(arguments)...);
            }
        };
    }

    template <class Function>
    void schedule(duration span, Function function) {
        m_world.clock.in(span, guarded(std::move(function)));
    }

    void adopt() {
        std::vector<participant_summary> held;
        if (m_world.hook_configured) {
            held.push_back({"hook", participant_kind::hook});
        }
        const std::size_t hooks = held.size();
        for (const auto& one : m_world.filesystems) {
            if (one->frozen()) {
                held.push_back({one->mount(), participant_kind::filesystem});
            }
        }
        if (held.size() != hooks) {
            m_participants = held;
            m_agent.adopt(held, now());
            drain();
            arm_watchdog();
        }
    }

    void end() {
        if (!std::exchange(m_alive, false)) {
            return;
        }
        for (auto& [id, from] : m_connections) {
            from.stream->agent_closed = true;
        }
        m_connections.clear();
        m_alive_token.reset();
        m_world.hook.abandon();
        m_world.clock.cancel(m_wake_up);
    }

    // ---- bytes ----

    void read(endpoint::client_id id, connection& from) {
        std::string fresh = std::exchange(from.stream->to_agent, {});
        if (m_deaf) {
            return;
        }
        if (m_fault != nullptr && m_fault->input && !fresh.empty()) {
            m_fault->input(*this, fresh);
        }
        if (split(id, from, fresh)) {
            feed(id, from);
        }
    }

    /// Cuts the bytes where messages end, so that each reply has a request.
    /// @return false when the agent died of them
    bool split(endpoint::client_id id, connection& from, std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t taken = from.decoder.feed(as_bytes(bytes));
            std::string piece = std::exchange(from.held_back, {});
            piece += bytes.substr(0, taken);
            bytes.remove_prefix(taken);
            const auto decoded = from.decoder.next();
            if (decoded.has_value() && m_fault != nullptr && m_fault->answer) {
                if (const auto answer = m_fault->answer(*this, {*decoded, piece, id})) {
                    if (!m_alive) {
                        return false;
                    }
                    from.stream->to_client += *answer;
                    continue;
                }
            }
            if (decoded.has_value()) {
                from.asked.push_back(decoded->verb);
            } else if (decoded.has_failure()) {
                from.asked.push_back(qga::verb::unknown);
            } else if (m_fault != nullptr && m_fault->answer) {
                from.held_back = std::move(piece);
                continue;
            }
            from.to_feed.push_back(std::move(piece));
        }
        return m_alive;
    }

    void feed(endpoint::client_id id, connection& from) {
        while (m_alive && !from.to_feed.empty() && from.stream->to_client.size() < backlog_max) {
            notice_foreign_thaw();
            std::string& piece = from.to_feed.front();
            const std::size_t taken = m_agent.receive(id, as_bytes(piece), now());
            drain();
            if (!m_alive) {
                return;
            }
            if (taken < piece.size()) {
                piece.erase(0, taken);
                return; // the reply to an earlier request is still in work
            }
            from.to_feed.pop_front();
        }
    }

    /// The status follows the filesystems also when somebody else thawed all of them (SP 23.6).
    void notice_foreign_thaw() {
        if (!believes_frozen()) {
            return;
        }
        std::vector<participant_index> gone;
        for (std::size_t i = 0; i < m_participants.size(); ++i) {
            auto* const one = m_world.mounted_at(m_participants[i].name);
            if (m_participants[i].kind == participant_kind::filesystem && one != nullptr) {
                if (one->frozen()) {
                    return;
                }
                gone.push_back(static_cast<participant_index>(i));
            }
        }
        if (m_fault != nullptr && m_fault->filesystem) {
            return; // what this agent believes has nothing to do with the kernel
        }
        for (const auto i : gone) {
            m_agent.participant_let_go(i, now());
            drain();
        }
    }

    // ---- outputs of the endpoint ----

    void drain() {
        while (m_alive) {
            auto next = m_agent.poll();
            if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
                wake_up_at(until->at);
                break;
            }
            perform(next);
        }
        run_later();
    }

    void perform(const endpoint::qga_agent_output& what) {
        if (const auto* bytes = std::get_if<endpoint::transmit_bytes>(&what)) {
            reply(bytes->client, std::string{bytes->bytes});
        } else if (const auto* find = std::get_if<endpoint::find_participants>(&what)) {
            m_later.push_back([this, scope = find->scope] { find_participants(scope); });
        } else if (const auto* op = std::get_if<endpoint::operate>(&what)) {
            m_later.push_back([this, op = *op] { operate(op); });
        } else if (const auto* stop = std::get_if<endpoint::cancel>(&what)) {
            m_later.push_back([this, i = stop->participant] {
                if (const auto call = m_hook_calls.find(i); call != m_hook_calls.end()) {
                    m_world.hook.kill(call->second);
                }
            });
        } else if (std::holds_alternative<endpoint::exit_process>(what)) {
            m_ending = {false, 0};
            end();
        }
    }

    /// What the endpoint asked for is done after it was drained: doing it is new input.
    void run_later() {
        while (m_alive && !m_later.empty()) {
            const auto next = std::move(m_later.front());
            m_later.pop_front();
            next();
        }
    }

    void wake_up_at(snapproto::instant when) {
        m_world.clock.cancel(m_wake_up);
        if (when != snapproto::never) {
            m_wake_up = m_world.clock.at(instant{when.time_since_epoch()}, [this] {
                m_agent.handle_timeout(now());
                drain();
                pump();
            });
        }
    }

    void reply(endpoint::client_id to, std::string line) {
        const auto found = m_connections.find(to);
        if (found == m_connections.end()) {
            return;
        }
        qga::verb verb = qga::verb::unknown;
        if (!found->second.asked.empty()) {
            verb = found->second.asked.front();
            found->second.asked.pop_front();
        }
        if (m_fault != nullptr && m_fault->reply) {
            m_fault->reply(*this, verb, line);
        }
        if (m_alive && !m_deaf) {
            found->second.stream->to_client += line;
        }
    }

    // ---- participants ----

    void find_participants(const snapshot_scope& scope) {
        std::vector<std::string> names;
        if (m_world.hook_configured) {
            names.emplace_back("hook");
        }
        // Filesystems in reverse order of mounting: what was mounted later may live on what was
        // mounted earlier (SP 5.3).
        for (auto at = m_world.filesystems.rbegin(); at != m_world.filesystems.rend(); ++at) {
            const bool wanted =
                !scope.mounts ||
                std::any_of(scope.mounts->begin(), scope.mounts->end(),
                            [&](const auto& path) { return (*at)->mounted_at(path); });
            if (wanted) {
                names.push_back((*at)->mount());
            }
        }
        if (scope.mounts && m_settings.refuses_unknown) {
            for (const auto& path : *scope.mounts) {
                if (m_world.mounted_at(path) == nullptr) {
                    m_agent.participants_failed(fmt::format("no filesystem is mounted at {}", path),
                                                now());
                    drain();
                    return;
                }
            }
        }
        if (m_fault != nullptr && m_fault->participants) {
            m_fault->participants(*this, names);
        }
        m_participants.clear();
        for (auto& name : names) {
            const auto kind =
                name == "hook" ? participant_kind::hook : participant_kind::filesystem;
            m_participants.push_back({std::move(name), kind});
        }
        m_agent.participants_found(m_participants, now());
        drain();
    }

    void operate(const endpoint::operate& what) {
        using endpoint::operation;
        const auto& who = m_participants[what.participant];
        if (what.what == operation::prepare) {
            return answer(what.participant, participant_event::prepared, {});
        }
        if (what.what == operation::finish) {
            return;
        }
        const bool hold = what.what == operation::hold;
        if (who.kind == participant_kind::hook) {
            hook(what.participant, hold);
        } else {
            schedule(2ms, [this, i = what.participant, hold] { filesystem(i, hold); });
        }
    }

    void hook(participant_index i, bool hold) {
        std::string argument = hold ? "freeze" : "thaw";
        const bool run = m_fault == nullptr || !m_fault->hook || m_fault->hook(*this, argument);
        const auto good = hold ? participant_event::held : participant_event::released;
        const auto bad = hold ? participant_event::vetoed : participant_event::release_failed;
        if (!run) {
            return answer(i, good, {});
        }
        const auto& script = m_world.hook.script();
        const auto& how = hold ? script.on_freeze : script.on_thaw;
        const duration extra = m_settings.waits_for_children && how.background_child > how.sleep
                                   ? how.background_child - how.sleep
                                   : duration{0};
        const std::size_t printed = std::min(how.print_bytes, m_settings.output_in_error_max);
        const std::string name = argument;
        const auto ended = [this, i, good, bad, extra, printed, name](virtual_hook::ending result) {
            m_hook_calls.erase(i);
            bool ok = result.ok;
            if (m_fault != nullptr && m_fault->hook_ended) {
                m_fault->hook_ended(*this, name, ok);
            }
            std::string why = result.why.empty() ? "the hook failed" : result.why;
            if (printed != 0) {
                why += ": " + std::string(printed, 'x');
            }
            schedule(extra, [this, i, ok, good, bad, why] { answer(i, ok ? good : bad, why); });
        };
        // Started as an event of its own, so that a call that ends at once finds its number.
        m_hook_calls[i] = m_world.hook.run(argument, guarded(ended));
    }

    void filesystem(participant_index i, bool freeze) {
        auto* const one = m_world.mounted_at(m_participants[i].name);
        if (one == nullptr) {
            return answer(i, freeze ? participant_event::vetoed : participant_event::not_held,
                          "the filesystem is not mounted any more");
        }
        const auto step = freeze ? filesystem_step::freeze : filesystem_step::thaw;
        std::optional<kernel_answer> got;
        if (m_fault != nullptr && m_fault->filesystem) {
            got = m_fault->filesystem(*this, step, *one);
        }
        if (!m_alive) {
            return;
        }
        if (!got) {
            got = freeze ? one->kernel_freeze() : one->kernel_thaw();
        }
        if (freeze && *got == kernel_answer::ok && m_settings.watchdog) {
            arm_watchdog();
        }
        switch (*got) {
        case kernel_answer::ok:
            return answer(i, freeze ? participant_event::held : participant_event::released, {});
        case kernel_answer::busy: // somebody else's freeze, which is not ours to end
        case kernel_answer::unsupported:
            m_agent.participant_skipped(i, now());
            return drain();
        case kernel_answer::not_frozen:
            return answer(i, participant_event::not_held, {});
        case kernel_answer::failed:
            return answer(i, freeze ? participant_event::vetoed : participant_event::release_failed,
                          fmt::format("{} {} failed", freeze ? "freezing" : "thawing",
                                      m_participants[i].name));
        }
    }

    void answer(participant_index i, participant_event what, std::string_view why) {
        m_agent.participant_answered(i, what, now(), why);
        drain();
        pump();
    }

    /// Somebody outside of the process thaws after the hold limit when the agent has died. The
    /// last one armed counts: it relieves a predecessor's.
    void arm_watchdog() {
        m_world.clock.in(m_settings.hold_limit + 1s,
                         [&world = m_world, round = ++m_world.watchdog_round,
                          token = std::weak_ptr<int>(m_alive_token)] {
                             if (token.expired() && world.watchdog_round == round) {
                                 for (const auto& one : world.filesystems) {
                                     (void)one->kernel_thaw();
                                 }
                             }
                         });
    }

    virtual_world& m_world;
    const fault* m_fault;
    agent_settings m_settings;
    endpoint::qga_agent m_agent;
    std::map<endpoint::client_id, connection> m_connections;
    endpoint::client_id m_last_client = 0;
    std::vector<participant_summary> m_participants;
    std::map<participant_index, std::uint64_t> m_hook_calls;
    std::deque<std::function<void()>> m_later;
    virtual_clock::event_id m_wake_up{};
    std::shared_ptr<int> m_alive_token = std::make_shared<int>(0);
    exit_report m_ending{true, 9};
    bool m_alive = true;
    bool m_pumping = false;
    bool m_pump_again = false;
    bool m_deaf = false;
};

} // namespace

std::unique_ptr<virtual_agent> virtual_agent::make(virtual_world& world, const fault* with,
                                                   const start_options& options) {
    return std::make_unique<embedded_agent>(world, with, options);
}

} // namespace snapproto::conformance::builtin
