// SPDX-License-Identifier: BSL-1.0
// The endpoints of vmbackup: a host that commands anything at any time and loses events, guests
// that report anything, participants and time as the input says. The monitors judge what was
// recorded, and a host's view of a guest's events what the guest reports.
#include "fuzz/support/host_surroundings.hpp"
#include "fuzz/support/surroundings.hpp"

#include <snapproto/endpoint/vmbackup_agent.hpp>
#include <snapproto/endpoint/vmbackup_orchestrator.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::agents_max;
using fuzz::decisions;
using fuzz::require;

// ---- a guest ------------------------------------------------------------------------------------

constexpr auto commands = std::to_array<std::string_view>({
    "vmbackup.start 1",
    "vmbackup.snapshotDone ",
    "vmbackup.abort",
    "vmbackup.start",
    "vmbackup.snapshotCompleted",
    "vmbackup.start 0 /",
    "reset",
    "ping",
    "Capabilities_Register",
    "Set_Option a b",
    "vmbackup.startWithOpts v=1;timeout=5",
    "vmbackup.start x",
    "vmbackup.snapshotDone a b",
    "vmbackup.abort now",
    "nonsense",
    "",
});

class guest_run {
  public:
    guest_run(decisions& input, bool completes)
        : m_input(input), m_world(endpoint::vmbackup_agent{options(completes)}, input) {}

    void run() {
        open();
        while (!m_input.empty() && !m_world.exited()) {
            const std::size_t what = m_input.below(24);
            if (what < 8) {
                command(commands[m_input.below(commands.size())]);
            } else if (what < 16) {
                m_world.happen(what - 8, m_take);
            } else if (what < 21) {
                answer_event(what == 20 ? m_input.byte() : std::uint8_t{0});
            } else {
                disturb(what - 21);
            }
        }
        come_to_rest();
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        fuzz::judge(m_world.recording(), m_world.now(), measures, fuzz::orchestrator_is_input{});
    }

  private:
    static endpoint::vmbackup_agent_options options(bool completes) {
        endpoint::vmbackup_agent_options made;
        made.manifest_path = "/manifest";
        made.version_2 = true;
        made.completes = completes;
        return made;
    }

    auto& agent() { return m_world.agent(); }

    void open() {
        m_open = true;
        agent().channel_opened(m_world.now());
        m_world.drain(m_take);
    }

    /// SP 40.2: each command has one answer, at once.
    void command(std::string_view text) {
        const std::size_t before = m_replies;
        agent().receive(as_bytes(text), m_world.now());
        m_world.drain(m_take);
        require(m_world.exited() || m_replies - before == (m_open ? 1U : 0U),
                "each command has one answer", std::string{text});
    }

    void answer_event(std::uint8_t how) {
        if (m_events.empty()) {
            return;
        }
        m_events.pop_front();
        if (how % 4 == 3) {
            agent().event_lost(m_world.now());
        } else {
            agent().event_answered(as_bytes(how % 4 == 0   ? std::string_view{"1 "}
                                            : how % 4 == 1 ? "0 no"
                                                           : "nonsense"),
                                   m_world.now());
        }
        m_world.drain(m_take);
    }

    void disturb(std::size_t which) {
        if (which == 0) {
            command(m_input.bytes(1 + m_input.below(64)));
        } else if (which == 1) {
            if (std::exchange(m_open, !m_open)) {
                m_events.clear();
                agent().channel_ended(m_world.now());
                m_world.drain(m_take);
            } else {
                open();
            }
        } else if (m_input.below(8) == 0) {
            agent().stop(m_world.now());
            m_world.drain(m_take);
        }
    }

    /// SP 18.22, 45.12: nothing stays held, and every operation comes to its done.
    void come_to_rest() {
        for (int i = 0; i < 4; ++i) {
            m_world.settle(m_take);
            answer_all();
        }
        m_world.pass(std::chrono::seconds{1200}, m_take);
        m_world.settle(m_take);
        answer_all();
        require(agent().session().held_filesystems() == 0, "nothing is held in the end");
        require(m_world.exited() || !m_open || m_done == m_begun,
                "each operation comes to its end");
    }

    void answer_all() {
        while (!m_events.empty()) {
            answer_event(0);
        }
    }

    struct taker {
        guest_run& run;
        void operator()(const endpoint::send_reply& sent) const {
            require(bool(vmbackup::decode_guest_reply(as_bytes(sent.bytes))),
                    "what a guest answers can be read", sent.bytes);
            ++run.m_replies;
        }
        void operator()(const endpoint::send_event& sent) const { run.hear(sent.bytes); }
    };

    void hear(const std::string& bytes) {
        const auto got = vmbackup::decode_event(as_bytes(bytes));
        require(bool(got), "what a guest reports can be read", bytes);
        m_begun += got->what == vmbackup::event::reset ? 1U : 0U;
        m_done += got->what == vmbackup::event::done ? 1U : 0U;
        require(m_done <= m_begun, "an operation ends once (SP 45.12)", bytes);
        require(got->what == vmbackup::event::reset || got->what == vmbackup::event::done ||
                    m_begun == m_done + 1,
                "events are of an operation that runs", bytes);
        m_events.push_back(bytes);
    }

    decisions& m_input;
    fuzz::surroundings<endpoint::vmbackup_agent> m_world;
    taker m_take{*this};
    std::deque<std::string> m_events; ///< Not answered yet.
    std::size_t m_replies = 0;
    std::size_t m_begun = 0;
    std::size_t m_done = 0;
    bool m_open = false;
};

// ---- the host -----------------------------------------------------------------------------------

constexpr auto reports = std::to_array<std::string_view>({
    "vmbackup.eventSet reset 0 ",
    "vmbackup.eventSet prov.snapshotCommit 0 ",
    "vmbackup.eventSet req.done 0 ",
    "vmbackup.eventSet req.keepAlive 0 ",
    "vmbackup.eventSet req.error 3 why",
    "vmbackup.eventSet req.aborted 4 why",
    "vmbackup.eventSet req.writerError 2 who",
    "vmbackup.eventSet prov.snapshotAbort 0 ",
    "vmbackup.eventSet req.genericManifest 0 /manifest",
    "vmbackup.eventSet req.done 1 ",
    "vmbackup.eventSet ",
    "tools.capability.guest_conf_directory /etc",
    "OK ",
    "ERROR Quiesce operation already in progress.",
    "ERROR no",
    "nonsense",
});

class orchestrator_run final : public fuzz::host_run<endpoint::vmbackup_orchestrator> {
  public:
    orchestrator_run(std::size_t agents, decisions& input)
        : host_run(endpoint::vmbackup_orchestrator{{.agents = agents}}, agents, input) {}

  private:
    void drain() override {
        drain_with<endpoint::transmit_bytes_to>([&](const endpoint::transmit_bytes_to& sent) {
            require(m_up[sent.agent], "nothing is sent where there is no channel");
            if (endpoint::answers_the_guest(sent.bytes)) {
                require(bool(vmbackup::decode_host_reply(as_bytes(sent.bytes))),
                        "what a host answers can be read", sent.bytes);
                require(m_guests[sent.agent].unanswered != 0, "and answers something");
                --m_guests[sent.agent].unanswered;
                return;
            }
            require(bool(vmbackup::decode_command(as_bytes(sent.bytes))),
                    "what a host commands can be read", sent.bytes);
            require(!m_guests[sent.agent].commanded, "one command at a time (SP 48.3)", sent.bytes);
            m_guests[sent.agent].commanded = true;
            m_guests[sent.agent].command = sent.bytes;
        });
    }

    void note_channel(agent_index which, bool) override { m_guests[which] = {}; }

    struct guest {
        std::string command; ///< The last one.
        bool commanded = false;
        std::size_t unanswered = 0;
        std::size_t step = 0; ///< Of an operation that goes well.
    };

    void hear(agent_index from) override {
        const std::uint8_t how = m_input.byte();
        if (!m_up[from]) {
            return;
        }
        guest& by = m_guests[from];
        std::string message{reports[how % reports.size()]};
        if (how == 255) {
            message = m_input.bytes(1 + m_input.below(64));
        } else if (how < 128) {
            message = by.commanded ? fitting(by) : std::string{reports[by.step++ % 3]};
        }
        // Who answers what was not asked is not heard (SP 48.4), and a request is answered.
        const bool is_answer = message.starts_with("OK ") || message.starts_with("ERROR ");
        by.commanded = by.commanded && !is_answer;
        by.unanswered += is_answer ? 0U : 1U;
        m_host.receive(from, as_bytes(message), m_now);
        drain();
    }

    static std::string fitting(guest& by) {
        by.step = by.command.starts_with("vmbackup.start") ? 0 : by.step;
        return by.command == "reset" ? "OK ATR toolbox" : "OK ";
    }

    std::array<guest, agents_max> m_guests{};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t decisions_max = 512; // what needs more is found by less
    decisions input{fuzz::text_of(data, std::min(size, decisions_max))};
    const std::uint8_t head = input.byte();
    if ((head & 1U) == 0) {
        guest_run{input, (head & 2U) != 0}.run();
    } else {
        orchestrator_run{1 + (head >> 1U) % agents_max, input}.run();
    }
    return 0;
}
