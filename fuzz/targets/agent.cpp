// SPDX-License-Identifier: BSL-1.0
// The agent's endpoints: messages of an orchestrator that keeps to nothing, bytes of clients that
// keep to nothing, participants and time as the input says. The monitors judge what was recorded.
#include "fuzz/support/judging.hpp"
#include "fuzz/support/native_words.hpp"
#include "fuzz/support/surroundings.hpp"

#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/endpoint/qga_agent.hpp>

#include <functional>
#include <map>

namespace {

using namespace snapproto;
using fuzz::decisions;
using fuzz::require;

// ---- the native endpoint ------------------------------------------------------------------------

class native_run {
  public:
    explicit native_run(decisions& input)
        : m_input(input), m_world(endpoint::agent_endpoint{options()}, input) {}

    void run() {
        while (!m_input.empty() && !m_world.exited()) {
            const std::size_t what = m_input.below(24);
            if (what < 12) {
                agent().handle(m_requests.next(what, m_input), m_world.now());
                m_world.drain(m_take);
            } else if (what < 20) {
                m_world.happen(what - 12, m_take);
            } else {
                disturb(what - 20);
            }
        }
        come_to_rest();
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        fuzz::judge(m_world.recording(), m_world.now(), measures, fuzz::orchestrator_is_input{});
    }

  private:
    using world_type = fuzz::surroundings<endpoint::agent_endpoint>;

    static endpoint::agent_options options() {
        endpoint::agent_options made;
        made.capabilities = fuzz::everything;
        made.generation = {1};
        return made;
    }

    endpoint::agent_endpoint& agent() { return m_world.agent(); }

    void disturb(std::size_t which) {
        switch (which) {
        case 0:
            agent().handle_malformed(m_world.now());
            break;
        case 1:
            agent().handle_channel_lost(m_world.now());
            break;
        case 2:
            agent().generation_changed({2 + m_generation++}, m_world.now());
            break;
        default:
            if (m_input.below(4) != 0) {
                return;
            }
            agent().stop(m_world.now());
            break;
        }
        m_world.drain(m_take);
    }

    /// SP 18.22, 18.25: with a kernel that answers nothing stays held, and a Hello is answered.
    void come_to_rest() {
        m_world.settle(m_take);
        m_world.pass(std::chrono::seconds{400}, m_take);
        m_world.settle(m_take);
        require(agent().held_filesystems() == 0, "nothing is held in the end");
        if (m_world.exited()) {
            return;
        }
        m_acks = 0;
        agent().handle(m_requests.fresh_hello(), m_world.now());
        m_world.drain(m_take);
        m_world.settle(m_take);
        require(m_acks != 0 || m_world.exited(), "a fresh Hello is answered");
    }

    decisions& m_input;
    world_type m_world;
    std::size_t m_acks = 0;
    std::function<void(const endpoint::transmit&)> m_take = [this](const endpoint::transmit& sent) {
        const auto kind = kind_of(sent.message);
        require(!is_request(kind), "an agent sends what agents send");
        m_acks += kind == message_kind::hello_ack;
    };
    fuzz::native_requests m_requests;
    std::uint64_t m_generation = 0;
};

// ---- behind the QGA codec -----------------------------------------------------------------------

constexpr auto lines = std::to_array<std::string_view>({
    "{\"execute\": \"guest-fsfreeze-freeze\"}\n",
    "{\"execute\": \"guest-fsfreeze-thaw\", \"id\": 1}\n",
    "{\"execute\": \"guest-fsfreeze-status\", \"id\": \"s\"}\n",
    "{\"execute\": \"guest-fsfreeze-freeze-list\", \"arguments\": {\"mountpoints\": [\"/mnt\"]}}\n",
    "{\"execute\": \"guest-fsfreeze-freeze-list\", \"arguments\": {\"mountpoints\": []}}\n",
    "\xff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 77}}\n",
    "{\"execute\": \"guest-sync\", \"arguments\": {\"id\": -3}}",
    "{\"execute\": \"guest-info\"}\n",
    "{\"execute\": \"guest-ping\"}\n",
    "{\"execute\": \"guest-fsfreeze-thaw\", \"arguments\": {\"x\": 1}}\n",
    "{\"execute\": \"guest-no-such-command\"}\n",
    "{\"execute\": [\n",
    "\xff",
    "nonsense\n",
});

struct client {
    std::string waiting; ///< What the agent has not taken yet.
    std::string said;    ///< What it has sent.
};

class qga_run {
  public:
    /// @param piece the most bytes given at once.
    qga_run(decisions input, std::size_t piece)
        : m_input(input), m_piece(piece), m_world(endpoint::qga_agent{}, m_input) {}

    /// @return what each client was sent
    std::map<endpoint::client_id, std::string> run() {
        while (!m_input.empty() && !m_world.exited()) {
            const std::size_t what = m_input.below(24);
            if (what < 13) {
                talk(what);
            } else if (what < 21) {
                m_world.happen(what - 13, m_take);
            } else {
                disturb(what - 21);
            }
            give_rest();
        }
        come_to_rest();
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        measures.negotiates = false;
        fuzz::judge(m_world.recording(), m_world.now(), measures, fuzz::orchestrator_is_input{});
        return check_replies();
    }

  private:
    using world_type = fuzz::surroundings<endpoint::qga_agent>;

    auto& agent() { return m_world.agent(); }

    void talk(std::size_t what) {
        const auto id = static_cast<endpoint::client_id>(1 + m_input.below(3));
        if (m_clients.count(id) == 0) {
            if (m_gone.count(id) != 0 || !agent().client_connected(id)) {
                return;
            }
            m_clients[id];
        }
        if (what == 12) {
            agent().client_gone(id);
            m_gone[id] = m_clients[id].said;
            m_clients.erase(id);
            m_world.drain(m_take);
        } else if (what == 11) {
            m_clients[id].waiting += m_input.bytes(1 + m_input.below(32));
        } else {
            m_clients[id].waiting += lines[m_input.below(lines.size())];
        }
    }

    /// Gives each client's bytes until the agent takes no more of them.
    void give_rest() {
        for (auto& [id, from] : m_clients) {
            while (!from.waiting.empty() && !m_world.exited()) {
                const std::string piece = from.waiting.substr(0, m_piece);
                const std::size_t taken = agent().receive(id, as_bytes(piece), m_world.now());
                require(taken <= piece.size(), "no more is taken than was given");
                from.waiting.erase(0, taken);
                m_world.drain(m_take);
                if (taken == 0) {
                    break;
                }
            }
        }
    }

    void disturb(std::size_t which) {
        if (which == 0) {
            agent().generation_changed({2 + m_generation++}, m_world.now());
        } else if (which == 1 && m_input.below(8) == 0) {
            agent().stop(m_world.now());
        }
        m_world.drain(m_take);
    }

    void come_to_rest() {
        for (int i = 0; i < 4; ++i) {
            m_world.settle(m_take);
            give_rest();
        }
        m_world.pass(std::chrono::seconds{400}, m_take);
        m_world.settle(m_take);
        require(agent().status() == qga::freeze_state::thawed, "nothing is held in the end");
    }

    /// Each line that was sent is a reply.
    std::map<endpoint::client_id, std::string> check_replies() {
        std::map<endpoint::client_id, std::string> all = m_gone;
        for (const auto& [id, one] : m_clients) {
            all[id] = one.said;
        }
        for (const auto& [id, said] : all) {
            qga::reply_decoder decoder;
            for (byte_view left = as_bytes(said); !left.empty();) {
                left = left.subspan(decoder.feed(left));
                const auto got = decoder.next();
                require(!got.has_failure(), "what an agent sends are replies", said);
                require(!got.has_value() || got->kind != qga::reply_kind::other,
                        "what an agent sends are replies", said);
            }
            require(said.empty() || said.back() == '\n', "replies are whole lines", said);
        }
        return all;
    }

    decisions m_input;
    std::size_t m_piece;
    world_type m_world;
    std::function<void(const endpoint::transmit_bytes&)> m_take =
        [this](const endpoint::transmit_bytes& sent) {
            const auto at = m_clients.find(sent.client);
            require(at != m_clients.end(), "nothing is sent to a client that has gone");
            at->second.said += sent.bytes;
        };
    std::map<endpoint::client_id, client> m_clients;
    std::map<endpoint::client_id, std::string> m_gone;
    std::uint64_t m_generation = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t decisions_max = 512; // what needs more is found by less
    decisions input{fuzz::text_of(data, std::min(size, decisions_max))};
    if (!input.yes()) {
        native_run{input}.run();
        return 0;
    }
    const std::size_t piece = 1 + input.below(8);
    require(qga_run{input, 1U << 16U}.run() == qga_run{input, piece}.run(),
            "a conversation means the same however its bytes are cut");
    return 0;
}
