// SPDX-License-Identifier: BSL-1.0
// The agents of all dialects: the one source that includes the agent's machine.
#include "simulator/world/agent_dialect.hpp"

#include <snapproto/endpoint/hyperv_agent.hpp>
#include <snapproto/endpoint/native_agent.hpp>
#include <snapproto/endpoint/qga_agent.hpp>
#include <snapproto/endpoint/vmbackup_agent.hpp>
#include <snapproto/endpoint/vmbackup_orchestrator.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <type_traits>
#include <utility>

namespace snapproto::world {
namespace {

timer_limits timers_of(const agent_process_options& from, timer_limits made = {}) {
    made.hold = std::chrono::milliseconds{from.hold_limit_ms};
    made.hold_max = std::max(made.hold_max, made.hold);
    return made;
}

/// What all of them have alike.
template <class Agent>
class agent_of : public agent_dialect {
  public:
    template <class... Parameter>
    explicit agent_of(Parameter&&... parameters)
        : m_agent(std::forward<Parameter>(parameters)...) {}

    void record_to(std::vector<trace::record>* recording) override { m_agent.record_to(recording); }
    void participants_found(std::span<const participant_summary> found, instant now) override {
        m_agent.participants_found(found, now);
    }
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now, std::string_view /*why*/) override {
        m_agent.participant_answered(participant, answer, now);
    }
    void participant_let_go(participant_index participant, instant now) override {
        m_agent.participant_let_go(participant, now);
    }
    void handle_timeout(instant now) override { m_agent.handle_timeout(now); }
    void stop(instant now) override { m_agent.stop(now); }
    void generation_changed(generation_id /*generation*/, instant /*now*/) override {}
    void adopt(std::span<const participant_summary> held, instant now) override {
        if constexpr (requires { m_agent.adopt(held, now); }) {
            m_agent.adopt(held, now);
        }
    }

  protected:
    Agent m_agent;
};

/// An output that means the same in all dialects; nothing for one that a process has no use for.
template <class Output>
std::optional<agent_wish> wish_of(Output& next) {
    return std::visit(
        [](auto& one) -> std::optional<agent_wish> {
            using type = std::remove_cvref_t<decltype(one)>;
            if constexpr (std::is_constructible_v<agent_wish, type>) {
                return agent_wish{std::move(one)};
            } else {
                return std::nullopt;
            }
        },
        next);
}

// ---- QGA ----------------------------------------------------------------------------------------

class qga_side final : public agent_of<endpoint::qga_agent> {
  public:
    explicit qga_side(const agent_process_options& from) : agent_of(options_of(from)) {}

    // The channel is one for good, so the client stays the same.
    bool channel_up(instant /*now*/) override { return m_agent.client_connected(client); }
    void channel_lost(instant /*now*/) override { m_agent.client_gone(client); }
    std::size_t receive(byte_view bytes, instant now) override {
        return m_agent.receive(client, bytes, now);
    }
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now, std::string_view why) override {
        m_agent.participant_answered(participant, answer, now, why);
    }
    void generation_changed(generation_id generation, instant now) override {
        m_agent.generation_changed(generation, now);
    }

    agent_wish poll(instant /*now*/) override {
        for (;;) {
            auto next = m_agent.poll();
            if (const auto* bytes = std::get_if<endpoint::transmit_bytes>(&next)) {
                return say{std::string{bytes->bytes}};
            }
            // The channel is a part of the machine: nobody can end it.
            const bool closes = std::holds_alternative<endpoint::close_channel>(next);
            if (auto wish = wish_of(next); wish && !closes) {
                return *std::move(wish);
            }
        }
    }

  private:
    static constexpr endpoint::client_id client = 1;

    static endpoint::qga_agent_options options_of(const agent_process_options& from) {
        endpoint::qga_agent_options made;
        made.version = "snapproto simulated agent";
        made.timers = timers_of(from, made.timers);
        return made;
    }
};

// ---- native -------------------------------------------------------------------------------------

class native_side final : public agent_of<endpoint::native_agent> {
  public:
    native_side(const agent_process_options& from, std::uint64_t life)
        : agent_of(options_of(from)), m_life(life) {}

    bool channel_up(instant now) override {
        m_agent.channel_up(now);
        return m_agent.connected();
    }
    void channel_lost(instant now) override { m_agent.channel_lost(now); }
    std::size_t receive(byte_view bytes, instant now) override {
        m_agent.receive(bytes, now);
        return bytes.size();
    }
    void generation_changed(generation_id generation, instant now) override {
        m_agent.generation_changed(generation, now);
    }
    void adopt(std::span<const participant_summary> held, instant now) override {
        // Numbers that no host uses: theirs count up from small ones.
        constexpr std::uint64_t of_nobody = std::uint64_t{1} << 62;
        m_agent.adopt({of_nobody + m_life}, {of_nobody + m_life}, held, now);
    }

    agent_wish poll(instant /*now*/) override {
        auto next = m_agent.poll();
        if (const auto* frame = std::get_if<endpoint::transmit_frame>(&next)) {
            return say{std::string{frame->bytes}};
        }
        return *wish_of(next);
    }

  private:
    static endpoint::agent_options options_of(const agent_process_options& from) {
        auto made = endpoint::native_agent_defaults();
        made.timers = timers_of(from, made.timers);
        return made;
    }

    std::uint64_t m_life;
};

// ---- Hyper-V ------------------------------------------------------------------------------------

/// A channel is a device that is open: closed by either side it must be opened anew, and the daemon
/// does that when it has thawed.
class hyperv_side final : public agent_of<endpoint::hyperv_agent> {
  public:
    explicit hyperv_side(const agent_process_options& from)
        : agent_of(endpoint::hyperv_agent_options{.timers = timers_of(from)}) {}

    bool channel_up(instant now) override {
        m_up = m_fresh = true;
        if (!m_thaws) {
            open(now);
        }
        return true;
    }
    void channel_lost(instant now) override {
        m_up = m_fresh = false;
        if (std::exchange(m_open, false)) {
            m_thaws = true;
            m_agent.device_ended(now);
        }
    }
    std::size_t receive(byte_view record, instant now) override {
        m_agent.receive(record, now);
        return record.size();
    }

    agent_wish poll(instant now) override {
        for (;;) {
            auto next = m_agent.poll();
            if (const auto* record = std::get_if<endpoint::transmit_record>(&next)) {
                return say{std::string{as_text(record->bytes)}};
            }
            if (auto wish = wish_of(next)) {
                return *std::move(wish);
            }
            m_thaws = m_open = false;
            if (m_up && !m_fresh) {
                m_up = false;
                return endpoint::close_channel{};
            }
            if (m_up) {
                open(now);
            }
        }
    }

  private:
    void open(instant now) {
        m_open = true;
        m_fresh = false;
        m_agent.device_opened(now);
    }

    bool m_up = false;
    bool m_fresh = false; ///< The device has not been opened since the channel came up.
    bool m_open = false;
    bool m_thaws = false; ///< What the last device left, before another one is opened.
};

// ---- vmbackup -----------------------------------------------------------------------------------

/// Requests of the guest are made one after the other, and each waits for its answer, for as long
/// as the channel is there: so does the real guest, whose host is a part of its machine.
class vmbackup_side final : public agent_of<endpoint::vmbackup_agent> {
  public:
    explicit vmbackup_side(const agent_process_options& from)
        : agent_of(endpoint::vmbackup_agent_options{.timers = timers_of(from)}) {}

    bool channel_up(instant now) override {
        m_up = true;
        m_agent.channel_opened(now);
        return true;
    }
    void channel_lost(instant now) override {
        m_up = m_asked = false;
        m_agent.channel_ended(now);
        lose_events(now);
    }
    std::size_t receive(byte_view message, instant now) override {
        if (!endpoint::answers_the_guest(as_text(message))) {
            m_agent.receive(message, now);
        } else if (std::exchange(m_asked, false)) {
            m_events.pop_front();
            m_agent.event_answered(message, now);
        }
        return message.size();
    }

    agent_wish poll(instant now) override {
        for (;;) {
            auto next = m_agent.poll();
            if (auto* reply = std::get_if<endpoint::send_reply>(&next)) {
                return say{std::move(reply->bytes)};
            }
            if (auto* event = std::get_if<endpoint::send_event>(&next)) {
                m_events.push_back(std::move(event->bytes));
                if (!m_up) {
                    lose_events(now);
                }
                continue;
            }
            const bool rests = std::holds_alternative<endpoint::deadline>(next);
            if (rests && !m_asked && !m_events.empty()) {
                m_asked = true;
                return say{m_events.front()};
            }
            return *wish_of(next);
        }
    }

  private:
    void lose_events(instant now) {
        for (; !m_events.empty(); m_events.pop_front()) {
            m_agent.event_lost(now);
        }
    }

    bool m_up = false;
    bool m_asked = false; ///< The first of the events is on its way.
    std::deque<std::string> m_events;
};

} // namespace

std::unique_ptr<agent_dialect> make_agent(std::string_view dialect,
                                          const agent_process_options& options,
                                          std::uint64_t life) {
    if (dialect == "native") {
        return std::make_unique<native_side>(options, life);
    }
    if (dialect == "hyperv") {
        return std::make_unique<hyperv_side>(options);
    }
    if (dialect == "vmbackup") {
        return std::make_unique<vmbackup_side>(options);
    }
    return std::make_unique<qga_side>(options);
}

} // namespace snapproto::world
