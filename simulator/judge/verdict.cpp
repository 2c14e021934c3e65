// SPDX-License-Identifier: BSL-1.0
#include "simulator/judge/verdict.hpp"

#include "simulator/world/dialect.hpp"

#include <snapproto/monitor/all.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace snapproto::judge {
namespace {

using namespace world;

monitor::rules rules_of(const scenario& played, monitor::viewpoint end) {
    monitor::rules made;
    made.seen_from = end;
    made.negotiates = dialect_named(played.dialect).negotiates;
    made.timers.hold = std::chrono::milliseconds{played.agent.hold_limit_ms};
    made.timers.hold_max = std::max(made.timers.hold_max, made.timers.hold);
    made.records_provider = end == monitor::viewpoint::orchestrator_end;
    return made;
}

/// Whether only the agent's own recording can tell: at the host's end a message that was lost, or
/// is late and of an earlier session, looks like one that was never sent, or sent too soon. Where
/// an adapter stands between it answers in time, whatever the channel does.
bool is_of_agent(const scenario& played, monitor::viewpoint end, std::uint8_t property) {
    constexpr std::array<std::uint8_t, 5> owed_by_agent{13, 19, 21, 25, 26};
    return dialect_named(played.dialect).has_transactions &&
           end == monitor::viewpoint::orchestrator_end &&
           std::find(owed_by_agent.begin(), owed_by_agent.end(), property) != owed_by_agent.end();
}

/// @param over when the recording was, by the clock that it was made with.
void judge_end(verdict& made, const history& run, const std::vector<trace::record>& recording,
               instant over, monitor::viewpoint end, std::string_view name) {
    monitor::all_monitors judges{rules_of(run.played, end)};
    for (const auto& one : recording) {
        judges.observe(one);
    }
    judges.finish(over);
    for (const auto& one : judges.violations()) {
        if (is_of_agent(run.played, end, one.property)) {
            continue;
        }
        made.conversation.push_back({std::string{name}, one});
    }
}

/// The first of them needs no number.
std::string numbered(std::string_view name, std::size_t number) {
    return number == 0 ? std::string{name} : fmt::format("{} {}", name, number + 1);
}

void judge_conversations(verdict& made, const history& run) {
    const instant over{duration{run.end}};
    judge_end(made, run, run.at_host, over, monitor::viewpoint::orchestrator_end, "the host");
    for (std::size_t i = 0; i < run.at_more_hosts.size(); ++i) {
        judge_end(made, run, run.at_more_hosts[i], over, monitor::viewpoint::orchestrator_end,
                  numbered("the host", i + 1));
    }
    for (std::size_t i = 0; i <= run.more_guests.size(); ++i) {
        const guest_history& one = run.of_guest(i);
        judge_end(made, run, one.at_agent, one.clock_at_end, monitor::viewpoint::agent_end,
                  numbered("the agent", i));
    }
}

/// What the clone has given out after it was restored, and its original too.
void judge_clone(verdict& made, const history& run) {
    judge_end(made, run, run.restored->at_agent, run.restored->clock_at_end,
              monitor::viewpoint::agent_end, "the clone's agent");
    if (run.restored->still_frozen) {
        made.liveness.emplace_back("the filesystem of the clone is still frozen at the end");
    }
    std::set<std::uint64_t> given;
    for (const token& one : run.seen.tokens) {
        given.insert(one.value);
    }
    std::size_t shared = 0;
    std::size_t own = 0;
    for (const token& one : run.restored->seen.tokens) {
        if (one.at >= run.restored_at) {
            given.contains(one.value) ? ++shared : ++own;
        }
    }
    if (shared != 0) {
        made.identity.push_back(
            fmt::format("{} of the {} tokens that the clone has given out are its original's too",
                        shared, shared + own));
    } else if (own == 0 && run.played.tokens.enabled) {
        made.liveness.emplace_back("the clone has given out no token");
    }
}

/// The copies that are to be restored together: of each guest the one of the same turn.
void judge_queues(verdict& made, const history& run) {
    std::vector<std::vector<std::size_t>> by_guest(run.more_guests.size() + 1);
    for (std::size_t i = 0; i < run.attempts.size(); ++i) {
        by_guest[run.attempts[i].guest].push_back(i);
    }
    for (std::size_t guest = 0; guest < by_guest.size() && by_guest.size() > 1; ++guest) {
        const auto& from = by_guest[guest];
        const auto& to = by_guest[(guest + 1) % by_guest.size()];
        for (std::size_t turn = 0; turn < std::min(from.size(), to.size()); ++turn) {
            const auto sender = from[turn];
            const auto receiver = to[turn];
            if (run.attempts[sender].kept && run.attempts[receiver].kept) {
                examine_queue(made.attempts[receiver].found, *run.attempts[sender].kept,
                              *run.attempts[receiver].kept);
            }
        }
    }
}

/// A label above crash says that the filesystem was frozen; one above filesystem, that the
/// applications were stopped too. Both can be seen in the copy.
std::string untrue_claim(const attempt& told, const contents& found) {
    if (told.ended && told.outcome == session_outcome::success && !told.kept) {
        return "a success is reported, and there is no copy";
    }
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
    return conversation.empty() && liveness.empty() && identity.empty() && claims_are_true() &&
           worst() <= worth::whole;
}

verdict judge(const history& run) {
    verdict made;
    judge_conversations(made, run);
    for (const attempt& one : run.attempts) {
        judged_attempt judged;
        if (one.kept) {
            judged.found =
                examine(*one.kept, run.of_guest(one.guest).seen, run.played.publisher.enabled);
        }
        made.attempts.push_back(std::move(judged));
    }
    if (run.played.queue.enabled) {
        judge_queues(made, run);
    }
    if (run.restored) {
        judge_clone(made, run);
    }
    for (std::size_t i = 0; i < run.attempts.size(); ++i) {
        made.attempts[i].untrue = untrue_claim(run.attempts[i], made.attempts[i].found);
    }
    for (std::size_t i = 0; i <= run.more_guests.size(); ++i) {
        if (run.of_guest(i).still_frozen) {
            made.liveness.emplace_back(
                numbered("the filesystem", i).append(" is still frozen at the end"));
        }
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
    compare("identity", wanted.identity, made.identity.empty() ? "own" : "shared");
    return found;
}

} // namespace snapproto::judge
