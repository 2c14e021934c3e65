// SPDX-License-Identifier: BSL-1.0
#include "simulator/report/report.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace snapproto::report {
namespace {

using namespace world;

double seconds(ticks at) {
    return static_cast<double>(at) / static_cast<double>(kernel::second);
}

/// Microseconds, as Perfetto counts.
double microseconds(ticks at) {
    return static_cast<double>(at) / static_cast<double>(kernel::microsecond);
}

/// What ends what another word began, by actor: these are shown as spans.
struct span_words {
    std::string_view who, begins, ends, name;
};
constexpr span_words spans[]{
    {"database", "checkpoint_begins", "checkpoint_ends", "checkpoint"},
    {"database", "quiesced", "resumed", "quiesced"},
    {"publisher", "quiesced", "resumed", "quiesced"},
    {"filesystem", "frozen", "thawed", "frozen"},
    {"provider", "cut_begins", "cut_ends", "cut"},
    {"host", "starts", "reports", "snapshot"},
    {"host", "dies", "restarts", "dead"},
    {"agent", "dies", "restarts", "dead"},
    {"fault", "begins", "ends", "fault"},
};

/// The lane of a diagram for somebody of the story: "database-2" is part of "guest-2".
std::string lane_of(std::string_view who) {
    const auto dash = std::min(who.find('-'), who.size());
    const auto name = who.substr(0, dash);
    const bool outside = name == "host" || name == "channel" || name == "fault";
    return std::string{name == "provider" ? "provider"
                       : outside          ? "host"
                                          : "guest"}
        .append(who.substr(dash));
}

/// A message of Mermaid must not hold what ends it.
std::string mermaid_text(std::string_view from) {
    std::string text;
    for (const char c : from.substr(0, 80)) {
        text += c == ';' || c == '#' ? ',' : c;
    }
    return text;
}

boost::json::object trace_event(std::string_view phase, std::string_view name, ticks at,
                                std::int64_t track) {
    boost::json::object made;
    made["ph"] = phase;
    made["name"] = name;
    made["ts"] = microseconds(at);
    made["pid"] = 1;
    made["tid"] = track;
    return made;
}

} // namespace

std::string jsonl(const history& run) {
    std::vector<trace::record> all;
    std::merge(run.at_host.begin(), run.at_host.end(), run.at_agent.begin(), run.at_agent.end(),
               std::back_inserter(all),
               [](const trace::record& a, const trace::record& b) { return a.at < b.at; });
    std::string text;
    for (const auto& one : all) {
        trace::append_jsonl(text, one);
    }
    return text;
}

std::string mermaid(const history& run) {
    std::string text{"sequenceDiagram\n    participant host\n    participant guest\n"
                     "    participant provider\n"};
    for (const note& one : run.story) {
        if (one.what == "says") {
            const bool to_guest = one.who.starts_with("host");
            text +=
                fmt::format("    {}->>{}{}: {:.3f} s {}\n", one.who, to_guest ? "guest" : "host",
                            one.who.substr(to_guest ? 4 : 5), // "-2"
                            seconds(one.at), mermaid_text(one.text));
        } else if (one.what.starts_with("checkpoint")) {
            continue;
        } else {
            text += fmt::format("    Note over {}: {:.3f} s {}, {}\n", lane_of(one.who),
                                seconds(one.at), one.who, mermaid_text(one.text));
        }
    }
    return text;
}

std::string perfetto(const history& run) {
    boost::json::array events;
    std::map<std::string, std::int64_t, std::less<>> tracks;
    const auto track_of = [&](const std::string& who) {
        const auto [at, added] = tracks.emplace(who, static_cast<std::int64_t>(tracks.size() + 1));
        if (added) {
            auto named = trace_event("M", "thread_name", 0, at->second);
            named["args"] = boost::json::object{{"name", who}};
            events.push_back(std::move(named));
        }
        return at->second;
    };
    std::map<const span_words*, ticks> open;
    for (const note& one : run.story) {
        const auto track = track_of(one.who);
        for (const auto& words : spans) {
            if (words.who != one.who) {
                continue;
            }
            if (words.begins == one.what) {
                open[&words] = one.at;
            } else if (words.ends == one.what && open.contains(&words)) {
                auto made = trace_event("X", words.name, open[&words], track);
                made["dur"] = microseconds(one.at - open[&words]);
                events.push_back(std::move(made));
                open.erase(&words);
            }
        }
        auto made = trace_event("i", one.what, one.at, track);
        made["s"] = "t";
        made["args"] = boost::json::object{{"text", one.text}};
        events.push_back(std::move(made));
    }
    boost::json::object whole;
    whole["displayTimeUnit"] = "ms";
    whole["traceEvents"] = std::move(events);
    return boost::json::serialize(whole) + "\n";
}

} // namespace snapproto::report
