// SPDX-License-Identifier: BSL-1.0
#include "simulator/playground/steps.hpp"

#include "simulator/playground/json_text.hpp"
#include "simulator/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace snapproto::playground {
namespace {

using namespace world;

/// "-2" for the second.
std::string suffix_of(std::size_t number) {
    return number == 0 ? std::string{} : fmt::format("-{}", number + 1);
}

/// What the story calls a message of the guest is the agent's. A group has one host for all.
void address(step& made, const note& from, bool group) {
    constexpr std::string_view lost{"   (lost)"};
    const auto suffix = from.who.substr(std::min(from.who.find('-'), from.who.size()));
    made.who = "agent" + suffix;
    made.to = group ? "host" : "host" + suffix;
    if (from.who.starts_with("host")) {
        std::swap(made.who, made.to);
    }
    made.lost = made.text.ends_with(lost);
    if (made.lost) {
        made.text.resize(made.text.size() - lost.size());
    }
}

class walk {
  public:
    explicit walk(const history& run) : m_run(run) {}

    void until(const moment& now) {
        for (std::size_t i = 0; i < now.at_hosts.size(); ++i) {
            take_records(i == 0 ? m_run.at_host : m_run.at_more_hosts[i - 1], m_hosts, i,
                         now.at_hosts[i], "host", now.at);
        }
        for (std::size_t i = 0; i < now.at_agents.size(); ++i) {
            take_records(m_run.of_guest(i).at_agent, m_agents, i, now.at_agents[i], "agent",
                         now.at);
        }
        for (; m_notes < now.notes; ++m_notes) {
            take_note(m_run.story[m_notes]);
        }
    }

    [[nodiscard]] std::vector<step> take() { return std::move(m_made); }

  private:
    void take_note(const note& from) {
        step made;
        made.at = from.at;
        made.who = from.who;
        made.what = from.what;
        made.text = from.text;
        made.moment = from.who + "." + from.what;
        made.occurrence = ++m_seen[made.moment];
        if (report::is_aside(m_run, from)) {
            return;
        }
        if (from.what == "says") {
            address(made, from, m_run.played.host.group);
        }
        m_made.push_back(std::move(made));
    }

    /// Takes over the changes of state that were recorded since. Their time is the world's: clocks
    /// of guests may be wrong.
    void take_records(const std::vector<trace::record>& from, std::vector<std::size_t>& seen,
                      std::size_t which, std::size_t until, std::string_view who, ticks at) {
        seen.resize(std::max(seen.size(), which + 1));
        for (std::size_t& i = seen[which]; i < until; ++i) {
            const auto& one = from[i];
            if (one.what != trace::record_kind::state_changed) {
                continue;
            }
            step made;
            made.at = at;
            made.who = std::string{who} + suffix_of(which);
            made.what = "state";
            made.state = one.phase ? to_string(*one.phase) : one.stage ? to_string(*one.stage) : "";
            made.event = one.note;
            made.clause = fmt::format("{}.{}", one.governed_by.chapter, one.governed_by.number);
            made.text = fmt::format("{}: {}", made.state, made.event);
            made.moment =
                fmt::format("{}{}.{}", to_string(one.who), suffix_of(which), to_string(one.what));
            made.occurrence = ++m_seen[made.moment];
            m_made.push_back(std::move(made));
        }
    }

    const history& m_run;
    std::size_t m_notes = 0;
    std::vector<std::size_t> m_hosts;
    std::vector<std::size_t> m_agents;
    std::map<std::string, std::size_t> m_seen; // how often, by moment
    std::vector<step> m_made;
};

} // namespace

std::vector<step> steps_of(const history& run, const std::vector<moment>& seen) {
    walk made{run};
    for (const auto& one : seen) {
        made.until(one);
    }
    return made.take();
}

std::string to_json(const step& from) {
    json_object made;
    made.add("at", from.at).add("who", from.who).add("what", from.what).add("text", from.text);
    if (!from.to.empty()) {
        made.add("to", from.to);
    }
    if (from.lost) {
        made.add("lost", true);
    }
    if (!from.state.empty()) {
        made.add("state", from.state).add("event", from.event).add("clause", from.clause);
    }
    return made.add("moment", from.moment).add("occurrence", from.occurrence).text();
}

} // namespace snapproto::playground
