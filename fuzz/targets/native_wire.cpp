// SPDX-License-Identifier: BSL-1.0
// The native dialect's endpoints, bytes and all: what the other side sends is good, wrong, cut
// anywhere or no message. The monitors judge what was recorded, and how the bytes were cut changes
// nothing that is sent.
#include "fuzz/support/encoded.hpp"
#include "fuzz/support/host_surroundings.hpp"
#include "fuzz/support/native_words.hpp"
#include "fuzz/support/surroundings.hpp"

#include <snapproto/endpoint/native_agent.hpp>
#include <snapproto/endpoint/native_orchestrator.hpp>

#include <functional>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::agents_max;
using fuzz::decisions;
using fuzz::encoded_native;
using fuzz::require;

/// Gives bytes in pieces of so many.
template <class Give>
void give_in_pieces(std::string_view bytes, std::size_t piece, Give&& give) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), piece))) {
        give(as_bytes(bytes.substr(0, piece)));
    }
}

/// What comes out is whole messages of one direction.
std::vector<any_message> messages_in(native::decoder& decoder, std::string_view bytes) {
    std::vector<any_message> all;
    for (byte_view left = as_bytes(bytes); !left.empty();) {
        left = left.subspan(decoder.feed(left));
        const auto got = decoder.next();
        require(!got.has_failure(), "what is sent can be read", std::string{bytes});
        if (got.has_value()) {
            all.push_back(**got);
        }
    }
    require(!decoder.pending(), "what is sent are whole frames", std::string{bytes});
    return all;
}

// ---- an agent -----------------------------------------------------------------------------------

class agent_run {
  public:
    agent_run(decisions input, std::size_t piece)
        : m_input(input), m_piece(piece), m_world(endpoint::native_agent{options()}, m_input) {}

    /// @return what the agent has sent
    std::string run() {
        up();
        while (!m_input.empty() && !m_world.exited()) {
            const std::size_t what = m_input.below(24);
            if (what < fuzz::native_requests::kinds) {
                deliver(encoded_native(m_requests.next(what, m_input)));
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
        return m_said;
    }

  private:
    static endpoint::agent_options options() {
        auto made = endpoint::native_agent_defaults();
        made.capabilities = fuzz::everything;
        made.generation = {1};
        return made;
    }

    auto& agent() { return m_world.agent(); }

    void up() {
        m_reader.reset();
        agent().channel_up(m_world.now());
        m_world.drain(m_take);
    }

    void deliver(std::string_view bytes) {
        give_in_pieces(bytes, m_piece, [&](byte_view next) {
            if (!agent().connected()) {
                return; // it has closed the channel
            }
            agent().receive(next, m_world.now());
            m_world.drain(m_take);
        });
    }

    void disturb(std::size_t which) {
        switch (which) {
        case 0:
            deliver(m_input.bytes(1 + m_input.below(48)));
            break;
        case 1:
            if (agent().connected() && m_input.yes()) {
                agent().channel_lost(m_world.now());
                m_world.drain(m_take);
            } else {
                up();
            }
            break;
        case 2:
            agent().generation_changed({2 + m_generation++}, m_world.now());
            break;
        default:
            if (m_input.below(8) == 0) {
                agent().stop(m_world.now());
            }
        }
        m_world.drain(m_take);
    }

    /// SP 18.22, 18.25, 60.11: nothing stays held, and behind a mark a Hello is answered.
    void come_to_rest() {
        m_world.settle(m_take);
        m_world.pass(std::chrono::seconds{400}, m_take);
        m_world.settle(m_take);
        require(agent().session().held_filesystems() == 0, "nothing is held in the end");
        if (m_world.exited()) {
            return;
        }
        if (!agent().connected()) {
            up();
        }
        m_acks = 0;
        deliver(encoded_native(m_requests.fresh_hello()));
        m_world.settle(m_take);
        require(m_acks != 0 || m_world.exited(), "a fresh Hello is answered");
    }

    struct taker {
        agent_run& run;
        void operator()(const endpoint::transmit_frame& sent) const {
            for (const any_message& each : messages_in(run.m_reader, sent.bytes)) {
                run.m_acks += kind_of(each) == message_kind::hello_ack;
            }
            run.m_said += sent.bytes;
        }
        void operator()(const endpoint::close_channel&) const { run.m_said += "|"; }
    };

    decisions m_input;
    std::size_t m_piece;
    fuzz::surroundings<endpoint::native_agent> m_world;
    taker m_take{*this};
    native::decoder m_reader{native::direction::reports};
    fuzz::native_requests m_requests;
    std::string m_said;
    std::size_t m_acks = 0;
    std::uint64_t m_generation = 0;
};

// ---- an orchestrator ----------------------------------------------------------------------------

class orchestrator_run final : public fuzz::host_run<endpoint::native_orchestrator> {
  public:
    orchestrator_run(std::size_t agents, decisions& input, std::size_t piece)
        : host_run(endpoint::native_orchestrator{options(agents)}, agents, input), m_piece(piece) {}

    [[nodiscard]] const std::string& said() const noexcept { return m_said; }

  private:
    static endpoint::orchestrator_options options(std::size_t agents) {
        auto made = endpoint::native_orchestrator_defaults();
        made.agents = agents;
        return made;
    }

    void drain() override {
        drain_with<endpoint::transmit_frame_to>([&](const endpoint::transmit_frame_to& sent) {
            require(m_up[sent.agent], "nothing is sent where there is no channel");
            for (any_message& each : messages_in(m_readers[sent.agent], sent.bytes)) {
                m_asked[sent.agent] = std::move(each);
            }
            m_said += static_cast<char>('0' + sent.agent) + sent.bytes;
        });
    }

    void note_channel(agent_index which, bool) override { m_readers[which].reset(); }

    void hear(agent_index from) override {
        const std::uint8_t how = m_input.byte();
        if (!m_up[from]) {
            return;
        }
        const std::string bytes =
            how == 255 ? std::string{m_input.bytes(1 + m_input.below(48))}
                       : encoded_native(fuzz::native_answer(m_asked[from], how, m_input, m_now));
        give_in_pieces(bytes, m_piece, [&](byte_view next) {
            if (m_up[from]) {
                m_host.receive(from, next, m_now);
                drain();
            }
        });
    }

    std::size_t m_piece;
    std::array<any_message, agents_max> m_asked{};
    std::vector<native::decoder> m_readers =
        std::vector<native::decoder>(agents_max, native::decoder{native::direction::requests});
    std::string m_said;
};

std::string said_by_orchestrator(std::size_t agents, decisions input, std::size_t piece) {
    orchestrator_run one{agents, input, piece};
    one.run();
    return one.said();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t decisions_max = 512; // what needs more is found by less
    constexpr std::size_t whole = std::size_t{1} << 16U;
    decisions input{fuzz::text_of(data, std::min(size, decisions_max))};
    const std::uint8_t head = input.byte();
    const std::size_t piece = 1 + (head >> 4U);
    if ((head & 1U) == 0) {
        require(agent_run{input, whole}.run() == agent_run{input, piece}.run(),
                "a conversation means the same however its bytes are cut");
    } else {
        const std::size_t agents = 1 + (head >> 1U) % agents_max;
        require(said_by_orchestrator(agents, input, whole) ==
                    said_by_orchestrator(agents, input, piece),
                "a conversation means the same however its bytes are cut");
    }
    return 0;
}
