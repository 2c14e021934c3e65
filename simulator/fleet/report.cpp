// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/report.hpp"

#include "simulator/fleet/fleet.hpp"
#include "simulator/fleet/scenario.hpp"

#include <snapproto/version.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

namespace snapproto::fleet {
namespace {

double in_seconds(ticks span) {
    return static_cast<double>(span) / static_cast<double>(kernel::second);
}

/// With a comma between thousands.
std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3) {
        text.insert(at - 3, 1, ',');
    }
    return text;
}

/// Rounded down: what is not quite all is not shown as all.
std::string percent(std::uint64_t part, std::uint64_t whole) {
    const double share =
        whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    return fmt::format("{:.2f} %", std::floor(share * 100) / 100);
}

/// Hours, minutes and seconds.
std::string clock_time(ticks span) {
    const auto seconds = span / kernel::second;
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string line(std::string_view name, std::string_view value) {
    return fmt::format("{:<28}{}\n", name, value);
}

std::string spread_of(const histogram& times) {
    return fmt::format("half of them up to {:.3f} s, 99 % {:.3f} s, 99.9 % {:.3f} s, "
                       "longest {:.3f} s",
                       in_seconds(times.per_mille(500)), in_seconds(times.per_mille(990)),
                       in_seconds(times.per_mille(999)), in_seconds(times.longest()));
}

std::string what_there_is(const scenario& played) {
    const auto& machines = played.machines;
    const auto sites = sites_of(played);
    std::string text =
        fmt::format("{} machines{} on {} array{}, {} on a host; ", grouped(machines.count),
                    machines.group > 1 ? fmt::format(" in groups of {}", machines.group) : "",
                    grouped(sites), sites == 1 ? "" : "s", machines.per_host);
    text += played.schedule.kind == "spread"
                ? fmt::format("spread over {}", clock_time(seconds(played.schedule.window_s)))
                : std::string{"all at the same time"};
    if (played.schedule.concurrent != 0) {
        text += fmt::format(", at most {} at a time on an array", played.schedule.concurrent);
    }
    if (played.schedule.rounds > 1) {
        text += fmt::format(", {} times", grouped(played.schedule.rounds));
    }
    return text + fmt::format("; hold limit {:.3f} s\n",
                              in_seconds(milliseconds(played.session.hold_limit_ms)));
}

/// The commonest first.
std::vector<std::pair<std::string, std::uint64_t>> sorted(const results& found) {
    std::vector<std::pair<std::string, std::uint64_t>> all(found.reasons.begin(),
                                                           found.reasons.end());
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::pair{b.second, a.first} < std::pair{a.second, b.first};
    });
    return all;
}

std::string text_of_checks(const results& found) {
    std::string text = line("sessions judged by monitors", grouped(found.monitored));
    for (const auto& one : found.violated) {
        text += fmt::format("violated: {}\n", one);
    }
    if (found.violations == 0) {
        return text + "verdict: every session ended, every claim is true, every hold was let go "
                      "within its limit\n";
    }
    return text + fmt::format("verdict: NOT as it should be: {} violations\n", found.violations);
}

boost::json::object json_of(const histogram& times) {
    boost::json::object made;
    made["count"] = times.count();
    for (const auto& [name, rank] : {std::pair{"p50_s", 500U}, {"p99_s", 990U}, {"p999_s", 999U}}) {
        made[name] = in_seconds(times.per_mille(rank));
    }
    made["longest_s"] = in_seconds(times.longest());
    return made;
}

boost::json::object options_of(scenario played) {
    boost::json::object made;
    for (const auto& one : fields_of(played)) {
        made[one.name] =
            std::visit([](const auto* value) { return boost::json::value(*value); }, one.where);
    }
    return made;
}

boost::json::object json_of(const results& found) {
    boost::json::object made;
    made["snapshots"] = found.snapshots;
    for (std::size_t i = 0; i < found.outcomes.size(); ++i) {
        made[to_string(static_cast<session_outcome>(i))] = found.outcomes[i];
    }
    boost::json::object labels;
    for (std::size_t i = 0; i < found.labels.size(); ++i) {
        labels[to_string(static_cast<consistency>(i))] = found.labels[i];
    }
    made["labels"] = std::move(labels);
    boost::json::object reasons;
    for (const auto& [why, count] : sorted(found)) {
        reasons[why] = count;
    }
    made["reasons"] = std::move(reasons);
    made["planned"] = found.planned;
    made["covered"] = found.covered;
    made["overrun"] = found.overrun;
    made["retries"] = found.retries;
    made["last_end_s"] = in_seconds(found.last_end);
    made["stopped"] = json_of(found.stopped);
    made["held"] = json_of(found.held);
    made["holds_expired"] = found.holds_expired;
    made["longest_queue"] = found.longest_queue;
    made["longest_wait_s"] = in_seconds(found.longest_wait);
    made["cuts_in_vain"] = found.cuts_in_vain;
    made["messages_lost"] = found.messages_lost;
    made["host_crashes"] = found.host_crashes;
    made["protocol_events"] = found.inputs;
    made["monitored"] = found.monitored;
    made["violations"] = found.violations;
    made["digest"] = fmt::format("{:016x}", found.digest);
    return made;
}

} // namespace

std::string to_text(const outcome_of_run& run) {
    const auto& [played, found] = run;
    auto text = fmt::format("{}\n  {}\n\n", played.title, played.teaches) + what_there_is(played);
    text += line("snapshots",
                 fmt::format("{}{}", grouped(found.snapshots),
                             found.retries == 0
                                 ? ""
                                 : fmt::format(", {} of them retries", grouped(found.retries))));
    for (std::size_t i = found.labels.size(); i-- != 0;) {
        const auto label = static_cast<consistency>(i);
        if (found.labels[i] != 0) {
            text +=
                line(fmt::format("  {}", label == consistency::none ? "no copy" : to_string(label)),
                     fmt::format("{:<12}{}", grouped(found.labels[i]),
                                 percent(found.labels[i], found.snapshots)));
        }
    }
    text += line("got what was wanted",
                 fmt::format("{} of {}, {}", grouped(found.covered), grouped(found.planned),
                             percent(found.covered, found.planned)));
    for (const auto& [why, count] : sorted(found)) {
        text += line("  why not", fmt::format("{:<12}{}", grouped(count), why));
    }
    if (found.overrun != 0) {
        text += line("left out",
                     fmt::format("{}: the one before had not ended", grouped(found.overrun)));
    }
    text += line("applications stood still", spread_of(found.stopped));
    text += line("filesystems were held", spread_of(found.held));
    text += line("holds that expired", grouped(found.holds_expired));
    text +=
        line("the array", fmt::format("up to {} cuts in its queue, for up to {:.3f} s; {} cuts "
                                      "in vain",
                                      grouped(found.longest_queue), in_seconds(found.longest_wait),
                                      grouped(found.cuts_in_vain)));
    if (found.messages_lost != 0 || found.host_crashes != 0) {
        text += line("went wrong",
                     fmt::format("{} messages lost, {} hosts crashed", grouped(found.messages_lost),
                                 grouped(found.host_crashes)));
    }
    text += line("sessions at a time",
                 fmt::format("up to {} on an array", grouped(found.longest_at_once)));
    text += line("the last one ended",
                 fmt::format("{} after the beginning", clock_time(found.last_end)));
    return text + text_of_checks(found);
}

std::string to_table(std::string_view option, std::span<const outcome_of_run> runs) {
    std::string text = fmt::format(
        "{:>{}}  {:>10}  {:>10}  {:>9}  {:>9}  {:>23}  {:>9}\n{:>{}}  {:>10}  {:>10}  {:>9}  "
        "{:>9}  {:>7} {:>7} {:>7}  {:>9}\n",
        "", option.size(), "got what", "labelled", "", "holds that", "stood still, seconds", "last",
        option, option.size(), "they want", "crash", "no copy", "expired", "50 %", "99 %", "100 %",
        "end");
    for (const auto& [played, found] : runs) {
        auto copy = played;
        std::string value;
        for (const auto& one : fields_of(copy)) {
            value = one.name == option ? settings::value_of(one) : value;
        }
        text +=
            fmt::format("{:>{}}  {:>10}  {:>10}  {:>9}  {:>9}  {:>7.2f} {:>7.2f} {:>7.2f}  {:>9}\n",
                        value, option.size(), percent(found.covered, found.planned),
                        grouped(found.labels[static_cast<std::size_t>(consistency::crash)]),
                        grouped(found.labels[static_cast<std::size_t>(consistency::none)]),
                        grouped(found.holds_expired), in_seconds(found.stopped.per_mille(500)),
                        in_seconds(found.stopped.per_mille(990)),
                        in_seconds(found.stopped.longest()), clock_time(found.last_end));
    }
    for (const auto& [played, found] : runs) {
        if (found.violations != 0) {
            text += text_of_checks(found);
        }
    }
    return text;
}

std::string to_json(std::span<const outcome_of_run> runs) {
    boost::json::array all;
    for (const auto& [played, found] : runs) {
        all.push_back(
            boost::json::object{{"options", options_of(played)}, {"results", json_of(found)}});
    }
    boost::json::object made;
    made["tool"] = "snapsim";
    made["version"] = SNAPPROTO_VERSION_STRING;
    made["scenario"] = runs.empty() ? std::string{} : runs.front().played.name;
    made["runs"] = std::move(all);
    return boost::json::serialize(made) + "\n";
}

std::vector<std::string> surprises(const outcome_of_run& run) {
    const auto& [played, found] = run;
    const double whole = found.whole_percent();
    const auto least = played.expect.whole_pct_least;
    const auto most = played.expect.whole_pct_most;
    if (whole < static_cast<double>(least) || whole > static_cast<double>(most)) {
        return {fmt::format("{} got what was wanted, and it says {} to {} %",
                            percent(found.covered, found.planned), least, most)};
    }
    return {};
}

} // namespace snapproto::fleet
