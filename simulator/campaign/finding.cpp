// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/finding.hpp"

#include "simulator/world/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <span>
#include <string_view>

namespace snapproto::campaign {
namespace {

using namespace world;
using kernel::second;

// How long after its beginning a session must have ended in a sound world.
constexpr ticks session_max = 30 * second;
// How long after healing the last time-out of what went wrong before may still run. A native host
// waits for each reply for as long as an agent may take for the phase, and a message that was lost
// whole is noticed no sooner; those of the other dialects have shorter time-outs of their own.
ticks settling_of(const history& run) {
    return dialect_named(run.played.dialect).has_transactions ? 150 * second : 60 * second;
}
// By how much a hold may be longer than its limit, for what the release itself takes.
constexpr ticks release_margin = 2 * second;
// By how much where something keeps the guest from it.
constexpr ticks longest_excuse = 40 * second;
constexpr std::array<std::string_view, 4> excuses{"guest_pauses", "processor_stalls",
                                                  "clock_runs_slow", "thaw_fails"};
constexpr std::array<std::string_view, 2> stand_still{"guest_pauses", "processor_stalls"};

double seconds(ticks at) {
    return static_cast<double>(at) / static_cast<double>(second);
}

bool is(const note& one, std::string_view who, std::string_view what) {
    return one.who == who && one.what == what;
}

/// From one word of the story to another: a freeze and its thaw.
struct interval {
    ticks begin = 0;
    std::optional<ticks> end;
};

std::vector<interval> intervals(const history& run, std::string_view who, std::string_view begins,
                                std::string_view ends) {
    std::vector<interval> found;
    for (const note& one : run.story) {
        const bool open = !found.empty() && !found.back().end;
        if (is(one, who, begins) && !open) {
            found.push_back({one.at, std::nullopt});
        } else if (is(one, who, ends) && open) {
            found.back().end = one.at;
        }
    }
    return found;
}

bool happens(const history& run, ticks from, ticks to, std::string_view who,
             std::string_view what) {
    return std::any_of(run.story.begin(), run.story.end(), [&](const note& one) {
        return one.at >= from && one.at <= to && is(one, who, what);
    });
}

/// Whether a fault of a kind was in force at some time within that span, or shortly before it.
bool suffers(const history& run, ticks from, ticks to, std::string_view kind) {
    constexpr ticks longest_fault = 15 * second;
    return std::any_of(run.story.begin(), run.story.end(), [&](const note& one) {
        return one.at + longest_fault >= from && one.at <= to && is(one, "fault", "begins") &&
               one.text.starts_with(kind);
    });
}

/// Whether somebody may hold the filesystem whom neither host nor agent knows.
bool is_of_another(const history& run, ticks from, ticks to) {
    return suffers(run, from, to, "frozen_by_another");
}

// ---- claims and contents ----

bool applications_are_quiesced(const scenario& what) {
    return has_hooks(what) && what.database.quiesce &&
           (!what.publisher.enabled || what.publisher.quiesce);
}

void judge_copies(std::vector<finding>& found, const history& run, const judge::verdict& made) {
    for (std::size_t i = 0; i < run.attempts.size(); ++i) {
        const attempt& told = run.attempts[i];
        const auto& copied = made.attempts[i];
        const ticks ended = told.ended.value_or(run.end);
        // When others thaw a filesystem and freeze it again nobody can tell.
        const bool hidden = suffers(run, told.started, ended, "thawed_by_another") &&
                            is_of_another(run, told.started, ended);
        if (!copied.untrue.empty() && !hidden) {
            found.push_back({"false claim", fmt::format("snapshot {}: {}", i + 1, copied.untrue)});
        }
        // What the agent's hooks stopped is whole in every copy that was made while it was held,
        // unless it died meanwhile: no reply of QGA can tell that, and no label says more.
        if (told.kept && told.label >= consistency::filesystem &&
            applications_are_quiesced(run.played) &&
            !suffers(run, told.started, ended, "participant_crashes") &&
            copied.found.is > judge::worth::whole) {
            found.push_back(
                {fmt::format("contents {}", judge::to_string(copied.found.is)),
                 fmt::format("snapshot {}: {}", i + 1,
                             copied.found.evidence.empty() ? std::string{}
                                                           : copied.found.evidence.front())});
        }
    }
}

// ---- the conversation ----

/// Whether an agent that gave no sign of life could not: its processor was taken away, and its
/// clocks went on. By its clock, which the world's can be ahead of.
bool stood_still(const history& run, const judge::broken_property& one) {
    constexpr std::uint8_t signs_of_life = 26;
    const ticks at = one.what.at.time_since_epoch().count();
    return one.what.property == signs_of_life && one.seen_at.find("agent") != std::string::npos &&
           suffers(run, at, at + longest_excuse, "processor_stalls");
}

void judge_conversation(std::vector<finding>& found, const history& run,
                        const judge::verdict& made) {
    for (const auto& one : made.conversation) {
        if (!stood_still(run, one)) {
            found.push_back(
                {fmt::format("SP 18.{} at {}", one.what.property, one.seen_at),
                 fmt::format("at {:.3f} s: {}", seconds(one.what.at.time_since_epoch().count()),
                             one.what.sentence)});
        }
    }
}

// ---- what stays held ----

using reasons = std::span<const std::string_view>;

/// By how much a release may be late: more, where one of these keeps the guest from it.
ticks margin(const history& run, ticks from, ticks to, reasons given) {
    const bool excused = std::any_of(given.begin(), given.end(), [&](std::string_view kind) {
        return suffers(run, from, to, kind);
    });
    return excused ? longest_excuse : release_margin;
}

/// When the freeze was asked for that came about at a time.
ticks asked_for(const history& run, ticks frozen) {
    ticks asked = frozen;
    for (const note& one : run.story) {
        if (one.at <= frozen && is(one, "agent", "holds")) {
            asked = one.at;
        }
    }
    return asked;
}

void judge_holds(std::vector<finding>& found, const history& run) {
    for (const std::string_view who : {"filesystem", "database", "publisher"}) {
        const auto all = intervals(run, who, who == "filesystem" ? "frozen" : "quiesced",
                                   who == "filesystem" ? "thawed" : "resumed");
        if (!all.empty() && !all.back().end && run.end - all.back().begin > settling_of(run)) {
            found.push_back({fmt::format("{} held for good", who),
                             fmt::format("held since {:.3f} s", seconds(all.back().begin))});
        }
    }
    const auto limit = static_cast<ticks>(run.played.agent.hold_limit_ms) * kernel::millisecond;
    for (const auto& one : intervals(run, "filesystem", "frozen", "thawed")) {
        const ticks end = one.end.value_or(run.end);
        if (is_of_another(run, one.begin, end)) {
            continue;
        }
        // A watchdog counts from the moment at which the agent was killed, and who takes over what
        // is held begins anew: each death can cost both. It may die before the freeze that it asked
        // for has come about.
        const ticks asked = asked_for(run, one.begin);
        const auto deaths = std::count_if(run.story.begin(), run.story.end(), [&](const note& n) {
            return n.at >= asked && n.at <= end && is(n, "agent", "dies");
        });
        const ticks excess = margin(run, one.begin, end, excuses);
        if (end - one.begin > (1 + 2 * deaths) * limit + excess) {
            found.push_back(
                {"held too long", fmt::format("frozen for {:.3f} s from {:.3f} s",
                                              seconds(end - one.begin), seconds(one.begin))});
            return;
        }
    }
}

/// Whether a request may have reached the agent twice and its replies out of order: the refusal
/// of the second may stand for both, as it does when somebody else holds the freeze (SP 29.17).
bool is_doubled(const history& run, ticks from, ticks to) {
    constexpr std::array<std::string_view, 4> loses_the_first{
        "channel_reorders", "channel_loses", "channel_corrupts", "channel_truncates"};
    return suffers(run, from, to, "channel_duplicates") &&
           std::any_of(loses_the_first.begin(), loses_the_first.end(),
                       [&](std::string_view kind) { return suffers(run, from, to, kind); });
}

/// A host that has reported and can reach the guest has thawed what it froze, or called for help.
void judge_silence(std::vector<finding>& found, const history& run) {
    for (const auto& hold : intervals(run, "filesystem", "frozen", "thawed")) {
        const ticks end = hold.end.value_or(run.end);
        if (is_of_another(run, hold.begin, end) || is_doubled(run, hold.begin, end)) {
            continue;
        }
        // Nor can anybody tell of a freeze that comes when its failure was answered, and stays.
        const bool comes_late = suffers(run, hold.begin, end, "freeze_hangs");
        const ticks late =
            margin(run, hold.begin, end, comes_late ? reasons{excuses} : reasons{stand_still});
        for (const attempt& one : run.attempts) {
            if (one.started <= hold.begin && one.ended && *one.ended >= hold.begin &&
                *one.ended + late < end && !happens(run, one.started, end, "host", "alarms") &&
                !happens(run, one.started, end, "host", "dies") &&
                !happens(run, one.started, end, "channel", "lost")) {
                found.push_back(
                    {"left frozen in silence",
                     fmt::format("reported at {:.3f} s, frozen from {:.3f} s to {:.3f} s",
                                 seconds(*one.ended), seconds(hold.begin), seconds(end))});
                return;
            }
        }
    }
}

/// Who cannot let go tries again after a while (SP 15.7), and leaves the processor to others.
void judge_pauses(std::vector<finding>& found, const history& run) {
    constexpr std::size_t releases_max = 50; // in a second: of all participants, and some clients
    std::deque<ticks> recent;
    for (const note& one : run.story) {
        if (!is(one, "agent", "releases")) {
            continue;
        }
        recent.push_back(one.at);
        if (recent.size() > releases_max) {
            if (one.at - recent.front() < second) {
                found.push_back({"releases without a pause",
                                 fmt::format("{} times in {:.6f} s, until {:.3f} s", releases_max,
                                             seconds(one.at - recent.front()), seconds(one.at))});
                return;
            }
            recent.pop_front();
        }
    }
}

// ---- what must end ----

void judge_endings(std::vector<finding>& found, const history& run) {
    for (std::size_t i = 0; i < run.attempts.size(); ++i) {
        const attempt& one = run.attempts[i];
        if (!one.ended && one.started + settling_of(run) < run.end &&
            !happens(run, one.started, run.end, "host", "dies")) {
            found.push_back({"no end", fmt::format("snapshot {} began at {:.3f} s", i + 1,
                                                   seconds(one.started))});
            return;
        }
    }
}

/// Whether nothing that is always so keeps a sound world from a good snapshot.
bool can_succeed(const scenario& what) {
    constexpr std::uint64_t longest_reply = 3000; // bytes: that to guest-info
    constexpr std::uint64_t patience_ms = 2000;   // well below the host's time-out for it
    const auto& line = what.channel;
    const std::uint64_t round_trip_ms = 2 * (line.latency_us + line.jitter_us) / 1000;
    const bool slow =
        line.bytes_per_second != 0 && longest_reply * 1000 / line.bytes_per_second > patience_ms;
    const bool noisy = line.loss_ppm + line.duplicate_ppm + line.reorder_ppm + line.corrupt_ppm +
                           line.truncate_ppm !=
                       0;
    return line.connected && !noisy && !slow && round_trip_ms < patience_ms &&
           !what.provider.fails && !what.database.vetoes &&
           what.provider.cut_ms + round_trip_ms + 1000 < what.agent.hold_limit_ms &&
           what.filesystem.freeze_hangs_ms == 0 && what.filesystem.thaw_failures == 0;
}

void judge_recovery(std::vector<finding>& found, const history& run) {
    const scenario& what = run.played;
    const ticks from = static_cast<ticks>(what.heal_ms) * kernel::millisecond + settling_of(run);
    if (what.heal_ms == 0 || !can_succeed(what) || what.host.repeat_ms == 0 ||
        from + session_max > run.end) {
        return;
    }
    // One of them may fail because its freeze met the database's busiest moment.
    const attempt* last = nullptr;
    for (const attempt& one : run.attempts) {
        if (one.started < from || one.started + session_max > run.end) {
            continue;
        }
        if (one.ended && one.outcome == session_outcome::success) {
            return;
        }
        last = &one;
    }
    found.push_back(
        {"no recovery",
         last == nullptr
             ? "no snapshot begins any more after the world has healed"
             : fmt::format("no snapshot succeeds any more in a sound world; that at {:.3f} s: {}",
                           seconds(last->started), last->ended ? last->reason : "no end")});
}

} // namespace

std::vector<finding> findings_of(const history& run, const judge::verdict& made) {
    std::vector<finding> found;
    judge_copies(found, run, made);
    judge_conversation(found, run, made);
    judge_holds(found, run);
    judge_silence(found, run);
    judge_pauses(found, run);
    judge_endings(found, run);
    judge_recovery(found, run);
    return found;
}

} // namespace snapproto::campaign
