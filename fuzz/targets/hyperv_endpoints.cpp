// SPDX-License-Identifier: BSL-1.0
// Hyper-V's endpoints, form (b): a kernel that keeps to nothing in front of a daemon, and daemons
// that write anything in front of the host. The monitors judge what was recorded.
#include "fuzz/support/host_surroundings.hpp"
#include "fuzz/support/surroundings.hpp"

#include <snapproto/endpoint/hyperv_agent.hpp>
#include <snapproto/endpoint/hyperv_orchestrator.hpp>

#include <deque>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::agents_max;
using fuzz::decisions;
using fuzz::require;

template <class Record>
std::string text_of(const Record& bytes) {
    return std::string{as_text(bytes)};
}

// ---- a daemon -----------------------------------------------------------------------------------

class daemon_run {
  public:
    /// @param piece the most bytes of one read; 0: the device keeps messages apart.
    daemon_run(decisions input, std::size_t piece)
        : m_input(input),
          m_piece(piece),
          m_world(endpoint::hyperv_agent{{.boundaries = piece == 0}}, m_input) {}

    /// @return what the daemon has written
    std::string run() {
        open();
        while (!m_input.empty() && !m_world.exited()) {
            const std::size_t what = m_input.below(24);
            if (what < 12) {
                ask(what);
            } else if (what < 20) {
                m_world.happen(what - 12, m_take);
            } else {
                disturb(what - 20);
            }
            if (m_begins_anew && m_input.yes()) {
                open();
            }
        }
        come_to_rest();
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        fuzz::judge(m_world.recording(), m_world.now(), measures, fuzz::orchestrator_is_input{});
        return m_said;
    }

  private:
    auto& agent() { return m_world.agent(); }

    void open() {
        m_begins_anew = false;
        m_open = true;
        m_versioned = false;
        m_asked.clear();
        m_awaits_registration = true;
        agent().device_opened(m_world.now());
        m_world.drain(m_take);
        require(!m_awaits_registration, "a daemon registers first (SP 33.5)");
    }

    void ended() {
        if (!std::exchange(m_open, false)) {
            return;
        }
        agent().device_ended(m_world.now());
        m_world.drain(m_take);
    }

    void ask(std::size_t what) {
        if (!m_versioned || what == 11) {
            return give(text_of(hyperv::encode(hyperv::version_reply{})));
        }
        constexpr auto usual = std::to_array<hyperv::vss_op>(
            {hyperv::vss_op::hot_backup, hyperv::vss_op::freeze, hyperv::vss_op::thaw});
        const auto op = what < 9 ? static_cast<std::uint8_t>(usual[what % usual.size()])
                                 : static_cast<std::uint8_t>(m_input.byte() & 0x7fU);
        give(text_of(hyperv::encode(hyperv::kernel_request{op, m_input.byte()})));
    }

    void disturb(std::size_t which) {
        switch (which) {
        case 0:
            give(std::string{m_input.bytes(1 + m_input.below(26))});
            break;
        case 1:
            ended();
            break;
        case 2: // any message of the right size
            give(std::string{m_input.bytes(hyperv::daemon_message_bytes)});
            break;
        default:
            if (m_input.below(8) == 0) {
                agent().stop(m_world.now());
                m_world.drain(m_take);
            }
        }
    }

    /// Gives bytes, and keeps in mind which requests they are.
    void give(const std::string& bytes) {
        if (!m_open || bytes.empty()) {
            return;
        }
        if (m_piece == 0) {
            note(bytes);
            agent().receive(as_bytes(bytes), m_world.now());
            m_world.drain(m_take);
            return;
        }
        for (const char each : bytes) {
            m_stream += each;
            const std::size_t size =
                m_versioned ? hyperv::daemon_message_bytes : hyperv::version_reply_bytes;
            if (m_stream.size() == size) {
                note(std::exchange(m_stream, {}));
            }
        }
        for (std::string_view left = bytes; !left.empty();
             left.remove_prefix(std::min(left.size(), m_piece))) {
            agent().receive(as_bytes(left.substr(0, m_piece)), m_world.now());
            m_world.drain(m_take);
        }
    }

    void note(const std::string& record) {
        if (!m_versioned) {
            m_versioned = record.size() == hyperv::version_reply_bytes;
        } else if (record.size() == hyperv::daemon_message_bytes) {
            m_asked.push_back(record);
        }
    }

    /// SP 18.22: with a kernel that answers nothing stays held; and a new device is served.
    void come_to_rest() {
        m_world.settle(m_take);
        m_world.pass(std::chrono::seconds{400}, m_take);
        m_world.settle(m_take);
        require(agent().session().held_filesystems() == 0, "nothing is held in the end");
        if (m_world.exited()) {
            return;
        }
        ended();
        m_world.settle(m_take);
        require(m_begins_anew, "a device that has ended is opened again (SP 36.16)");
        m_stream.clear();
        open();
        give(text_of(hyperv::encode(hyperv::version_reply{})));
        const auto op = static_cast<std::uint8_t>(hyperv::vss_op::hot_backup);
        give(text_of(hyperv::encode(hyperv::kernel_request{op, 0})));
        require(m_asked.empty(), "a new device is served");
    }

    struct taker {
        daemon_run& run;
        void operator()(const endpoint::transmit_record& sent) const { run.hear(sent.bytes); }
        void operator()(const endpoint::start_over&) const {
            run.m_begins_anew = true;
            run.m_open = false;
            run.m_stream.clear();
        }
    };

    /// SP 33.4: each request has one answer, in order, which begins as it did.
    void hear(const hyperv::daemon_message& bytes) {
        const auto got = hyperv::decode_from_daemon(bytes);
        require(bool(got), "what a daemon writes can be read");
        m_said += text_of(bytes);
        if (std::holds_alternative<hyperv::registration>(*got)) {
            require(std::exchange(m_awaits_registration, false), "it registers once");
            return;
        }
        require(!m_asked.empty(), "nothing is answered that was not asked");
        const auto& reply = std::get<hyperv::daemon_reply>(*got);
        require(as_text(reply.echoed) == std::string_view{m_asked.front()}.substr(4),
                "an answer repeats its request");
        m_asked.pop_front();
    }

    decisions m_input;
    std::size_t m_piece;
    fuzz::surroundings<endpoint::hyperv_agent> m_world;
    taker m_take{*this};
    std::deque<std::string> m_asked;
    std::string m_stream; ///< Of a message that is half there.
    std::string m_said;
    bool m_open = false;
    bool m_versioned = false;
    bool m_begins_anew = false;
    bool m_awaits_registration = false;
};

// ---- the host -----------------------------------------------------------------------------------

class orchestrator_run final : public fuzz::host_run<endpoint::hyperv_orchestrator> {
  public:
    orchestrator_run(std::size_t agents, decisions& input)
        : host_run(endpoint::hyperv_orchestrator{{.agents = agents}}, agents, input) {}

  private:
    void drain() override {
        drain_with<endpoint::transmit_bytes_to>([&](const endpoint::transmit_bytes_to& sent) {
            require(m_up[sent.agent], "nothing is sent where there is no channel");
            const auto got = hyperv::decode_from_kernel(as_bytes(sent.bytes));
            require(bool(got), "what a kernel says can be read", sent.bytes);
            m_asked[sent.agent] = sent.bytes;
        });
    }

    void note_channel(agent_index which, bool) override { m_asked[which].clear(); }

    void hear(agent_index from) override {
        const std::uint8_t how = m_input.byte();
        if (!m_up[from]) {
            return;
        }
        std::string record = text_of(hyperv::encode(hyperv::registration{}));
        if (how == 255) {
            record = m_input.bytes(1 + m_input.below(16));
        } else if (const std::string& asked = m_asked[from];
                   asked.size() == hyperv::daemon_message_bytes && how % 16 != 15) {
            hyperv::daemon_message request{};
            std::copy_n(as_bytes(asked).begin(), request.size(), request.begin());
            const auto error = how % 4 == 3 ? hyperv::daemon_failed : how % 16 == 14 ? 5 : 0;
            const auto reply = hyperv::encode(hyperv::reply_to(request, error));
            require(bool(reply), "these errors can be written");
            record = text_of(*reply);
            if (how % 32 == 13) {
                record[4] = static_cast<char>(record[4] + 1);
            }
        }
        m_host.receive(from, as_bytes(record), m_now);
        drain();
    }

    std::array<std::string, agents_max> m_asked{}; ///< What the kernel has said last.
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t decisions_max = 512; // what needs more is found by less
    decisions input{fuzz::text_of(data, std::min(size, decisions_max))};
    const std::uint8_t head = input.byte();
    if ((head & 1U) != 0) {
        orchestrator_run{1 + (head >> 1U) % agents_max, input}.run();
    } else if ((head & 2U) == 0) {
        daemon_run{input, 0}.run();
    } else {
        const std::size_t piece = 1 + (head >> 2U) % 16U;
        require(daemon_run{input, 64}.run() == daemon_run{input, piece}.run(),
                "a conversation means the same however its bytes are cut");
    }
    return 0;
}
