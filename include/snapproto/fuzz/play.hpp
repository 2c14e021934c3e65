// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_PLAY_HPP
#define SNAPPROTO_FUZZ_PLAY_HPP

// Plays one conversation to an agent and has it judged.

#include <snapproto/fuzz/conversation.hpp>
#include <snapproto/fuzz/qga_judge.hpp>
#include <snapproto/monitor/all.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace snapproto::fuzz {

/// What came of one conversation.
struct played {
    std::optional<breach> found{};
    coverage covered{};
    std::vector<trace::record> recording{}; ///< As `snapcheck trace` reads it.
    std::set<std::string> commands{};       ///< That guest-info has listed.
};

namespace detail {

class player {
  public:
    player(agent_under_test& agent, const world& given)
        : m_agent(agent), m_world(given), m_judge(given, m_result.covered) {}
    player(const player&) = delete;
    player& operator=(const player&) = delete;

    played run(const conversation& steps) {
        m_agent.reset();
        look();
        for (const step& each : steps) {
            switch (each.what) {
            case step::kind::say:
                speak(each);
                break;
            case step::kind::wait:
                pass(each.span);
                break;
            case step::kind::act:
                act(each.deed, each.value);
                break;
            }
            if (m_judge.found()) {
                break;
            }
        }
        if (!m_judge.found()) {
            come_to_an_end();
        }
        m_result.found = m_judge.found();
        m_result.recording = m_judge.recording();
        m_result.commands = m_judge.commands_seen();
        judge_recording();
        return std::move(m_result);
    }

  private:
    /// What is said in all, so that a conversation has an end.
    static constexpr std::size_t bytes_max = std::size_t{1} << 20U;

    /// Everything that was left open is closed: SP 20.11, SP 25.2.
    void come_to_an_end() {
        settle();
        for (const char* const line :
             {"\xff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 8472}}\n",
              "{\"execute\": \"guest-info\"}\n", "{\"execute\": \"guest-fsfreeze-status\"}\n",
              "{\"execute\": \"guest-fsfreeze-thaw\"}\n",
              "{\"execute\": \"guest-fsfreeze-status\"}\n"}) {
            speak(say(line));
        }
        pass(std::chrono::seconds{3});
        settle();
    }

    void speak(const step& what) {
        const std::size_t client = what.client < m_agent.clients() ? what.client : 0;
        for (std::size_t other = 0; other < clients_max; ++other) {
            if (other != client && (m_judge.owes(other) || m_judge.may_hear_more())) {
                settle(); // what two clients are told at once has no order
            }
        }
        const std::size_t times =
            std::min({what.times, 1 + bytes_max / std::max<std::size_t>(what.bytes.size(), 1),
                      1 + m_world.repeats_max - m_says});
        m_says += times - 1;
        std::optional<std::uint64_t> memory; // and what else was there after the first half
        std::size_t pending = 0;
        std::size_t calls = 0;
        for (std::size_t i = 0; i < times && !m_judge.found(); ++i) {
            deliver(client, what);
            if (!what.hasty) {
                settle();
            }
            if (i + 1 == times / 2) {
                memory = m_seen.memory_bytes;
                pending = m_judge.pending_bytes();
                calls = calls_seen();
            }
        }
        if (times >= 1000 && memory && m_seen.memory_bytes && !m_judge.owes() &&
            pending == m_judge.pending_bytes() && calls == calls_seen()) {
            m_judge.saw_memory_after(times / 2, *memory, *m_seen.memory_bytes, m_now);
        }
    }

    void deliver(std::size_t client, const step& what) {
        std::string_view left = what.bytes;
        while (!left.empty()) {
            const auto piece = what.piece == 0 ? left : left.substr(0, what.piece);
            m_judge.said(client, piece, m_now);
            m_agent.deliver(client, piece, m_out);
            tick({});
            hear();
            left.remove_prefix(piece.size());
        }
        look();
    }

    /// Time passes in small pieces while something is owed, so that it is known when it comes.
    void pass(duration span) {
        const instant end = m_now + span;
        for (duration piece = std::chrono::milliseconds{1};
             m_now < end &&
             (has_clock() ? m_judge.owes_for_sure() && m_now <= m_judge.due() : m_judge.owes());
             piece *= 2) {
            advance(std::min(piece, end - m_now));
        }
        if (m_now < end) {
            advance(end - m_now);
        }
        look();
    }

    /// Waits for what is owed, until it is late.
    void settle() {
        for (duration piece = std::chrono::milliseconds{1}; m_judge.owes(); piece *= 2) {
            const duration left = m_judge.due() - m_now;
            if (left < duration{} || m_judge.found()) {
                break;
            }
            if (!advance(std::min(piece, left + std::chrono::milliseconds{1})) && has_clock()) {
                look(); // perhaps it has ended, and nothing will ever come
                if (piece > std::chrono::milliseconds{100} && !m_judge.owes_for_sure()) {
                    break;
                }
            }
        }
        // What may be swallowed has no time of its own: for as long as the agent goes on talking.
        constexpr int pauses_max = 1500; // five minutes, for one that never stops
        // An agent on a real clock needs a moment for its errors as well.
        const bool errors = has_clock() && m_judge.noisy();
        for (int i = 0; i < pauses_max && (m_judge.may_hear_more() || errors) && !m_judge.found();
             ++i) {
            if (!advance(std::chrono::milliseconds{200})) {
                break;
            }
        }
        m_judge.settled(m_now);
        look();
    }

    void act(action deed, std::uint8_t value) {
        if (deed == action::terminate || deed == action::hook || deed == action::release) {
            settle(); // so that it is known whether what was asked before meets it
        }
        if (deed == action::release) {
            value =
                static_cast<std::uint8_t>(value % std::max<std::size_t>(m_world.mounts.size(), 1));
        } else if (deed == action::leave) {
            value = static_cast<std::uint8_t>(value % m_agent.clients());
        }
        const bool in_work = m_judge.owes();
        if (!m_agent.act(deed, value, m_out)) {
            return;
        }
        tick({});
        m_judge.acted(deed, value, m_now);
        if (deed == action::terminate || deed == action::restart) {
            forget_outputs();
        } else if (deed == action::leave) {
            m_out[value].clear();
        }
        hear();
        if (deed == action::leave && in_work) {
            advance(std::chrono::seconds{1}); // a freeze goes on without its client (SP 27.1)
        }
        if (deed != action::terminate) {
            return look();
        }
        advance(std::chrono::milliseconds{5001});
        forget_outputs();
        look();
        if (!m_seen.alive && m_agent.act(action::restart, 0, m_out)) {
            m_judge.acted(action::restart, 0, m_now);
            look();
        }
    }

    [[nodiscard]] std::size_t calls_seen() const { return m_seen.calls ? m_seen.calls->size() : 0; }

    void forget_outputs() {
        for (std::string& each : m_out) {
            each.clear();
        }
    }

    /// @return whether the agent said something
    bool advance(duration span) {
        m_agent.advance(span, m_out);
        tick(span);
        return hear();
    }

    [[nodiscard]] bool has_clock() { return m_agent.clock().has_value(); }

    /// So much time has passed, or what the agent's own clock says.
    void tick(duration span) {
        const auto own = m_agent.clock();
        m_now = own ? std::max(m_now, m_began + *own) : m_now + span;
    }

    bool hear() {
        const bool silent = std::all_of(m_out.begin(), m_out.end(),
                                        [](const std::string& each) { return each.empty(); });
        if (silent) {
            return false;
        }
        m_seen = {};
        m_agent.observe(m_seen);
        m_judge.witness(m_seen, m_now);
        for (std::size_t i = 0; i < m_out.size(); ++i) {
            m_judge.heard(i, std::exchange(m_out[i], {}), m_now);
        }
        return true;
    }

    void look() {
        m_seen = {};
        m_agent.observe(m_seen);
        m_judge.witness(m_seen, m_now);
        m_judge.saw(m_seen, m_now);
    }

    /// The monitors as a second opinion: of what this recording holds they can judge that nothing
    /// is held when the failure of a freeze is answered (SP 18.7).
    void judge_recording() {
        if (m_result.found || m_result.recording.empty() || !m_judge.always_sure()) {
            return;
        }
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        measures.negotiates = false;
        monitor::all_monitors judges{measures};
        for (const trace::record& each : m_result.recording) {
            judges.observe(each);
        }
        judges.finish(m_now);
        for (const monitor::violation& one : judges.violations()) {
            if (one.property == 7) {
                m_result.found = breach{{18, one.property}, one.at, one.sentence};
                return;
            }
        }
    }

    agent_under_test& m_agent;
    const world& m_world;
    played m_result{};
    qga_judge m_judge;
    outputs m_out{};
    observation m_seen{};
    std::size_t m_says = 0;
    const instant m_began{std::chrono::seconds{100}};
    instant m_now = m_began;
};

} // namespace detail

/// Plays one conversation to a fresh agent. The first breach ends it.
[[nodiscard]] inline played play(agent_under_test& agent, const world& given,
                                 const conversation& steps) {
    return detail::player{agent, given}.run(steps);
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_PLAY_HPP
