// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_ENDPOINT_CLOCKWORK_HPP
#define SNAPPROTO_TESTS_UNIT_ENDPOINT_CLOCKWORK_HPP

// A little world for endpoints: events in the order of a virtual clock, and participants that do
// what an agent asks for, or do not. Everything follows from the plan; nothing is random.

#include <snapproto/endpoint/io.hpp>
#include <snapproto/machine/participant.hpp>
#include <snapproto/monitor/all.hpp>
#include <snapproto/trace/record.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Events in the order of their instants; those of one instant in the order they were made.
class clockwork {
  public:
    [[nodiscard]] instant now() const noexcept { return m_now; }

    void after(duration delay, std::function<void()> what) { at(m_now + delay, std::move(what)); }
    void at(instant when, std::function<void()> what) {
        m_events.emplace(std::pair{std::max(when, m_now), m_made++}, std::move(what));
    }

    /// Runs one event. @return false when there is none until `end`.
    bool step(instant end) {
        if (m_events.empty() || m_events.begin()->first.first > end) {
            return false;
        }
        auto next = m_events.extract(m_events.begin());
        m_now = next.key().first;
        next.mapped()();
        return true;
    }

  private:
    instant m_now{seconds{1000}};
    std::uint64_t m_made = 0;
    std::map<std::pair<instant, std::uint64_t>, std::function<void()>> m_events;
};

/// What goes wrong with one agent.
enum class trouble : std::uint8_t {
    none,
    veto_prepare, ///< A participant refuses to prepare.
    veto_hold,    ///< A participant refuses to be held.
    let_go,       ///< A participant lets go without being asked.
    silence,      ///< Nothing comes through in either direction, and nobody is told.
    lost,         ///< The channel ends.
    stuck,        ///< The first releases of a filesystem fail.
    generation,   ///< The virtual machine becomes another one.
    bad_resume    ///< An application says that it cannot resume.
};

inline std::ostream& operator<<(std::ostream& out, trouble what) {
    static constexpr std::array names{"none", "veto_prepare", "veto_hold",  "let_go",    "silence",
                                      "lost", "stuck",        "generation", "bad_resume"};
    return out << names[static_cast<std::size_t>(what)];
}

/// Participants as they really are, whatever the agent believes.
struct participants {
    std::vector<participant_summary> list;
    std::vector<bool> held;
    duration work = milliseconds{20};
    trouble what = trouble::none;
    std::size_t which = 0; ///< The one in trouble.
    int failing = 0;       ///< Releases that still fail.

    void populate(int applications, int filesystems) {
        for (int i = 0; i < applications; ++i) {
            list.push_back({"writer", i == 0 ? participant_kind::hook : participant_kind::writer});
        }
        for (int i = 0; i < filesystems; ++i) {
            list.push_back({"/mnt", participant_kind::filesystem});
        }
        held.assign(list.size(), false);
    }

    /// Does what is asked, for real. Called when the work is done.
    machine::participant_event perform(const endpoint::operate& asked) {
        using machine::participant_event;
        const std::size_t i = asked.participant;
        switch (asked.what) {
        case endpoint::operation::prepare:
            return what == trouble::veto_prepare && i == which ? participant_event::vetoed
                                                               : participant_event::prepared;
        case endpoint::operation::hold:
            if (what == trouble::veto_hold && i == which) {
                return participant_event::vetoed;
            }
            held[i] = true;
            return participant_event::held;
        case endpoint::operation::release:
            if (list[i].kind == participant_kind::filesystem && failing > 0) {
                --failing;
                return participant_event::release_failed;
            }
            if (list[i].kind == participant_kind::filesystem && !held[i]) {
                return participant_event::not_held;
            }
            held[i] = false;
            return what == trouble::bad_resume && i == which &&
                           list[i].kind != participant_kind::filesystem
                       ? participant_event::release_failed
                       : participant_event::released;
        default:
            return participant_event::finished;
        }
    }

    [[nodiscard]] std::size_t held_count() const {
        return static_cast<std::size_t>(std::count(held.begin(), held.end(), true));
    }
};

/// What the judges say of a recording; empty when they have nothing to say.
/// @param exempt a property that the plan itself breaks; 0 when there is none.
inline std::string judged(const std::vector<trace::record>& recording, instant end,
                          monitor::viewpoint from = monitor::viewpoint::both_ends,
                          std::uint8_t exempt = 0, const timer_limits& timers = {}) {
    std::string found;
    monitor::rules rules;
    rules.timers = timers;
    rules.seen_from = from;
    monitor::all_monitors judges{rules};
    for (const auto& r : recording) {
        judges.observe(r);
    }
    judges.finish(end);
    for (const auto& v : judges.violations()) {
        if (v.property == exempt) {
            continue;
        }
        found += "18." + std::to_string(v.property) + " (SP " +
                 std::to_string(v.governed_by.chapter) + "." +
                 std::to_string(v.governed_by.number) + "): " + v.sentence + "\n";
    }
    if (judges.overflowed()) {
        found += "a judge has overflowed\n";
    }
    return found;
}

} // namespace snapproto::test

#endif // SNAPPROTO_TESTS_UNIT_ENDPOINT_CLOCKWORK_HPP
