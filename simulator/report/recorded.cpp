// SPDX-License-Identifier: BSL-1.0
#include "simulator/report/recorded.hpp"

#include "simulator/world/wire_words.hpp"

#include <snapproto/monitor/all.hpp>
#include <snapproto/monitor/recording.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace snapproto::report {
namespace {

using trace::record;
using trace::record_kind;
using trace::role;

bool is_message(const record& one) {
    return one.message && (one.what == record_kind::sent || one.what == record_kind::received);
}

bool has_messages_of(const std::vector<record>& all, role end) {
    return std::any_of(all.begin(), all.end(),
                       [end](const record& one) { return is_message(one) && one.who == end; });
}

/// Names with the agent's number behind them where there are more of them: "guest-2".
std::string name_of(role who, agent_index agent) {
    const std::string_view name = who == role::orchestrator ? "host"
                                  : who == role::provider   ? "provider"
                                  : who == role::watchdog   ? "watchdog"
                                                            : "agent";
    const bool first = agent == 0 || agent == trace::no_agent || who == role::orchestrator;
    return first ? std::string{name} : fmt::format("{}-{}", name, agent + 1);
}

/// What is not a message, in words.
std::string words_of(const record& one) {
    std::string text{to_string(one.what)};
    std::replace(text.begin(), text.end(), '_', ' ');
    const auto add = [&text](std::string_view before, std::string_view what) {
        text.append(before).append(what);
    };
    if (one.participant) {
        add(" ", to_string(*one.participant));
        text += fmt::format(" {}", one.item);
    }
    if (one.timer) {
        add(" ", to_string(*one.timer));
    }
    if (one.phase) {
        add(" to ", to_string(*one.phase));
    }
    if (one.stage) {
        add(" to ", to_string(*one.stage));
    }
    if (one.cut) {
        add(" ", to_string(*one.cut));
    }
    if (one.copy) {
        add(" ", to_string(*one.copy));
    }
    if (one.report) {
        add(" ", to_string(*one.report));
    }
    if (one.label) {
        add(", label ", to_string(*one.label));
    }
    if (!one.note.empty()) {
        text += fmt::format(" ({})", one.note);
    }
    return text;
}

} // namespace

world::history history_of(std::vector<record> all, const std::string& name) {
    world::history made;
    made.played.title = name;
    made.played.teaches = fmt::format("{} records", all.size());
    // A message that both ends have recorded is told once, as it was sent.
    const bool both = has_messages_of(all, role::agent) && has_messages_of(all, role::orchestrator);
    for (const record& one : all) {
        const auto at = static_cast<world::ticks>(one.at.time_since_epoch().count());
        if (!is_message(one)) {
            made.story.push_back(
                {at, name_of(one.who, one.agent), std::string{to_string(one.what)}, words_of(one)});
        } else if (one.what == record_kind::sent || !both) {
            const bool from_host =
                (one.who == role::orchestrator) == (one.what == record_kind::sent);
            const std::string guest =
                one.agent == 0 ? "guest" : fmt::format("guest-{}", one.agent + 1);
            made.story.push_back(
                {at, from_host ? "host" : guest, "says", world::message_words(one)});
        }
        made.end = std::max(made.end, at);
    }
    for (record& one : all) {
        const bool of_host = one.who == role::orchestrator || one.who == role::provider;
        (of_host ? made.at_host : made.at_agent).push_back(std::move(one));
    }
    return made;
}

std::vector<monitor::violation> objections(const std::vector<record>& all, bool negotiates) {
    monitor::all_monitors judges{monitor::rules_of(all, negotiates)};
    for (const record& one : all) {
        judges.observe(one);
    }
    if (!all.empty()) {
        judges.finish(all.back().at);
    }
    return judges.violations();
}

} // namespace snapproto::report
