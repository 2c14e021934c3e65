// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_EMBEDDED_AGENT_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_EMBEDDED_AGENT_HPP

// The one virtual_agent there is; see there for what it is. Only virtual_agent*.cpp include this.

#include "conformance/builtin/agent_memory.hpp"
#include "conformance/builtin/virtual_agent.hpp"

#include <snapproto/dialect/qga/request_decoder.hpp>
#include <snapproto/endpoint/qga_agent.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::conformance::builtin {

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
    /// @pre own is at work in this thread
    embedded_agent(std::unique_ptr<agent_memory> own, virtual_world& world, const fault* with,
                   const start_options& options);
    ~embedded_agent() override { end(); }

    // ---- virtual_agent ----

    std::shared_ptr<virtual_stream> connect() override;
    void pump() override;
    [[nodiscard]] bool alive() const override { return m_alive; }
    void terminate() override;
    void kill() override {
        m_ending = {true, 9};
        end();
    }
    [[nodiscard]] exit_report ending() const override { return m_ending; }
    [[nodiscard]] resource_use resources() const override {
        return {m_memory->bytes(), processor_of_a_wake_up * m_wake_ups};
    }

    // ---- faulty_agent ----

    [[nodiscard]] bool believes_frozen() const override {
        return m_agent.status() == qga::freeze_state::frozen;
    }
    [[nodiscard]] virtual_world& world() override { return m_world; }
    void die() override {
        m_ending = {true, 6};
        end();
    }
    void send(std::uint32_t client, std::string_view bytes) override;
    void send_to_all(std::string_view bytes) override;
    void run_hook(std::string_view argument) override;
    void inject(std::string_view bytes) override;
    void go_deaf() override { m_deaf = true; }
    void later(duration span, std::function<void()> what) override {
        schedule(span, std::move(what));
    }

  private:
    /// Virtual time costs no processor time, so each time that the clock wakes the agent counts as
    /// so much: roughly what waking a process and looking round costs.
    static constexpr duration processor_of_a_wake_up = std::chrono::microseconds(20);

    static agent_settings settings_of(const fault* with);
    static endpoint::qga_agent_options endpoint_options(const agent_settings& settings,
                                                        const start_options& from);

    [[nodiscard]] snapproto::instant now() const {
        return snapproto::instant{m_world.clock.now().time_since_epoch()};
    }

    /// Calls back only while this run of the agent lives.
    template <class Function>
    auto guarded(Function function) {
        return [token = std::weak_ptr<int>(m_alive_token), this,
                function = std::move(function)](auto&&... arguments) {
            if (!token.expired() && m_alive) {
                const agent_memory::at_work here(*m_memory);
                ++m_wake_ups;
                function(std::forward<decltype(arguments)>(arguments)...);
            }
        };
    }

    template <class Function>
    void schedule(duration span, Function function) {
        m_world.clock.in(span, guarded(std::move(function)));
    }

    void end();

    // ---- bytes ----

    void pump_once();
    void read(endpoint::client_id id, connection& from);

    /// Cuts the bytes where messages end, so that each reply has a request.
    /// @return false when the agent died of them
    bool split(endpoint::client_id id, connection& from, std::string_view bytes);

    void feed(endpoint::client_id id, connection& from);
    void reply(endpoint::client_id to, std::string line);

    // ---- outputs of the endpoint ----

    void drain();
    void perform(const endpoint::qga_agent_output& what);

    /// What the endpoint asked for is done after it was drained: doing it is new input.
    void run_later();

    void wake_up_at(snapproto::instant when);

    // ---- participants ----

    /// Takes over what a predecessor left frozen.
    void adopt();

    /// The status follows the filesystems also when somebody else thawed all of them (SP 23.6).
    void notice_foreign_thaw();

    void find_participants(const snapshot_scope& scope);
    void operate(const endpoint::operate& what);
    void hook(participant_index i, bool hold);
    void filesystem(participant_index i, bool freeze);
    void answer(participant_index i, machine::participant_event what, std::string_view why);

    /// Somebody outside of the process thaws after the hold limit when the agent has died. The
    /// last one armed counts: it relieves a predecessor's.
    void arm_watchdog();

    std::unique_ptr<agent_memory> m_memory;
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
    std::int64_t m_wake_ups = 0;
    bool m_alive = true;
    bool m_pumping = false;
    bool m_pump_again = false;
    bool m_deaf = false;
};

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_EMBEDDED_AGENT_HPP
