// SPDX-License-Identifier: BSL-1.0
#include "conversation.hpp"

#include "commands.hpp"

#include <snapproto/endpoint/native_agent.hpp>

#include <deque>
#include <optional>
#include <random>
#include <type_traits>
#include <utility>

namespace snapagent {

using namespace snapproto;

namespace {

constexpr std::string_view version = "snapagent 0.1.0";

timer_limits timers_of(const settings& what) {
    timer_limits made;
    made.hold = nanoseconds_of(what.hold_limit_s);
    made.hold_max = made.hold; // the watchdog has this limit, whatever a request asks for
    made.quiesce = nanoseconds_of(what.hook_limit_s);
    made.resume = made.quiesce;
    return made;
}

/// What the dialects have alike.
template <class Endpoint>
class conversation_of : public conversation {
  public:
    template <class Options>
    explicit conversation_of(Options&& options) : m_agent(std::forward<Options>(options)) {}

    void participants_found(std::span<const participant_summary> found, instant now) override {
        m_agent.participants_found(found, now);
    }
    void participant_skipped(participant_index participant, instant now) override {
        m_agent.participant_skipped(participant, now);
    }
    void participant_let_go(participant_index participant, instant now) override {
        m_agent.participant_let_go(participant, now);
    }
    void handle_timeout(instant now) override { m_agent.handle_timeout(now); }
    void stop(instant now) override { m_agent.stop(now); }

  protected:
    const endpoint::agent_endpoint& session() const noexcept override { return m_agent.session(); }

    /// An output that is the same in all dialects, or nothing.
    template <class Output>
    static std::optional<output> common(Output& next) {
        return std::visit(
            [](auto& one) -> std::optional<output> {
                using type = std::remove_cvref_t<decltype(one)>;
                if constexpr (std::is_constructible_v<output, type>) {
                    return output{std::move(one)};
                } else {
                    return std::nullopt;
                }
            },
            next);
    }

    Endpoint m_agent;
};

// ---- QGA ----------------------------------------------------------------------------------------

endpoint::qga_agent_options qga_options(const settings& what) {
    endpoint::qga_agent_options made;
    made.version = version;
    made.further.assign(further_commands.begin(), further_commands.end());
    for (const auto& name : what.blocked) {
        made.blocked.push_back(qga::verb_of(name));
    }
    made.timers = timers_of(what);
    return made;
}

class qga_conversation final : public conversation_of<endpoint::qga_agent> {
  public:
    explicit qga_conversation(const settings& what) : conversation_of(qga_options(what)) {}

    bool client_connected(client_id client, instant /*now*/) override {
        return m_agent.client_connected(client);
    }
    void client_gone(client_id client, instant /*now*/) override { m_agent.client_gone(client); }
    std::size_t receive(client_id client, byte_view bytes, instant now) override {
        return m_agent.receive(client, bytes, now);
    }
    bool input_ended(client_id client, instant now) override {
        // A space is no request; it is taken when no reply is owed any more (SP 27.14).
        return m_agent.receive(client, as_bytes(std::string_view{" "}), now) != 0;
    }

    void participants_failed(std::string_view why, instant now) override {
        m_agent.participants_failed(why, now);
    }
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now, std::string_view why) override {
        m_agent.participant_answered(participant, answer, now, why);
    }
    void command_answered(client_id client, std::string_view json) override {
        m_agent.command_answered(client, codec::raw_json{json});
    }
    void command_failed(client_id client, std::string_view why) override {
        m_agent.command_failed(client, why);
    }
    void adopt(std::span<const participant_summary> held, instant now) override {
        m_agent.adopt(held, now);
    }

    output poll() override {
        for (;;) {
            auto next = m_agent.poll();
            if (auto same = common(next)) {
                return *std::move(same);
            }
            // The session is the channel's, and clients come and go: none of them is closed.
        }
    }
};

// ---- native -------------------------------------------------------------------------------------

endpoint::agent_options native_options(const settings& what) {
    auto made = endpoint::native_agent_defaults();
    made.timers = timers_of(what);
    return made;
}

/// One client at a time: a new one ends the former (SP 63.3).
class native_conversation final : public conversation_of<endpoint::native_agent> {
  public:
    explicit native_conversation(const settings& what) : conversation_of(native_options(what)) {}

    bool client_connected(client_id client, instant now) override {
        if (m_client) {
            m_closed.push_back(*m_client);
        }
        m_client = client;
        m_agent.channel_up(now);
        return true;
    }
    void client_gone(client_id client, instant now) override {
        if (m_client == client) {
            m_client.reset();
            m_agent.channel_lost(now);
        }
    }
    std::size_t receive(client_id client, byte_view bytes, instant now) override {
        if (m_client == client) {
            m_agent.receive(bytes, now);
        }
        return bytes.size(); // of one that was replaced nothing is read any more
    }
    bool input_ended(client_id /*client*/, instant /*now*/) override {
        return true; // its end is a loss, whatever is owed (SP 63.1)
    }

    // The dialect has verdicts and no sentences: those are in the log.
    void participants_failed(std::string_view /*why*/, instant now) override {
        m_agent.participants_failed(now);
    }
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now, std::string_view /*why*/) override {
        m_agent.participant_answered(participant, answer, now);
    }
    void command_answered(client_id /*client*/, std::string_view /*json*/) override {}
    void command_failed(client_id /*client*/, std::string_view /*why*/) override {}

    void adopt(std::span<const participant_summary> held, instant now) override {
        std::random_device source;
        const auto number = [&] { return std::uint64_t{source()} << 32 | source(); };
        m_agent.adopt({number()}, {number() | 1}, held, now);
    }

    output poll() override {
        if (!m_closed.empty()) {
            const auto client = m_closed.front();
            m_closed.pop_front();
            return close_client{client};
        }
        for (;;) {
            auto next = m_agent.poll();
            if (const auto* frame = std::get_if<endpoint::transmit_frame>(&next)) {
                return endpoint::transmit_bytes{m_client.value_or(0), frame->bytes};
            }
            if (std::holds_alternative<endpoint::close_channel>(next)) {
                return close_client{std::exchange(m_client, std::nullopt).value_or(0)};
            }
            if (auto same = common(next)) {
                return *std::move(same);
            }
        }
    }

  private:
    std::optional<client_id> m_client;
    std::deque<client_id> m_closed; ///< Replaced, and not told yet.
};

} // namespace

std::unique_ptr<conversation> make_conversation(const settings& what) {
    if (what.dialect == "native") {
        return std::make_unique<native_conversation>(what);
    }
    return std::make_unique<qga_conversation>(what);
}

} // namespace snapagent
