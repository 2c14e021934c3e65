// SPDX-License-Identifier: BSL-1.0
// The orchestrator's endpoints: agents that answer anything at any time, guests that send any
// bytes, a provider and time as the input says. The monitors judge what was recorded, without the
// properties that the agents break; and each start has its one outcome.
#include "fuzz/support/judging.hpp"
#include "fuzz/support/target.hpp"

#include <snapproto/dialect/qga/request_decoder.hpp>
#include <snapproto/endpoint/orchestrator.hpp>
#include <snapproto/endpoint/qga_orchestrator.hpp>

#include <array>
#include <optional>
#include <variant>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::decisions;
using fuzz::require;

/// What agents have to keep, and here do not.
constexpr auto kept_by_agents = std::to_array<std::uint8_t>(
    {1, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 18, 19, 21, 22, 23, 25, 26});

bool has(const std::vector<monitor::violation>& found, std::uint8_t property) {
    return std::any_of(found.begin(), found.end(),
                       [&](const auto& one) { return one.property == property; });
}

/// Excuses what agents break. An answer that nobody asked for (SP 18.19) changes nothing for the
/// orchestrator (SP 3.13), while the monitor of the window takes each Error and each bad verdict
/// for the group's failure: where there was one, 18.2, 18.3 and 18.17 are not judged.
bool excused(const monitor::violation& one, const std::vector<trace::record>&,
             const std::vector<monitor::violation>& found) {
    return std::find(kept_by_agents.begin(), kept_by_agents.end(), one.property) !=
               kept_by_agents.end() ||
           ((one.property == 2 || one.property == 3 || one.property == 17) && has(found, 19));
}

constexpr std::size_t agents_max = 3;

/// What both kinds of orchestrators have in common: a caller, a provider and a clock.
template <class Host>
class host_run {
  public:
    host_run(Host host, std::size_t agents, decisions& input)
        : m_input(input), m_agents(agents), m_host(std::move(host)) {
        m_host.record_to(&m_recording);
    }
    virtual ~host_run() = default;
    host_run(const host_run&) = delete;
    host_run& operator=(const host_run&) = delete;

    void run() {
        while (!m_input.empty()) {
            const std::size_t what = m_input.below(16);
            if (what < 6) {
                hear(agent());
            } else if (what < 9) {
                channel(agent(), what != 8);
            } else if (what < 12) {
                pass(what == 9    ? duration{std::chrono::milliseconds{m_input.byte() * 10}}
                     : what == 10 ? duration{std::chrono::seconds{m_input.byte()}}
                                  : to_deadline());
            } else if (what < 15) {
                provider(m_input.byte());
            } else {
                caller(m_input.byte());
            }
        }
        come_to_rest();
    }

  protected:
    /// An agent says something.
    virtual void hear(agent_index from) = 0;
    /// Something is sent to an agent, or its channel is new.
    virtual void note_channel(agent_index, bool) {}

    agent_index agent() { return static_cast<agent_index>(m_input.below(m_agents)); }

    template <class Sent, class Take>
    void drain_with(Take&& take) {
        std::size_t outputs = 0;
        for (auto next = m_host.poll();; next = m_host.poll()) {
            if (const auto* const due = std::get_if<endpoint::deadline>(&next)) {
                m_due = due->at;
                return;
            }
            require(++outputs < 10'000, "an endpoint comes to an end of its outputs");
            if (auto* const sent = std::get_if<Sent>(&next)) {
                take(*sent);
            } else if (const auto* const asked = std::get_if<endpoint::provide>(&next)) {
                if (asked->what == endpoint::provider_operation::cut) {
                    m_cut = asked->txn;
                }
            } else if (const auto* const closed = std::get_if<endpoint::close_agent>(&next)) {
                m_up[closed->agent] = false;
                note_channel(closed->agent, false);
            } else if (const auto* const told = std::get_if<endpoint::snapshot_outcome>(&next)) {
                require(m_running == told->txn, "an outcome is that of the transaction begun");
                require(told->label <= told->wanted, "no label is above what was wanted");
                require(told->outcome == session_outcome::success || !told->reason.empty(),
                        "less than a success has a reason");
                m_running.reset();
            }
        }
    }
    virtual void drain() = 0;

    void channel(agent_index which, bool up) {
        if (up == m_up[which]) {
            return;
        }
        m_up[which] = up;
        note_channel(which, up);
        if (up) {
            m_host.channel_up(which, m_now);
        } else {
            m_host.channel_lost(which, m_now);
        }
        drain();
    }

    duration to_deadline() { return m_due != never && m_due > m_now ? m_due - m_now : duration{}; }

    void pass(duration span) {
        const instant end = m_now + span;
        for (std::size_t steps = 0;; ++steps) {
            require(steps < 100'000, "an orchestrator does not wake up for ever");
            m_now = std::max(m_now, std::min(m_due, end));
            if (m_due > m_now) {
                return;
            }
            m_host.handle_timeout(m_now);
            drain();
            if (m_now == end && m_due <= m_now && steps > 1000) {
                require(false, "a timer that has fired is not due again at once");
            }
        }
    }

    void provider(std::uint8_t how) {
        const txn_id txn = (how & 1U) == 0 ? m_cut : txn_id{m_cut.value + 1};
        if ((how & 2U) == 0) {
            m_host.cut_finished(txn, (how & 4U) == 0, m_now);
        } else {
            m_host.copy_ready(txn, m_now);
        }
        drain();
    }

    void caller(std::uint8_t how) {
        if (how % 8 == 7) {
            m_host.cancel(m_now);
        } else if (how % 8 == 6) {
            if constexpr (requires { m_host.go(m_now); }) {
                (void)m_host.go(m_now);
            }
        } else {
            endpoint::snapshot_options wanted;
            wanted.wanted = (how & 8U) != 0 ? consistency::filesystem : consistency::application;
            wanted.go_at_once = (how & 16U) == 0;
            wanted.keep_degraded = (how & 32U) != 0;
            wanted.crash_copy_allowed = (how & 64U) != 0;
            wanted.hold_limit = std::chrono::seconds{(how & 128U) != 0 ? 5 : 0};
            const auto begun = m_host.start(wanted, m_now);
            if (begun) {
                require(!m_running, "one transaction at a time");
                m_running = *begun;
            }
        }
        drain();
    }

    /// SP 18.24: whatever agents and provider do, each start has its outcome.
    void come_to_rest() {
        pass(std::chrono::seconds{2000});
        require(!m_running, "each start ends in an outcome");
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::orchestrator_end;
        measures.negotiates = false;
        fuzz::judge(m_recording, m_now, measures, excused);
    }

    decisions& m_input;
    std::size_t m_agents;
    Host m_host;
    std::vector<trace::record> m_recording;
    std::array<bool, agents_max> m_up{};
    instant m_now{std::chrono::seconds{100}};
    instant m_due = never;
    txn_id m_cut{1};
    std::optional<txn_id> m_running;
};

// ---- native -------------------------------------------------------------------------------------

class native_run final : public host_run<endpoint::orchestrator_endpoint> {
  public:
    native_run(std::size_t agents, decisions& input)
        : host_run(endpoint::orchestrator_endpoint{options(agents)}, agents, input) {}

  private:
    static endpoint::orchestrator_options options(std::size_t agents) {
        endpoint::orchestrator_options made;
        made.agents = agents;
        return made;
    }

    void drain() override {
        drain_with<endpoint::transmit_to>([&](const endpoint::transmit_to& sent) {
            require(is_request(kind_of(sent.message)), "an orchestrator sends requests");
            require(m_up[sent.agent], "nothing is sent where there is no channel");
            m_asked[sent.agent] = sent.message;
        });
    }

    /// The header of the last request, or one that is nearly so.
    message_header header(agent_index from, std::uint8_t how) const {
        message_header made = header_of(m_asked[from]);
        made.session.value += (how & 1U) != 0 ? 1 : 0;
        made.txn.value += (how & 2U) != 0 ? 1 : 0;
        made.seq.value += (how & 4U) != 0 ? 1 : 0;
        return made;
    }

    void hear(agent_index from) override {
        const std::uint8_t how = m_input.byte();
        if (!m_up[from]) {
            return;
        }
        if (how == 255) {
            m_host.handle_malformed(from, m_now);
        } else {
            const message_header head = header(from, static_cast<std::uint8_t>(how >> 5U));
            m_host.handle(from, (how & 16U) == 0 ? fitting(from, head) : any(head), m_now);
        }
        drain();
    }

    /// What a good agent would answer to the last request.
    any_message fitting(agent_index from, const message_header& head) {
        switch (kind_of(m_asked[from])) {
        case message_kind::hello: {
            hello_ack made;
            made.header = head;
            made.selected = protocol_version{1, 0};
            made.granted = std::get<hello>(m_asked[from]).wanted;
            made.hold_max = std::chrono::seconds{60};
            return made;
        }
        case message_kind::prepare:
            return prepared_report{head, {{"fs", participant_kind::filesystem}}};
        case message_kind::freeze:
            return frozen_report{head, 1, m_now, m_now + std::chrono::seconds{10}};
        case message_kind::thaw: {
            thawed_report made;
            made.header = head;
            made.outcome = verdict::clean;
            made.released = 1;
            return made;
        }
        case message_kind::complete:
            return completed_report{head};
        case message_kind::abort:
            return aborted_report{head};
        default:
            return pong{head, 0, agent_phase::idle};
        }
    }

    template <class Message>
    static Message with_header(const message_header& head) {
        Message made;
        made.header = head;
        return made;
    }

    any_message any(const message_header& head) {
        switch (m_input.below(10)) {
        case 0:
            return with_header<hello_ack>(head);
        case 1:
            return frozen_report{head, static_cast<std::uint32_t>(m_input.below(3)), m_now,
                                 m_now + std::chrono::seconds{m_input.byte()}};
        case 2:
            return thawed_report{head, static_cast<verdict>(m_input.below(10)), {}, 1, {}};
        case 3:
            return error_report{head, agent_phase::freeze, static_cast<verdict>(m_input.below(10)),
                                std::nullopt, m_input.yes()};
        case 4:
            return nak{head, static_cast<nak_code>(m_input.below(8)), agent_phase::idle};
        case 5:
            return progress_report{head, agent_phase::freeze, 1};
        case 6:
            return status_report{head, agent_phase::frozen, 1, m_now, {}, verdict::none};
        case 7:
            return aborted_report{head};
        case 8:
            return prepared_report{head, {}};
        default:
            return with_header<freeze_request>(head); // what an agent never sends
        }
    }

    std::array<any_message, agents_max> m_asked{};
};

// ---- behind the QGA codec -----------------------------------------------------------------------

constexpr auto replies = std::to_array<std::string_view>({
    "{\"return\": 1}\n",
    "{\"return\": 0}\n",
    "{\"return\": \"thawed\"}\n",
    "{\"return\": \"frozen\"}\n",
    "{\"return\": {}}\n",
    "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n",
    "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"disabled\"}}\n",
    "\xff",
    "nonsense\n",
    "{\"return\": -1, \"id\": \"x\"}\n",
});

class qga_run final : public host_run<endpoint::qga_orchestrator> {
  public:
    qga_run(std::size_t agents, decisions& input)
        : host_run(endpoint::qga_orchestrator{options(agents)}, agents, input) {}

  private:
    static endpoint::qga_orchestrator_options options(std::size_t agents) {
        endpoint::qga_orchestrator_options made;
        made.agents = agents;
        made.sync_seed = 5;
        return made;
    }

    void drain() override {
        drain_with<endpoint::transmit_bytes_to>([&](const endpoint::transmit_bytes_to& sent) {
            require(m_up[sent.agent], "nothing is sent where there is no channel");
            guest& to = m_guests[sent.agent];
            for (byte_view left = as_bytes(sent.bytes); !left.empty();) {
                left = left.subspan(to.decoder.feed(left));
                const auto got = to.decoder.next();
                require(!got.has_failure() || to.decoder.rejected().why.code == error::interrupted,
                        "what an orchestrator sends are requests", sent.bytes);
                if (got.has_value()) {
                    to.answer = answer_to(to, *got);
                }
            }
        });
    }

    void note_channel(agent_index which, bool) override { m_guests[which].decoder.reset(); }

    struct guest {
        qga::request_decoder decoder{qga::request_limits};
        std::string answer; ///< What a good guest answers to the last request.
        bool frozen = false;
    };

    static std::string line(std::string_view value, const qga::request& to) {
        std::string made{R"({"return": )"};
        made.append(value);
        made += to.id ? ", \"id\": " + std::string{to.id.text} : std::string{};
        return made + "}\n";
    }

    static std::string answer_to(guest& by, const qga::request& asked) {
        switch (asked.verb) {
        case qga::verb::sync_delimited:
            return "\xff" + line(std::to_string(asked.sync_id), asked);
        case qga::verb::info:
            return line(
                R"({"version": "1", "supported_commands": [)"
                R"({"enabled": true, "name": "guest-fsfreeze-freeze", "success-response": true},)"
                R"({"enabled": true, "name": "guest-fsfreeze-thaw", "success-response": true}]})",
                asked);
        case qga::verb::freeze_status:
            return line(by.frozen ? "\"frozen\"" : "\"thawed\"", asked);
        case qga::verb::freeze:
        case qga::verb::freeze_list:
            by.frozen = true;
            return line("1", asked);
        case qga::verb::thaw:
            return line(std::exchange(by.frozen, false) ? "1" : "0", asked);
        default:
            return line("{}", asked);
        }
    }

    void hear(agent_index from) override {
        const std::uint8_t how = m_input.byte();
        if (!m_up[from]) {
            return;
        }
        std::string bytes = m_guests[from].answer;
        if ((how & 3U) == 3) {
            bytes = replies[(how >> 2U) % replies.size()];
        } else if ((how & 3U) == 2) {
            bytes = m_input.bytes(1 + (how >> 2U));
        }
        m_host.receive(from, as_bytes(bytes), m_now);
        drain();
    }

    std::vector<guest> m_guests = std::vector<guest>(agents_max);
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t decisions_max = 512; // what needs more is found by less
    decisions input{fuzz::text_of(data, std::min(size, decisions_max))};
    const std::uint8_t head = input.byte();
    const std::size_t agents = 1 + (head >> 1U) % agents_max;
    if ((head & 1U) == 0) {
        native_run{agents, input}.run();
    } else {
        qga_run{agents, input}.run();
    }
    return 0;
}
