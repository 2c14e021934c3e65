// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SUPPORT_SURROUNDINGS_HPP
#define SNAPPROTO_FUZZ_SUPPORT_SURROUNDINGS_HPP

// What an agent's endpoint lives in, decided by the input: participants that agree, refuse, fail,
// let go or dawdle, and time.
//
// The kernel is slow only within reason. The release of a filesystem is answered at once or after a
// moment, an operation on one that was cancelled likewise: no agent can keep its hold limit where
// the kernel does not answer, and what the kernel breaks is not to be held against the agent.
// Applications take their time whatever they are told.

#include "fuzz/support/judging.hpp"
#include "fuzz/support/target.hpp"

#include <snapproto/endpoint/io.hpp>
#include <snapproto/machine/participant.hpp>
#include <snapproto/trace/record.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace snapproto::fuzz {

/// Participants and a clock around an agent's endpoint of any dialect.
template <class Agent>
class surroundings {
  public:
    surroundings(Agent agent, decisions& input) : m_agent(std::move(agent)), m_input(input) {
        for (std::size_t i = m_input.below(4); i != 0; --i) {
            m_list.push_back({"writer", participant_kind::writer});
        }
        for (std::size_t i = m_input.below(4); i != 0; --i) {
            m_list.push_back({"/mnt", participant_kind::filesystem});
        }
        m_pace = m_input.byte();
        m_held.assign(m_list.size(), false);
        m_agent.record_to(&m_recording);
    }

    surroundings(const surroundings&) = delete;
    surroundings& operator=(const surroundings&) = delete;

    [[nodiscard]] Agent& agent() noexcept { return m_agent; }
    [[nodiscard]] instant now() const noexcept { return m_now; }
    [[nodiscard]] bool exited() const noexcept { return m_exited; }
    [[nodiscard]] const std::vector<trace::record>& recording() const noexcept {
        return m_recording;
    }

    /// Takes what the endpoint yields; to be called after each input to it. `take` is given what
    /// can be called with it: what is sent, above all.
    template <class Take>
    void drain(Take&& take) {
        std::size_t outputs = 0;
        for (auto next = m_agent.poll();; next = m_agent.poll()) {
            if (const auto* const due = std::get_if<endpoint::deadline>(&next)) {
                m_due = due->at;
                return;
            }
            require(++outputs < 10'000, "an endpoint comes to an end of its outputs");
            if (std::holds_alternative<endpoint::find_participants>(next)) {
                m_finding = true;
                m_find_until = m_now + dawdle();
            } else if (const auto* const asked = std::get_if<endpoint::operate>(&next)) {
                begin(*asked);
            } else if (const auto* const stopped = std::get_if<endpoint::cancel>(&next)) {
                hurry(stopped->participant);
            } else if (std::holds_alternative<endpoint::exit_process>(next)) {
                m_exited = true;
                note(trace::record_kind::stopped);
            } else {
                std::visit(
                    [&](auto& what) {
                        using type = std::remove_reference_t<decltype(what)>;
                        if constexpr (std::is_same_v<type, endpoint::close_channel>) {
                            note(trace::record_kind::channel_lost);
                        }
                        if constexpr (std::is_invocable_v<Take&, type&>) {
                            take(what);
                        }
                    },
                    next);
            }
        }
    }

    /// One thing that participants or the clock do.
    template <class Take>
    void happen(std::size_t what, Take&& take) {
        switch (what % 8) {
        case 0:
            pass(std::chrono::milliseconds{m_input.byte() * 8}, take);
            break;
        case 1:
            pass(std::chrono::seconds{m_input.byte()}, take);
            break;
        case 2: // to the next deadline, and no further
            if (m_due != never && m_due > m_now && m_due - m_now < std::chrono::hours{2}) {
                pass(m_due - m_now, take);
            }
            break;
        case 3:
            m_agent.handle_timeout(m_now); // too early, which does nothing
            drain(take);
            break;
        case 4:
            answer_one(m_input.byte(), take);
            break;
        case 5:
            let_go(m_input.byte(), take);
            break;
        case 6:
            settle(take);
            break;
        default:
            if (m_finding) {
                find(m_input.byte(), take);
            }
        }
    }

    /// Everything in work is answered as well as can be, until nothing is.
    template <class Take>
    void settle(Take&& take) {
        for (std::size_t steps = 0; m_finding || !m_work.empty(); ++steps) {
            require(steps < 10'000, "with a kernel that answers an agent comes to rest");
            if (m_finding) {
                find(0, take);
            } else {
                answer(0, 0, take);
            }
        }
    }

    /// Lets time pass; participants answer when they have taken long enough, timers fire in time.
    template <class Take>
    void pass(duration span, Take&& take) {
        const instant end = m_now + span;
        for (std::size_t steps = 0;; ++steps) {
            require(steps < 100'000, "an agent does not wake up for ever");
            const instant next = std::min({next_answer(), m_due, end});
            m_now = std::max(m_now, next);
            if (m_due <= m_now) {
                m_agent.handle_timeout(m_now);
                drain(take);
                require(m_due > m_now || next_answer() <= m_now,
                        "a timer that has fired is not due again at once");
            } else if (next_answer() <= m_now) {
                if (m_finding && m_find_until <= m_now) {
                    find(0, take);
                } else {
                    answer(earliest(), 0, take);
                }
            } else {
                return;
            }
        }
    }

  private:
    struct work {
        endpoint::operate asked;
        instant until;
    };

    /// What the endpoint asks for and whoever runs it does: monitors are told that it was done.
    void note(trace::record_kind what) { m_recording.push_back(done_to_agent(what, m_now)); }

    static constexpr duration a_moment = std::chrono::milliseconds{200};

    /// How long the next operation takes when nobody answers it before: one after the other, so
    /// that decisions stay where they are in the input whatever an agent asks for.
    duration dawdle() {
        m_turn = (m_turn + 1) * m_pace;
        return std::chrono::seconds{m_turn % 256};
    }

    void begin(const endpoint::operate& asked) {
        require(asked.participant < m_list.size(), "only known participants are asked");
        if (asked.what == endpoint::operation::finish) {
            return;
        }
        for (const work& other : m_work) {
            require(other.asked.participant != asked.participant,
                    "a participant is asked for one thing at a time");
        }
        const bool quick = asked.what == endpoint::operation::release &&
                           m_list[asked.participant].kind == participant_kind::filesystem;
        m_work.push_back({asked, m_now + (quick ? a_moment : dawdle())});
    }

    void hurry(participant_index which) {
        for (work& one : m_work) {
            if (one.asked.participant == which &&
                m_list[which].kind == participant_kind::filesystem) {
                one.until = std::min(one.until, m_now + a_moment);
            }
        }
    }

    [[nodiscard]] std::size_t earliest() const {
        const auto at = std::min_element(m_work.begin(), m_work.end(),
                                         [](auto& a, auto& b) { return a.until < b.until; });
        return static_cast<std::size_t>(at - m_work.begin());
    }

    [[nodiscard]] instant next_answer() const {
        const instant found = m_finding ? m_find_until : never;
        return m_work.empty() ? found : std::min(found, m_work[earliest()].until);
    }

    template <class Take>
    void find(std::uint8_t how, Take&& take) {
        m_finding = false;
        if (how % 8 == 7) {
            if constexpr (requires { m_agent.participants_failed(std::string_view{}, m_now); }) {
                m_agent.participants_failed("no list of mounts", m_now);
            } else {
                m_agent.participants_failed(m_now);
            }
        } else {
            m_agent.participants_found(m_list, m_now);
        }
        drain(take);
    }

    template <class Take>
    void answer_one(std::uint8_t how, Take&& take) {
        if (!m_work.empty()) {
            answer((how >> 4U) % m_work.size(), how & 15U, take);
        }
    }

    /// Answers the operation in work at a place; `how` is 0 for what is hoped for.
    template <class Take>
    void answer(std::size_t at, std::uint8_t how, Take&& take) {
        using machine::participant_event;
        const endpoint::operate asked = m_work[at].asked;
        m_work.erase(m_work.begin() + static_cast<std::ptrdiff_t>(at));
        const participant_index who = asked.participant;
        const bool fails = how % 4 == 1;
        const bool skips = how % 4 == 2;
        participant_event what = participant_event::finished;
        switch (asked.what) {
        case endpoint::operation::prepare:
            what = fails ? participant_event::vetoed : participant_event::prepared;
            break;
        case endpoint::operation::hold:
            if (skips && m_list[who].kind == participant_kind::filesystem) {
                m_agent.participant_skipped(who, m_now);
                drain(take);
                return;
            }
            what = fails ? participant_event::vetoed : participant_event::held;
            m_held[who] = !fails;
            break;
        case endpoint::operation::release:
            // What is not held cannot fail to be released.
            what = fails && m_held[who] ? participant_event::release_failed
                   : m_held[who]        ? participant_event::released
                                        : participant_event::not_held;
            if (m_list[who].kind != participant_kind::filesystem &&
                what == participant_event::not_held) {
                what = participant_event::released; // an application always has something to do
            }
            m_held[who] = what == participant_event::release_failed;
            break;
        default:
            what = fails ? participant_event::vetoed : participant_event::finished;
            break;
        }
        m_agent.participant_answered(who, what, m_now);
        drain(take);
    }

    /// A participant that is held lets go, if nothing else is asked of it just now.
    template <class Take>
    void let_go(std::uint8_t which, Take&& take) {
        if (m_list.empty()) {
            return;
        }
        const std::size_t i = which % m_list.size();
        const bool in_work = std::any_of(m_work.begin(), m_work.end(), [&](const work& one) {
            return one.asked.participant == i;
        });
        if (m_held[i] && !in_work) {
            m_held[i] = false;
            m_agent.participant_let_go(static_cast<participant_index>(i), m_now);
            drain(take);
        }
    }

    Agent m_agent;
    decisions& m_input;
    std::vector<participant_summary> m_list;
    std::vector<bool> m_held;
    std::deque<work> m_work;
    std::vector<trace::record> m_recording;
    instant m_now{std::chrono::seconds{100}};
    instant m_due = never;
    instant m_find_until = never;
    std::uint32_t m_pace = 0;
    std::uint32_t m_turn = 0;
    bool m_finding = false;
    bool m_exited = false;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SUPPORT_SURROUNDINGS_HPP
