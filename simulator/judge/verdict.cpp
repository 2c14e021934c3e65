// SPDX-License-Identifier: BSL-1.0
#include "simulator/judge/verdict.hpp"

#include <snapproto/monitor/all.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::judge {
namespace {

using namespace world;

monitor::rules rules_of(const scenario& played, monitor::viewpoint end) {
    monitor::rules made;
    made.seen_from = end;
    made.negotiates = false; // QGA has no Hello
    made.timers.hold = std::chrono::milliseconds{played.agent.hold_limit_ms};
    made.timers.hold_max = std::max(made.timers.hold_max, made.timers.hold);
    made.records_provider = end == monitor::viewpoint::orchestrator_end;
    return made;
}

void judge_end(verdict& made, const history& run, const std::vector<trace::record>& recording,
               monitor::viewpoint end, std::string_view name) {
    monitor::all_monitors judges{rules_of(run.played, end)};
    for (const auto& one : recording) {
        judges.observe(one);
    }
    judges.finish(instant{duration{run.end}});
    for (const auto& one : judges.violations()) {
        made.conversation.push_back({std::string{name}, one});
    }
}

/// A label above crash says that the filesystem was frozen; one above filesystem, that the
/// applications were stopped too. Both can be seen in the copy.
std::string untrue_claim(const attempt& told, const contents& found) {
    if (!told.kept || told.label < consistency::filesystem) {
        return {};
    }
    if (!found.filesystem_clean) {
        return fmt::format("the label says {}, but the filesystem of the copy was not frozen",
                           to_string(told.label));
    }
    if (told.label == consistency::application && found.is != worth::whole) {
        return "the label says application, but the applications of the copy are not whole";
    }
    return {};
}

} // namespace

worth verdict::worst() const noexcept {
    worth found = worth::none;
    for (const auto& one : attempts) {
        found = std::max(found, one.found.is);
    }
    return found;
}

bool verdict::claims_are_true() const noexcept {
    return std::all_of(attempts.begin(), attempts.end(),
                       [](const judged_attempt& one) { return one.untrue.empty(); });
}

bool verdict::held() const noexcept {
    return conversation.empty() && liveness.empty() && claims_are_true() && worst() <= worth::whole;
}

verdict judge(const history& run) {
    verdict made;
    judge_end(made, run, run.at_host, monitor::viewpoint::orchestrator_end, "the host");
    judge_end(made, run, run.at_agent, monitor::viewpoint::agent_end, "the agent");
    for (const attempt& one : run.attempts) {
        judged_attempt judged;
        if (one.kept) {
            judged.found = examine(*one.kept, run.seen, run.played.publisher.enabled);
            judged.untrue = untrue_claim(one, judged.found);
        }
        made.attempts.push_back(std::move(judged));
    }
    if (run.still_frozen) {
        made.liveness.emplace_back("the filesystem is still frozen at the end");
    }
    return made;
}

std::vector<std::string> surprises(const history& run, const verdict& made) {
    std::vector<std::string> found;
    const auto compare = [&](std::string_view what, std::string_view expected,
                             std::string_view got) {
        if (!expected.empty() && expected != got) {
            found.push_back(fmt::format("{}: expected {}, got {}", what, expected, got));
        }
    };
    const expectation& wanted = run.played.expect;
    const bool told = !run.attempts.empty() && run.attempts.back().ended;
    compare("outcome", wanted.outcome, told ? to_string(run.attempts.back().outcome) : "none");
    compare("contents", wanted.contents, to_string(made.worst()));
    compare("claim", wanted.claim, made.claims_are_true() ? "true" : "false");
    compare("conversation", wanted.conversation,
            made.conversation.empty() && made.liveness.empty() ? "kept" : "violated");
    return found;
}

} // namespace snapproto::judge
