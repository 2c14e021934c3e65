// SPDX-License-Identifier: BSL-1.0
// Writers and volumes of VSS behind an agent that is asked for anything. Applications, volumes and
// time are as the input says; the monitors judge what was recorded.
#include "fuzz/support/judging.hpp"
#include "fuzz/support/native_words.hpp"

#include <snapproto/endpoint/agent.hpp>
#include <snapproto/endpoint/vss_guest.hpp>

#include <deque>
#include <set>
#include <variant>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::decisions;
using fuzz::require;
using namespace std::chrono_literals;

class guest_run {
  public:
    explicit guest_run(decisions& input) : m_input(input), m_agent(options()), m_vss(world(input)) {
        m_agent.record_to(&m_recording);
        m_applications.resize(m_vss.participants().size());
    }

    void run() {
        while (!m_input.empty() && !m_exited) {
            const std::size_t what = m_input.below(24);
            if (what < fuzz::native_requests::kinds) {
                m_agent.handle(m_requests.next(what, m_input), m_now);
            } else if (what < 16) {
                application(m_input.byte(), m_input.byte());
            } else if (what < 18) {
                volume(m_input.byte());
            } else if (what < 21) {
                pass(what == 18 ? duration{m_input.byte() * 50ms} : duration{m_input.byte() * 1s});
            } else if (what == 21) {
                find();
            } else {
                disturb();
            }
            drain();
        }
        come_to_rest();
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        fuzz::judge(m_recording, m_now, measures, fuzz::orchestrator_is_input{});
    }

  private:
    static endpoint::agent_options options() {
        endpoint::agent_options made;
        made.capabilities = fuzz::everything;
        made.generation = {1};
        return made;
    }

    static endpoint::vss_guest_options world(decisions& input) {
        endpoint::vss_guest_options made;
        for (std::size_t i = input.below(4); i != 0; --i) {
            made.writers.push_back({"writer", static_cast<std::uint8_t>(input.below(3)),
                                    std::chrono::seconds{input.byte() % 70}});
        }
        for (std::size_t i = input.below(4); i != 0; --i) {
            made.volumes.push_back("C:");
        }
        return made;
    }

    void drain() {
        for (bool quiet = false; !quiet;) {
            quiet = true;
            for (auto next = m_agent.poll();; next = m_agent.poll()) {
                if (const auto* const due = std::get_if<endpoint::deadline>(&next)) {
                    m_agent_due = due->at;
                    break;
                }
                quiet = false;
                take(next);
            }
            for (auto next = m_vss.poll();; next = m_vss.poll()) {
                if (const auto* const due = std::get_if<endpoint::deadline>(&next)) {
                    m_vss_due = due->at;
                    break;
                }
                quiet = false;
                take(next);
            }
            require(++m_rounds < 100'000, "the two come to an end of their outputs");
        }
    }

    void take(const endpoint::agent_output& what) {
        if (std::holds_alternative<endpoint::find_participants>(what)) {
            m_finding = true;
        } else if (const auto* const asked = std::get_if<endpoint::operate>(&what)) {
            m_vss.handle(*asked, m_now);
        } else if (const auto* const stopped = std::get_if<endpoint::cancel>(&what)) {
            m_vss.handle(*stopped, m_now);
        } else if (std::holds_alternative<endpoint::close_channel>(what)) {
            note(trace::record_kind::channel_lost);
        } else if (std::holds_alternative<endpoint::exit_process>(what)) {
            m_exited = true;
            note(trace::record_kind::stopped);
        }
    }

    void take(const endpoint::vss_guest_output& what) {
        if (const auto* const asked = std::get_if<endpoint::ask_application>(&what)) {
            if (asked->event != machine::vss_writer_event::abort) {
                m_applications.at(asked->writer).push_back(asked->event);
                require(m_applications[asked->writer].size() < 1000,
                        "applications are not flooded");
            }
        } else if (const auto* const hold = std::get_if<endpoint::hold_volume>(&what)) {
            require(m_volumes.insert(hold->volume).second, "a volume is held once at a time");
        } else if (const auto* const go = std::get_if<endpoint::release_volume>(&what)) {
            m_volumes.erase(go->volume);
            m_held.erase(go->volume);
        } else if (const auto* const answer = std::get_if<endpoint::participant_answer>(&what)) {
            m_agent.participant_answered(answer->participant, answer->answer, m_now);
        } else if (const auto* const gone = std::get_if<endpoint::participant_gone>(&what)) {
            m_agent.participant_let_go(gone->participant, m_now);
        }
        if (m_held.empty()) {
            m_held_since = never;
        }
    }

    void note(trace::record_kind what) { m_recording.push_back(fuzz::done_to_agent(what, m_now)); }

    void application(std::uint8_t which, std::uint8_t how) {
        if (m_applications.empty()) {
            return;
        }
        auto& asked = m_applications[which % m_applications.size()];
        if (asked.empty()) {
            return;
        }
        asked.pop_front();
        m_vss.application_answered(which % m_applications.size(),
                                   how % 8 == 7
                                       ? static_cast<machine::vss_writer_failure>(how / 8 % 6)
                                       : machine::vss_writer_failure::none,
                                   m_now);
    }

    void volume(std::uint8_t how) {
        if (m_volumes.empty()) {
            return;
        }
        const std::size_t which = *m_volumes.begin();
        const bool held = how % 8 != 7;
        m_volumes.erase(m_volumes.begin());
        if (held) {
            m_held.insert(which);
            m_held_since = std::min(m_held_since, m_now);
        }
        m_vss.volume_answered(which, held, m_now);
    }

    void find() {
        if (std::exchange(m_finding, false)) {
            m_agent.participants_found(m_vss.participants(), m_now);
        }
    }

    void disturb() {
        switch (m_input.below(16)) {
        case 0:
            return m_agent.stop(m_now);
        case 1:
        case 2:
            return m_agent.generation_changed({2 + m_generation++}, m_now);
        case 3:
        case 4:
            return m_agent.handle_malformed(m_now);
        default:
            return m_agent.handle_channel_lost(m_now);
        }
    }

    /// SP 55.4: no volume is held for longer than Windows allows.
    void pass(duration span) {
        const instant end = m_now + span;
        for (std::size_t steps = 0;; ++steps) {
            require(steps < 100'000, "neither wakes up for ever");
            m_now = std::max(m_now, std::min({m_agent_due, m_vss_due, end}));
            const bool due = m_agent_due <= m_now || m_vss_due <= m_now;
            if (m_vss_due <= m_now) {
                m_vss.handle_timeout(m_now);
                drain();
            }
            if (m_agent_due <= m_now) {
                m_agent.handle_timeout(m_now);
                drain();
            }
            require(m_held.empty() || m_now - m_held_since <= vss::default_limits.flush_and_hold,
                    "no volume is held for longer than Windows allows");
            if (!due) {
                return;
            }
        }
    }

    void settle() {
        for (bool more = true; more;) {
            find();
            drain();
            more = m_finding;
            for (std::size_t i = 0; i < m_applications.size(); ++i) {
                while (!m_applications[i].empty()) {
                    application(static_cast<std::uint8_t>(i), 0);
                    drain();
                    more = true;
                }
            }
            while (!m_volumes.empty()) {
                volume(0);
                drain();
                more = true;
            }
            require(++m_rounds < 100'000, "with applications that answer everything comes to rest");
        }
    }

    void come_to_rest() {
        settle();
        pass(400s);
        settle();
        require(m_vss.held_volumes() == 0 && m_held.empty(), "no volume is held in the end");
        require(m_vss.held_writers() == 0, "no application is held in the end");
        require(m_agent.held_filesystems() == 0, "and the agent knows");
    }

    decisions& m_input;
    endpoint::agent_endpoint m_agent;
    endpoint::vss_guest m_vss;
    fuzz::native_requests m_requests;
    std::vector<trace::record> m_recording;
    std::vector<std::deque<machine::vss_writer_event>> m_applications;
    std::set<std::size_t> m_volumes; ///< To be held.
    std::set<std::size_t> m_held;
    instant m_held_since = never;
    instant m_now{100s};
    instant m_agent_due = never;
    instant m_vss_due = never;
    std::size_t m_rounds = 0;
    std::uint64_t m_generation = 0;
    bool m_finding = false;
    bool m_exited = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t decisions_max = 512; // what needs more is found by less
    decisions input{fuzz::text_of(data, std::min(size, decisions_max))};
    guest_run{input}.run();
    return 0;
}
