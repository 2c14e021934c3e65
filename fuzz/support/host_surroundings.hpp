// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SUPPORT_HOST_SURROUNDINGS_HPP
#define SNAPPROTO_FUZZ_SUPPORT_HOST_SURROUNDINGS_HPP

// What an orchestrator's endpoint lives in, decided by the input: a caller, a provider, channels
// and time. What its agents say is the target's own.

#include "fuzz/support/judging.hpp"
#include "fuzz/support/target.hpp"

#include <snapproto/endpoint/orchestrator_io.hpp>
#include <snapproto/trace/record.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace snapproto::fuzz {

/// What agents have to keep, and here do not.
inline constexpr auto kept_by_agents = std::to_array<std::uint8_t>(
    {1, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 18, 19, 21, 22, 23, 25, 26});

inline bool breaks(const std::vector<monitor::violation>& found, std::uint8_t property) {
    return std::any_of(found.begin(), found.end(),
                       [&](const auto& one) { return one.property == property; });
}

/// Excuses what agents break. An answer that nobody asked for (SP 18.19) changes nothing for the
/// orchestrator (SP 3.13), while the monitor of the window takes each Error and each bad verdict
/// for the group's failure: where there was one, 18.2, 18.3 and 18.17 are not judged.
inline bool excused(const monitor::violation& one, const std::vector<trace::record>&,
                    const std::vector<monitor::violation>& found) {
    return std::find(kept_by_agents.begin(), kept_by_agents.end(), one.property) !=
               kept_by_agents.end() ||
           ((one.property == 2 || one.property == 3 || one.property == 17) && breaks(found, 19));
}

inline constexpr std::size_t agents_max = 3;

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

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SUPPORT_HOST_SURROUNDINGS_HPP
