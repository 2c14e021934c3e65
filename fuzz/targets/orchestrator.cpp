// SPDX-License-Identifier: BSL-1.0
// The orchestrator's endpoints: agents that answer anything at any time, guests that send any
// bytes, a provider and time as the input says. The monitors judge what was recorded, without the
// properties that the agents break; and each start has its one outcome.
#include "fuzz/support/host_surroundings.hpp"
#include "fuzz/support/native_words.hpp"
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

using fuzz::agents_max;
using fuzz::host_run;

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

    void hear(agent_index from) override {
        const std::uint8_t how = m_input.byte();
        if (!m_up[from]) {
            return;
        }
        if (how == 255) {
            m_host.handle_malformed(from, m_now);
        } else {
            m_host.handle(from, fuzz::native_answer(m_asked[from], how, m_input, m_now), m_now);
        }
        drain();
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
