// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace snapproto::explore {
namespace {

constexpr auto request_names = std::to_array<std::string_view>(
    {"hello", "prepare", "freeze", "thaw", "complete", "abort", "sync", "status?"});
constexpr auto answer_names = std::to_array<std::string_view>(
    {"hello ack", "prepared", "frozen", "thawed", "completed", "aborted", "recovered", "error",
     "nak", "synced", "status", "taken", "begun", "done"});
constexpr auto timer_names =
    std::to_array<std::string_view>({"phase limit", "hold limit", "sequence limit", "retry"});

// Who takes part: caller, provider, orchestrator, then an agent and its participants in turn.
enum lane : std::size_t { caller, provider, host, first_agent };
[[nodiscard]] std::size_t lane_of_agent(std::size_t agent) {
    return first_agent + 2 * agent;
}
[[nodiscard]] std::size_t lane_of_participants(std::size_t agent) {
    return first_agent + 2 * agent + 1;
}

[[nodiscard]] std::string lane_name(std::size_t which) {
    switch (which) {
    case caller:
        return "caller";
    case provider:
        return "provider";
    case host:
        return "orchestrator";
    default:
        return fmt::format("{} {}", which % 2 == first_agent % 2 ? "agent" : "guest",
                           (which - first_agent) / 2);
    }
}

struct arrow {
    std::size_t from;
    std::size_t to;
    std::string text;
    bool fault = false;
};

[[nodiscard]] std::string participant_name(const config& what, std::size_t participant) {
    return what.is_filesystem(participant)
               ? fmt::format("filesystem {}", participant - (what.has_application() ? 1U : 0U))
               : std::string{"application"};
}

[[nodiscard]] std::string describe(const config& what, const packet& message, bool is_request) {
    if (const auto word = what.traits().word_for(is_request, message.kind); !word.empty()) {
        return message.txn != 0 ? fmt::format("{} #{}", word, message.txn) : std::string{word};
    }
    std::string text{is_request ? request_names[message.kind] : answer_names[message.kind]};
    const auto kind = static_cast<answer>(message.kind);
    if (!is_request && (kind == answer::thawed || kind == answer::error)) {
        text += fmt::format("({})", to_string(static_cast<verdict>(message.arg)));
    }
    if (is_request && static_cast<request>(message.kind) == request::thaw) {
        text += fmt::format("(cut {})", to_string(static_cast<cut_outcome>(message.arg)));
    }
    if (is_request && static_cast<request>(message.kind) == request::complete) {
        text += fmt::format("({})", to_string(static_cast<copy_result>(message.arg)));
    }
    if (message.txn != 0) {
        text += fmt::format(" #{}", message.txn);
    }
    return text;
}

[[nodiscard]] std::string_view doing(work what) {
    switch (what) {
    case work::prepare:
        return "prepared";
    case work::hold:
        return "held";
    case work::release:
        return "released";
    case work::recover:
        return "recovered";
    case work::none:
        break;
    }
    return "";
}

[[nodiscard]] arrow arrow_of(const config& what, const action& one, const world& before) {
    const std::size_t i = one.agent;
    const agent_world& a = before.agents[i];
    const std::size_t agent = lane_of_agent(i);
    const std::size_t guest = lane_of_participants(i);
    const auto who = [&] { return participant_name(what, one.detail); };
    switch (one.what) {
    case happening::start:
        return {caller, host, "start"};
    case happening::go:
        return {caller, host, "go"};
    case happening::cancel:
        return {caller, host, "cancel", true};
    case happening::deliver:
        return {host, agent, describe(what, a.to_agent.front(), true)};
    case happening::duplicate_request:
        return {host, agent, describe(what, a.to_agent.front(), true) + ", a copy", true};
    case happening::receive:
        return {agent, host, describe(what, a.to_host.front(), false)};
    case happening::duplicate_answer:
        return {agent, host, describe(what, a.to_host.front(), false) + ", a copy", true};
    case happening::stale_request:
        return {host, agent, describe(what, {one.detail, one.txn, 0, 0}, true) + ", late", true};
    case happening::stale_answer:
        return {agent, host,
                describe(what, {one.detail, one.txn, 0, static_cast<std::uint8_t>(verdict::clean)},
                         false) +
                    ", late",
                true};
    case happening::agent_learns:
        return {agent, agent, "learns that the channel is gone"};
    case happening::host_learns:
        return {host, host, fmt::format("learns that channel {} is gone", i)};
    case happening::connect:
        return {host, agent, "channel opens"};
    case happening::loss:
        return {host, agent, "channel breaks", true};
    case happening::participant: {
        const auto& p = a.participants[one.detail];
        const bool real =
            p.doing != work::release || p.held || p.phase == participant_phase::vetoed;
        return {
            guest, agent,
            fmt::format("{} {}", who(), real ? doing(p.doing) : std::string_view{"was not held"})};
    }
    case happening::refuse:
        return {guest, agent, who() + " gives its hold up"};
    case happening::notice:
        return {guest, agent, who() + " has let go"};
    case happening::veto:
        return {guest, agent, who() + " refuses", true};
    case happening::consent_withdrawn:
        return {guest, agent, "takes its consent back", true};
    case happening::let_go:
        return {guest, guest, who() + " lets go, unseen", true};
    case happening::release_fails:
        return {guest, agent, who() + " cannot be released", true};
    case happening::restart:
        return {agent, agent, "is started again"};
    case happening::watchdog:
        return {agent, guest, "watchdog releases"};
    case happening::retry:
        return {agent, agent, "tries the release again"};
    case happening::cut_done:
        return {provider, provider, "has cut"};
    case happening::cut_known:
        return {provider, host, before.cut_notice == notice::ok ? "cut ok" : "cut failed"};
    case happening::cut_late:
        return {provider, provider, "ends the cut that was given up"};
    case happening::cut_fails:
        return {provider, provider, "cannot cut", true};
    case happening::copy_ready:
        return {provider, provider, "copy is ready"};
    case happening::cut_timer:
        return {provider, provider, "limit of the cut passes"};
    case happening::agent_timer:
        return {agent, agent, fmt::format("{} passes", timer_names[one.detail])};
    case happening::host_timer:
        return {host, host, one.detail == 0 ? "reply limit passes" : "window closes"};
    case happening::link_timer:
        return {host, host, fmt::format("gives up the command to agent {}", i)};
    case happening::stop:
        return {agent, agent, "is told to stop", true};
    case happening::crash:
        return {agent, agent, "dies", true};
    case happening::host_crash:
        return {host, host, "dies and is started again", true};
    case happening::clone:
        return {agent, agent, "generation changes", true};
    case happening::silence:
        return {host, host, fmt::format("agent {} broke the keep-alive contract", i), true};
    case happening::noise:
        return {host, agent, std::string{noise_names[one.detail]} + ", unasked", true};
    }
    return {host, host, to_text(one)};
}

// What is different after a step, in few words.
[[nodiscard]] std::string difference(const config& what, const world& before, const world& after) {
    std::string text;
    const auto add = [&](const std::string& words) { text += text.empty() ? words : ", " + words; };
    if (before.host.phase != after.host.phase) {
        add(fmt::format("O {}", to_string(after.host.phase)));
    }
    for (std::size_t i = 0; i < what.agents; ++i) {
        const agent_world& a = before.agents[i];
        const agent_world& b = after.agents[i];
        if (b.alive == life::dead) {
            add(fmt::format("A{} dead", i));
        } else if (a.machine.phase != b.machine.phase) {
            add(fmt::format("A{} {}", i, to_string(b.machine.phase)));
        }
        if (a.machine.data.why != b.machine.data.why && b.machine.data.why != verdict::clean) {
            add(fmt::format("why {}", to_string(b.machine.data.why)));
        }
        std::size_t held_before = 0;
        std::size_t held = 0;
        for (std::size_t p = 0; p < what.participants; ++p) {
            held_before += a.participants[p].held ? 1U : 0U;
            held += b.participants[p].held ? 1U : 0U;
        }
        if (held != held_before) {
            add(fmt::format("A{} holds {}", i, held));
        }
    }
    return text;
}

} // namespace

std::string name_of(property broken) {
    const auto& info = info_of(broken);
    return fmt::format("SP {}.{}: {}", info.governed_by.chapter, info.governed_by.number,
                       info.title);
}

std::string text_chart(const config& what, const run_of_model& run) {
    constexpr std::size_t width = 15;
    const std::size_t lanes = first_agent + 2 * what.agents;
    std::string out = "     ";
    for (std::size_t i = 0; i < lanes; ++i) {
        out += fmt::format("{:<{}}", lane_name(i), width);
    }
    out += '\n';
    const world* before = &run.first;
    for (std::size_t n = 0; n < run.steps.size(); ++n) {
        const auto& step = run.steps[n];
        const arrow drawn = arrow_of(what, step.what, *before);
        std::string line(lanes * width, ' ');
        for (std::size_t i = 0; i < lanes; ++i) {
            line[i * width] = '|';
        }
        const std::size_t left = std::min(drawn.from, drawn.to) * width;
        const std::size_t right = std::max(drawn.from, drawn.to) * width;
        for (std::size_t at = left + 1; at + 1 < right + 1 && left != right; ++at) {
            line[at] = '-';
        }
        if (left == right) {
            line[left] = '*';
        } else {
            line[drawn.to > drawn.from ? right - 1 : left + 1] = drawn.to > drawn.from ? '>' : '<';
        }
        const auto changes = difference(what, *before, step.to);
        out += fmt::format("{:>3}  {} {}{}{}\n", n + 1, line, drawn.fault ? "FAULT " : "",
                           drawn.text, changes.empty() ? "" : "   [" + changes + "]");
        before = &step.to;
    }
    return out;
}

std::string step_list(const config& what, const run_of_model& run) {
    std::string out;
    const world* before = &run.first;
    for (std::size_t n = 0; n < run.steps.size(); ++n) {
        const auto& step = run.steps[n];
        const arrow drawn = arrow_of(what, step.what, *before);
        const auto changes = difference(what, *before, step.to);
        const auto whom = drawn.from == drawn.to ? std::string{} : " to " + lane_name(drawn.to);
        out += fmt::format("{}. {}{}{}: {}{}\n", n + 1, drawn.fault ? "**fault** " : "",
                           lane_name(drawn.from), whom, drawn.text,
                           changes.empty() ? "" : " *(" + changes + ")*");
        before = &step.to;
    }
    return out;
}

std::string mermaid_chart(const config& what, const run_of_model& run) {
    std::string out = "sequenceDiagram\n";
    const auto id = [](std::size_t lane) { return fmt::format("L{}", lane); };
    for (std::size_t i = 0; i < first_agent + 2 * what.agents; ++i) {
        out += fmt::format("    participant {} as {}\n", id(i), lane_name(i));
    }
    const world* before = &run.first;
    for (const auto& step : run.steps) {
        const arrow drawn = arrow_of(what, step.what, *before);
        if (drawn.from == drawn.to) {
            out += fmt::format("    Note over {}: {}{}\n", id(drawn.from),
                               drawn.fault ? "fault: " : "", drawn.text);
        } else {
            out += fmt::format("    {}{}{}: {}\n", id(drawn.from), drawn.fault ? "--x" : "->>",
                               id(drawn.to), drawn.text);
        }
        const auto changes = difference(what, *before, step.to);
        if (!changes.empty()) {
            out += fmt::format("    Note right of {}: {}\n", id(host), changes);
        }
        before = &step.to;
    }
    if (run.broken != property::none) {
        out += fmt::format("    Note over {}: {}\n", id(host), name_of(run.broken));
    }
    return out;
}

} // namespace snapproto::explore
